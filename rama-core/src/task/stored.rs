//! Stored records of one depot partition, and those of the forming group, as sources run them: in a row, or one by one.

use std::ops::Range;

use super::{Failed, Intake};
use crate::{
    clock::Timestamp,
    codec::decode_value,
    depot::{DepotPartition, DepotReadError, Event, StoredRecord},
    flow::{Blame, Cx, Failure, Origin, Source},
    id::{Offset, TopologyId},
};

/// Records a source that lags behind its depot reads at once.
pub(super) const BACKLOG_RECORDS: u64 = 1_024;

/// Encoded bytes of stored records that are read at once, more or less one record: as much as a commit group is to
/// have, so that what topologies make of them is cut in time as well.
const BACKLOG_BYTES: usize = 8 * 1024 * 1024;

/// Which of the stored records in question are run.
#[derive(Clone, Copy)]
pub(super) enum Runs<'a> {
    /// Until the task may begin no more.
    First,
    /// Once more all that were run in the dropped attempt, but those that failed.
    Again(&'a Failed),
}

impl Runs<'_> {
    pub(super) fn stops(self, cx: &Cx<'_>) -> bool {
        matches!(self, Self::First) && !cx.parking.may_begin()
    }

    pub(super) fn leaves_out(self, origin: &Origin) -> bool {
        matches!(self, Self::Again(failed) if failed.leaves_out(origin))
    }
}

/// What is stored of a range.
enum Stored {
    Records(Vec<StoredRecord>),
    /// The first records of it are gone.
    Trimmed {
        start: Offset,
    },
}

impl<E: Event> Intake<E> {
    /// Runs single records, in the order of their offsets, and tells how many. Those that stand close together are read
    /// together.
    pub(super) fn run_single(
        &mut self,
        origins: &[Origin],
        runs: Runs<'_>,
        cx: &mut Cx<'_>,
    ) -> usize {
        let mut rest = origins;
        while let Some(first) = rest.first() {
            let end = Offset(first.offset.0 + BACKLOG_RECORDS);
            let near = &rest[..rest.partition_point(|one| one.offset < end)];
            let last = near.last().expect("the first one is near itself");
            let records = match self.read(*first, last.offset.next(), cx) {
                Some(Stored::Records(records)) => records,
                Some(Stored::Trimmed { start }) => {
                    let gone = rest.partition_point(|one| one.offset < start);
                    let trimmed = rest[..gone].iter().filter(|one| !runs.leaves_out(one));
                    for origin in trimmed {
                        cx.parking.note_gone(*origin);
                        self.skipped.push((origin.topology, origin.offset..origin.offset.next()));
                    }
                    rest = &rest[gone..];
                    continue;
                }
                // Without them the module ends.
                None => break,
            };
            let end = Offset(first.offset.0 + records.len() as u64);
            let (read, further) = rest.split_at(rest.partition_point(|one| one.offset < end));
            for (number, origin) in read.iter().enumerate() {
                if runs.stops(cx) {
                    return origins.len() - rest.len() + number;
                }
                if runs.leaves_out(origin) {
                    continue;
                }
                cx.parking.note_end(*origin);
                let record = origin.offset.0 - first.offset.0;
                let record = usize::try_from(record).expect("what is near is counted in thousands");
                let (time, bytes) = &records[record];
                self.run_sources(*origin, *time, bytes, cx);
            }
            rest = further;
        }
        origins.len()
    }

    /// Runs the first stored records of a range, as many as are read at once, and tells how far.
    pub(super) fn run_stored(
        &mut self,
        topology: TopologyId,
        range: Range<Offset>,
        runs: Runs<'_>,
        cx: &mut Cx<'_>,
    ) -> Offset {
        let origin = origin_of(&self.partition, topology);
        let records = match self.read(origin(range.start), range.end, cx) {
            Some(Stored::Records(records)) => records,
            Some(Stored::Trimmed { start }) => {
                // They were there a moment ago, or when the dropped attempt ran them.
                let start = start.min(range.end);
                self.skipped.push((topology, range.start..start));
                return start;
            }
            // Without them the module ends.
            None => return range.end,
        };
        let mut reached = range.start;
        for (time, bytes) in records {
            if runs.stops(cx) {
                break;
            }
            if !runs.leaves_out(&origin(reached)) {
                self.run_sources(origin(reached), time, &bytes, cx);
            }
            reached = reached.next();
        }
        reached
    }

    /// The first stored records from one on; `None` when the module cannot go on.
    fn read(&self, from: Origin, to: Offset, cx: &mut Cx<'_>) -> Option<Stored> {
        match self.view.read_up_to(from.offset..to, BACKLOG_BYTES) {
            Ok(records) => Some(Stored::Records(records)),
            Err(DepotReadError::Trimmed { start }) => Some(Stored::Trimmed { start }),
            Err(error) => {
                // Going on would leave records out for ever.
                let reason = format!("stored records cannot be read: {error}").into();
                cx.failures.push(Failure { origin: from, reason, blame: Blame::Module });
                None
            }
        }
    }

    /// Runs records of a range in the forming group, and tells how far.
    pub(super) fn run_forming(
        &self,
        topology: TopologyId,
        range: Range<Offset>,
        cx: &mut Cx<'_>,
    ) -> Offset {
        let origin = origin_of(&self.partition, topology);
        let records = self.partition.forming().filter(|(offset, ..)| range.contains(offset));
        for (offset, time, bytes) in records {
            if Runs::First.stops(cx) {
                return offset;
            }
            self.run_sources(origin(offset), time, bytes, cx);
        }
        range.end
    }

    /// Runs a record in the sources of one topology.
    pub(super) fn run_sources(
        &self,
        origin: Origin,
        time: Timestamp,
        bytes: &[u8],
        cx: &mut Cx<'_>,
    ) {
        let sources = self.readings.iter().map(|reading| &*reading.source);
        for source in sources.filter(|source| source.topology == origin.topology) {
            run_encoded(source, origin, time, bytes, cx);
        }
    }
}

/// Decodes a record and runs it.
pub(super) fn run_encoded<E: Event>(
    source: &Source<E>,
    origin: Origin,
    time: Timestamp,
    bytes: &[u8],
    cx: &mut Cx<'_>,
) {
    let run = |cx: &mut Cx<'_>| (source.body)(cx, decode_value(bytes)?);
    cx.event(origin, 0, source.identity(time), source.label, run);
}

pub(super) fn origin_of<E>(
    partition: &DepotPartition<E>,
    topology: TopologyId,
) -> impl Fn(Offset) -> Origin + use<E> {
    let (depot, task) = (partition.id, partition.task);
    move |offset| Origin { topology, depot, task, offset }
}
