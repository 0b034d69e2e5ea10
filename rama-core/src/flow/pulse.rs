//! Which event runs on a task, for whoever looks from another thread. Costs the task a few stores to memory of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Origin;
use crate::id::{DepotId, Offset, TaskId, TopologyId};

/// Written by one task, read by anybody. A cache line of its own, and its neighbour, which processors fetch with it: tasks
/// of several threads must not wait for each other's stores.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Pulse {
    /// Beginnings and ends of events so far: odd while one runs.
    count: AtomicU64,
    /// Topology, depot and task of its record.
    place: AtomicU64,
    offset: AtomicU64,
}

impl Pulse {
    pub(super) fn begin(&self, origin: Origin) {
        let Origin { topology, depot, task, offset } = origin;
        let place = u64::from(topology.0) << 48 | u64::from(depot.0) << 32 | u64::from(task.0);
        self.place.store(place, Ordering::Relaxed);
        self.offset.store(offset.0, Ordering::Relaxed);
        self.count_on();
    }

    pub(super) fn end(&self) {
        self.count_on();
    }

    /// The event that runs: its number, and its record. `None` between events, and when it changes at this moment.
    pub(crate) fn running(&self) -> Option<(u64, Origin)> {
        let count = self.count.load(Ordering::Acquire);
        let place = self.place.load(Ordering::Acquire);
        let offset = Offset(self.offset.load(Ordering::Acquire));
        if count.is_multiple_of(2) || self.count.load(Ordering::Acquire) != count {
            return None;
        }
        let [.., t1, t0, d1, d0, a, b, c, d] = place.to_be_bytes();
        let topology = TopologyId(u16::from_be_bytes([t1, t0]));
        let depot = DepotId(u16::from_be_bytes([d1, d0]));
        let task = TaskId(u32::from_be_bytes([a, b, c, d]));
        Some((count, Origin { topology, depot, task, offset }))
    }

    /// Only its task writes it, so nothing comes in between.
    fn count_on(&self) {
        self.count.store(self.count.load(Ordering::Relaxed) + 1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_that_runs_is_seen_with_its_record() {
        let pulse = Pulse::default();
        assert_eq!(pulse.running(), None);
        let origin = Origin {
            topology: TopologyId(u16::MAX),
            depot: DepotId(3),
            task: TaskId(u32::MAX - 1),
            offset: Offset(9),
        };
        pulse.begin(origin);
        assert_eq!(pulse.running(), Some((1, origin)));
        pulse.end();
        assert_eq!(pulse.running(), None);
        pulse.begin(Origin { depot: DepotId(7), ..origin });
        assert_eq!(pulse.running(), Some((3, Origin { depot: DepotId(7), ..origin })));
    }
}
