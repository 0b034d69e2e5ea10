//! Branches: plain Rust when each completes once, a join when they emit, a port when they hop.

use super::lower::{After, Ending, Here, Lowering};
use super::{Arm, Branch, PortKind, Step};
use crate::analysis::{self, Course, Head, Phi, Statement, Test, VarId, Vars, ends_in_rust};
use crate::syntax::Let;

impl Lowering<'_> {
    pub(super) fn branch(&mut self, branch: &analysis::Branch, here: &Here<'_>) -> Ending {
        let Here { statement, rest, after, owned, .. } = *here;
        let given = branch.phis.iter().map(|phi| phi.variable);
        let given: Vec<VarId> = given.filter(|id| statement.live.contains(id)).collect();
        let closed = !matches!(branch.head, Head::If { complete: false });
        match statement.course {
            Course::Once => {
                let end = if given.is_empty() { After::End } else { After::Give(given.clone()) };
                let (mut steps, branch) = self.arms(branch, &end, owned);
                steps.push(Step::Branch { branch, gives: self.arrive(&given) });
                Ending::GoesOn(steps)
            }
            // Nothing comes to what follows.
            Course::Many | Course::Hops if closed && branch.arms.iter().all(|arm| arm.diverges) => {
                let (mut steps, branch) = self.arms(branch, &After::End, owned);
                steps.push(Step::Branch { branch, gives: Vec::new() });
                self.meetings(rest);
                Ending::Last(steps)
            }
            // Nothing follows, so each branch can do what would be done behind all of them.
            Course::Many | Course::Hops if rest.is_empty() => {
                let (mut steps, branch) = self.arms(branch, after, owned);
                steps.push(Step::Branch { branch, gives: Vec::new() });
                Ending::Last(steps)
            }
            Course::Many => {
                let join = self.out.join();
                // What follows sees the variables from before the branches where it stands; only those that may
                // have changed meanwhile have to come along.
                let mutable = |id: &&VarId| self.variables[id.0].mutable && !given.contains(id);
                let outer = statement.live.iter().filter(mutable);
                let frame: Vec<VarId> = given.iter().chain(outer).copied().collect();
                // The rest keeps them, also from a branch that does not go on.
                let kept: Vars =
                    statement.live.iter().filter(|id| !frame.contains(id)).copied().collect();
                let (mut steps, branch) =
                    self.arms(branch, &After::Join(join, frame.clone()), &(owned - &kept));
                let from = Box::new(Step::Branch { branch, gives: Vec::new() });
                let own = frame.iter().copied().collect();
                let (frame, body) = self.behind(here, |lowering| {
                    (lowering.arrive(&frame), lowering.list(rest, after, own))
                });
                let patterns = Vec::new();
                steps.push(Step::Unify { join, from, patterns, frame, body });
                Ending::Last(steps)
            }
            Course::Hops => {
                let word = if matches!(branch.head, Head::If { .. }) { "if" } else { "match" };
                let label = format!("after {}", branch.label);
                let port = self.out.port(PortKind::Join, &format!("after_{word}"), &label);
                let frame = statement.live.iter().copied().collect();
                let (mut steps, branch) = self.arms(branch, &After::Enter(port, frame), owned);
                self.port_segment(port, Vec::new(), &statement.live, &[], (rest, after));
                steps.push(Step::Branch { branch, gives: Vec::new() });
                Ending::Last(steps)
            }
        }
    }

    /// What follows is nested in the statement, as in a branch of its own.
    pub(super) fn let_else(
        &mut self,
        binding: &Let,
        otherwise: &[Statement],
        here: &Here<'_>,
    ) -> Ending {
        let Here { statement, rest, after, owned, .. } = *here;
        let is_left = ends_in_rust(otherwise);
        let end = (!is_left).then(|| self.out.join());
        let otherwise = self.list(otherwise, &After::End, owned.clone());
        let owned = owned.iter().chain(&statement.binds).copied().collect();
        let body = self.behind(here, |lowering| lowering.list(rest, after, owned));
        Ending::last(Step::LetElse { binding: binding.clone(), otherwise, end, body })
    }

    /// Lowers the branches, with aliases in front of them; an `if` without `else` gets one when the flow goes on
    /// through it.
    fn arms(
        &mut self,
        branch: &analysis::Branch,
        after: &After,
        owned: &Vars,
    ) -> (Vec<Step>, Branch) {
        let (mut arms, mut hidden) = (Vec::new(), Vars::new());
        for (at, arm) in branch.arms.iter().enumerate() {
            let owned = owned.iter().chain(&arm.binds).copied().collect();
            let after = after.of_branch(&branch.phis, at);
            let hides = self.hidden(&arm.live, &arm.binds);
            let body = self.hiding(&hides, |lowering| lowering.list(&arm.body, &after, owned));
            hidden.extend(hides);
            arms.push(Arm { test: arm.test.clone(), body });
        }
        let open_end = matches!(branch.head, Head::If { complete: false });
        let goes_on = !matches!(after, After::End);
        if open_end && goes_on {
            arms.push(Arm { test: Test::Else, body: self.list(&[], after, owned.clone()) });
        }
        let value = match &branch.head {
            Head::If { .. } => None,
            Head::Match { value } => Some(value.clone()),
        };
        (self.aliases(&hidden), Branch { value, arms })
    }
}

impl After {
    /// The same end, in terms of the variables of one branch.
    fn of_branch(&self, phis: &[Phi], arm: usize) -> Self {
        let own = |ids: &Vec<VarId>| {
            let of_arm = |id: &VarId| {
                let phi = phis.iter().find(|phi| phi.variable == *id);
                phi.and_then(|phi| phi.from[arm]).unwrap_or(*id)
            };
            ids.iter().map(of_arm).collect()
        };
        match self {
            Self::End => Self::End,
            Self::Enter(port, ids) => Self::Enter(*port, own(ids)),
            Self::Join(join, ids) => Self::Join(*join, own(ids)),
            Self::Give(ids) => Self::Give(own(ids)),
        }
    }
}
