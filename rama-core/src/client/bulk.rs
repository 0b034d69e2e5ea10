//! Many appends of one client, as fast as the module goes (CL-03).

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::{Depot, target::Target};
use crate::{
    depot::{AckLevel, Append, Event, FirstError, Tally},
    error::AppendError,
};

/// Records that are queued together: enough that looking up the depot, taking the locks of its queues and waking its
/// tasks cost little for each, and few enough that tasks begin long before a large bulk is encoded.
const CHUNK_RECORDS: usize = 512;

/// Encoded bytes of records that are queued together, more or less one record: what a client holds outside of the
/// bounds of the queues.
const CHUNK_BYTES: usize = 1024 * 1024;

impl<E: Event> Depot<E> {
    /// Appends records in order and waits for all of them: as fast as the module goes, since it commits
    /// them in groups. Every record is a record of its own: there is no atomicity among them.
    ///
    /// # Errors
    /// The error of the first record that has one, after all records were answered. A record that cannot be encoded is left out.
    /// When the module takes no more records, some of the others are stored: of each partition the first ones.
    pub async fn append_all(
        &self,
        records: impl IntoIterator<Item = E>,
        level: AckLevel,
    ) -> Result<(), AppendError> {
        let mut bulk = Bulk::new(self, level);
        let mut records = records.into_iter().fuse();
        while bulk.queue_chunk(&mut records).await {}
        bulk.answered().await
    }
}

/// Records on their way.
struct Bulk<'a, E> {
    client: &'a Depot<E>,
    level: AckLevel,
    /// Records so far.
    count: u64,
    first: Option<FirstError>,
    /// Where the answers to chunks come.
    answers: Vec<oneshot::Receiver<Option<FirstError>>>,
    scratch: Vec<u8>,
}

impl<'a, E: Event> Bulk<'a, E> {
    fn new(client: &'a Depot<E>, level: AckLevel) -> Self {
        Self { client, level, count: 0, first: None, answers: Vec::new(), scratch: Vec::new() }
    }

    /// Queues some records, and tells whether there are more that can be.
    async fn queue_chunk(&mut self, records: &mut impl Iterator<Item = E>) -> bool {
        let before = self.count;
        let queued = match Target::of(self.client) {
            Ok(target) => self.queue_in(&target, records).await,
            Err(error) => self.refused(records, error),
        };
        let goes_on = queued.map_err(|error| self.note(error)).is_ok();
        goes_on && self.count > before
    }

    /// The next record cannot be queued. Without records there is no error.
    fn refused(
        &mut self,
        records: &mut impl Iterator<Item = E>,
        error: AppendError,
    ) -> Result<(), AppendError> {
        let Some(_) = records.next() else { return Ok(()) };
        self.count += 1;
        Err(error)
    }

    async fn queue_in(
        &mut self,
        target: &Target<'_, E>,
        records: &mut impl Iterator<Item = E>,
    ) -> Result<(), AppendError> {
        let mut chunk = self.chunk(target, records)?;
        for (number, door) in target.doors().iter().enumerate() {
            while !chunk[number].is_empty() {
                let queued = door.queue.push_some(&mut chunk[number], || target.is_full()).await;
                if let Err(error) = target.entered(door, &queued) {
                    let replies = chunk.into_iter().flatten().filter_map(|append| append.reply);
                    replies.for_each(|reply| reply.send(Err(error.clone())));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The next records, by door.
    fn chunk(
        &mut self,
        target: &Target<'_, E>,
        records: &mut impl Iterator<Item = E>,
    ) -> Result<Vec<VecDeque<Append<E>>>, AppendError> {
        let (tally, answer) = Tally::new();
        let mut chunk: Vec<_> = target.doors().iter().map(|_| VecDeque::new()).collect();
        let mut bytes = 0;
        for record in records.take(CHUNK_RECORDS) {
            let number = self.count;
            self.count += 1;
            let place = target.place(&record, None)?;
            if let Err(error) = target.encode(&record, &mut self.scratch) {
                // It says nothing about the others.
                self.note(error);
                continue;
            }
            let reply = (self.level != AckLevel::None).then(|| tally.reply(number, self.level));
            let encoded = self.scratch.as_slice().into();
            chunk[place].push_back(Append { record, encoded, key: None, reply });
            bytes += self.scratch.len();
            if bytes >= CHUNK_BYTES {
                break;
            }
        }
        self.answers.push(answer);
        Ok(chunk)
    }

    /// An error of the last record.
    fn note(&mut self, error: AppendError) {
        let number = self.count - 1;
        let error = FirstError { number, error: Some(error) };
        self.first = FirstError::earlier(self.first.take(), Some(error));
    }

    async fn answered(self) -> Result<(), AppendError> {
        let mut first = self.first;
        for answer in self.answers {
            let answer = answer.await.expect("the last share says what it knows");
            first = FirstError::earlier(first, answer);
        }
        match first {
            None => Ok(()),
            Some(FirstError { error, .. }) => Err(error.unwrap_or_else(|| self.client.unknown())),
        }
    }
}
