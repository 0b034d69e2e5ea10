//! Records of one depot partition that are run again, by themselves, from their source: those that the last life of the
//! module left unfinished, and those that failed, when their time has come.

use std::collections::BTreeSet;

use crate::{clock::Timestamp, flow::Origin, id::Offset};

/// Records that wait to be run again.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// Those that may run, in the order of their offsets.
    ready: BTreeSet<(Offset, Origin)>,
    /// Those that failed, in the order of their times.
    resting: BTreeSet<(Timestamp, Origin)>,
}

impl Again {
    pub(super) fn new(unfinished: impl IntoIterator<Item = Origin>) -> Self {
        let ready = unfinished.into_iter().map(|origin| (origin.offset, origin)).collect();
        Self { ready, resting: BTreeSet::new() }
    }

    /// How many wait.
    pub(super) fn count(&self) -> usize {
        self.ready.len() + self.resting.len()
    }

    /// A record is run again at this time.
    pub(super) fn rest(&mut self, origin: Origin, until: Timestamp) {
        self.resting.insert((until, origin));
    }

    /// Makes those ready whose time has come. What is behind `durable` cannot be read yet.
    pub(super) fn wake(&mut self, now: Timestamp, durable: impl FnOnce() -> Offset) {
        if self.resting.first().is_none_or(|(until, _)| *until > now) {
            return;
        }
        let (durable, behind) = (durable(), Timestamp(now.0.saturating_add(1)));
        let later = self.resting.split_off(&(behind, Origin::default()));
        let due = std::mem::replace(&mut self.resting, later);
        for (until, origin) in due {
            if origin.offset < durable {
                self.ready.insert((origin.offset, origin));
            } else {
                self.resting.insert((until, origin));
            }
        }
    }

    /// When the next one may run.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.resting.first().map(|(until, _)| *until)
    }

    /// Takes up to `count` that may run.
    pub(super) fn take(&mut self, count: usize) -> Vec<Origin> {
        let count = count.min(self.ready.len());
        (0..count).filter_map(|_| self.ready.pop_first()).map(|(_, origin)| origin).collect()
    }

    /// Gives back what was taken and not run.
    pub(super) fn give_back(&mut self, origins: impl IntoIterator<Item = Origin>) {
        self.ready.extend(origins.into_iter().map(|origin| (origin.offset, origin)));
    }

    /// Forgets records that are run in their turn.
    pub(super) fn forget(&mut self, gone: impl Fn(&Origin) -> bool) {
        self.ready.retain(|(_, origin)| !gone(origin));
        self.resting.retain(|(_, origin)| !gone(origin));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DepotId, TaskId, TopologyId};

    fn at(offset: u64) -> Origin {
        let (topology, depot, task) = (TopologyId(0), DepotId(0), TaskId(0));
        Origin { topology, depot, task, offset: Offset(offset) }
    }

    #[test]
    fn records_are_ready_when_their_time_has_come_and_they_can_be_read() {
        let mut again = Again::new([at(4)]);
        again.rest(at(9), Timestamp(10));
        again.rest(at(2), Timestamp(20));
        again.wake(Timestamp(9), || unreachable!("nothing is due"));
        assert_eq!((again.next_due(), again.take(9)), (Some(Timestamp(10)), vec![at(4)]));
        again.wake(Timestamp(20), || Offset(9));
        assert_eq!(again.take(9), [at(2)], "the other one is not durable yet");
        again.wake(Timestamp(20), || Offset(10));
        assert_eq!((again.take(9), again.count()), (vec![at(9)], 0));
    }
}
