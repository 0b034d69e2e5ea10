//! What clients read of a depot: its records, and which there are (DP-32, DP-50 to DP-53).

use std::ops::Range;

use super::Depot;
use crate::{
    clock::Timestamp,
    codec::decode_value,
    depot::{Bounds, DepotReadError, DepotView, Event},
    error::ReadError,
    id::{Offset, TaskId},
};

/// Encoded bytes of records that one read gives, more or less one record: some milliseconds of decoding, and what
/// a reader and an answer over a network can hold at once. Eight blocks of the store.
const READ_BYTES_MAX: usize = 256 * 1024;

/// What a depot is (DP-50).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepotInfo {
    /// The module that declares it.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The number of its partitions: one on each task.
    pub partitions: u32,
}

/// Which records a depot partition holds (DP-51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionInfo {
    /// The first offset: those before were trimmed.
    pub start: Offset,
    /// The offset after the last durable record.
    pub end: Offset,
    /// When the first record was appended; `None` when there is none.
    pub first_time: Option<Timestamp>,
    /// When the last record was appended; `None` when there is none.
    pub last_time: Option<Timestamp>,
    /// How many records were trimmed before a topology ran them, since the module started: each counts for every topology
    /// that skipped it (DP-64).
    pub skipped: u64,
}

/// Records that were read at once, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct DepotPage<E> {
    /// The records.
    pub records: Vec<DepotRecord<E>>,
    /// Where to read on: the offset after the last of the records.
    pub next: Offset,
}

/// A record of a depot.
#[derive(Clone, Debug, PartialEq)]
pub struct DepotRecord<E> {
    /// Its position in its partition.
    pub offset: Offset,
    /// When it was appended (DP-32). Never before that of the record before it, also when the clock went back.
    pub time: Timestamp,
    /// What was appended.
    pub event: E,
}

impl<E: Event> Depot<E> {
    /// The depot's module, name and number of partitions (DP-50).
    ///
    /// # Errors
    /// When the module is not running.
    pub fn info(&self) -> Result<DepotInfo, ReadError> {
        let module = self.link.module();
        let depot = self.link.shared_depot::<E>(self.name).map_err(|gone| gone.read(module))?;
        let partitions = u32::try_from(depot.partitions.len()).expect("tasks are counted in u32");
        Ok(DepotInfo { module, name: self.name, partitions })
    }

    /// Which records the partition of a task holds (DP-51).
    ///
    /// # Errors
    /// When there is no such task, the first record cannot be read, or the module is not running.
    pub fn partition_info(&self, task: TaskId) -> Result<PartitionInfo, ReadError> {
        loop {
            let info = self.read_partition(task, |view| {
                let Bounds { start, end, last } = view.bounds();
                let first_time = (start < end).then(|| view.time_of(start)).transpose()?;
                let last_time = first_time.map(|_| last);
                Ok(PartitionInfo { start, end, first_time, last_time, skipped: view.skipped() })
            })?;
            match info {
                // It was trimmed between the two looks.
                Err(DepotReadError::Trimmed { .. }) => {}
                info => return info.map_err(|error| self.unread(error, task, Offset(0))),
            }
        }
    }

    /// The first record of a partition that was appended at this time or later (DP-32); the end when there is none.
    ///
    /// # Errors
    /// When stored bytes are damaged, there is no such task, or the module is not running.
    pub async fn offset_at(&self, task: TaskId, time: Timestamp) -> Result<Offset, ReadError> {
        let offset = self.read_partition(task, |view| view.offset_at(time))?;
        offset.map_err(|error| self.unread(error, task, Offset(0)))
    }

    /// Reads the first records of a range of offsets, end exclusive (DP-52): at least one, and about 256 KiB of encoded
    /// records. The page says where the next one begins.
    ///
    /// # Errors
    /// When offsets of the range were trimmed or do not exist, stored bytes are damaged or do not decode, there is no
    /// such task, or the module is not running.
    pub async fn read(&self, task: TaskId, range: Range<u64>) -> Result<DepotPage<E>, ReadError> {
        let Bounds { start, end, .. } = self.read_partition(task, DepotView::bounds)?;
        if range.start < start.0 {
            return Err(self.unread(DepotReadError::Trimmed { start }, task, Offset(range.start)));
        }
        if range.start > range.end || range.end > end.0 {
            let (from, to) = (range.start, range.end);
            let (depot, start, end) = (self.name, start.0, end.0);
            return Err(ReadError::Offsets { depot, task, start, end, from, to });
        }
        let wanted = Offset(range.start)..Offset(range.end);
        let read = self.read_partition(task, |view| view.read_up_to(wanted, READ_BYTES_MAX))?;
        let stored = read.map_err(|error| self.unread(error, task, Offset(range.start)))?;
        let mut records = Vec::with_capacity(stored.len());
        for (offset, (time, bytes)) in (range.start..).map(Offset).zip(stored) {
            records.push(DepotRecord { offset, time, event: decode_value(&bytes)? });
        }
        let next = records.last().map_or(Offset(range.start), |record| record.offset.next());
        Ok(DepotPage { records, next })
    }

    /// Reads all records of a range of offsets, end exclusive, page by page. All of them are in memory then.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_all(&self, task: TaskId, range: Range<u64>) -> Result<Vec<E>, ReadError> {
        let DepotPage { records, mut next } = self.read(task, range.clone()).await?;
        let mut events: Vec<E> = records.into_iter().map(|record| record.event).collect();
        while next.0 < range.end {
            let page = self.read(task, next.0..range.end).await?;
            next = page.next;
            events.extend(page.records.into_iter().map(|record| record.event));
        }
        Ok(events)
    }

    fn unread(&self, error: DepotReadError, task: TaskId, from: Offset) -> ReadError {
        match error {
            DepotReadError::Trimmed { start } => {
                ReadError::Trimmed { depot: self.name, task, start: start.0, from: from.0 }
            }
            DepotReadError::Store(error) => ReadError::Store(error),
            DepotReadError::Codec(error) => ReadError::Codec(error),
        }
    }

    fn read_partition<R>(
        &self,
        task: TaskId,
        read: impl FnOnce(&DepotView) -> R,
    ) -> Result<R, ReadError> {
        let depot = self.link.shared_depot::<E>(self.name);
        let depot = depot.map_err(|gone| gone.read(self.link.module()))?;
        let tasks = u32::try_from(depot.partitions.len()).expect("tasks are counted in u32");
        let door = depot.partitions.get(task.0 as usize);
        Ok(read(&door.ok_or(ReadError::NoSuchTask { task, tasks })?.view))
    }
}
