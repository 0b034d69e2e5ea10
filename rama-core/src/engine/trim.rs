//! Which records of depots are kept (DP-60 to DP-64). Asked by checkpoints, which delete the others: trimming costs a
//! record nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    clock::Timestamp,
    depot::{Bounds, DepotOptions},
    id::{DepotId, Offset, TaskId, TopologyId},
};

/// What the depots of a module may be trimmed to, as far as the store is.
#[derive(Debug, Default)]
pub(crate) struct Trims {
    partitions: BTreeMap<(DepotId, TaskId), Partition>,
}

/// A partition of a depot that does not keep everything.
#[derive(Debug)]
struct Partition {
    keeps: u64,
    has_at_most: u64,
    coordinates: bool,
    start: Offset,
    end: Offset,
    /// How far the topologies are that read it.
    readers: BTreeMap<TopologyId, Offset>,
    /// What they have begun and are not done with.
    parked: BTreeSet<(Offset, TopologyId)>,
}

/// How far the topologies that read a partition are, and what they have begun and are not done with.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    pub(crate) reached: BTreeMap<TopologyId, Offset>,
    pub(crate) parked: BTreeSet<(Offset, TopologyId)>,
}

/// The partitions that are trimmed, with their first records from then on.
pub(crate) type Starts = BTreeMap<(DepotId, TaskId), Offset>;

impl Trims {
    /// Watches a partition, if it does not keep everything.
    pub(crate) fn watch(
        &mut self,
        partition: (DepotId, TaskId),
        options: &DepotOptions,
        Bounds { start, end, .. }: Bounds,
        Readers { reached, parked }: Readers,
    ) {
        let (Some(keeps), Some(has_at_most)) = (options.entries(), options.entries_with_excess())
        else {
            return;
        };
        let coordinates = options.coordinates();
        let watched =
            Partition { keeps, has_at_most, coordinates, start, end, readers: reached, parked };
        self.partitions.insert(partition, watched);
    }

    /// Watches what the other one does.
    pub(crate) fn extend(&mut self, other: Self) {
        self.partitions.extend(other.partitions);
    }

    /// A partition ends there now.
    pub(super) fn ended(&mut self, depot: DepotId, task: TaskId, (end, _): (Offset, Timestamp)) {
        if let Some(partition) = self.partitions.get_mut(&(depot, task)) {
            partition.end = end;
        }
    }

    /// A topology has begun everything before `next`.
    pub(super) fn reached(
        &mut self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
        next: Offset,
    ) {
        let partition = self.partitions.get_mut(&(depot, task));
        if let Some(reached) = partition.and_then(|one| one.readers.get_mut(&topology)) {
            *reached = next;
        }
    }

    /// A topology is not done with a record, or is now.
    pub(super) fn parked(
        &mut self,
        (topology, depot, task, offset): (TopologyId, DepotId, TaskId, Offset),
        parked: bool,
    ) {
        let Some(partition) = self.partitions.get_mut(&(depot, task)) else { return };
        if parked && partition.readers.contains_key(&topology) {
            partition.parked.insert((offset, topology));
        } else {
            partition.parked.remove(&(offset, topology));
        }
    }

    /// What is to be trimmed. Taken for done.
    pub(super) fn due(&mut self) -> Starts {
        let due = self.partitions.iter_mut().filter_map(|(key, partition)| {
            let start = partition.trimmed()?;
            partition.start = start;
            Some((*key, start))
        });
        due.collect()
    }
}

impl Partition {
    /// Where it begins when it is trimmed now; `None` when nothing is to be trimmed, or may be.
    fn trimmed(&self) -> Option<Offset> {
        if self.end.0 - self.start.0 <= self.has_at_most {
            return None;
        }
        let mut start = Offset(self.end.0 - self.keeps);
        if self.coordinates {
            let parked = self.parked.first().map(|(offset, _)| offset);
            let needed = self.readers.values().chain(parked).min();
            start = needed.map_or(start, |needed| start.min(*needed));
        }
        (start > self.start).then_some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (DepotId, TaskId) = (DepotId(1), TaskId(2));

    fn watched(options: &DepotOptions, readers: &[(u16, u64)]) -> Trims {
        let reached = readers.iter().map(|(id, next)| (TopologyId(*id), Offset(*next))).collect();
        let mut trims = Trims::default();
        trims.watch(KEY, options, Bounds::default(), Readers { reached, ..Readers::default() });
        trims
    }

    /// What is trimmed when the partition ends there.
    fn at(trims: &mut Trims, end: u64) -> Option<u64> {
        trims.ended(KEY.0, KEY.1, (Offset(end), Timestamp(0)));
        trims.due().get(&KEY).map(|start| start.0)
    }

    #[test]
    fn a_partition_is_trimmed_to_its_size_when_it_has_more_than_the_excess() {
        let mut trims = watched(&DepotOptions::new().max_entries(1_000), &[]);
        assert_eq!(at(&mut trims, 1_250), None);
        assert_eq!(at(&mut trims, 1_251), Some(251));
        assert_eq!(at(&mut trims, 1_501), None, "1,250 are there");
        assert_eq!(at(&mut trims, 1_502), Some(502));
        assert_eq!(at(&mut trims, 100_000), Some(99_000));
        assert_eq!(at(&mut watched(&DepotOptions::new(), &[]), 1_000_000), None, "keeps all");
    }

    #[test]
    fn topologies_that_are_not_done_hold_it_back() {
        let options = DepotOptions::new().max_entries(10).excess(0.0);
        let mut trims = watched(&options, &[(0, 0), (1, 0)]);
        trims.reached(TopologyId(0), KEY.0, KEY.1, Offset(100));
        assert_eq!(at(&mut trims, 100), None);
        trims.parked((TopologyId(1), KEY.0, KEY.1, Offset(20)), true);
        trims.parked((TopologyId(1), KEY.0, KEY.1, Offset(5)), true);
        trims.reached(TopologyId(1), KEY.0, KEY.1, Offset(50));
        assert_eq!(at(&mut trims, 100), Some(5));
        trims.parked((TopologyId(1), KEY.0, KEY.1, Offset(5)), false);
        assert_eq!(at(&mut trims, 100), Some(20));
        trims.parked((TopologyId(1), KEY.0, KEY.1, Offset(20)), false);
        assert_eq!(at(&mut trims, 100), Some(50));
        trims.reached(TopologyId(1), KEY.0, KEY.1, Offset(100));
        assert_eq!(at(&mut trims, 100), Some(90));
    }

    #[test]
    fn without_coordination_nobody_holds_it_back() {
        let options = DepotOptions::new().max_entries(10).excess(0.0).coordinate(false);
        let mut trims = watched(&options, &[(0, 0)]);
        trims.parked((TopologyId(0), KEY.0, KEY.1, Offset(3)), true);
        assert_eq!(at(&mut trims, 100), Some(90));
    }

    #[test]
    fn topologies_that_do_not_read_the_depot_are_not_asked() {
        let options = DepotOptions::new().max_entries(10).excess(0.0);
        let mut trims = watched(&options, &[]);
        trims.reached(TopologyId(7), KEY.0, KEY.1, Offset(3));
        trims.parked((TopologyId(7), KEY.0, KEY.1, Offset(3)), true);
        assert_eq!(at(&mut trims, 100), Some(90));
    }
}
