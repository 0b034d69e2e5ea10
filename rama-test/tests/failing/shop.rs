//! Modules that fail when their records say so, one for each way to retry, and what a test of them has in its hands.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock, Timestamp},
    error::{AppendError, Fate},
    module::Module,
    prelude::*,
};
use rama_test::{InProcessCluster, LaunchConfig};

use crate::{common::config, failing_disk::Failing, outside::until};

/// A record that fails in its first attempts, behind a hop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Whose test it belongs to.
    pub(crate) run: u64,
    pub(crate) key: i64,
    pub(crate) id: u64,
    /// How often it fails.
    pub(crate) fails: u32,
}

/// Longer than any time that passes while frames are on their way: every actor that waits for the clock moves it here.
const LONG: Duration = Duration::from_secs(1_000_000);

/// The records that were begun, in their order, by test.
static BEGUN: Mutex<BTreeMap<u64, Vec<u64>>> = Mutex::new(BTreeMap::new());

static RUNS: AtomicU64 = AtomicU64::new(0);

/// A number for a test.
pub(crate) fn new_run() -> u64 {
    RUNS.fetch_add(1, Ordering::Relaxed)
}

/// Notes that a record is begun. Tells for the how many-th time.
pub(crate) fn attempt_of(run: u64, id: u64) -> u32 {
    let mut all = BEGUN.lock().unwrap();
    let begun = all.entry(run).or_default();
    begun.push(id);
    u32::try_from(begun.iter().filter(|one| **one == id).count()).unwrap()
}

/// An attempt may be dropped because a neighbour failed, so only the test knows which attempts count.
pub(crate) fn refuse(fails: u32, attempt: u32) -> Result<(), EventError> {
    if attempt <= fails { Err(EventError::new(format!("attempt {attempt} fails"))) } else { Ok(()) }
}

defmodule! {
    pub(crate) Alone {
        depot *records: Record, hash_by(key);

        stream work {
            pstate $$done: Map<i64, Vec<u64>>;
            pstate $$sum: u64;

            sources! {
                source(*records, timeout: LONG) :> Record { run, key, id, fails };
                let attempt = attempt_of(run, id);
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
                |global();
                local_transform([nil_to_val(0), term(|sum| sum + id)], $$sum);
                refuse(fails, attempt)?;
                ack_return(attempt);
            }
        }
    }
}

defmodule! {
    pub(crate) InLine {
        depot *records: Record, hash_by(key);

        stream work {
            pstate $$done: Map<i64, Vec<u64>>;
            pstate $$sum: u64;

            sources! {
                source(*records, retry: all_after, attempts: 4, timeout: LONG) :> Record { run, key, id, fails };
                let attempt = attempt_of(run, id);
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
                |global();
                local_transform([nil_to_val(0), term(|sum| sum + id)], $$sum);
                refuse(fails, attempt)?;
                ack_return(attempt);
            }
        }
    }
}

defmodule! {
    pub(crate) Once {
        depot *records: Record, hash_by(key);

        stream work {
            pstate $$done: Map<i64, Vec<u64>>;
            pstate $$sum: u64;

            sources! {
                source(*records, retry: none) :> Record { run, key, id, fails };
                let attempt = attempt_of(run, id);
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
                |global();
                local_transform([nil_to_val(0), term(|sum| sum + id)], $$sum);
                refuse(fails, attempt)?;
                ack_return(attempt);
            }
        }
    }
}

/// What a test has in its hands.
pub(crate) struct Test<M: Module> {
    pub(crate) ipc: InProcessCluster,
    pub(crate) client: M::Client,
    pub(crate) clock: Arc<ManualClock>,
    disk: Failing,
    module: M,
    config: LaunchConfig,
    pub(crate) run: u64,
}

impl<M: Module + Copy> Test<M> {
    pub(crate) async fn new(module: M, tasks: u32) -> Self {
        Self::with(module, config(tasks, tasks.min(2))).await
    }

    pub(crate) async fn with(module: M, config: LaunchConfig) -> Self {
        let run = new_run();
        let (disk, clock) = (Failing::default(), Arc::new(ManualClock::new(Timestamp(1_000_000))));
        let (ipc, client) = launch(&disk, &clock, module, config.clone()).await;
        Self { ipc, client, clock, disk, module, config, run }
    }

    /// Loses what is not on the disk, and starts again.
    pub(crate) async fn crash(self) -> Self {
        let Self { ipc, clock, disk, module, config, run, .. } = self;
        disk.writes_vanish.store(true, Ordering::Relaxed);
        drop(ipc);
        disk.writes_vanish.store(false, Ordering::Relaxed);
        let (ipc, client) = launch(&disk, &clock, module, config.clone()).await;
        Self { ipc, client, clock, disk, module, config, run }
    }

    /// Stops, and starts again.
    pub(crate) async fn restart(self) -> Self {
        let Self { ipc, clock, disk, module, config, run, .. } = self;
        ipc.shutdown().await.unwrap();
        drop(ipc);
        let (ipc, client) = launch(&disk, &clock, module, config.clone()).await;
        Self { ipc, client, clock, disk, module, config, run }
    }

    pub(crate) fn record(&self, key: i64, id: u64, fails: u32) -> Record {
        Record { run: self.run, key, id, fails }
    }

    /// The records that were begun, in their order.
    pub(crate) fn begun(&self) -> Vec<u64> {
        BEGUN.lock().unwrap().get(&self.run).cloned().unwrap_or_default()
    }

    /// How often a record was begun.
    pub(crate) fn attempts(&self, id: u64) -> usize {
        self.begun().iter().filter(|one| **one == id).count()
    }

    /// Waits until somebody waits for the clock, and gives how long.
    pub(crate) async fn wait_of_backoff(&self) -> Duration {
        // Others wait for longer, such as the watchdog.
        let rests = |wait: &Duration| *wait < Duration::from_secs(1);
        let next = || self.clock.next_wait().map(|next| next.since(self.clock.now()));
        until("something rests", async || next().as_ref().is_some_and(rests)).await;
        next().unwrap()
    }

    /// Lets time pass until a record was begun so often.
    pub(crate) async fn pass_until_attempt(&self, id: u64, attempt: usize) {
        until("it is run again", async || {
            if self.attempts(id) < attempt {
                self.pass();
            }
            self.attempts(id) >= attempt
        })
        .await;
    }

    /// Lets time pass until somebody who waits for it may go on. Not further: whatever is on its way would take too long.
    pub(crate) fn pass(&self) {
        if let Some(next) = self.clock.next_wait() {
            self.clock.advance(next.since(self.clock.now()));
        }
    }
}

async fn launch<M: Module>(
    disk: &Failing,
    clock: &Arc<ManualClock>,
    module: M,
    config: LaunchConfig,
) -> (InProcessCluster, M::Client) {
    let ipc = InProcessCluster::create_on_disks(disk.for_every_module()).await.unwrap();
    let ipc = ipc.with_clock(Arc::clone(clock) as Arc<dyn Clock>);
    let client = ipc.launch(module, config).await.unwrap();
    (ipc, client)
}

/// What becomes of a record that failed.
pub(crate) fn fate<T>(outcome: Result<T, AppendError>) -> Fate {
    match outcome {
        Err(AppendError::Failed { fate, .. }) => fate,
        Err(other) => panic!("the record should have failed in a topology: {other}"),
        Ok(_) => panic!("the record should have failed"),
    }
}

/// What all of a PState's partitions hold for a key, and the sum over all records.
macro_rules! state {
    ($test:expr, $key:expr) => {{
        let state = &$test.client.pstate;
        let done = state.done.select_one(path![keypath($key), nil_to_val(Vec::new())]).await;
        let sum = state.sum.partition(rama_core::id::TaskId(0));
        (done.unwrap(), sum.select_one(path![nil_to_val(0)]).await.unwrap())
    }};
}
pub(crate) use state;
