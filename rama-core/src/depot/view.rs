//! The readers' side of one depot partition: what is durable, whether a checkpoint has moved it into
//! the store yet or not (DP-50 to DP-53).

use std::{
    collections::VecDeque,
    ops::{ControlFlow, Range},
    sync::{Arc, PoisonError, RwLock},
};

use super::{RecordBatch, StoredRecord};
use crate::{
    codec::{CodecError, bytes::Reader},
    id::{Offset, TaskId},
    moment::Moment,
    store::{Snapshot, StoreError},
};

/// Key of a stored block of records: its task, then the offset *after* its last record, so that the
/// block that holds an offset is the first one found from there.
pub(crate) fn block_key(task: TaskId, end: Offset) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&task.0.to_be_bytes());
    key[4..].copy_from_slice(&end.0.to_be_bytes());
    key
}

/// The durable records of one partition.
#[derive(Debug)]
pub(crate) struct DepotView {
    table: String,
    task: TaskId,
    moment: Moment,
    state: RwLock<ViewState>,
}

#[derive(Debug)]
struct ViewState {
    end: Offset,
    /// Durable batches that no checkpoint has moved into the store yet.
    recent: VecDeque<Arc<RecordBatch>>,
    snapshot: Arc<Snapshot>,
}

/// Why stored records could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DepotReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Codec(#[from] CodecError),
}

impl DepotView {
    pub(crate) fn new(
        table: String,
        task: TaskId,
        end: Offset,
        moment: Moment,
        snapshot: Arc<Snapshot>,
    ) -> Self {
        let state = RwLock::new(ViewState { end, recent: VecDeque::new(), snapshot });
        Self { table, task, moment, state }
    }

    /// The offset after the last durable record.
    pub(crate) fn end(&self) -> Offset {
        let _moment = self.moment.hold();
        self.state.read().unwrap_or_else(PoisonError::into_inner).end
    }

    /// The group with these batches is durable.
    pub(crate) fn publish(&self, batches: &[Arc<RecordBatch>]) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.recent.extend(batches.iter().cloned());
        if let Some(last) = batches.last() {
            state.end = last.end();
        }
    }

    /// A checkpoint moved everything before `stored` into the store; `None` when it moved nothing. Every
    /// view takes the new snapshot, since an old one keeps the store from reusing its pages.
    pub(crate) fn checkpointed(&self, stored: Option<Offset>, snapshot: Arc<Snapshot>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        while state.recent.front().is_some_and(|batch| Some(batch.end()) <= stored) {
            state.recent.pop_front();
        }
        state.snapshot = snapshot;
    }

    /// The encoded records of a range of existing offsets, and when they were appended.
    pub(crate) fn read(&self, range: Range<Offset>) -> Result<Vec<StoredRecord>, DepotReadError> {
        let (snapshot, recent) =
            self.state.read().unwrap_or_else(PoisonError::into_inner).with(&range);
        let mut records = Vec::new();
        if let Some(snapshot) = snapshot {
            self.read_stored(&snapshot, &range, &mut records)?;
        }
        // A block of the store is never newer than the batches that wait for a checkpoint.
        for batch in &recent {
            keep(batch, &range, &mut records);
        }
        Ok(records)
    }

    fn read_stored(
        &self,
        snapshot: &Snapshot,
        range: &Range<Offset>,
        records: &mut Vec<StoredRecord>,
    ) -> Result<(), DepotReadError> {
        let mut broken = None;
        let from = block_key(self.task, range.start.next());
        let to = block_key(TaskId(self.task.0 + 1), Offset(0));
        snapshot.scan(&self.table, &from, Some(&to), &mut |_, block| match read_block(block) {
            Ok(batches) => {
                for batch in &batches {
                    keep(batch, range, records);
                }
                let end = batches.last().map_or(range.end, RecordBatch::end);
                if end < range.end { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            }
            Err(error) => {
                broken = Some(error);
                ControlFlow::Break(())
            }
        })?;
        broken.map_or(Ok(()), |error| Err(error.into()))
    }
}

impl ViewState {
    /// What holds the records of a range: the store, unless all of them are younger, and the batches that wait for a
    /// checkpoint. There may be many of those, and a topology may read a single record.
    fn with(&self, range: &Range<Offset>) -> (Option<Arc<Snapshot>>, Vec<Arc<RecordBatch>>) {
        let from = self.recent.partition_point(|batch| batch.end() <= range.start);
        let to = self.recent.partition_point(|batch| batch.first() < range.end);
        let is_recent = self.recent.front().is_some_and(|first| first.first() <= range.start);
        let snapshot = (!is_recent).then(|| Arc::clone(&self.snapshot));
        (snapshot, self.recent.range(from..to.max(from)).cloned().collect())
    }
}

fn keep(batch: &RecordBatch, range: &Range<Offset>, records: &mut Vec<StoredRecord>) {
    for (index, record) in (0_u64..).zip(batch.records()) {
        if range.contains(&Offset(batch.first().0 + index)) {
            records.push((batch.time(), record.to_vec()));
        }
    }
}

/// Writes batches as one block of the store, with a checksum: the store itself does not verify what
/// it serves (RELIABILITY finding 1).
pub(crate) fn write_block<'a>(batches: impl Iterator<Item = &'a RecordBatch>) -> Vec<u8> {
    let mut block = Vec::new();
    for batch in batches {
        batch.write(&mut block);
    }
    let sum = crc32c::crc32c(&block);
    block.extend_from_slice(&sum.to_le_bytes());
    block
}

fn read_block(block: &[u8]) -> Result<Vec<RecordBatch>, CodecError> {
    let (content, sum) = block.split_last_chunk::<4>().ok_or(CodecError::Checksum)?;
    if crc32c::crc32c(content) != u32::from_le_bytes(*sum) {
        return Err(CodecError::Checksum);
    }
    let mut reader = Reader::new(content);
    let mut batches = Vec::new();
    while !reader.is_empty() {
        batches.push(RecordBatch::read(&mut reader)?);
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn every_flipped_bit_of_a_block_is_noticed() {
        let mut batch = RecordBatch::new(Offset(3), Timestamp(1));
        batch.push(b"record");
        let block = write_block([&batch].into_iter());
        assert_eq!(read_block(&block).unwrap()[0].end(), Offset(4));
        for bit in 0..block.len() * 8 {
            let mut damaged = block.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read_block(&damaged).unwrap_err(), CodecError::Checksum, "bit {bit}");
        }
    }

    #[test]
    fn the_block_that_holds_an_offset_is_the_first_one_after_its_key() {
        let wanted = block_key(TaskId(1), Offset(10).next());
        assert!(block_key(TaskId(1), Offset(10)) < wanted, "ends before offset 10");
        assert!(block_key(TaskId(1), Offset(11)) >= wanted, "holds offset 10 as its last");
        assert!(block_key(TaskId(2), Offset(1)) > wanted, "another task");
    }
}
