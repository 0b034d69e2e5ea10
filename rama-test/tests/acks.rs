//! What an append waits for and what it is told: everything done and visible, durable only, or nothing at
//! all (DP-20 to DP-22), values that topologies return (DP-27, DP-28), place and offset, and what happens
//! when the module stops or is replaced by a new version (DP-25, TE-03).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use common::{config, home, launch};
use rama_core::{
    error::{AppendError, ReadError},
    id::Offset,
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::{sync::mpsc, task::JoinSet};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    author: i64,
    #[serde(serialize_with = "no_curses")]
    text: String,
    to: Vec<i64>,
}

fn no_curses<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if text == "curse" {
        return Err(serde::ser::Error::custom("we do not write that down"));
    }
    serializer.serialize_str(text)
}

fn note(author: i64, text: &str, to: impl Into<Vec<i64>>) -> Note {
    Note { author, text: text.to_owned(), to: to.into() }
}

defmodule! {
    Notes {
        depot *notes: Note, hash_by(author);

        stream delivery {
            pstate $$inbox: Map<i64, List<String>>;
            pstate $$written: Map<i64, u64>;

            sources! {
                source(*notes) :> Note { author, text, to };
                local_transform([keypath(author), nil_to_val(0), term(|count| count + 1)], $$written);
                explode(to) :> reader;
                |hash(reader);
                local_transform(
                    [keypath(reader), nil_to_val(Vec::new()), update(|list| list.push(text))],
                    $$inbox
                );
            }
        }

        stream receipt {
            sources! {
                source(*notes) :> Note { author, to, .. };
                ack_return("at the source");
                explode(to.into_iter().enumerate()) :> (number, reader);
                ack_return(format!("{number} on the way"));
                |hash(reader);
                ack_return(format!("{number} there"));
                |hash(author);
                // All come back to one task from one task each, so the last one is the last.
                ack_return(format!("{number} back at {author}"));
            }
        }
    }
}

async fn inbox(client: &NotesClient, reader: i64) -> Vec<String> {
    let inbox = &client.pstate.inbox;
    inbox.select_one(path![keypath(reader), nil_to_val(Vec::new())]).await.unwrap()
}

async fn written(client: &NotesClient, author: i64) -> u64 {
    client.pstate.written.select_one(path![keypath(author), nil_to_val(0)]).await.unwrap()
}

#[tokio::test]
async fn with_ack_everything_is_visible_on_every_task_when_the_append_returns() {
    for (tasks, rounds) in [(1, 20), (4, 100), (8, 100)] {
        let (_ipc, client) = launch(Notes, tasks).await;
        for number in 0..rounds {
            let text = format!("note {number}");
            let readers = [number, number + 1_000, number + 2_000];
            client.depot.notes.append(note(7, &text, readers)).await.unwrap();
            assert_eq!(written(&client, 7).await, number.unsigned_abs() + 1);
            for reader in readers {
                assert_eq!(
                    inbox(&client, reader).await,
                    [text.as_str()],
                    "{reader} on {tasks} tasks"
                );
            }
        }
    }
}

#[tokio::test]
async fn with_append_ack_the_record_is_in_the_depot_when_the_append_returns() {
    let (_ipc, client) = launch(Notes, 4).await;
    let notes = &client.depot.notes;
    for number in 0..50 {
        let note = note(3, &format!("{number}"), [1, 2]);
        let acked = notes.append_with(note.clone(), AckLevel::AppendAck).await.unwrap();
        assert_eq!(acked.place(), Some((home(3, 4), Offset(number))));
        assert_eq!(notes.read_all(home(3, 4), number..number + 1).await.unwrap(), [note]);
    }
}

#[tokio::test]
async fn without_an_ack_nothing_is_told_and_the_record_counts() {
    let (_ipc, client) = launch(Notes, 4).await;
    for number in 0..50 {
        let note = note(3, &format!("{number}"), [2]);
        let acked = client.depot.notes.append_with(note, AckLevel::None).await.unwrap();
        assert_eq!((acked.place(), acked.get::<String>("receipt").unwrap()), (None, None));
    }
    // One that waits, behind them in the same partition.
    client.depot.notes.append(note(3, "last", [2])).await.unwrap();
    let mut expected: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    expected.push("last".to_owned());
    assert_eq!(inbox(&client, 2).await, expected);
}

#[tokio::test]
async fn a_place_is_the_home_of_the_record_and_its_offset_there() {
    let (_ipc, client) = launch(Notes, 4).await;
    let mut next = [0; 4];
    for author in 0..40 {
        let acked = client.depot.notes.append(note(author, "", [])).await.unwrap();
        let task = home(author, 4);
        let offset = &mut next[usize::try_from(task.0).unwrap()];
        assert_eq!(acked.place(), Some((task, Offset(*offset))));
        *offset += 1;
    }
}

#[tokio::test]
async fn the_last_returned_value_counts_from_whatever_task() {
    for tasks in [1, 4] {
        let (_ipc, client) = launch(Notes, tasks).await;
        let returned = async |note| {
            let acked = client.depot.notes.append(note).await.unwrap();
            acked.get::<String>("receipt").unwrap()
        };
        for author in 0..20 {
            assert_eq!(returned(note(author, "", [])).await.unwrap(), "at the source");
            let there = returned(note(author, "", [author + 1])).await.unwrap();
            assert_eq!(there, format!("0 back at {author}"));
            let same_way = returned(note(author, "", [9, 9, 9])).await.unwrap();
            assert_eq!(same_way, format!("2 back at {author}"), "on {tasks} tasks");
        }
    }
}

#[tokio::test]
async fn each_append_of_many_at_once_gets_its_own_value() {
    let (_ipc, client) = launch(Notes, 4).await;
    let mut appends = JoinSet::new();
    for author in 0..500 {
        let notes = client.depot.notes.clone();
        appends.spawn(async move { (author, notes.append(note(author, "", [author + 1])).await) });
    }
    while let Some(acked) = appends.join_next().await {
        let (author, acked) = acked.unwrap();
        let returned: Option<String> = acked.unwrap().get("receipt").unwrap();
        assert_eq!(returned.unwrap(), format!("0 back at {author}"));
    }
}

#[tokio::test]
async fn returned_values_are_found_by_topology_and_type() {
    let (_ipc, client) = launch(Notes, 2).await;
    let acked = client.depot.notes.append(note(1, "", [])).await.unwrap();
    assert_eq!(acked.get::<String>("delivery").unwrap(), None, "it returns nothing");
    assert_eq!(acked.get::<String>("no such topology").unwrap(), None);
    assert!(acked.get::<u64>("receipt").is_err(), "it is a string");
}

#[tokio::test]
async fn a_record_that_cannot_be_encoded_is_refused_and_stores_nothing() {
    let (_ipc, client) = launch(Notes, 4).await;
    let notes = &client.depot.notes;
    for level in [AckLevel::Ack, AckLevel::AppendAck, AckLevel::None] {
        let Err(AppendError::Encode { depot, reason }) =
            notes.append_with(note(1, "curse", [2]), level).await
        else {
            panic!("it cannot be encoded");
        };
        assert_eq!(depot, "notes");
        assert!(reason.contains("we do not write that down"), "{reason}");
    }
    let acked = notes.append(note(1, "bless", [2])).await.unwrap();
    assert_eq!(acked.place(), Some((home(1, 4), Offset(0))), "the first offset is still free");
    assert_eq!(inbox(&client, 2).await, ["bless"]);
}

#[tokio::test]
async fn after_a_shutdown_appends_and_reads_are_refused_by_name() {
    let (ipc, client) = launch(Notes, 4).await;
    client.depot.notes.append(note(1, "", [2])).await.unwrap();
    ipc.shutdown().await.unwrap();
    for level in [AckLevel::Ack, AckLevel::AppendAck, AckLevel::None] {
        let refused = client.depot.notes.append_with(note(1, "", [2]), level).await.unwrap_err();
        assert!(matches!(refused, AppendError::Stopped { module: "Notes" }), "{refused}");
    }
    let refused = client.pstate.inbox.select_one(path![keypath(2)]).await.unwrap_err();
    assert!(matches!(refused, ReadError::Stopped { module: "Notes" }), "{refused}");
    let refused = client.depot.notes.partition_info(TaskId(0)).unwrap_err();
    assert!(matches!(refused, ReadError::Stopped { module: "Notes" }), "{refused}");
    ipc.shutdown().await.unwrap();
    assert!(ipc.update(Notes).await.is_err(), "it does not run");
}

#[tokio::test]
async fn handles_follow_the_module_over_updates_and_a_new_launch() {
    let (ipc, client) = launch(Notes, 4).await;
    let before = client.clone();
    for round in 1..=3 {
        let after = ipc.update(Notes).await.unwrap();
        for client in [&client, &before, &after] {
            client.depot.notes.append(note(1, "", [])).await.unwrap();
        }
        assert_eq!(written(&before, 1).await, 3 * round);
        assert_eq!(written(&after, 1).await, 3 * round);
    }
    ipc.shutdown().await.unwrap();
    let after = ipc.launch(Notes, config(4, 1)).await.unwrap();
    before.depot.notes.append(note(1, "", [])).await.unwrap();
    assert_eq!((written(&before, 1).await, written(&after, 1).await), (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_during_an_update_is_done_or_refused_and_never_half_done() {
    let ipc = InProcessCluster::create().await.unwrap();
    let client = ipc.launch(Notes, config(4, 2)).await.unwrap();
    let (progress, mut counted) = mpsc::channel(1);
    let mut writers = JoinSet::new();
    for author in 0..4 {
        let (notes, progress) = (client.depot.notes.clone(), progress.clone());
        writers.spawn(async move {
            let mut acked = 0;
            while progress.send(()).await.is_ok() {
                match notes.append(note(author, "", [author + 1])).await {
                    Ok(_) => acked += 1,
                    Err(AppendError::Stopped { .. }) => {}
                    Err(other) => panic!("a graceful stop leaves nothing unknown: {other}"),
                }
            }
            (author, acked)
        });
    }
    for _ in 0..8 {
        // Waits for progress between the updates, not for time.
        for _ in 0..50 {
            counted.recv().await.unwrap();
        }
        let update = ipc.update(Notes);
        let draining = async { while counted.recv().await.is_some() {} };
        tokio::select! {
            updated = update => drop(updated.unwrap()),
            () = draining => unreachable!("the writers go on"),
        }
    }
    drop(counted);
    while let Some(writer) = writers.join_next().await {
        let (author, acked) = writer.unwrap();
        assert_eq!(written(&client, author).await, acked, "what was refused is not stored");
        assert_eq!(inbox(&client, author + 1).await.len() as u64, acked);
    }
}
