//! Partitioners move the flow to the tasks they name (PT-01, PT-03 to PT-06), and depots place records
//! as they declare (DP-01 to DP-05). Where code ran is seen in a plain-value PState, which has one value
//! on every task.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{failed, home, key_at, launch};
use rama_core::{error::AppendError, partition::KeyHash, prelude::*};

const TASKS: u32 = 4;

/// Which way a record goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Way {
    Stay,
    Hash(String),
    HashOfPair(u8, String),
    All,
    Global,
    Direct(i64),
    DirectTask(TaskId),
    Shuffle,
    AllTwice,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trip {
    from: i64,
    way: Way,
}

defmodule! {
    Trips {
        depot *trips: Trip, hash_by(from);

        stream trips {
            pstate $$visits: u64;

            sources! {
                source(*trips) :> Trip { way, .. };
                match way {
                    Way::Stay => {}
                    Way::Hash(key) => { |hash(key); }
                    Way::HashOfPair(number, name) => { |hash((number, name)); }
                    Way::All => { |all(); }
                    Way::Global => { |global(); }
                    Way::Direct(task) => { |direct(task); }
                    Way::DirectTask(task) => { |direct(task); }
                    Way::Shuffle => { |shuffle(); }
                    Way::AllTwice => {
                        |all();
                        |all();
                    }
                }
                local_transform([nil_to_val(0), term(|count| count + 1)], $$visits);
                ack_return(true);
            }
        }
    }
}

impl TripsClient {
    async fn go(&self, from: i64, way: Way) -> Result<(), AppendError> {
        self.depot.trips.append(Trip { from, way }).await.map(drop)
    }

    /// How often the end of the flow ran on each task.
    async fn visits(&self) -> Vec<u64> {
        let mut visits = Vec::new();
        for task in 0..TASKS {
            let partition = self.pstate.visits.partition(TaskId(task));
            visits.push(partition.select_one(path![nil_to_val(0)]).await.unwrap());
        }
        visits
    }
}

/// Sends records from every task the same way and tells how often each task was visited.
async fn visited(way: Way) -> Vec<u64> {
    let (_ipc, client) = launch(Trips, TASKS).await;
    for task in 0..TASKS {
        client.go(key_at(task, TASKS), way.clone()).await.unwrap();
    }
    client.visits().await
}

fn only(task: TaskId, visits: u64) -> Vec<u64> {
    (0..TASKS).map(|other| if other == task.0 { visits } else { 0 }).collect()
}

#[tokio::test]
async fn without_a_partitioner_code_runs_where_the_record_is() {
    assert_eq!(visited(Way::Stay).await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn hash_goes_to_the_home_of_the_key_from_everywhere() {
    for key in ["", "ada", "grace", "barbara", "日本"] {
        let home = KeyHash::of(&key.to_owned()).task(TASKS);
        assert_eq!(visited(Way::Hash(key.to_owned())).await, only(home, 4), "{key}");
        let home = KeyHash::of(&(7_u8, key.to_owned())).task(TASKS);
        assert_eq!(visited(Way::HashOfPair(7, key.to_owned())).await, only(home, 4), "{key}");
    }
}

#[tokio::test]
async fn all_runs_once_on_every_task() {
    assert_eq!(visited(Way::All).await, [4, 4, 4, 4]);
    assert_eq!(visited(Way::AllTwice).await, [16, 16, 16, 16], "every task to every task");
}

#[tokio::test]
async fn global_goes_to_task_0() {
    assert_eq!(visited(Way::Global).await, only(TaskId(0), 4));
}

#[tokio::test]
async fn direct_goes_to_the_task_with_the_number() {
    for task in 0..TASKS {
        assert_eq!(visited(Way::Direct(i64::from(task))).await, only(TaskId(task), 4));
        assert_eq!(visited(Way::DirectTask(TaskId(task))).await, only(TaskId(task), 4));
    }
}

#[tokio::test]
async fn direct_out_of_range_fails_the_record() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    for task in [-1, 4, i64::MAX, i64::MIN] {
        let (depot, topology, reason) = failed(client.go(1, Way::Direct(task)).await);
        assert_eq!((depot, topology), ("trips", "trips"));
        let said = format!("`|direct({task})`: there is no such task, the module runs with 4");
        assert!(reason.contains(&said), "{reason}");
    }
    let (.., reason) = failed(client.go(1, Way::DirectTask(TaskId(4))).await);
    assert!(reason.contains("`|direct(4)`"), "{reason}");
    assert_eq!(client.visits().await, [0; 4]);
}

#[tokio::test]
async fn shuffle_spreads_evenly() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    for _ in 0..100 {
        client.go(key_at(2, TASKS), Way::Shuffle).await.unwrap();
    }
    assert_eq!(client.visits().await, [25; 4], "from one task");
    for number in 0..400 {
        client.go(number, Way::Shuffle).await.unwrap();
    }
    let visits = client.visits().await;
    assert_eq!(visits.iter().sum::<u64>(), 500);
    // Each of the four senders is even by itself: it is at most one off at each target.
    assert!(visits.iter().all(|count| count.abs_diff(125) <= 4), "{visits:?}");
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: i64,
    customer: Customer,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Customer {
    name: String,
}

defmodule! {
    Orders {
        depot *by_field: Order, hash_by(id);
        depot *by_inner_field: Order, hash_by(customer.name);
        depot *by_closure: Order, hash_by(|order| (order.id % 10, order.customer.name.len() as u64));
        depot *anywhere: Order, random;
        depot *in_one_place: Order, global;
        depot *closed: Order, disallow;
    }
}

fn order(id: i64) -> Order {
    Order { id, customer: Customer { name: format!("customer-{}", id * id) } }
}

type Place = fn(&Order) -> TaskId;

#[tokio::test]
async fn depots_partition_by_a_field_an_inner_field_or_a_closure() {
    let (_ipc, client) = launch(Orders, TASKS).await;
    let OrdersDepots { by_field, by_inner_field, by_closure, .. } = &client.depot;
    let expected: [(_, Place); 3] = [
        (by_field, |order| home(order.id, TASKS)),
        (by_inner_field, |order| KeyHash::of(&order.customer.name).task(TASKS)),
        (by_closure, |order| {
            KeyHash::of(&(order.id % 10, order.customer.name.len() as u64)).task(TASKS)
        }),
    ];
    for (depot, home) in expected {
        let mut next = BTreeMap::<TaskId, u64>::new();
        for order in (0..60).map(order) {
            let (task, offset) = depot.append(order.clone()).await.unwrap().place().unwrap();
            assert_eq!(task, home(&order), "{depot:?}: {order:?}");
            let next = next.entry(task).or_default();
            assert_eq!(offset.0, *next, "offsets count on from 0 in each partition");
            *next += 1;
            assert_eq!(depot.read_all(task, offset.0..*next).await.unwrap(), [order]);
        }
        assert_eq!(next.len(), 4, "60 records reach every partition");
    }
}

#[tokio::test]
async fn a_random_depot_is_even_and_a_global_one_is_on_task_0() {
    let (_ipc, client) = launch(Orders, TASKS).await;
    let OrdersDepots { anywhere, in_one_place, .. } = &client.depot;
    for number in 0..40 {
        anywhere.append(order(number)).await.unwrap();
        in_one_place.append(order(number)).await.unwrap();
    }
    for task in (0..TASKS).map(TaskId) {
        assert_eq!(anywhere.partition_info(task).unwrap().end.0, 10, "{task:?}");
        let expected = if task == TaskId(0) { 40 } else { 0 };
        assert_eq!(in_one_place.partition_info(task).unwrap().end.0, expected, "{task:?}");
    }
}

#[tokio::test]
async fn clients_cannot_append_to_a_depot_that_disallows_it() {
    let (_ipc, client) = launch(Orders, TASKS).await;
    for level in [AckLevel::Ack, AckLevel::AppendAck, AckLevel::None] {
        let refused = client.depot.closed.append_with(order(1), level).await.unwrap_err();
        assert!(matches!(refused, AppendError::Disallowed { depot: "closed" }), "{refused}");
    }
    for task in (0..TASKS).map(TaskId) {
        assert_eq!(client.depot.closed.partition_info(task).unwrap().end.0, 0);
    }
}
