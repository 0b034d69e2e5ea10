//! How a module is launched.

use crate::{engine::Tuning, error::LaunchError};

/// Tasks a module may have. Each costs a few kilobytes and a place in every cut; far more than a machine
/// has cores helps nobody.
const TASKS_MAX: u32 = 4_096;

/// Threads of a module that does not say: enough to use a second core, few enough for many modules.
const THREADS: u32 = 2;

/// Numbers and options of a launch (TE-02).
#[derive(Clone, Debug)]
pub struct LaunchConfig {
    tasks: u32,
    threads: Option<u32>,
    check_locality: bool,
    tuning: Tuning,
}

impl Default for LaunchConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl LaunchConfig {
    /// Four tasks on two threads, with the locality check.
    #[must_use]
    pub fn new() -> Self {
        Self { tasks: 4, threads: None, check_locality: true, tuning: Tuning::default() }
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

    /// Sizes and times of what lies below the module.
    #[must_use]
    pub fn tuning(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        self
    }

    pub(crate) fn tunes(&self) -> &Tuning {
        &self.tuning
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
        if !(1..=tasks).contains(&threads) {
            let reason = format!("{threads} threads for {tasks} tasks: choose from 1 to {tasks}");
            return Err(LaunchError::Config(reason));
        }
        Ok(())
    }
}
