//! The client's side of a depot (CL-03, CL-07): appends.

use std::{fmt, marker::PhantomData, sync::Arc};

use tokio::sync::oneshot;

use super::{Link, link::Gone};
use crate::{
    depot::{
        AckLevel, AckReturns, Answer, Append, Event, KEY_BYTES_MAX, NotQueued, Reply, encode_record,
    },
    error::AppendError,
    module::DepotDoor,
};

/// A handle on a depot. Cheap to clone.
pub struct Depot<E> {
    pub(super) link: Link,
    pub(super) name: &'static str,
    event: PhantomData<fn(E)>,
}

/// Where the answer comes, if anybody waits for it.
type Waits = Option<oneshot::Receiver<Answer>>;

/// An append that is ready to be queued.
struct Prepared<E> {
    door: Arc<DepotDoor<E>>,
    append: Append<E>,
    waits: Waits,
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
        let answer = self.start(record, None, level).await?;
        self.acknowledged(answer).await
    }

    /// Appends a record as [`Self::append_with`] does, unless there is no room for it in the queue of its partition: then it
    /// is refused at once. For whoever has an answer to give meanwhile, such as "try again later".
    ///
    /// # Errors
    /// As [`Self::append`], and [`AppendError::Full`] when there is no room; nothing is stored then.
    pub async fn try_append(&self, record: E, level: AckLevel) -> Result<AckReturns, AppendError> {
        let Prepared { door, append, waits } = self.prepare(record, None, level)?;
        self.entered(&door, &door.queue.try_push(append))?;
        self.acknowledged(waits).await
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
        let (key, max) = (key.as_ref(), KEY_BYTES_MAX);
        if !(1..=max).contains(&key.len()) {
            return Err(AppendError::Key { depot: self.name, bytes: key.len(), max });
        }
        let answer = self.start(record, Some(key.into()), level).await?;
        self.acknowledged(answer).await
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
            match self.start(record, None, level).await {
                Ok(answer) => answers.extend(answer),
                // It says nothing about the others.
                Err(error @ AppendError::Encode { .. }) => outcome = outcome.and(Err(error)),
                Err(error) => {
                    outcome = outcome.and(Err(error));
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

    /// Queues a record, waiting for room.
    async fn start(
        &self,
        record: E,
        key: Option<Arc<[u8]>>,
        level: AckLevel,
    ) -> Result<Waits, AppendError> {
        let Prepared { door, append, waits } = self.prepare(record, key, level)?;
        let is_refused = || self.link.check_space().is_err();
        self.entered(&door, &door.queue.push(append, is_refused).await)?;
        Ok(waits)
    }

    /// Everything that an append needs: where it goes, what is queued there, and where its answer comes.
    fn prepare(
        &self,
        record: E,
        key: Option<Arc<[u8]>>,
        level: AckLevel,
    ) -> Result<Prepared<E>, AppendError> {
        let depot = self.link.shared_depot::<E>(self.name).map_err(|gone| match gone {
            Gone::Stopped => self.link.refusal(),
            Gone::Outdated => AppendError::Outdated { module: self.link.module() },
        })?;
        self.link.check_space()?;
        let tasks = u32::try_from(depot.partitions.len()).expect("tasks are counted in u32");
        let place = match &key {
            Some(key) => depot.partitioning.place_keyed(&record, key, tasks),
            None => depot.partitioning.place(&record, tasks),
        };
        let Some(task) = place else {
            return Err(AppendError::Disallowed { depot: self.name });
        };
        let mut encoded = Vec::new();
        encode_record(&record, &mut encoded)
            .map_err(|reason| AppendError::Encode { depot: self.name, reason })?;
        let encoded = encoded.into_boxed_slice();
        let (reply, waits) = match level {
            AckLevel::None => (None, None),
            AckLevel::Ack | AckLevel::AppendAck => {
                let (reply, answer) = Reply::to_client(level);
                (Some(reply), Some(answer))
            }
        };
        let door = Arc::clone(&depot.partitions[task.0 as usize]);
        Ok(Prepared { door, append: Append { record, encoded, key, reply }, waits })
    }

    fn entered(
        &self,
        door: &DepotDoor<E>,
        queued: &Result<bool, NotQueued>,
    ) -> Result<(), AppendError> {
        match queued {
            Ok(true) => door.wake.raise(),
            Ok(false) => {}
            Err(NotQueued::Full) => return Err(AppendError::Full { depot: self.name }),
            Err(NotQueued::Refused) => self.link.check_space()?,
            Err(NotQueued::Closed) => return Err(self.link.refusal()),
        }
        Ok(())
    }

    async fn acknowledged(&self, waits: Waits) -> Result<AckReturns, AppendError> {
        match waits {
            None => Ok(AckReturns::default()),
            Some(answer) => self.answered(answer).await,
        }
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
