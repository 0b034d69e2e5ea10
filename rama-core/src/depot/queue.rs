//! The bounded queue between clients and the task that owns a depot partition.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use super::Reply;

/// Records a client may have queued at one partition before further appends wait. Large enough that a
/// task finds a full batch whenever a commit group ends, small enough that the memory of the queue is
/// a few megabytes of usual records.
pub(crate) const QUEUE_RECORDS_MAX: usize = 8_192;

/// A record on its way in.
#[derive(Debug)]
pub(crate) struct Append<E> {
    pub(crate) record: E,
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

/// The module stopped taking records.
#[derive(Debug)]
pub(crate) struct Closed;

impl<E> AppendQueue<E> {
    pub(crate) fn new() -> Self {
        Self { waiting: Mutex::default(), room: Semaphore::new(QUEUE_RECORDS_MAX) }
    }

    /// Queues a record, waiting while the queue is full: this is where back-pressure reaches clients.
    /// Tells whether the queue was empty, so that its task needs a wake.
    pub(crate) async fn push(&self, append: Append<E>) -> Result<bool, Closed> {
        self.room.acquire().await.map_err(|_| Closed)?.forget();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Closing takes this lock too, so that no record slips in behind the last look of the task.
        if self.room.is_closed() {
            return Err(Closed);
        }
        waiting.push_back(append);
        Ok(waiting.len() == 1)
    }

    /// Moves up to `count` records to `into`.
    pub(crate) fn take(&self, count: usize, into: &mut VecDeque<Append<E>>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = count.min(waiting.len());
        into.extend(waiting.drain(..count));
        drop(waiting);
        self.room.add_permits(count);
    }

    /// Everything that is queued.
    pub(crate) fn drain(&self) -> VecDeque<Append<E>> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
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

    fn record(number: usize) -> Append<usize> {
        Append { record: number, key: None, reply: None }
    }

    #[tokio::test]
    async fn a_full_queue_makes_appends_wait_until_the_task_takes_some() {
        let queue = AppendQueue::new();
        for number in 0..QUEUE_RECORDS_MAX {
            assert_eq!(queue.push(record(number)).await.unwrap(), number == 0);
        }
        let mut waiting = std::pin::pin!(queue.push(record(QUEUE_RECORDS_MAX)));
        let pending = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending())
        });
        assert!(pending.await, "the bound holds");
        let mut taken = VecDeque::new();
        queue.take(1, &mut taken);
        assert!(!waiting.await.unwrap(), "others are still queued");
        queue.take(usize::MAX, &mut taken);
        let order: Vec<_> = taken.iter().map(|append| append.record).collect();
        assert_eq!(order, (0..=QUEUE_RECORDS_MAX).collect::<Vec<_>>(), "in order, none lost");
    }

    #[tokio::test]
    async fn a_closed_queue_refuses_records_and_keeps_those_it_has() {
        let queue = AppendQueue::new();
        queue.push(record(1)).await.unwrap();
        queue.close();
        assert!(queue.push(record(2)).await.is_err());
        let mut taken = VecDeque::new();
        queue.take(10, &mut taken);
        assert_eq!(taken.len(), 1);
    }
}
