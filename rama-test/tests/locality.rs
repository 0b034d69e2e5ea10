//! A read or write of a key away from its home is an error in the test cluster, with PState, key, both
//! tasks and source line, instead of the silent data loss that it is in the original (PT-01, PS-40,
//! PS-50). The record fails alone and leaves nothing behind. A plain value has no home.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use common::{failed, key_at, keys_at, launch};
use rama_core::prelude::*;

const TASKS: u32 = 4;

/// What a record does with a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Use {
    Write,
    Edit,
    Remove,
    Read,
    Must,
    Hashed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Touch {
    /// Where the record is processed.
    from: i64,
    key: i64,
    by: Use,
}

/// The compiler does not follow what a function makes of a key, so that only the check at run time is left.
fn unseen(key: i64) -> i64 {
    key
}

defmodule! {
    Keys {
        depot *touches: Touch, hash_by(from);

        stream keys {
            pstate $$rows: Map<i64, i64>;
            pstate $$touched: Map<i64, u64>;
            pstate $$processed: u64;

            sources! {
                source(*touches) :> Touch { from, key, by };
                local_transform([keypath(from), nil_to_val(0), term(|count| count + 1)], $$touched);
                local_transform([nil_to_val(0), term(|count| count + 1)], $$processed);
                match by {
                    Use::Write => {
                        local_transform([keypath(unseen(key)), termval(from)], $$rows); // the write
                    }
                    Use::Edit => {
                        local_transform(
                            // The path stands on lines of its own: the operator counts.
                            [keypath(unseen(key)), nil_to_val(0), term(|row| row + 1)],
                            $$rows
                        );
                    }
                    Use::Remove => {
                        local_transform([keypath(unseen(key)), NONE], $$rows); // the removal
                    }
                    Use::Read => {
                        local_select([keypath(unseen(key))], $$rows) :> row; // the read
                        ack_return(row);
                    }
                    Use::Must => {
                        local_select([must(unseen(key))], $$rows) :> row; // the read of what is there
                        ack_return(row);
                    }
                    Use::Hashed => {
                        |hash(key);
                        local_transform([keypath(key), termval(from)], $$rows);
                        local_select([keypath(key)], $$rows) :> row;
                        ack_return(row);
                    }
                }
            }
        }
    }
}

/// The line of this file, from 1, that contains the marker first.
fn line_of(marker: &str) -> usize {
    1 + include_str!("locality.rs").lines().position(|line| line.contains(marker)).unwrap()
}

/// Appends a record that uses a key away from its home, and checks the message and that nothing is left.
async fn check_refused(by: Use, line: usize) {
    let (_ipc, client) = launch(Keys, TASKS).await;
    let (from, key) = (key_at(1, TASKS), key_at(3, TASKS));
    let outcome = client.depot.touches.append(Touch { from, key, by }).await;
    let (depot, topology, reason) = failed(outcome);
    assert_eq!((depot, topology), ("touches", "keys"));
    let place = format!("{}:{line}", file!());
    for part in [
        "PState `$$rows`".to_owned(),
        format!("key `{key}` is at home on task 3"),
        "runs on task 1".to_owned(),
        format!("({place})"),
        "add `|hash(".to_owned(),
        "source(*touches)".to_owned(),
    ] {
        assert!(reason.contains(&part), "`{part}` is missing in: {reason}");
    }
    let rows = client.pstate.rows.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(rows, [], "nothing is stored");
    let touched = client.pstate.touched.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(touched, [], "what was written before the failure is gone too");
    assert_eq!(processed(&client, 1).await, 0);
}

async fn processed(client: &KeysClient, task: u32) -> u64 {
    let partition = client.pstate.processed.partition(TaskId(task));
    partition.select_one(path![nil_to_val(0)]).await.unwrap()
}

#[tokio::test]
async fn a_write_away_from_home_fails_with_its_line_and_stores_nothing() {
    check_refused(Use::Write, line_of("// the write")).await;
}

#[tokio::test]
async fn an_edit_away_from_home_fails_with_its_line_and_stores_nothing() {
    check_refused(Use::Edit, line_of("// The path stands") - 1).await;
}

#[tokio::test]
async fn a_removal_away_from_home_fails_with_its_line_and_stores_nothing() {
    check_refused(Use::Remove, line_of("// the removal")).await;
}

#[tokio::test]
async fn a_read_away_from_home_fails_with_its_line() {
    check_refused(Use::Read, line_of("// the read")).await;
    check_refused(Use::Must, line_of("// the read of what is there")).await;
}

#[tokio::test]
async fn a_failed_removal_leaves_the_row_that_it_aimed_at() {
    let (_ipc, client) = launch(Keys, TASKS).await;
    let (from, key) = (key_at(1, TASKS), key_at(3, TASKS));
    let touch = |from, by| client.depot.touches.append(Touch { from, key, by });
    touch(key, Use::Write).await.unwrap();
    failed(touch(from, Use::Remove).await);
    assert_eq!(client.pstate.rows.select_one(path![keypath(key)]).await.unwrap(), Some(key));
    touch(key, Use::Remove).await.unwrap();
    assert_eq!(client.pstate.rows.select_one(path![keypath(key)]).await.unwrap(), None);
}

#[tokio::test]
async fn after_a_hop_to_its_home_a_key_can_be_written_and_read() {
    let (_ipc, client) = launch(Keys, TASKS).await;
    let from = key_at(1, TASKS);
    for key in 0..40 {
        let by = Use::Hashed;
        let acked = client.depot.touches.append(Touch { from, key, by }).await.unwrap();
        assert_eq!(acked.get::<Option<i64>>("keys").unwrap(), Some(Some(from)));
        assert_eq!(client.pstate.rows.select_one(path![keypath(key)]).await.unwrap(), Some(from));
    }
}

#[tokio::test]
async fn keys_at_home_need_no_hop_and_every_task_has_its_own_plain_value() {
    let (_ipc, client) = launch(Keys, TASKS).await;
    for task in 0..TASKS {
        let mut keys = keys_at(task, TASKS);
        let (from, key) = (keys.next().unwrap(), keys.next().unwrap());
        for by in [Use::Write, Use::Edit, Use::Read, Use::Must, Use::Remove] {
            client.depot.touches.append(Touch { from, key, by }).await.unwrap();
        }
        assert_eq!(processed(&client, task).await, 5, "a plain value is not checked");
    }
}

#[tokio::test]
async fn on_one_task_everything_is_at_home() {
    let (_ipc, client) = launch(Keys, 1).await;
    for by in [Use::Write, Use::Read, Use::Edit, Use::Remove, Use::Hashed] {
        client.depot.touches.append(Touch { from: 1, key: 2, by }).await.unwrap();
    }
    assert_eq!(client.pstate.rows.select_one(path![keypath(2)]).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_client_is_told_when_a_path_has_keys_of_several_homes() {
    let (_ipc, client) = launch(Keys, TASKS).await;
    let [here, there] = [key_at(0, TASKS), key_at(1, TASKS)];
    let rows = &client.pstate.rows;
    for key in [here, there] {
        let touch = Touch { from: key, key, by: Use::Write };
        client.depot.touches.append(touch).await.unwrap();
    }
    let refused = rows.select_one(path![submap([here, there])]).await.unwrap_err().to_string();
    assert!(refused.contains("`$$rows`") && refused.contains("on task 1"), "{refused}");
    let refused = rows.select(path![multi_path([must(here)], [must(there)])]).await;
    assert!(refused.is_err(), "nothing is silently missing");
    let found = rows.select(path![multi_path([must(here)], [must(here)])]).await.unwrap();
    assert_eq!(found, [here, here]);
    let of_key = rows.partition_of(&there).select(path![MAP_VALS]).await.unwrap();
    assert_eq!(of_key, [there]);
}
