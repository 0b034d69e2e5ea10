//! Records of one depot partition of which it is not known whether they failed by themselves: others failed in the same
//! attempt, and these may have seen what those left behind. Each is run alone, which tells.

use std::collections::BTreeSet;

use crate::{
    flow::Origin,
    id::{Offset, TopologyId},
};

/// How a record was run when it came under suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suspected {
    /// Behind those before it in its partition. Those behind it wait, so that they keep their order.
    InTurn,
    /// By itself, once more.
    Again,
}

#[derive(Debug, Default)]
pub(super) struct Suspects {
    in_turn: BTreeSet<(TopologyId, Offset)>,
    again: BTreeSet<(Offset, Origin)>,
}

impl Suspects {
    pub(super) fn add(&mut self, origin: Origin, how: Suspected) {
        match how {
            Suspected::InTurn => self.in_turn.insert((origin.topology, origin.offset)),
            Suspected::Again => self.again.insert((origin.offset, origin)),
        };
    }

    /// Those that are run by themselves.
    pub(super) fn again(&self) -> usize {
        self.again.len()
    }

    pub(super) fn count(&self) -> usize {
        self.in_turn.len() + self.again.len()
    }

    /// How far a topology goes on before it comes to one.
    pub(super) fn before(&self, topology: TopologyId, from: Offset, end: Offset) -> Offset {
        let next = self.in_turn.range((topology, from)..(topology, end)).next();
        next.map_or(end, |(_, offset)| *offset)
    }

    /// Takes out one that is run by itself.
    pub(super) fn take_again(&mut self) -> Option<Origin> {
        self.again.pop_first().map(|(_, origin)| origin)
    }

    /// A topology has run everything before an offset.
    pub(super) fn pass(&mut self, topology: TopologyId, reached: Offset) {
        let passed = (topology, Offset(0))..(topology, reached);
        self.in_turn.extract_if(passed, |_| true).for_each(drop);
    }

    /// Forgets records that are run in their turn.
    pub(super) fn forget(&mut self, gone: impl Fn(&Origin) -> bool) {
        self.again.retain(|(_, origin)| !gone(origin));
    }
}
