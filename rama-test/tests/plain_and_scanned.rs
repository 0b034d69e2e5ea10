//! A PState that is a plain value has one value on every task, each its own (PS-01); a path without a
//! leading key goes over all rows of the task, uncommitted ones included (PS-40, C-11).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::launch;
use rama_core::{partition::KeyHash, prelude::*};

defmodule! {
    Words {
        depot *words: String, random;

        stream plain {
            pstate $$last: String;
            pstate $$known: BTreeSet<String>;
            pstate $$seen: u64;

            sources! {
                source(*words) :> word;
                local_transform([nil_to_val(0), term(|count| count + 1)], $$seen);
                |global();
                local_select([nil_to_val(String::from("none"))], $$last) :> before;
                local_transform([termval(word.clone())], $$last);
                local_transform([NIL_TO_SET, NONE_ELEM, termval(word.clone())], $$known);
                if word == "clear" {
                    local_transform([NONE], $$last);
                    local_transform([set_elem(before.clone()), NONE], $$known);
                }
                ack_return(before);
            }
        }

        stream rows {
            pstate $$rows: Map<String, u64>;
            pstate $$scans: Map<String, Map<String, u64>>;

            sources! {
                source(*words) :> word;
                |hash(word);
                local_transform([keypath(word), nil_to_val(0), term(|count| count + 1)], $$rows);
                if word == "clear" {
                    atomic {
                        local_select([ALL], $$rows) :> (row, _);
                        local_transform([keypath(row), NONE], $$rows);
                    }
                }
                local_select([ALL], $$rows) :> (row, count);
                local_transform([keypath(word, row), termval(count)], $$scans);
            }
        }
    }
}

#[tokio::test]
async fn a_plain_value_is_read_written_and_removed() {
    let (_ipc, client) = launch(Words, 4).await;
    let mut befores = Vec::new();
    for word in ["c", "a", "b", "a", "clear", "d"] {
        let acked = client.depot.words.append(word.to_owned()).await.unwrap();
        befores.push(acked.get::<String>("plain").unwrap().unwrap());
    }
    assert_eq!(befores, ["none", "c", "a", "b", "a", "none"]);
    let known = client.pstate.known.partition(TaskId(0)).select(path![ALL]).await.unwrap();
    assert_eq!(known, ["b", "c", "clear", "d"]);
}

#[tokio::test]
async fn every_task_has_a_plain_value_of_its_own() {
    let (_ipc, client) = launch(Words, 4).await;
    for number in 0..10 {
        client.depot.words.append(format!("word {number}")).await.unwrap();
    }
    let mut seen = Vec::new();
    for task in (0..4).map(TaskId) {
        seen.push(
            client.pstate.seen.partition(task).select_one(path![nil_to_val(0)]).await.unwrap(),
        );
        let known = client.pstate.known.partition(task).select(path![ALL]).await.unwrap();
        assert_eq!(known.len(), if task == TaskId(0) { 10 } else { 0 });
    }
    assert_eq!(seen, [3, 3, 2, 2], "a random depot goes round");
}

async fn check_scans(tasks: u32, appended_at_once: bool) {
    let (ipc, client) = launch(Words, tasks).await;
    let home = |word: &str| KeyHash::of(&word.to_owned()).task(tasks);
    let mut rows: BTreeMap<TaskId, BTreeMap<String, u64>> = BTreeMap::new();
    let mut scans: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    // Words that meet on a task meet there in this order: there is one partition, or one word at a time.
    let words = ["a", "b", "c", "a", "d", "e", "a", "f", "clear", "b", "g", "h", "a", "i"];
    for word in words.map(str::to_owned) {
        let local = rows.entry(home(&word)).or_default();
        *local.entry(word.clone()).or_default() += 1;
        if word == "clear" {
            local.clear();
        }
        if !local.is_empty() {
            scans.entry(word).or_default().extend(local.clone());
        }
    }
    if appended_at_once {
        client.depot.words.append_all(words.map(str::to_owned), AckLevel::Ack).await.unwrap();
    } else {
        for word in words {
            client.depot.words.append(word.to_owned()).await.unwrap();
        }
    }
    let found = client.pstate.scans.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), scans, "{tasks} tasks");
    ipc.update(Words).await.unwrap();
    for (task, rows) in rows {
        let found = client.pstate.rows.partition(task).select(path![ALL]).await.unwrap();
        assert_eq!(found, rows.into_iter().collect::<Vec<_>>(), "in key order, after a restart");
    }
}

#[tokio::test]
async fn a_scan_sees_the_rows_of_the_task_committed_or_not() {
    check_scans(1, true).await;
    check_scans(1, false).await;
    check_scans(8, false).await;
}
