//! Every operation that changes something on the disk, in fixed pieces of a life: the process ends before it and after it,
//! it fails, there is no space for it, once and for ever (RELIABILITY A8, A10, A11, C1 to C5).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod aborts;
mod errors;

use std::{path::Path, time::Duration};

use faults::{
    bank::{Bank, Holds, TASKS},
    disk::Plan,
    driver::no_forks,
    ledger::Ledger,
    scenario::Scenario,
};
use rama_core::{cluster::Durability, data::verify};
use tokio::{runtime::Runtime, time::timeout};

/// What takes longer hangs.
const NEVER: Duration = Duration::from_secs(60);

/// What is acknowledged before a fault: number, task and offset.
type Acked = Vec<(u64, (u32, u64))>;

fn prepared(scenario: Scenario, data: &Path, runtime: &Runtime) -> Acked {
    let _forks = no_forks();
    runtime.block_on(scenario.prepare(data))
}

fn ledger(scenario: Scenario, acked: &Acked) -> Ledger {
    let mut ledger = Ledger::new(TASKS);
    for (id, (task, offset)) in acked {
        ledger.tries(*id);
        ledger.is_acked(*id, *task, *offset);
    }
    scenario.ids().into_iter().for_each(|id| ledger.tries(id));
    ledger
}

/// A start without faults holds what the ledger says, and goes on.
fn check(data: &Path, mut ledger: Ledger, runtime: &Runtime) {
    let _forks = no_forks();
    let holds: Holds = runtime.block_on(async {
        let plan = Plan::default();
        let start = Bank::start(data, &plan, Durability::Sync);
        let bank = timeout(NEVER, start).await.expect("the start hangs").unwrap();
        let holds = bank.holds().await.unwrap();
        bank.append(700).await.unwrap();
        timeout(NEVER, bank.cluster.shutdown()).await.expect("the stop hangs").unwrap();
        holds
    });
    ledger.check_all(&holds);
    let report = verify(data).unwrap();
    assert!(report.is_whole(), "{report}");
}
