//! The committed rows of one PState partition, shared by its task and by every reader in the process.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Home, Row, RowKey,
    cache::RowCache,
    counts::Counters,
    layer::{Layer, Overlay, drop_under},
    merge::Merge,
    wipes::Wipes,
};
use crate::{
    codec::CodecError,
    id::{Epoch, PStateId, TaskId},
    moment::Moment,
    path::{
        PathError, Walk,
        rows::{RowKind, Scan, VisitRow},
    },
    store::{Snapshot, StoreError},
};

/// Bytes of rows, as they are encoded, that a partition keeps decoded of what is in the store. Decoded they take
/// a few times as much; the number of tasks multiplies it.
const CACHE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a row is taken for before one was encoded, in bytes.
const ROW_BYTES: usize = 256;

/// The committed rows of one partition: those that changed since the last checkpoint in memory, over
/// the store's snapshot of that checkpoint.
#[derive(Debug)]
pub(crate) struct PStateView {
    pub(crate) name: &'static str,
    pub(crate) pstate: PStateId,
    pub(crate) task: TaskId,
    /// Where its rows are at home.
    pub(crate) home: Home,
    /// The depth of the deepest structure.
    pub(crate) deepest: u8,
    table: String,
    /// What the single row of a plain value is while it was never written (PS-31).
    pub(crate) initial: Row,
    moment: Moment,
    row_bytes: AtomicUsize,
    /// What was read from the store.
    pub(crate) counts: Counters,
    state: RwLock<Committed>,
    cache: Mutex<RowCache>,
}

/// What a view is of.
pub(crate) struct Viewed {
    pub(crate) name: &'static str,
    pub(crate) pstate: PStateId,
    pub(crate) task: TaskId,
    pub(crate) home: Home,
    pub(crate) deepest: u8,
    pub(crate) table: String,
    pub(crate) initial: Row,
}

/// Committed rows: what changed since the last checkpoint, over the store of that checkpoint.
///
/// The changes are shared with those who pinned them, and copied when a group is published meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    pub(crate) recent: Arc<BTreeMap<RowKey, (Epoch, Row)>>,
    pub(crate) wipes: Arc<Wipes<Epoch>>,
    pub(crate) snapshot: Arc<Snapshot>,
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

impl PStateView {
    pub(crate) fn new(viewed: Viewed, moment: Moment, snapshot: Arc<Snapshot>) -> Self {
        let Viewed { name, pstate, task, home, deepest, table, initial } = viewed;
        let (recent, wipes) = (Arc::default(), Arc::default());
        let state = RwLock::new(Committed { recent, wipes, snapshot });
        let cache = Mutex::new(RowCache::new(CACHE_BYTES_MAX));
        let row_bytes = AtomicUsize::new(ROW_BYTES);
        let counts = Counters::default();
        Self {
            name,
            pstate,
            task,
            home,
            deepest,
            table,
            initial,
            moment,
            row_bytes,
            counts,
            state,
            cache,
        }
    }

    /// One committed row.
    pub(crate) fn get(&self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        let row = self.committed(address, kind)?;
        Ok(row.or_else(|| self.initial.clone()))
    }

    fn committed(&self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        let _moment = self.moment.hold();
        // Held to the end: a checkpoint must not swap the snapshot between the read of the store and
        // the insertion into the cache.
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, row)) = state.recent.get(address) {
            return Ok(row.clone());
        }
        if state.wipes.cover(address) {
            return Ok(None);
        }
        if let Some(row) = self.cache().get(address) {
            return Ok(row);
        }
        let (row, size) = self.load(&state.snapshot, address, kind)?;
        if kind.is_typed {
            self.cache().insert(address.into(), row.clone(), size);
        }
        Ok(row)
    }

    /// A row of the store.
    pub(crate) fn stored(
        &self,
        snapshot: &Snapshot,
        address: &[u8],
        kind: &RowKind,
    ) -> Result<Row, ViewError> {
        Ok(self.load(snapshot, address, kind)?.0)
    }

    fn load(
        &self,
        snapshot: &Snapshot,
        address: &[u8],
        kind: &RowKind,
    ) -> Result<(Row, usize), ViewError> {
        self.counts.read();
        let mut size = 0;
        let row = snapshot.get(&self.table, &store_key(self.task, address), |bytes| {
            size = bytes.len();
            kind.decode(bytes)
        })?;
        Ok((row.transpose()?, size))
    }

    /// Whether there is a row, which is not decoded.
    pub(crate) fn has(&self, address: &[u8]) -> Result<bool, ViewError> {
        let _moment = self.moment.hold();
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, row)) = state.recent.get(address) {
            return Ok(row.is_some());
        }
        if state.wipes.cover(address) {
            return Ok(false);
        }
        if let Some(row) = self.cache().get(address) {
            return Ok(row.is_some());
        }
        self.counts.read();
        let found = state.snapshot.get(&self.table, &store_key(self.task, address), |_| ())?;
        Ok(found.is_some())
    }

    /// Visits the rows of a scan: those of `over`, where it has one, instead of the committed ones. Reads one
    /// stable snapshot, without holding back commits.
    pub(crate) fn scan(
        &self,
        scan: &Scan<'_>,
        mut over: Overlay,
        visit: &mut VisitRow<'_>,
    ) -> Walk {
        let snapshot = {
            let _moment = self.moment.hold();
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            over.add(scan, &state.recent, |(_, row)| row);
            over.below(scan, &state.wipes);
            Arc::clone(&state.snapshot)
        };
        self.merge(scan, over, &snapshot, visit)
    }

    /// The committed rows as they are now, for as long as they are wanted.
    pub(crate) fn pin(&self) -> Committed {
        let _moment = self.moment.hold();
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Visits the rows of a scan in a snapshot and those over it.
    pub(crate) fn merge(
        &self,
        scan: &Scan<'_>,
        over: Overlay,
        snapshot: &Snapshot,
        visit: &mut VisitRow<'_>,
    ) -> Walk {
        let hidden = over.hides_store;
        let mut merge = Merge::new(scan, over, visit);
        let Some((from, to)) = scan.bounds().filter(|_| !hidden) else { return merge.rest() };
        let of_task = |address: &Vec<u8>| store_key(self.task, address);
        let from = from.as_ref().map(of_task);
        let to = match to.as_ref().map(of_task) {
            std::ops::Bound::Unbounded => std::ops::Bound::Excluded(after_task(self.task)),
            to => to,
        };
        let skipped = TASK_BYTES + scan.prefix.len();
        self.counts.seek();
        let mut ended = Ok(());
        let bounds = (from.as_ref().map(Vec::as_slice), to.as_ref().map(Vec::as_slice));
        let read = snapshot.scan_between(&self.table, bounds, scan.backward, &mut |key, value| {
            self.counts.step();
            ended = merge.stored(&key[skipped..], value);
            if ended.is_ok() && merge.wants_more() {
                std::ops::ControlFlow::Continue(())
            } else {
                std::ops::ControlFlow::Break(())
            }
        });
        read.map_err(|error| PathError::storage(ViewError::Store(error)))?;
        ended?;
        merge.rest()
    }

    /// The group with these rows is durable: everybody sees them from now on, all at once. Tells how many of them did not
    /// change in the groups before it, from `since` on: a row that changes all the time is in memory once.
    pub(crate) fn publish(&self, epoch: Epoch, since: Epoch, layer: &Layer<Row>) -> usize {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if !layer.wipes.is_empty() {
            let mut cache = self.cache();
            for prefix in layer.wipes.prefixes() {
                drop_under(Arc::make_mut(&mut state.recent), &prefix, self.deepest);
                cache.wipe(&prefix, self.deepest);
                Arc::make_mut(&mut state.wipes).add(&prefix, epoch);
            }
        }
        let recent = Arc::make_mut(&mut state.recent);
        let mut new = 0;
        for (key, row) in &layer.rows {
            let before = recent.insert(key.clone(), (epoch, row.clone()));
            new += usize::from(before.is_none_or(|(before, _)| before < since));
        }
        new
    }

    /// A checkpoint brought everything up to `through` into the store.
    pub(crate) fn checkpointed(&self, through: Epoch, snapshot: Arc<Snapshot>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut cache = self.cache();
        let bytes = self.row_bytes();
        let recent = Arc::make_mut(&mut state.recent);
        for (key, (_, row)) in recent.extract_if(.., |_, (epoch, _)| *epoch <= through) {
            cache.insert(key, row, bytes);
        }
        if !state.wipes.is_empty() {
            Arc::make_mut(&mut state.wipes).retain(|epoch| *epoch > through);
        }
        state.snapshot = snapshot;
    }

    /// How many bytes a row takes, roughly: as those of the last groups did.
    pub(crate) fn row_bytes(&self) -> usize {
        self.row_bytes.load(Ordering::Relaxed)
    }

    /// Rows of a group turned out to take so many bytes each. Big rows are remembered for a while: what is taken
    /// for small is what overflows.
    pub(crate) fn measured(&self, row_bytes: usize) {
        let before = self.row_bytes();
        self.row_bytes.store(row_bytes.max(before - before / 8), Ordering::Relaxed);
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, RowCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of the task in the key of a stored row.
const TASK_BYTES: usize = 4;

/// Key of a stored row: its task, then its address, so that the structures of a partition are ranges.
pub(crate) fn store_key(task: TaskId, address: &[u8]) -> Vec<u8> {
    [&task.0.to_be_bytes(), address].concat()
}

/// The first key that is behind all rows of a task.
pub(crate) fn after_task(task: TaskId) -> Vec<u8> {
    (task.0 + 1).to_be_bytes().to_vec()
}
