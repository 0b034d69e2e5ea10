//! What dataflow can ask about where it runs, and ids and random numbers that repeat when a record is run again
//! (BO-05 to BO-08).

use xxhash_rust::xxh3::xxh3_128;

use super::{Cx, Origin, RandomSource};
use crate::{
    clock::Timestamp,
    id::{DepotId, TaskId, TopologyId},
};

/// What kind of topology dataflow belongs to (BO-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TopologyType {
    /// Each record by itself, as it comes.
    Stream,
    /// Many records at a time.
    Microbatch,
    /// A question of a client.
    Query,
}

/// The running instance of a module (BO-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleInstanceInfo {
    module: &'static str,
    tasks: u32,
    threads: u32,
}

impl ModuleInstanceInfo {
    pub(crate) fn new(module: &'static str, tasks: u32, threads: u32) -> Self {
        Self { module, tasks, threads }
    }

    /// The module's name.
    #[must_use]
    pub fn module_name(&self) -> &'static str {
        self.module
    }

    /// On how many tasks it runs: fixed since its first launch.
    #[must_use]
    pub fn task_count(&self) -> u32 {
        self.tasks
    }

    /// How many threads run the tasks.
    #[must_use]
    pub fn thread_count(&self) -> u32 {
        self.threads
    }
}

/// What all events of a module instance have in common.
pub(crate) struct Facts {
    info: ModuleInstanceInfo,
    /// By number.
    topologies: Vec<(TopologyType, u128)>,
    /// By number.
    depots: Vec<u128>,
}

impl Facts {
    /// Ids and random numbers follow from names: a number may stand for another topology or depot after an update.
    pub(crate) fn new(
        info: ModuleInstanceInfo,
        topologies: impl Iterator<Item = (&'static str, TopologyType)>,
        depots: impl Iterator<Item = &'static str>,
    ) -> Self {
        // No text contains this byte, so two different pairs of names never read the same.
        let seed =
            |name: &str| xxh3_128(&[info.module.as_bytes(), &[0xff], name.as_bytes()].concat());
        Self {
            info,
            topologies: topologies.map(|(name, kind)| (kind, seed(name))).collect(),
            depots: depots.map(seed).collect(),
        }
    }

    fn topology(&self, id: TopologyId) -> (TopologyType, u128) {
        self.topologies[usize::from(id.0)]
    }

    /// 128 bits for the step with this number of an event.
    fn draw(&self, origin: Origin, time: Timestamp, way: u64, step: u64) -> u128 {
        let Origin { topology, depot: DepotId(depot), task, offset } = origin;
        let mut drawn = [0; 68];
        let parts: [&[u8]; 7] = [
            &self.topology(topology).1.to_le_bytes(),
            &self.depots[usize::from(depot)].to_le_bytes(),
            &task.0.to_le_bytes(),
            &offset.0.to_le_bytes(),
            &time.0.to_le_bytes(),
            &way.to_le_bytes(),
            &step.to_le_bytes(),
        ];
        let mut rest = drawn.as_mut_slice();
        for part in parts {
            let (place, behind) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = behind;
        }
        xxh3_128(&drawn)
    }
}

impl Cx<'_> {
    /// The task this runs on (BO-08).
    #[must_use]
    pub fn current_task_id(&mut self) -> TaskId {
        self.task
    }

    /// On how many tasks the module runs (BO-08).
    #[must_use]
    pub fn task_count(&mut self) -> u32 {
        self.tasks
    }

    /// What kind of topology this is (BO-06).
    #[must_use]
    pub fn current_topology_type(&mut self) -> TopologyType {
        self.facts.topology(self.origin.topology).0
    }

    /// The running instance of the module (BO-08).
    #[must_use]
    pub fn module_instance_info(&mut self) -> ModuleInstanceInfo {
        self.facts.info
    }

    /// A new id: a UUID of version 7 (RFC 9562), whose order is that of the times at which records were appended, to
    /// the millisecond (BO-07). Each call gives another one, and gives the same one when the record is run again.
    pub fn random_uuid7(&mut self) -> u128 {
        uuid7(self.identity.time, self.draw())
    }

    /// A source of random numbers (BO-05). Each call gives another one, and gives the same one when the record is run
    /// again.
    pub fn current_random_source(&mut self) -> RandomSource {
        RandomSource::new(self.draw())
    }

    fn draw(&mut self) -> u128 {
        let step = self.steps;
        self.steps += 1;
        self.facts.draw(self.origin, self.identity.time, self.identity.way, step)
    }
}

/// From the most significant bit: 48 bits of milliseconds since 1970, version, 12 random bits, variant, 62 random bits.
fn uuid7(time: Timestamp, random: u128) -> u128 {
    const TIME_BITS: u128 = (1 << 48) - 1;
    const VERSION_7: u128 = 7 << 76;
    const VARIANT: u128 = 0b10 << 62;
    const RANDOM_BITS: u128 = (0xfff << 64) | ((1 << 62) - 1);
    let millis = u128::from(time.0 / 1_000);
    (millis & TIME_BITS) << 80 | VERSION_7 | VARIANT | (random & RANDOM_BITS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::id::Offset;

    #[test]
    fn a_uuid_has_the_layout_of_version_7() {
        let example = uuid7(Timestamp(0x017F_22E2_79B0 * 1_000 + 999), 0xCC3_18C4_DC0C_0C07_398F);
        assert_eq!(example, 0x017F_22E2_79B0_7CC3_98C4_DC0C_0C07_398F, "the example of RFC 9562");
        assert_eq!(uuid7(Timestamp(0), 0), 0x0000_0000_0000_7000_8000_0000_0000_0000);
        assert_eq!(
            uuid7(Timestamp(u64::MAX), u128::MAX) & (0xf << 76 | 0b11 << 62),
            0x7 << 76 | 0b10 << 62
        );
    }

    #[test]
    fn everything_that_tells_events_apart_makes_another_draw() {
        let facts = |module, topologies: [&'static str; 2]| {
            let topologies = topologies.into_iter().map(|name| (name, TopologyType::Stream));
            Facts::new(ModuleInstanceInfo::new(module, 2, 1), topologies, ["a", "b"].into_iter())
        };
        let origin = Origin::default();
        let (one, other) = (facts("m", ["s", "t"]), facts("n", ["s", "t"]));
        let at = |facts: &Facts, origin| facts.draw(origin, Timestamp(1), 5, 0);
        let draws = [
            at(&one, origin),
            at(&other, origin),
            at(&one, Origin { topology: TopologyId(1), ..origin }),
            at(&one, Origin { depot: DepotId(1), ..origin }),
            at(&one, Origin { task: TaskId(1), ..origin }),
            at(&one, Origin { offset: Offset(1), ..origin }),
            one.draw(origin, Timestamp(2), 5, 0),
            one.draw(origin, Timestamp(1), 6, 0),
            one.draw(origin, Timestamp(1), 5, 1),
        ];
        assert_eq!(BTreeSet::from(draws).len(), draws.len());
        let renumbered = facts("m", ["t", "s"]);
        assert_eq!(at(&renumbered, Origin { topology: TopologyId(1), ..origin }), draws[0]);
    }

    #[test]
    fn draws_are_frozen() {
        let facts = Facts::new(
            ModuleInstanceInfo::new("m", 2, 1),
            [("s", TopologyType::Stream)].into_iter(),
            ["d"].into_iter(),
        );
        let frozen = 179_779_546_595_082_029_958_323_865_186_465_932_031;
        assert_eq!(facts.draw(Origin::default(), Timestamp(1), 2, 3), frozen);
    }
}
