//! How a module is launched.

use crate::error::LaunchError;

/// Tasks a module may have. Each costs a few kilobytes and a place in every cut; far more than a machine
/// has cores helps nobody.
const TASKS_MAX: u32 = 4_096;

/// Numbers and options of a launch (TE-02).
#[derive(Clone, Debug)]
pub struct LaunchConfig {
    tasks: u32,
    threads: u32,
    check_locality: bool,
}

impl Default for LaunchConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl LaunchConfig {
    /// Four tasks on two threads.
    #[must_use]
    pub fn new() -> Self {
        Self { tasks: 4, threads: 2, check_locality: false }
    }

    /// The number of partitions of everything in the module, fixed at the first launch (C-04).
    #[must_use]
    pub fn tasks(mut self, tasks: u32) -> Self {
        self.tasks = tasks;
        self
    }

    /// The number of threads that run the tasks.
    #[must_use]
    pub fn threads(mut self, threads: u32) -> Self {
        self.threads = threads;
        self
    }

    /// Fails an event that reads or writes a key away from its home task. Always on in a test cluster;
    /// costs one hash for each access.
    #[must_use]
    pub fn check_locality(mut self, check: bool) -> Self {
        self.check_locality = check;
        self
    }

    pub(crate) fn task_count(&self) -> u32 {
        self.tasks
    }

    pub(crate) fn thread_count(&self) -> u32 {
        self.threads
    }

    pub(crate) fn checks_locality(&self) -> bool {
        self.check_locality
    }

    pub(crate) fn check(&self) -> Result<(), LaunchError> {
        let Self { tasks, threads, .. } = self;
        if !(1..=TASKS_MAX).contains(tasks) {
            let reason = format!("{tasks} tasks: choose a number from 1 to {TASKS_MAX}");
            return Err(LaunchError::Config(reason));
        }
        if !(1..=*tasks).contains(threads) {
            let reason = format!("{threads} threads for {tasks} tasks: choose from 1 to {tasks}");
            return Err(LaunchError::Config(reason));
        }
        Ok(())
    }
}
