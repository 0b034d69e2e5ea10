//! How often a PState went to its store.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was read from the store of a PState: what paths cost when nothing is in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StoreCounts {
    /// Rows looked up.
    pub reads: u64,
    /// Scans begun.
    pub seeks: u64,
    /// Rows that scans came upon.
    pub steps: u64,
}

/// Counts as it happens.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    reads: AtomicU64,
    seeks: AtomicU64,
    steps: AtomicU64,
}

impl Counters {
    pub(crate) fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn seek(&self) {
        self.seeks.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// What happened since the last call.
    pub(crate) fn take(&self) -> StoreCounts {
        let taken = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        StoreCounts {
            reads: taken(&self.reads),
            seeks: taken(&self.seeks),
            steps: taken(&self.steps),
        }
    }
}
