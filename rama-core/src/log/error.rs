//! What can go wrong with a commit log.

use crate::id::Epoch;
use std::io;
use std::sync::Arc;
use thiserror::Error;

/// Why the commit log refuses.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum LogError {
    /// The system refused. The process must not go on with this log (findings 2 and 3).
    #[error(
        "cannot {action} {file}: {source}; the commit log is stopped, restart to see what is \
         durable"
    )]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file's name in the data directory.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// Bytes that were durable have changed (scenarios A7, C10, C11). Nothing was modified.
    #[error(
        "{file} is damaged at byte {position}: {found}; restore the data directory from a backup, \
         cutting the log here would lose acknowledged data"
    )]
    Damaged {
        /// The file's name in the data directory.
        file: String,
        /// Where the first damaged byte may be.
        position: u64,
        /// What stands there.
        found: String,
    },
    /// Groups between the checkpoint and the log are missing.
    #[error(
        "the commit log lacks the groups {first} to {last}: were its files removed, or is the \
         store older than the log? restore the data directory from one backup"
    )]
    Missing {
        /// The first missing group.
        first: Epoch,
        /// The last missing group.
        last: Epoch,
    },
    /// The file was written by a program with another format (scenarios C12, C13). Nothing was modified.
    #[error(
        "{file} has log format {format}, and this program reads {reads}: open the data directory with the \
         version that wrote it",
        reads = super::format::FORMAT
    )]
    OtherFormat {
        /// The file's name in the data directory.
        file: String,
        /// The format number found.
        format: u32,
    },
    /// There is no space left for the group: nothing of it was written. The log goes on (scenario C1).
    #[error("the disk is full: there is no space for {file}: {source}")]
    Full {
        /// The file's name in the data directory.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A group may have at most 1 GiB. The log goes on.
    #[error("a commit group of {bytes} bytes is too large: the limit is 1 GiB, commit more often")]
    TooLarge {
        /// Size of the group in bytes.
        bytes: usize,
    },
}
