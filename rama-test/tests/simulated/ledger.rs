//! What clients attempted and were told, outside of the system: the auditor's own books.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rama_core::{
    Result,
    client::{Depot, DepotRecord},
    clock::Timestamp,
    depot::AckReturns,
    id::{Offset, TaskId},
};

use rama_test::partition_records;

use crate::bank::Transfer;

/// Shared by all clients of a world; survives its crashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Books>>);

#[derive(Debug, Default)]
struct Books {
    attempted: BTreeMap<u64, Transfer>,
    acked: BTreeMap<u64, Acked>,
    /// Acknowledged and lost, as the durability of the module allows: gone for good.
    lost: BTreeSet<u64>,
    /// Sent with a key, and nobody knows what became of it.
    unsure: BTreeMap<u64, Transfer>,
    /// Where each partition ended when it was looked at last: what is durable stays.
    ends: BTreeMap<TaskId, u64>,
}

#[derive(Clone, Copy, Debug)]
struct Acked {
    place: (TaskId, Offset),
    at: Timestamp,
}

impl Ledger {
    /// Before an append: gives the transfer a number of its own.
    pub(crate) fn attempt(&self, make: impl FnOnce(u64) -> Transfer) -> Transfer {
        let mut books = self.books();
        let id = books.attempted.len() as u64;
        let transfer = make(id);
        books.attempted.insert(id, transfer);
        transfer
    }

    /// Before an append with a key: whoever sent it repeats it until there is an answer.
    pub(crate) fn unsure(&self, transfer: Transfer) {
        self.books().unsure.insert(transfer.id, transfer);
    }

    /// Behind an append that was answered with success.
    pub(crate) fn answered(&self, transfer: &Transfer, answer: &AckReturns, at: Timestamp) {
        let Some(place) = answer.place() else { return };
        let mut books = self.books();
        books.unsure.remove(&transfer.id);
        let acked = books.acked.entry(transfer.id).or_insert(Acked { place, at });
        assert_eq!(acked.place, place, "{transfer:?} is in two places");
    }

    /// Behind a start that may have lost the last groups: takes what is not there any more out of the books. Of each
    /// partition that is what stood at its end; what was acknowledged longer than `window` before the last one of all is
    /// none of it.
    pub(crate) fn write_off(
        &self,
        depot: &Depot<Transfer>,
        window: Option<Duration>,
    ) -> Result<()> {
        let mut books = self.books();
        let mut ends = BTreeMap::new();
        for task in (0..depot.info()?.partitions).map(TaskId) {
            ends.insert(task, depot.partition_info(task)?.end);
        }
        let last = books.acked.values().map(|acked| acked.at).max().unwrap_or_default();
        let is_gone = |acked: &Acked| ends[&acked.place.0] <= acked.place.1;
        let gone: Vec<_> = books.acked.extract_if(.., |_, acked| is_gone(acked)).collect();
        for (id, acked) in gone {
            let was_durable = window.is_some_and(|window| last.since(acked.at) > window);
            assert!(!was_durable, "transfer {id} is lost: {acked:?}, and others until {last:?}");
            books.lost.insert(id);
        }
        books.ends = ends.into_iter().map(|(task, end)| (task, end.0)).collect();
        Ok(())
    }

    /// Behind an append of which a topology failed.
    pub(crate) fn failed(&self, transfer: &Transfer) {
        self.books().unsure.remove(&transfer.id);
    }

    pub(crate) fn unanswered(&self) -> Vec<Transfer> {
        self.books().unsure.values().copied().collect()
    }

    /// Compares a depot with the books (oracle 1).
    pub(crate) async fn check(&self, depot: &Depot<Transfer>) -> Result<()> {
        let mut stored = BTreeSet::new();
        for task in (0..depot.info()?.partitions).map(TaskId) {
            let records = partition_records(depot, task).await?;
            self.check_partition(task, &records, &mut stored);
        }
        let books = self.books();
        let lost: Vec<_> = books.acked.iter().filter(|(id, _)| !stored.contains(*id)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        Ok(())
    }

    fn check_partition(
        &self,
        task: TaskId,
        records: &[DepotRecord<Transfer>],
        stored: &mut BTreeSet<u64>,
    ) {
        let mut books = self.books();
        let (mut last, mut since) = (BTreeMap::new(), Timestamp(0));
        for (expected, DepotRecord { offset, event: transfer, time }) in (0..).zip(records) {
            assert_eq!(offset.0, expected, "offsets are dense");
            assert!(since <= *time, "time goes back at offset {offset}: {since:?}, {time:?}");
            since = *time;
            let id = transfer.id;
            assert_eq!(books.attempted.get(&id), Some(transfer), "nobody appended that");
            assert!(stored.insert(id), "transfer {id} is stored twice");
            assert!(!books.lost.contains(&id), "transfer {id} was lost, and comes back");
            if let Some(acked) = books.acked.get(&id) {
                assert_eq!(acked.place, (task, *offset), "transfer {id} was acknowledged there");
            }
            // Numbers grow with time, and a client waits for nothing but its own earlier appends (C-31).
            let before = last.insert(transfer.client, id);
            assert!(before < Some(id), "client {}: {before:?} stands before {id}", transfer.client);
        }
        let end = records.len() as u64;
        let before = books.ends.insert(task, end).unwrap_or_default();
        assert!(before <= end, "task {task} had {before} durable records and has {end}");
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
