//! Records that topologies append to one depot partition: encoded at once, and given their offsets at the cut, so
//! that a dropped attempt leaves none.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{Event, Partitioning, RecordBatch, Reply};
use crate::{clock::Timestamp, codec::encode_value, id::Offset};

/// Encoded size after which a batch is closed: what is read and checked at once when a record is read
/// back. Small enough to decode in tens of microseconds, large enough for hundreds of usual records.
pub(super) const BATCH_BYTES: usize = 32 * 1024;

/// What one record may take encoded: it is held in memory several times on its way.
const RECORD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A depot as topologies append to it.
pub(crate) struct DepotTarget {
    pub(crate) name: &'static str,
    partitioning: Box<dyn Any + Send + Sync>,
}

impl DepotTarget {
    pub(crate) fn new<E: Event>(name: &'static str, partitioning: Partitioning<E>) -> Self {
        Self { name, partitioning: Box::new(partitioning) }
    }

    pub(crate) fn partitioning<E: Event>(&self) -> &Partitioning<E> {
        self.partitioning.downcast_ref().expect("a depot has the type of its events")
    }
}

/// What the topologies on one task have appended to its partition of one depot since the last cut.
#[derive(Debug, Default)]
pub(crate) struct Appended {
    /// As if the first record had offset 0.
    batches: Vec<RecordBatch>,
    replies: Vec<(Offset, Reply)>,
}

impl Appended {
    pub(crate) fn push(&mut self, record: &[u8], reply: Option<Reply>) {
        let next = self.batches.last().map_or(Offset(0), RecordBatch::end);
        if self.batches.last().is_none_or(|batch| batch.size() >= BATCH_BYTES) {
            self.batches.push(RecordBatch::new(next, Timestamp::default()));
        }
        self.batches.last_mut().expect("one was pushed when there was none").push(record);
        self.replies.extend(reply.map(|reply| (next, reply)));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Forgets the records; nobody is answered.
    pub(crate) fn clear(&mut self) {
        self.batches.clear();
        self.replies.clear();
    }

    /// The records and who waits for them, from this offset on.
    pub(super) fn place(
        &mut self,
        first: Offset,
        time: Timestamp,
    ) -> (Vec<RecordBatch>, Vec<(Offset, Reply)>) {
        let from = |offset: Offset| Offset(first.0 + offset.0);
        let batches = self.batches.drain(..).map(|batch| {
            let first = from(batch.first());
            batch.placed(first, time)
        });
        let replies = self.replies.drain(..).map(|(offset, reply)| (from(offset), reply));
        (batches.collect(), replies.collect())
    }
}

/// Encodes a record in place of what `out` holds. `Serialize` is the user's code: a panic in it is an error of the
/// record.
pub(crate) fn encode_record<E: Event>(record: &E, out: &mut Vec<u8>) -> Result<(), String> {
    out.clear();
    match catch_unwind(AssertUnwindSafe(|| encode_value(record, out))) {
        Ok(Ok(())) if out.len() > RECORD_BYTES_MAX => Err(format!(
            "it takes {} bytes encoded, and a record may take {RECORD_BYTES_MAX}: store large content elsewhere, or \
             split it",
            out.len()
        )),
        Ok(encoded) => encoded.map_err(|error| error.to_string()),
        Err(_) => Err("its `Serialize` panicked".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_get_their_offsets_in_the_order_in_which_they_were_appended() {
        let mut appended = Appended::default();
        let record = |number: u8| vec![number; BATCH_BYTES / 2];
        (0..5).for_each(|number| appended.push(&record(number), None));
        let (batches, _) = appended.place(Offset(7), Timestamp(3));
        assert!(appended.is_empty());
        let ends: Vec<_> = batches.iter().map(|batch| (batch.first().0, batch.end().0)).collect();
        assert_eq!(ends, [(7, 9), (9, 11), (11, 12)]);
        let records = batches.iter().flat_map(RecordBatch::records);
        assert!(records.eq((0..5).map(record)), "none is lost or changes its place");
    }
}
