//! Follows where each point of a flow runs, and finds keys that are used away from their home.
//!
//! A key is refused only when it is another variable than those that led here; whatever depends on values is left to
//! the check at run time. A kind of statement that this pass does not know moves to an unknown place.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::{BinOp, Expr, ExprBinary, ExprClosure, UnOp};

use super::hop::{Hop, Route, variables_of_steps};
use super::known::{Known, plain_span};
use super::place::{By, Place, Point, Wrong};
use super::pstate::PStateHome;
use super::tree::{
    Branch, Course, Depot, DepotBy, Head, Kind, Loop, Op, Path, Source, Statement, Test, Topology,
    Value, VarId, Vars,
};
use super::values::{ANY, ValueId};
use crate::diagnostics::Diagnostics;
use crate::syntax::{Code, text};

/// Checks the flows of a topology in which nothing else is wrong.
pub(super) fn check(
    topology: &Topology,
    depots: &[Depot],
    homes: &BTreeMap<String, PStateHome>,
    errors: &mut Diagnostics,
) {
    for source in &topology.sources {
        let depot = depots.iter().find(|depot| depot.name == source.depot);
        let mut check = Check { homes, known: Known::new(&source.flow), errors };
        let place = check.begin(source, depot.map(|depot| &depot.by));
        check.list(&source.flow.body, Point::new(place));
    }
}

/// The same for an operation, which may be called anywhere.
pub(super) fn check_op(op: &Op, homes: &BTreeMap<String, PStateHome>, errors: &mut Diagnostics) {
    let mut check = Check { homes, known: Known::new(&op.flow), errors };
    for id in op.flow.binds.iter().filter(|id| Some(**id) != op.caller) {
        let argument = check.known.values.given();
        check.known.know(*id, argument);
    }
    check.list(&op.flow.body, Point::new(Place::Unknown));
}

struct Check<'a> {
    homes: &'a BTreeMap<String, PStateHome>,
    known: Known<'a>,
    errors: &'a mut Diagnostics,
}

impl Check<'_> {
    /// A record is where its depot put it.
    fn begin(&mut self, source: &Source, by: Option<&DepotBy>) -> Place {
        let record = self.known.values.given();
        self.known.bind(&source.pattern, &source.flow.binds, record);
        let (key, written) = match by {
            Some(DepotBy::Field { field, .. }) => (quote!(|record| record.#field), text(field)),
            Some(DepotBy::Closure { param, key, .. }) => {
                let tokens = &key.tokens;
                (quote!(|#param| #tokens), text(tokens))
            }
            Some(DepotBy::Plain(operator)) if operator == "global" => return Place::TaskZero,
            _ => return Place::Unknown,
        };
        let value = syn::parse2(key).map_or(ANY, |key| self.key_of_record(&key, record));
        let mut bound = source.flow.binds.iter();
        let name = bound.find(|id| self.known.value_of(**id) == value);
        let name = name.map_or(written, |id| self.known.name(*id));
        Place::home(value, By::Hash, name)
    }

    fn key_of_record(&mut self, key: &ExprClosure, record: ValueId) -> ValueId {
        let mut found = BTreeMap::new();
        key.inputs.iter().for_each(|input| self.known.values.bind(input, record, &mut found));
        let variable = |name: &str| found.get(name).copied().unwrap_or(ANY);
        self.known.values.of_expression(&key.body, &variable, &[record])
    }

    /// Follows statements; gives where their end runs.
    fn list(&mut self, list: &[Statement], at: Point) -> Point {
        let mut at = at;
        for statement in list {
            self.statement(statement, &mut at);
        }
        at
    }

    fn statement(&mut self, statement: &Statement, at: &mut Point) {
        let Statement { kind, binds, uses, .. } = statement;
        match kind {
            Kind::Let(binding) | Kind::LetElse { binding, .. } => {
                if let Kind::LetElse { otherwise, .. } = kind {
                    drop(self.list(otherwise, at.clone()));
                }
                let value = binding.value.as_ref();
                let value = value.map_or(ANY, |value| self.known.code(value, uses));
                self.known.bind(&binding.pattern, binds, value);
            }
            Kind::Call { pattern, .. } => {
                let value = self.known.made(uses);
                self.known.bind(pattern, binds, value);
            }
            Kind::Emit { value, pattern } => {
                let value = self.known.value(value);
                self.known.bind(pattern, binds, value);
            }
            Kind::Explode { iter, pattern } => {
                let list = self.known.value(iter);
                let element = self.known.values.element(list);
                self.known.bind(pattern, binds, element);
            }
            Kind::Key { value, .. } => {
                binds.iter().for_each(|id| self.known.hide(*id, value));
            }
            Kind::Filter { condition } => self.equal(condition, uses, true, at),
            Kind::Select { pstate, path, pattern, .. } => {
                self.access(pstate, Some(path), at);
                let found = self.found(pstate, path);
                self.known.bind(pattern, binds, found);
            }
            Kind::Transform { pstate, path, .. } => self.access(pstate, Some(path), at),
            Kind::Clear { pstate, .. } => self.access(pstate, None, at),
            Kind::AssumeHome { key, .. } => {
                let value = self.known.value(key);
                at.place.assume(value, self.known.text(key));
            }
            Kind::Hop(hop) => at.place = self.target(hop),
            Kind::Branch(branch) => *at = self.branch(branch, uses, at),
            Kind::Aside { body, .. } => drop(self.list(body, at.clone())),
            Kind::Loop(found) => self.rounds(found, binds, statement.course, at),
            Kind::Meeting(meeting) => drop(self.list(&meeting.body, Point::new(Place::Unknown))),
            _ if statement.course == Course::Hops => at.place = Place::Unknown,
            _ => {}
        }
    }

    /// Iterations begin where the loop does, unless they may come from elsewhere; their variables may be anything.
    fn rounds(&mut self, found: &Loop, binds: &[VarId], course: Course, at: &mut Point) {
        for variable in &found.variables {
            self.known.bind(&variable.pattern, &found.binds, ANY);
        }
        if course == Course::Hops {
            at.place = Place::Unknown;
        }
        self.list(&found.body, at.clone());
        if let Some(pattern) = &found.pattern {
            self.known.bind(pattern, binds, ANY);
        }
    }

    fn target(&mut self, hop: &Hop) -> Place {
        match &hop.route {
            Route::Zero | Route::GlobalIn(_) => Place::TaskZero,
            Route::Key(key) => Place::home(self.known.value(key), By::Hash, self.known.text(key)),
            Route::KeyIn(pstate, key) => {
                let by = match self.home(pstate) {
                    PStateHome::Hash => By::Hash,
                    PStateHome::Own => By::Own(pstate.to_string()),
                    PStateHome::Global => return Place::TaskZero,
                    PStateHome::Any | PStateHome::Value => return Place::Unknown,
                };
                Place::home(self.known.value(key), by, self.known.text(key))
            }
            Route::Plain | Route::Task(_) | Route::Function(_) => Place::Unknown,
        }
    }

    /// What a select finds. In the row of a key it is something else than the key; without one, what it finds may be
    /// keys that are at home here.
    fn found(&mut self, pstate: &Ident, path: &Path) -> ValueId {
        let in_row = matches!(self.home(pstate), PStateHome::Hash | PStateHome::Own);
        let [_, behind @ ..] = path.steps.as_slice() else {
            return ANY;
        };
        if !in_row || path.leading_key().is_none() {
            return ANY;
        }
        let row = self.known.values.given();
        let used = variables_of_steps(behind);
        if used.is_empty() {
            return row;
        }
        let from: Vec<_> = used.iter().map(|id| self.known.value_of(*id)).chain([row]).collect();
        self.known.values.made(&from)
    }

    /// Branches begin where they stand, and end in one place or nobody knows where.
    fn branch(&mut self, branch: &Branch, uses: &Vars, at: &Point) -> Point {
        let value = match &branch.head {
            Head::Match { value } => self.known.code(value, uses),
            Head::If { .. } => ANY,
        };
        let (mut ends, mut otherwise) = (Vec::new(), at.clone());
        for arm in &branch.arms {
            let mut inside = otherwise.clone();
            match &arm.test {
                Test::Condition(condition) => {
                    self.known.bind_condition(condition, &arm.uses, &arm.binds);
                    let names = self.known.bound_or_used(&arm.binds, &arm.uses);
                    self.equal(condition, &names, true, &mut inside);
                    self.equal(condition, &names, false, &mut otherwise);
                }
                Test::Else => {}
                Test::Pattern { pattern, guard } => {
                    self.known.bind(pattern, &arm.binds, value);
                    if let Some(guard) = guard {
                        let names = self.known.bound_or_used(&arm.binds, &arm.uses);
                        self.equal(guard, &names, true, &mut inside);
                    }
                }
            }
            let end = self.list(&arm.body, inside);
            if !arm.diverges {
                ends.push(end);
            }
        }
        if matches!(branch.head, Head::If { complete: false }) {
            ends.push(otherwise);
        }
        for phi in &branch.phis {
            let from: Vec<_> =
                phi.from.iter().flatten().map(|id| self.known.value_of(*id)).collect();
            let value = match from.as_slice() {
                [first, others @ ..] if others.iter().all(|other| other == first) => *first,
                several => self.known.values.made(several),
            };
            self.known.know(phi.variable, value);
        }
        Point::join(&ends, at)
    }

    /// Keeps what a condition that holds, or does not hold, says about equal values.
    fn equal(&mut self, condition: &Code, uses: &Vars, holds: bool, at: &mut Point) {
        let mut found = Vec::new();
        if let Some(tree) = condition.tree.as_deref() {
            comparisons(tree, holds, &mut found);
        }
        for (one, other) in found {
            let pair = (self.known.expression(one, uses), self.known.expression(other, uses));
            if pair.0 != ANY && pair.1 != ANY {
                at.equal.push(pair);
            }
        }
    }

    /// Checks a use of a PState at a point; what was said is not said again.
    fn access(&mut self, pstate: &Ident, path: Option<&Path>, at: &mut Point) {
        let home = self.home(pstate);
        match (home, path.and_then(Path::leading_key)) {
            (PStateHome::Global, _) => {
                let Some(led) = at.place.led_by() else {
                    return;
                };
                let message = format!(
                    "`$${pstate}` is global, so it is on task 0: this point is at the home of {led}"
                );
                self.errors.error(pstate.span(), message, "put `|global();` before it");
                at.place = Place::Unknown;
            }
            (PStateHome::Hash | PStateHome::Own, Some(key)) => {
                if let Some(span) = plain_span(key) {
                    self.key(pstate, home, (key, span), at);
                }
            }
            _ => {}
        }
    }

    fn key(
        &mut self,
        pstate: &Ident,
        home: PStateHome,
        (key, span): (&Value, Span),
        at: &mut Point,
    ) {
        let value = self.known.value(key);
        let (text, name) = (self.known.text(key), pstate.to_string());
        let led = at.place.led_by().unwrap_or_default();
        let (message, help) = match at.wrong(&name, home, value, &self.known.values) {
            None => return,
            Some(Wrong::OtherKey) => {
                at.place.assume(value, text.clone());
                let message = format!(
                    "`$${name}` is partitioned by its key: this point is at the home of {led}, but the path starts at `{text}`"
                );
                let help = format!(
                    "put `|hash({text});` before it, or `assume_home({text});` if both are known to be equal (checked at run time)"
                );
                (message, help)
            }
            Some(Wrong::TaskZero) => {
                at.place = Place::Unknown;
                let message = format!(
                    "`$${name}` is partitioned by its key: this point is on task 0, wherever `{text}` is at home"
                );
                (message, format!("put `|hash({text});` before it, or make the pstate `global`"))
            }
            Some(Wrong::OwnPartitioner) => {
                at.place = Place::Unknown;
                let message = format!(
                    "`$${name}` has a key partitioner of its own: this point is at the home of {led} by its hash"
                );
                (message, format!("write `|hash($${name}, {text});` before it"))
            }
            Some(Wrong::OtherPartitioner(owner)) => {
                at.place = Place::Unknown;
                let message = format!(
                    "`$${name}` is partitioned by its key: this point is where the key partitioner of `$${owner}` puts {led}"
                );
                (message, format!("put `|hash({text});` before it"))
            }
        };
        self.errors.error(span, message, help);
    }

    fn home(&self, pstate: &Ident) -> PStateHome {
        self.homes.get(&pstate.to_string()).copied().unwrap_or(PStateHome::Any)
    }
}

/// What is compared by `==` in a condition that holds, and by `!=` in one that does not.
fn comparisons<'e>(condition: &'e Expr, holds: bool, found: &mut Vec<(&'e Expr, &'e Expr)>) {
    match condition {
        Expr::Paren(inner) => comparisons(&inner.expr, holds, found),
        Expr::Unary(inner) if matches!(inner.op, UnOp::Not(_)) => {
            comparisons(&inner.expr, !holds, found);
        }
        Expr::Binary(both) => match both.op {
            BinOp::Eq(_) if holds => found.push((&both.left, &both.right)),
            BinOp::Ne(_) if !holds => found.push((&both.left, &both.right)),
            BinOp::And(_) if holds => both_sides(both, holds, found),
            BinOp::Or(_) if !holds => both_sides(both, holds, found),
            _ => {}
        },
        _ => {}
    }
}

fn both_sides<'e>(both: &'e ExprBinary, holds: bool, found: &mut Vec<(&'e Expr, &'e Expr)>) {
    comparisons(&both.left, holds, found);
    comparisons(&both.right, holds, found);
}
