//! How full everything is that has a bound, for tests of the bounds.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Engine, gate};
use crate::{
    depot::QUEUE_RECORDS_MAX,
    flow::{APPENDS_MAX, FUTURES_MAX, Waits},
    id::TaskId,
    task::{BATCH_BYTES_MAX, Task},
};

/// How much there is of something, and how much there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What is counted.
    pub what: &'static str,
    /// How much there is.
    pub is: usize,
    /// How much there may be.
    pub max: usize,
}

/// Groups that wait for a checkpoint, as the committer saw them before it added the last one.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    bytes: AtomicUsize,
    max: AtomicUsize,
}

impl Backlog {
    /// A group is added to so many bytes, which may be so many at most.
    pub(super) fn note(&self, bytes: usize, max: usize) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.max.store(max, Ordering::Relaxed);
    }
}

impl Engine {
    /// All that is bounded, as it is now.
    pub(crate) fn levels(&self) -> Vec<Level> {
        let level = |what, is, max| Level { what, is, max };
        let queues = self.shared.queues.iter();
        let queues = queues
            .map(|queue| level("places in a queue", queue.places(), QUEUE_RECORDS_MAX as usize));
        let mut levels: Vec<_> = queues.collect();
        let tasks = self.tasks.len();
        let sum = |of: &dyn Fn(&Task) -> usize| -> usize {
            (0..self.task_count()).map(|task| of(&self.task(TaskId(task)))).sum()
        };
        // Each task may be within a batch of each depot when the group is full, and rows are about as much as their
        // records.
        let batches = tasks * (1 + self.shared.depots.len()) * 2 * BATCH_BYTES_MAX;
        let forming = sum(&Task::forming_bytes);
        levels.push(level("bytes that form", forming, gate::GROUP_BYTES_MAX + batches));
        let resting = sum(&Task::resting);
        let resting_max = gate::RESTING_MAX + gate::GROUP_RECORDS_MAX;
        levels.push(level("records that rest", resting, resting_max));
        let waits: Waits = (0..self.task_count()).map(|task| self.task(TaskId(task)).waits()).sum();
        let begun = gate::GROUP_RECORDS_MAX;
        levels.push(level("futures that are waited for", waits.futures, FUTURES_MAX + begun));
        levels.push(level("appends that are waited for", waits.appends, APPENDS_MAX + begun));
        let Backlog { bytes, max } = &self.backlog;
        let (bytes, max) = (bytes.load(Ordering::Relaxed), max.load(Ordering::Relaxed));
        levels.push(level("bytes before a checkpoint", bytes, max));
        levels
    }
}
