//! Branches: plain Rust when each completes once, a list when they emit, a port when they hop.

use super::lower::{After, Ending, Lowering};
use super::{Arm, Branch, Step};
use crate::analysis::{self, Course, Head, Phi, Statement, Test, VarId, Vars};

impl Lowering<'_> {
    pub(super) fn branch(
        &mut self,
        statement: &Statement,
        branch: &analysis::Branch,
        rest: &[Statement],
        after: &After,
        owned: &Vars,
    ) -> Ending {
        let given = branch.phis.iter().map(|phi| phi.variable);
        let given: Vec<VarId> = given.filter(|id| statement.live.contains(id)).collect();
        match statement.course {
            Course::Once => {
                let end = if given.is_empty() { After::End } else { After::Give(given.clone()) };
                let gives = self.slots(given);
                Ending::GoesOn(Step::Branch { branch: self.arms(branch, &end, owned), gives })
            }
            // Nothing follows, so each branch can do what would be done behind all of them.
            Course::Many | Course::Hops if rest.is_empty() => {
                let branch = self.arms(branch, after, owned);
                Ending::Last(Step::Branch { branch, gives: Vec::new() })
            }
            Course::Many => {
                let list = self.out.gather();
                let branch = self.arms(branch, &After::Push(list, given.clone()), owned);
                let body = self.list(rest, after, given.iter().copied().collect());
                Ending::Last(Step::Gather { list, branch, frame: self.slots(given), body })
            }
            Course::Hops => {
                let word = if matches!(branch.head, Head::If { .. }) { "if" } else { "match" };
                let port =
                    self.out.join(format!("after_{word}"), format!("after {}", branch.label));
                let frame = statement.live.iter().copied().collect();
                let branch = self.arms(branch, &After::Enter(port, frame), owned);
                self.port_segment(port, &statement.live, rest, after);
                Ending::Last(Step::Branch { branch, gives: Vec::new() })
            }
        }
    }

    /// Lowers the branches; an `if` without `else` gets one when the flow goes on through it.
    fn arms(&mut self, branch: &analysis::Branch, after: &After, owned: &Vars) -> Branch {
        let mut arms = Vec::new();
        for (at, arm) in branch.arms.iter().enumerate() {
            let owned = owned.iter().chain(&arm.binds).copied().collect();
            let after = after.of_branch(&branch.phis, at);
            let body = self.list(&arm.body, &after, owned);
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
        Branch { value, arms }
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
            Self::Push(list, ids) => Self::Push(*list, own(ids)),
            Self::Give(ids) => Self::Give(own(ids)),
        }
    }
}
