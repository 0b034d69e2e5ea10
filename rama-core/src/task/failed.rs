//! Which records failed in the forming group, what they keep from running, and what becomes of them.

use std::{collections::BTreeMap, sync::Arc};

use super::suspects::Suspected;
use crate::{clock::Timestamp, flow::Origin, id::Offset};

/// Records that failed in the forming group. They are left out when it is repeated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failed {
    records: BTreeMap<Origin, FailedRecord>,
    /// Whether any of them holds others.
    holding: bool,
}

/// Why a record failed.
#[derive(Clone, Debug)]
pub(crate) struct FailedRecord {
    pub(crate) reason: Arc<str>,
    /// Whether the records behind it in its partition wait until it is done or given up.
    pub(crate) holds: bool,
    /// Whether it may have failed on what another one left.
    is_suspect: bool,
}

/// What becomes of a record that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) next: Next,
    pub(crate) holds: bool,
}

/// Whether a record that failed is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// At this time.
    Again(Timestamp),
    Never,
}

impl Failed {
    /// Adds a record, unless one before it keeps it from running.
    pub(crate) fn add(&mut self, origin: Origin, reason: Arc<str>, holds: bool) {
        if self.leaves_out(&origin) {
            return;
        }
        if holds {
            let last = Origin { offset: Offset(u64::MAX), ..origin };
            self.records.extract_if(origin..=last, |_, _| true).for_each(drop);
        }
        self.holding |= holds;
        self.records.insert(origin, FailedRecord { reason, holds, is_suspect: false });
    }

    /// Adds a record that is to be run alone.
    pub(crate) fn suspect(&mut self, origin: Origin, reason: Arc<str>, how: Suspected) {
        if self.leaves_out(&origin) {
            return;
        }
        self.add(origin, reason, how == Suspected::InTurn);
        if let Some(record) = self.records.get_mut(&origin) {
            record.is_suspect = true;
        }
    }

    /// Whether a record has failed, or is held by one before it.
    pub(crate) fn leaves_out(&self, origin: &Origin) -> bool {
        self.records.contains_key(origin) || (self.holding && self.is_held(origin))
    }

    /// Those that failed by themselves.
    pub(crate) fn certain(&self) -> impl Iterator<Item = (&Origin, &FailedRecord)> {
        self.records.iter().filter(|(_, record)| !record.is_suspect)
    }

    /// Those of which that is not known.
    pub(crate) fn suspects(&self) -> impl Iterator<Item = &Origin> {
        self.records.iter().filter(|(_, record)| record.is_suspect).map(|(origin, _)| origin)
    }

    /// Where the records begin that are held, in each partition that has some.
    pub(crate) fn held_from(&self) -> impl Iterator<Item = &Origin> {
        self.records.iter().filter(|(_, record)| record.holds).map(|(origin, _)| origin)
    }

    /// What holds others is the last record of its partition here.
    fn is_held(&self, origin: &Origin) -> bool {
        let first = Origin { offset: Offset(0), ..*origin };
        let before = self.records.range(first..=*origin).next_back();
        before.is_some_and(|(_, record)| record.holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DepotId, TaskId, TopologyId};

    fn at(topology: u16, offset: u64) -> Origin {
        let (depot, task) = (DepotId(0), TaskId(1));
        Origin { topology: TopologyId(topology), depot, task, offset: Offset(offset) }
    }

    #[test]
    fn a_record_that_has_failed_is_not_under_suspicion_as_well() {
        let mut failed = Failed::default();
        failed.add(at(1, 3), "it took too long".into(), false);
        failed.suspect(at(1, 3), "a branch of it failed".into(), Suspected::InTurn);
        failed.suspect(at(1, 5), "perhaps".into(), Suspected::InTurn);
        let certain: Vec<_> = failed.certain().map(|(origin, _)| *origin).collect();
        assert_eq!((certain, failed.suspects().collect()), (vec![at(1, 3)], vec![&at(1, 5)]));
    }

    #[test]
    fn a_record_that_holds_others_leaves_out_all_behind_it_in_its_partition() {
        let mut failed = Failed::default();
        failed.add(at(1, 9), "late".into(), true);
        failed.add(at(1, 3), "early".into(), false);
        assert!(failed.leaves_out(&at(1, 3)) && !failed.leaves_out(&at(1, 4)));
        failed.add(at(1, 5), "earlier".into(), true);
        failed.add(at(1, 7), "behind it".into(), true);
        let left: Vec<_> = failed.certain().map(|(origin, _)| origin.offset.0).collect();
        assert_eq!(left, [3, 5], "what is behind the first one has not failed, it has not run");
        assert!(failed.leaves_out(&at(1, 5)) && failed.leaves_out(&at(1, 1_000)));
        assert!(!failed.leaves_out(&at(2, 6)), "another topology goes on");
    }
}
