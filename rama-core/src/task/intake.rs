//! How records of one depot partition reach the sources that read it.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    sync::Arc,
};

use super::{
    Alone, Begin, Failed, Guard, Next, SealedTask, Skipped, Start, Suspected, Took, Verdict,
    again::Again,
    reading::Reading,
    stored::{BACKLOG_RECORDS, Runs, origin_of, run_encoded},
    suspects::Suspects,
};
use crate::{
    clock::{Now, Timestamp},
    depot::{Append, Appended, DepotPartition, DepotView, Event},
    flow::{Blame, Cx, Failure, Origin, Program},
    id::{DepotId, Offset, TaskId, TopologyId},
    planted::Mistake,
};

/// Records that are run again at once because their trees were parked when the module ended: as many as new ones, for
/// the same reasons.
const UNFINISHED_RECORDS: usize = 256;

/// Encoded bytes of records that one batch takes in, more or less one record: large records must not make
/// a commit group as large as the queue is long.
pub(crate) const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// Records of a partition that a topology runs with care at a start, if they were left: as many as can have been on
/// their way to the disk at a crash, in the forming group and the one before it. Those behind them had not begun.
const LEFT_MAX: u64 = 65_536;

/// Until when a topology waits of which a record has failed that holds the others, before it is known what becomes
/// of that.
const UNTIL_JUDGED: Timestamp = Timestamp(u64::MAX);

/// One depot partition and the sources that read it.
pub(crate) struct Intake<E> {
    pub(super) partition: DepotPartition<E>,
    pub(super) view: Arc<DepotView>,
    pub(super) readings: Vec<Reading<E>>,
    taken: VecDeque<Append<E>>,
    /// Behind the last record that a client appended in this life of the module.
    clients: Offset,
    /// Behind the last record that a topology appended and of which a tree waits until it is processed.
    awaited: Offset,
    /// Records that are run again by themselves.
    again: Again,
    /// Those of them that were run in this attempt.
    taken_up: Vec<Origin>,
    /// What topologies did not find any more in this attempt.
    pub(super) skipped: Vec<(TopologyId, Range<Offset>)>,
    suspects: Suspects,
}

/// Everything before `next` is processed; written with the group that contains the effects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceProgress {
    pub(crate) topology: TopologyId,
    pub(crate) depot: DepotId,
    pub(crate) task: TaskId,
    pub(crate) next: Offset,
}

/// An [`Intake`] whose event type only its sources know.
pub(crate) trait IntakeSlot: Send {
    /// Runs stored records, and up to `count` new ones.
    fn run(&mut self, count: usize, begin: Begin<'_>, now: Now, cx: &mut Cx<'_>) -> Took;
    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>);
    /// A record has failed that holds all behind it: the topology goes back to it.
    fn hold(&mut self, origin: Origin);
    fn judge(&mut self, origin: Origin, verdict: Verdict);
    /// Takes note of a record that may have failed on what another one left. `None` when it cannot be run alone.
    fn suspect(&mut self, origin: Origin) -> Option<Suspected>;
    /// What stood before it is about to be sealed: its topology goes on.
    fn resume(&mut self, origin: Origin);
    /// How many records wait to be run again.
    fn resting(&self) -> usize;
    fn next_due(&self) -> Option<Timestamp>;
    /// Whether records are in no group yet that the last life of the module had not run.
    fn has_left(&self) -> bool;
    /// Adds to a group what was done and taken in since the last cut, and behind it what topologies appended.
    fn seal(&mut self, appended: &mut Appended, now: Timestamp, group: &mut SealedTask);
    /// Whether clients' records were taken out of the queue that have not run.
    fn is_waiting(&self) -> bool;
    /// Whether trees wait for records that topologies have not run.
    fn is_awaited(&self) -> bool;
    /// Forgets them.
    fn abandon(&mut self);
    fn forming_bytes(&self) -> usize;
}

impl<E: Event> Intake<E> {
    /// `starts` tells where each topology goes on or begins, and `unfinished` what it runs again before.
    pub(crate) fn new(
        partition: DepotPartition<E>,
        view: Arc<DepotView>,
        program: &Program,
        starts: &BTreeMap<TopologyId, Start>,
        unfinished: impl IntoIterator<Item = Origin>,
    ) -> Self {
        let mut readings: Vec<_> = (program.sources::<E>(partition.id))
            .map(|source| {
                let Start { next, is_stored } = starts[&source.topology];
                let left = partition.next().min(Offset(next.0.saturating_add(LEFT_MAX)));
                Reading { source, committed: next, reached: next, is_stored, held: None, left }
            })
            .collect();
        // Those that go on together stand together.
        readings.sort_by_key(|reading| reading.source.topology);
        Self {
            partition,
            view,
            readings,
            taken: VecDeque::new(),
            clients: Offset(0),
            awaited: Offset(0),
            again: Again::new(unfinished),
            taken_up: Vec::new(),
            skipped: Vec::new(),
            suspects: Suspects::default(),
        }
    }

    /// Whether every source has run every record that has an offset.
    fn keeps_up(&self) -> bool {
        let end = self.partition.next();
        self.readings.iter().all(|reading| reading.reached == end)
    }

    /// Whether some source has not run everything before an offset, and could.
    fn is_behind(&self, end: Offset) -> bool {
        self.readings.iter().any(|reading| reading.is_behind(end))
    }

    /// Runs records again that the last life of the module left unfinished, or that failed, from their source.
    fn finish(&mut self, now: Timestamp, cx: &mut Cx<'_>) -> Option<Took> {
        self.again.wake(now, || self.view.end());
        let mut origins = self.again.take(UNFINISHED_RECORDS.min(cx.parking.room()));
        if origins.is_empty() {
            return None;
        }
        let records = self.run_single(&origins, Runs::First, cx);
        self.again.give_back(origins.drain(records..));
        self.taken_up.extend(origins);
        Some(Took { records, more: cx.parking.may_begin() })
    }

    /// Runs records that had an offset before a topology saw them: what it missed, and what topologies appended.
    /// New records wait until every topology has done so, so that an append is acknowledged by all of them.
    fn catch_up(&mut self, cx: &mut Cx<'_>) -> Option<Took> {
        self.skip_trimmed();
        let end = self.readable();
        let end_of = |reading: &Reading<E>| {
            self.suspects.before(reading.source.topology, reading.reached, end)
        };
        let behind = self.readings.iter().find(|reading| reading.is_behind(end_of(reading)))?;
        let (topology, from, end) = (behind.source.topology, behind.reached, end_of(behind));
        // What cannot begin is not read.
        let room = u64::try_from(cx.parking.room()).unwrap_or(u64::MAX);
        let to = Offset(end.0.min(from.0 + BACKLOG_RECORDS.min(room)));
        let forming = self.partition.forming_start();
        let mut reached = from;
        if reached < forming {
            reached = self.run_stored(topology, from..to.min(forming), Runs::First, cx);
        }
        if reached >= forming {
            reached = self.run_forming(topology, reached..to, cx);
        }
        self.readings_of(topology).for_each(|reading| reading.reached = reached);
        let records = usize::try_from(reached.0 - from.0).unwrap_or(usize::MAX);
        Some(Took { records, more: cx.parking.may_begin() })
    }

    /// Runs one record that was left, if there is one: what is given up instead fails. Tells whether there was.
    fn run_left(&mut self, guard: &dyn Guard, closing: bool, cx: &mut Cx<'_>) -> bool {
        self.skip_trimmed();
        let behind = |reading: &&Reading<E>| reading.is_behind(reading.left);
        let again = if closing { None } else { self.again.take(1).pop() };
        let in_turn = || {
            let Reading { source, reached, .. } = self.readings.iter().find(behind)?;
            Some(origin_of(&self.partition, source.topology)(*reached))
        };
        let in_turn = || in_turn().filter(|_| self.is_wanted(closing));
        let Some(origin) = again.or_else(in_turn) else { return false };
        if !guard.admits(origin) {
            let (reason, blame) = (guard.reason(), Blame::Record);
            cx.failures.push(Failure { origin, reason, blame });
        } else if again.is_some() {
            self.run_single(&[origin], Runs::First, cx);
            self.taken_up.push(origin);
        } else {
            self.run_stored(origin.topology, origin.offset..origin.offset.next(), Runs::First, cx);
        }
        if again.is_none() {
            let topology = origin.topology;
            self.readings_of(topology).for_each(|reading| reading.reached = origin.offset.next());
        }
        true
    }

    /// Runs one record that may have failed on what another one left, if one stands first. Tells whether there was.
    fn run_suspect(&mut self, cx: &mut Cx<'_>) -> bool {
        if let Some(origin) = self.suspects.take_again() {
            self.run_single(&[origin], Runs::First, cx);
            self.taken_up.push(origin);
            return true;
        }
        let Some((topology, from)) = self.first_suspect(self.readable()) else { return false };
        let reached = match from < self.partition.forming_start() {
            true => self.run_stored(topology, from..from.next(), Runs::First, cx),
            false => self.run_forming(topology, from..from.next(), cx),
        };
        self.readings_of(topology).for_each(|reading| reading.reached = reached);
        self.suspects.pass(topology, reached);
        reached > from
    }

    /// One that stands first in what its topology has not run.
    fn first_suspect(&self, end: Offset) -> Option<(TopologyId, Offset)> {
        let unread = self.readings.iter().filter(|reading| reading.is_behind(end));
        let mut next = unread.map(|reading| (reading.source.topology, reading.reached));
        next.find(|(topology, reached)| self.suspects.before(*topology, *reached, end) == *reached)
    }

    /// A topology that lags goes on with the first record that is there, when the depot does not wait for it (DP-64).
    fn skip_trimmed(&mut self) {
        let start = self.view.bounds().start;
        for reading in self.readings.iter_mut().filter(|reading| reading.reached < start) {
            let topology = reading.source.topology;
            // The sources of a topology stand together.
            if self.skipped.last().is_none_or(|(last, to)| (*last, to.end) != (topology, start)) {
                self.skipped.push((topology, reading.reached..start));
            }
            reading.reached = start;
        }
    }

    /// Where the records end that can be read: the group before the forming one may still be on its way to the log.
    fn readable(&self) -> Offset {
        let durable = self.view.end();
        if durable < self.partition.forming_start() { durable } else { self.partition.next() }
    }

    /// Topologies go on that waited until now.
    fn let_go(&mut self, now: Timestamp) {
        for reading in &mut self.readings {
            reading.held = reading.held.filter(|until| *until > now);
        }
    }

    /// A module that stops does not begin what the next start finds, only what somebody waits for.
    fn is_wanted(&self, closing: bool) -> bool {
        let is_waited_for = || self.is_waiting() || self.is_awaited();
        !closing || is_waited_for() || !self.partition.queue.is_empty()
    }

    /// The sources of one topology. They are always equally far, because progress is kept by topology.
    fn readings_of(&mut self, topology: TopologyId) -> impl Iterator<Item = &mut Reading<E>> {
        self.readings.iter_mut().filter(move |reading| reading.source.topology == topology)
    }

    /// Takes records out of the queue and, when nothing stands before them, runs them at once.
    fn take_in(&mut self, count: usize, now: Timestamp, cx: &mut Cx<'_>) -> Took {
        if self.taken.is_empty() {
            self.partition.queue.take(count, &mut self.taken);
        }
        let keeps_up = self.keeps_up();
        let (waiting, full) = (self.taken.len(), self.partition.forming_bytes() + BATCH_BYTES_MAX);
        while self.partition.forming_bytes() < full && cx.parking.may_begin_new() {
            let Some(append) = self.taken.pop_front() else { break };
            let Some((offset, time, event)) = self.partition.accept(append, now) else { continue };
            self.clients = offset.next();
            if keeps_up {
                self.run_new((offset, time), event, cx);
            }
        }
        if keeps_up {
            let end = self.partition.next();
            self.readings.iter_mut().for_each(|reading| reading.reached = end);
        }
        let more = !self.taken.is_empty() || !self.partition.queue.is_empty();
        Took { records: waiting - self.taken.len(), more: more && cx.parking.may_begin() }
    }

    fn run_new(&self, (offset, time): (Offset, Timestamp), event: E, cx: &mut Cx<'_>) {
        let Some((last, others)) = self.readings.split_last() else { return };
        for reading in others {
            let origin = origin_of(&self.partition, reading.source.topology)(offset);
            // Within the event: `Clone` is the user's code too.
            let source = &reading.source;
            let identity = source.identity(time);
            cx.event(origin, 0, identity, source.label, |cx| (source.body)(cx, event.clone()));
        }
        let source = &last.source;
        let origin = origin_of(&self.partition, source.topology)(offset);
        let identity = source.identity(time);
        cx.event(origin, 0, identity, source.label, |cx| (source.body)(cx, event));
    }
}

impl<E: Event> IntakeSlot for Intake<E> {
    fn run(&mut self, count: usize, begin: Begin<'_>, now: Now, cx: &mut Cx<'_>) -> Took {
        if !cx.parking.may_begin() {
            // Until an answer wakes the task.
            return Took::default();
        }
        if let Some(alone) = begin.alone {
            if !begin.closing {
                self.let_go(now.steady);
            }
            let records = match alone {
                Alone::Left(guard) => self.run_left(guard, begin.closing, cx),
                Alone::Suspects => self.run_suspect(cx),
            };
            return Took { records: usize::from(records), more: false };
        }
        if !begin.closing {
            if let Some(took) = self.finish(now.steady, cx) {
                return took;
            }
            self.let_go(now.steady);
        }
        if !begin.stored {
            return Took::default();
        }
        if !self.keeps_up()
            && self.is_wanted(begin.closing)
            && let Some(took) = self.catch_up(cx)
        {
            return took;
        }
        if begin.new { self.take_in(count, now.wall, cx) } else { Took::default() }
    }

    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>) {
        if Mistake::NeighboursDropped.is_made() {
            return;
        }
        let again = Runs::Again(failed);
        self.skipped.clear();
        // They may have come at several times.
        let mut taken_up = self.taken_up.clone();
        taken_up.sort_by_key(|origin| origin.offset);
        self.run_single(&taken_up, again, cx);
        let forming = self.partition.forming_start();
        let same =
            |one: &Reading<E>, next: &Reading<E>| one.source.topology == next.source.topology;
        let stored: Vec<_> = (self.readings.chunk_by(same))
            .map(|readings| (readings[0].source.topology, readings[0].run_before(forming)))
            .collect();
        for (topology, Range { start: mut from, end }) in stored {
            while from < end {
                from = self.run_stored(topology, from..end, again, cx);
            }
        }
        for (offset, time, bytes) in self.partition.forming() {
            for Reading { source, reached, .. } in &self.readings {
                let origin = origin_of(&self.partition, source.topology)(offset);
                if offset < *reached && !again.leaves_out(&origin) {
                    run_encoded(source, origin, time, bytes, cx);
                }
            }
        }
    }

    fn hold(&mut self, origin: Origin) {
        // What is behind it is run in its turn, whatever it was before.
        let is_behind =
            |other: &Origin| other.topology == origin.topology && other.offset >= origin.offset;
        self.again.forget(is_behind);
        self.suspects.forget(is_behind);
        self.taken_up.retain(|other| !is_behind(other));
        self.readings_of(origin.topology).for_each(|reading| {
            reading.reached = reading.reached.min(origin.offset);
            reading.held = Some(UNTIL_JUDGED);
        });
    }

    fn judge(&mut self, origin: Origin, verdict: Verdict) {
        match (verdict.holds, verdict.next) {
            (false, Next::Never) => {}
            (false, Next::Again(at)) => self.again.rest(origin, at),
            (true, Next::Again(at)) => {
                self.readings_of(origin.topology).for_each(|reading| reading.held = Some(at));
            }
            (true, Next::Never) => self.readings_of(origin.topology).for_each(|reading| {
                (reading.reached, reading.held) = (origin.offset.next(), None);
            }),
        }
    }

    fn suspect(&mut self, origin: Origin) -> Option<Suspected> {
        let taken_up = self.taken_up.iter().position(|other| *other == origin);
        let in_turn = |reading: &Reading<E>| {
            let run = reading.committed..reading.reached;
            reading.source.topology == origin.topology && run.contains(&origin.offset)
        };
        let how = match taken_up {
            Some(at) => {
                self.taken_up.remove(at);
                Suspected::Again
            }
            None if self.readings.iter().any(in_turn) => Suspected::InTurn,
            // A branch that went on.
            None => return None,
        };
        self.suspects.add(origin, how);
        Some(how)
    }

    fn resume(&mut self, origin: Origin) {
        self.readings_of(origin.topology).for_each(|reading| {
            reading.held = reading.held.filter(|until| *until != UNTIL_JUDGED);
        });
    }

    fn resting(&self) -> usize {
        self.again.count() + self.suspects.again()
    }

    fn next_due(&self) -> Option<Timestamp> {
        let held = self.readings.iter().filter_map(|reading| reading.held);
        let held = held.filter(|until| *until != UNTIL_JUDGED).min();
        held.into_iter().chain(self.again.next_due()).min()
    }

    fn has_left(&self) -> bool {
        self.readings.iter().any(|reading| reading.committed < reading.left)
    }

    fn seal(&mut self, appended: &mut Appended, now: Timestamp, group: &mut SealedTask) {
        let (depot, task) = (self.partition.id, self.partition.task);
        let mut settled = Offset(u64::MAX);
        let mut moved = false;
        if !appended.is_empty() {
            let awaited = self.partition.adopt(appended, now);
            self.awaited = self.awaited.max(awaited);
        }
        for reading in &mut self.readings {
            let (topology, next) = (reading.source.topology, reading.reached);
            // Where a topology begins is found once: the next start would find another place.
            if reading.committed != next || !reading.is_stored {
                reading.committed = next;
                reading.is_stored = true;
                moved = true;
                group.progress.push(SourceProgress { topology, depot, task, next });
            }
            settled = settled.min(next);
            self.suspects.pass(topology, next);
        }
        if moved {
            group.settled.push((depot, task, settled));
        }
        for (topology, records) in self.skipped.drain(..) {
            self.view.skip(records.end.0 - records.start.0);
            group.skipped.push(Skipped { topology, depot, task, records });
        }
        group.records.extend(self.partition.seal(settled));
        let end = self.partition.next();
        group.lags |= self.is_behind(end);
        group.has_suspects |= self.suspects.again() > 0 || self.first_suspect(end).is_some();
        self.taken_up.clear();
    }

    fn is_waiting(&self) -> bool {
        !self.taken.is_empty() || self.is_behind(self.clients)
    }

    fn is_awaited(&self) -> bool {
        self.is_behind(self.awaited)
    }

    fn abandon(&mut self) {
        self.taken.clear();
        (self.again, self.suspects) = (Again::default(), Suspects::default());
    }

    fn forming_bytes(&self) -> usize {
        self.partition.forming_bytes()
    }
}
