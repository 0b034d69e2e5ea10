//! Partitioners that follow a PState, the record's beginning or a function of the module (PT-02, PT-04, PT-07 to
//! PT-10).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::sync::Arc;

use common::{failed, key_at, launch};
use rama_core::{
    __private::{Depot, Link, PState, PStateOptions, at, key_hash},
    depot::Partitioning,
    flow::{Cx, PStateRef, Port, Route},
    module::{Module, ModuleBuilder},
    partition::KeyHash,
    prelude::*,
};

const TASKS: u32 = 4;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Way {
    Hash,
    HashOfText,
    Partitioner,
    OfGlobal,
    OfEverywhere,
    GlobalIn,
    GlobalInEverywhere,
    GlobalInHash,
    GlobalInPartitioner,
    Origin,
    Custom(i64),
    CustomTask(TaskId),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trip {
    from: i64,
    key: i64,
    way: Way,
}

/// PStates of every kind of home.
#[derive(Clone, Copy)]
struct PStates {
    hash: PStateRef<Map<i64, u64>>,
    text: PStateRef<Map<String, u64>>,
    partitioner: PStateRef<Map<i64, u64>>,
    global: PStateRef<Map<i64, u64>>,
    everywhere: PStateRef<Map<i64, u64>>,
}

struct Trips;

impl Module for Trips {
    type Client = TripsClient;

    fn name(&self) -> &'static str {
        "Trips"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let trips =
            module.depot("trips", Partitioning::hash_by(|trip: &Trip| key_hash(&trip.from)));
        let mut stream = module.stream("trips");
        let pstates = PStates {
            hash: stream.pstate("hash"),
            text: stream.pstate("text"),
            partitioner: stream.pstate_with(
                "partitioner",
                PStateOptions::<Map<i64, u64>>::new()
                    .key_partitioner(|key, tasks| u32::try_from(*key).unwrap_or(1) + tasks),
            ),
            global: stream.pstate_with("global", PStateOptions::new().global()),
            everywhere: stream.pstate_with("everywhere", PStateOptions::new().partitioned_by_any()),
        };
        let visits: PStateRef<u64> = stream.pstate("visits");
        let flow = stream.flow();
        let (elsewhere, there): (Port<Trip>, _) = (flow.port("elsewhere"), flow.port("there"));
        // From another task than the record's, so that `|origin` has somewhere to go.
        flow.source(trips, "source(*trips)", move |cx, trip| {
            let next = (cx.current_task_id().0 + 1) % cx.task_count();
            cx.hop(Route::One(TaskId(next)), elsewhere, trip);
            Ok(())
        });
        flow.segment(elsewhere, move |cx, Trip { key, way, .. }| {
            let route = route(cx, pstates, key, way)?;
            cx.hop(route, there, ());
            Ok(())
        });
        flow.segment(there, move |cx, ()| {
            cx.local_transform(at(file!(), line!()), visits.path().nil_to_val(0).term(|n| n + 1))
        });
    }

    fn client(link: &Link) -> TripsClient {
        TripsClient { trips: link.depot("trips"), visits: link.pstate("visits") }
    }
}

fn route(cx: &mut Cx<'_>, pstates: PStates, key: i64, way: Way) -> Result<Route, EventError> {
    let PStates { hash, text, partitioner, global, everywhere } = pstates;
    match way {
        Way::Hash => cx.hash_in(hash, &key),
        Way::HashOfText => cx.hash_in(text, &key.to_string()),
        Way::Partitioner => cx.hash_in(partitioner, &key),
        Way::OfGlobal => cx.hash_in(global, &key),
        Way::OfEverywhere => cx.hash_in(everywhere, &key),
        Way::GlobalIn => cx.global_in(global),
        Way::GlobalInEverywhere => cx.global_in(everywhere),
        Way::GlobalInHash => cx.global_in(hash),
        Way::GlobalInPartitioner => cx.global_in(partitioner),
        Way::Origin => Ok(cx.origin()),
        Way::Custom(number) => cx.custom(|tasks| i64::from(tasks) - number),
        Way::CustomTask(task) => cx.custom(|_| task),
    }
}

#[derive(Clone)]
struct TripsClient {
    trips: Depot<Trip>,
    visits: PState<u64>,
}

impl TripsClient {
    /// Sends a record from every task; tells on which task each of them ended, or why one failed.
    async fn ends(&self, key: i64, way: Way) -> Result<Vec<u32>, Arc<str>> {
        let mut ends = Vec::new();
        for task in 0..TASKS {
            let before = self.visits().await;
            let trip = Trip { from: key_at(task, TASKS), key, way };
            let appended = self.trips.append(trip).await;
            if appended.is_err() {
                return Err(failed(appended).2);
            }
            let moved = (0..).zip(before.iter().zip(self.visits().await));
            ends.extend(moved.filter(|(_, (before, after))| *before < after).map(|(task, _)| task));
        }
        Ok(ends)
    }

    async fn visits(&self) -> Vec<u64> {
        let mut visits = Vec::new();
        for task in 0..TASKS {
            let partition = self.visits.partition(TaskId(task));
            visits.push(partition.select_one(path![nil_to_val(0)]).await.unwrap());
        }
        visits
    }
}

#[tokio::test]
async fn keys_lead_to_where_their_pstate_has_them() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    for key in [0, 1, 7, -3] {
        let home = KeyHash::of(&key).task(TASKS).0;
        assert_eq!(client.ends(key, Way::Hash).await.unwrap(), [home; 4], "key {key}");
        let home = KeyHash::of(&key.to_string()).task(TASKS).0;
        assert_eq!(client.ends(key, Way::HashOfText).await.unwrap(), [home; 4], "key {key}");
        let home = u32::try_from(key).unwrap_or(1) % TASKS;
        assert_eq!(client.ends(key, Way::Partitioner).await.unwrap(), [home; 4], "key {key}");
        assert_eq!(client.ends(key, Way::OfGlobal).await.unwrap(), [0; 4], "key {key}");
    }
}

#[tokio::test]
async fn keys_of_a_pstate_without_homes_lead_nowhere() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    let reason = client.ends(1, Way::OfEverywhere).await.unwrap_err();
    let said = "PState `$$everywhere` has no homes: each task has its own part of it";
    assert!(reason.contains(said) && reason.contains("`|direct(task)`"), "{reason}");
    assert_eq!(client.visits().await, [0; 4]);
}

#[tokio::test]
async fn a_global_pstate_is_on_task_0_and_others_are_not() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    assert_eq!(client.ends(1, Way::GlobalIn).await.unwrap(), [0; 4]);
    assert_eq!(client.ends(1, Way::GlobalInEverywhere).await.unwrap(), [0; 4]);
    for (way, name) in [(Way::GlobalInHash, "hash"), (Way::GlobalInPartitioner, "partitioner")] {
        let reason = client.ends(1, way).await.unwrap_err();
        assert!(reason.contains(&format!("PState `$${name}` is not global")), "{reason}");
    }
}

#[tokio::test]
async fn origin_is_the_task_of_the_record() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    assert_eq!(client.ends(1, Way::Origin).await.unwrap(), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_function_chooses_the_task_from_their_number() {
    let (_ipc, client) = launch(Trips, TASKS).await;
    assert_eq!(client.ends(1, Way::Custom(1)).await.unwrap(), [3; 4]);
    assert_eq!(client.ends(1, Way::CustomTask(TaskId(2))).await.unwrap(), [2; 4]);
    for (number, chosen) in [(0, 4), (5, -1)] {
        let reason = client.ends(1, Way::Custom(number)).await.unwrap_err();
        let said = format!("`|custom({chosen})`: there is no such task, the module runs with 4");
        assert!(reason.contains(&said), "{reason}");
    }
    let reason = client.ends(1, Way::CustomTask(TaskId(9))).await.unwrap_err();
    assert!(reason.contains("`|custom(9)`"), "{reason}");
}
