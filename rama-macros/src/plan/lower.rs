//! Cuts statements into segments: at hops and waits, and where branches that contain one meet.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};
use quote::format_ident;

use super::args::{lower_args, lower_borrowed};
use super::hop::lower_key;
use super::path::navigations;
use super::{
    Access, Arg, Entry, JoinId, Op, Plan, Port, PortId, PortKind, Segment, Slot, Step, Topology,
};
use crate::analysis::{
    self, Flow, Kind, Path, Reading, Statement, Value, VarId, Variable, Vars, is_never, never_ends,
};
use crate::ops::Yields;
use crate::syntax::Pattern;

/// Lowers a module.
pub(crate) fn lower(module: analysis::Module) -> Plan {
    let analysis::Module { attrs, vis, name, krate, items, depots, imports, ops, topologies } =
        module;
    let ops = ops.into_iter().map(lower_op).collect();
    let topologies = topologies.into_iter().map(topology).collect();
    Plan { attrs, vis, name, krate, items, depots, imports, ops, topologies }
}

fn topology(topology: analysis::Topology) -> Topology {
    let analysis::Topology { keyword, name, pstates, sources, broken } = topology;
    let mut out = Segments::default();
    for source in &sources {
        let (keyword, depot) = (source.keyword.clone(), source.depot.clone());
        let entry = Entry::Source { keyword, depot, pattern: source.pattern.clone() };
        let owned = source.flow.binds.iter().copied().collect();
        let mut lowering = Lowering::new(&source.flow.variables, &mut out);
        lowering.segment(entry, &source.flow.body, &After::End, owned);
    }
    Topology { keyword, name, pstates, ports: out.ports, segments: out.segments, broken }
}

/// Lowers an operation.
pub(crate) fn lower_op(op: analysis::Op) -> Op {
    let analysis::Op { attrs, vis, name, params, streams, hops, caller, flow, broken } = op;
    let mut out = Segments::default();
    let mut lowering = Lowering::new(&flow.variables, &mut out);
    lowering.emits = if hops { Target::Away } else { Target::Here };
    lowering.caller = caller.map(|caller| flow.variables[caller.0].name.clone());
    let own = flow.binds.iter().copied().filter(|id| Some(*id) != caller);
    let (params_in, caller) = (lowering.slots(own), lowering.slots(caller).pop());
    let entry = Entry::Op { name: name.clone(), params: params_in, caller, hops };
    lowering.segment(entry, &flow.body, &After::End, flow.binds.iter().copied().collect());
    let Segments { ports, segments, .. } = out;
    Op { attrs, vis, name, params, streams, hops, ports, segments, broken }
}

/// Lowers the statements of `dataflow!`, which never leave the block they stand in.
pub(crate) fn lower_dataflow(flow: &Flow) -> Vec<Step> {
    let mut out = Segments::default();
    let mut lowering = Lowering::new(&flow.variables, &mut out);
    lowering.list(&flow.body, &After::End, Vars::new())
}

/// What comes out of lowering a topology.
#[derive(Default)]
pub(super) struct Segments {
    ports: Vec<Port>,
    segments: Vec<Segment>,
    joins: usize,
    /// The names of ports that were given.
    names: BTreeSet<String>,
    labels: BTreeSet<String>,
}

/// The text, with a number behind it when it is there already.
fn unused(given: &mut BTreeSet<String>, text: &str, separator: &str) -> String {
    let numbered = (2..).map(|number| format!("{text}{separator}{number}"));
    let mut candidates = std::iter::once(text.to_owned()).chain(numbered);
    let free = candidates.find(|one| !given.contains(one)).unwrap_or_default();
    given.insert(free.clone());
    free
}

impl Segments {
    /// A port with a name of its own; equal ones are numbered from the second on.
    pub(super) fn port(&mut self, kind: PortKind, name: &str, label: &str) -> PortId {
        // `r#` cannot stand in the middle of a name.
        let name = unused(&mut self.names, &name.replace("r#", ""), "_");
        let label = unused(&mut self.labels, label, " #");
        self.ports.push(Port { name, label, kind });
        PortId(self.ports.len() - 1)
    }

    pub(super) fn join(&mut self) -> JoinId {
        self.joins += 1;
        JoinId(self.joins - 1)
    }
}

/// What happens where a list of statements ends.
#[derive(Clone)]
pub(super) enum After {
    End,
    Enter(PortId, Vec<VarId>),
    Join(JoinId, Vec<VarId>),
    Give(Vec<VarId>),
}

/// Where `emit` leads: out of the loop or the operation around it.
#[derive(Clone)]
pub(super) enum Target {
    Nowhere,
    Enter(PortId, Vec<VarId>),
    Join(JoinId, Vec<VarId>),
    /// To the caller of an operation that stays on its task, or may leave it.
    Here,
    Away,
}

/// Where `continue_with` leads.
#[derive(Clone)]
pub(super) enum Again {
    Nowhere,
    Push(JoinId, Vec<VarId>),
    Defer(PortId, Vec<VarId>),
}

pub(super) struct Lowering<'a> {
    pub(super) variables: &'a [Variable],
    pub(super) out: &'a mut Segments,
    pub(super) emits: Target,
    pub(super) again: Again,
    /// The variable that says who called the operation.
    pub(super) caller: Option<Ident>,
    /// The ports of meetings, by number.
    pub(super) meetings: BTreeMap<usize, PortId>,
    /// The names of variables whose own are hidden here.
    pub(super) kept: BTreeMap<VarId, Ident>,
}

impl<'a> Lowering<'a> {
    fn new(variables: &'a [Variable], out: &'a mut Segments) -> Self {
        let (emits, again) = (Target::Nowhere, Again::Nowhere);
        let (meetings, kept) = (BTreeMap::new(), BTreeMap::new());
        Self { variables, out, emits, again, caller: None, meetings, kept }
    }

    /// A segment takes its place before those that its body leads to.
    pub(super) fn segment(&mut self, entry: Entry, list: &[Statement], after: &After, owned: Vars) {
        let place = self.out.segments.len();
        let is_rust = list.last().is_some_and(|last| matches!(last.kind, Kind::Rust(_)));
        let returns = is_rust && never_ends(list);
        self.out.segments.push(Segment { entry, body: Vec::new(), returns });
        self.out.segments[place].body = self.list(list, after, owned);
    }

    /// A segment that is entered through a port with the given variables, behind what the patterns bind.
    pub(super) fn port_segment(
        &mut self,
        port: PortId,
        patterns: Vec<Pattern>,
        frame: &Vars,
        binds: &[VarId],
        (list, after): (&[Statement], &After),
    ) {
        let slots = self.slots(frame.iter().copied());
        let owned = frame.iter().chain(binds).copied().collect();
        self.segment(Entry::Port { port, patterns, frame: slots }, list, after, owned);
    }

    pub(super) fn slots(&self, frame: impl IntoIterator<Item = VarId>) -> Vec<Slot> {
        let slot = |id| Slot { name: self.name(id), mutable: self.variables[id.0].mutable };
        frame.into_iter().map(slot).collect()
    }

    /// What a variable is called here.
    fn name(&self, id: VarId) -> Ident {
        self.kept.get(&id).unwrap_or(&self.variables[id.0].name).clone()
    }

    /// The variables of a frame: each is there once, behind everything else, so it is given away where it may be.
    pub(super) fn frame(&self, frame: impl IntoIterator<Item = VarId>, owned: &Vars) -> Vec<Arg> {
        let slot = |id| {
            let name = self.name(id);
            if owned.contains(&id) { Arg::Variable(name) } else { Arg::Clone(name) }
        };
        frame.into_iter().map(slot).collect()
    }

    /// Lowers statements; `owned` are the variables that belong to the innermost loop or segment.
    pub(super) fn list(&mut self, list: &[Statement], after: &After, owned: Vars) -> Vec<Step> {
        let outer = self.kept.clone();
        let steps = self.steps(list, after, owned);
        self.kept = outer;
        steps
    }

    fn steps(&mut self, list: &[Statement], after: &After, owned: Vars) -> Vec<Step> {
        let mut owned = owned;
        let mut steps = Vec::new();
        for (at, statement) in list.iter().enumerate() {
            let needed = self.needed(after).intersection(&statement.live).copied().collect();
            steps.extend(self.keep(&needed, &statement.binds, &mut owned));
            match self.statement(statement, &list[at + 1..], after, &owned) {
                Ending::GoesOn(step) => steps.extend(step),
                Ending::Last(last) => {
                    steps.extend(last);
                    return steps;
                }
            }
            owned.extend(&statement.binds);
        }
        if !never_ends(list) {
            steps.extend(self.finish(after, &owned));
        }
        steps
    }

    /// The variables that have to travel from where the statements end or emit.
    pub(super) fn needed(&self, after: &After) -> Vars {
        let after: &[VarId] = match after {
            After::Enter(_, ids) | After::Join(_, ids) => ids,
            After::End | After::Give(_) => &[],
        };
        let emits: &[VarId] = match &self.emits {
            Target::Enter(_, ids) | Target::Join(_, ids) => ids,
            Target::Nowhere | Target::Here | Target::Away => &[],
        };
        let again: &[VarId] = match &self.again {
            Again::Defer(_, ids) | Again::Push(_, ids) => ids,
            Again::Nowhere => &[],
        };
        after.iter().chain(emits).chain(again).copied().collect()
    }

    /// Gives variables another name before theirs are bound anew.
    pub(super) fn keep(
        &mut self,
        needed: &Vars,
        hidden_by: &[VarId],
        owned: &mut Vars,
    ) -> Vec<Step> {
        let renamed = self.rename(needed, hidden_by);
        owned.extend(&renamed);
        let keep = |id: VarId| {
            let value = Arg::Clone(self.variables[id.0].name.clone());
            Step::Keep { slot: Slot { name: self.name(id), mutable: false }, value }
        };
        renamed.into_iter().map(keep).collect()
    }

    /// The same for variables that come in a frame, under their other names.
    pub(super) fn rename(&mut self, needed: &Vars, hidden_by: &[VarId]) -> Vec<VarId> {
        let name = |id: &VarId| name_of(self.variables, *id);
        let hidden = |id: &&VarId| {
            let hides = |other: &VarId| other > id && name(other) == name(id);
            !self.kept.contains_key(id) && hidden_by.iter().any(hides)
        };
        let hidden: Vec<VarId> = needed.iter().filter(hidden).copied().collect();
        for id in &hidden {
            // The number keeps variables of one name apart, the word those of the macro.
            let kept = format_ident!(
                "{}_kept{}",
                name_of(self.variables, *id),
                id.0,
                span = Span::mixed_site()
            );
            self.kept.insert(*id, kept);
        }
        hidden
    }

    fn statement(
        &mut self,
        statement: &Statement,
        rest: &[Statement],
        after: &After,
        owned: &Vars,
    ) -> Ending {
        let live = &statement.live;
        let one = |value: &Value| lower_args(&[value], live, owned).remove(0);
        let several = |args: &[Value]| lower_args(&args.iter().collect::<Vec<_>>(), live, owned);
        let here = Here { statement, rest, after, owned };
        let step = match &statement.kind {
            Kind::Let(binding) => Step::Let(binding.clone()),
            Kind::Rust(rust) => Step::Rust(rust.clone()),
            Kind::Call { function, args, pattern } => {
                let (function, pattern) = (function.clone(), pattern.clone());
                Step::Call { function, args: several(args), pattern }
            }
            Kind::Emit { value, pattern } => {
                Step::Emit { value: one(value), pattern: pattern.clone() }
            }
            Kind::CallOp { op, args, pattern: None, .. } => {
                Step::RunOp { op: op.clone(), args: several(args) }
            }
            Kind::Explode { iter, pattern } => {
                let (pattern, items) = (pattern.clone(), one(iter));
                let body = self.each_emit(&here);
                return Ending::last(Step::Each { pattern, items, body });
            }
            Kind::Filter { condition } if rest.is_empty() && is_never(condition) => {
                return Ending::Last(Vec::new());
            }
            Kind::Filter { condition } => {
                let body = self.list(rest, after, owned.clone());
                return Ending::last(Step::When { condition: condition.clone(), body });
            }
            Kind::Select { operator, pstate, path, pattern, reading: Reading::InPages } => {
                return self.pages((operator, pstate, path), pattern, &here);
            }
            Kind::Select { operator, pstate, path, pattern, .. } => {
                let read = access(operator, pstate, path, live, owned);
                return self.select(read, path.yields, pattern, &here);
            }
            Kind::Key { name, pstate, value } => lower_key((name, pstate), value, statement, owned),
            Kind::Hop(hop) => return self.hop(hop, &here),
            Kind::CallOp { .. }
            | Kind::Await { .. }
            | Kind::Append { level: Some(_), .. }
            | Kind::Yield { .. } => return self.call(&here),
            Kind::Give { keyword, stream, values } => {
                return Ending::GoesOn(self.give((keyword, stream.as_ref()), values, &here));
            }
            Kind::Again { values } => return Ending::GoesOn(self.again(values, &here)),
            Kind::Loop(found) => return self.rounds(found, &here),
            Kind::Aside { settles, body } => self.aside(*settles, body, &here),
            Kind::Anchor(anchor) => self.anchor(anchor, &here),
            Kind::Meeting(meeting) => {
                self.meeting(meeting);
                return Ending::GoesOn(Vec::new());
            }
            Kind::Branch(branch) => return self.branch(branch, &here),
            other => return Ending::GoesOn(operator(other, live, owned).into_iter().collect()),
        };
        Ending::GoesOn(vec![step])
    }

    /// What follows a statement that emits any number of times on this task. Each emit changes copies of its own, as
    /// it does where it travels.
    pub(super) fn each_emit(&mut self, here: &Here<'_>) -> Vec<Step> {
        let Here { statement, rest, after, .. } = *here;
        let outside = |id: &VarId| !statement.binds.contains(id);
        let copies = self.mutable(statement.live.iter().copied().filter(outside));
        let own = statement.binds.iter().chain(&copies).copied().collect();
        let mut body = self.copies(copies);
        body.extend(self.list(rest, after, own));
        body
    }

    /// Those that may change.
    pub(super) fn mutable(&self, ids: impl IntoIterator<Item = VarId>) -> Vec<VarId> {
        ids.into_iter().filter(|id| self.variables[id.0].mutable).collect()
    }

    /// Copies of variables under their own names.
    pub(super) fn copies(&self, ids: impl IntoIterator<Item = VarId>) -> Vec<Step> {
        let slots = self.slots(ids).into_iter();
        slots.map(|slot| Step::Keep { value: Arg::Clone(slot.name.clone()), slot }).collect()
    }

    /// What follows a select is nested in it, unless it gives exactly one value.
    fn select(
        &mut self,
        read: Access,
        yields: Yields,
        pattern: &Pattern,
        here: &Here<'_>,
    ) -> Ending {
        let pattern = pattern.clone();
        let body = match yields {
            Yields::One => {
                let body = Vec::new();
                return Ending::GoesOn(vec![Step::Select { read, yields, pattern, body }]);
            }
            Yields::AtMostOne => {
                let own = here.owned.iter().chain(&here.statement.binds).copied().collect();
                self.list(here.rest, here.after, own)
            }
            Yields::Many => self.each_emit(here),
        };
        Ending::last(Step::Select { read, yields, pattern, body })
    }

    /// A select in pages is a segment of its own, which is entered again for each page.
    fn pages(
        &mut self,
        (operator, pstate, path): (&Ident, &Ident, &Path),
        pattern: &Pattern,
        here: &Here<'_>,
    ) -> Ending {
        let Here { statement, owned, .. } = *here;
        let (name, label) = (format!("pages_of_{pstate}"), format!("pages of $${pstate}"));
        let port = self.out.port(PortKind::Hop, &name, &label);
        let mut live = statement.live.clone();
        for bound in &statement.binds {
            live.remove(bound);
        }
        live.extend(&statement.uses);
        let paging = Ident::new("paging", Span::mixed_site());
        let mut frame = self.slots(live.iter().copied());
        frame.push(Slot { name: paging.clone(), mutable: false });
        let place = self.out.segments.len();
        let entry = Entry::Port { port, patterns: Vec::new(), frame };
        self.out.segments.push(Segment { entry, body: Vec::new(), returns: false });
        // Every page needs the variables again, and so does every value of a page.
        let page = Step::Page {
            read: access(operator, pstate, path, &live, &Vars::new()),
            port,
            paging,
            frame: self.frame(live.iter().copied(), &Vars::new()),
            pattern: pattern.clone(),
            body: self.each_emit(here),
        };
        self.out.segments[place].body = vec![page];
        let frame = self.frame(live.iter().copied(), owned);
        Ending::last(Step::EnterPages { port, frame })
    }

    /// The step at the end of a list.
    fn finish(&self, after: &After, owned: &Vars) -> Option<Step> {
        let frame = |ids: &Vec<VarId>| self.frame(ids.iter().copied(), owned);
        match after {
            After::End => None,
            After::Enter(port, ids) => Some(Step::Enter { port: *port, frame: frame(ids) }),
            After::Join(join, ids) => Some(Step::Join { join: *join, frame: frame(ids) }),
            After::Give(ids) => Some(Step::Result(frame(ids))),
        }
    }
}

/// A statement with what surrounds it.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) statement: &'a Statement,
    pub(super) rest: &'a [Statement],
    pub(super) after: &'a After,
    pub(super) owned: &'a Vars,
}

impl Here<'_> {
    /// Whether nothing happens behind the statement.
    pub(super) fn is_last(&self) -> bool {
        self.rest.is_empty() && matches!(self.after, After::End)
    }
}

/// Whether more steps of the same list follow behind these, or inside of the last one.
pub(super) enum Ending {
    GoesOn(Vec<Step>),
    Last(Vec<Step>),
}

impl Ending {
    pub(super) fn last(step: Step) -> Self {
        Self::Last(vec![step])
    }
}

/// A call on the task, behind which the flow goes on.
fn operator(kind: &Kind, live: &Vars, owned: &Vars) -> Option<Step> {
    let borrowed = |value: &Value| lower_borrowed(value, live, owned);
    Some(match kind {
        Kind::Transform { operator, pstate, path } => {
            Step::Transform(access(operator, pstate, path, live, owned))
        }
        Kind::Clear { operator, pstate } => {
            Step::Clear { operator: operator.clone(), pstate: pstate.clone() }
        }
        Kind::AckReturn { operator, value } => {
            Step::AckReturn { operator: operator.clone(), value: borrowed(value) }
        }
        Kind::Ask { operator, pattern } => {
            Step::Ask { operator: operator.clone(), pattern: pattern.clone() }
        }
        Kind::Append { operator, depot, event, level: None } => {
            let (operator, depot) = (operator.clone(), depot.clone());
            Step::Append { operator, depot, event: borrowed(event) }
        }
        Kind::AssumeHome { operator, key } => {
            Step::AssumeHome { operator: operator.clone(), key: borrowed(key) }
        }
        _ => return None,
    })
}

fn name_of(variables: &[Variable], id: VarId) -> &Ident {
    &variables[id.0].name
}

fn access(operator: &Ident, pstate: &Ident, path: &Path, live: &Vars, owned: &Vars) -> Access {
    let path = navigations(path, live, owned);
    Access { operator: operator.clone(), pstate: pstate.clone(), path }
}
