//! How records of one depot partition reach the sources that read it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{Begin, Failed, SealedTask, Took};
use crate::{
    clock::Timestamp,
    codec::decode_value,
    depot::{Append, Appended, DepotPartition, DepotView, Event, StoredRecord},
    flow::{Cx, Failure, Origin, Program, Source},
    id::{DepotId, Offset, TaskId, TopologyId},
};

/// Records a source that lags behind its depot reads at once.
const BACKLOG_RECORDS: u64 = 1_024;

/// Records that are run again at once because their trees were parked when the module ended: as many as new ones, for
/// the same reasons.
const UNFINISHED_RECORDS: usize = 256;

/// Encoded bytes of records that one batch takes in, more or less one record: large records must not make
/// a commit group as large as the queue is long.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// One depot partition and the sources that read it.
pub(crate) struct Intake<E> {
    partition: DepotPartition<E>,
    view: Arc<DepotView>,
    readings: Vec<Reading<E>>,
    taken: VecDeque<Append<E>>,
    /// Behind the last record that a client appended in this life of the module.
    clients: Offset,
    /// Records with parked trees that the last life of the module left, in their order.
    unfinished: VecDeque<Origin>,
    /// Those of them that were run in this attempt.
    run_again: Vec<Origin>,
}

/// How far a source has read its partition.
struct Reading<E> {
    source: Arc<Source<E>>,
    /// Everything before is in a commit group.
    committed: Offset,
    /// Everything before has been run.
    reached: Offset,
    /// Whether the next start knows how far it is.
    is_stored: bool,
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
    fn run(&mut self, count: usize, begin: Begin, now: Timestamp, cx: &mut Cx<'_>) -> Took;
    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>);
    /// Adds to a group what was done and taken in since the last cut, and behind it what topologies appended.
    fn seal(&mut self, appended: &mut Appended, now: Timestamp, group: &mut SealedTask);
    /// Whether clients' records were taken out of the queue that have not run.
    fn is_waiting(&self) -> bool;
    /// Forgets them.
    fn abandon(&mut self);
    fn forming_bytes(&self) -> usize;
}

impl<E: Event> Intake<E> {
    /// `progress` tells where each topology goes on, and `unfinished` what it runs again before. A topology that has
    /// never read the depot starts at its end (DP-80).
    pub(crate) fn new(
        partition: DepotPartition<E>,
        view: Arc<DepotView>,
        program: &Program,
        progress: &BTreeMap<TopologyId, Option<Offset>>,
        unfinished: VecDeque<Origin>,
    ) -> Self {
        let readings = (program.sources::<E>(partition.id))
            .map(|source| {
                let stored = progress[&source.topology];
                let next = stored.unwrap_or(partition.next());
                Reading { source, committed: next, reached: next, is_stored: stored.is_some() }
            })
            .collect();
        let (taken, run_again) = (VecDeque::new(), Vec::new());
        Self { partition, view, readings, taken, clients: Offset(0), unfinished, run_again }
    }

    /// Whether every source has run every record that has an offset.
    fn keeps_up(&self) -> bool {
        let end = self.partition.next();
        self.readings.iter().all(|reading| reading.reached == end)
    }

    /// Runs what the last life of the module left unfinished, from its source.
    fn finish(&mut self, cx: &mut Cx<'_>) -> Option<Took> {
        let count = self.unfinished.len().min(UNFINISHED_RECORDS);
        if count == 0 {
            return None;
        }
        let origins: Vec<_> = self.unfinished.drain(..count).collect();
        self.run_again(&origins, &Failed::new(), cx);
        self.run_again.extend(origins);
        Some(Took { records: count, more: true })
    }

    /// Runs single records, in the order of their offsets. Those that stand close together are read together.
    fn run_again(&self, origins: &[Origin], failed: &Failed, cx: &mut Cx<'_>) {
        let mut rest = origins;
        while let Some(first) = rest.first() {
            let end = Offset(first.offset.0 + BACKLOG_RECORDS);
            let (near, further) = rest.split_at(rest.partition_point(|one| one.offset < end));
            let last = near.last().expect("the first one is near itself");
            let Some(records) = self.read(*first, last.offset.next(), cx) else { return };
            for origin in near.iter().filter(|origin| !failed.contains_key(origin)) {
                cx.parking.ended(*origin);
                let record = origin.offset.0 - first.offset.0;
                let record = usize::try_from(record).expect("what is near is counted in thousands");
                let (time, bytes) = &records[record];
                for source in self.sources_of(origin.topology) {
                    run_encoded(source, *origin, *time, bytes, failed, cx);
                }
            }
            rest = further;
        }
    }

    /// Runs records that had an offset before a topology saw them: what it missed, and what topologies appended.
    /// New records wait until every topology has done so, so that an append is acknowledged by all of them.
    fn catch_up(&mut self, cx: &mut Cx<'_>) -> Option<Took> {
        let end = self.readable();
        let behind = self.readings.iter().find(|reading| reading.reached < end)?;
        let (topology, from) = (behind.source.topology, behind.reached);
        let to = Offset(end.0.min(from.0 + BACKLOG_RECORDS));
        let none = Failed::new();
        let forming = self.partition.forming_start();
        if from < forming {
            self.run_stored(topology, from, to.min(forming), &none, cx);
        }
        self.run_forming(from, to, |reading| reading.source.topology == topology, &none, cx);
        self.readings_of(topology).for_each(|reading| reading.reached = to);
        let records = usize::try_from(to.0 - from.0).unwrap_or(usize::MAX);
        Some(Took { records, more: true })
    }

    /// Where the records end that can be read: the group before the forming one may still be on its way to the log.
    fn readable(&self) -> Offset {
        let durable = self.view.end();
        if durable < self.partition.forming_start() { durable } else { self.partition.next() }
    }

    /// The sources of one topology. They are always equally far, because progress is kept by topology.
    fn readings_of(&mut self, topology: TopologyId) -> impl Iterator<Item = &mut Reading<E>> {
        self.readings.iter_mut().filter(move |reading| reading.source.topology == topology)
    }

    fn sources_of(&self, topology: TopologyId) -> impl Iterator<Item = &Source<E>> {
        let sources = self.readings.iter().map(|reading| &*reading.source);
        sources.filter(move |source| source.topology == topology)
    }

    fn run_stored(
        &self,
        topology: TopologyId,
        from: Offset,
        to: Offset,
        failed: &Failed,
        cx: &mut Cx<'_>,
    ) {
        let origin = origin_of(&self.partition, topology);
        let Some(records) = self.read(origin(from), to, cx) else { return };
        for (number, (time, bytes)) in (from.0..).zip(records) {
            for source in self.sources_of(topology) {
                run_encoded(source, origin(Offset(number)), time, &bytes, failed, cx);
            }
        }
    }

    /// Stored records from one on; `None` when the module cannot go on.
    fn read(&self, from: Origin, to: Offset, cx: &mut Cx<'_>) -> Option<Vec<StoredRecord>> {
        let records = self.view.read(from.offset..to);
        records
            .map_err(|error| {
                // Going on would leave records out for ever.
                let reason = format!("stored records cannot be read: {error}").into();
                cx.failures.push(Failure { origin: from, reason, fatal: true });
            })
            .ok()
    }

    /// Runs the records of the forming group in a range, for some of the sources.
    fn run_forming(
        &self,
        from: Offset,
        to: Offset,
        wanted: impl Fn(&Reading<E>) -> bool,
        failed: &Failed,
        cx: &mut Cx<'_>,
    ) {
        let records = self.partition.forming().skip_while(|(offset, ..)| *offset < from);
        for (offset, time, bytes) in records.take_while(|(offset, ..)| *offset < to) {
            for reading in self.readings.iter().filter(|reading| wanted(reading)) {
                let origin = origin_of(&self.partition, reading.source.topology)(offset);
                run_encoded(&reading.source, origin, time, bytes, failed, cx);
            }
        }
    }

    /// Takes records out of the queue and, when nothing stands before them, runs them at once.
    fn take_in(&mut self, count: usize, now: Timestamp, cx: &mut Cx<'_>) -> Took {
        if self.taken.is_empty() {
            self.partition.queue.take(count, &mut self.taken);
        }
        let keeps_up = self.keeps_up();
        let (waiting, full) = (self.taken.len(), self.partition.forming_bytes() + BATCH_BYTES_MAX);
        while self.partition.forming_bytes() < full {
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
        Took { records: waiting - self.taken.len(), more }
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
    fn run(&mut self, count: usize, begin: Begin, now: Timestamp, cx: &mut Cx<'_>) -> Took {
        if !begin.closing
            && let Some(took) = self.finish(cx)
        {
            return took;
        }
        // A module that stops does not begin what the next start finds, only what clients wait for.
        let wanted = !begin.closing || self.is_waiting() || !self.partition.queue.is_empty();
        if !self.keeps_up()
            && wanted
            && let Some(took) = self.catch_up(cx)
        {
            return took;
        }
        if begin.new { self.take_in(count, now, cx) } else { Took::default() }
    }

    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>) {
        self.run_again(&self.run_again, failed, cx);
        let forming = self.partition.forming_start();
        for readings in
            self.readings.chunk_by(|one, next| one.source.topology == next.source.topology)
        {
            let Reading { source, committed, reached, .. } = &readings[0];
            let to = forming.min(*reached);
            if *committed < to {
                self.run_stored(source.topology, *committed, to, failed, cx);
            }
        }
        for (offset, time, bytes) in self.partition.forming() {
            for Reading { source, reached, .. } in &self.readings {
                if offset < *reached {
                    let origin = origin_of(&self.partition, source.topology)(offset);
                    run_encoded(source, origin, time, bytes, failed, cx);
                }
            }
        }
    }

    fn seal(&mut self, appended: &mut Appended, now: Timestamp, group: &mut SealedTask) {
        let (depot, task) = (self.partition.id, self.partition.task);
        let mut settled = Offset(u64::MAX);
        let mut moved = false;
        if !appended.is_empty() {
            self.partition.adopt(appended, now);
        }
        let grew = self.partition.forming_start() < self.partition.next();
        for reading in &mut self.readings {
            let (topology, next) = (reading.source.topology, reading.reached);
            // Behind records that nobody has run yet, a topology must not begin at the end.
            if reading.committed != next || (grew && !reading.is_stored) {
                reading.committed = next;
                reading.is_stored = true;
                moved = true;
                group.progress.push(SourceProgress { topology, depot, task, next });
            }
            settled = settled.min(next);
        }
        if moved {
            group.settled.push((depot, task, settled));
        }
        group.records.extend(self.partition.seal(settled));
        group.lags |= !self.keeps_up();
        self.run_again.clear();
    }

    fn is_waiting(&self) -> bool {
        let runs_behind = |reading: &Reading<E>| reading.reached < self.clients;
        !self.taken.is_empty() || self.readings.iter().any(runs_behind)
    }

    fn abandon(&mut self) {
        self.taken.clear();
        self.unfinished.clear();
    }

    fn forming_bytes(&self) -> usize {
        self.partition.forming_bytes()
    }
}

fn origin_of<E>(
    partition: &DepotPartition<E>,
    topology: TopologyId,
) -> impl Fn(Offset) -> Origin + use<E> {
    let (depot, task) = (partition.id, partition.task);
    move |offset| Origin { topology, depot, task, offset }
}

/// Decodes a record and runs it, unless it is known to fail.
fn run_encoded<E: Event>(
    source: &Source<E>,
    origin: Origin,
    time: Timestamp,
    bytes: &[u8],
    failed: &Failed,
    cx: &mut Cx<'_>,
) {
    if !failed.contains_key(&origin) {
        let identity = source.identity(time);
        cx.event(origin, 0, identity, source.label, |cx| (source.body)(cx, decode_value(bytes)?));
    }
}
