//! A disk that runs full: what is on its way is finished from a reserve, new appends are refused, and it goes on when there
//! is space again (scenario C1).
//!
//! Safe without a restart: the log grows before it writes a group, so a group without space was not begun, and is kept
//! until it can be written. The store is only written while enough space is free for it; should that be taken by
//! somebody else meanwhile, the module ends, and the next start loses nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::disk::Disk;

/// What is on its way at most when the disk runs full: the group that is written, the one that forms behind it, and a
/// segment of the log; each of them is at most 8 MiB and a bit, or grows by less.
const RESERVE_BYTES: u64 = 32 * 1024 * 1024;

/// Space that a checkpoint needs besides what it brings: pages of the store that hold its tree, and its regions.
const CHECKPOINT_BYTES_MIN: u64 = 16 * 1024 * 1024;

/// How many bytes the store may grow by for a byte of the log: rows are written to new pages, of which old ones become
/// free only with the next checkpoint.
const CHECKPOINT_GROWTH: u64 = 4;

/// Time between two looks for space: short for who waits, and a look costs microseconds.
pub(crate) const SPACE_INTERVAL: Duration = Duration::from_millis(100);

/// Watches the space of a module's disk.
#[derive(Debug)]
pub(crate) struct Space {
    disk: Arc<dyn Disk>,
    full: AtomicBool,
    given_up: AtomicBool,
}

impl Space {
    /// Sets the reserve aside; a disk that has no space for it is full already.
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        let full = disk.reserve(RESERVE_BYTES).is_err();
        Self { disk, full: AtomicBool::new(full), given_up: AtomicBool::new(full) }
    }

    /// Whether appends are refused.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// From now on appends are refused. Tells whether they were not before.
    pub(crate) fn runs_full(&self) -> bool {
        !self.full.swap(true, Ordering::Relaxed)
    }

    /// Gives the reserve to whoever needs space. Tells whether that made some.
    pub(crate) fn give_up_reserve(&self) -> bool {
        !self.given_up.swap(true, Ordering::Relaxed) && self.disk.reserve(0).is_ok()
    }

    /// Looks whether there is as much space as there should be, for the reserve and a checkpoint of so many bytes of the
    /// log; appends are taken again then.
    pub(crate) fn look(&self, log_bytes: usize) {
        if self.disk.reserve(RESERVE_BYTES).is_err() {
            return;
        }
        self.given_up.store(false, Ordering::Relaxed);
        if self.has_for_checkpoint(log_bytes) {
            self.full.store(false, Ordering::Relaxed);
        }
    }

    /// Whether the store has space for a checkpoint of so many bytes of the log. A disk that cannot tell has.
    pub(crate) fn has_for_checkpoint(&self, log_bytes: usize) -> bool {
        let needed = log_bytes as u64 * CHECKPOINT_GROWTH + CHECKPOINT_BYTES_MIN;
        self.disk.free_bytes().ok().flatten().is_none_or(|free| free >= needed)
    }
}
