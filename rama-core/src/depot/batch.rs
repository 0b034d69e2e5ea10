//! Records of one depot partition that were appended together, encoded.

use crate::{
    clock::Timestamp,
    codec::{
        CodecError,
        bytes::{Reader, put_slice, put_varint},
    },
    id::Offset,
};

/// A run of encoded records with consecutive offsets and one append time (DP-32).
#[derive(Clone, Debug)]
pub(crate) struct RecordBatch {
    first: Offset,
    time: Timestamp,
    count: u64,
    /// The records, each with its length before it.
    framed: Vec<u8>,
}

impl RecordBatch {
    pub(crate) fn new(first: Offset, time: Timestamp) -> Self {
        Self { first, time, count: 0, framed: Vec::new() }
    }

    /// The same records from this offset on.
    pub(super) fn placed(self, first: Offset, time: Timestamp) -> Self {
        Self { first, time, ..self }
    }

    pub(crate) fn push(&mut self, record: &[u8]) {
        put_slice(&mut self.framed, record);
        self.count += 1;
    }

    pub(crate) fn first(&self) -> Offset {
        self.first
    }

    /// The offset after the last record.
    pub(crate) fn end(&self) -> Offset {
        Offset(self.first.0 + self.count)
    }

    /// When its records were appended.
    pub(crate) fn time(&self) -> Timestamp {
        self.time
    }

    /// Encoded size in bytes.
    pub(crate) fn size(&self) -> usize {
        self.framed.len()
    }

    /// The encoded records in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = &[u8]> {
        let mut reader = Reader::new(&self.framed);
        std::iter::from_fn(move || {
            if reader.is_empty() {
                return None;
            }
            Some(reader.slice().expect("the frames were checked when the batch was made"))
        })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.first.0);
        put_varint(out, self.time.0);
        put_varint(out, self.count);
        put_slice(out, &self.framed);
    }

    /// Reads what [`Self::write`] wrote, and checks every frame.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let first = Offset(reader.varint()?);
        let time = Timestamp(reader.varint()?);
        let count = reader.varint()?;
        let framed = reader.slice()?;
        let mut frames = Reader::new(framed);
        let mut found = 0;
        while !frames.is_empty() {
            frames.slice()?;
            found += 1;
        }
        if found != count || first.0.checked_add(count).is_none() {
            return Err(CodecError::Invalid { expected: "a batch of depot records" });
        }
        Ok(Self { first, time, count, framed: framed.to_vec() })
    }
}
