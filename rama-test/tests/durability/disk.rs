//! A disk in memory that knows what is durable, how much space it has, and tells when something was synced.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use rama_core::{
    disk::{Disk, DiskFile, DiskLock, LockError, Open},
    error::LaunchError,
};
use tokio::sync::Notify;

/// A handle onto the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestDisk {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    names: BTreeMap<String, usize>,
    files: Vec<Content>,
    /// Handles from before a power loss reach nothing any more.
    generation: u64,
    free: u64,
    reserved: u64,
    syncs_fail: bool,
    forgotten: u32,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    writes: u32,
    syncs: u32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            names: BTreeMap::new(),
            files: Vec::new(),
            generation: 0,
            free: 1 << 40,
            reserved: 0,
            syncs_fail: false,
            forgotten: 0,
        }
    }
}

impl TestDisk {
    /// What a cluster asks for disks; all of them are this one.
    pub(crate) fn for_every_module(
        &self,
    ) -> impl Fn(&'static str) -> Result<Arc<dyn Disk>, LaunchError> + Send + Sync + 'static {
        let disk = self.clone();
        move |_| {
            let generation = disk.state().generation;
            Ok(Arc::new(Handle { disk: disk.clone(), generation }))
        }
    }

    /// What was not synced is gone, and whoever uses the disk now cannot reach it any more.
    pub(crate) fn lose_power(&self) {
        let mut state = self.state();
        state.generation += 1;
        for file in &mut state.files {
            file.bytes = file.durable.clone();
        }
    }

    pub(crate) fn set_free(&self, bytes: u64) {
        self.state().free = bytes;
    }

    /// Somebody else takes all the space that there is, the reserve included.
    pub(crate) fn fill(&self) {
        let mut state = self.state();
        (state.free, state.reserved) = (0, 0);
    }

    pub(crate) fn fail_syncs(&self, fail: bool) {
        self.state().syncs_fail = fail;
    }

    /// How often the cache was forgotten.
    pub(crate) fn forgotten(&self) -> u32 {
        self.state().forgotten
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.state().names.contains_key(name)
    }

    /// Writes and syncs of the files whose names begin so.
    pub(crate) fn uses(&self, prefix: &str) -> (u32, u32) {
        let state = self.state();
        let of = state.names.iter().filter(|(name, _)| name.starts_with(prefix));
        of.map(|(_, file)| &state.files[*file])
            .fold((0, 0), |(writes, syncs), file| (writes + file.writes, syncs + file.syncs))
    }

    /// Waits until files whose names begin so have been synced more often than that.
    pub(crate) async fn synced(&self, prefix: &str, more_than: u32) {
        loop {
            let changed = self.changed.notified();
            if self.uses(prefix).1 > more_than {
                return;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

#[derive(Clone, Debug)]
struct Handle {
    disk: TestDisk,
    generation: u64,
}

impl Handle {
    fn state(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        if state.generation == self.generation {
            Ok(state)
        } else {
            Err(io::Error::other("the power is gone"))
        }
    }
}

impl Disk for Handle {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.state()?;
        let file = match (state.names.get(name).copied(), how) {
            (Some(file), Open::Existing) => file,
            (None, Open::Existing) => return Err(io::ErrorKind::NotFound.into()),
            (Some(_), Open::New) => return Err(io::ErrorKind::AlreadyExists.into()),
            (None, Open::New) => {
                state.files.push(Content::default());
                let file = state.files.len() - 1;
                state.names.insert(name.to_owned(), file);
                file
            }
        };
        Ok(Arc::new(TestFile { handle: self.clone(), file }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        Ok(self.state()?.names.contains_key(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state()?;
        let file = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let removed = self.state()?.names.remove(name);
        removed.map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state()?.names.keys().cloned().collect())
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.state().map(drop)
    }

    fn reserve(&self, bytes: u64) -> io::Result<()> {
        let mut state = self.state()?;
        let free = state.free + state.reserved;
        state.reserved = 0;
        state.free = free;
        if free < bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.reserved = bytes;
        state.free -= bytes;
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        Ok(Some(self.state()?.free))
    }

    fn forget_cached(&self) -> io::Result<()> {
        self.state()?.forgotten += 1;
        Ok(())
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        Ok(DiskLock::new(()))
    }
}

#[derive(Debug)]
struct TestFile {
    handle: Handle,
    file: usize,
}

impl DiskFile for TestFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.handle.state()?.files[self.file].bytes.len() as u64)
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.handle.state()?;
        let bytes = &state.files[self.file].bytes;
        let from = usize::try_from(offset).unwrap();
        let found = bytes.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.handle.state()?;
        let from = usize::try_from(offset).unwrap();
        let end = from + bytes.len();
        let grows = end.saturating_sub(state.files[self.file].bytes.len());
        if grows as u64 > state.free {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.free -= grows as u64;
        let file = &mut state.files[self.file];
        if grows > 0 {
            file.bytes.resize(end, 0);
        }
        file.bytes[from..end].copy_from_slice(bytes);
        file.writes += 1;
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.handle.state()?;
        let len = usize::try_from(len).unwrap();
        let grows = len.saturating_sub(state.files[self.file].bytes.len());
        if grows as u64 > state.free {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.free -= grows as u64;
        state.files[self.file].bytes.resize(len, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.handle.state()?;
        if state.syncs_fail {
            return Err(io::Error::other("the disk is gone"));
        }
        let file = &mut state.files[self.file];
        file.durable = file.bytes.clone();
        file.syncs += 1;
        drop(state);
        self.handle.disk.changed.notify_waiters();
        Ok(())
    }
}
