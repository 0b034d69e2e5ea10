//! Which of several records that failed in one attempt failed by themselves.
//!
//! What a failing record wrote before it failed is there until the attempt is dropped, so a record that ran behind it
//! may have failed on that only. One that was the only one to fail has failed by itself, and a branch that went on behind a
//! wait is believed. Where several have failed, the others are left out of the repetition, with everything behind them in their partitions, and when the rest is in its group
//! each is run alone: what fails then has failed, and what does not has lost nothing, its order included.

use super::{Engine, Report, State, Takes};
use crate::{
    flow::{Blame, Failure},
    planted::Mistake,
};

/// Whether records under suspicion are being run.
#[derive(Debug)]
pub(super) struct Doubt {
    lanes: usize,
    /// Lanes that have found none that can be run now, by index; `None` while other work goes on.
    idle: Option<Vec<bool>>,
}

impl Doubt {
    pub(super) fn new(lanes: usize) -> Self {
        Self { lanes, idle: None }
    }

    /// Whether nothing is run but one of them after the other, each in a group of its own.
    pub(super) fn is_resolved_now(&self) -> bool {
        self.idle.is_some()
    }

    /// Some stand first in their partitions, and all before them is in the group that is cut.
    pub(super) fn begin(&mut self) {
        let lanes = self.lanes;
        self.idle.get_or_insert_with(|| vec![false; lanes]);
    }
}

impl Engine {
    /// Whether failures may come from what other records left that failed.
    pub(super) fn is_doubtful(failures: &[Failure]) -> bool {
        let mut origins = failures.iter().map(|failure| failure.origin);
        let first = origins.next();
        !Mistake::ResidueBelieved.is_made()
            && origins.any(|origin| Some(origin) != first)
            && failures.iter().any(|failure| failure.blame == Blame::Perhaps)
    }

    /// Suspects are run until no lane finds one that stands first in its partition. Those behind have their turn with
    /// the next group.
    pub(super) fn look_for_suspects(&self, state: &mut State, lane: usize, report: &Report) {
        let granted = state.granted[lane];
        let Some(idle) = &mut state.doubt.idle else { return };
        if report.records > 0 {
            idle[lane] = false;
        } else if granted == Takes::Stored {
            idle[lane] = true;
        }
        if !idle.contains(&false) {
            state.doubt.idle = None;
            self.wake_lanes();
        }
    }
}
