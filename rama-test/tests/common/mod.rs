//! What several of the system tests need: a cluster with one module, and keys by their home.

#![allow(dead_code, reason = "every test program uses some of it")]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::sync::Arc;

use rama_core::{error::AppendError, id::TaskId, module::Module, partition::KeyHash};
use rama_test::{InProcessCluster, LaunchConfig};

/// A cluster in memory with one module on so many tasks, on two threads where there are two tasks.
pub(crate) async fn launch<M: Module>(module: M, tasks: u32) -> (InProcessCluster, M::Client) {
    launch_on(module, tasks, tasks.min(2)).await
}

/// A cluster in memory with one module.
pub(crate) async fn launch_on<M: Module>(
    module: M,
    tasks: u32,
    threads: u32,
) -> (InProcessCluster, M::Client) {
    let ipc = InProcessCluster::create().await.unwrap();
    let client = ipc.launch(module, config(tasks, threads)).await.unwrap();
    (ipc, client)
}

/// A launch configuration.
pub(crate) fn config(tasks: u32, threads: u32) -> LaunchConfig {
    LaunchConfig::new().tasks(tasks).threads(threads)
}

/// The home of a key.
pub(crate) fn home(key: i64, tasks: u32) -> TaskId {
    KeyHash::of(&key).task(tasks)
}

/// The keys that are at home on a task, in ascending order (TE-11).
pub(crate) fn keys_at(task: u32, tasks: u32) -> impl Iterator<Item = i64> {
    (0..).filter(move |key| home(*key, tasks) == TaskId(task))
}

/// The first key that is at home on a task.
pub(crate) fn key_at(task: u32, tasks: u32) -> i64 {
    keys_at(task, tasks).next().expect("every task is the home of some key")
}

/// What failed, for a record that was stored and on which a topology failed.
pub(crate) fn failed<T>(outcome: Result<T, AppendError>) -> (&'static str, &'static str, Arc<str>) {
    match outcome {
        Err(AppendError::Failed { depot, topology, reason, .. }) => (depot, topology, reason),
        Err(other) => panic!("the record should have failed in a topology: {other}"),
        Ok(_) => panic!("the record should have failed"),
    }
}

/// Numbers without a visible rule, the same in every run.
pub(crate) fn scrambled(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    })
}
