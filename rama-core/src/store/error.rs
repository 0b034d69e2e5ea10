//! What can go wrong with the store, and how redb's errors become ours.

use redb::{DatabaseError, StorageError};
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use thiserror::Error;

/// Why the store refuses.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system refused. After a write it is unknown what the file contains: the process must
    /// open the store again to see (findings 2 and 3).
    #[error("cannot {action} the store {file}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file's name in the data directory.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The file is not what was written (scenarios C9, C11).
    #[error("the store {file} is damaged: {reason}; restore the data directory from a backup")]
    Damaged {
        /// The file's name in the data directory.
        file: String,
        /// What was noticed.
        reason: String,
    },
    /// The file has another format than this program's (scenario C12).
    #[error(
        "the store {file} has format {format}, which this program cannot read: run the version \
         that wrote it"
    )]
    OtherFormat {
        /// The file's name in the data directory.
        file: String,
        /// The format number found.
        format: u8,
    },
    /// A row may have at most 3 GiB.
    #[error("a row of {bytes} bytes is too large for the store: split it, the limit is 3 GiB")]
    TooLarge {
        /// Size of the row in bytes.
        bytes: usize,
    },
    /// A write of the batch failed, so nothing of it was committed.
    #[error("a write of this batch to the store {file} failed: nothing of it was committed")]
    Abandoned {
        /// The file's name in the data directory.
        file: String,
    },
    /// The store was closed while a snapshot was still in use.
    #[error("the store {file} is closed: its snapshots end with it")]
    Closed {
        /// The file's name in the data directory.
        file: String,
    },
}

/// Makes errors that name the store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed<'a> {
    file: &'a str,
}

impl<'a> Failed<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file }
    }

    pub(super) fn io(self, action: &'static str) -> impl FnOnce(io::Error) -> StoreError {
        let file = self.file.to_owned();
        move |source| StoreError::Io { action, file, source: Arc::new(source) }
    }

    pub(super) fn damaged(self, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged { file: self.file.to_owned(), reason: reason.into() }
    }

    /// An error while the file is opened: what redb calls invalid data or a missing end is damage.
    pub(super) fn opening(self, error: DatabaseError) -> StoreError {
        match error {
            DatabaseError::Storage(StorageError::Io(error))
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                self.damaged(error.to_string())
            }
            error => self.redb(error),
        }
    }

    /// Any other error of redb.
    pub(super) fn redb(self, error: impl Into<redb::Error>) -> StoreError {
        match error.into() {
            redb::Error::Io(error) => self.io("use")(error),
            redb::Error::ValueTooLarge(bytes) => StoreError::TooLarge { bytes },
            redb::Error::UpgradeRequired(format) => {
                StoreError::OtherFormat { file: self.file.to_owned(), format }
            }
            redb::Error::DatabaseClosed => StoreError::Closed { file: self.file.to_owned() },
            error @ (redb::Error::PreviousIo | redb::Error::LockPoisoned(_)) => {
                self.io("use")(io::Error::other(error.to_string()))
            }
            // What is left are errors of reading (corrupted) and of tables of another type, which
            // we never write.
            error => self.damaged(error.to_string()),
        }
    }
}

/// Runs a piece of redb. It may panic on a damaged file (finding 1); here that is an error.
pub(super) fn guarded<R>(
    file: &str,
    run: impl FnOnce() -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic_text(&*panic);
        Err(Failed::new(file).damaged(format!("reading it failed unexpectedly ({text})")))
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
