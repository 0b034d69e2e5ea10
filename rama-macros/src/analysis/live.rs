//! Which variables each point still needs: the backward pass.

use std::collections::BTreeMap;

use super::tree::{Anchor, Branch, Head, Kind, Loop, Meeting, Statement, VarId, Vars};

/// What is needed where `emit`, `continue_with` and anchors lead.
#[derive(Default)]
pub(super) struct Needs {
    pub(super) emit: Vars,
    pub(super) again: Vars,
    /// By the number of the meeting: for each of its anchors, what it needs.
    meetings: BTreeMap<usize, Vec<Vec<VarId>>>,
}

impl Needs {
    /// Only what `emit` leads to needs something.
    pub(super) fn of_emit(emit: Vars) -> Self {
        Self { emit, ..Self::default() }
    }
}

/// Fills in what is live behind each statement; gives what is live in front of the list.
pub(super) fn fill_in(list: &mut [Statement], behind: Vars, needs: &mut Needs) -> Vars {
    let mut live = behind;
    for statement in list.iter_mut().rev() {
        statement.live.clone_from(&live);
        for bound in &statement.binds {
            live.remove(bound);
        }
        match &mut statement.kind {
            Kind::Branch(branch) => live = before_branches(branch, &statement.live, &live, needs),
            Kind::Loop(found) => live = before_loop(found, live, needs),
            Kind::LetElse { otherwise: body, .. } | Kind::Aside { body, .. } => {
                live.extend(fill_in(body, Vars::new(), needs))
            }
            Kind::Give { .. } => live.extend(&needs.emit),
            Kind::Again { .. } => live.extend(&needs.again),
            Kind::Anchor(anchor) => live.extend(at_anchor(anchor, needs)),
            Kind::Meeting(meeting) => meet(meeting, needs),
            _ => {}
        }
        live.extend(&statement.uses);
    }
    live
}

/// `after` is live behind the branches, `outer` is that without what the branches bind together.
fn before_branches(branch: &mut Branch, after: &Vars, outer: &Vars, needs: &mut Needs) -> Vars {
    let mut before = match branch.head {
        Head::If { complete: false } => outer.clone(),
        _ => Vars::new(),
    };
    for (at, arm) in branch.arms.iter_mut().enumerate() {
        let mut behind = Vars::new();
        if !arm.diverges {
            behind.extend(outer);
            let needed = branch.phis.iter().filter(|phi| after.contains(&phi.variable));
            behind.extend(needed.filter_map(|phi| phi.from[at]));
        }
        let mut live = fill_in(&mut arm.body, behind, needs);
        arm.live.clone_from(&live);
        live.extend(&arm.uses);
        for bound in &arm.binds {
            live.remove(bound);
        }
        before.extend(live);
    }
    before
}

/// What one iteration needs, every one does: that is found by going through the body until nothing is added.
fn before_loop(found: &mut Loop, after: Vars, needs: &mut Needs) -> Vars {
    let outer_emit = std::mem::replace(&mut needs.emit, after.clone());
    let outer_again = std::mem::take(&mut needs.again);
    found.after = after;
    loop {
        let mut round = fill_in(&mut found.body, Vars::new(), needs);
        for bound in &found.binds {
            round.remove(bound);
        }
        if round == needs.again {
            break;
        }
        needs.again = round;
    }
    needs.emit = outer_emit;
    found.round = std::mem::replace(&mut needs.again, outer_again);
    found.round.clone()
}

/// A meeting stands behind its anchors, so it was gone through before.
fn at_anchor(anchor: &mut Anchor, needs: &Needs) -> Vec<VarId> {
    let places = needs.meetings.get(&anchor.meeting);
    anchor.frame = places.map(|places| places[anchor.place].clone()).unwrap_or_default();
    anchor.frame.clone()
}

fn meet(meeting: &mut Meeting, needs: &mut Needs) {
    let live = fill_in(&mut meeting.body, Vars::new(), needs);
    meeting.frame = live.into_iter().collect();
    // What is no merged variable, such as what is needed where the meeting emits, is the same at all anchors.
    let phi = |id: &VarId| meeting.phis.iter().find(|phi| phi.variable == *id);
    let of = |id: &VarId, place: usize| phi(id).map_or(Some(*id), |phi| phi.from[place]);
    let at = |place: usize| meeting.frame.iter().filter_map(|id| of(id, place)).collect();
    needs.meetings.insert(meeting.number, (0..meeting.anchors).map(at).collect());
}
