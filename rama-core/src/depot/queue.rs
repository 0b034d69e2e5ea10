//! The bounded queue between clients and the task that owns a depot partition.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Semaphore, TryAcquireError};

use super::Reply;
use crate::planted::Mistake;

/// Records that clients may have queued at one partition before further appends wait. Large enough that a
/// task finds a full batch whenever a commit group ends, small enough that the memory of the queue is
/// a few megabytes of usual records.
pub(crate) const QUEUE_RECORDS_MAX: u32 = 8_192;

/// Encoded bytes that a record may have to take one place in the queue; a larger one takes as many places as it has
/// parts of this size. So a full queue of one partition holds 8 MiB, more or less one record.
const PLACE_BYTES: usize = 1_024;

/// A record on its way in.
#[derive(Debug)]
pub(crate) struct Append<E> {
    pub(crate) record: E,
    /// The same, as it is stored. Made by the client, so that tasks have that much less to do.
    pub(crate) encoded: Box<[u8]>,
    /// Under which the record is there once.
    pub(crate) key: Option<Arc<[u8]>>,
    /// Nobody waits for a record without one.
    pub(crate) reply: Option<Reply>,
}

/// First in, first out: appends of one client to one partition keep their order (C-31).
#[derive(Debug)]
pub(crate) struct AppendQueue<E> {
    waiting: Mutex<VecDeque<Append<E>>>,
    room: Semaphore,
}

/// Why a record was not queued.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotQueued {
    /// The module stopped taking records.
    Closed,
    /// There is no room now.
    Full,
    /// No records are taken now.
    Refused,
}

impl<E> Append<E> {
    /// The places that it takes in the queue.
    fn places(&self) -> u32 {
        let places = 1 + self.encoded.len() / PLACE_BYTES;
        u32::try_from(places).unwrap_or(QUEUE_RECORDS_MAX).min(QUEUE_RECORDS_MAX)
    }
}

impl<E> AppendQueue<E> {
    pub(crate) fn new() -> Self {
        Self { waiting: Mutex::default(), room: Semaphore::new(QUEUE_RECORDS_MAX as usize) }
    }

    /// Queues a record, waiting while the queue is full: this is where back-pressure reaches clients.
    /// Tells whether the queue was empty, so that its task needs a wake.
    ///
    /// `is_refused` tells whether records are refused by now, after a wait.
    pub(crate) async fn push(
        &self,
        append: Append<E>,
        is_refused: impl FnOnce() -> bool,
    ) -> Result<bool, NotQueued> {
        self.room_for(append.places(), is_refused).await?;
        self.enter(|waiting| waiting.push_back(append))
    }

    /// Queues a record if there is room for it now, and before those who wait for room.
    pub(crate) fn try_push(&self, append: Append<E>) -> Result<bool, NotQueued> {
        let room =
            self.room.try_acquire_many(append.places()).map_err(|refused| match refused {
                TryAcquireError::Closed => NotQueued::Closed,
                TryAcquireError::NoPermits => NotQueued::Full,
            })?;
        room.forget();
        self.enter(|waiting| waiting.push_back(append))
    }

    /// Queues the first records of several, as many as fit into the queue at once, and waits for room for them. Tells whether
    /// the queue was empty.
    pub(crate) async fn push_some(
        &self,
        appends: &mut VecDeque<Append<E>>,
        is_refused: impl FnOnce() -> bool,
    ) -> Result<bool, NotQueued> {
        let (mut count, mut places) = (0, 0);
        for append in &*appends {
            if places + append.places() > QUEUE_RECORDS_MAX {
                break;
            }
            (count, places) = (count + 1, places + append.places());
        }
        self.room_for(places, is_refused).await?;
        self.enter(|waiting| waiting.extend(appends.drain(..count)))
    }

    /// Waits for room and takes it.
    async fn room_for(
        &self,
        places: u32,
        is_refused: impl FnOnce() -> bool,
    ) -> Result<(), NotQueued> {
        if Mistake::QueueUnbounded.is_made() {
            return Ok(());
        }
        let room = self.room.acquire_many(places).await.map_err(|_| NotQueued::Closed)?;
        if is_refused() {
            return Err(NotQueued::Refused);
        }
        room.forget();
        Ok(())
    }

    fn enter(&self, add: impl FnOnce(&mut VecDeque<Append<E>>)) -> Result<bool, NotQueued> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Closing takes this lock too, so that no record slips in behind the last look of the task.
        if self.room.is_closed() {
            return Err(NotQueued::Closed);
        }
        let was_empty = waiting.is_empty();
        add(&mut waiting);
        Ok(was_empty)
    }

    /// Moves up to `count` records to `into`.
    pub(crate) fn take(&self, count: usize, into: &mut VecDeque<Append<E>>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = count.min(waiting.len());
        let before = into.len();
        into.extend(waiting.drain(..count));
        drop(waiting);
        let places = into.range(before..).map(|append| append.places() as usize).sum();
        self.room.add_permits(places);
    }

    /// Takes everything that is queued.
    pub(crate) fn drain(&self) -> VecDeque<Append<E>> {
        let drained =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.room.add_permits(drained.iter().map(|append| append.places() as usize).sum());
        drained
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// How many places are taken.
    pub(crate) fn places(&self) -> usize {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().map(|append| append.places() as usize).sum()
    }

    /// Refuses everything from now on; what is queued already can still be taken.
    pub(crate) fn close(&self) {
        let _waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.room.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: usize = QUEUE_RECORDS_MAX as usize;

    fn record(number: usize) -> Append<usize> {
        large(number, 8)
    }

    fn large(number: usize, bytes: usize) -> Append<usize> {
        Append { record: number, encoded: vec![0; bytes].into(), key: None, reply: None }
    }

    #[tokio::test]
    async fn a_full_queue_makes_appends_wait_until_the_task_takes_some() {
        let queue = AppendQueue::new();
        for number in 0..RECORDS {
            assert_eq!(queue.push(record(number), || false).await.unwrap(), number == 0);
        }
        let mut waiting = std::pin::pin!(queue.push(record(RECORDS), || false));
        let pending = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending())
        });
        assert!(pending.await, "the bound holds");
        let mut taken = VecDeque::new();
        queue.take(1, &mut taken);
        assert!(!waiting.await.unwrap(), "others are still queued");
        queue.take(usize::MAX, &mut taken);
        let order: Vec<_> = taken.iter().map(|append| append.record).collect();
        assert_eq!(order, (0..=RECORDS).collect::<Vec<_>>(), "in order, none lost");
    }

    #[tokio::test]
    async fn a_closed_queue_refuses_records_and_keeps_those_it_has() {
        let queue = AppendQueue::new();
        queue.push(record(1), || false).await.unwrap();
        queue.close();
        assert!(queue.push(record(2), || false).await.is_err());
        let mut taken = VecDeque::new();
        queue.take(10, &mut taken);
        assert_eq!(taken.len(), 1);
    }

    #[tokio::test]
    async fn large_records_take_more_room() {
        let queue = AppendQueue::new();
        let megabyte = || large(0, 1 << 20);
        for _ in 0..7 {
            queue.push(megabyte(), || false).await.unwrap();
        }
        assert_eq!(queue.try_push(large(0, 2 << 20)), Err(NotQueued::Full));
        assert_eq!(queue.try_push(record(1)), Ok(false), "there is room for a small one");
        let mut taken = VecDeque::new();
        queue.take(7, &mut taken);
        assert_eq!(queue.try_push(large(0, 64 << 20)), Err(NotQueued::Full));
        queue.take(1, &mut taken);
        assert_eq!(queue.try_push(large(0, 64 << 20)), Ok(true), "alone, any record is let in");
        assert_eq!(queue.try_push(record(1)), Err(NotQueued::Full));
        queue.close();
        assert_eq!(queue.try_push(record(1)), Err(NotQueued::Closed));
    }

    #[tokio::test]
    async fn several_records_are_queued_as_far_as_they_fit_at_once() {
        let queue = AppendQueue::new();
        let half = || large(0, 5 << 20);
        let mut appends = VecDeque::from([half(), half(), record(2)]);
        assert_eq!(queue.push_some(&mut appends, || true).await, Err(NotQueued::Refused));
        assert_eq!(appends.len(), 3, "none is lost");
        assert_eq!(queue.push_some(&mut appends, || false).await, Ok(true));
        assert_eq!(appends.len(), 2, "two halves do not fit beside each other");
        let mut taken = VecDeque::new();
        queue.take(1, &mut taken);
        assert_eq!(queue.push_some(&mut appends, || false).await, Ok(true));
        assert!(appends.is_empty());
        assert_eq!(queue.push_some(&mut VecDeque::from([record(3)]), || false).await, Ok(false));
        queue.take(usize::MAX, &mut taken);
        let order: Vec<_> = taken.iter().map(|append| append.record).collect();
        assert_eq!(order, [0, 0, 2, 3]);
        assert_eq!(queue.try_push(large(0, 64 << 20)), Ok(true), "all room came back");
    }

    #[tokio::test]
    async fn what_is_drained_gives_all_of_its_room_back() {
        let queue = AppendQueue::new();
        for _ in 0..7 {
            queue.push(large(0, 1 << 20), || false).await.unwrap();
        }
        assert_eq!(queue.drain().len(), 7);
        assert_eq!(queue.try_push(large(0, 64 << 20)), Ok(true), "all of it is free");
    }

    #[tokio::test]
    async fn a_record_that_is_refused_takes_no_room() {
        let queue = AppendQueue::new();
        let refused = queue.push(large(0, 64 << 20), || true).await;
        assert_eq!(refused, Err(NotQueued::Refused));
        assert_eq!(queue.try_push(large(0, 64 << 20)), Ok(true));
    }
}
