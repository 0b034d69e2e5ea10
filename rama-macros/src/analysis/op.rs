//! Operations: what a call has to know about each, and the calls.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use super::resolve::Resolver;
use super::tree::{Kind, Vars};
use crate::ops::{Operation, Operator, Row, did_you_mean};
use crate::syntax::{self, Arg, Call, Code, Pattern, Statement};

/// What is known of an operation without its types.
#[derive(Clone, Default)]
pub(super) struct OpFacts {
    /// Absent when the operation is someone else's, or could not be read: then nothing of it is sure.
    params: Option<usize>,
    pub(super) streams: Vec<String>,
    /// Whether it may leave the task on which it is called.
    pub(super) hops: bool,
    /// The PStates that it writes, also through others.
    writes: BTreeSet<String>,
    /// The depots for whose acknowledgement it waits.
    pub(super) awaits: BTreeSet<String>,
}

impl OpFacts {
    pub(super) fn is_imported(&self) -> bool {
        self.params.is_none()
    }
}

/// The facts about all operations of a module.
pub(super) fn op_facts(
    ops: &[syntax::Op],
    imports: &[syntax::Import],
) -> BTreeMap<String, OpFacts> {
    let mut all = BTreeMap::new();
    for import in imports {
        all.insert(import.name.to_string(), OpFacts { hops: true, ..OpFacts::default() });
    }
    for op in ops {
        let streams = op.streams.iter().map(|stream| stream.name.name.to_string()).collect();
        let params = (!op.broken).then_some(op.params.len());
        let facts = OpFacts { params, streams, ..OpFacts::default() };
        all.insert(op.name.to_string(), facts);
    }
    // What one operation does, those that call it do.
    loop {
        let before = sizes(&all);
        for op in ops {
            let mut facts = all[&op.name.to_string()].clone();
            facts.hops |= leaves(&op.body, &all);
            effects(&op.body, &all, &mut facts);
            all.insert(op.name.to_string(), facts);
        }
        if sizes(&all) == before {
            return all;
        }
    }
}

fn sizes(all: &BTreeMap<String, OpFacts>) -> Vec<(bool, usize, usize)> {
    let size = |facts: &OpFacts| (facts.hops, facts.writes.len(), facts.awaits.len());
    all.values().map(size).collect()
}

/// Whether statements may leave their task.
pub(super) fn leaves(list: &[Statement], ops: &BTreeMap<String, OpFacts>) -> bool {
    list.iter().any(|statement| {
        let here = match statement {
            Statement::Hop { .. } => true,
            // What goes on from several anchors is code of its own.
            Statement::Onward(from) => from.labels.len() > 1,
            Statement::Call(call) => call_leaves(call, ops),
            Statement::Match(found) => {
                let call = found.value.call();
                call.is_some_and(|call| call_leaves(&call, ops))
            }
            _ => false,
        };
        here || statement.inside().into_iter().any(|inner| leaves(inner, ops))
    })
}

fn call_leaves(call: &Call, ops: &BTreeMap<String, OpFacts>) -> bool {
    let name = call.name.to_string();
    match Operator::find(&name, "") {
        Ok(row) => match row.operation {
            Operation::MovingSelect
            | Operation::YieldingSelect
            | Operation::Await
            | Operation::Yield => true,
            Operation::Append => call.args.len() > row.params.len(),
            _ => false,
        },
        Err(_) => ops.get(&name).is_some_and(|facts| facts.hops),
    }
}

/// Adds what statements write and wait for.
fn effects(list: &[Statement], ops: &BTreeMap<String, OpFacts>, facts: &mut OpFacts) {
    for statement in list {
        let call = match statement {
            Statement::Call(call) => Some(call.clone()),
            Statement::Match(found) => found.value.call(),
            _ => None,
        };
        if let Some(call) = call {
            call_effects(&call, ops, facts);
        }
        statement.inside().into_iter().for_each(|inner| effects(inner, ops, facts));
    }
}

fn call_effects(call: &Call, ops: &BTreeMap<String, OpFacts>, facts: &mut OpFacts) {
    let name = call.name.to_string();
    if let Some(called) = ops.get(&name) {
        facts.writes.extend(called.writes.iter().cloned());
        facts.awaits.extend(called.awaits.iter().cloned());
    }
    match (Operator::find(&name, "").map(|row| row.operation), call.args.as_slice()) {
        (Ok(Operation::Transform | Operation::Clear), args) => {
            let pstates = args.iter().filter_map(|arg| match arg {
                Arg::PState(name) => Some(name.to_string()),
                _ => None,
            });
            facts.writes.extend(pstates);
        }
        (Ok(Operation::Append), [Arg::Depot(depot, _), _, Arg::Code(level)]) if is_ack(level) => {
            facts.awaits.insert(depot.to_string());
        }
        _ => {}
    }
}

/// Whether the flow waits until all topologies are done with what it appends.
pub(super) fn is_ack(level: &Code) -> bool {
    level.tokens.to_string() == "ack"
}

impl Resolver<'_> {
    /// A call of an operation.
    pub(super) fn op_call(
        &mut self,
        facts: &OpFacts,
        call: &Call,
        uses: &mut Vars,
    ) -> Option<Kind> {
        let name = &call.name;
        let shape = self.op_shape(facts, name);
        match (&call.pattern, facts.streams.as_slice()) {
            (None, [_, ..]) => {
                self.errors.error(name.span(), format!("`{name}` without `:>`"), shape);
                return None;
            }
            (Some(_), []) if !facts.is_imported() => {
                let help =
                    format!("write `{name}(…);`, or let it emit: `op {name}(…) :> result: Type`");
                self.errors.error(name.span(), format!("`{name}` emits nothing"), help);
                return None;
            }
            (Some(_), [_, _, ..]) => {
                let message = format!("`{name}` emits on several streams");
                self.errors.error(name.span(), message, shape);
                return None;
            }
            _ => {}
        }
        self.op_call_of(facts, call, uses)
    }

    /// The same when its streams are taken care of.
    pub(super) fn op_call_of(
        &mut self,
        facts: &OpFacts,
        call: &Call,
        uses: &mut Vars,
    ) -> Option<Kind> {
        let name = &call.name;
        if facts.params.is_some_and(|count| count != call.args.len()) {
            let message = format!("`{name}` is called with the wrong number of arguments");
            let shape = self.op_shape(facts, name);
            self.errors.error(name.span(), message, shape);
            return None;
        }
        self.check_effects(facts, name);
        let mut args = Vec::new();
        for arg in &call.args {
            match arg {
                Arg::Depot(_, code) | Arg::Path(_, code) | Arg::Code(code) => {
                    args.push(self.value(code, uses));
                }
                Arg::PState(_) | Arg::Named(..) => {
                    let help = "an operation names the pstates that it uses in its own body";
                    self.errors.error(arg.span(), "expected an expression", help);
                    return None;
                }
            }
        }
        let (op, pattern, away) = (name.clone(), call.pattern.clone(), facts.hops);
        Some(Kind::CallOp { op, args, pattern, away })
    }

    fn op_shape(&self, facts: &OpFacts, name: &Ident) -> String {
        let args = match facts.params {
            Some(0) => "",
            _ => "…",
        };
        match facts.streams.as_slice() {
            [] => format!("write `{name}({args});`"),
            [one] => format!("write `{name}({args}) :> {one};`"),
            several => {
                let arms: Vec<_> =
                    several.iter().map(|stream| format!("{stream}(value) => {{ … }}")).collect();
                format!("write `match {name}({args}) {{ {} }}`", arms.join(" "))
            }
        }
    }

    /// An operation may do only what the topology that calls it may.
    fn check_effects(&mut self, facts: &OpFacts, name: &Ident) {
        if self.around.op.is_some() {
            return;
        }
        let here = self.around.topology.clone().unwrap_or_default();
        for pstate in &facts.writes {
            let owner = self.around.pstates.get(pstate).filter(|owner| **owner != here);
            if let Some(owner) = owner {
                let message = format!(
                    "`{name}` writes `$${pstate}`, which belongs to the topology `{owner}`"
                );
                let help = format!("call it in `{owner}`, or declare a pstate in `{here}`");
                self.errors.error(name.span(), message, help);
            }
        }
        for depot in facts.awaits.intersection(&self.around.sourced) {
            self.waits_for_itself(name.span(), depot);
        }
    }

    /// Reports what would wait for ever (DP-41).
    pub(super) fn waits_for_itself(&mut self, at: Span, depot: &str) {
        let here = self.around.topology.clone().unwrap_or_default();
        let message = format!("`{here}` reads `*{depot}`, so it would wait for itself");
        let help = "write `append_ack` to wait until the record is durable, or leave it out";
        self.errors.error(at, message, help);
    }

    /// The streams in the patterns of a `match` on an operation: each with the operation's name in front.
    pub(super) fn check_streams(&mut self, facts: &OpFacts, op: &Ident, arms: &[syntax::Arm]) {
        if facts.is_imported() {
            return;
        }
        let mut missing: BTreeSet<&str> = facts.streams.iter().map(String::as_str).collect();
        for arm in arms {
            let streams = arm.pattern.streams();
            if streams.is_empty() {
                if arm.pattern.is_name() {
                    self.check_catch_all(facts, op, &arm.pattern);
                }
                missing.clear();
            }
            for stream in streams {
                let name = stream.to_string();
                if arm.guard.is_none() {
                    missing.remove(name.as_str());
                }
                if !facts.streams.contains(&name) {
                    let help = did_you_mean(&name, "", facts.streams.iter())
                        .unwrap_or_else(|| self.op_shape(facts, op));
                    self.errors.error(
                        stream.span(),
                        format!("`{op}` has no stream `{name}`"),
                        help,
                    );
                    missing.clear();
                }
            }
        }
        if let Some(stream) = missing.first() {
            let message = format!("what `{op}` emits on `{stream}` goes nowhere");
            let help = format!("add `{stream}(value) => {{ … }}`, or `_ => ()`");
            self.errors.error(op.span(), message, help);
        }
    }

    /// Reports streams on which an operation never emits.
    pub(super) fn idle_streams(&mut self, op: &syntax::Op) {
        let is_one = op.streams.len() == 1;
        for stream in &op.streams {
            let (span, name) = (stream.name.name.span(), stream.name.name.to_string());
            if self.emitted.contains(&Some(name.clone()).filter(|_| !is_one)) {
                continue;
            }
            let (message, help) = if is_one {
                let message =
                    format!("`{}` never emits, so nothing behind a call of it runs", op.name);
                (
                    message,
                    "write `emit(value);` where it goes on, or leave out what it emits".to_owned(),
                )
            } else {
                let help = format!(
                    "write `emit({name}: value);` where it goes on, or leave the stream out"
                );
                (format!("`{}` never emits on `{name}`", op.name), help)
            };
            self.errors.error(span, message, help);
        }
    }

    /// A lone name would match every stream and give it that name.
    fn check_catch_all(&mut self, facts: &OpFacts, op: &Ident, pattern: &Pattern) {
        let Some(bind) = pattern.binds.first() else { return };
        let name = bind.name.to_string();
        let (message, help) = if facts.streams.contains(&name) {
            let help = format!("write `{name}(value) => {{ … }}`, or `{name}(_)`");
            (format!("`{name}` without what it emits"), help)
        } else {
            (format!("`{name}` is no stream of `{op}`"), self.op_shape(facts, op))
        };
        self.errors.error(bind.name.span(), message, help);
    }
}
