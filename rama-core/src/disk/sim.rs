//! A disk that forgets: for crash tests.
//!
//! Fault model: at a crash every write that was not synced survives whole, in part (by sectors of
//! 512 bytes) or not at all, independently of its neighbours; creations, renames and removals that
//! were not followed by `sync_dir` survive or not. Synced data survives always: losing it is
//! damage, which other tests prepare by hand. A disk may also be full, or fail a single operation.
//! One seed, one fate.

use super::{Disk, DiskFile, DiskLock, LockError, Open, check_name};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use xxhash_rust::xxh3::xxh3_64_with_seed;

const SECTOR_BYTES: usize = 512;

/// Small, seeded and good enough: xorshift64*.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not give neighbouring streams, and 0 would stay 0.
        Self((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number from 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// What the disk does when its operation counter runs out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// This operation and all later ones fail: power is gone.
    PowerLoss,
    /// This operation and all later ones fail: the process is dead. What was written and not synced is still on its way
    /// to the disk.
    Death,
    /// This operation fails once; a failed sync drops what it should have written (finding 3).
    Once,
}

/// A handle onto a simulated disk.
#[derive(Clone, Debug)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
    /// Handles from before a crash are dead: what still holds them cannot reach the disk.
    generation: u64,
}

#[derive(Debug)]
struct State {
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    name_changes: Vec<NameChange>,
    files: Vec<Content>,
    random: Random,
    generation: u64,
    locked: bool,
    fault: Option<(u64, Fault)>,
    /// Bytes that all files together may take.
    capacity: Option<usize>,
    operations: u64,
    /// Of everything that was written so far.
    hash: u64,
}

#[derive(Clone, Debug)]
enum NameChange {
    Set(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Default, Debug)]
struct Content {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

impl SimDisk {
    /// An empty disk. The seed decides what survives crashes.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = State {
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            name_changes: Vec::new(),
            files: Vec::new(),
            random: Random::new(seed),
            generation: 0,
            locked: false,
            fault: None,
            capacity: None,
            operations: 0,
            hash: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), generation: 0 }
    }

    /// Lets the fault strike the `nth` changing operation from now, from 1, in place of one that was to come. A crash
    /// takes it back.
    ///
    /// # Panics
    /// When `nth` is 0.
    pub fn fail_at(&self, nth: u64, fault: Fault) {
        assert!(nth > 0, "operations are counted from 1");
        self.state().fault = Some((nth, fault));
    }

    /// Lets all files together take so many bytes more than they do now, or any number again. What does not fit fails
    /// with `StorageFull`; of a write, the part that fits is written, as on a real disk.
    pub fn leave_room(&self, bytes: Option<usize>) {
        let mut state = self.state();
        state.capacity = bytes.map(|bytes| state.used() + bytes);
    }

    /// Takes a fault back that has not struck, and the bound of room.
    pub fn heal(&self) {
        let mut state = self.state();
        state.capacity = None;
        // Power that is gone comes back by a crash only, and a process not at all.
        state.fault.take_if(|(left, _)| *left > 0);
    }

    /// How many changing operations there were so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// A hash of everything that was ever written, of where, and of the changes of names, in their order.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.state().hash
    }

    /// Loses power and starts again: decides the fate of everything that was not synced. Handles from before, and their
    /// files, are dead.
    #[must_use]
    pub fn crash(&self) -> Self {
        let mut state = self.state();
        state.crash();
        Self { state: Arc::clone(&self.state), generation: state.generation }
    }

    /// The process ends and another one begins: handles from before, and their files, are dead, and nothing is lost.
    #[must_use]
    pub fn next_process(&self) -> Self {
        let mut state = self.state();
        state.begin_process();
        Self { state: Arc::clone(&self.state), generation: state.generation }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, if this handle may use it.
    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.generation != self.generation || matches!(state.fault, Some((0, _))) {
            return Err(io::Error::other("the machine or the process is gone"));
        }
        Ok(state)
    }

    /// The state for an operation that changes something, and whether the fault strikes it: the
    /// operation then fails, but its effect may still reach the disk.
    fn changing(&self) -> io::Result<(MutexGuard<'_, State>, io::Result<()>)> {
        let mut state = self.alive()?;
        state.operations += 1;
        let verdict = match &mut state.fault {
            None => Ok(()),
            Some((left, _)) if *left > 1 => {
                *left -= 1;
                Ok(())
            }
            Some((left, Fault::PowerLoss | Fault::Death)) => {
                *left = 0;
                Err(io::Error::other("the machine or the process ends"))
            }
            Some((_, Fault::Once)) => {
                state.fault = None;
                Err(io::Error::other("an injected fault"))
            }
        };
        Ok((state, verdict))
    }
}

impl State {
    fn crash(&mut self) {
        for change in std::mem::take(&mut self.name_changes) {
            if self.random.flip() {
                change.apply(&mut self.durable_names);
            }
        }
        self.names = self.durable_names.clone();
        for file in &mut self.files {
            file.drop_unsynced(&mut self.random);
            file.bytes.clone_from(&file.durable);
        }
        self.begin_process();
        // Nobody can reach them any more.
        let named = &self.names;
        for (index, file) in self.files.iter_mut().enumerate() {
            if !named.values().any(|named| *named == index) {
                *file = Content::default();
            }
        }
    }

    fn begin_process(&mut self) {
        self.generation += 1;
        self.locked = false;
        self.fault = None;
    }

    /// Bytes of all files that have a name.
    fn used(&self) -> usize {
        self.names.values().map(|file| self.files[*file].bytes.len()).sum()
    }

    /// By how many bytes there is too little room for a file to become so long.
    fn lacks(&self, file: usize, len: usize) -> usize {
        let grows = len.saturating_sub(self.files[file].bytes.len());
        let capacity = self.capacity.filter(|_| grows > 0);
        capacity.map_or(0, |capacity| (self.used() + grows).saturating_sub(capacity).min(grows))
    }

    fn change_name(&mut self, change: NameChange) {
        match &change {
            NameChange::Set(name, _) | NameChange::Remove(name) => self.hash(name.as_bytes()),
            NameChange::Rename(from, to) => {
                self.hash(from.as_bytes());
                self.hash(to.as_bytes());
            }
        }
        change.apply(&mut self.names);
        self.name_changes.push(change);
    }

    fn hash(&mut self, bytes: &[u8]) {
        self.hash = xxh3_64_with_seed(bytes, self.hash);
    }

    fn index(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Set(name, file) => {
                names.insert(name.clone(), *file);
            }
            // The file may have been created by a change that did not survive.
            Self::Rename(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

impl Content {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.bytes);
        self.unsynced.push(change);
    }

    fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// What is on the disk, and what is still on its way there; nothing of what a failed sync has lost.
    fn read_again(&mut self) {
        self.bytes.clone_from(&self.durable);
        for change in &self.unsynced {
            change.apply(&mut self.bytes);
        }
    }

    /// Decides what of the unsynced changes is durable; readers do not notice yet.
    fn drop_unsynced(&mut self, random: &mut Random) {
        // Files are often kept or lost whole, so these fates are as frequent as tearing.
        let fate = random.below(4);
        for change in self.unsynced.drain(..) {
            match (fate, change) {
                (0, change) => change.apply(&mut self.durable),
                (1, _) => {}
                (_, Change::SetLen(len)) if random.flip() => self.durable.resize(len, 0),
                (_, Change::SetLen(_)) => {}
                (_, Change::Write(offset, bytes)) => {
                    tear(&mut self.durable, offset, &bytes, random);
                }
            }
        }
    }
}

impl Change {
    /// How long the file is at least behind it.
    fn end(&self) -> usize {
        match self {
            Self::Write(offset, bytes) => offset + bytes.len(),
            Self::SetLen(len) => *len,
        }
    }

    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => write(content, *offset, bytes),
            Self::SetLen(len) => content.resize(*len, 0),
        }
    }
}

/// Writes a random choice of the sectors that the write touches.
fn tear(content: &mut Vec<u8>, offset: usize, bytes: &[u8], random: &mut Random) {
    let end = offset + bytes.len();
    let mut from = offset;
    while from < end {
        let to = ((from / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
        if random.flip() {
            write(content, from, &bytes[from - offset..to - offset]);
        }
        from = to;
    }
}

fn write(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

impl Disk for SimDisk {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        check_name(name)?;
        if how == Open::Existing {
            let index = self.alive()?.index(name)?;
            return Ok(Arc::new(SimFile { disk: self.clone(), index }));
        }
        let (mut state, verdict) = self.changing()?;
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let index = state.files.len();
        state.files.push(Content::default());
        state.change_name(NameChange::Set(name.to_owned(), index));
        verdict?;
        Ok(Arc::new(SimFile { disk: self.clone(), index }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        check_name(name)?;
        Ok(self.alive()?.names.contains_key(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(from)?;
        check_name(to)?;
        let (mut state, verdict) = self.changing()?;
        state.index(from)?;
        state.change_name(NameChange::Rename(from.to_owned(), to.to_owned()));
        verdict
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        let (mut state, verdict) = self.changing()?;
        state.index(name)?;
        state.change_name(NameChange::Remove(name.to_owned()));
        verdict
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.alive()?.names.keys().cloned().collect())
    }

    fn sync_dir(&self) -> io::Result<()> {
        let (mut state, verdict) = self.changing()?;
        verdict?;
        state.durable_names = state.names.clone();
        state.name_changes.clear();
        Ok(())
    }

    fn forget_cached(&self) -> io::Result<()> {
        self.alive()?.files.iter_mut().for_each(Content::read_again);
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        let state = self.alive()?;
        Ok(state.capacity.map(|capacity| capacity.saturating_sub(state.used()) as u64))
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        let mut state = self.alive()?;
        if state.locked {
            return Err(LockError::InUse { process: Some(std::process::id()) });
        }
        state.locked = true;
        Ok(DiskLock::new(SimLock(self.clone())))
    }
}

#[derive(Debug)]
struct SimLock(SimDisk);

impl Drop for SimLock {
    fn drop(&mut self) {
        if let Ok(mut state) = self.0.alive() {
            state.locked = false;
        }
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    index: usize,
}

impl SimFile {
    fn change(&self, change: Change) -> io::Result<()> {
        let (mut state, verdict) = self.disk.changing()?;
        state.hash(format!("{} {}", self.index, change.end()).as_bytes());
        if let Change::Write(_, bytes) = &change {
            state.hash(bytes);
        }
        match (state.lacks(self.index, change.end()), change) {
            (0, change) => {
                state.files[self.index].change(change);
                return verdict;
            }
            (lacks, Change::Write(offset, mut bytes)) => {
                bytes.truncate(bytes.len().saturating_sub(lacks));
                state.files[self.index].change(Change::Write(offset, bytes));
            }
            (_, Change::SetLen(_)) => {}
        }
        Err(io::ErrorKind::StorageFull.into())
    }
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.alive()?.files[self.index].bytes.len() as u64)
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.disk.alive()?;
        let bytes = &state.files[self.index].bytes;
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let found = bytes.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        self.change(Change::Write(offset, bytes.to_vec()))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::SetLen(usize::try_from(len).map_err(io::Error::other)?))
    }

    fn sync_data(&self) -> io::Result<()> {
        let (mut state, verdict) = self.disk.changing()?;
        let state = &mut *state;
        let ends = matches!(state.fault, Some((0, _)));
        let content = &mut state.files[self.index];
        match verdict {
            Ok(()) => content.sync(),
            // Nobody sees the error; the writes are still on their way.
            Err(_) if ends => {}
            // Linux marks the pages clean: nobody writes them any more, yet reads still see them.
            Err(_) => content.drop_unsynced(&mut state.random),
        }
        verdict
    }
}
