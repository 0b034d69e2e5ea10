//! The process ends at an operation.

use faults::{
    driver::{Line, Process},
    scenario::{SCENARIOS, Scenario, copy},
};
use tokio::runtime::Runtime;

use super::{check, ledger, prepared};

/// Ends the process at every operation of a scenario, before it or after it. Tells how many there were.
fn sweep_aborts(scenario: Scenario, fault: &str) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let prepared_data = directory.path().join("prepared");
    let acked = prepared(scenario, &prepared_data, &runtime);
    for at in 1.. {
        let data = directory.path().join(at.to_string());
        if prepared_data.exists() {
            copy(&prepared_data, &data).unwrap();
        }
        let plan = format!("{fault}:{at}");
        let args = ["scenario", "--name", scenario.name(), "--plan", &plan];
        let mut process = Process::start(env!("CARGO_BIN_EXE_bank"), &data, &args).unwrap();
        let mut ledger = ledger(scenario, &acked);
        for line in process.lines.iter() {
            match line {
                Line::Ack(id, task, offset) => ledger.is_acked(id, task, offset),
                Line::Try(_) => {}
                line => panic!("{line:?}"),
            }
        }
        let survived = process.wait().unwrap().success();
        check(&data, ledger, &runtime);
        std::fs::remove_dir_all(&data).unwrap();
        if survived {
            return at - 1;
        }
    }
    unreachable!("the operations of a scenario end")
}

#[test]
fn a_process_that_ends_before_any_operation_loses_nothing() {
    for scenario in SCENARIOS {
        let operations = sweep_aborts(scenario, "abort-before");
        println!("{}: {operations} operations", scenario.name());
        assert!(operations > 3, "{} has {operations} operations", scenario.name());
    }
}

#[test]
fn a_process_that_ends_after_any_operation_loses_nothing() {
    for scenario in SCENARIOS {
        let operations = sweep_aborts(scenario, "abort-after");
        assert!(operations > 3, "{} has {operations} operations", scenario.name());
    }
}
