//! The owner's side of one depot partition: gives offsets, encodes, and collects what the forming
//! commit group will contain.

use std::sync::Arc;

use super::{
    AckLevel, Append, AppendQueue, Appended, Bounds, Event, KeyNote, Keys, RecordBatch, Reply,
    appended::BATCH_BYTES,
    keys::{KeyChanges, record_hash},
};
use crate::{
    clock::Timestamp,
    error::AppendError,
    id::{DepotId, Offset, TaskId},
};

/// One partition of a depot, owned by its task.
pub(crate) struct DepotPartition<E> {
    pub(crate) name: &'static str,
    pub(crate) id: DepotId,
    pub(crate) task: TaskId,
    pub(crate) queue: Arc<AppendQueue<E>>,
    next: Offset,
    /// When the last record was appended, the forming ones included.
    last: Timestamp,
    forming: Vec<RecordBatch>,
    replies: Vec<(Offset, Reply)>,
    keys: Keys,
}

/// The records of one partition in a commit group, and who waits for them.
#[derive(Debug)]
pub(crate) struct SealedRecords {
    pub(crate) depot: DepotId,
    pub(crate) name: &'static str,
    pub(crate) task: TaskId,
    pub(crate) batches: Vec<Arc<RecordBatch>>,
    pub(crate) replies: Vec<(Offset, Reply)>,
    pub(crate) keys: KeyChanges,
    /// Everything before has been run, or is in this group, by every topology that reads the partition.
    pub(crate) settled: Offset,
}

impl<E: Event> DepotPartition<E> {
    pub(crate) fn new(
        name: &'static str,
        id: DepotId,
        task: TaskId,
        queue: Arc<AppendQueue<E>>,
        bounds: Bounds,
        keys: Keys,
    ) -> Self {
        let (next, last) = (bounds.end, bounds.last);
        let (forming, replies) = (Vec::new(), Vec::new());
        Self { name, id, task, queue, next, last, forming, replies, keys }
    }

    /// The offset the next record gets.
    pub(crate) fn next(&self) -> Offset {
        self.next
    }

    /// Takes a record into the forming group, and tells when it was appended, as the depot keeps it: records
    /// that come together share a time, which is never before that of the record before them (DP-32, B16). `None` when
    /// nothing came in, because it is there already by its key.
    pub(crate) fn accept(
        &mut self,
        Append { record, encoded, key, mut reply }: Append<E>,
        now: Timestamp,
    ) -> Option<(Offset, Timestamp, E)> {
        if let Some(key) = &key {
            reply = match self.repeated(key, &encoded, reply, now) {
                Ok(()) => return None,
                Err(reply) => reply,
            };
        }
        let offset = self.next;
        if self.forming.last().is_none_or(|batch| batch.size() >= BATCH_BYTES) {
            self.last = self.last.max(now);
            self.forming.push(RecordBatch::new(offset, self.last));
        }
        let batch = self.forming.last_mut().expect("one was pushed when there was none");
        batch.push(&encoded);
        let time = batch.time();
        self.next = offset.next();
        if let Some(key) = key {
            let hash = record_hash(&encoded);
            let keyed = self.keys.add(KeyNote { offset, time, hash, key });
            self.replies.extend(reply.and_then(|reply| keyed.wait(reply)));
        } else {
            self.replies.extend(reply.map(|reply| (offset, reply)));
        }
        Some((offset, time, record))
    }

    /// Answers the append of a record that is there under its key; gives the reply back when it is not.
    fn repeated(
        &mut self,
        key: &[u8],
        encoded: &[u8],
        reply: Option<Reply>,
        now: Timestamp,
    ) -> Result<(), Option<Reply>> {
        let Some(keyed) = self.keys.find(key, now) else { return Err(reply) };
        let Some(reply) = reply else { return Ok(()) };
        let hash = record_hash(encoded);
        if keyed.hash == hash {
            self.replies.extend(keyed.wait(reply));
        } else {
            reply.send(Err(AppendError::KeyUsed {
                depot: self.name,
                task: self.task,
                offset: keyed.offset,
                stored: keyed.hash,
                given: hash,
            }));
        }
        Ok(())
    }

    /// Where the forming group starts.
    pub(crate) fn forming_start(&self) -> Offset {
        self.forming.first().map_or(self.next, RecordBatch::first)
    }

    /// The encoded records of the forming group and when they were appended, for a repeated attempt.
    pub(crate) fn forming(&self) -> impl Iterator<Item = (Offset, Timestamp, &[u8])> {
        self.forming.iter().flat_map(|batch| {
            let records = (batch.first().0..).map(Offset).zip(batch.records());
            records.map(|(offset, record)| (offset, batch.time(), record))
        })
    }

    /// Encoded bytes of the forming group.
    pub(crate) fn forming_bytes(&self) -> usize {
        self.forming.iter().map(RecordBatch::size).sum()
    }

    /// Takes what topologies appended into the forming group, behind everything else. Tells the offset behind the last
    /// of these records of which somebody waits until it is processed; 0 when there is none.
    pub(crate) fn adopt(&mut self, appended: &mut Appended, now: Timestamp) -> Offset {
        self.last = self.last.max(now);
        let (batches, replies) = appended.place(self.next, self.last);
        self.next = batches.last().map_or(self.next, RecordBatch::end);
        self.forming.extend(batches);
        let awaited = replies.iter().rfind(|(_, reply)| reply.level == AckLevel::Ack);
        let awaited = awaited.map_or(Offset(0), |(offset, _)| offset.next());
        self.replies.extend(replies);
        awaited
    }

    /// Hands the forming group out and starts the next one. `None` when nothing was appended, and nobody asks for what
    /// was. What is before `settled` was run.
    pub(crate) fn seal(&mut self, settled: Offset) -> Option<SealedRecords> {
        if self.forming.is_empty() && self.replies.is_empty() {
            return None;
        }
        Some(SealedRecords {
            depot: self.id,
            name: self.name,
            task: self.task,
            batches: self.forming.drain(..).map(Arc::new).collect(),
            replies: std::mem::take(&mut self.replies),
            keys: self.keys.changes(),
            settled,
        })
    }
}

impl SealedRecords {
    /// The first record of the group; behind all others when there is none.
    pub(crate) fn first(&self) -> Offset {
        self.batches.first().map_or(Offset(u64::MAX), |batch| batch.first())
    }

    /// Whether some topology has not run all of the records, or one that somebody asks for.
    pub(crate) fn is_ahead(&self) -> bool {
        self.batches.last().is_some_and(|batch| self.settled < batch.end())
            || self.replies.iter().any(|(offset, _)| self.settled <= *offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::depot::DepotOptions;

    fn partition(bounds: Bounds) -> DepotPartition<()> {
        let keys = Keys::new(&DepotOptions::new(), TaskId(0), Vec::new());
        let queue = Arc::new(AppendQueue::new());
        DepotPartition::new("d", DepotId(0), TaskId(0), queue, bounds, keys)
    }

    #[test]
    fn who_asks_for_a_record_that_topologies_have_not_run_waits_for_them() {
        let mut partition = partition(Bounds::default());
        let mut append = |level| {
            let (reply, _answer) = Reply::to_client(level);
            let key = Some(b"key".as_slice().into());
            let encoded = vec![1].into();
            let append = Append { record: (), encoded, key, reply: Some(reply) };
            partition.accept(append, Timestamp(1)).is_some()
        };
        assert!(append(AckLevel::AppendAck) && !append(AckLevel::Ack));
        let first = partition.seal(Offset(0)).expect("a record was appended");
        assert_eq!((first.batches.len(), first.replies.len(), first.is_ahead()), (1, 2, true));
        for (settled, ahead) in [(0, true), (1, false)] {
            partition.replies.push((Offset(0), Reply::to_client(AckLevel::Ack).0));
            let asked = partition.seal(Offset(settled)).expect("somebody asks");
            assert_eq!((asked.batches.len(), asked.is_ahead()), (0, ahead));
        }
        assert!(partition.seal(Offset(1)).is_none());
    }

    #[test]
    fn a_record_has_the_time_that_is_stored_with_it() {
        let last = Timestamp(8);
        let mut partition = partition(Bounds { end: Offset(5), last, ..Bounds::default() });
        let mut accept = |size, now| {
            let encoded = vec![0; size].into();
            let append = Append { record: (), encoded, key: None, reply: None };
            let (offset, time, _) = partition.accept(append, Timestamp(now)).unwrap();
            (offset, time)
        };
        let accepted = [accept(1, 3), accept(BATCH_BYTES, 20), accept(1, 30), accept(1, 40)];
        let stored: Vec<_> = partition.forming().map(|(offset, time, _)| (offset, time)).collect();
        assert_eq!(accepted.as_slice(), stored);
        assert_eq!(
            accepted.map(|(_, Timestamp(time))| time),
            [8, 8, 30, 30],
            "by batch, and never before the last"
        );
    }
}
