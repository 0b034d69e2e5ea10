//! The readers' side of one depot partition: what is durable, whether a checkpoint has moved it into
//! the store yet or not (DP-32, DP-50 to DP-53).

use std::{
    collections::VecDeque,
    ops::{ControlFlow, Range},
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    RecordBatch, StoredRecord,
    block::{block_key, read_block},
};
use crate::{
    clock::Timestamp,
    codec::CodecError,
    id::{Offset, TaskId},
    moment::Moment,
    store::{Snapshot, StoreError},
};

/// The durable records of one partition.
#[derive(Debug)]
pub(crate) struct DepotView {
    table: String,
    task: TaskId,
    moment: Moment,
    state: RwLock<ViewState>,
    skipped: AtomicU64,
}

/// Which records a partition has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Those before were trimmed.
    pub(crate) start: Offset,
    /// Behind the last one.
    pub(crate) end: Offset,
    /// When the last one was appended, whether it is still there or not.
    pub(crate) last: Timestamp,
}

#[derive(Debug)]
struct ViewState {
    bounds: Bounds,
    /// Durable batches that no checkpoint has moved into the store yet.
    recent: VecDeque<Arc<RecordBatch>>,
    snapshot: Arc<Snapshot>,
}

/// Why stored records could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DepotReadError {
    #[error("the records before offset {start} were trimmed")]
    Trimmed { start: Offset },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Records of a range, up to a number of bytes.
struct Reading {
    range: Range<Offset>,
    bytes_left: usize,
    records: Vec<StoredRecord>,
    has_gap: bool,
}

impl DepotView {
    pub(crate) fn new(
        table: String,
        task: TaskId,
        bounds: Bounds,
        moment: Moment,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let state = RwLock::new(ViewState { bounds, recent: VecDeque::new(), snapshot });
        Self { table, task, moment, state, skipped: AtomicU64::new(0) }
    }

    /// Which durable records there are.
    pub(crate) fn bounds(&self) -> Bounds {
        let _moment = self.moment.hold();
        self.state().bounds
    }

    /// The offset after the last durable record.
    pub(crate) fn end(&self) -> Offset {
        self.bounds().end
    }

    /// So many records were trimmed before a topology ran them.
    pub(crate) fn skip(&self, records: u64) {
        self.skipped.fetch_add(records, Ordering::Relaxed);
    }

    /// How many records were, in this life of the module.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    /// The group with these batches is durable.
    pub(crate) fn publish(&self, batches: &[Arc<RecordBatch>]) {
        let mut state = self.state_mut();
        state.recent.extend(batches.iter().cloned());
        if let Some(last) = batches.last() {
            state.bounds.end = last.end();
            state.bounds.last = last.time();
        }
    }

    /// A checkpoint moved everything before `stored` into the store; `None` when it moved nothing. What stands before
    /// `start` was trimmed; `None` when nothing was. Every
    /// view takes the new snapshot, since an old one keeps the store from reusing its pages.
    pub(crate) fn checkpointed(
        &self,
        stored: Option<Offset>,
        start: Option<Offset>,
        snapshot: Arc<Snapshot>,
    ) {
        let mut state = self.state_mut();
        while state.recent.front().is_some_and(|batch| Some(batch.end()) <= stored) {
            state.recent.pop_front();
        }
        state.bounds.start = start.unwrap_or(state.bounds.start);
        state.snapshot = snapshot;
    }

    /// The encoded records of a range of existing offsets, and when they were appended.
    pub(crate) fn read(&self, range: Range<Offset>) -> Result<Vec<StoredRecord>, DepotReadError> {
        self.read_up_to(range, usize::MAX)
    }

    /// The first of them, about as many bytes and at least one record.
    pub(crate) fn read_up_to(
        &self,
        range: Range<Offset>,
        bytes: usize,
    ) -> Result<Vec<StoredRecord>, DepotReadError> {
        let (snapshot, recent) = self.state().with(&range)?;
        let mut reading = Reading { range, bytes_left: bytes, records: Vec::new(), has_gap: false };
        let mut flow = ControlFlow::Continue(());
        if let Some(snapshot) = snapshot {
            flow = self.read_stored(&snapshot, &mut reading)?;
        }
        // A block of the store is never newer than the batches that wait for a checkpoint.
        for batch in &recent {
            if flow.is_continue() {
                flow = reading.keep(batch);
            }
        }
        reading.finish(flow.is_break())
    }

    fn read_stored(
        &self,
        snapshot: &Snapshot,
        reading: &mut Reading,
    ) -> Result<ControlFlow<()>, DepotReadError> {
        let mut flow = ControlFlow::Continue(());
        self.scan(snapshot, reading.range.start, &mut |block| {
            flow = block.iter().try_for_each(|batch| reading.keep(batch));
            let is_last = block.last().is_none_or(|batch| batch.end() >= reading.range.end);
            if is_last { ControlFlow::Break(()) } else { flow }
        })?;
        Ok(flow)
    }

    /// The first record that was appended at this time or later (DP-32); the end when there is none.
    ///
    /// Times of a partition never decrease, so this looks at as many blocks as halving their number takes.
    pub(crate) fn offset_at(&self, time: Timestamp) -> Result<Offset, DepotReadError> {
        let (snapshot, mut from, mut to) = {
            let _moment = self.moment.hold();
            let state = self.state();
            let at = state.recent.partition_point(|batch| batch.time() < time);
            let found = state.recent.get(at).map_or(state.bounds.end, |batch| batch.first());
            if at > 0 {
                return Ok(found.max(state.bounds.start));
            }
            (Arc::clone(&state.snapshot), state.bounds.start, found)
        };
        // What stands before `from` is older, and what stands from `to` on is not.
        while from < to {
            let block = self.block_with(&snapshot, Offset(from.0 + (to.0 - from.0) / 2))?;
            match block.iter().position(|batch| batch.time() >= time) {
                None => from = block.last().map_or(to, RecordBatch::end),
                Some(0) => to = block[0].first().max(from),
                Some(younger) => return Ok(block[younger].first().max(from)),
            }
        }
        Ok(to)
    }

    /// When the record at an existing offset was appended.
    pub(crate) fn time_of(&self, offset: Offset) -> Result<Timestamp, DepotReadError> {
        let records = self.read(offset..offset.next())?;
        Ok(records.first().map_or(Timestamp::default(), |(time, _)| *time))
    }

    fn block_with(
        &self,
        snapshot: &Snapshot,
        offset: Offset,
    ) -> Result<Vec<RecordBatch>, DepotReadError> {
        let mut found = Vec::new();
        self.scan(snapshot, offset, &mut |block| {
            found = block;
            ControlFlow::Break(())
        })?;
        let holds = |batch: &RecordBatch| (batch.first()..batch.end()).contains(&offset);
        if !found.iter().any(holds) {
            return Err(CodecError::Invalid { expected: "a block for every record" }.into());
        }
        Ok(found)
    }

    /// Hands the blocks out from the one on that holds an offset.
    fn scan(
        &self,
        snapshot: &Snapshot,
        from: Offset,
        visit: &mut dyn FnMut(Vec<RecordBatch>) -> ControlFlow<()>,
    ) -> Result<(), DepotReadError> {
        let mut broken = None;
        let from = block_key(self.task, from.next());
        let to = block_key(TaskId(self.task.0 + 1), Offset(0));
        snapshot.scan(&self.table, &from, Some(&to), &mut |_, block| match read_block(block) {
            Ok(batches) => visit(batches),
            Err(error) => {
                broken = Some(error);
                ControlFlow::Break(())
            }
        })?;
        broken.map_or(Ok(()), |error| Err(error.into()))
    }

    fn state(&self) -> RwLockReadGuard<'_, ViewState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, ViewState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What holds the records of a range.
type Sources = (Option<Arc<Snapshot>>, Vec<Arc<RecordBatch>>);

impl ViewState {
    /// What holds the records of a range: the store, unless all of them are younger, and the batches that wait for a
    /// checkpoint. There may be many of those, and a topology may read a single record.
    fn with(&self, range: &Range<Offset>) -> Result<Sources, DepotReadError> {
        if range.start < self.bounds.start {
            return Err(DepotReadError::Trimmed { start: self.bounds.start });
        }
        let from = self.recent.partition_point(|batch| batch.end() <= range.start);
        let to = self.recent.partition_point(|batch| batch.first() < range.end);
        let is_recent = self.recent.front().is_some_and(|first| first.first() <= range.start);
        let snapshot = (!is_recent).then(|| Arc::clone(&self.snapshot));
        Ok((snapshot, self.recent.range(from..to.max(from)).cloned().collect()))
    }
}

impl Reading {
    /// Takes the records of a batch that are wanted, and breaks when it has enough.
    fn keep(&mut self, batch: &RecordBatch) -> ControlFlow<()> {
        for (index, record) in (0_u64..).zip(batch.records()) {
            let offset = batch.first().0 + index;
            if !self.range.contains(&Offset(offset)) {
                continue;
            }
            self.has_gap |= offset != self.range.start.0 + self.records.len() as u64;
            if record.len() > self.bytes_left && !self.records.is_empty() {
                return ControlFlow::Break(());
            }
            self.bytes_left = self.bytes_left.saturating_sub(record.len());
            self.records.push((batch.time(), record.to_vec()));
        }
        ControlFlow::Continue(())
    }

    /// What is nowhere was lost: nothing may take the records behind it for the missing ones.
    fn finish(self, is_part: bool) -> Result<Vec<StoredRecord>, DepotReadError> {
        let wanted = self.range.end.0.saturating_sub(self.range.start.0);
        if self.has_gap || (!is_part && self.records.len() as u64 != wanted) {
            return Err(CodecError::Invalid { expected: "a block for every record" }.into());
        }
        Ok(self.records)
    }
}
