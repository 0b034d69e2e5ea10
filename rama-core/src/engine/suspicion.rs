//! A note beside the data that the disk has failed: what the system has in memory may not be what is on the disk
//! (findings 2 and 3), so the next start reads everything anew and checks it before it serves.

use std::{io, sync::Arc};

use crate::{
    disk::{Disk, DiskFile, DiskLock, LockError, Open, is_full},
    planted::Mistake,
};

/// The file that is the note.
pub(super) const FILE: &str = "suspect.txt";

/// The same disk, with a note from the moment on at which it fails to write or to sync something. Whoever uses it
/// need not tell: not in a start that gives up, and not where an error has nobody to go to, as when a store is dropped.
pub(super) fn watched(disk: &Arc<dyn Disk>) -> Arc<dyn Disk> {
    if Mistake::FailedStartForgotten.is_made() {
        return Arc::clone(disk);
    }
    Arc::new(Watched(Arc::clone(disk)))
}

/// Leaves the note, if the disk still takes one.
pub(super) fn raise(disk: &Arc<dyn Disk>, reason: &str) {
    let text = format!("The disk failed: {reason}\nThe next start checks the data.\n");
    let note = || {
        let file = disk.open(FILE, Open::New)?;
        file.write_all_at(text.as_bytes(), 0)?;
        file.sync_data()?;
        disk.sync_dir()
    };
    // A disk that takes nothing more has no note either; the failure itself is told elsewhere.
    let _: io::Result<()> = note();
}

/// Whether there is a note.
pub(super) fn is_raised(disk: &Arc<dyn Disk>) -> io::Result<bool> {
    disk.exists(FILE)
}

/// The data was checked and is good.
pub(super) fn settle(disk: &Arc<dyn Disk>) -> io::Result<()> {
    disk.remove(FILE)?;
    disk.sync_dir()
}

#[derive(Clone, Debug)]
struct Watched(Arc<dyn Disk>);

#[derive(Debug)]
struct WatchedFile {
    file: Arc<dyn DiskFile>,
    disk: Watched,
}

impl Watched {
    fn note<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome {
            raise(&self.0, &error.to_string());
        }
        outcome
    }

    /// A disk that is full does not fail: nothing that was there is in doubt.
    fn note_unless_full(&self, outcome: io::Result<()>) -> io::Result<()> {
        match outcome {
            Err(error) if is_full(&error) => Err(error),
            outcome => self.note(outcome),
        }
    }
}

impl Disk for Watched {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.0.open(name, how)?;
        Ok(Arc::new(WatchedFile { file, disk: self.clone() }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        self.0.exists(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.note_unless_full(self.0.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.note_unless_full(self.0.remove(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.note(self.0.sync_dir())
    }

    fn reserve(&self, bytes: u64) -> io::Result<()> {
        self.0.reserve(bytes)
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        self.0.free_bytes()
    }

    fn forget_cached(&self) -> io::Result<()> {
        self.0.forget_cached()
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        self.0.lock()
    }
}

impl DiskFile for WatchedFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.disk.note_unless_full(self.file.write_all_at(bytes, offset))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.note_unless_full(self.file.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.note(self.file.sync_data())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Fault, SimDisk};

    #[test]
    fn a_write_or_a_sync_that_fails_leaves_a_note_at_once() {
        for (nth, fails) in [(1, false), (2, true), (3, true), (4, true), (5, true)] {
            let sim = SimDisk::new(nth);
            let disk: Arc<dyn Disk> = Arc::new(sim.clone());
            let watched = watched(&disk);
            sim.fail_at(nth, Fault::Once);
            let work = || {
                let file = watched.open("a", Open::New)?;
                file.write_all_at(b"abc", 0)?;
                file.set_len(9)?;
                file.sync_data()?;
                watched.sync_dir()
            };
            work().unwrap_err();
            assert_eq!(is_raised(&disk).unwrap(), fails, "operation {nth}");
        }
    }

    #[test]
    fn a_full_disk_leaves_no_note() {
        let sim = SimDisk::new(1);
        let disk: Arc<dyn Disk> = Arc::new(sim.clone());
        let file = watched(&disk).open("a", Open::New).unwrap();
        sim.leave_room(Some(2));
        file.write_all_at(b"abc", 0).unwrap_err();
        sim.heal();
        assert!(!is_raised(&disk).unwrap());
    }
}
