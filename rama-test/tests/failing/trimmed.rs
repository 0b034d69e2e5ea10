//! Records that wait to be run again while their depot is trimmed, which does not wait for them: those that are gone are left
//! out and counted, the others run (DP-64, DP-83).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{collections::BTreeMap, ops::Range, sync::Mutex, time::Duration};

use rama_core::{cluster::Tuning, id::TaskId, prelude::*};

use crate::{
    common::config,
    outside::{Outside, until},
    shop::{Record, Test, attempt_of, refuse},
};

/// Records that the depot keeps.
const KEEPS: u64 = 10;

/// The longest that a record rests that has failed once.
const REST: Duration = Duration::from_millis(100);

/// After this a checkpoint is written, which trims.
const CHECKPOINT: Duration = Duration::from_secs(10);

/// Where a record stands, by test: which one, in which of its runs.
static BRAKES: Mutex<BTreeMap<u64, (u64, u32, Outside)>> = Mutex::new(BTreeMap::new());

/// The record stands in this run until the brake is passed.
fn set_brake(run: u64, id: u64, attempt: u32) -> Outside {
    let (outside, _) = Outside::new();
    outside.set_brake(true);
    BRAKES.lock().unwrap().insert(run, (id, attempt, outside.clone()));
    outside
}

fn meet_brake(run: u64, id: u64, attempt: u32) {
    let brake = BRAKES.lock().unwrap().get(&run).cloned();
    if let Some((.., outside)) = brake.filter(|(at, when, _)| (*at, *when) == (id, attempt)) {
        outside.meet_brake();
    }
}

defmodule! {
    Alone {
        depot *records: Record, hash_by(key) { max_entries: KEEPS, excess: 0.0, coordinate: false }

        stream work {
            pstate $$done: Vec<u64>;

            sources! {
                source(*records, timeout: 1_000 * CHECKPOINT) :> Record { run, id, fails, .. };
                let attempt = attempt_of(run, id);
                meet_brake(run, id, attempt);
                refuse(fails, attempt)?;
                local_transform([nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
            }
        }
    }
}

defmodule! {
    InLine {
        depot *records: Record, hash_by(key) { max_entries: KEEPS, excess: 0.0, coordinate: false }

        stream work {
            pstate $$done: Vec<u64>;

            sources! {
                source(*records, retry: all_after, timeout: 1_000 * CHECKPOINT) :> Record { run, id, fails, .. };
                let attempt = attempt_of(run, id);
                meet_brake(run, id, attempt);
                refuse(fails, attempt)?;
                local_transform([nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
            }
        }
    }
}

/// Appends records with the numbers of their offsets; the given ones fail so often.
macro_rules! append {
    ($test:expr, $ids:expr, $level:expr, $fails:expr) => {{
        let fails: &[(u64, u32)] = &$fails;
        let ids: Range<u64> = $ids;
        let records: Vec<_> = ids
            .map(|id| {
                let fails = fails.iter().find(|(failing, _)| *failing == id);
                $test.record(0, id, fails.map_or(0, |(_, fails)| *fails))
            })
            .collect();
        $test.client.depot.records.append_all(records, $level).await.unwrap();
    }};
}

macro_rules! done {
    ($test:expr) => {
        $test.client.pstate.done.select_one(path![nil_to_val(Vec::new())]).await.unwrap()
    };
}

macro_rules! info {
    ($test:expr) => {
        $test.client.depot.records.partition_info(TaskId(0)).unwrap()
    };
}

/// The numbers of a range, but for some.
fn without(all: Range<u64>, gone: &[u64]) -> Vec<u64> {
    all.filter(|id| !gone.contains(id)).collect()
}

#[tokio::test]
async fn records_that_are_trimmed_while_they_rest_are_not_run_and_the_others_are() {
    // A checkpoint for every group.
    let often = Tuning { checkpoint_bytes: 1, ..Tuning::default() };
    let test = Test::with(Alone, config(1, 1).tuning(often)).await;
    // Those that fail are in groups of their own: none is run once more because of the others.
    for (from, to) in [(0, 1), (1, 4), (4, 8)] {
        append!(test, from..to, AckLevel::AppendAck, [(0, 1), (3, 1), (7, 1)]);
    }
    append!(test, 8..25, AckLevel::Ack, []);
    append!(test, 25..26, AckLevel::AppendAck, [(25, 1)]);
    append!(test, 26..30, AckLevel::Ack, []);
    until("it is trimmed", async || info!(test).start.0 == 30 - KEEPS).await;
    assert_eq!(done!(test), without(0..30, &[0, 3, 7, 25]), "four rest, of which one is there");
    test.clock.advance(REST);
    until("the one is run again", async || test.attempts(25) == 2).await;
    append!(test, 30..31, AckLevel::Ack, []);
    let mut done = done!(test);
    done.sort_unstable();
    assert_eq!(done, without(0..31, &[0, 3, 7]));
    assert_eq!(info!(test).skipped, 3, "what is gone is counted");
    let test = test.restart().await;
    append!(test, 31..32, AckLevel::Ack, []);
    assert_eq!(info!(test).skipped, 0, "and nobody waits for it any more");
    assert_eq!([0, 3, 7].map(|id| test.attempts(id)), [1; 3]);
}

#[tokio::test]
async fn an_attempt_is_repeated_without_what_was_trimmed_since_it_ran() {
    let test = Test::new(Alone, 1).await;
    append!(test, 0..2, AckLevel::AppendAck, [(1, 1)]);
    append!(test, 2..8, AckLevel::AppendAck, [(2, 2)]);
    append!(test, 8..30, AckLevel::Ack, []);
    let brake = set_brake(test.run, 2, 2);
    test.clock.advance(REST);
    // Of both that are run again, one has run.
    brake.stands().await;
    assert_eq!(test.attempts(1), 2);
    test.clock.advance(CHECKPOINT);
    until("it is trimmed", async || info!(test).start.0 == 30 - KEEPS).await;
    brake.set_brake(false);
    append!(test, 30..31, AckLevel::Ack, []);
    assert_eq!(info!(test).skipped, 1, "the other one has failed, and rests");
    test.clock.advance(2 * REST);
    until("it is gone too", async || info!(test).skipped > 1).await;
    append!(test, 31..32, AckLevel::Ack, []);
    assert_eq!((done!(test), info!(test).skipped), (without(0..32, &[1, 2]), 2));
    assert_eq!((test.attempts(1), test.attempts(2)), (2, 2));
    assert_eq!(test.client.stream.work.dead_letters(None, 10).await.unwrap(), []);
    let test = test.restart().await;
    append!(test, 32..33, AckLevel::Ack, []);
    assert_eq!(info!(test).skipped, 0, "nobody waits for them any more");
}

#[tokio::test]
async fn a_topology_that_goes_back_repeats_what_is_left_of_a_trimmed_depot() {
    // What was run before the record that fails is gone; or a part of it, and the record is there.
    for (failing, later) in [(20, 33), (35, 38)] {
        let test = Test::new(InLine, 1).await;
        append!(test, 0..1, AckLevel::Ack, []);
        append!(test, 1..2, AckLevel::AppendAck, [(1, 1)]);
        append!(test, 2..40, AckLevel::AppendAck, [(failing, 1), (later, 2)]);
        assert_eq!((done!(test), test.attempts(2)), (vec![0], 0), "all wait for the second one");
        let brake = set_brake(test.run, failing, 1);
        test.clock.advance(REST);
        brake.stands().await;
        test.clock.advance(CHECKPOINT);
        until("it is trimmed", async || info!(test).start.0 == 40 - KEEPS).await;
        brake.set_brake(false);
        until("the last one is done", async || {
            test.pass();
            done!(test).ends_with(&[39])
        })
        .await;
        let expected = [0].into_iter().chain(40 - KEEPS..40).collect::<Vec<_>>();
        assert_eq!((done!(test), info!(test).skipped), (expected, 40 - KEEPS - 1), "{failing}");
        append!(test, 40..41, AckLevel::Ack, []);
        let test = test.restart().await;
        append!(test, 41..42, AckLevel::Ack, []);
        assert_eq!((info!(test).skipped, done!(test).len()), (0, 13), "nothing is left over");
    }
}
