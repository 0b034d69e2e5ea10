//! What clients attempted and were told, outside of the system: the auditor's own books.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rama_core::{
    Result,
    client::Depot,
    depot::AckReturns,
    error::ReadError,
    id::{Offset, TaskId},
};

use crate::bank::Transfer;

/// Shared by all clients of a world; survives its crashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Books>>);

#[derive(Debug, Default)]
struct Books {
    attempted: BTreeMap<u64, Transfer>,
    acked: BTreeMap<u64, (TaskId, Offset)>,
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

    /// Behind an append that was answered with success.
    pub(crate) fn acked(&self, transfer: &Transfer, answer: &AckReturns) {
        if let Some(place) = answer.place() {
            self.books().acked.insert(transfer.id, place);
        }
    }

    pub(crate) fn acked_count(&self) -> usize {
        self.books().acked.len()
    }

    /// Compares a depot with the books (oracle 1).
    pub(crate) async fn check(&self, depot: &Depot<Transfer>) -> Result<()> {
        let mut stored = BTreeSet::new();
        for task in (0..).map(TaskId) {
            let info = match depot.partition_info(task) {
                Err(ReadError::NoSuchTask { .. }) => break,
                info => info?,
            };
            let records = depot.read(task, info.start.0..info.end.0).await?;
            assert_eq!(records.len() as u64, info.end.0 - info.start.0, "offsets are dense");
            self.check_partition(task, &records, &mut stored);
        }
        let books = self.books();
        let lost: Vec<_> = books.acked.iter().filter(|(id, _)| !stored.contains(*id)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        Ok(())
    }

    fn check_partition(&self, task: TaskId, records: &[Transfer], stored: &mut BTreeSet<u64>) {
        let mut books = self.books();
        let mut last = BTreeMap::new();
        for (offset, transfer) in (0..).zip(records) {
            let id = transfer.id;
            assert_eq!(books.attempted.get(&id), Some(transfer), "nobody appended that");
            assert!(stored.insert(id), "transfer {id} is stored twice");
            if let Some(place) = books.acked.get(&id) {
                assert_eq!(*place, (task, Offset(offset)), "transfer {id} was acknowledged there");
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
