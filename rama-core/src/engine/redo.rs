//! Commit groups into the store: the same code checkpoints a running module and recovers a crashed one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    tables::{ENDS, LETTERS, META, META_KEY, Meta, PARKED, PROGRESS, STARTS, Tables},
    trim::{Starts, Trims},
};
use crate::{
    clock::Timestamp,
    codec::{CodecError, encode_value},
    depot::{KeyNote, RecordBatch, block_key, write_block},
    flow::Place,
    group::{Entry, read_group},
    id::{DepotId, Epoch, Offset, PStateId, TaskId, TopologyId},
    pstate::{after_task, ranges, store_key},
    store::{Batch, Store, StoreError},
};

/// Encoded size after which a block of depot records is closed. One block is what a read of a single
/// record decodes; many records in one value are what makes the store fast on appends.
const BLOCK_BYTES: usize = 32 * 1024;

/// Bytes of memory that a row takes beside its encoding in the log, until a checkpoint has written it: its key, the row itself
/// and their places in the map of its view. Measured with an allocator that counts, rounding as that of the system does,
/// over 200,000 appends to a `Map<u64, u64>`, and to a map of texts of 40 bytes, less the same appends without a row and less what
/// the row takes in the log: 280 bytes for both. Larger rows take up to as much again as in the log.
const ROW_OVERHEAD: usize = 280;

/// Commit groups that are in the log and not yet in the store.
#[derive(Debug, Default)]
pub(crate) struct Redo {
    groups: Vec<Vec<u8>>,
    /// The first group.
    since: Epoch,
    through: Epoch,
    bytes: usize,
    /// Rows that they changed, each once.
    rows: usize,
}

/// Where the depots end in the store after groups were applied, and when the last record there was appended.
pub(crate) type Ends = BTreeMap<(DepotId, TaskId), (Offset, Timestamp)>;

/// What became of the depots in the store.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) ends: Ends,
    pub(crate) starts: Starts,
}

/// Why groups could not be brought into the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedoError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// What groups change in one PState, by the keys of the store.
#[derive(Default)]
struct Rows<'a> {
    /// The ranges that are emptied before the rows are written: from where, and to where.
    emptied: Vec<(Vec<u8>, Vec<u8>)>,
    /// The last value of each row; `None` is a removed one.
    rows: BTreeMap<Vec<u8>, Option<&'a [u8]>>,
}

/// Coalesced content of groups: a row that changed in every group is written once.
#[derive(Default)]
struct Coalesced<'a> {
    pstates: BTreeMap<PStateId, Rows<'a>>,
    records: BTreeMap<DepotId, BTreeMap<TaskId, Vec<RecordBatch>>>,
    progress: BTreeMap<(TopologyId, DepotId, TaskId), Offset>,
    /// How often the record failed, if it is parked or will be run again.
    parked: BTreeMap<(TopologyId, DepotId, TaskId, Offset), Option<u32>>,
    /// `None` for a letter that is gone.
    letters: BTreeMap<(TopologyId, Place), Option<&'a [u8]>>,
    keys: BTreeMap<DepotId, BTreeMap<TaskId, Keys>>,
}

/// What groups change in the keys of a partition.
#[derive(Default)]
struct Keys {
    added: Vec<KeyNote>,
    /// Those of records before are gone.
    from: Offset,
}

impl Redo {
    pub(crate) fn push(&mut self, epoch: Epoch, payload: Vec<u8>) {
        if self.groups.is_empty() {
            self.since = epoch;
        }
        self.bytes += payload.len();
        self.groups.push(payload);
        self.through = epoch;
    }

    /// So many rows changed with the last group that did not change before, from [`Self::since`] on: readers find them in
    /// memory until a checkpoint has written them.
    pub(crate) fn keeps(&mut self, rows: usize) {
        self.rows += rows;
    }

    /// What they take in the log.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What they take in memory, roughly, the rows that readers find there included.
    pub(crate) fn memory(&self) -> usize {
        self.bytes + self.rows * ROW_OVERHEAD
    }

    /// The first group.
    pub(crate) fn since(&self) -> Epoch {
        self.since
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The last group.
    pub(crate) fn through(&self) -> Epoch {
        self.through
    }

    /// Writes everything in one transaction, together with `meta`, which says how far the store is then, and trims depots.
    pub(crate) fn apply(
        &self,
        store: &Store,
        tables: &Tables,
        meta: &Meta,
        trims: &mut Trims,
    ) -> Result<Applied, RedoError> {
        let mut coalesced = Coalesced::default();
        for payload in &self.groups {
            read_group(payload, &mut |entry| coalesced.add(entry))?;
        }
        let mut batch = store.batch()?;
        for (pstate, changes) in &coalesced.pstates {
            batch.table(&named(tables.pstate(*pstate))?, |table| {
                for (from, to) in &changes.emptied {
                    table.delete_range(from, to)?;
                }
                changes.rows.iter().try_for_each(|(key, value)| match value {
                    Some(value) => table.put(key, value),
                    None => table.delete(key),
                })
            })?;
        }
        let ends = coalesced.ends();
        coalesced.tell(&ends, trims);
        let starts = trims.due();
        coalesced.write_records(&mut batch, tables, &starts)?;
        write_bounds(&mut batch, tables, &ends, &starts)?;
        coalesced.write_progress(&mut batch, tables)?;
        coalesced.write_parked(&mut batch, tables)?;
        coalesced.write_keys(&mut batch, tables)?;
        coalesced.write_letters(&mut batch, tables)?;
        let mut encoded = Vec::new();
        encode_value(meta, &mut encoded)?;
        batch.table(META, |table| table.put(META_KEY, &encoded))?;
        batch.commit()?;
        Ok(Applied { ends, starts })
    }
}

impl Rows<'_> {
    /// Everything under a prefix goes, what earlier groups wrote there included.
    fn empty(&mut self, task: TaskId, prefix: &[u8], deepest: u8) {
        for (from, to) in ranges(prefix, deepest) {
            let from = store_key(task, &from);
            let to = to.map_or_else(|| after_task(task), |to| store_key(task, &to));
            self.rows.extract_if(from.clone()..to.clone(), |_, _| true).for_each(drop);
            self.emptied.push((from, to));
        }
    }
}

impl<'a> Coalesced<'a> {
    fn add(&mut self, entry: Entry<'a>) {
        match entry {
            Entry::Row { pstate, task, address, value } => {
                let rows = &mut self.pstates.entry(pstate).or_default().rows;
                rows.insert(store_key(task, address), value);
            }
            Entry::Wiped { pstate, task, prefix, deepest } => {
                self.pstates.entry(pstate).or_default().empty(task, prefix, deepest);
            }
            Entry::Records { depot, task, batch } => {
                self.records.entry(depot).or_default().entry(task).or_default().push(batch);
            }
            Entry::Progress { topology, depot, task, next } => {
                self.progress.insert((topology, depot, task), next);
            }
            Entry::Parked { topology, depot, task, offset, parked } => {
                self.parked.insert((topology, depot, task, offset), parked.then_some(0));
            }
            Entry::Failed { topology, record: (depot, task, offset), times } => {
                self.parked.insert((topology, depot, task, offset), Some(times));
            }
            Entry::Letter { topology, record, letter } => {
                self.letters.insert((topology, record), letter);
            }
            Entry::Key { depot, task, note } => self.keys(depot, task).added.push(note),
            Entry::KeysFrom { depot, task, offset } => self.keys(depot, task).from = offset,
        }
    }

    fn keys(&mut self, depot: DepotId, task: TaskId) -> &mut Keys {
        self.keys.entry(depot).or_default().entry(task).or_default()
    }

    fn write_keys(&self, batch: &mut Batch<'_>, tables: &Tables) -> Result<(), RedoError> {
        for (depot, partitions) in &self.keys {
            batch.table(&named(tables.keys(*depot))?, |table| {
                let mut value = Vec::new();
                for (task, Keys { added, from }) in partitions {
                    table.delete_range(&block_key(*task, Offset(0)), &block_key(*task, *from))?;
                    for note in added.iter().filter(|note| note.offset >= *from) {
                        value.clear();
                        note.write(&mut value);
                        table.put(&block_key(*task, note.offset), &value)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn ends(&self) -> Ends {
        let partitions = self.records.iter().flat_map(|(depot, partitions)| {
            partitions.iter().map(|(task, batches)| ((*depot, *task), batches))
        });
        let last = |batches: &Vec<RecordBatch>| batches.last().map(|one| (one.end(), one.time()));
        partitions.filter_map(|(key, batches)| Some((key, last(batches)?))).collect()
    }

    /// Tells how far depots and topologies are then.
    fn tell(&self, ends: &Ends, trims: &mut Trims) {
        ends.iter().for_each(|((depot, task), end)| trims.ended(*depot, *task, *end));
        for ((topology, depot, task), next) in &self.progress {
            trims.reached(*topology, *depot, *task, *next);
        }
        self.parked.iter().for_each(|(record, parked)| trims.parked(*record, parked.is_some()));
    }

    /// Blocks that are trimmed at once are not written.
    fn write_records(
        &self,
        batch: &mut Batch<'_>,
        tables: &Tables,
        starts: &Starts,
    ) -> Result<(), RedoError> {
        for (depot, partitions) in &self.records {
            batch.table(&named(tables.depot(*depot))?, |table| {
                for (task, batches) in partitions {
                    let start = starts.get(&(*depot, *task)).copied().unwrap_or_default();
                    for block in blocks(batches) {
                        let end = block.last().map_or(Offset(0), RecordBatch::end);
                        if end > start {
                            table.put(&block_key(*task, end), &write_block(block.iter()))?;
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn write_progress(&self, batch: &mut Batch<'_>, tables: &Tables) -> Result<(), RedoError> {
        let mut rows = Vec::new();
        for ((topology, depot, task), next) in &self.progress {
            let key = named(tables.progress_key(*topology, *depot, *task))?;
            rows.push((key, encoded(next)?));
        }
        put_all(batch, PROGRESS, &rows)
    }

    fn write_parked(&self, batch: &mut Batch<'_>, tables: &Tables) -> Result<(), RedoError> {
        let mut rows = Vec::new();
        for ((topology, depot, task, offset), parked) in &self.parked {
            let key = named(tables.parked_key(*topology, *depot, *task, Some(*offset)))?;
            let mut row = Vec::new();
            if let Some(failed) = parked {
                encode_value(&(*offset, *failed), &mut row)?;
            }
            rows.push((key, parked.map(|_| row)));
        }
        batch.table(PARKED, |table| {
            rows.iter().try_for_each(|(key, row)| match row {
                Some(row) => table.put(key, row),
                None => table.delete(key),
            })
        })?;
        Ok(())
    }

    fn write_letters(&self, batch: &mut Batch<'_>, tables: &Tables) -> Result<(), RedoError> {
        let mut rows = Vec::new();
        for ((topology, record), letter) in &self.letters {
            rows.push((named(tables.letter_key(*topology, *record))?, *letter));
        }
        batch.table(LETTERS, |table| {
            rows.iter().try_for_each(|(key, letter)| match letter {
                Some(letter) => table.put(key, letter),
                None => table.delete(key),
            })
        })?;
        Ok(())
    }
}

/// Where the depots begin and end. The block with the first record stays, with what stands before in it.
fn write_bounds(
    batch: &mut Batch<'_>,
    tables: &Tables,
    ends: &Ends,
    starts: &Starts,
) -> Result<(), RedoError> {
    let mut rows = Vec::new();
    for ((depot, task), (end, Timestamp(last))) in ends {
        rows.push((named(tables.end_key(*depot, *task))?, encoded(&(*end, *last))?));
    }
    put_all(batch, ENDS, &rows)?;
    rows.clear();
    for ((depot, task), start) in starts {
        let (from, to) = (block_key(*task, Offset(0)), block_key(*task, start.next()));
        batch.table(&named(tables.depot(*depot))?, |table| table.delete_range(&from, &to))?;
        rows.push((named(tables.end_key(*depot, *task))?, encoded(start)?));
    }
    put_all(batch, STARTS, &rows)
}

fn put_all(
    batch: &mut Batch<'_>,
    table: &str,
    rows: &[(Vec<u8>, Vec<u8>)],
) -> Result<(), RedoError> {
    batch.table(table, |table| rows.iter().try_for_each(|(key, value)| table.put(key, value)))?;
    Ok(())
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::new();
    encode_value(value, &mut bytes)?;
    Ok(bytes)
}

fn named<T>(name: Option<T>) -> Result<T, CodecError> {
    name.ok_or(CodecError::Invalid { expected: "a number of the catalog" })
}

/// Consecutive batches packed into runs of about [`BLOCK_BYTES`].
fn blocks(batches: &[RecordBatch]) -> impl Iterator<Item = &[RecordBatch]> {
    let mut size = 0;
    let mut closed = 0;
    batches.chunk_by(move |before, _| {
        // `chunk_by` asks once for each neighbouring pair, in order.
        size += before.size();
        if size - closed >= BLOCK_BYTES {
            closed = size;
            return false;
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_take_the_memory_of_their_bytes_and_of_the_rows_that_they_changed() {
        let mut redo = Redo::default();
        for epoch in 3..6 {
            redo.push(Epoch(epoch), vec![0; 100]);
            redo.keeps(2);
        }
        assert_eq!((redo.since(), redo.through()), (Epoch(3), Epoch(5)));
        assert_eq!((redo.bytes(), redo.memory()), (300, 300 + 6 * ROW_OVERHEAD));
    }

    #[test]
    fn small_batches_are_packed_into_blocks() {
        let batches: Vec<_> = (0..100)
            .map(|number| {
                let mut batch = RecordBatch::new(Offset(number), Timestamp(0));
                batch.push(&[0; 1_000]);
                batch
            })
            .collect();
        let sizes: Vec<_> = blocks(&batches).map(<[_]>::len).collect();
        assert_eq!(sizes, [33, 33, 33, 1], "32 KiB are 33 records of a kilobyte");
    }
}
