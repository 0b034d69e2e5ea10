//! Where the work in hand comes from, and what tells one event apart from all others.

use crate::{
    clock::Timestamp,
    id::{DepotId, Offset, TaskId, TopologyId},
};

/// The record at the root of an event tree (ST-01) and the topology that works on it. Travels with
/// every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) topology: TopologyId,
    pub(crate) depot: DepotId,
    pub(crate) task: TaskId,
    pub(crate) offset: Offset,
}

/// A record, whichever topology works on it.
pub(crate) type Place = (DepotId, TaskId, Offset);

impl Origin {
    pub(crate) fn place(self) -> Place {
        (self.depot, self.task, self.offset)
    }
}

/// What, with its [`Origin`], tells an event apart from every other one. It is the same whenever the record is
/// run again, wherever and in whatever order its events run then. Travels with every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// When the record was appended, as the depot keeps it.
    pub(crate) time: Timestamp,
    /// A hash of the way from the record to the event: which of the things that each event on the way sent,
    /// deferred or drew comes next. 64 bits tell the events of one tree apart.
    pub(crate) way: u64,
}

/// Where all ways begin: any number that no way leads to by chance.
const BEGINNING: u64 = 0x7261_6d61_2d66_6c6f;

/// An odd number without a pattern, from the golden ratio: what SplitMix64 counts with.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Identity {
    /// Of the event in which the source with this number, of those of a topology on a depot, gets a record.
    pub(crate) fn of_record(time: Timestamp, source: u64) -> Self {
        Self { time, way: BEGINNING }.step(source)
    }

    /// Of what this event begins in its step with this number.
    pub(crate) fn step(self, number: u64) -> Self {
        let mixed = mix(self.way.wrapping_add(number.wrapping_add(1).wrapping_mul(GOLDEN)));
        Self { way: mixed, ..self }
    }
}

/// The end of SplitMix64 (Steele, Lea, Flood 2014): different inputs give different outputs.
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_of_a_tree_has_its_own_way() {
        let mut events: Vec<_> =
            (0..2).map(|source| Identity::of_record(Timestamp(1), source)).collect();
        let mut ways: BTreeSet<u64> = events.iter().map(|event| event.way).collect();
        for _ in 0..4 {
            let steps = events.iter().flat_map(|event| (0..20).map(|number| event.step(number)));
            events = steps.collect();
            for event in &events {
                assert!(ways.insert(event.way), "two events with one way");
                assert_eq!(event.time, Timestamp(1));
            }
        }
        assert_eq!(ways.len(), 2 * (1 + 20 + 400 + 8_000 + 160_000));
    }
}
