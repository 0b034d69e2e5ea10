//! Dead letters: the records that topologies have given up, with the reason and the record itself. They are in the log
//! and the store like everything else; this is how they are found, read and changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Bound, ControlFlow},
    sync::{Arc, PoisonError, RwLock},
};

use super::tables::{LETTERS, Tables};
use crate::{
    clock::Timestamp,
    codec::{
        CodecError,
        bytes::{Reader, put_slice, put_varint},
    },
    flow::{Origin, Place},
    id::{Epoch, Offset, TopologyId},
    store::{Snapshot, StoreError},
};

/// Dead letters of one topology. When there are so many, something is wrong with the topology and not with records:
/// those that fail from then on are tried again and again until there is room. A letter takes two dozen bytes of memory,
/// and its record on disk.
pub(super) const LETTERS_MAX: usize = 10_000;

/// Encoded bytes of a page of letters, more or less one letter.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

/// What is known of a record that was given up, beside its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) appended: Timestamp,
    pub(crate) failed: Timestamp,
    pub(crate) attempts: u32,
    pub(crate) reason: String,
    pub(crate) record: Vec<u8>,
}

/// The durable letters, as readers see them.
#[derive(Debug)]
pub(crate) struct Letters {
    tables: Tables,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    /// What groups changed that no checkpoint has moved into the store yet.
    recent: BTreeMap<Vec<u8>, Recent>,
    snapshot: Arc<Snapshot>,
}

/// What a group made of a letter; nothing is left of one that is gone.
type Recent = (Epoch, Option<Arc<[u8]>>);

/// A snapshot of the store, and what lies over it.
type OverStore = (Arc<Snapshot>, BTreeMap<Vec<u8>, Option<Arc<[u8]>>>);

/// Which records have a letter. Changed at cuts only.
#[derive(Debug, Default)]
pub(crate) struct Given {
    up: BTreeSet<Origin>,
    /// How many there are of each topology.
    counts: BTreeMap<TopologyId, usize>,
}

/// Letters in the order of their places, each with the key that it is found by.
pub(crate) type Page = Vec<(Origin, Letter)>;

/// Why letters could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LettersError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Codec(#[from] CodecError),
}

impl Letter {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, self.appended.0);
        put_varint(&mut bytes, self.failed.0);
        put_varint(&mut bytes, self.attempts.into());
        put_slice(&mut bytes, self.reason.as_bytes());
        put_slice(&mut bytes, &self.record);
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let invalid = |_| CodecError::Invalid { expected: "a dead letter" };
        Ok(Self {
            appended: Timestamp(reader.varint()?),
            failed: Timestamp(reader.varint()?),
            attempts: u32::try_from(reader.varint()?).map_err(invalid)?,
            reason: String::from_utf8_lossy(reader.slice()?).into_owned(),
            record: reader.slice()?.to_vec(),
        })
    }
}

impl Letters {
    pub(crate) fn new(tables: Tables, snapshot: Arc<Snapshot>) -> Self {
        let state = RwLock::new(State { recent: BTreeMap::new(), snapshot });
        Self { tables, state }
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// A group is durable that changed letters.
    pub(crate) fn publish(&self, epoch: Epoch, changed: Vec<(Origin, Option<Arc<[u8]>>)>) {
        if changed.is_empty() {
            return;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for (origin, letter) in changed {
            state.recent.insert(self.key(origin), (epoch, letter));
        }
    }

    /// The store contains every group up to this one.
    pub(crate) fn checkpointed(&self, through: Epoch, snapshot: Arc<Snapshot>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.recent.retain(|_, (epoch, _)| *epoch > through);
        state.snapshot = snapshot;
    }

    /// All records that have a letter, at the start.
    pub(crate) fn given_up(&self) -> Result<Given, StoreError> {
        let (mut given, state) = (Given::default(), self.read());
        state.snapshot.scan(LETTERS, &[], None, &mut |key, _| {
            self.origin(key).into_iter().for_each(|origin| given.insert(origin));
            ControlFlow::Continue(())
        })?;
        Ok(given)
    }

    /// The letter of a record, if it has one.
    pub(super) fn get(&self, origin: Origin) -> Result<Option<Letter>, LettersError> {
        let (key, state) = (self.key(origin), self.read());
        let letter = match state.recent.get(&key) {
            Some((_, letter)) => letter.as_deref().map(Letter::decode),
            None => state.snapshot.get(LETTERS, &key, Letter::decode)?,
        };
        Ok(letter.transpose()?)
    }

    /// The letters of a topology behind one of them, or its first ones: as many as asked for, fewer when they are large.
    pub(crate) fn page(
        &self,
        topology: TopologyId,
        after: Option<Origin>,
        count: usize,
    ) -> Result<Page, LettersError> {
        let first = self.tables.letters_of(topology).expect("the catalog has every topology");
        let end = after_all(&first);
        let from = match after {
            Some(origin) => Bound::Excluded(self.key(origin)),
            None => Bound::Included(first),
        };
        let (snapshot, recent) = self.over_store(&from, &end, count);
        let mut found: BTreeMap<Vec<u8>, Arc<[u8]>> = BTreeMap::new();
        let bounds = (from.as_ref().map(Vec::as_slice), Bound::Excluded(end.as_slice()));
        let mut bytes = 0;
        snapshot.scan_between(LETTERS, bounds, false, &mut |key, letter| {
            if !recent.contains_key(key) {
                bytes += letter.len();
                found.insert(key.to_vec(), letter.into());
            }
            let enough = found.len() >= count || bytes >= PAGE_BYTES;
            if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        // What lies behind the last one that the store gave may be behind others that it did not.
        let last = (found.len() >= count || bytes >= PAGE_BYTES).then(|| found.last_key_value());
        let end = last.flatten().map_or(end, |(key, _)| key.clone());
        let before = recent.into_iter().take_while(|(key, _)| *key < end);
        found.extend(before.filter_map(|(key, letter)| Some((key, letter?))));
        let mut page = Page::new();
        bytes = 0;
        for (key, letter) in found.into_iter().take(count) {
            if bytes >= PAGE_BYTES {
                break;
            }
            bytes += letter.len();
            if let Some(origin) = self.origin(&key) {
                page.push((origin, Letter::decode(&letter)?));
            }
        }
        Ok(page)
    }

    /// What lies over the store in a range, up to so many letters: what stands behind those is not on the page. The lock is
    /// held for that only, because a commit waits for it; the store is read without it.
    fn over_store(&self, from: &Bound<Vec<u8>>, end: &[u8], count: usize) -> OverStore {
        let state = self.read();
        let mut over = BTreeMap::new();
        let bounds = (from.as_ref().map(Vec::as_slice), Bound::Excluded(end));
        let mut letters = 0;
        for (key, (_, letter)) in state.recent.range::<[u8], _>(bounds) {
            if letters >= count {
                break;
            }
            letters += usize::from(letter.is_some());
            over.insert(key.clone(), letter.clone());
        }
        (Arc::clone(&state.snapshot), over)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, origin: Origin) -> Vec<u8> {
        let key = self.tables.letter_key(origin.topology, origin.place());
        key.expect("the catalog was made from the module")
    }

    fn origin(&self, key: &[u8]) -> Option<Origin> {
        let (topology, (depot, task, offset)) = self.tables.letter_at(key)?;
        Some(Origin { topology, depot, task, offset })
    }
}

impl Given {
    pub(super) fn contains(&self, origin: &Origin) -> bool {
        self.up.contains(origin)
    }

    pub(super) fn insert(&mut self, origin: Origin) {
        if self.up.insert(origin) {
            *self.counts.entry(origin.topology).or_default() += 1;
        }
    }

    pub(super) fn remove(&mut self, origin: &Origin) -> bool {
        let was_given = self.up.remove(origin);
        if was_given && let Some(count) = self.counts.get_mut(&origin.topology) {
            *count -= 1;
        }
        was_given
    }

    /// The records of a partition, from one on, that a topology has given up.
    pub(super) fn behind(&self, from: Origin) -> Vec<Origin> {
        let last = Origin { offset: Offset(u64::MAX), ..from };
        self.up.range(from..=last).copied().collect()
    }

    /// A topology that has given up this record.
    pub(super) fn topology_of(&self, place: Place) -> Option<TopologyId> {
        let (depot, task, offset) = place;
        let has = |topology: &TopologyId| {
            self.up.contains(&Origin { topology: *topology, depot, task, offset })
        };
        self.counts.keys().copied().find(has)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.up.is_empty()
    }

    /// Whether a topology may give up another record.
    pub(super) fn has_room(&self, topology: TopologyId) -> bool {
        self.counts.get(&topology).is_none_or(|count| *count < LETTERS_MAX)
    }
}

/// Behind every key that begins like this; the last byte is never the largest one.
fn after_all(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{
            Mutex, OnceLock,
            atomic::{AtomicU32, Ordering},
        },
    };

    use super::*;
    use crate::{
        disk::{Disk, DiskFile, DiskLock, LockError, MemoryDisk, Open},
        engine::Catalog,
        id::{DepotId, TaskId},
        store::Store,
    };

    const TOPOLOGY: TopologyId = TopologyId(0);

    fn tables() -> Tables {
        let name = |name: &str| vec![name.to_owned()];
        Tables::new(Catalog { depots: name("d"), topologies: name("t"), ..Catalog::default() })
    }

    fn at(offset: u64) -> Origin {
        Origin { topology: TOPOLOGY, depot: DepotId(0), task: TaskId(0), offset: Offset(offset) }
    }

    fn letter(attempts: u32) -> Letter {
        let (appended, failed) = (Timestamp(1), Timestamp(2));
        Letter { appended, failed, attempts, reason: "no".to_owned(), record: vec![0; 100] }
    }

    /// A disk that looks whether somebody holds the lock of the letters whenever it is read.
    #[derive(Clone, Debug, Default)]
    struct Watching {
        disk: MemoryDisk,
        letters: Arc<OnceLock<Letters>>,
        reads: Arc<AtomicU32>,
        held: Arc<Mutex<Vec<u64>>>,
    }

    #[derive(Debug)]
    struct WatchingFile(Arc<dyn DiskFile>, Watching);

    impl Disk for Watching {
        fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
            Ok(Arc::new(WatchingFile(self.disk.open(name, how)?, self.clone())))
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

    impl DiskFile for WatchingFile {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
            if let Some(letters) = self.1.letters.get() {
                self.1.reads.fetch_add(1, Ordering::Relaxed);
                if letters.state.try_write().is_err() {
                    self.1.held.lock().unwrap().push(offset);
                }
            }
            self.0.read_exact_at(out, offset)
        }

        fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
            self.0.write_all_at(bytes, offset)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.0.sync_data()
        }
    }

    /// A store with letters of these records, read from the disk.
    fn stored(disk: &Watching, offsets: impl Iterator<Item = u64>) -> (Store, Arc<Snapshot>) {
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let store = Store::open(Arc::clone(&disk), "store.redb").unwrap();
        let mut batch = store.batch().unwrap();
        let put = |offset| (tables().letter_key(TOPOLOGY, at(offset).place()).unwrap(), letter(1));
        batch
            .table(LETTERS, |table| {
                offsets.map(put).try_for_each(|(key, letter)| table.put(&key, &letter.encode()))
            })
            .unwrap();
        batch.commit().unwrap();
        store.close().unwrap();
        let store = Store::open(disk, "store.redb").unwrap();
        let snapshot = Arc::new(store.snapshot().unwrap());
        (store, snapshot)
    }

    #[test]
    fn who_reads_letters_of_the_store_keeps_no_commit_waiting() {
        let disk = Watching::default();
        let (_store, snapshot) = stored(&disk, 0..2_000);
        disk.letters.set(Letters::new(tables(), snapshot)).expect("it was not set");
        let letters = disk.letters.get().unwrap();
        assert_eq!(letters.page(TOPOLOGY, None, 1_000).unwrap().len(), 1_000);
        assert!(disk.reads.load(Ordering::Relaxed) > 0, "they were read from the disk");
        let held = disk.held.lock().unwrap();
        assert!(held.is_empty(), "the lock was held while these were read: {held:?}");
    }

    #[test]
    fn pages_have_what_is_stored_and_what_changed_since() {
        let (_store, snapshot) = stored(&Watching::default(), (0..100).map(|number| number * 3));
        let letters = Letters::new(tables(), snapshot);
        let mut expected: BTreeMap<u64, u32> = (0..100).map(|number| (number * 3, 1)).collect();
        let mut changed = Vec::new();
        for offset in 0..310 {
            let letter = match offset % 4 {
                0 => None,
                1 if offset % 5 < 3 => Some(letter(2)),
                _ => continue,
            };
            expected.remove(&offset);
            expected.extend(letter.as_ref().map(|letter| (offset, letter.attempts)));
            changed.push((at(offset), letter.map(|letter| letter.encode().into())));
        }
        letters.publish(Epoch(1), changed);
        for count in [1, 7, 1_000] {
            let (mut found, mut last) = (Vec::new(), None);
            loop {
                let page = letters.page(TOPOLOGY, last, count).unwrap();
                let Some((origin, _)) = page.last() else { break };
                assert!(page.len() <= count);
                last = Some(*origin);
                found.extend(page.iter().map(|(origin, one)| (origin.offset.0, one.attempts)));
            }
            assert!(found.into_iter().eq(expected.clone()), "in pages of {count}");
        }
    }

    #[test]
    fn a_letter_reads_back_as_it_was_written() {
        let letter = Letter {
            appended: Timestamp(7),
            failed: Timestamp(u64::MAX),
            attempts: 3,
            reason: "no".to_owned(),
            record: vec![1, 2, 3],
        };
        assert_eq!(Letter::decode(&letter.encode()).unwrap(), letter);
        for end in 0..letter.encode().len() {
            assert!(Letter::decode(&letter.encode()[..end]).is_err(), "cut at {end}");
        }
    }
}
