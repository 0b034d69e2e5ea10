//! How a module is launched.

use std::time::Duration;

use crate::{
    engine::{Patience, Tuning},
    error::LaunchError,
    log::Durability,
};

/// Tasks a module may have. Each costs a few kilobytes and a place in every cut; far more than a machine
/// has cores helps nobody.
const TASKS_MAX: u32 = 4_096;

/// Threads of a module that does not say: enough to use a second core, few enough for many modules.
const THREADS: u32 = 2;

/// How long one event may run until it counts as stuck: far longer than any that should hold up all others, and soon
/// enough for whoever wonders why nothing goes on.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// Less would keep a thread busy with looking, and call usual events stuck.
const PATIENCE_MIN: Duration = Duration::from_millis(10);

/// Numbers and options of a launch (TE-02).
#[derive(Clone, Debug)]
pub struct LaunchConfig {
    tasks: u32,
    threads: Option<u32>,
    check_locality: bool,
    tuning: Tuning,
    patience: Patience,
    durability: Durability,
}

impl Default for LaunchConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl LaunchConfig {
    /// Four tasks on two threads, with the locality check; what is acknowledged is on the disk.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tasks: 4,
            threads: None,
            check_locality: true,
            tuning: Tuning::default(),
            patience: Patience { reports: STUCK_AFTER, aborts: None },
            durability: Durability::Sync,
        }
    }

    /// The number of partitions of everything in the module, fixed at the first launch (C-04).
    #[must_use]
    pub fn tasks(mut self, tasks: u32) -> Self {
        self.tasks = tasks;
        self
    }

    /// The number of threads that run the tasks: from 1 to the number of tasks; two if it is not set.
    #[must_use]
    pub fn threads(mut self, threads: u32) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Whether an event that reads or writes a key away from its home task fails. On, unless a program that
    /// is tested gives the check away for the one hash that it costs with each access; always on in a test
    /// cluster. Without it, such a read finds nothing, and such a write is lost.
    #[must_use]
    pub fn check_locality(mut self, check: bool) -> Self {
        self.check_locality = check;
        self
    }

    /// How long one event may run until [`Cluster::status`](super::Cluster::status) calls it stuck; ten seconds when
    /// nothing is said. An event keeps its thread, and every commit waits for it.
    #[must_use]
    pub fn stuck_after(mut self, patience: Duration) -> Self {
        self.patience.reports = patience;
        self
    }

    /// Ends the process, as a crash, when one event has run for so long: the next start tries its record again, and
    /// other modules of the process go on then. Never, when nothing is said.
    #[must_use]
    pub fn abort_stuck_after(mut self, patience: Duration) -> Self {
        self.patience.aborts = Some(patience);
        self
    }

    /// Sizes and times of what lies below the module.
    #[must_use]
    pub fn tuning(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        self
    }

    pub(crate) fn tunes(&self) -> &Tuning {
        &self.tuning
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// What an acknowledgement promises; [`Durability`] says for each what can be lost. May differ from launch to
    /// launch.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    pub(crate) fn durability_setting(&self) -> Durability {
        self.durability
    }

    pub(crate) fn task_count(&self) -> u32 {
        self.tasks
    }

    pub(crate) fn thread_count(&self) -> u32 {
        self.threads.unwrap_or(THREADS.min(self.tasks))
    }

    pub(crate) fn checks_locality(&self) -> bool {
        self.check_locality
    }

    pub(crate) fn check(&self) -> Result<(), LaunchError> {
        let (tasks, threads) = (self.tasks, self.thread_count());
        if !(1..=TASKS_MAX).contains(&tasks) {
            let reason = format!("{tasks} tasks: choose a number from 1 to {TASKS_MAX}");
            return Err(LaunchError::Config(reason));
        }
        let Patience { reports, aborts } = self.patience;
        if aborts.unwrap_or(reports).min(reports) < PATIENCE_MIN {
            let reason = format!(
                "events count as stuck after {:?}: choose {PATIENCE_MIN:?} at least",
                aborts.unwrap_or(reports).min(reports)
            );
            return Err(LaunchError::Config(reason));
        }
        if !(1..=tasks).contains(&threads) {
            let reason = format!("{threads} threads for {tasks} tasks: choose from 1 to {tasks}");
            return Err(LaunchError::Config(reason));
        }
        if self.durability == Durability::Interval(Duration::ZERO) {
            let reason = "an interval of no time between syncs: choose a longer one, or `Sync`";
            return Err(LaunchError::Config(reason.to_owned()));
        }
        Ok(())
    }
}
