//! The client's side of a stream topology: its dead letters, the records that it has given up (ST-14).

use std::{fmt, sync::Arc};

use tokio::sync::oneshot;

use super::{Link, link::Gone};
use crate::{
    clock::Timestamp,
    codec::decode_value,
    depot::Event,
    engine::{Engine, Letter, LettersError, Order, OrderError, What},
    error::{LetterError, ReadError},
    flow::Origin,
    id::{Offset, TaskId, TopologyId},
    module::READER,
};

/// Letters that are read at once at most: each is a record, and the caller holds them all.
const PAGE_MAX: usize = 1_000;

/// A handle on a stream topology. Cheap to clone.
#[derive(Clone)]
pub struct Stream {
    link: Link,
    name: &'static str,
}

/// A record that a topology has given up, after all its attempts.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The topology, with the id of its source if that has one.
    pub topology: String,
    /// The depot of the record.
    pub depot: String,
    /// The partition of the record.
    pub task: TaskId,
    /// The offset of the record.
    pub offset: Offset,
    /// When the record was appended.
    pub appended: Timestamp,
    /// When its last attempt failed.
    pub failed: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// The error or the panic message of the last attempt.
    pub reason: String,
    record: Vec<u8>,
}

/// What came of replaying many dead letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Those that the topology has finished now.
    pub done: usize,
    /// Those that failed once more, or whose records were trimmed: they are dead letters still.
    pub failed: usize,
}

impl DeadLetter {
    /// The record itself.
    ///
    /// # Errors
    /// When it is no `E`.
    pub fn record<E: Event>(&self) -> Result<E, LetterError> {
        Ok(decode_value(&self.record)?)
    }
}

/// All but the bytes of the record, of which there may be many: how many there are.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topology, depot, task, offset, appended, failed, attempts, reason, record } =
            self;
        f.debug_struct("DeadLetter")
            .field("topology", topology)
            .field("depot", depot)
            .field("task", task)
            .field("offset", offset)
            .field("appended", appended)
            .field("failed", failed)
            .field("attempts", attempts)
            .field("reason", reason)
            .field("record", &format_args!("{} bytes", record.len()))
            .finish()
    }
}

impl Stream {
    pub(crate) fn new(link: Link, name: &'static str) -> Self {
        Self { link, name }
    }

    /// The dead letters of the topology behind `after`, or the first ones, in the order of their sources, depots, tasks and offsets:
    /// up to `count`, and to a thousand; fewer when the records are large, but one at least if there is one.
    ///
    /// # Errors
    /// When the module is not running, or the store fails.
    #[expect(clippy::unused_async, reason = "reading may leave the caller's thread one day")]
    pub async fn dead_letters(
        &self,
        after: Option<&DeadLetter>,
        count: usize,
    ) -> Result<Vec<DeadLetter>, LetterError> {
        let engine = self.engine()?;
        let (mut found, count) = (Vec::new(), count.min(PAGE_MAX));
        for (name, id) in self.ids(&engine)? {
            let behind = after.filter(|after| after.topology >= name);
            if behind.is_some_and(|after| after.topology > name) || found.len() >= count {
                continue;
            }
            let behind = behind.map(|after| place(&engine, after)).transpose()?;
            let page = engine.letters.page(id, behind, count - found.len());
            let page = page.map_err(|error| match error {
                LettersError::Store(error) => LetterError::Read(ReadError::Store(error)),
                LettersError::Codec(error) => LetterError::Codec(error),
            })?;
            found
                .extend(page.into_iter().map(|(origin, letter)| found_at(&engine, origin, letter)));
        }
        Ok(found)
    }

    /// Runs the record of a letter again from its source, with as many attempts as a new one, out of its turn. When this
    /// returns, the topology has finished the record, its effects are durable and visible, and the letter is gone.
    ///
    /// # Errors
    /// When the record failed once more in all its attempts: it is a dead letter again. When there is no such letter any
    /// more, or it is being replayed, or the disk is full, or the module stopped: then the next start goes on with it.
    pub async fn replay(&self, letter: &DeadLetter) -> Result<(), LetterError> {
        let answer = self.order(letter, What::Replay)?;
        self.answered(answer, letter).await
    }

    /// Replays all dead letters that there are now, and tells how many succeeded.
    ///
    /// # Errors
    /// When letters cannot be read, the disk is full, or the module stops meanwhile.
    pub async fn replay_all(&self) -> Result<Replayed, LetterError> {
        let mut replayed = Replayed::default();
        let mut page = self.dead_letters(None, PAGE_MAX).await?;
        while let Some(last) = page.last().cloned() {
            let mut answers = Vec::new();
            for letter in page {
                answers.push((self.order(&letter, What::Replay)?, letter));
            }
            for (answer, letter) in answers {
                match self.answered(answer, &letter).await {
                    Ok(()) => replayed.done += 1,
                    Err(LetterError::FailedAgain { .. }) => replayed.failed += 1,
                    // It can only be appended again.
                    Err(LetterError::Trimmed { .. }) => replayed.failed += 1,
                    // Somebody else has it.
                    Err(LetterError::NoSuchLetter { .. } | LetterError::RunsAgain { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            page = self.dead_letters(Some(&last), PAGE_MAX).await?;
        }
        Ok(replayed)
    }

    /// Removes a letter. The record stays in its depot; the topology has not processed it, and never will.
    ///
    /// # Errors
    /// When there is no such letter any more, or it is being replayed, or the disk is full, or the module is not running.
    pub async fn discard(&self, letter: &DeadLetter) -> Result<(), LetterError> {
        let answer = self.order(letter, What::Discard)?;
        self.answered(answer, letter).await
    }

    fn order(&self, letter: &DeadLetter, what: What) -> Result<Answer, LetterError> {
        let engine = self.engine()?;
        let origin = place(&engine, letter)?;
        let (reply, answer) = oneshot::channel();
        engine.order(Order { origin, what, reply });
        Ok(answer)
    }

    async fn answered(&self, answer: Answer, letter: &DeadLetter) -> Result<(), LetterError> {
        let DeadLetter { depot, task, offset, .. } = letter;
        let (depot, task, offset) = (depot.clone(), *task, *offset);
        match answer.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(OrderError::NoSuchLetter)) => {
                Err(LetterError::NoSuchLetter { depot, task, offset })
            }
            Ok(Err(OrderError::Trimmed)) => Err(LetterError::Trimmed { depot, task, offset }),
            Ok(Err(OrderError::RunsAgain)) => Err(LetterError::RunsAgain { depot, task, offset }),
            Ok(Err(OrderError::NotRead)) => {
                Err(LetterError::NotRead { topology: letter.topology.clone(), depot })
            }
            Ok(Err(OrderError::DiskFull)) => {
                Err(LetterError::DiskFull { module: self.link.module() })
            }
            Ok(Err(OrderError::FailedAgain { reason })) => Err(LetterError::FailedAgain { reason }),
            Err(_) => Err(LetterError::Stopped { module: self.link.module() }),
        }
    }

    fn engine(&self) -> Result<Arc<Engine>, LetterError> {
        self.link.engine().ok_or(LetterError::Stopped { module: self.link.module() })
    }

    /// The topology and its sources with an id, in the order of their names.
    fn ids(&self, engine: &Engine) -> Result<Vec<(String, TopologyId)>, LetterError> {
        let names = (0..).map(TopologyId).zip(&engine.letters.tables().catalog.topologies);
        let is_its = |name: &str| name.split(READER).next() == Some(self.name);
        let its = names.filter(|(_, name)| is_its(name));
        let mut ids: Vec<_> = its.map(|(id, name)| (name.clone(), id)).collect();
        ids.sort();
        if ids.is_empty() {
            return Err(LetterError::Read(Gone::Outdated.read(self.link.module())));
        }
        Ok(ids)
    }
}

type Answer = oneshot::Receiver<Result<(), OrderError>>;

/// Where a letter is in the module that runs.
fn place(engine: &Engine, letter: &DeadLetter) -> Result<Origin, LetterError> {
    let DeadLetter { topology, depot, task, offset, .. } = letter;
    let tables = engine.letters.tables();
    let (task, offset) = (*task, *offset);
    match (tables.topology(topology), tables.depot_id(depot)) {
        (Some(topology), Some(depot)) if task.0 < engine.task_count() => {
            Ok(Origin { topology, depot, task, offset })
        }
        _ => Err(LetterError::NoSuchLetter { depot: depot.clone(), task, offset }),
    }
}

fn found_at(engine: &Engine, origin: Origin, letter: Letter) -> DeadLetter {
    let Letter { appended, failed, attempts, reason, record } = letter;
    let catalog = &engine.letters.tables().catalog;
    let topology = catalog.topologies[usize::from(origin.topology.0)].clone();
    let depot = catalog.depots[usize::from(origin.depot.0)].clone();
    let Origin { task, offset, .. } = origin;
    DeadLetter { topology, depot, task, offset, appended, failed, attempts, reason, record }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
