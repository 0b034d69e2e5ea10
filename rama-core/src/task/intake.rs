//! How records of one depot partition reach the sources that read it.

use std::{collections::VecDeque, sync::Arc};

use super::{Failed, Took};
use crate::{
    clock::Timestamp,
    codec::decode_value,
    depot::{Append, DepotPartition, DepotView, Event, SealedRecords},
    flow::{Cx, Failure, Origin, Program, Source},
    id::{DepotId, Offset, TaskId, TopologyId},
};

/// Records a source that lags behind its depot reads at once.
const BACKLOG_RECORDS: u64 = 1_024;

/// Encoded bytes of records that one batch takes in, more or less one record: large records must not make
/// a commit group as large as the queue is long.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// One depot partition and the sources that read it.
pub(crate) struct Intake<E> {
    partition: DepotPartition<E>,
    view: Arc<DepotView>,
    readings: Vec<Reading<E>>,
    taken: VecDeque<Append<E>>,
}

/// How far a source has read its partition.
struct Reading<E> {
    source: Arc<Source<E>>,
    /// Everything before is in a commit group.
    committed: Offset,
    /// Everything before has been run.
    reached: Offset,
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
    fn run(&mut self, count: usize, now: Timestamp, cx: &mut Cx<'_>) -> Took;
    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>);
    fn progress(&mut self) -> Vec<SourceProgress>;
    fn seal(&mut self) -> Option<SealedRecords>;
    /// Whether records were taken out of the queue that have no offset yet.
    fn is_waiting(&self) -> bool;
    /// Forgets them.
    fn abandon(&mut self);
    fn forming_bytes(&self) -> usize;
}

impl<E: Event> Intake<E> {
    /// `progress` tells where each topology goes on.
    pub(crate) fn new(
        partition: DepotPartition<E>,
        view: Arc<DepotView>,
        program: &Program,
        progress: impl Fn(TopologyId) -> Offset,
    ) -> Self {
        let readings = (program.sources::<E>(partition.id))
            .map(|source| {
                let next = progress(source.topology);
                Reading { source, committed: next, reached: next }
            })
            .collect();
        Self { partition, view, readings, taken: VecDeque::new() }
    }

    /// Runs records that were durable before a topology saw them. New records wait until every topology
    /// has caught up, so that an append is acknowledged by all of them.
    fn catch_up(&mut self, cx: &mut Cx<'_>) -> Option<Took> {
        let end = self.partition.next();
        let behind = self.readings.iter().find(|reading| reading.reached < end)?;
        let (topology, from) = (behind.source.topology, behind.reached);
        let to = Offset(end.0.min(from.0 + BACKLOG_RECORDS));
        self.run_stored(topology, from, to, &Failed::new(), cx);
        self.readings_of(topology).for_each(|reading| reading.reached = to);
        let records = usize::try_from(to.0 - from.0).unwrap_or(usize::MAX);
        Some(Took { records, more: true })
    }

    /// The sources of one topology. They are always equally far, because progress is kept by topology.
    fn readings_of(&mut self, topology: TopologyId) -> impl Iterator<Item = &mut Reading<E>> {
        self.readings.iter_mut().filter(move |reading| reading.source.topology == topology)
    }

    fn run_stored(
        &self,
        topology: TopologyId,
        from: Offset,
        to: Offset,
        failed: &Failed,
        cx: &mut Cx<'_>,
    ) {
        let sources = self.readings.iter().map(|reading| &reading.source);
        let sources: Vec<_> = sources.filter(|source| source.topology == topology).collect();
        let origin = origin_of(&self.partition, topology);
        let records = match self.view.read(from..to) {
            Ok(records) => records,
            Err(error) => {
                // Going on would leave records out for ever.
                let reason = format!("stored records cannot be read: {error}").into();
                return cx.failures.push(Failure { origin: origin(from), reason, fatal: true });
            }
        };
        for (number, (time, bytes)) in (from.0..).zip(records) {
            for source in &sources {
                run_encoded(source, origin(Offset(number)), time, &bytes, failed, cx);
            }
        }
    }
}

impl<E: Event> IntakeSlot for Intake<E> {
    fn run(&mut self, count: usize, now: Timestamp, cx: &mut Cx<'_>) -> Took {
        if let Some(took) = self.catch_up(cx) {
            return took;
        }
        if self.taken.is_empty() {
            self.partition.queue.take(count, &mut self.taken);
        }
        let (waiting, full) = (self.taken.len(), self.partition.forming_bytes() + BATCH_BYTES_MAX);
        while self.partition.forming_bytes() < full {
            let Some(append) = self.taken.pop_front() else { break };
            let Some((offset, time, event)) = self.partition.accept(append, now) else { continue };
            let Some((last, others)) = self.readings.split_last() else { continue };
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
        let end = self.partition.next();
        self.readings.iter_mut().for_each(|reading| reading.reached = end);
        let more = !self.taken.is_empty() || !self.partition.queue.is_empty();
        Took { records: waiting - self.taken.len(), more }
    }

    fn repeat(&mut self, failed: &Failed, cx: &mut Cx<'_>) {
        let forming = self.partition.forming_start();
        for readings in
            self.readings.chunk_by(|one, next| one.source.topology == next.source.topology)
        {
            let Reading { source, committed, reached } = &readings[0];
            let to = forming.min(*reached);
            if *committed < to {
                self.run_stored(source.topology, *committed, to, failed, cx);
            }
        }
        for (offset, time, bytes) in self.partition.forming() {
            for Reading { source, .. } in &self.readings {
                let origin = origin_of(&self.partition, source.topology)(offset);
                run_encoded(source, origin, time, bytes, failed, cx);
            }
        }
    }

    fn progress(&mut self) -> Vec<SourceProgress> {
        let (depot, task) = (self.partition.id, self.partition.task);
        let moved = self.readings.iter_mut().filter(|reading| reading.committed != reading.reached);
        moved
            .map(|reading| {
                reading.committed = reading.reached;
                let topology = reading.source.topology;
                SourceProgress { topology, depot, task, next: reading.reached }
            })
            .collect()
    }

    fn seal(&mut self) -> Option<SealedRecords> {
        self.partition.seal()
    }

    fn is_waiting(&self) -> bool {
        !self.taken.is_empty()
    }

    fn abandon(&mut self) {
        self.taken.clear();
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
