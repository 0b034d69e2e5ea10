//! What clients attempted and were told, outside of the system: the auditor's own books.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    acked: BTreeMap<u64, (TaskId, Offset)>,
    /// Sent with a key, and nobody knows what became of it.
    unsure: BTreeMap<u64, Transfer>,
    /// Where each partition ended when it was looked at last: what is durable stays.
    ends: BTreeMap<TaskId, u64>,
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
    pub(crate) fn answered(&self, transfer: &Transfer, answer: &AckReturns) {
        let Some(place) = answer.place() else { return };
        let mut books = self.books();
        books.unsure.remove(&transfer.id);
        let before = books.acked.insert(transfer.id, place);
        assert!(before.is_none_or(|before| before == place), "{transfer:?} is in two places");
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
            if let Some(place) = books.acked.get(&id) {
                assert_eq!(*place, (task, *offset), "transfer {id} was acknowledged there");
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
