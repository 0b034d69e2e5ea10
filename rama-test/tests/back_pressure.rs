//! A module that is slower than its clients slows them down: an append waits while the queue of its depot
//! partition is full, so memory is bounded, and nothing is lost or changes its order (DP-22, C-31, B12).
//! Reads do not wait behind slow events. The bound is proved with a brake: while it is on, exactly what the
//! queue holds is taken in, and no time passes for the test.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Condvar, Mutex},
    task::Poll,
};

use common::{failed, key_at, launch, launch_on};
use rama_core::{error::AppendError, prelude::*};
use tokio::task::{JoinSet, spawn_blocking, unconstrained};

/// Records that the queue of a partition holds.
const QUEUE_RECORDS: u64 = 8_192;

/// Records that a task takes out of the queue at once.
const BATCH_RECORDS: u64 = 256;

/// Stops the task that meets it.
struct Brake {
    on: Mutex<bool>,
    changed: Condvar,
}

/// One for each test that needs one, since tests run at the same time.
static BRAKES: [Brake; 5] = [const { Brake { on: Mutex::new(false), changed: Condvar::new() } }; 5];

impl Brake {
    fn set(&self, on: bool) {
        *self.on.lock().unwrap() = on;
        self.changed.notify_all();
    }

    fn meet(&self) {
        let on = self.on.lock().unwrap();
        drop(self.changed.wait_while(on, |on| *on).unwrap());
    }
}

/// A brake that is on; taken off at the end of the test, also when the test fails.
struct On(usize);

impl On {
    fn brake(index: usize) -> Self {
        BRAKES[index].set(true);
        Self(index)
    }
}

impl Drop for On {
    fn drop(&mut self) {
        BRAKES[self.0].set(false);
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Item {
    client: i64,
    number: u64,
    brake: Option<usize>,
}

/// Work that takes a while and does nothing.
fn work(number: u64) -> u64 {
    (0..500).fold(number, |hash, step| (hash ^ step).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Progress {
    next: u64,
    out_of_order: u64,
}

fn advance(progress: &mut Progress, number: u64) {
    progress.out_of_order += u64::from(progress.next != number);
    progress.next = number + 1;
}

defmodule! {
    Slow {
        depot *items: Item, hash_by(client);
        depot *explosions: u64, random;

        stream slow {
            pstate $$taken: Map<i64, Progress>;
            pstate $$spread: Map<u64, u64>;
            pstate $$frames: u64;

            sources! {
                source(*items) :> Item { client, number, brake };
                if let Some(brake) = brake {
                    BRAKES[brake].meet();
                }
                let bucket = work(number) % 16;
                local_transform(
                    [keypath(client), nil_to_val(Progress::default()), update(|seen| advance(seen, number))],
                    $$taken
                );
                |hash(bucket);
                local_transform([keypath(bucket), nil_to_val(0), term(|count| count + 1)], $$spread);

                source(*explosions) :> count;
                explode(0..count) :> _;
                |shuffle();
                local_transform([nil_to_val(0), term(|count| count + 1)], $$frames);
            }
        }
    }
}

/// Whether something still waits after it was polled.
async fn waits<T>(mut future: Pin<&mut impl Future<Output = T>>) -> bool {
    // Without tokio's budget: it would make a future wait that need not.
    unconstrained(poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending()))).await
}

/// Appends without acknowledgement until an append has to wait, and tells how many went in.
async fn fill(client: &SlowClient, key: i64, brake: usize) -> u64 {
    for number in 0.. {
        let item = Item { client: key, number, brake: Some(brake) };
        let mut append = pin!(client.depot.items.append_with(item, AckLevel::None));
        if waits(append.as_mut()).await {
            return number;
        }
        assert!(number < 10 * QUEUE_RECORDS, "nothing holds the client back");
    }
    unreachable!("an append has to wait before the numbers end")
}

#[tokio::test]
async fn an_append_waits_while_the_queue_is_full_and_goes_on_when_there_is_room() {
    let (_ipc, client) = launch_on(Slow, 2, 1).await;
    let brake = On::brake(0);
    let taken = fill(&client, 1, 0).await;
    let bound = QUEUE_RECORDS..=QUEUE_RECORDS + BATCH_RECORDS;
    assert!(bound.contains(&taken), "{taken} records were taken in");
    let item = Item { client: 1, number: taken, brake: None };
    let mut append = pin!(client.depot.items.append(item));
    assert!(waits(append.as_mut()).await);
    let seen = client.pstate.taken.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(seen, None, "a read does not wait behind them, and sees what is committed");
    drop(brake);
    append.await.unwrap();
    let seen = client.pstate.taken.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(seen, Some(Progress { next: taken + 1, out_of_order: 0 }));
}

#[tokio::test]
async fn a_full_queue_is_full_for_its_partition_only() {
    let (_ipc, client) = launch_on(Slow, 2, 2).await;
    let _brake = On::brake(1);
    fill(&client, key_at(0, 2), 1).await;
    let free = key_at(1, 2);
    for number in 0..QUEUE_RECORDS {
        let item = Item { client: free, number, brake: None };
        client.depot.items.append_with(item, AckLevel::None).await.unwrap();
    }
}

#[tokio::test]
async fn who_does_not_want_to_wait_is_refused_at_once() {
    let (_ipc, client) = launch_on(Slow, 1, 1).await;
    let brake = On::brake(3);
    let taken = fill(&client, 1, 3).await;
    let item = |number| Item { client: 1, number, brake: None };
    let mut refused = pin!(client.depot.items.try_append(item(taken), AckLevel::Ack));
    assert!(!waits(refused.as_mut()).await, "an answer at once");
    let refused = client.depot.items.try_append(item(taken), AckLevel::Ack).await.unwrap_err();
    assert!(matches!(refused, AppendError::Full { depot: "items" }), "{refused}");
    let once = |number| client.depot.items.try_append_once("key", item(number), AckLevel::Ack);
    let refused = once(taken).await.unwrap_err();
    assert!(matches!(refused, AppendError::Full { depot: "items" }), "{refused}");
    drop(brake);
    // Behind this one there is room again.
    client.depot.items.append(item(taken)).await.unwrap();
    client.depot.items.try_append(item(taken + 1), AckLevel::Ack).await.unwrap();
    let first = once(taken + 2).await.unwrap().place();
    assert_eq!(once(taken + 2).await.unwrap().place(), first, "it is there once");
    let seen = client.pstate.taken.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(seen, Some(Progress { next: taken + 3, out_of_order: 0 }), "none of them came in");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_room_is_told_when_the_module_stops() {
    let (ipc, client) = launch_on(Slow, 1, 1).await;
    let brake = On::brake(2);
    let taken = fill(&client, 1, 2).await;
    let item = Item { client: 1, number: taken, brake: None };
    let mut append = pin!(client.depot.items.append(item));
    assert!(waits(append.as_mut()).await);
    // The end of the module waits for its thread, which stands at the brake; the answer does not.
    let ended = spawn_blocking(move || drop(ipc));
    let refused = append.await.unwrap_err();
    assert!(matches!(refused, AppendError::Stopped { module: "Slow" }), "{refused}");
    drop(brake);
    ended.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_that_waits_for_room_when_the_module_stops_is_stored_as_far_as_it_came() {
    let (ipc, client) = launch_on(Slow, 1, 1).await;
    let brake = On::brake(4);
    let item = |number| Item { client: 1, number, brake: (number == 0).then_some(4) };
    let all = (0..3 * QUEUE_RECORDS).map(item);
    let mut bulk = pin!(client.depot.items.append_all(all, AckLevel::Ack));
    assert!(waits(bulk.as_mut()).await);
    let mut behind = pin!(client.depot.items.append(item(1)));
    assert!(waits(behind.as_mut()).await);
    let ended = tokio::spawn(async move {
        ipc.update(Slow).await.unwrap();
        ipc
    });
    let refused = behind.await.unwrap_err();
    assert!(matches!(refused, AppendError::Stopped { module: "Slow" }), "{refused}");
    // What is queued is finished.
    drop(brake);
    let refused = bulk.await.unwrap_err();
    assert!(matches!(refused, AppendError::Stopped { module: "Slow" }), "{refused}");
    let _ipc = ended.await.unwrap();
    let stored = client.depot.items.partition_info(TaskId(0)).unwrap().end.0;
    assert!((1..2 * QUEUE_RECORDS).contains(&stored), "{stored}");
    let seen = client.pstate.taken.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(seen, Some(Progress { next: stored, out_of_order: 0 }), "the first of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_appends_nobody_waits_for_all_arrive_in_order() {
    const CLIENTS: i64 = 8;
    const RECORDS: u64 = 12_500;
    let (ipc, client) = launch(Slow, 4).await;
    let mut clients = JoinSet::new();
    for one in 0..CLIENTS {
        let items = client.depot.items.clone();
        clients.spawn(async move {
            for number in 0..RECORDS {
                let item = Item { client: one, number, brake: None };
                items.append_with(item, AckLevel::None).await.unwrap();
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    // A graceful restart finishes what is queued.
    ipc.update(Slow).await.unwrap();
    let taken = client.pstate.taken.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(taken.len(), 8);
    for (client, progress) in taken {
        assert_eq!(progress, Progress { next: RECORDS, out_of_order: 0 }, "client {client}");
    }
    let spread = client.pstate.spread.all_partitions().select(path![MAP_VALS]).await.unwrap();
    assert_eq!(spread.into_iter().sum::<u64>(), 100_000);
    let mut stored = 0;
    for task in (0..4).map(TaskId) {
        stored += client.depot.items.partition_info(task).unwrap().end.0;
    }
    assert_eq!(stored, 100_000);
}

#[tokio::test]
async fn an_event_that_sends_without_measure_fails_before_it_fills_the_memory() {
    let (_ipc, client) = launch(Slow, 2).await;
    let (.., reason) = failed(client.depot.explosions.append(1_000_001).await);
    assert!(reason.contains("sent 1000001 frames, at most 1000000 are allowed"), "{reason}");
    client.depot.explosions.append(1_000).await.unwrap();
    let mut frames = 0;
    for task in (0..2).map(TaskId) {
        let partition = client.pstate.frames.partition(task);
        frames += partition.select_one(path![nil_to_val(0)]).await.unwrap();
    }
    assert_eq!(frames, 1_000);
}
