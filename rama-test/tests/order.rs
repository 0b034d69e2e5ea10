//! Events keep their order: from one task to another, whichever partitioners of a topology lead there
//! (C-30), and from one client to one depot partition (C-31). Checked on one, two and four threads,
//! because the threads decide how work is batched, and with failing records, after which a batch is
//! repeated.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{home, keys_at, launch_on, scrambled};
use rama_core::{error::AppendError, prelude::*};
use tokio::task::JoinSet;

const TASKS: u32 = 4;

/// Letters of one client; every client is on another key.
const LETTERS: u64 = 1_500;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letter {
    from: i64,
    to: i64,
    number: u64,
}

/// What arrived on a task, by the task that sent it: sender's key and number, in order of arrival.
type Arrived = BTreeMap<u32, Vec<(i64, u64)>>;

fn is_lost(number: u64) -> bool {
    number % 211 == 210
}

fn arrive(arrived: &mut Arrived, from: i64, number: u64) {
    arrived.entry(home(from, TASKS).0).or_default().push((from, number));
}

defmodule! {
    Post {
        depot *letters: Letter, hash_by(from);

        stream post {
            pstate $$taken: Map<i64, List<u64>>;
            pstate $$arrived: Arrived;

            sources! {
                source(*letters) :> Letter { from, to, number };
                local_transform(
                    [keypath(from), nil_to_val(Vec::new()), update(|list| list.push(number))],
                    $$taken
                );
                // Several ways to the same task, each a port of its own.
                if number % 4 == 0 {
                    |hash(to);
                    local_transform(
                        [nil_to_val(Arrived::new()), update(|arrived| arrive(arrived, from, number))],
                        $$arrived
                    );
                } else if number % 4 == 1 {
                    |direct(home(to, TASKS));
                    local_transform(
                        [nil_to_val(Arrived::new()), update(|arrived| arrive(arrived, from, number))],
                        $$arrived
                    );
                } else if number % 4 == 2 {
                    let letter = Letter { from, to, number };
                    |all();
                    let Letter { from, number, .. } = letter;
                    local_transform(
                        [nil_to_val(Arrived::new()), update(|arrived| arrive(arrived, from, number))],
                        $$arrived
                    );
                } else {
                    explode([number, number + LETTERS]) :> number;
                    |hash(to);
                    if is_lost(number) {
                        Err(AppendError::Disallowed { depot: "any error will do" })?;
                    }
                    local_transform(
                        [nil_to_val(Arrived::new()), update(|arrived| arrive(arrived, from, number))],
                        $$arrived
                    );
                }
            }
        }
    }
}

/// The numbers with which a letter arrives on a task.
fn arrivals(letter: &Letter, task: TaskId) -> Vec<u64> {
    let Letter { to, number, .. } = *letter;
    let numbers = if number % 4 == 3 { vec![number, number + LETTERS] } else { vec![number] };
    let lost = number % 4 == 3 && numbers.iter().any(|number| is_lost(*number));
    let there = number % 4 == 2 || home(to, TASKS) == task;
    if there && !lost { numbers } else { Vec::new() }
}

/// Two clients for each task write letters to everybody, all at the same time, without waiting.
async fn write_letters(client: &PostClient) {
    let mut clients = JoinSet::new();
    for from in senders() {
        let letters = client.depot.letters.clone();
        clients.spawn(async move {
            for (number, random) in (0..LETTERS).zip(scrambled(from.unsigned_abs())) {
                let to = i64::try_from(random % 40).unwrap();
                letters.append_with(Letter { from, to, number }, AckLevel::None).await.unwrap();
            }
            // The answer to the last one: everything before it is processed then.
            let last = Letter { from, to: 0, number: 4 * LETTERS };
            letters.append(last).await.unwrap();
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}

fn senders() -> impl Iterator<Item = i64> {
    (0..TASKS).flat_map(|task| keys_at(task, TASKS).take(2))
}

async fn check_order(threads: u32) {
    let (_ipc, client) = launch_on(Post, TASKS, threads).await;
    write_letters(&client).await;
    let mut expected: BTreeMap<TaskId, Arrived> = BTreeMap::new();
    for sender in (0..TASKS).map(TaskId) {
        let end = client.depot.letters.partition_info(sender).unwrap().end.0;
        let letters = client.depot.letters.read_all(sender, 0..end).await.unwrap();
        for from in senders().filter(|from| home(*from, TASKS) == sender) {
            let of_one = letters.iter().filter(|letter| letter.from == from);
            let in_depot: Vec<u64> = of_one.map(|letter| letter.number).collect();
            let written: Vec<u64> = (0..LETTERS).chain([4 * LETTERS]).collect();
            assert_eq!(in_depot, written, "C-31: client {from} in the depot");
        }
        for task in (0..TASKS).map(TaskId) {
            let arrived = expected.entry(task).or_default();
            for letter in &letters {
                let numbers = arrivals(letter, task);
                numbers.into_iter().for_each(|number| arrive(arrived, letter.from, number));
            }
        }
    }
    for (task, expected) in expected {
        let partition = client.pstate.arrived.partition(task);
        let arrived = partition.select_one(path![nil_to_val(Arrived::new())]).await.unwrap();
        for (sender, expected) in expected {
            // Not `assert_eq`: thousands of letters help nobody.
            let first =
                arrived[&sender].iter().zip(&expected).position(|(one, other)| one != other);
            assert_eq!(first, None, "C-30: task {sender} to {task:?} on {threads} threads");
            assert_eq!(arrived[&sender].len(), expected.len(), "none lost, none twice");
        }
    }
}

#[tokio::test]
async fn events_keep_their_order_on_one_thread() {
    check_order(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_keep_their_order_on_two_threads() {
    check_order(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_keep_their_order_on_four_threads() {
    check_order(4).await;
}

#[tokio::test]
async fn appends_of_one_client_are_processed_in_its_order_whatever_they_wait_for() {
    let (_ipc, client) = launch_on(Post, TASKS, 2).await;
    let letters = &client.depot.letters;
    let letter = |number| Letter { from: 1, to: 2, number };
    let levels = [AckLevel::None, AckLevel::AppendAck, AckLevel::Ack, AckLevel::None];
    for (number, level) in (0..200_u64).map(|number| 4 * number).zip(levels.into_iter().cycle()) {
        letters.append_with(letter(number), level).await.unwrap();
    }
    letters.append_all((200..400).map(|number| letter(4 * number)), AckLevel::Ack).await.unwrap();
    let taken = client.pstate.taken.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(taken, Some((0..400).map(|number| 4 * number).collect()));
}
