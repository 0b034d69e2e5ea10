//! Modules are launched, many in one process, or refused with a text that says what to change (TE-01, TE-02,
//! C6). How fast a launch is, a benchmark measures.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};

use common::{config, launch};
use rama_core::{
    client::Link,
    error::{Error, LaunchError},
    module::{Module, ModuleBuilder},
    prelude::*,
};
use rama_test::{InProcessCluster, LaunchConfig, Status};

defmodule! {
    Counter {
        depot *words: String, hash_by(|word| word.clone());

        stream count {
            pstate $$counts: Map<String, u64>;

            sources! {
                source(*words) :> word;
                local_transform([keypath(word), nil_to_val(0), term(|count| count + 1)], $$counts);
            }
        }
    }
}

impl CounterClient {
    async fn count(&self, word: &str) -> u64 {
        self.depot.words.append(word.to_owned()).await.unwrap();
        let counts = &self.pstate.counts;
        counts.select_one(path![keypath(word.to_owned()), nil_to_val(0)]).await.unwrap()
    }
}

/// The counter under another name.
struct Named(&'static str);

impl Module for Named {
    type Client = CounterClient;

    fn name(&self) -> &'static str {
        self.0
    }

    fn define(&self, module: &mut ModuleBuilder) {
        Counter.define(module);
    }

    fn client(link: &Link) -> CounterClient {
        Counter::client(link)
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused() {
    let ipc = InProcessCluster::create().await.unwrap();
    for (tasks, threads, said) in [
        (0, 1, "0 tasks: choose a number from 1 to 4096"),
        (4_097, 1, "4097 tasks: choose a number from 1 to 4096"),
        (u32::MAX, u32::MAX, "4294967295 tasks: choose a number from 1 to 4096"),
        (4, 0, "0 threads for 4 tasks: choose from 1 to 4"),
        (4, 5, "5 threads for 4 tasks: choose from 1 to 4"),
        (1, 2, "2 threads for 1 tasks: choose from 1 to 1"),
    ] {
        let refused = ipc.launch(Counter, config(tasks, threads)).await.unwrap_err();
        assert!(matches!(refused, Error::Launch(LaunchError::Config(_))), "{refused:?}");
        assert_eq!(refused.to_string(), format!("launch configuration: {said}"));
    }
    let client = ipc.launch(Counter, config(4, 4)).await.unwrap();
    assert_eq!(client.count("works").await, 1, "a refused launch leaves nothing behind");
}

#[tokio::test]
async fn without_numbers_there_are_four_tasks_on_two_threads() {
    let ipc = InProcessCluster::create().await.unwrap();
    let client = ipc.launch(Counter, LaunchConfig::default()).await.unwrap();
    assert!(client.depot.words.partition_info(TaskId(3)).is_ok());
    assert!(client.depot.words.partition_info(TaskId(4)).is_err());
    assert_eq!(client.count("a").await, 1);
}

#[tokio::test]
async fn a_module_with_the_largest_number_of_tasks_works() {
    let (ipc, client) = launch(Counter, 4_096).await;
    let words = (0..500).map(|number| format!("word {number}"));
    client.depot.words.append_all(words, AckLevel::Ack).await.unwrap();
    assert_eq!(client.count("word 7").await, 2);
    ipc.update(Counter).await.unwrap();
    assert_eq!(client.count("word 7").await, 3);
}

#[tokio::test]
async fn a_module_runs_once() {
    let (ipc, client) = launch(Counter, 2).await;
    let refused = ipc.launch(Counter, config(2, 1)).await.unwrap_err().to_string();
    assert_eq!(refused, "module `Counter` is running already: use `update` to restart it");
    assert_eq!(client.count("a").await, 1, "the one that runs is not touched");
}

#[tokio::test]
async fn only_what_runs_can_be_updated() {
    let ipc = InProcessCluster::create().await.unwrap();
    let refused = ipc.update(Counter).await.unwrap_err().to_string();
    assert_eq!(refused, "module `Counter` is not running: `launch` it first");
    ipc.launch(Counter, config(2, 1)).await.unwrap();
    ipc.shutdown().await.unwrap();
    let refused = ipc.update(Counter).await.unwrap_err();
    assert!(matches!(refused, Error::Launch(LaunchError::NotRunning("Counter"))), "{refused}");
}

#[tokio::test]
async fn a_directory_that_cannot_be_one_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "somebody's text").unwrap();
    let ipc = InProcessCluster::create_on_disk(&file).await.unwrap();
    let refused = ipc.launch(Counter, config(2, 1)).await.unwrap_err();
    assert!(matches!(refused, Error::Launch(LaunchError::Directory { .. })), "{refused:?}");
    assert!(refused.to_string().contains(file.to_str().unwrap()), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "somebody's text");
}

#[tokio::test]
async fn fifty_modules_run_in_one_cluster() {
    let ipc = InProcessCluster::create().await.unwrap();
    let mut modules = Vec::new();
    for number in 0..50 {
        let name: &'static str = Box::leak(format!("Counter{number}").into_boxed_str());
        let client = ipc.launch(Named(name), config(4, 2)).await.unwrap();
        assert_eq!(client.count("same").await, 1, "{name} has its own state");
        modules.push((name, client));
    }
    for (name, client) in &modules {
        assert_eq!(client.count("same").await, 2, "{name} still runs");
    }
    ipc.update(Named("Counter7")).await.unwrap();
    assert_eq!(modules[7].1.count("same").await, 3);
    ipc.shutdown().await.unwrap();
    for (name, client) in &modules {
        let refused = client.depot.words.append("late".to_owned()).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("module `{name}` is not running")), "{refused}");
    }
}

#[tokio::test]
async fn fifty_clusters_one_after_the_other_leave_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=50 {
        let (_ipc, client) = launch(Counter, 4).await;
        assert_eq!(client.count("in memory").await, 1);
        let ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
        let client = ipc.launch(Counter, config(4, 2)).await.unwrap();
        assert_eq!(client.count("on disk").await, number);
    }
}

/// An event begins, and goes on once it may.
static BEGUN: AtomicBool = AtomicBool::new(false);
static GOES_ON: AtomicBool = AtomicBool::new(false);

defmodule! {
    Slow {
        depot *numbers: u64, hash_by(|number| *number);

        stream slow {
            pstate $$seen: Map<u64, u64>;

            sources! {
                source(*numbers) :> number;
                BEGUN.store(true, Ordering::Release);
                while !GOES_ON.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                local_transform([keypath(number), termval(number)], $$seen);
            }
        }
    }
}

/// What a future has when nobody waits for it.
fn now<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn status_waits_for_nobody_who_stops_or_updates_a_module() {
    let ipc = InProcessCluster::create().await.unwrap();
    assert_eq!(now(ipc.status("Slow")), Poll::Ready(None));
    let slow = ipc.launch(Slow, config(1, 1)).await.unwrap();
    for stops in [false, true] {
        BEGUN.store(false, Ordering::Release);
        GOES_ON.store(false, Ordering::Release);
        assert_eq!(now(ipc.status("Slow")), Poll::Ready(Some(Status::Running)));
        slow.depot.numbers.append_with(1, AckLevel::None).await.unwrap();
        while !BEGUN.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        let mut stop = pin!(async {
            if stops { ipc.shutdown().await } else { ipc.update(Slow).await.map(drop) }
        });
        let polled = stop.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let status = now(ipc.status("Slow"));
        // Whatever was found: nothing ends while the event waits.
        GOES_ON.store(true, Ordering::Release);
        assert!(polled.is_pending(), "it waits for the event");
        stop.await.unwrap();
        assert_eq!(status, Poll::Ready(Some(Status::Stopping)));
    }
    assert_eq!(now(ipc.status("Slow")), Poll::Ready(Some(Status::Stopped)));
}
