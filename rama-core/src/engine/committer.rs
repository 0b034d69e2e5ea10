//! Makes commit groups durable, one after the other: encode, one write and one sync, publish, answer.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{
    Engine,
    answers::Answers,
    checkpointer::{CheckpointProgress, Job},
    gate::{Ending, Group},
    letters::Letter,
    redo::Redo,
    space::SPACE_INTERVAL,
    tuning::Tuning,
};
use crate::{
    clock::Timestamp,
    depot::{DepotReadError, SealedRecords, StoredRecord},
    driver::{Actor, Step},
    flow::Origin,
    group::GroupWriter,
    id::{Epoch, Offset},
    log::{CommitLog, Durability, LogError},
    planted::Mistake,
    pstate::RowError,
};

/// How many times the bytes after which a checkpoint is due may wait for one, before commits wait too: bounds the
/// memory that holds them. As much again may be in the checkpoint that is being written.
const UNCHECKPOINTED_MAX: usize = 2;

/// Dead letters that changed: new ones, and `None` for those that are gone.
type Changed = Vec<LetterChange>;

/// What becomes of the letter of a record.
type LetterChange = (Origin, Option<Arc<[u8]>>);

/// Writes the commit log. The only owner of it.
pub(crate) struct Committer {
    engine: Arc<Engine>,
    answers: Answers,
    log: Box<dyn CommitLog>,
    durability: Durability,
    in_hand: Option<InHand>,
    /// When the first of the groups was written that are not synced.
    unsynced_since: Option<Timestamp>,
    /// Groups that are in the log and not handed to a checkpoint yet.
    redo: Redo,
    /// When the first of them was written.
    redo_since: Timestamp,
    /// Jobs that the checkpointer was given.
    jobs: u64,
    progress: Arc<CheckpointProgress>,
    released: Epoch,
    tuning: Tuning,
}

/// Why the module cannot go on.
enum Broken {
    Disk(String),
    Row(RowError),
}

impl From<String> for Broken {
    fn from(reason: String) -> Self {
        Self::Disk(reason)
    }
}

impl From<RowError> for Broken {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

/// A group that is to be written, and its bytes.
struct InHand {
    group: Group,
    letters: Changed,
    payload: Vec<u8>,
}

impl Committer {
    /// `log` and the store contain everything up to `covered`.
    pub(crate) fn new(
        engine: Arc<Engine>,
        answers: Answers,
        log: Box<dyn CommitLog>,
        (durability, tuning): (Durability, Tuning),
        covered: Epoch,
    ) -> Self {
        let redo_since = engine.clock.now();
        Self {
            engine,
            answers,
            log,
            durability,
            in_hand: None,
            unsynced_since: None,
            redo: Redo::default(),
            redo_since,
            jobs: 0,
            progress: Arc::default(),
            released: covered,
            tuning,
        }
    }

    /// Commits the group in hand, unless there is no space for it. It stays in hand when that fails, so that whoever
    /// waits for it learns of the failure only when the reason is known.
    fn commit(&mut self, now: Timestamp) -> Result<(), String> {
        if let Some(InHand { group, letters, .. }) = &self.in_hand
            && Mistake::VisibleTooSoon.is_made_at(group.epoch.0)
        {
            publish(&self.engine, group, letters.clone(), self.redo.since());
        }
        if self.in_hand.is_none() || !self.write()? {
            return Ok(());
        }
        let Some(InHand { group, letters, payload }) = self.in_hand.take() else { return Ok(()) };
        if self.redo.is_empty() {
            self.redo_since = now;
        }
        self.engine.backlog.note(self.redo.bytes(), self.redo_bytes_max());
        self.redo.push(group.epoch, payload);
        self.engine.gate.is_durable(group.epoch);
        if !Mistake::VisibleTooSoon.is_made_at(group.epoch.0) {
            let rows = publish(&self.engine, &group, letters, self.redo.since());
            self.redo.keeps(rows);
        }
        // Whoever is answered may move the clock: that is no stall of the disk.
        let ends = self.engine.clock.now();
        self.answers.give(group);
        self.engine.committed(ends);
        Ok(())
    }

    /// Writes the group in hand to the log. Tells whether there was space for it.
    fn write(&mut self) -> Result<bool, String> {
        match self.write_group() {
            Err(LogError::Full { .. }) => self.engine.runs_full(),
            written => return written.map(|()| true).map_err(|error| error.to_string()),
        }
        let written =
            if self.engine.space.give_up_reserve() { Some(self.write_group()) } else { None };
        match written {
            None | Some(Err(LogError::Full { .. })) if !self.engine.gate.is_closing() => Ok(false),
            Some(written) => written.map(|()| true).map_err(|error| error.to_string()),
            None => Err("the disk is full".to_owned()),
        }
    }

    fn write_group(&mut self) -> Result<(), LogError> {
        let Some(InHand { group, payload, .. }) = &self.in_hand else { return Ok(()) };
        match self.durability {
            Durability::Sync => self.log.append(group.epoch, payload),
            Durability::Interval(_) => {
                self.log.write(group.epoch, payload)?;
                self.unsynced_since.get_or_insert(self.engine.clock.now());
                Ok(())
            }
            Durability::Memory => self.log.write(group.epoch, payload),
        }
    }

    /// Syncs what was written, when its time has come.
    fn sync_in_time(&mut self, now: Timestamp) -> Result<(), String> {
        if self.sync_time().is_some_and(|at| at <= now) { self.sync() } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), String> {
        self.unsynced_since = None;
        self.log.sync().map_err(|error| error.to_string())
    }

    /// The dead letters that a group writes, with their records, and those that it removes.
    fn letters(&self, group: &Group) -> Result<Changed, String> {
        let mut changed: Changed =
            group.closed.letters_gone.iter().map(|origin| (*origin, None)).collect();
        let gone = &group.closed.letters_gone;
        for judged in group.closed.letters().filter(|judged| !gone.contains(&judged.origin)) {
            let (appended, record) = record_of(&self.engine, group, judged.origin)?;
            let (failed, attempts) = (judged.at, judged.times);
            let reason = judged.reason.to_string();
            let letter = Letter { appended, failed, attempts, reason, record };
            changed.push((judged.origin, Some(letter.encode().into())));
        }
        Ok(changed)
    }

    fn sync_time(&self) -> Option<Timestamp> {
        let Durability::Interval(interval) = self.durability else { return None };
        Some(self.unsynced_since?.after(interval))
    }

    /// When a checkpoint is due.
    fn checkpoint_time(&self) -> Option<Timestamp> {
        if self.is_checkpointing() || self.redo.is_empty() {
            return None;
        }
        let Tuning { checkpoint_bytes, checkpoint_interval, .. } = self.tuning;
        let is_large = self.redo.memory() >= checkpoint_bytes;
        let interval = if is_large { Duration::ZERO } else { checkpoint_interval };
        Some(self.redo_since.after(interval))
    }

    /// Begins a checkpoint if one is due, or wanted, and the disk has space for it. Tells whether it did.
    fn checkpoint_in_time(&mut self, now: Timestamp) -> Result<bool, String> {
        let is_due = self.checkpoint_time().is_some_and(|at| at <= now);
        if !is_due && (self.is_checkpointing() || !self.engine.snapshot_is_wanted()) {
            return Ok(false);
        }
        let has_space = match self.engine.gate.is_closing() {
            true => self.may_end_with_checkpoint() || self.is_behind(),
            false => self.engine.space.has_for_checkpoint(self.redo.bytes()),
        };
        if !has_space {
            self.engine.runs_full();
            return Ok(false);
        }
        self.start_checkpoint()?;
        Ok(true)
    }

    /// The store must never contain what the log could still lose.
    fn start_checkpoint(&mut self) -> Result<(), String> {
        self.sync()?;
        self.jobs += 1;
        let redo = std::mem::take(&mut self.redo);
        if Mistake::ReleasedTooSoon.is_made() {
            self.log.release(redo.through()).map_err(|error| error.to_string())?;
        }
        let (progress, waiting) = (Arc::clone(&self.progress), self.engine.take_snapshot_wishes());
        self.engine.checkpoints.put(Job { redo, progress, waiting });
        Ok(())
    }

    /// Whether there is space for the last checkpoint. What is in the log is durable without it.
    fn may_end_with_checkpoint(&self) -> bool {
        let space = &self.engine.space;
        let has_space = || space.has_for_checkpoint(self.redo.bytes());
        matches!(self.durability, Durability::Memory)
            || has_space()
            || (space.give_up_reserve() && has_space())
    }

    /// Whether commits wait for a checkpoint. A module that stops does not wait for space: it tries, or would not end.
    fn is_behind(&self) -> bool {
        self.redo.memory() >= UNCHECKPOINTED_MAX * self.tuning.checkpoint_bytes
    }

    fn is_checkpointing(&self) -> bool {
        self.progress.jobs.load(Ordering::Acquire) < self.jobs
    }

    /// Notices a finished checkpoint and gives its part of the log back.
    fn release(&mut self) -> Result<(), String> {
        let through = Epoch(self.progress.covered.load(Ordering::Acquire));
        if through > self.released {
            self.released = through;
            self.log.release(through).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Bytes that may wait for a checkpoint when one more group is taken.
    fn redo_bytes_max(&self) -> usize {
        UNCHECKPOINTED_MAX * self.tuning.checkpoint_bytes
    }

    fn take(&mut self) -> Result<(), Broken> {
        if self.in_hand.is_some() || self.is_behind() {
            return Ok(());
        }
        let Some(group) = self.engine.groups.take() else { return Ok(()) };
        // In hand before anything of the user's runs: whoever waits for it is told the reason when that panics.
        let group = group.with_mistakes();
        self.in_hand = Some(InHand { group, letters: Changed::new(), payload: Vec::new() });
        let Some(InHand { group, .. }) = &self.in_hand else { return Ok(()) };
        let letters = self.letters(group)?;
        let payload = encode(group, &letters)?;
        if let Some(in_hand) = &mut self.in_hand {
            (in_hand.letters, in_hand.payload) = (letters, payload);
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Step, Broken> {
        let now = self.engine.clock.now();
        self.release()?;
        self.sync_in_time(now)?;
        self.take()?;
        self.commit(now)?;
        if self.checkpoint_in_time(now)? {
            // A group may have waited for the room that this makes.
            return Ok(Step::Again);
        }
        if self.engine.space.is_full() && self.in_hand.is_none() {
            self.engine.space.look(self.redo.bytes());
        }
        let look = self.engine.space.is_full().then(|| now.after(SPACE_INTERVAL));
        // A checkpoint that is due already waits for space.
        let checkpoint = self.checkpoint_time().map(|at| look.map_or(at, |look| at.max(look)));
        let times = [self.sync_time(), checkpoint, look];
        Ok(times.into_iter().flatten().min().map_or(Step::Idle, Step::Until))
    }

    /// The module ends: the last checkpoint is written if one is wanted and the store still works.
    fn end(&mut self, ending: &Ending) -> Result<Step, Broken> {
        drop(self.engine.groups.take());
        if matches!(ending, Ending::Stopped { checkpoint: true }) {
            self.release()?;
            if !self.is_checkpointing() && !self.redo.is_empty() && self.may_end_with_checkpoint() {
                self.start_checkpoint()?;
            }
            if self.is_checkpointing() {
                return Ok(Step::Idle);
            }
        }
        self.engine.committer_ends();
        Ok(Step::Done)
    }
}

impl Actor for Committer {
    fn step(&mut self) -> Step {
        let stepped = match self.engine.gate.ending() {
            Some(ending) => self.end(&ending),
            None => self.advance(),
        };
        stepped.unwrap_or_else(|broken| {
            match broken {
                Broken::Disk(reason) => self.engine.disk_failed(&reason),
                Broken::Row(error) => self.engine.row_failed(&error),
            }
            Step::Again
        })
    }
}

fn encode(group: &Group, letters: &[LetterChange]) -> Result<Vec<u8>, RowError> {
    let mut writer = GroupWriter::new();
    for task in &group.tasks {
        for records in &task.records {
            for batch in &records.batches {
                writer.records(records.depot, records.task, batch);
            }
            for note in &records.keys.added {
                writer.key(records.depot, records.task, note);
            }
            if let Some(offset) = records.keys.kept_from {
                writer.keys_from(records.depot, records.task, offset);
            }
        }
        for rows in &task.rows {
            rows.encode(&mut writer)?;
        }
        for progress in &task.progress {
            writer.progress(progress.topology, progress.depot, progress.task, progress.next);
        }
    }
    let parked = group.closed.parked.iter().map(|origin| (origin, true));
    let done = group.closed.done.iter().map(|origin| (origin, false));
    // The later one counts: a letter whose replay is done with may be replayed at the same cut.
    for (Origin { topology, depot, task, offset }, parked) in done.chain(parked) {
        writer.parked(*topology, *depot, *task, *offset, parked);
    }
    for (origin, failed) in &group.closed.again {
        writer.failed(origin.topology, origin.place(), *failed);
    }
    for (origin, letter) in letters {
        writer.letter(origin.topology, origin.place(), letter.as_deref());
    }
    Ok(writer.finish())
}

/// A record that was given up with a group: it is in the group, or durable.
fn record_of(engine: &Engine, group: &Group, origin: Origin) -> Result<StoredRecord, String> {
    let is_its =
        |records: &&SealedRecords| (records.depot, records.task) == (origin.depot, origin.task);
    let sealed = group.tasks.iter().flat_map(|task| &task.records).filter(is_its);
    for batch in sealed.flat_map(|records| &records.batches) {
        let records = (batch.first().0..).map(Offset).zip(batch.records());
        if let Some((_, record)) = records.into_iter().find(|(offset, _)| *offset == origin.offset)
        {
            return Ok((batch.time(), record.to_vec()));
        }
    }
    let letter = engine.letters.get(origin);
    if let Some(letter) = letter.map_err(|error| format!("a letter cannot be read: {error}"))? {
        return Ok((letter.appended, letter.record));
    }
    let range = origin.offset..origin.offset.next();
    let mut records = match engine.depot_view(origin.depot, origin.task).read(range) {
        Ok(records) => records,
        // Trimmed since it was run: there is nothing left to keep but that it failed.
        Err(DepotReadError::Trimmed { .. }) => return Ok(StoredRecord::default()),
        Err(error) => return Err(format!("a record cannot be read: {error}")),
    };
    records.pop().ok_or_else(|| "a record that failed is not in its depot".to_owned())
}

/// Makes a durable group visible to everybody. Tells how many rows are in memory since then that did not change before,
/// from the group `since` on.
fn publish(engine: &Engine, group: &Group, letters: Changed, since: Epoch) -> usize {
    let _moment = engine.shared.moment.publish();
    engine.letters.publish(group.epoch, letters);
    let mut new = 0;
    for task in &group.tasks {
        new += task.rows.iter().map(|rows| rows.publish(group.epoch, since)).sum::<usize>();
        for records in &task.records {
            engine.depot_view(records.depot, records.task).publish(&records.batches);
        }
    }
    new
}
