//! The committed rows of one PState partition, shared by its task and by every reader in the process.

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering as AtomicOrdering},
    },
};

use super::{Row, cache::RowCache};
use crate::{
    codec::{CodecError, Key, Value, decode_value, decode_whole_key},
    id::{Epoch, PStateId, TaskId},
    moment::Moment,
    store::{Snapshot, StoreError},
};

/// Decoded rows a partition keeps of what is in the store: a few megabytes of usual rows.
const CACHE_ROWS_MAX: usize = 16_384;

/// What a row is taken for before one was encoded, in bytes.
const ROW_BYTES: usize = 256;

/// The committed rows of one partition: those that changed since the last checkpoint in memory, over
/// the store's snapshot of that checkpoint.
#[derive(Debug)]
pub(crate) struct PStateView<K, V> {
    pub(crate) pstate: PStateId,
    pub(crate) task: TaskId,
    table: String,
    moment: Moment,
    row_bytes: AtomicUsize,
    state: RwLock<Committed<K, V>>,
    cache: Mutex<RowCache<K, V>>,
}

#[derive(Debug)]
struct Committed<K, V> {
    recent: BTreeMap<K, (Epoch, Row<V>)>,
    snapshot: Arc<Snapshot>,
}

/// Why committed rows could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Codec(#[from] CodecError),
}

impl ViewError {
    /// Whether the storage failed, so that nothing that depends on it can be trusted to go on.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Codec(error) => matches!(error, CodecError::Checksum),
        }
    }
}

/// Why a scan ended early.
#[derive(Debug)]
pub(crate) enum ScanError<B> {
    /// The visitor stopped it.
    Stopped(B),
    /// The rows could not be read.
    Failed(ViewError),
}

/// What lies over committed rows in a scan, in key order.
pub(crate) type Overlay<K, V> = BTreeMap<K, Row<V>>;

impl<K: Key, V: Value> PStateView<K, V> {
    pub(crate) fn new(
        pstate: PStateId,
        task: TaskId,
        table: String,
        moment: Moment,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let state = RwLock::new(Committed { recent: BTreeMap::new(), snapshot });
        let cache = Mutex::new(RowCache::new(CACHE_ROWS_MAX));
        let row_bytes = AtomicUsize::new(ROW_BYTES);
        Self { pstate, task, table, moment, row_bytes, state, cache }
    }

    /// One committed row.
    pub(crate) fn get(&self, key: &K) -> Result<Row<V>, ViewError> {
        let _moment = self.moment.hold();
        // Held to the end: a checkpoint must not swap the snapshot between the read of the store and
        // the insertion into the cache.
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, row)) = state.recent.get(key) {
            return Ok(row.clone());
        }
        if let Some(row) = self.cache().get(key) {
            return Ok(row);
        }
        let mut stored = Vec::with_capacity(32);
        store_key(self.task, key, &mut stored);
        let row = state
            .snapshot
            .get(&self.table, &stored, |bytes| decode_value(bytes))?
            .transpose()?
            .map(Arc::new);
        self.cache().insert(key.clone(), row.clone());
        Ok(row)
    }

    /// Visits every row in key order: the rows of `over`, where it has one, instead of the committed
    /// ones. Reads one stable snapshot, without holding back commits.
    pub(crate) fn scan<B>(
        &self,
        mut over: Overlay<K, V>,
        visit: &mut dyn FnMut(&K, &V) -> ControlFlow<B>,
    ) -> Result<(), ScanError<B>> {
        let snapshot = {
            let _moment = self.moment.hold();
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            for (key, (_, row)) in &state.recent {
                over.entry(key.clone()).or_insert_with(|| row.clone());
            }
            Arc::clone(&state.snapshot)
        };
        let mut merge = Merge { over: over.into_iter().peekable(), visit };
        let mut ended = None;
        let (from, to) = (self.task.0.to_be_bytes(), (self.task.0 + 1).to_be_bytes());
        snapshot
            .scan(&self.table, &from, Some(&to), &mut |key, value| match merge
                .stored(&key[from.len()..], value)
            {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    ended = Some(error);
                    ControlFlow::Break(())
                }
            })
            .map_err(|error| ScanError::Failed(error.into()))?;
        match ended {
            Some(error) => Err(error),
            None => merge.rest(),
        }
    }

    /// The group with these rows is durable: everybody sees them from now on, all at once.
    pub(crate) fn publish<'a>(&self, epoch: Epoch, rows: impl Iterator<Item = (&'a K, &'a Row<V>)>)
    where
        K: 'a,
        V: 'a,
    {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for (key, row) in rows {
            state.recent.insert(key.clone(), (epoch, row.clone()));
        }
    }

    /// A checkpoint brought everything up to `through` into the store.
    pub(crate) fn checkpointed(&self, through: Epoch, snapshot: Arc<Snapshot>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut cache = self.cache();
        let stored = state.recent.extract_if(.., |_, (epoch, _)| *epoch <= through);
        for (key, (_, row)) in stored {
            cache.insert(key, row);
        }
        state.snapshot = snapshot;
    }

    /// How many bytes a row takes, roughly: as those of the last group did.
    pub(crate) fn row_bytes(&self) -> usize {
        self.row_bytes.load(AtomicOrdering::Relaxed)
    }

    /// Rows of a group turned out to take so many bytes each.
    pub(crate) fn measured(&self, row_bytes: usize) {
        self.row_bytes.store(row_bytes, AtomicOrdering::Relaxed);
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, RowCache<K, V>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Key of a stored row: its task, then the key's ordered encoding, so that a partition is one range.
pub(crate) fn store_key<K: Key>(task: TaskId, key: &K, out: &mut Vec<u8>) {
    out.extend_from_slice(&task.0.to_be_bytes());
    key.encode_key(out);
}

/// Stored rows and the rows over them, both in key order, as one sequence.
struct Merge<'v, K, V, B> {
    over: std::iter::Peekable<std::collections::btree_map::IntoIter<K, Row<V>>>,
    visit: &'v mut dyn FnMut(&K, &V) -> ControlFlow<B>,
}

impl<K: Key, V: Value, B> Merge<'_, K, V, B> {
    fn stored(&mut self, key: &[u8], value: &[u8]) -> Result<(), ScanError<B>> {
        let key: K = decode_whole_key(key).map_err(|error| ScanError::Failed(error.into()))?;
        while let Some((next, _)) = self.over.peek() {
            match next.cmp(&key) {
                Ordering::Greater => break,
                Ordering::Equal => return self.next_over(),
                Ordering::Less => self.next_over()?,
            }
        }
        let value: V = decode_value(value).map_err(|error| ScanError::Failed(error.into()))?;
        self.emit(&key, &value)
    }

    fn rest(mut self) -> Result<(), ScanError<B>> {
        while self.over.peek().is_some() {
            self.next_over()?;
        }
        Ok(())
    }

    fn next_over(&mut self) -> Result<(), ScanError<B>> {
        match self.over.next() {
            Some((key, Some(value))) => self.emit(&key, &value),
            Some((_, None)) | None => Ok(()),
        }
    }

    fn emit(&mut self, key: &K, value: &V) -> Result<(), ScanError<B>> {
        match (self.visit)(key, value) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(stop) => Err(ScanError::Stopped(stop)),
        }
    }
}
