//! Operations that are called and emit, staying on their task or leaving it; recursion and its bound (OP-25, OP-26,
//! DF-L01).

mod by_hand;
mod common;

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use by_hand::{ByHand, Parts, Record, append, say};
use common::{key_at, launch};
use rama_core::{
    flow::{Caller, Cx, Flow, Op, Operation, Port, Returns, Route},
    id::TaskId,
};

const TASKS: u32 = 4;

fn to(task: i64) -> Route {
    Route::One(TaskId(u32::try_from(task.rem_euclid(i64::from(TASKS))).expect("below 4")))
}

/// Emits a number and everything that a tree of calls has below it, in order.
fn tree(Parts { flow, records, lines }: Parts<'_>) {
    let tree = flow.op::<(i64,), i64>("tree");
    flow.define_op(tree, move |cx, (number,), emit| {
        emit(cx, number)?;
        for child in [number * 10, number * 10 + 1].into_iter().filter(|child| *child < 200) {
            cx.call(tree, (child,), &|cx, below| {
                emit(cx, below)?;
                Ok(())
            })?;
        }
        Ok(())
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        let sum = Cell::new(0);
        cx.call(tree, (number,), &|cx, found| {
            sum.set(sum.get() + found);
            say(cx, lines, found)
        })?;
        say(cx, lines, format!("sum {}", sum.get()))
    });
}

#[tokio::test]
async fn an_operation_that_stays_calls_itself_and_emits_to_whoever_called() {
    let (_ipc, client) = launch(ByHand(tree), 1).await;
    append(&client, 0, 1).await;
    let seen = ["1", "10", "100", "101", "11", "110", "111", "sum 444"];
    assert_eq!(client.lines(0).await, seen);
}

/// Goes from task to task until its number is 0, and then adds up on the way back, which is no way back at all: all
/// callers go on where the last call was.
fn journey(Parts { flow, records, lines }: Parts<'_>) {
    let sum = flow.op::<(i64,), i64>("sum");
    let after_hop = flow.port("after |direct");
    let below = flow.returns("sum(number - 1) :> below");
    let done = flow.returns("sum(number) :> total");
    flow.define_hopping_op(sum, move |cx, (number,), caller| {
        cx.hop(to(number), after_hop, (number, caller));
        Ok(())
    });
    flow.segment(after_hop, move |cx, (number, caller): (i64, Caller<i64>)| {
        if number == 0 {
            return cx.emit(&caller, 0);
        }
        cx.call_away(sum, (number - 1,), below, (number, caller))
    });
    flow.define_returns(below, |cx, below, (number, caller): (i64, Caller<i64>)| {
        cx.emit(&caller, number + below)
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.call_away(sum, (number,), done, format!("to {number}"))
    });
    flow.define_returns(done, move |cx, total: i64, frame: String| {
        let line = format!("{frame}: {total} on {}", cx.current_task_id());
        say(cx, lines, line)
    });
}

#[tokio::test]
async fn an_operation_that_hops_calls_itself_and_its_callers_go_on_where_it_emits() {
    let (_ipc, client) = launch(ByHand(journey), TASKS).await;
    for number in [0, 1, 7, 100] {
        append(&client, key_at(3, TASKS), number).await;
    }
    let mut lines = client.all_lines(TASKS).await;
    assert_eq!(
        lines.remove(0),
        ["to 0: 0 on 0", "to 1: 1 on 0", "to 7: 28 on 0", "to 100: 5050 on 0"]
    );
    assert!(lines.iter().all(Vec::is_empty), "nothing came back anywhere else: {lines:?}");
}

#[tokio::test]
async fn emits_through_more_callers_than_may_nest_fail_the_record() {
    let (_ipc, client) = launch(ByHand(journey), TASKS).await;
    append(&client, 1, 400).await;
    let reason = client.append(1, 20_000).await.unwrap_err();
    let said = "`sum(number - 1) :> below` is nested more than 1000 levels deep, calls and emits counted: make it a loop, which does not nest";
    assert!(reason.contains(said), "{reason}");
    append(&client, 1, 400).await;
    assert_eq!(client.lines(0).await, ["to 400: 80200 on 0", "to 400: 80200 on 0"]);
}

/// Emits on every task, several times.
fn everywhere(Parts { flow, records, lines }: Parts<'_>) {
    let visit = flow.op::<(), (i64, char)>("visit");
    let after_all = flow.port("after |all()");
    flow.define_hopping_op(visit, move |cx, (), caller| {
        cx.emit(&caller, (-1, 'a'))?;
        let route = cx.all();
        cx.hop(route, after_all, caller);
        Ok(())
    });
    flow.segment(after_all, |cx, caller| {
        let task = i64::from(cx.current_task_id().0);
        for letter in ['b', 'c'] {
            cx.emit(&caller, (task, letter))?;
        }
        Ok(())
    });
    let visited = flow.returns("visit() :> task, letter");
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.call_away(visit, (), visited, (number, vec![number]))
    });
    flow.define_returns(visited, move |cx, (task, letter), (number, list)| {
        say(cx, lines, format!("{task} {letter} {number} {list:?}"))
    });
}

#[tokio::test]
async fn every_emit_gets_the_frame_of_the_caller_wherever_it_is() {
    let (_ipc, client) = launch(ByHand(everywhere), TASKS).await;
    append(&client, key_at(2, TASKS), 5).await;
    let mut expected: Vec<Vec<String>> = (0..TASKS)
        .map(|task| ["b", "c"].map(|letter| format!("{task} {letter} 5 [5]")).into())
        .collect();
    expected[2].insert(0, "-1 a 5 [5]".to_owned());
    assert_eq!(client.all_lines(TASKS).await, expected);
}

/// An operation that stays, called both ways; another one that emits nothing.
fn both_ways(Parts { flow, records, lines }: Parts<'_>) {
    let double = flow.op::<(i64, i64), i64>("double");
    flow.define_op(double, |cx, (number, times), emit| {
        (0..times).try_for_each(|_| emit(cx, number * 2))
    });
    let doubled: Returns<i64, &str> = flow.returns("double(number) :> doubled");
    flow.define_returns(doubled, move |cx, value, frame| {
        say(cx, lines, format!("{frame} {value}"))
    });
    flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
        cx.call(double, (number, 1), &|cx, value| say(cx, lines, format!("here {value}")))?;
        cx.call_away(double, (number + 1, 2), doubled, "away")?;
        cx.call_away(double, (number, 0), doubled, "never")
    });
}

#[tokio::test]
async fn an_operation_that_stays_is_called_like_one_that_may_not() {
    let (_ipc, client) = launch(ByHand(both_ways), 1).await;
    append(&client, 0, 1).await;
    assert_eq!(client.lines(0).await, ["here 2", "away 4", "away 4"]);
}

/// How a module nests deeper and deeper.
type Nesting = fn(&mut Flow, Port<i64>) -> Op<(i64,), i64>;

fn calls(flow: &mut Flow, _: Port<i64>) -> Op<(i64,), i64> {
    let down = flow.op("down");
    flow.define_op(down, move |cx, (number,), emit| {
        // Far more than dataflow usually has on the stack.
        let large = std::hint::black_box([number; 512]);
        if number == 0 {
            return emit(cx, large[0]);
        }
        cx.call(down, (number - 1,), &|cx, below| emit(cx, below + large[511] - large[0] + 1))
    });
    down
}

fn calls_away(flow: &mut Flow, _: Port<i64>) -> Op<(i64,), i64> {
    let down = flow.op("down");
    let below = flow.returns("down(number - 1) :> below");
    flow.define_hopping_op(down, move |cx, (number,), caller| {
        if number == 0 {
            return cx.emit(&caller, 0);
        }
        cx.call_away(down, (number - 1,), below, caller)
    });
    flow.define_returns(below, |cx, below: i64, caller: Caller<i64>| cx.emit(&caller, below + 1));
    down
}

fn entries(flow: &mut Flow, down: Port<i64>) -> Op<(i64,), i64> {
    let enter = flow.op("enter");
    flow.define_op(enter, move |cx: &mut Cx<'_>, (number,), emit| {
        cx.enter(down, number)?;
        emit(cx, number)
    });
    enter
}

#[tokio::test]
async fn what_nests_too_deep_fails_the_record_and_not_the_process() {
    let kinds: [(Nesting, &str); 3] =
        [(calls, "down"), (calls_away, "down"), (entries, "after if")];
    for (nesting, label) in kinds {
        let (_ipc, client) = launch(ByHand(nested(nesting)), 1).await;
        append(&client, 0, 400).await;
        for number in [1_001, 1_000_000] {
            let reason = client.append(0, number).await.unwrap_err();
            let said = "is nested more than 1000 levels deep, calls and emits counted: make it a loop, which does not nest";
            assert!(reason.contains(said) && reason.contains(label), "{reason}");
        }
        append(&client, 0, 3).await;
        assert_eq!(client.lines(0).await, ["400", "3"], "{label}");
    }
}

fn nested(how: Nesting) -> impl Fn(Parts<'_>) + Send + Sync + 'static {
    move |Parts { flow, records, lines }| {
        let down = flow.port("after if");
        let nest = how(flow, down);
        flow.join(down, move |cx, number| match number {
            0 => Ok(()),
            _ => cx.enter(down, number - 1),
        });
        let done = flow.returns("nest(number) :> done");
        flow.define_returns(done, move |cx, levels: i64, ()| say(cx, lines, levels));
        flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
            cx.call_away(nest, (number,), done, ())
        });
    }
}

/// Two shared operations that import each other, and one that both need.
struct Even;
struct Odd;
struct Less;

impl Operation for Even {
    type Args = (u64,);
    type Out = bool;

    fn define(flow: &mut Flow) -> Op<(u64,), bool> {
        let op = flow.op("even");
        let (odd, less) = (flow.import::<Odd>(), flow.import::<Less>());
        flow.define_op(op, move |cx, (number,), emit| match number {
            0 => emit(cx, true),
            _ => cx
                .call(less, (number,), &|cx, less| cx.call(odd, (less,), &|cx, odd| emit(cx, odd))),
        });
        op
    }
}

impl Operation for Odd {
    type Args = (u64,);
    type Out = bool;

    fn define(flow: &mut Flow) -> Op<(u64,), bool> {
        let op = flow.op("odd");
        let (even, less) = (flow.import::<Even>(), flow.import::<Less>());
        flow.define_op(op, move |cx, (number,), emit| match number {
            0 => emit(cx, false),
            _ => cx.call(less, (number,), &|cx, less| {
                cx.call(even, (less,), &|cx, even| emit(cx, even))
            }),
        });
        op
    }
}

impl Operation for Less {
    type Args = (u64,);
    type Out = u64;

    fn define(flow: &mut Flow) -> Op<(u64,), u64> {
        DEFINED.fetch_add(1, Ordering::Relaxed);
        let op = flow.op("less");
        flow.define_op(op, |cx, (number,), emit| emit(cx, number - 1));
        op
    }
}

/// How often [`Less`] was defined.
static DEFINED: AtomicU32 = AtomicU32::new(0);

#[tokio::test]
async fn shared_operations_may_import_each_other_and_are_defined_once() {
    let module = |Parts { flow, records, lines }: Parts<'_>| {
        let (even, odd) = (flow.import::<Even>(), flow.import::<Odd>());
        flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
            let number = u64::try_from(number)?;
            cx.call(even, (number,), &|cx, even| say(cx, lines, even))?;
            cx.call(odd, (number,), &|cx, odd| say(cx, lines, odd))
        });
    };
    let (_ipc, client) = launch(ByHand(module), 1).await;
    append(&client, 0, 7).await;
    append(&client, 0, 10).await;
    assert_eq!(client.lines(0).await, ["false", "true", "true", "false"]);
    assert_eq!(DEFINED.load(Ordering::Relaxed), 1);
}
