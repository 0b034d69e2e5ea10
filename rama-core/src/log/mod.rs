//! The commit log: what makes a moment durable with one write and one sync.
//!
//! A log is a sequence of groups numbered by [`Epoch`]. What a group means, and when a checkpoint
//! covers it, is decided above; here it is a payload. [`SegmentedLog`] keeps groups in local files.

mod append;
mod durability;
mod error;
mod format;
mod recover;
mod segment;
mod unlogged;
#[cfg(test)]
mod tests;

pub use append::SegmentedLog;
pub use durability::{Durability, InvalidDurability};
pub use error::LogError;
pub use recover::Recovery;
pub(crate) use recover::{check, check_formats};
pub(crate) use segment::is_log_file;
pub use unlogged::UnloggedLog;

use crate::id::Epoch;

/// A durable sequence of commit groups.
pub trait CommitLog: Send {
    /// Adds the group that follows the last one; it is durable when this returns.
    ///
    /// # Errors
    /// As [`Self::write`] and [`Self::sync`].
    ///
    /// # Panics
    /// When `epoch` is not the one after the last.
    fn append(&mut self, epoch: Epoch, payload: &[u8]) -> Result<(), LogError> {
        self.write(epoch, payload)?;
        self.sync()
    }

    /// Adds the group that follows the last one. It outlives this process when this returns, and is durable
    /// after the next [`Self::sync`].
    ///
    /// # Errors
    /// When the group is not known to be written. It may be or not: no answer may be given for it,
    /// every later call fails with the same error, and opening the log again decides (findings 2
    /// and 3). Only [`LogError::TooLarge`] and [`LogError::Full`] leave the log as it was; after the
    /// latter, the same group may be tried again.
    ///
    /// # Panics
    /// When `epoch` is not the one after the last.
    fn write(&mut self, epoch: Epoch, payload: &[u8]) -> Result<(), LogError>;

    /// Makes every group that was written durable.
    ///
    /// # Errors
    /// When they are not known to be durable; the log then accepts nothing more.
    fn sync(&mut self) -> Result<(), LogError>;

    /// Every group up to this one is durable.
    fn synced(&self) -> Epoch;

    /// Says that a durable checkpoint covers all groups up to and including `through`; files that
    /// hold no others are used again.
    ///
    /// # Errors
    /// When the system refuses; the log then accepts nothing more.
    fn release(&mut self, through: Epoch) -> Result<(), LogError>;

    /// About how many bytes of groups no checkpoint covers yet: at most 256 KiB and one group more
    /// than there are, and 0 after everything was released.
    fn live_bytes(&self) -> u64;
}

/// Takes the groups that a log hands over when it is opened.
pub type Replay<'a, E> = dyn FnMut(Epoch, &[u8]) -> Result<(), E> + 'a;

/// Sizes of a [`SegmentedLog`].
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Length of a segment file in bytes. A group that is larger gets a longer file of its own.
    pub segment_bytes: u64,
    /// A segment grows by up to so many bytes of zeros at a time.
    pub growth_bytes: u64,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            // Long enough that changing the file costs little, short enough to be read in some
            // milliseconds at a start.
            segment_bytes: 16 * 1024 * 1024,
            // Ten thousand groups of 100 bytes between two syncs that have to write metadata.
            growth_bytes: 1024 * 1024,
        }
    }
}
