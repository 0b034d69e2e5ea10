//! A disk that fails when a test tells it to.

#![allow(dead_code, reason = "every test program uses some of it")]

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rama_core::{
    disk::{Disk, DiskFile, DiskLock, LockError, MemoryDisk, Open},
    error::LaunchError,
};

/// A memory disk whose syncs or reads fail when told to, or that loses what is written, as if the power had gone
/// at that moment and nobody had noticed yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failing {
    disk: MemoryDisk,
    pub(crate) syncs_fail: Arc<AtomicBool>,
    pub(crate) reads_fail: Arc<AtomicBool>,
    pub(crate) writes_vanish: Arc<AtomicBool>,
}

impl Failing {
    /// What a cluster asks for disks; all of them are this one.
    pub(crate) fn for_every_module(
        &self,
    ) -> impl Fn(&'static str) -> Result<Arc<dyn Disk>, LaunchError> + Send + Sync + 'static {
        let disk = self.clone();
        move |_| Ok(Arc::new(disk.clone()))
    }

    fn vanishes(&self) -> bool {
        self.writes_vanish.load(Ordering::Relaxed)
    }

    /// For what cannot vanish unnoticed.
    fn has_power(&self) -> io::Result<()> {
        if self.vanishes() { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }
}

#[derive(Debug)]
struct FailingFile {
    file: Arc<dyn DiskFile>,
    of: Failing,
}

impl Disk for Failing {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        if matches!(how, Open::New) {
            self.has_power()?;
        }
        let file = self.disk.open(name, how)?;
        Ok(Arc::new(FailingFile { file, of: self.clone() }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        self.disk.exists(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.has_power()?;
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.has_power()?;
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

impl DiskFile for FailingFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        if self.of.reads_fail.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk cannot be read"));
        }
        self.file.read_exact_at(out, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.of.vanishes() {
            return Ok(());
        }
        self.file.write_all_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.of.vanishes() {
            return Ok(());
        }
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.of.syncs_fail.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk is gone"));
        }
        self.file.sync_data()
    }
}
