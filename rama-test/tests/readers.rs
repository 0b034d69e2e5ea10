//! Clients read what is committed: an event is visible as a whole or not at all, and what was seen once is
//! never unseen (C-11, C-33, CL-04). A path goes to the partition of its leading key; one without goes where
//! the client says (PS-44), and asking for one value where there are none or several is an error (PA-06).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use common::{config, home, key_at, keys_at, launch};
use rama_core::{
    clock::{Clock, ManualClock},
    error::ReadError,
    path::PathError,
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::task::JoinSet;

const TASKS: u32 = 4;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Write {
    key: i64,
    /// Another key on the same task.
    neighbour: i64,
    number: u64,
    fails: bool,
}

fn check(fails: bool) -> Result<(), std::fmt::Error> {
    if fails { Err(std::fmt::Error) } else { Ok(()) }
}

defmodule! {
    Twins {
        depot *writes: Write, hash_by(key);

        stream twins {
            pstate $$rows: Map<i64, Map<String, u64>>;
            pstate $$pair: (u64, u64);
            pstate $$copies: BTreeMap<i64, u64>;

            sources! {
                source(*writes) :> Write { key, neighbour, number, fails };
                assume_home(neighbour);
                local_transform([keypath(key, "left".to_owned()), termval(number)], $$rows);
                local_transform([keypath(neighbour, "left".to_owned()), termval(number)], $$rows);
                local_transform([nil_to_val((0, 0)), term(|pair| (number, pair.1))], $$pair);
                check(fails)?;
                local_transform([keypath(key, "right".to_owned()), termval(number)], $$rows);
                local_transform([keypath(neighbour, "right".to_owned()), termval(number)], $$rows);
                local_transform([nil_to_val((0, 0)), term(|pair| (pair.0, number))], $$pair);
                |all();
                local_transform(
                    [nil_to_val(BTreeMap::new()), update(|copies| copies.extend([(key, number)]))],
                    $$copies
                );
            }
        }
    }
}

/// Two keys of a task.
fn twins(task: u32) -> [i64; 2] {
    let mut keys = keys_at(task, TASKS);
    [(); 2].map(|()| keys.next().unwrap())
}

/// Reads everything that the writes to one task change, one after the other, and checks that each read sees
/// whole events, and at least those that the reads before it saw.
async fn read_consistently(client: &TwinsClient, task: u32) -> [u64; 5] {
    let [key, _] = twins(task);
    let TwinsPStates { rows, pair, copies } = &client.pstate;
    let copy = async |task: u32| {
        let copies = copies.partition(TaskId(task % TASKS));
        let copies = copies.select_one(path![nil_to_val(BTreeMap::new())]).await.unwrap();
        copies.get(&key).copied().unwrap_or_default()
    };
    let elsewhere = copy(task + 1).await;
    let of_row = |row: &BTreeMap<String, u64>| {
        assert_eq!(row.get("left"), row.get("right"), "a part of an event: {row:?}");
        row.get("left").copied().unwrap_or_default()
    };
    let row = rows.select_one(path![keypath(key), nil_to_val(BTreeMap::new())]).await.unwrap();
    let scanned = rows.partition(TaskId(task)).select(path![MAP_VALS]).await.unwrap();
    let scanned: Vec<u64> = scanned.iter().map(of_row).collect();
    assert!(scanned.iter().all(|number| *number == scanned[0]), "rows of one event: {scanned:?}");
    let pair = pair.partition(TaskId(task)).select_one(path![nil_to_val((0, 0))]).await.unwrap();
    assert_eq!(pair.0, pair.1, "a part of an event");
    let scanned = scanned.first().copied().unwrap_or_default();
    let seen = [elsewhere, of_row(&row), scanned, pair.0, copy(task + 2).await];
    assert!(seen.is_sorted(), "what one read saw the next one sees, wherever it is: {seen:?}");
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn readers_see_whole_events_and_never_go_back() {
    const NUMBERS: u64 = 1_200;
    let clock = Arc::new(ManualClock::default());
    let seen: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let ipc = InProcessCluster::create().await.unwrap().with_clock(seen);
    let client = ipc.launch(Twins, config(TASKS, 2)).await.unwrap();
    let mut readers = JoinSet::new();
    for task in 0..TASKS {
        let client = client.clone();
        readers.spawn(async move {
            let (mut before, mut steps) = ([0; 5], 0_u64);
            while before != [NUMBERS; 5] {
                let now = read_consistently(&client, task).await;
                assert!(
                    before.iter().zip(now).all(|(before, now)| *before <= now),
                    "{before:?} {now:?}"
                );
                steps += u64::from(before != now);
                before = now;
                tokio::task::yield_now().await;
            }
            steps
        });
    }
    for number in 1..=NUMBERS {
        for task in 0..TASKS {
            let [key, neighbour] = twins(task);
            let write = Write { key, neighbour, number, fails: false };
            let failing = Write { number: number + 1_000_000, fails: true, ..write.clone() };
            let writes = &client.depot.writes;
            writes.append_with(failing, AckLevel::None).await.unwrap();
            let level = if number % 5 == 0 { AckLevel::Ack } else { AckLevel::None };
            writes.append_with(write, level).await.unwrap();
        }
        // A checkpoint moves rows from memory to the store every ten seconds, under the readers.
        clock.advance(Duration::from_secs(1));
    }
    while let Some(steps) = readers.join_next().await {
        assert!(steps.unwrap() > 1, "the reader saw states in between");
    }
}

async fn some_rows() -> (InProcessCluster, TwinsClient) {
    let (ipc, client) = launch(Twins, TASKS).await;
    for task in 0..TASKS {
        let [key, neighbour] = twins(task);
        let write = Write { key, neighbour, number: u64::from(task) + 10, fails: false };
        client.depot.writes.append(write).await.unwrap();
    }
    (ipc, client)
}

#[tokio::test]
async fn a_path_without_a_leading_key_needs_a_partition() {
    let (_ipc, client) = some_rows().await;
    let rows = &client.pstate.rows;
    let refused = rows.select(path![ALL]).await.unwrap_err();
    assert!(matches!(refused, ReadError::NoHome { pstate: "rows" }), "{refused}");
    let said = refused.to_string();
    for part in ["`$$rows`", ".partition(task)", ".all_partitions()"] {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    let refused = rows.select(path![MAP_VALS, MAP_VALS]).await.unwrap_err();
    assert!(matches!(refused, ReadError::NoHome { pstate: "rows" }), "{refused}");
    let refused = client.pstate.pair.select_one(path![nil_to_val((0, 0))]).await.unwrap_err();
    assert!(matches!(refused, ReadError::NoHome { pstate: "pair" }), "{refused}");
}

#[tokio::test]
async fn where_there_is_one_partition_everything_is_at_home_in_it() {
    let (_ipc, client) = launch(Twins, 1).await;
    let write = Write { key: 1, neighbour: 2, number: 3, fails: false };
    client.depot.writes.append(write).await.unwrap();
    let rows = client.pstate.rows.select(path![ALL]).await.unwrap();
    assert_eq!(rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(client.pstate.pair.select_one(path![nil_to_val((0, 0))]).await.unwrap(), (3, 3));
}

#[tokio::test]
async fn a_partition_has_its_own_rows_and_all_partitions_have_all_of_them() {
    let (_ipc, client) = some_rows().await;
    let rows = &client.pstate.rows;
    let mut all = Vec::new();
    for task in (0..TASKS).map(TaskId) {
        let found = rows.partition(task).select(path![ALL]).await.unwrap();
        let keys: Vec<i64> = found.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, twins(task.0), "in the order of keys");
        assert!(keys.iter().all(|key| home(*key, TASKS) == task));
        all.extend(found);
    }
    assert_eq!(
        rows.all_partitions().select(path![ALL]).await.unwrap(),
        all,
        "in the order of tasks"
    );
    // A key elsewhere is an error, as in topologies, and among all partitions only its home has it.
    let [key, _] = twins(1);
    let wrong = rows.partition(TaskId(2)).select_one(path![keypath(key)]).await.unwrap_err();
    let ReadError::NotAtHome { home: TaskId(1), task: TaskId(2), .. } = wrong else {
        panic!("{wrong}")
    };
    let everywhere = rows.all_partitions().select(path![keypath(key)]).await.unwrap();
    assert_eq!(everywhere.len(), 1, "its home, and no other partition's nothing");
    let refused = rows.partition(TaskId(4)).select(path![ALL]).await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no task 4: the module runs with 4 tasks");
}

#[tokio::test]
async fn one_value_is_one_value() {
    let (_ipc, client) = some_rows().await;
    let rows = &client.pstate.rows;
    let key = key_at(3, TASKS);
    let many = rows.select_one(path![keypath(key), MAP_VALS]).await.unwrap_err();
    let ReadError::Path(PathError::NotExactlyOne { found: 2 }) = many else { panic!("{many}") };
    let none = rows.select_one(path![keypath(-5), MAP_VALS]).await.unwrap_err();
    let ReadError::Path(PathError::NotExactlyOne { found: 0 }) = none else { panic!("{none}") };
    assert!(none.to_string().contains("found none"), "{none}");
    let missing = rows.select_one(path![keypath(-5)]).await.unwrap();
    assert_eq!(missing, None, "a missing key is one value that is nothing");
    assert_eq!(rows.select_one(path![must(-5)]).await.unwrap(), None);
    assert_eq!(rows.select(path![must(-5)]).await.unwrap(), []);
    let left = rows.select_one(path![must(key, "left".to_owned())]).await.unwrap();
    assert_eq!(left, Some(13));
}

#[tokio::test]
async fn paths_of_clients_go_as_deep_as_those_of_topologies() {
    let (_ipc, client) = some_rows().await;
    let rows = &client.pstate.rows;
    let key = key_at(2, TASKS);
    let left = rows.select_one(path![keypath(key, "left".to_owned())]).await.unwrap();
    assert_eq!(left, Some(12));
    let entries = rows.select(path![keypath(key), ALL]).await.unwrap();
    assert_eq!(entries, [("left".to_owned(), 12), ("right".to_owned(), 12)]);
    let count =
        rows.select_one(path![keypath(key), nil_to_val(BTreeMap::new()), view(BTreeMap::len)]);
    assert_eq!(count.await.unwrap(), 2);
    let values = rows.all_partitions().select(path![MAP_VALS, MAP_VALS]).await.unwrap();
    assert_eq!(values.into_iter().sum::<u64>(), 4 * (10 + 11 + 12 + 13));
}

#[tokio::test]
async fn a_depot_is_read_by_partition_and_offsets() {
    let (_ipc, client) = some_rows().await;
    let writes = &client.depot.writes;
    for task in (0..TASKS).map(TaskId) {
        let info = writes.partition_info(task).unwrap();
        assert_eq!((info.start.0, info.end.0), (0, 1));
        assert_eq!(writes.read_all(task, 0..1).await.unwrap()[0].number, u64::from(task.0) + 10);
        assert_eq!(writes.read_all(task, 1..1).await.unwrap(), []);
    }
    let refused = writes.read(TaskId(1), 0..2).await.unwrap_err().to_string();
    assert!(
        refused.contains("depot `*writes` of task 1 holds offsets 0..1, not 0..2"),
        "{refused}"
    );
    let backwards = std::ops::Range { start: 1, end: 0 };
    assert!(matches!(writes.read(TaskId(1), backwards).await, Err(ReadError::Offsets { .. })));
    assert!(matches!(
        writes.partition_info(TaskId(4)),
        Err(ReadError::NoSuchTask { tasks: 4, .. })
    ));
}
