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

/// Those that were run in their turn, by topology, and those that were run by themselves.
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

    /// How far a topology goes on before it comes to one.
    pub(super) fn before(&self, topology: TopologyId, from: Offset, end: Offset) -> Offset {
        if from >= end {
            return end;
        }
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

    /// Forgets of those that were run by themselves what is run in its turn now.
    pub(super) fn forget(&mut self, gone: impl Fn(&Origin) -> bool) {
        self.again.retain(|(_, origin)| !gone(origin));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topology_goes_on_up_to_the_next_one() {
        let at = |topology, offset| Origin {
            topology: TopologyId(topology),
            offset: Offset(offset),
            ..Origin::default()
        };
        let mut suspects = Suspects::default();
        for origin in [at(0, 4), at(1, 2), at(0, 9)] {
            suspects.add(origin, Suspected::InTurn);
        }
        let before = |suspects: &Suspects, from, end| {
            suspects.before(TopologyId(0), Offset(from), Offset(end)).0
        };
        assert_eq!(
            [(0, 20), (4, 20), (5, 20)].map(|(from, end)| before(&suspects, from, end)),
            [4, 4, 9]
        );
        assert_eq!(
            [(0, 3), (10, 20), (20, 10)].map(|(from, end)| before(&suspects, from, end)),
            [3, 20, 10]
        );
        suspects.pass(TopologyId(0), Offset(5));
        assert_eq!((before(&suspects, 0, 20), suspects.in_turn.len()), (9, 2));
    }
}
