//! What an event leaves for later in the same event, loops over it, branches that meet, and long work that lets
//! others in between (OP-37, C-22).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod by_hand;
mod common;

use std::cell::Cell;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use by_hand::{ByHand, Parts, Record, append, say};
use common::{config, key_at, launch};
use rama_core::{
    clock::{Clock, Timestamp},
    flow::{Route, unify},
    id::TaskId,
};
use rama_test::InProcessCluster;

/// Defers a tree of numbers, and settles a part of it at once.
fn tree(Parts { flow, records, lines }: Parts<'_>) {
    let node = flow.port("loop");
    flow.join(node, move |cx, number: i64| {
        say(cx, lines, number)?;
        for child in [number * 10 + 1, number * 10 + 2].into_iter().filter(|child| *child < 100) {
            cx.defer(node, child);
        }
        Ok(())
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.defer(node, 5);
        let mark = cx.mark();
        cx.defer(node, number);
        cx.defer(node, 30);
        say(cx, lines, "atomic")?;
        cx.settle(mark)?;
        say(cx, lines, "settled")?;
        let mark = cx.mark();
        cx.settle(mark)?;
        cx.defer(node, 60);
        say(cx, lines, "end")
    });
}

#[tokio::test]
async fn what_is_deferred_runs_depth_first_and_before_the_event_ends() {
    let (_ipc, client) = launch(ByHand(tree), 1).await;
    append(&client, 0, 2).await;
    let settled = ["atomic", "2", "21", "22", "30", "settled", "end", "5", "51", "52", "60"];
    assert_eq!(client.lines(0).await, settled);
}

/// A settled part inside of deferred work, which defers more before and behind it.
fn nested(Parts { flow, records, lines }: Parts<'_>) {
    let leaf = flow.port("leaf");
    flow.join(leaf, move |cx, name: &'static str| say(cx, lines, name));
    let outer = flow.port("outer");
    flow.join(outer, move |cx, ()| {
        cx.defer(leaf, "before 1");
        cx.defer(leaf, "before 2");
        let mark = cx.mark();
        cx.defer(leaf, "inside 1");
        cx.defer(leaf, "inside 2");
        cx.settle(mark)?;
        cx.defer(leaf, "behind");
        Ok(())
    });
    flow.source(records, "source(*records)", move |cx, _| {
        cx.defer(leaf, "first");
        cx.defer(outer, ());
        cx.defer(leaf, "last");
        Ok(())
    });
}

#[tokio::test]
async fn a_part_that_is_settled_leaves_what_was_deferred_before_it() {
    let (_ipc, client) = launch(ByHand(nested), 1).await;
    append(&client, 0, 0).await;
    let order = ["first", "inside 1", "inside 2", "before 1", "before 2", "behind", "last"];
    assert_eq!(client.lines(0).await, order);
}

/// Counts down in one event, with something large on the stack.
fn countdown(Parts { flow, records, lines }: Parts<'_>) {
    let round = flow.port("loop");
    flow.join(round, move |cx, (left, sum): (i64, i64)| {
        let large = std::hint::black_box([left; 512]);
        if large[511] == 0 {
            return say(cx, lines, sum);
        }
        cx.defer(round, (left - 1, sum + left));
        Ok(())
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.defer(round, (number, 0));
        say(cx, lines, "begins")
    });
}

#[tokio::test]
async fn a_loop_of_a_million_rounds_does_not_grow_the_stack_and_one_more_fails() {
    let (_ipc, client) = launch(ByHand(countdown), 1).await;
    append(&client, 0, 999_999).await;
    assert_eq!(client.lines(0).await, ["begins", "499999500000"]);
    let reason = client.append(0, 1_000_000).await.unwrap_err();
    assert!(
        reason.contains("at most 1000000 are allowed, rounds of loops included")
            && reason.contains("yield_if_overtime"),
        "{reason}"
    );
    let reason = client.append(0, -1).await.unwrap_err();
    assert!(reason.contains("one event sent 1000001 frames"), "an endless loop: {reason}");
}

/// Fails with something deferred.
fn failing(Parts { flow, records, lines }: Parts<'_>) {
    let later = flow.port("later");
    flow.join(later, move |cx, number: i64| match number {
        -1 => Err(std::fmt::Error.into()),
        -2 => panic!("deferred panic"),
        _ => say(cx, lines, number),
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        [number, 100, 200].into_iter().for_each(|number| cx.defer(later, number));
        if number == -3 { Err(std::fmt::Error.into()) } else { Ok(()) }
    });
}

#[tokio::test]
async fn what_a_failed_event_deferred_is_forgotten() {
    let (_ipc, client) = launch(ByHand(failing), 1).await;
    append(&client, 0, 1).await;
    for number in [-1, -3] {
        let reason = client.append(0, number).await.unwrap_err();
        assert!(reason.contains("an error occurred"), "{reason}");
    }
    assert!(client.append(0, -2).await.unwrap_err().contains("deferred panic"));
    append(&client, 0, 2).await;
    assert_eq!(client.lines(0).await, ["1", "100", "200", "2", "100", "200"]);
}

/// A loop that leaves its task in the middle of each round, and goes on with two more.
fn travelling(Parts { flow, records, lines }: Parts<'_>) {
    let (round, after_hop) = (flow.port("loop"), flow.port("after |direct"));
    flow.join(round, move |cx, left: u32| {
        cx.hop(Route::One(TaskId(left % 2)), after_hop, left);
        Ok(())
    });
    flow.segment(after_hop, move |cx, left: u32| {
        say(cx, lines, left)?;
        (0..2).filter(|_| left > 0).for_each(|_| cx.defer(round, left - 1));
        Ok(())
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.defer(round, u32::try_from(number)?);
        Ok(())
    });
}

#[tokio::test]
async fn a_loop_may_leave_its_task_in_every_round() {
    let (_ipc, client) = launch(ByHand(travelling), 2).await;
    append(&client, key_at(1, 2), 4).await;
    let mut lines = client.all_lines(2).await;
    lines.iter_mut().for_each(|lines| lines.sort());
    let times = |left: &str, times| vec![left.to_owned(); times];
    let even = [times("0", 16), times("2", 4), times("4", 1)].concat();
    assert_eq!(lines, [even, [times("1", 8), times("3", 2)].concat()]);
}

/// A clock that goes on by itself: a millisecond each time that somebody looks at it.
#[derive(Debug, Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1_000, Ordering::Relaxed))
    }
}

/// A clock that stands still.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp(Duration::from_secs(1).as_micros() as u64)
    }
}

/// Twelve rounds, before each of which others may have their turn.
fn yielding(Parts { flow, records, lines }: Parts<'_>) {
    let (round, go_on) = (flow.port("loop"), flow.port("after yield_if_overtime()"));
    flow.join(round, move |cx, left: i64| cx.yield_if_overtime(go_on, left));
    flow.segment(go_on, move |cx, left| {
        say(cx, lines, left)?;
        if left > 1 {
            cx.defer(round, left - 1);
        }
        Ok(())
    });
    let other = flow.port("other");
    flow.segment(other, move |cx, ()| say(cx, lines, "other"));
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.again(other, ());
        cx.defer(round, number);
        Ok(())
    });
}

async fn yielded(clock: impl Clock + 'static) -> Vec<String> {
    let ipc = InProcessCluster::create().await.unwrap().with_clock(Arc::new(clock));
    let client = ipc.launch(ByHand(yielding), config(1, 1)).await.unwrap();
    append(&client, 0, 12).await;
    client.lines(0).await
}

#[tokio::test]
async fn an_event_that_takes_its_time_lets_those_that_wait_have_their_turn() {
    let lines = yielded(Ticking::default()).await;
    // The first look starts the time, and five milliseconds are over at the sixth.
    let expected = ["12", "11", "10", "9", "8", "other", "7", "6", "5", "4", "3", "2", "1"];
    assert_eq!(lines, expected);
    let lines = yielded(Standing).await;
    let expected = ["12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "other"];
    assert_eq!(lines, expected, "no time passes, so nobody has to wait");
}

/// The variables of branches that meet are inferred, and may borrow.
fn branches(Parts { flow, records, lines }: Parts<'_>) {
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        let name = format!("name {number}");
        let count = Cell::new(0);
        unify(
            cx,
            |cx, joined| {
                if number > 1 {
                    joined(cx, (name.len(), 'a', &name))?;
                    joined(cx, (0, 'b', &name))?;
                } else {
                    joined(cx, (1, 'c', &name))?;
                }
                Ok(())
            },
            |cx, (n, c, name)| {
                count.set(count.get() + 1);
                let n = n.checked_add(1);
                say(cx, lines, format!("{n:?} {c} {}", name.trim_start_matches("name ")))
            },
        )?;
        say(cx, lines, count.get())
    });
}

#[tokio::test]
async fn what_follows_branches_runs_at_once_with_inferred_variables() {
    let (_ipc, client) = launch(ByHand(branches), 1).await;
    append(&client, 0, 2).await;
    append(&client, 0, 1).await;
    assert_eq!(client.lines(0).await, ["Some(7) a 2", "Some(1) b 2", "2", "Some(2) c 1", "1"]);
}
