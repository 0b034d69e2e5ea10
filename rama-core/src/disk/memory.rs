//! Files in memory, for tests that want speed and no traces.
//!
//! Clones are handles onto the same files, so a test can drop everything that uses one handle and
//! start again on another, as after a clean restart. Forgets nothing at a crash; that is the
//! business of the simulated disk of the crash tests.

use super::{Disk, DiskFile, DiskLock, LockError, Open, check_name};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// A handle onto files in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    files: Arc<Mutex<BTreeMap<String, Arc<MemoryFile>>>>,
    locked: Arc<AtomicBool>,
}

impl MemoryDisk {
    /// An empty directory of its own.
    pub fn new() -> Self {
        Self::default()
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Arc<MemoryFile>>> {
        // The map is changed by single calls, so it is whole even after a panic elsewhere.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for MemoryDisk {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        check_name(name)?;
        let mut files = self.files();
        match (files.get(name), how) {
            (Some(file), Open::Existing) => Ok(Arc::<MemoryFile>::clone(file)),
            (None, Open::Existing) => Err(not_found(name)),
            (Some(_), Open::New) => {
                Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{name} exists")))
            }
            (None, Open::New) => {
                let file = Arc::new(MemoryFile::default());
                files.insert(name.to_owned(), Arc::<MemoryFile>::clone(&file));
                Ok(file)
            }
        }
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        check_name(name).map(|name| self.files().contains_key(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(from)?;
        check_name(to)?;
        let mut files = self.files();
        let file = files.remove(from).ok_or_else(|| not_found(from))?;
        files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        self.files().remove(name).map(drop).ok_or_else(|| not_found(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.files().keys().cloned().collect())
    }

    fn sync_dir(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        if self.locked.swap(true, Ordering::AcqRel) {
            return Err(LockError::InUse { process: Some(std::process::id()) });
        }
        Ok(DiskLock::new(Unlock(Arc::clone(&self.locked))))
    }
}

#[derive(Debug)]
struct Unlock(Arc<AtomicBool>);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[derive(Default)]
struct MemoryFile {
    bytes: RwLock<Vec<u8>>,
}

impl std::fmt::Debug for MemoryFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryFile")
    }
}

impl DiskFile for MemoryFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.read().unwrap_or_else(PoisonError::into_inner).len() as u64)
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let bytes = self.bytes.read().unwrap_or_else(PoisonError::into_inner);
        let found = bytes.get(range(offset, out.len())?).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let range = range(offset, bytes.len())?;
        let mut content = self.bytes.write().unwrap_or_else(PoisonError::into_inner);
        if !bytes.is_empty() && content.len() < range.end {
            content.resize(range.end, 0);
        }
        if let Some(place) = content.get_mut(range) {
            place.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let len = range(len, 0)?.end;
        self.bytes.write().unwrap_or_else(PoisonError::into_inner).resize(len, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
}

fn range(offset: u64, length: usize) -> io::Result<Range<usize>> {
    let start = usize::try_from(offset).ok();
    let end = start.and_then(|start| start.checked_add(length));
    start.zip(end).map(|(start, end)| start..end).ok_or_else(|| io::ErrorKind::FileTooLarge.into())
}

fn not_found(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no file {name}"))
}
