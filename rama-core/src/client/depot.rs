//! The client's side of a depot (CL-03, CL-07).

use std::{fmt, marker::PhantomData, ops::Range};

use tokio::sync::oneshot;

use super::{Link, link::Gone};
use crate::{
    codec::decode_value,
    depot::{AckLevel, AckReturns, Answer, Append, DepotReadError, Event, Reply},
    error::{AppendError, ReadError},
    id::{Offset, TaskId},
};

/// A handle on a depot. Cheap to clone.
pub struct Depot<E> {
    link: Link,
    name: &'static str,
    event: PhantomData<fn(E)>,
}

/// Which offsets a depot partition holds (DP-51).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionInfo {
    /// The first offset.
    pub start: Offset,
    /// The offset after the last durable record.
    pub end: Offset,
}

impl<E> Depot<E> {
    pub(crate) fn new(link: Link, name: &'static str) -> Self {
        Self { link, name, event: PhantomData }
    }
}

impl<E: Event> Depot<E> {
    /// Appends a record and waits until every stream topology of the module has processed it and its
    /// effects are durable and visible (DP-20). Waits before that while the depot's queue is full.
    ///
    /// # Errors
    /// When nothing was stored, or a topology failed on the stored record, or the module broke before the
    /// outcome was known: the variants of [`AppendError`] say which.
    pub async fn append(&self, record: E) -> Result<AckReturns, AppendError> {
        self.append_with(record, AckLevel::Ack).await
    }

    /// Appends a record and waits for what `level` says.
    ///
    /// # Errors
    /// As [`Self::append`], as far as `level` waits for it.
    pub async fn append_with(&self, record: E, level: AckLevel) -> Result<AckReturns, AppendError> {
        match self.start(record, level).await? {
            None => Ok(AckReturns::default()),
            Some(answer) => self.answered(answer).await,
        }
    }

    /// Appends records in order and waits for all of them: as fast as the module goes, since it commits
    /// them in groups. Every record is a record of its own: there is no atomicity among them.
    ///
    /// # Errors
    /// The first error, after all records were answered.
    pub async fn append_all(
        &self,
        records: impl IntoIterator<Item = E>,
        level: AckLevel,
    ) -> Result<(), AppendError> {
        let mut answers = Vec::new();
        let mut outcome = Ok(());
        for record in records {
            match self.start(record, level).await {
                Ok(answer) => answers.extend(answer),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        for answer in answers {
            let answer = self.answered(answer).await;
            outcome = outcome.and(answer.map(drop));
        }
        outcome
    }

    async fn start(
        &self,
        record: E,
        level: AckLevel,
    ) -> Result<Option<oneshot::Receiver<Answer>>, AppendError> {
        let depot = self.link.shared_depot::<E>(self.name).map_err(|gone| match gone {
            Gone::Stopped => self.link.refusal(),
            Gone::Outdated => AppendError::Outdated { module: self.link.module() },
        })?;
        let tasks = u32::try_from(depot.partitions.len()).expect("tasks are counted in u32");
        let Some(task) = depot.partitioning.place(&record, tasks) else {
            return Err(AppendError::Disallowed { depot: self.name });
        };
        let (reply, answer) = match level {
            AckLevel::None => (None, None),
            AckLevel::Ack | AckLevel::AppendAck => {
                let (reply, answer) = Reply::to_client(level);
                (Some(reply), Some(answer))
            }
        };
        let door = &depot.partitions[task.0 as usize];
        match door.queue.push(Append { record, reply }).await {
            Ok(true) => door.wake.raise(),
            Ok(false) => {}
            Err(_) => return Err(self.link.refusal()),
        }
        Ok(answer)
    }

    async fn answered(&self, answer: oneshot::Receiver<Answer>) -> Answer {
        answer.await.unwrap_or_else(|_| {
            let reason = match self.link.refusal() {
                AppendError::Broken { reason, .. } => reason,
                _ => "the module stopped before the record was durable".into(),
            };
            Err(AppendError::Unknown { reason })
        })
    }

    /// Which offsets the partition of a task holds (DP-51).
    ///
    /// # Errors
    /// When there is no such task, or the module is not running.
    pub fn partition_info(&self, task: TaskId) -> Result<PartitionInfo, ReadError> {
        let end = self.read_partition(task, |view| view.end())?;
        Ok(PartitionInfo { start: Offset(0), end })
    }

    /// Reads the records of a range of offsets, end exclusive (DP-52).
    ///
    /// # Errors
    /// When offsets of the range do not exist, stored bytes are damaged or do not decode, there is no such
    /// task, or the module is not running.
    pub async fn read(&self, task: TaskId, range: Range<u64>) -> Result<Vec<E>, ReadError> {
        let PartitionInfo { start, end } = self.partition_info(task)?;
        if range.start > range.end || range.start < start.0 || range.end > end.0 {
            let (from, to) = (range.start, range.end);
            let (depot, start, end) = (self.name, start.0, end.0);
            return Err(ReadError::Offsets { depot, task, start, end, from, to });
        }
        let range = Offset(range.start)..Offset(range.end);
        let records = self.read_partition(task, |view| view.read(range))?;
        let records = records.map_err(|error| match error {
            DepotReadError::Store(error) => ReadError::Store(error),
            DepotReadError::Codec(error) => ReadError::Codec(error),
        })?;
        let decoded: Result<Vec<E>, _> =
            records.iter().map(|(_, record)| decode_value(record)).collect();
        Ok(decoded?)
    }

    fn read_partition<R>(
        &self,
        task: TaskId,
        read: impl FnOnce(&crate::depot::DepotView) -> R,
    ) -> Result<R, ReadError> {
        let depot = self.link.shared_depot::<E>(self.name);
        let depot = depot.map_err(|gone| gone.read(self.link.module()))?;
        let tasks = u32::try_from(depot.partitions.len()).expect("tasks are counted in u32");
        let door = depot.partitions.get(task.0 as usize);
        Ok(read(&door.ok_or(ReadError::NoSuchTask { task, tasks })?.view))
    }
}

impl<E> Clone for Depot<E> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), name: self.name, event: PhantomData }
    }
}

impl<E> fmt::Debug for Depot<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "*{}", self.name)
    }
}
