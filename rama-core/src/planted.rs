//! Mistakes that are planted on purpose, to see that the tests find them. Without the feature `planted` there is nothing
//! here but constants that say no.

/// Of so many groups one has a mistake that would be found at once if all of them had it.
const RARE: u64 = 50;

/// A mistake that somebody could have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// A group is taken for durable before it is synced.
    AckBeforeSync,
    /// A group does not say how far its topologies are.
    ProgressLeftOut,
    /// A group has the effects of its records on the first task only.
    RowsLeftOut,
    /// Readers see a group before it is in the log.
    VisibleTooSoon,
    /// The name of a new log segment is not made durable.
    NameNotSynced,
    /// Checksums of groups are not looked at.
    ChecksumIgnored,
    /// The last whole group is cut off with the torn one behind it.
    TailCutTooFar,
    /// A checkpoint says that it covers one group more than it does.
    CoversTooMuch,
    /// The log is given back before the store has what is in it.
    ReleasedTooSoon,
    /// A start after a failed sync trusts what the system has in memory.
    SuspicionIgnored,
    /// A dropped attempt leaves its changes behind.
    AttemptKept,
    /// The neighbours of a failed record are not run again.
    NeighboursDropped,
    /// A record that failed on what another one left has failed.
    ResidueBelieved,
    /// A group does not say that a tree is parked.
    ParkedForgotten,
    /// A group does not say that a failed record is to be run again.
    RetryForgotten,
    /// A group has a record without its key.
    KeyForgotten,
    /// A sync that fails while a module starts leaves no note.
    FailedStartForgotten,
    /// A branch goes on with the answer to an attempt that was dropped.
    LateAnswerTaken,
    /// A partition remembers one key less than it should.
    KeyForgottenEarly,
    /// Whoever appends never waits for room in the queue.
    QueueUnbounded,
}

impl Mistake {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::AckBeforeSync,
        Self::ProgressLeftOut,
        Self::RowsLeftOut,
        Self::VisibleTooSoon,
        Self::NameNotSynced,
        Self::ChecksumIgnored,
        Self::TailCutTooFar,
        Self::CoversTooMuch,
        Self::ReleasedTooSoon,
        Self::SuspicionIgnored,
        Self::AttemptKept,
        Self::NeighboursDropped,
        Self::ResidueBelieved,
        Self::ParkedForgotten,
        Self::RetryForgotten,
        Self::KeyForgotten,
        Self::FailedStartForgotten,
        Self::LateAnswerTaken,
        Self::KeyForgottenEarly,
        Self::QueueUnbounded,
    ];

    /// Whether it is made with this group: with one of fifty, so that it has to be searched for.
    pub(crate) fn is_made_at(self, group: u64) -> bool {
        self.is_made() && group % RARE == 7
    }

    /// Whether it is made here.
    #[cfg(not(feature = "planted"))]
    pub(crate) const fn is_made(self) -> bool {
        false
    }

    /// Whether it is made here.
    #[cfg(feature = "planted")]
    pub(crate) fn is_made(self) -> bool {
        planted::MADE.load(std::sync::atomic::Ordering::Relaxed) == self as usize
    }
}

#[cfg(feature = "planted")]
pub use planted::plant;

#[cfg(feature = "planted")]
mod planted {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Mistake;

    pub(super) static MADE: AtomicUsize = AtomicUsize::new(usize::MAX);

    /// From now on this mistake is made in the whole process, and no other one.
    pub fn plant(mistake: Option<Mistake>) {
        MADE.store(mistake.map_or(usize::MAX, |mistake| mistake as usize), Ordering::Relaxed);
    }
}
