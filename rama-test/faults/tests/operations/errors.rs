//! An operation fails.

use std::{collections::BTreeMap, path::Path, time::Duration};

use faults::{
    bank::Bank,
    disk::{Fault, Plan},
    driver::no_forks,
    scenario::{SCENARIOS, Scenario, copy},
    setting,
};
use rama_core::{Result, cluster::Durability};
use tokio::{runtime::Runtime, time::timeout};

use super::{Acked, NEVER, check, ledger, prepared};

/// A client that has no answer by then goes away. Only a full disk makes one wait for so long.
const PATIENCE: Duration = Duration::from_millis(400);

/// How a piece of a life went with a fault.
#[derive(Default)]
struct Outcome {
    acked: Acked,
    errors: BTreeMap<u64, String>,
}

async fn run(scenario: Scenario, data: &Path, plan: &Plan) -> Result<Outcome> {
    let bank = Bank::start(data, plan, Durability::Sync).await?;
    let mut outcome = Outcome::default();
    for id in scenario.ids() {
        let Ok(appended) = timeout(PATIENCE, bank.append(id)).await else {
            // What was taken before the disk was full waits for space, of which there will be none.
            outcome.errors.insert(id, "no answer".to_owned());
            break;
        };
        match appended {
            Ok(place) => outcome.acked.push((id, place)),
            Err(error) => {
                outcome.errors.insert(id, error.to_string());
            }
        }
    }
    if scenario.stops() {
        // A stop that could not do everything says so; nothing is lost by it.
        let _stopped: Result<()> = bank.cluster.shutdown().await;
    } else {
        bank.cluster.kill().await;
    }
    Ok(outcome)
}

/// Lets every operation fail in this way, and every read if that is the fault. Tells how often something was not
/// acknowledged, or did not start.
fn sweep_errors(scenario: Scenario, fault: Fault) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let prepared_data = directory.path().join("prepared");
    let before = prepared(scenario, &prepared_data, &runtime);
    let mut noticed = 0;
    for at in (1..).step_by(stride()) {
        let data = directory.path().join(at.to_string());
        if prepared_data.exists() {
            copy(&prepared_data, &data).unwrap();
        }
        let plan = Plan::new(fault, at);
        let forks = no_forks();
        let went = runtime.block_on(async {
            let run = timeout(NEVER, run(scenario, &data, &plan)).await;
            run.unwrap_or_else(|_| panic!("{fault:?} at {at} of {} hangs", scenario.name()))
        });
        drop(forks);
        let mut ledger = ledger(scenario, &before);
        match went {
            Ok(outcome) => {
                noticed += u64::from(!outcome.errors.is_empty());
                for (id, (task, offset)) in outcome.acked {
                    ledger.is_acked(id, task, offset);
                }
            }
            Err(error) => {
                noticed += 1;
                assert!(!error.to_string().is_empty());
            }
        }
        check(&data, ledger, &runtime);
        std::fs::remove_dir_all(&data).unwrap();
        let count = if fault == Fault::Read { plan.reads() } else { plan.operations() };
        if at > count {
            return noticed;
        }
    }
    unreachable!("the operations of a scenario end")
}

/// With `FAULTS_STRIDE=1` every operation fails in its turn, without it every third one.
fn stride() -> usize {
    usize::try_from(setting("FAULTS_STRIDE", 3)).unwrap()
}

#[test]
fn an_operation_that_fails_once_or_for_ever_loses_nothing() {
    for scenario in SCENARIOS {
        for fault in [Fault::Error, Fault::ErrorForever] {
            let noticed = sweep_errors(scenario, fault);
            assert!(noticed > 3, "{fault:?} was noticed {noticed} times in {}", scenario.name());
        }
    }
}

#[test]
fn a_disk_without_space_loses_nothing() {
    for scenario in SCENARIOS {
        for fault in [Fault::Full, Fault::FullForever] {
            let noticed = sweep_errors(scenario, fault);
            println!("{fault:?} was noticed {noticed} times in {}", scenario.name());
            assert!(noticed > 0, "{fault:?} was never noticed in {}", scenario.name());
        }
    }
}

#[test]
fn a_read_that_fails_loses_nothing() {
    for scenario in SCENARIOS {
        let noticed = sweep_errors(scenario, Fault::Read);
        println!("failing reads were noticed {noticed} times in {}", scenario.name());
        assert!(noticed > 0, "a failing read was never noticed in {}", scenario.name());
    }
}
