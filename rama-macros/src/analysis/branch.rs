//! `if` and `match`: what is in scope after the branches (DF-L04).

use std::collections::BTreeMap;

use super::resolve::Resolver;
use super::scope::Name;
use super::statement::never_ends;
use super::tree::{Arm, Branch, Course, Head, Kind, Phi, Statement, Test, VarId, Vars};
use super::uses::condition_binds;
use crate::syntax::{self, Bind, Block, label};

/// A branch with the variables that its block bound.
struct Resolved {
    arm: Arm,
    name: String,
    bound: BTreeMap<String, Name>,
}

impl<'a> Resolver<'a> {
    pub(super) fn resolve_if(&mut self, branches: &'a syntax::If) -> Statement {
        let mut arms = Vec::new();
        for (condition, block) in &branches.branches {
            let mut uses = Vars::new();
            self.code(condition, &mut uses);
            let binds = condition_binds(condition);
            arms.push(self.arm(Test::Condition(condition.clone()), &binds, uses, block));
        }
        if let Some(block) = &branches.otherwise {
            arms.push(self.arm(Test::Else, &[], Vars::new(), block));
        }
        let complete = branches.otherwise.is_some();
        let first = branches.branches.first();
        let label = first.map(|(condition, _)| format!("if {}", label(&condition.tokens)));
        self.unify(Head::If { complete }, label.unwrap_or_default(), arms, Vars::new())
    }

    pub(super) fn resolve_match(&mut self, found: &'a syntax::Match) -> Statement {
        let mut uses = Vars::new();
        self.code(&found.value, &mut uses);
        let arms = found.arms.iter().map(|arm| {
            let (pattern, guard) = (arm.pattern.clone(), arm.guard.clone());
            let binds = arm.pattern.binds.clone();
            self.arm(Test::Pattern { pattern, guard }, &binds, Vars::new(), &arm.block)
        });
        let arms = arms.collect();
        let label = format!("match {}", label(&found.value.tokens));
        self.unify(Head::Match { value: found.value.clone() }, label, arms, uses)
    }

    fn arm(&mut self, test: Test, binds: &[Bind], uses: Vars, block: &'a Block) -> Resolved {
        let mut uses = uses;
        self.scope.open();
        let binds: Vec<VarId> = binds.iter().map(|bind| self.scope.bind(bind)).collect();
        if let Test::Pattern { guard: Some(guard), .. } = &test {
            self.code(guard, &mut uses);
        }
        let before = self.changes.len();
        let body = self.statements(&block.statements);
        let changes = self.changes[before..].to_vec();
        let bound = self.scope.close();
        let diverges = never_ends(&body);
        let arm = Arm { test, binds, uses, body, diverges, hides: Vec::new(), changes };
        Resolved { arm, name: block.name.clone(), bound }
    }

    /// After the branches a variable is what every branch bound, or what it was before.
    fn unify(&mut self, head: Head, label: String, arms: Vec<Resolved>, uses: Vars) -> Statement {
        let mut arms = arms;
        let open_end = matches!(head, Head::If { complete: false });
        let mut phis = Vec::new();
        let mut binds = Vec::new();
        for (name, first) in first_bindings(&arms) {
            let lacking = |one: &&Resolved| !one.arm.diverges && !one.bound.contains_key(&name);
            let lacks = arms.iter().find(lacking).map(|one| one.name.clone());
            if let Some(lacking) = lacks.or_else(|| open_end.then(|| "else".to_owned())) {
                self.leave_partial(&name, &lacking, &mut arms, open_end);
                continue;
            }
            let from: Vec<_> = arms.iter().map(|one| one.variable(&name)).collect();
            let mutable =
                from.iter().flatten().any(|variable| self.scope.variables[variable.0].mutable);
            let bind = Bind { name: self.scope.variables[first.0].name.clone(), mutable };
            let variable = self.scope.bind(&bind);
            binds.push(variable);
            phis.push(Phi { variable, from });
        }
        let arms: Vec<Arm> = arms.into_iter().map(|one| one.arm).collect();
        let bodies = arms.iter().flat_map(|arm| &arm.body);
        let course = bodies.map(|statement| statement.course).max().unwrap_or(Course::Once);
        let kind = Kind::Branch(Branch { head, arms, phis, label });
        Statement { kind, binds, uses, live: Vars::new(), course }
    }

    /// A name that some branch lacks keeps its old meaning, or has none from here on.
    fn leave_partial(&mut self, name: &str, lacking: &str, arms: &mut [Resolved], open_end: bool) {
        if let Some(outer) = self.scope.variable(name) {
            for one in arms {
                if let Some(inner) = one.variable(name) {
                    let hidden_by = self.scope.variables[inner.0].name.clone();
                    one.arm.hides.push((outer, hidden_by));
                }
            }
            return;
        }
        let lacking = if open_end && lacking == "else" {
            "there is no `else`".to_owned()
        } else {
            format!("the branch `{lacking}` does not bind it")
        };
        self.scope.set(name.to_owned(), Name::Partial { lacking });
    }
}

impl Resolved {
    fn variable(&self, name: &str) -> Option<VarId> {
        match self.bound.get(name) {
            Some(Name::Variable(variable)) => Some(*variable),
            _ => None,
        }
    }
}

/// All names bound in the branches, in the order of first binding, with that binding.
fn first_bindings(arms: &[Resolved]) -> Vec<(String, VarId)> {
    let mut first: BTreeMap<String, VarId> = BTreeMap::new();
    for one in arms.iter().filter(|one| !one.arm.diverges) {
        for name in one.bound.keys() {
            if let Some(variable) = one.variable(name) {
                let entry = first.entry(name.clone()).or_insert(variable);
                *entry = variable.min(*entry);
            }
        }
    }
    let mut ordered: Vec<_> = first.into_iter().collect();
    ordered.sort_by_key(|(_, variable)| *variable);
    ordered
}
