//! Records that end the process again and again are given up, and the module runs (RELIABILITY B10); crashes that are no
//! record's fault give up none.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Output},
};

use rama_core::{cluster::Cluster, depot::AckLevel, prelude::*};
use rama_test::{LaunchConfig, Simulation, World, assert_exactly_once};
use tokio::sync::Semaphore;

/// Tells the process of a test where its data is.
const DIRECTORY: &str = "RAMA_TEST_QUARANTINE_DIRECTORY";

/// Tells it to leave work behind.
const FILLS: &str = "RAMA_TEST_QUARANTINE_FILLS";

/// Tells it what a record does that is not well.
const ENDS_BY: &str = "RAMA_TEST_QUARANTINE_ENDS_BY";

/// The record that is not well.
const POISON: u64 = 13;

/// Crashes until it is given up: two until the module is wary, and three with its name.
const CRASHES: usize = 5;

/// What is not waited for before it is durable.
static MAY_GO_ON: Semaphore = Semaphore::const_new(0);

/// Ends the process, if it is to end.
fn swallow(number: u64) {
    match std::env::var(ENDS_BY) {
        Ok(how) if number == POISON && how == "stack" => drop(fall(number)),
        Ok(_) if number == POISON => std::process::abort(),
        _ => {}
    }
}

#[expect(unconditional_recursion, reason = "it is to overflow the stack")]
fn fall(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    fall(depth + 1) + room[1]
}

async fn permission() {
    MAY_GO_ON.acquire().await.unwrap().forget();
}

mod before {
    use super::*;

    defmodule! {
        pub(crate) PoisonModule {
            depot *numbers: u64, hash_by(|number| *number);
            depot *jobs: u64, hash_by(|number| *number);
        }
    }
}

defmodule! {
    PoisonModule {
        depot *numbers: u64, hash_by(|number| *number);
        depot *jobs: u64, hash_by(|number| *number);

        stream counts {
            pstate $$counts: Map<u64, u64>;

            sources! {
                source(*numbers, start_from: beginning) :> number;
                |hash(number + 1);
                swallow(number);
                |hash(number);
                local_transform([keypath(number), nil_to_val(0), term(|n| n + 1)], $$counts);
            }
        }

        stream work {
            pstate $$done: Map<u64, u64>;

            sources! {
                source(*jobs, retry: all_after) :> number;
                await_future(permission()) :> ();
                swallow(number);
                local_transform([keypath(number), nil_to_val(0), term(|n| n + 1)], $$done);
            }
        }
    }
}

fn config() -> LaunchConfig {
    LaunchConfig::new().tasks(4).threads(2)
}

fn once(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<u64, u64> {
    numbers.into_iter().map(|number| (number, 1)).collect()
}

/// Runs a test once more, in a process of its own.
fn child(test: &str, directory: &Path, says: &[(&str, &str)]) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory)
        .envs(says.iter().copied())
        .output()
        .unwrap()
}

/// Starts again and again until the module runs, and tells how often it crashed.
fn crashes_until_it_runs(test: &str, directory: &Path, ends_by: &str) -> usize {
    let note = directory.join("PoisonModule/crashes.txt");
    for crashes in 0..10 {
        let ended = child(test, directory, &[(ENDS_BY, ends_by)]);
        if ended.status.success() {
            assert!(!note.exists(), "what was left is through");
            return crashes;
        }
        assert_eq!(ended.status.signal(), Some(6), "aborted: {ended:?}");
        assert!(note.exists(), "the next start knows");
    }
    panic!("it never runs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_record_that_overflows_the_stack_at_each_start_becomes_a_dead_letter() {
    let test = "a_stored_record_that_overflows_the_stack_at_each_start_becomes_a_dead_letter";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let cluster = Cluster::on_disk(directory);
        if std::env::var_os(FILLS).is_some() {
            let module = cluster.launch(before::PoisonModule, config()).await.unwrap();
            module.depot.numbers.append_all(0..40, AckLevel::Ack).await.unwrap();
        } else {
            let module = cluster.launch(PoisonModule, config()).await.unwrap();
            module.depot.numbers.append(40).await.unwrap();
        }
        return cluster.shutdown().await.unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(child(test, directory.path(), &[(FILLS, "")]).status.success());
    assert_eq!(crashes_until_it_runs(test, directory.path(), "stack"), CRASHES);

    let cluster = Cluster::on_disk(directory.path());
    let module = cluster.launch(PoisonModule, config()).await.unwrap();
    let counts = async || {
        let found = module.pstate.counts.all_partitions().select(path![ALL]).await.unwrap();
        found.into_iter().collect::<BTreeMap<_, _>>()
    };
    assert_eq!(counts().await, once((0..=40).filter(|number| *number != POISON)));
    let letters = module.stream.counts.dead_letters(None, 10).await.unwrap();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.record::<u64>().unwrap(), letter.attempts), (POISON, 3));
    assert!(letter.reason.starts_with("the process ended 3 times"), "{}", letter.reason);
    assert_eq!(module.stream.counts.replay_all().await.unwrap().done, 1);
    assert_eq!(counts().await, once(0..=40));
    cluster.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_aborts_behind_a_wait_at_each_start_becomes_a_dead_letter() {
    let test = "a_record_that_aborts_behind_a_wait_at_each_start_becomes_a_dead_letter";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let cluster = Cluster::on_disk(directory);
        let module = cluster.launch(PoisonModule, config()).await.unwrap();
        if std::env::var_os(FILLS).is_some() {
            module.depot.jobs.append_all(0..40, AckLevel::AppendAck).await.unwrap();
            MAY_GO_ON.add_permits(1_000);
            // Until it ends the process.
            std::future::pending::<()>().await;
        }
        MAY_GO_ON.add_permits(1_000);
        module.depot.jobs.append(40).await.unwrap();
        return cluster.shutdown().await.unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let filled = child(test, directory.path(), &[(FILLS, ""), (ENDS_BY, "abort")]);
    assert_eq!(filled.status.signal(), Some(6), "{filled:?}");
    assert_eq!(crashes_until_it_runs(test, directory.path(), "abort"), CRASHES);

    MAY_GO_ON.add_permits(1_000);
    let cluster = Cluster::on_disk(directory.path());
    let module = cluster.launch(PoisonModule, config()).await.unwrap();
    let letters = module.stream.work.dead_letters(None, 10).await.unwrap();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.record::<u64>().unwrap(), POISON);
    assert!(letter.reason.starts_with("the process ended 3 times"), "{}", letter.reason);
    module.stream.work.replay(letter).await.unwrap();
    let done = module.pstate.done.all_partitions().select(path![ALL]).await.unwrap();
    assert_exactly_once(&module.depot.jobs, done, |done, number| {
        *done.entry(number).or_default() += 1;
    })
    .await
    .unwrap();
    cluster.shutdown().await.unwrap();
}

#[test]
fn crashes_that_are_no_records_fault_give_up_none() {
    Simulation::new().run(async |world: World| {
        world.launch(before::PoisonModule).await?;
        let module = world.update(PoisonModule).await?;
        let numbers = &module.depot.numbers;
        for round in 0..8_u64 {
            for number in 0..20 {
                // Unknown, or refused by a module that has ended, when the power goes meanwhile.
                let _ = numbers.append_with(number + 20 * round, AckLevel::AppendAck).await;
            }
            for crash in 0..4 {
                match crash % 2 {
                    0 => world.lose_power_within(40),
                    _ => world.die_within(40),
                }
                world.run_until_idle().await;
                match crash % 2 {
                    0 => world.crash().await,
                    _ => world.kill().await,
                }
                while world.restart().await.is_err() {
                    world.crash().await;
                }
            }
        }
        world.heal();
        numbers.append(1_000).await?;
        world.run_until_idle().await;
        assert!(module.stream.counts.dead_letters(None, 10).await?.is_empty());
        let counts = module.pstate.counts.all_partitions().select(path![ALL]).await?;
        assert_exactly_once(numbers, counts, |counts, number| {
            *counts.entry(number).or_default() += 1;
        })
        .await
    });
}
