//! Makes commit groups durable, one after the other: encode, one write and one sync, publish, answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Engine,
    checkpointer::Job,
    gate::{Ending, Group},
    redo::Redo,
    tuning::Tuning,
    unfinished::Held,
};
use crate::{
    clock::Timestamp,
    codec::CodecError,
    depot::{AckLevel, AckReturns, SealedRecords},
    driver::{Actor, Step},
    error::AppendError,
    flow::{AckReturn, Origin, Place},
    group::GroupWriter,
    id::{DepotId, Epoch, TaskId},
    log::CommitLog,
};

/// How many times the bytes after which a checkpoint is due may wait for one, before commits wait too.
const UNCHECKPOINTED_MAX: usize = 4;

/// Writes the commit log. The only owner of it.
pub(crate) struct Committer {
    engine: Arc<Engine>,
    topologies: Vec<&'static str>,
    log: Box<dyn CommitLog>,
    in_hand: Option<Group>,
    /// Groups that are in the log and not handed to a checkpoint yet.
    redo: Redo,
    checkpointing: bool,
    checkpointed: Arc<AtomicU64>,
    released: Epoch,
    last_checkpoint: Timestamp,
    tuning: Tuning,
}

impl Committer {
    pub(crate) fn new(
        engine: Arc<Engine>,
        topologies: Vec<&'static str>,
        log: Box<dyn CommitLog>,
        covered: Epoch,
        tuning: Tuning,
    ) -> Self {
        let last_checkpoint = engine.clock.now();
        Self {
            engine,
            topologies,
            log,
            in_hand: None,
            redo: Redo::default(),
            checkpointing: false,
            checkpointed: Arc::new(AtomicU64::new(covered.0)),
            released: covered,
            last_checkpoint,
            tuning,
        }
    }

    /// Makes the group in hand durable. It stays in hand when that fails, so that whoever waits for it
    /// learns of the failure only when the reason is known.
    fn commit(&mut self) -> Result<(), String> {
        let Some(group) = &self.in_hand else { return Ok(()) };
        let payload = encode(group).map_err(|error| error.to_string())?;
        self.log.append(group.epoch, &payload).map_err(|error| error.to_string())?;
        self.redo.push(group.epoch, payload);
        self.engine.gate.is_durable(group.epoch);
        publish(&self.engine, group);
        self.in_hand.take().into_iter().for_each(|group| answer(group, &self.topologies));
        self.engine.committed();
        Ok(())
    }

    fn due(&self) -> bool {
        let passed = self.engine.clock.now().since(self.last_checkpoint);
        self.redo.bytes() >= self.tuning.checkpoint_bytes
            || passed >= self.tuning.checkpoint_interval
    }

    fn start_checkpoint(&mut self) {
        self.checkpointing = true;
        self.last_checkpoint = self.engine.clock.now();
        let job =
            Job { redo: std::mem::take(&mut self.redo), done: Arc::clone(&self.checkpointed) };
        self.engine.checkpoints.put(job);
    }

    /// Notices a finished checkpoint and gives its part of the log back.
    fn release(&mut self) -> Result<(), String> {
        let through = Epoch(self.checkpointed.load(Ordering::Acquire));
        if through > self.released {
            self.released = through;
            self.checkpointing = false;
            self.log.release(through).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Step, String> {
        self.release()?;
        if self.redo.bytes() < UNCHECKPOINTED_MAX * self.tuning.checkpoint_bytes {
            self.in_hand = self.engine.groups.take();
            self.commit()?;
        }
        if !self.checkpointing && !self.redo.is_empty() && self.due() {
            self.start_checkpoint();
            // A group may have waited for the room that this makes.
            return Ok(Step::Again);
        }
        Ok(Step::Idle)
    }

    /// The module ends: the last checkpoint is written if one is wanted and the store still works.
    fn end(&mut self, ending: &Ending) -> Step {
        drop(self.engine.groups.take());
        let checkpoint = matches!(ending, Ending::Stopped { checkpoint: true });
        let released = self.release();
        if checkpoint && released.is_ok() && (self.checkpointing || !self.redo.is_empty()) {
            if !self.checkpointing {
                self.start_checkpoint();
            }
            return Step::Idle;
        }
        self.engine.committer_ends();
        Step::Done
    }
}

impl Actor for Committer {
    fn step(&mut self) -> Step {
        if let Some(ending) = self.engine.gate.ending() {
            return self.end(&ending);
        }
        self.advance().unwrap_or_else(|reason| {
            self.engine.break_down(&reason);
            Step::Again
        })
    }
}

fn encode(group: &Group) -> Result<Vec<u8>, CodecError> {
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
    for (Origin { topology, depot, task, offset }, parked) in parked.chain(done) {
        writer.parked(*topology, *depot, *task, *offset, parked);
    }
    Ok(writer.finish())
}

/// Makes a durable group visible to everybody.
fn publish(engine: &Engine, group: &Group) {
    let _moment = engine.shared.moment.publish();
    for task in &group.tasks {
        for rows in &task.rows {
            rows.publish(group.epoch);
        }
        for records in &task.records {
            let partition = |(depot, task, _): &&(DepotId, TaskId, _)| {
                (*depot, *task) == (records.depot, records.task)
            };
            let view = engine.shared.depot_views.iter().find(partition);
            let (.., view) = view.expect("every depot partition has its view");
            view.publish(&records.batches);
        }
    }
}

/// Answers everybody whose record is finished with the group.
fn answer(group: Group, topologies: &[&'static str]) {
    let mut returned: BTreeMap<Place, AckReturns> = BTreeMap::new();
    let mut acks: Vec<&AckReturn> = group.tasks.iter().flat_map(|task| &task.acks).collect();
    // Tasks stand one behind the other here, while a tree may return a value on task 1 and, further on,
    // the one that counts on task 0. Stable: what a task returned in one place keeps its order.
    acks.sort_by_key(|ack| ack.hops);
    for AckReturn { origin, value, .. } in acks {
        let Origin { topology, task, offset, .. } = *origin;
        let returns =
            returned.entry(origin.place()).or_insert_with(|| AckReturns::at(task, offset));
        returns.set(topologies[usize::from(topology.0)], Arc::clone(value));
    }
    let failures: BTreeMap<Place, (usize, &Arc<str>)> = (group.failed.iter())
        .map(|(origin, reason)| (origin.place(), (usize::from(origin.topology.0), reason)))
        .collect();
    group.closed.answers.into_iter().for_each(|held| answer_held(held, topologies));
    for SealedRecords { depot, name, task, replies, .. } in
        group.tasks.into_iter().flat_map(|task| task.records)
    {
        for (offset, reply) in replies {
            let place = (depot, task, offset);
            let nothing = || AckReturns::at(task, offset);
            let answer = match failures.get(&place) {
                Some((topology, reason)) if reply.level == AckLevel::Ack => {
                    let (topology, reason) = (topologies[*topology], Arc::clone(reason));
                    Err(AppendError::Failed { depot: name, topology, reason })
                }
                // Somebody else may wait for the same record by its key, until it is processed.
                _ if reply.level == AckLevel::AppendAck => {
                    Ok(returned.get(&place).cloned().unwrap_or_else(nothing))
                }
                _ => Ok(returned.remove(&place).unwrap_or_else(nothing)),
            };
            reply.send(answer);
        }
    }
}

/// Answers somebody who has waited for longer than one group.
fn answer_held(held: Held, topologies: &[&'static str]) {
    let Held { place: (_, task, offset), depot, reply, returns, failure, .. } = held;
    if let Some((topology, reason)) = failure {
        let topology = topologies[usize::from(topology.0)];
        return reply.send(Err(AppendError::Failed { depot, topology, reason }));
    }
    let mut returned = AckReturns::at(task, offset);
    for AckReturn { origin, value, .. } in returns {
        returned.set(topologies[usize::from(origin.topology.0)], value);
    }
    reply.send(Ok(returned));
}
