//! The client's side of a depot (CL-03, CL-07): single appends.

use std::{fmt, marker::PhantomData};

use tokio::sync::oneshot;

use super::{Link, target::Target};
use crate::{
    depot::{AckLevel, AckReturns, Answer, Event, KEY_BYTES_MAX},
    error::AppendError,
};

/// A handle on a depot. Cheap to clone.
pub struct Depot<E> {
    pub(super) link: Link,
    pub(super) name: &'static str,
    event: PhantomData<fn(E)>,
}

/// Where the answer comes, if anybody waits for it.
pub(super) type Waits = Option<oneshot::Receiver<Answer>>;

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
        let answer = self.start(record, None, level).await?;
        self.acknowledged(answer).await
    }

    /// Appends a record as [`Self::append_with`] does, unless there is no room for it in the queue of its partition: then it
    /// is refused at once. For whoever has an answer to give meanwhile, such as "try again later".
    ///
    /// # Errors
    /// As [`Self::append`], and [`AppendError::Full`] when there is no room; nothing is stored then.
    pub async fn try_append(&self, record: E, level: AckLevel) -> Result<AckReturns, AppendError> {
        let answer = self.try_start(record, None, level)?;
        self.acknowledged(answer).await
    }

    /// Appends a record once under a key, and waits as [`Self::append`] does. Whoever appends the same record under the same
    /// key again, after an answer was lost or at the same time, gets the answer of the first append: the same task and
    /// offset, and what topologies returned, if the first append waited for them, that takes at most 1 KiB and the module was not
    /// restarted.
    ///
    /// A key is 1 to 256 bytes. Records are the same when they are encoded alike, so a record must not have a
    /// `HashMap` in it. A key counts in the partition of its record: with `hash_by`, a record under the same key that is at
    /// home on another task is another one; with `random`, the key says the partition. A partition remembers as many
    /// keys, and as long, as its depot says (`keys`, `key_age`; 10,000 for a day), also after the record was
    /// trimmed; under a key that was forgotten a record is appended again.
    ///
    /// # Errors
    /// As [`Self::append`]; and when the key has no usable length, or another record is stored under it: then nothing is
    /// stored, and the error has the hashes of both.
    pub async fn append_once(
        &self,
        key: impl AsRef<[u8]>,
        record: E,
    ) -> Result<AckReturns, AppendError> {
        self.append_once_with(key, record, AckLevel::Ack).await
    }

    /// Appends a record once under a key, and waits for what `level` says, which may be another one each time. With
    /// [`AckLevel::None`] nobody learns of another record under the key.
    ///
    /// # Errors
    /// As [`Self::append_once`], as far as `level` waits for it.
    pub async fn append_once_with(
        &self,
        key: impl AsRef<[u8]>,
        record: E,
        level: AckLevel,
    ) -> Result<AckReturns, AppendError> {
        let key = self.check_key(key.as_ref())?;
        let answer = self.start(record, Some(key), level).await?;
        self.acknowledged(answer).await
    }

    /// Appends a record once under a key as [`Self::append_once_with`] does, unless there is no room for it now, as
    /// [`Self::try_append`].
    ///
    /// # Errors
    /// As [`Self::append_once_with`], and [`AppendError::Full`] when there is no room, also for a record that is there already;
    /// nothing is stored then.
    pub async fn try_append_once(
        &self,
        key: impl AsRef<[u8]>,
        record: E,
        level: AckLevel,
    ) -> Result<AckReturns, AppendError> {
        let key = self.check_key(key.as_ref())?;
        let answer = self.try_start(record, Some(key), level)?;
        self.acknowledged(answer).await
    }

    /// Queues a record, waiting for room.
    async fn start(
        &self,
        record: E,
        key: Option<&[u8]>,
        level: AckLevel,
    ) -> Result<Waits, AppendError> {
        let target = Target::of(self)?;
        let (door, append, waits) = target.prepare(record, key, level)?;
        let queued = door.queue.push(append, || target.is_full()).await;
        target.entered(door, &queued)?;
        Ok(waits)
    }

    /// Queues a record if there is room for it.
    fn try_start(
        &self,
        record: E,
        key: Option<&[u8]>,
        level: AckLevel,
    ) -> Result<Waits, AppendError> {
        let target = Target::of(self)?;
        let (door, append, waits) = target.prepare(record, key, level)?;
        target.entered(door, &door.queue.try_push(append))?;
        Ok(waits)
    }

    fn check_key<'k>(&self, key: &'k [u8]) -> Result<&'k [u8], AppendError> {
        let (bytes, max) = (key.len(), KEY_BYTES_MAX);
        if (1..=max).contains(&bytes) {
            Ok(key)
        } else {
            Err(AppendError::Key { depot: self.name, bytes, max })
        }
    }

    async fn acknowledged(&self, waits: Waits) -> Result<AckReturns, AppendError> {
        match waits {
            None => Ok(AckReturns::default()),
            Some(answer) => self.answered(answer).await,
        }
    }

    async fn answered(&self, answer: oneshot::Receiver<Answer>) -> Answer {
        answer.await.unwrap_or_else(|_| Err(self.unknown()))
    }

    /// The error of a record of which nobody says what became of it.
    pub(super) fn unknown(&self) -> AppendError {
        let reason = match self.link.refusal() {
            AppendError::Broken { reason, .. } => reason,
            _ => "the module stopped before the record was durable".into(),
        };
        AppendError::Unknown { reason }
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
