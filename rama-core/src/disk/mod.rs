//! The storage seam: one flat directory of files, as the commit log and the store see it.
//!
//! Production uses [`FileDisk`], fast tests [`MemoryDisk`], crash tests [`SimDisk`], which forgets what
//! was not synced. What the layers above rely on: data is durable after [`DiskFile::sync_data`], a
//! created, renamed or removed name after [`Disk::sync_dir`]. Nothing is buffered here, and nothing
//! is retried: after a failed sync the content of a file is unknown (finding 3).

mod file;
mod memory;
pub(crate) mod overlay;
mod sim;
#[cfg(test)]
mod tests;

pub use file::FileDisk;
pub use memory::MemoryDisk;
#[cfg(test)]
pub(crate) use sim::Random;
pub use sim::{Fault, SimDisk};

use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::io;
use std::sync::Arc;
use thiserror::Error;

/// Name of the file that says who uses the directory; never listed and never to be opened.
const LOCK_NAME: &str = "LOCK";

/// Name of the file that holds space back for when the disk is full; as the lock.
const RESERVE_NAME: &str = "RESERVE";

/// How to open a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Open {
    /// The file must exist; `NotFound` otherwise.
    Existing,
    /// The file must not exist, `AlreadyExists` otherwise; it is created empty.
    New,
}

/// A flat directory of files.
///
/// Names are ASCII letters, digits, `.`, `-` and `_`; others are refused with `InvalidInput`.
pub trait Disk: Send + Sync + Debug {
    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// As [`Open`] says, or when the system refuses.
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>>;

    /// Whether there is a file of this name.
    ///
    /// # Errors
    /// When the system cannot tell.
    fn exists(&self, name: &str) -> io::Result<bool>;

    /// Gives a file another name, atomically, replacing what had that name.
    ///
    /// # Errors
    /// `NotFound` when there is no file `from`, or when the system refuses.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. Who has it open keeps it.
    ///
    /// # Errors
    /// `NotFound` when there is no such file, or when the system refuses.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// The names of all files, sorted.
    ///
    /// # Errors
    /// When the system refuses.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes creations, renames and removals durable.
    ///
    /// # Errors
    /// When the system refuses; it is then unknown which of them survive a crash.
    fn sync_dir(&self) -> io::Result<()>;

    /// Sets so much space aside, in place of what was set aside before, so that there is some when the disk is full; 0
    /// gives it back. Not durable, and nothing on a disk that cannot: then a full disk is full.
    ///
    /// # Errors
    /// `StorageFull` when there is not so much; what was set aside before may be given back then.
    fn reserve(&self, bytes: u64) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }

    /// How many bytes can still be written; `None` on a disk that cannot tell.
    ///
    /// # Errors
    /// When the system refuses.
    fn free_bytes(&self) -> io::Result<Option<u64>> {
        Ok(None)
    }

    /// Forgets what the system keeps in memory of the files, so that they are read from the disk itself: after a failed
    /// sync the two may differ (finding 3). Nothing on a disk without such a memory.
    ///
    /// # Errors
    /// When the system refuses.
    fn forget_cached(&self) -> io::Result<()> {
        Ok(())
    }

    /// Takes the directory for this process until the lock is dropped. Waits for nothing.
    ///
    /// # Errors
    /// [`LockError::InUse`] when another owner has it (scenario C7).
    fn lock(&self) -> Result<DiskLock, LockError>;
}

/// An open file. Offsets and lengths are in bytes.
#[allow(clippy::len_without_is_empty, reason = "the length of a file is asked for, not emptiness")]
pub trait DiskFile: Send + Sync + Debug {
    /// The length of the file.
    ///
    /// # Errors
    /// When the system refuses.
    fn len(&self) -> io::Result<u64>;

    /// Fills `out` with what stands from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends earlier.
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of `bytes` from `offset` on; the file grows when it has to, with zeros in a gap.
    ///
    /// # Errors
    /// When the system refuses; any part of the bytes may then be written.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Cuts the file, or extends it by zeros.
    ///
    /// # Errors
    /// When the system refuses.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes what was written durable, with the length of the file.
    ///
    /// # Errors
    /// When the system refuses; what was written since the last sync is then lost or not, and
    /// must be read again after a restart.
    fn sync_data(&self) -> io::Result<()>;
}

/// The right to use a directory; given back when dropped.
#[must_use = "the directory is locked only as long as this value lives"]
pub struct DiskLock {
    _guard: Box<dyn Any + Send + Sync>,
}

impl DiskLock {
    /// A lock that is given back when `guard` is dropped.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self { _guard: Box::new(guard) }
    }
}

impl Debug for DiskLock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("DiskLock")
    }
}

/// Why a directory could not be locked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Somebody else has it. Right after a process was killed this can last for a moment.
    #[error(
        "the data directory is in use by {}: stop it or choose another directory",
        owner(*.process)
    )]
    InUse {
        /// The process that wrote its number into the lock file, if it could be read.
        process: Option<u32>,
    },
    /// The system refused.
    #[error("the data directory cannot be locked: {0}")]
    Io(#[from] io::Error),
}

fn owner(process: Option<u32>) -> String {
    process.map_or_else(|| "another process".into(), |process| format!("process {process}"))
}

/// Keeps names within the directory and away from the lock.
fn check_name(name: &str) -> io::Result<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let ours = [LOCK_NAME, RESERVE_NAME].contains(&name);
    if name.is_empty() || name.starts_with('.') || ours || !name.bytes().all(allowed) {
        let message = format!("`{}` is not a name for a data file", name.escape_debug());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(name)
}

/// Whether there was no space, or no more of it for this user, or in files of this process or file system: nothing was
/// written then, and it can be once there is more.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
