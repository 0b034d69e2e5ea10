//! `if` and `match`: what is in scope after the branches (DF-L04).

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenTree};

use super::op::OpFacts;
use super::resolve::Resolver;
use super::scope::Name;
use super::statement::never_ends;
use super::tree::{Arm, Branch, Course, Head, Kind, Phi, Statement, Test, VarId, Vars};
use super::uses::condition_binds;
use crate::syntax::{self, Bind, Block, Call, Code, Pattern, label};

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

    pub(super) fn resolve_match(&mut self, found: &'a syntax::Match) -> Vec<Statement> {
        let call = found.value.call();
        let facts = call.as_ref().and_then(|call| self.around.ops.get(&call.name.to_string()));
        match (call.as_ref(), facts.cloned()) {
            (Some(call), Some(facts)) if facts.is_imported() || facts.streams.len() > 1 => {
                self.match_streams(&facts, call, found)
            }
            _ => {
                let mut uses = Vars::new();
                self.code(&found.value, &mut uses);
                let label = format!("match {}", label(&found.value.tokens));
                vec![
                    self.arms(found.value.clone(), label, &found.arms, uses, |pattern| {
                        pattern.clone()
                    }),
                ]
            }
        }
    }

    /// `match op(args) { stream(pattern) => … }`: the operation emits one of its streams, which leads to its arm.
    fn match_streams(
        &mut self,
        facts: &OpFacts,
        call: &Call,
        found: &'a syntax::Match,
    ) -> Vec<Statement> {
        self.check_streams(facts, &call.name, &found.arms);
        let name = Ident::new("stream", Span::mixed_site());
        let value = Code::new([TokenTree::from(name.clone())]);
        let binds = vec![Bind { name: name.clone(), mutable: false }];
        let pattern = Pattern { tokens: value.tokens.clone(), binds };
        let call = Call { pattern: Some(pattern), ..call.clone() };
        let mut uses = Vars::new();
        let kind = self.op_call_of(facts, &call, &mut uses);
        let stream = self.scope.own(name);
        let first = kind.map(|kind| Statement::new(kind, vec![stream], uses));
        let label = format!("match {}", label(&found.value.tokens));
        let uses = Vars::from([stream]);
        let op = call.name.clone();
        let second = self.arms(value, label, &found.arms, uses, |pattern| pattern.of_op(&op));
        first.into_iter().chain([second]).collect()
    }

    fn arms(
        &mut self,
        value: Code,
        label: String,
        arms: &'a [syntax::Arm],
        uses: Vars,
        pattern: impl Fn(&Pattern) -> Pattern,
    ) -> Statement {
        let arms = arms.iter().map(|arm| {
            let (pattern, guard) = (pattern(&arm.pattern), arm.guard.clone());
            let binds = arm.pattern.binds.clone();
            self.arm(Test::Pattern { pattern, guard }, &binds, Vars::new(), &arm.block)
        });
        let arms = arms.collect();
        self.unify(Head::Match { value }, label, arms, uses)
    }

    fn arm(&mut self, test: Test, binds: &[Bind], uses: Vars, block: &'a Block) -> Resolved {
        let mut uses = uses;
        self.scope.open();
        let binds: Vec<VarId> = binds.iter().map(|bind| self.scope.bind(bind)).collect();
        if let Test::Pattern { guard: Some(guard), .. } = &test {
            self.code(guard, &mut uses);
        }
        // What the pattern binds is the arm's own, as in Rust.
        self.scope.open();
        let body = self.statements(&block.statements);
        let bound = self.scope.close();
        self.scope.close();
        let diverges = never_ends(&body);
        let arm = Arm { test, binds, uses, live: Vars::new(), body, diverges };
        Resolved { arm, name: block.name.clone(), bound }
    }

    /// After the branches a variable is what every branch bound, or what it was before.
    fn unify(&mut self, head: Head, label: String, arms: Vec<Resolved>, uses: Vars) -> Statement {
        let open_end = matches!(head, Head::If { complete: false });
        let mut phis = Vec::new();
        let mut binds = Vec::new();
        for (name, first) in first_bindings(&arms) {
            let lacking = |one: &&Resolved| !one.arm.diverges && !one.bound.contains_key(&name);
            let lacks = arms.iter().find(lacking).map(|one| self.lacking(one, &name));
            if let Some(lacking) =
                lacks.or_else(|| open_end.then(|| "there is no `else`".to_owned()))
            {
                self.leave_partial(&name, lacking);
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
    fn leave_partial(&mut self, name: &str, lacking: String) {
        if self.scope.variable(name).is_none() {
            self.scope.set(name.to_owned(), Name::Partial { lacking });
        }
    }

    /// In what way a branch does not bind a name for what follows.
    fn lacking(&self, branch: &Resolved, name: &str) -> String {
        let own = |id: &VarId| self.scope.variables[id.0].name == name;
        let branch_name = &branch.name;
        if branch.arm.binds.iter().any(own) {
            format!(
                "the branch `{branch_name}` binds it for itself: write `let {name} = {name};` in it"
            )
        } else {
            format!("the branch `{branch_name}` does not bind it")
        }
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
