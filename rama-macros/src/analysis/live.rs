//! Which variables each point still needs: the backward pass.

use super::tree::{Branch, Course, Head, Kind, Statement, Variable, Vars};
use crate::diagnostics::Diagnostics;

/// Fills in what is live behind each statement; gives what is live in front of the list.
pub(super) fn fill_in(list: &mut [Statement], behind: Vars) -> Vars {
    let mut live = behind;
    for statement in list.iter_mut().rev() {
        statement.live.clone_from(&live);
        for bound in &statement.binds {
            live.remove(bound);
        }
        if let Kind::Branch(branch) = &mut statement.kind {
            live = before_branches(branch, &statement.live, &live);
        }
        live.extend(&statement.uses);
    }
    live
}

/// `after` is live behind the branches, `outer` is that without what the branches bind together.
fn before_branches(branch: &mut Branch, after: &Vars, outer: &Vars) -> Vars {
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
        let mut live = fill_in(&mut arm.body, behind);
        live.extend(&arm.uses);
        for bound in &arm.binds {
            live.remove(bound);
        }
        before.extend(live);
    }
    before
}

/// A branch that leaves the Rust block cannot hide a variable that is needed after it: both would
/// have to travel under one name.
pub(super) fn check_hidden(list: &[Statement], variables: &[Variable], errors: &mut Diagnostics) {
    for (at, statement) in list.iter().enumerate() {
        let Kind::Branch(branch) = &statement.kind else {
            continue;
        };
        let last = at + 1 == list.len();
        let leaves = match statement.course {
            Course::Hops => true,
            Course::Many => last,
            Course::Once => false,
        };
        for arm in &branch.arms {
            let needed = arm.hides.iter().filter(|(outer, _)| statement.live.contains(outer));
            for (outer, inner) in needed.filter(|_| leaves && !arm.diverges) {
                let name = &variables[outer.0].name;
                let message = format!(
                    "this `{name}` hides the one bound before the branches, which is needed after them"
                );
                errors.error(
                    inner.span(),
                    message,
                    "give it another name, or bind it in every branch",
                );
            }
            check_hidden(&arm.body, variables, errors);
        }
    }
}

/// What branches emit is gathered before the flow goes on, so that all emits would see the last value
/// of a variable that the branches change.
pub(super) fn check_changed(list: &[Statement], errors: &mut Diagnostics) {
    for (at, statement) in list.iter().enumerate() {
        let Kind::Branch(branch) = &statement.kind else {
            continue;
        };
        let gathered = statement.course == Course::Many && at + 1 < list.len();
        let changes = branch.arms.iter().flat_map(|arm| &arm.changes);
        let changed: Vec<_> =
            changes.filter(|(id, _)| gathered && statement.live.contains(id)).collect();
        for (_, name) in &changed {
            let message = format!(
                "`{name}` is changed where branches emit other than once, and used after them"
            );
            let help = format!("bind it anew in every branch: `let {name} = value;`");
            errors.error(name.span(), message, help);
        }
        // What is reported for the outer branches would be reported again for those in them.
        if changed.is_empty() {
            branch.arms.iter().for_each(|arm| check_changed(&arm.body, errors));
        }
    }
}
