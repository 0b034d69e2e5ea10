//! What one commit group contains, as bytes: depot records, changed PState rows, the progress of
//! topologies, which records wait for something outside, which failed, and dead letters. The same bytes are the payload of the commit log, the input of a checkpoint and the
//! input of recovery: results, not recipes.

use crate::{
    codec::{
        CodecError,
        bytes::{Reader, put_slice, put_u8, put_varint},
    },
    depot::{KeyNote, RecordBatch},
    id::{DepotId, Offset, PStateId, TaskId, TopologyId},
};

/// Number of this format; the first byte of a group.
const GROUP_FORMAT: u8 = 4;

const RECORDS: u8 = 1;
const ROWS: u8 = 2;
const PROGRESS: u8 = 3;
const PARKED: u8 = 4;
const DONE: u8 = 5;
const FAILED: u8 = 10;
const LETTER: u8 = 11;
const LETTER_GONE: u8 = 12;

const KEY: u8 = 20;
const KEYS_FROM: u8 = 21;

const ROWS_END: u8 = 0;
const ROW_PUT: u8 = 1;
const ROW_REMOVED: u8 = 2;
const WIPED: u8 = 3;

/// Writes a group, section by section.
#[derive(Debug)]
pub(crate) struct GroupWriter {
    bytes: Vec<u8>,
    scratch: Vec<u8>,
}

impl GroupWriter {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![GROUP_FORMAT], scratch: Vec::new() }
    }

    /// Records that were appended to one depot partition.
    pub(crate) fn records(&mut self, depot: DepotId, task: TaskId, batch: &RecordBatch) {
        put_u8(&mut self.bytes, RECORDS);
        self.place(depot.0, task);
        batch.write(&mut self.bytes);
    }

    /// Changes of one PState partition, which `write` writes in their order.
    pub(crate) fn rows<E>(
        &mut self,
        pstate: PStateId,
        task: TaskId,
        write: impl FnOnce(&mut RowsWriter<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        put_u8(&mut self.bytes, ROWS);
        self.place(pstate.0, task);
        write(&mut RowsWriter { out: &mut self.bytes, scratch: &mut self.scratch })?;
        put_u8(&mut self.bytes, ROWS_END);
        Ok(())
    }

    /// Everything before `next` of a depot partition is processed by a topology.
    pub(crate) fn progress(
        &mut self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
        next: Offset,
    ) {
        put_u8(&mut self.bytes, PROGRESS);
        put_varint(&mut self.bytes, topology.0.into());
        self.place(depot.0, task);
        put_varint(&mut self.bytes, next.0);
    }

    /// A topology has begun a record and is not done with it, since a tree of it is parked; or, when it is not
    /// `parked`, the topology is done with it now.
    pub(crate) fn parked(
        &mut self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
        offset: Offset,
        parked: bool,
    ) {
        put_u8(&mut self.bytes, if parked { PARKED } else { DONE });
        self.record(topology, (depot, task, offset));
    }

    /// A topology has failed on a record so many times, and will run it again.
    pub(crate) fn failed(
        &mut self,
        topology: TopologyId,
        record: (DepotId, TaskId, Offset),
        times: u32,
    ) {
        put_u8(&mut self.bytes, FAILED);
        self.record(topology, record);
        put_varint(&mut self.bytes, times.into());
    }

    /// A topology has given a record up, and this is its dead letter; or, without one, the letter is gone.
    pub(crate) fn letter(
        &mut self,
        topology: TopologyId,
        record: (DepotId, TaskId, Offset),
        letter: Option<&[u8]>,
    ) {
        put_u8(&mut self.bytes, if letter.is_some() { LETTER } else { LETTER_GONE });
        self.record(topology, record);
        letter.into_iter().for_each(|letter| put_slice(&mut self.bytes, letter));
    }

    /// A record was appended under a key.
    pub(crate) fn key(&mut self, depot: DepotId, task: TaskId, note: &KeyNote) {
        put_u8(&mut self.bytes, KEY);
        self.place(depot.0, task);
        put_varint(&mut self.bytes, note.offset.0);
        note.write(&mut self.bytes);
    }

    /// The keys of records before this one are forgotten.
    pub(crate) fn keys_from(&mut self, depot: DepotId, task: TaskId, offset: Offset) {
        put_u8(&mut self.bytes, KEYS_FROM);
        self.place(depot.0, task);
        put_varint(&mut self.bytes, offset.0);
    }

    /// Bytes written so far.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn record(&mut self, topology: TopologyId, (depot, task, offset): (DepotId, TaskId, Offset)) {
        put_varint(&mut self.bytes, topology.0.into());
        self.place(depot.0, task);
        put_varint(&mut self.bytes, offset.0);
    }

    fn place(&mut self, of: u16, task: TaskId) {
        put_varint(&mut self.bytes, of.into());
        put_varint(&mut self.bytes, task.0.into());
    }
}

/// Writes the changes of one PState partition.
pub(crate) struct RowsWriter<'a> {
    out: &'a mut Vec<u8>,
    scratch: &'a mut Vec<u8>,
}

impl RowsWriter<'_> {
    /// The row at this address has this value now.
    pub(crate) fn put<E>(
        &mut self,
        address: &[u8],
        value: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        put_u8(self.out, ROW_PUT);
        put_slice(self.out, address);
        self.scratch.clear();
        value(self.scratch)?;
        put_slice(self.out, self.scratch);
        Ok(())
    }

    /// The row at this address is gone.
    pub(crate) fn removed(&mut self, address: &[u8]) {
        put_u8(self.out, ROW_REMOVED);
        put_slice(self.out, address);
    }

    /// All rows under this prefix are gone, down to the depth `deepest`.
    pub(crate) fn wiped(&mut self, prefix: &[u8], deepest: u8) {
        put_u8(self.out, WIPED);
        put_slice(self.out, prefix);
        put_u8(self.out, deepest);
    }
}

/// One thing a group says.
pub(crate) enum Entry<'a> {
    Records { depot: DepotId, task: TaskId, batch: RecordBatch },
    Row { pstate: PStateId, task: TaskId, address: &'a [u8], value: Option<&'a [u8]> },
    Wiped { pstate: PStateId, task: TaskId, prefix: &'a [u8], deepest: u8 },
    Progress { topology: TopologyId, depot: DepotId, task: TaskId, next: Offset },
    Parked { topology: TopologyId, depot: DepotId, task: TaskId, offset: Offset, parked: bool },
    Key { depot: DepotId, task: TaskId, note: KeyNote },
    KeysFrom { depot: DepotId, task: TaskId, offset: Offset },
    Failed { topology: TopologyId, record: (DepotId, TaskId, Offset), times: u32 },
    Letter { topology: TopologyId, record: (DepotId, TaskId, Offset), letter: Option<&'a [u8]> },
}

/// Hands every entry of a group to `visit`, in the order they were written.
///
/// # Errors
/// When the bytes are no group of this format; `visit` may have seen some entries by then.
pub(crate) fn read_group<'a>(
    payload: &'a [u8],
    visit: &mut dyn FnMut(Entry<'a>),
) -> Result<(), CodecError> {
    let mut reader = Reader::new(payload);
    let format = reader.u8()?;
    if format != GROUP_FORMAT {
        return Err(CodecError::NewerVersion { codec: format, version: 0 });
    }
    while !reader.is_empty() {
        match reader.u8()? {
            RECORDS => {
                let (depot, task) = read_place(&mut reader)?;
                let batch = RecordBatch::read(&mut reader)?;
                visit(Entry::Records { depot: DepotId(depot), task, batch });
            }
            ROWS => read_rows(&mut reader, visit)?,
            PROGRESS => {
                let topology = TopologyId(read_id(&mut reader)?);
                let (depot, task) = read_place(&mut reader)?;
                let next = Offset(reader.varint()?);
                visit(Entry::Progress { topology, depot: DepotId(depot), task, next });
            }
            section @ (PARKED | DONE) => {
                let (topology, (depot, task, offset)) = read_record(&mut reader)?;
                let parked = section == PARKED;
                visit(Entry::Parked { topology, depot, task, offset, parked });
            }
            KEY => {
                let (depot, task) = read_place(&mut reader)?;
                let offset = Offset(reader.varint()?);
                let note = KeyNote::read(offset, &mut reader)?;
                visit(Entry::Key { depot: DepotId(depot), task, note });
            }
            KEYS_FROM => {
                let (depot, task) = read_place(&mut reader)?;
                let offset = Offset(reader.varint()?);
                visit(Entry::KeysFrom { depot: DepotId(depot), task, offset });
            }
            FAILED => {
                let (topology, record) = read_record(&mut reader)?;
                let times = u32::try_from(reader.varint()?)
                    .map_err(|_| CodecError::Invalid { expected: "a number of attempts" })?;
                visit(Entry::Failed { topology, record, times });
            }
            section @ (LETTER | LETTER_GONE) => {
                let (topology, record) = read_record(&mut reader)?;
                let letter = if section == LETTER { Some(reader.slice()?) } else { None };
                visit(Entry::Letter { topology, record, letter });
            }
            _ => return Err(CodecError::Invalid { expected: "a section of a commit group" }),
        }
    }
    Ok(())
}

fn read_rows<'a>(
    reader: &mut Reader<'a>,
    visit: &mut dyn FnMut(Entry<'a>),
) -> Result<(), CodecError> {
    let (pstate, task) = read_place(reader)?;
    let pstate = PStateId(pstate);
    loop {
        let change = reader.u8()?;
        if change == ROWS_END {
            return Ok(());
        }
        let address = reader.slice()?;
        if address.is_empty() {
            return Err(CodecError::Invalid { expected: "an address" });
        }
        let value = match change {
            ROW_PUT => Some(reader.slice()?),
            ROW_REMOVED => None,
            WIPED => {
                let deepest = reader.u8()?;
                visit(Entry::Wiped { pstate, task, prefix: address, deepest });
                continue;
            }
            _ => return Err(CodecError::Invalid { expected: "a row of a commit group" }),
        };
        visit(Entry::Row { pstate, task, address, value });
    }
}

type Record = (TopologyId, (DepotId, TaskId, Offset));

fn read_record(reader: &mut Reader<'_>) -> Result<Record, CodecError> {
    let topology = TopologyId(read_id(reader)?);
    let (depot, task) = read_place(reader)?;
    Ok((topology, (DepotId(depot), task, Offset(reader.varint()?))))
}

fn read_place(reader: &mut Reader<'_>) -> Result<(u16, TaskId), CodecError> {
    let of = read_id(reader)?;
    let task = u32::try_from(reader.varint()?)
        .map_err(|_| CodecError::Invalid { expected: "a task number" })?;
    Ok((of, TaskId(task)))
}

fn read_id(reader: &mut Reader<'_>) -> Result<u16, CodecError> {
    u16::try_from(reader.varint()?).map_err(|_| CodecError::Invalid { expected: "an id" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn sample() -> Vec<u8> {
        let mut batch = RecordBatch::new(Offset(7), Timestamp(99));
        batch.push(b"one");
        batch.push(b"two");
        let mut group = GroupWriter::new();
        group.records(DepotId(1), TaskId(2), &batch);
        let rows: Result<(), CodecError> = group.rows(PStateId(3), TaskId(2), |group| {
            group.wiped(b"\x01k", 2);
            group.put(b"\x00k", |out| {
                out.push(b'v');
                Ok::<(), CodecError>(())
            })?;
            group.removed(b"\x00x");
            Ok(())
        });
        rows.unwrap();
        group.progress(TopologyId(4), DepotId(1), TaskId(2), Offset(9));
        group.parked(TopologyId(4), DepotId(1), TaskId(2), Offset(8), true);
        group.parked(TopologyId(4), DepotId(1), TaskId(2), Offset(300), false);
        let key = b"k".as_slice().into();
        let note = KeyNote { offset: Offset(7), time: Timestamp(9), hash: 1 << 70, key };
        group.key(DepotId(1), TaskId(2), &note);
        group.keys_from(DepotId(1), TaskId(2), Offset(6));
        group.failed(TopologyId(4), (DepotId(1), TaskId(2), Offset(301)), 2);
        group.letter(TopologyId(4), (DepotId(1), TaskId(2), Offset(302)), Some(b"ab"));
        group.letter(TopologyId(4), (DepotId(1), TaskId(2), Offset(302)), None);
        group.finish()
    }

    fn told(payload: &[u8]) -> Result<Vec<String>, CodecError> {
        let mut told = Vec::new();
        read_group(payload, &mut |entry| {
            told.push(match entry {
                Entry::Records { depot, task, batch } => {
                    let records: Vec<_> = batch.records().map(<[u8]>::to_vec).collect();
                    format!("records {depot} {task} {} {records:?}", batch.first())
                }
                Entry::Row { pstate, task, address, value } => {
                    format!("row {pstate} {task} {address:?} {value:?}")
                }
                Entry::Wiped { pstate, task, prefix, deepest } => {
                    format!("wiped {pstate} {task} {prefix:?} to {deepest}")
                }
                Entry::Progress { topology, depot, task, next } => {
                    format!("progress {topology} {depot} {task} {next}")
                }
                Entry::Parked { topology, depot, task, offset, parked } => {
                    format!("parked {topology} {depot} {task} {offset} {parked}")
                }
                Entry::Key { depot, task, note } => {
                    let KeyNote { offset, time, hash, key } = note;
                    format!("key {depot} {task} {offset} {time:?} {hash:x} {key:?}")
                }
                Entry::KeysFrom { depot, task, offset } => {
                    format!("keys from {depot} {task} {offset}")
                }
                Entry::Failed { topology, record: (depot, task, offset), times } => {
                    format!("failed {topology} {depot} {task} {offset} {times}")
                }
                Entry::Letter { topology, record: (depot, task, offset), letter } => {
                    format!("letter {topology} {depot} {task} {offset} {letter:?}")
                }
            });
        })?;
        Ok(told)
    }

    #[test]
    fn a_group_reads_back_as_it_was_written() {
        assert_eq!(
            told(&sample()).unwrap(),
            [
                "records 1 2 7 [[111, 110, 101], [116, 119, 111]]",
                "wiped 3 2 [1, 107] to 2",
                "row 3 2 [0, 107] Some([118])",
                "row 3 2 [0, 120] None",
                "progress 4 1 2 9",
                "parked 4 1 2 8 true",
                "parked 4 1 2 300 false",
                "key 1 2 7 Timestamp(9) 400000000000000000 [107]",
                "keys from 1 2 6",
                "failed 4 1 2 301 2",
                "letter 4 1 2 302 Some([97, 98])",
                "letter 4 1 2 302 None",
            ]
        );
    }

    #[test]
    fn a_cut_group_or_one_of_another_format_is_refused() {
        let whole = sample();
        let ends: Vec<usize> =
            (2..whole.len()).filter(|&end| told(&whole[..end]).is_ok()).collect();
        assert!(ends.len() <= 9, "only the ends of whole sections read: {ends:?}");
        let mut other = whole;
        other[0] = 9;
        assert!(matches!(told(&other), Err(CodecError::NewerVersion { codec: 9, .. })));
    }
}
