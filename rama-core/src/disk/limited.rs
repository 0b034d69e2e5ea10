//! A disk with little space: for tests of what happens when it is full.

use super::{Disk, DiskFile, DiskLock, LockError, MemoryDisk, Open};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Files in memory that may grow by so many bytes in total. Clones are handles onto the same files.
#[derive(Clone, Debug, Default)]
pub(crate) struct LimitedDisk {
    disk: MemoryDisk,
    free: Arc<AtomicU64>,
}

impl LimitedDisk {
    /// Changes how many bytes files may still grow.
    pub(crate) fn set_free(&self, bytes: u64) {
        self.free.store(bytes, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct LimitedFile {
    file: Arc<dyn DiskFile>,
    free: Arc<AtomicU64>,
}

impl Disk for LimitedDisk {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.disk.open(name, how)?;
        Ok(Arc::new(LimitedFile { file, free: Arc::clone(&self.free) }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        self.disk.exists(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        self.disk.lock()
    }
}

impl DiskFile for LimitedFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let grows = (offset + bytes.len() as u64).saturating_sub(self.file.len()?);
        let free = self.free.load(Ordering::Relaxed);
        if grows > free {
            // A real disk takes what it can.
            let fits =
                bytes.len().saturating_sub(usize::try_from(grows - free).unwrap_or(usize::MAX));
            self.free.store(0, Ordering::Relaxed);
            self.file.write_all_at(&bytes[..fits], offset)?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.free.fetch_sub(grows, Ordering::Relaxed);
        self.file.write_all_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
