//! Cuts statements into segments: at hops and waits, and where branches that contain one meet.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use super::args::{lower_args, lower_borrowed};
use super::hop::lower_key;
use super::names::Names;
use super::path::navigations;
use super::{
    Access, Entry, JoinId, Op, Plan, Port, PortId, PortKind, Segment, Slot, Step, Topology,
};
use crate::analysis::{
    self, Course, Flow, Kind, Path, Reading, Statement, Value, VarId, Variable, Vars, ends_in_rust,
    is_never, never_ends,
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
        let (options, pattern) = (source.options.clone(), source.pattern.clone());
        let entry = Entry::Source { keyword, depot, options, pattern };
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
    let mut own = flow.binds.clone();
    own.retain(|id| Some(*id) != caller);
    let (params_in, caller) = (lowering.arrive(&own), lowering.arrive(caller.as_slice()).pop());
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
    pub(super) names: Names,
}

impl<'a> Lowering<'a> {
    fn new(variables: &'a [Variable], out: &'a mut Segments) -> Self {
        let (emits, again) = (Target::Nowhere, Again::Nowhere);
        let (meetings, names) = (BTreeMap::new(), Names::new());
        Self { variables, out, emits, again, caller: None, meetings, names }
    }

    /// A segment takes its place before those that its body leads to.
    pub(super) fn segment(&mut self, entry: Entry, list: &[Statement], after: &After, owned: Vars) {
        let place = self.out.segments.len();
        let returns = ends_in_rust(list) && never_ends(list);
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
        let owned = frame.iter().chain(binds).copied().collect();
        let frame: Vec<VarId> = frame.iter().copied().collect();
        self.entered(&frame, binds, |lowering, frame| {
            lowering.segment(Entry::Port { port, patterns, frame }, list, after, owned);
        });
    }

    /// Lowers statements; `owned` are the variables that belong to the innermost loop or segment.
    pub(super) fn list(&mut self, list: &[Statement], after: &After, owned: Vars) -> Vec<Step> {
        let outer = self.names.clone();
        let steps = self.steps(list, after, owned);
        self.names = outer;
        steps
    }

    fn steps(&mut self, list: &[Statement], after: &After, owned: Vars) -> Vec<Step> {
        let mut owned = owned;
        let mut steps = Vec::new();
        for (at, statement) in list.iter().enumerate() {
            let hidden = &self.hidden(&statement.live, &statement.binds);
            if statement.course != Course::Hops {
                steps.extend(self.aliases(hidden));
            }
            let rest = &list[at + 1..];
            match self.statement(&Here { statement, rest, after, owned: &owned, hidden }) {
                Ending::GoesOn(step) => steps.extend(step),
                Ending::Last(last) => {
                    steps.extend(last);
                    return steps;
                }
            }
            self.hide(hidden);
            owned.extend(&statement.binds);
        }
        if !never_ends(list) {
            steps.extend(self.finish(after, &owned));
        }
        steps
    }

    fn statement(&mut self, here: &Here<'_>) -> Ending {
        let Here { statement, rest, after, owned, .. } = *here;
        let live = &statement.live;
        let one = |value: &Value| lower_args(&[value], live, owned).remove(0);
        let several = |args: &[Value]| lower_args(&args.iter().collect::<Vec<_>>(), live, owned);
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
                let body = self.each_emit(here);
                return Ending::last(Step::Each { pattern, items, body });
            }
            Kind::LetElse { binding, otherwise } => {
                return self.let_else(binding, otherwise, here);
            }
            Kind::Filter { condition } if rest.is_empty() && is_never(condition) => {
                return Ending::Last(Vec::new());
            }
            Kind::Filter { condition } => {
                let body = self.list(rest, after, owned.clone());
                return Ending::last(Step::When { condition: condition.clone(), body });
            }
            Kind::Select { operator, pstate, path, pattern, reading: Reading::InPages } => {
                return self.pages((operator, pstate, path), pattern, here);
            }
            Kind::Select { operator, pstate, path, pattern, .. } => {
                let read = access(operator, pstate, path, live, owned);
                return self.select(read, path.yields, pattern, here);
            }
            Kind::Key { name, pstate, value } => lower_key((name, pstate), value, statement, owned),
            Kind::Hop(hop) => return self.hop(hop, here),
            Kind::CallOp { .. }
            | Kind::Await { .. }
            | Kind::Append { level: Some(_), .. }
            | Kind::Yield { .. } => return self.call(here),
            Kind::Give { keyword, stream, values } => {
                return Ending::GoesOn(self.give((keyword, stream.as_ref()), values, here));
            }
            Kind::Again { values } => return Ending::GoesOn(self.again(values, here)),
            Kind::Loop(found) => return self.rounds(found, here),
            Kind::Aside { settles, body } => self.aside(*settles, body, here),
            Kind::Anchor(anchor) => self.anchor(anchor, here),
            Kind::Meeting(meeting) => {
                self.meeting(meeting);
                return Ending::GoesOn(Vec::new());
            }
            Kind::Branch(branch) => return self.branch(branch, here),
            other => return Ending::GoesOn(operator(other, live, owned).into_iter().collect()),
        };
        Ending::GoesOn(vec![step])
    }

    /// What follows a statement that emits any number of times on this task. Each emit changes copies of its own, as
    /// it does where it travels.
    pub(super) fn each_emit(&mut self, here: &Here<'_>) -> Vec<Step> {
        let Here { statement, rest, after, .. } = *here;
        self.behind(here, |lowering| {
            let outside = |id: &VarId| !statement.binds.contains(id);
            let copies = lowering.changing(statement.live.iter().copied().filter(outside));
            let own = statement.binds.iter().chain(&copies).copied().collect();
            let mut body = lowering.copies(&copies);
            body.extend(lowering.list(rest, after, own));
            body
        })
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
                self.behind(here, |lowering| lowering.list(here.rest, here.after, own))
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
        let live: Vec<VarId> = live.into_iter().collect();
        let place = self.out.segments.len();
        self.entered(&live, &[], |lowering, slots| {
            let paging = Ident::new("paging", Span::mixed_site());
            let mut frame = slots;
            frame.push(Slot { name: paging.clone(), mutable: false });
            let entry = Entry::Port { port, patterns: Vec::new(), frame };
            lowering.out.segments.push(Segment { entry, body: Vec::new(), returns: false });
            let mut body = lowering.aliases(here.hidden);
            // Every page needs the variables again, and so does every value of a page.
            body.push(Step::Page {
                read: access(operator, pstate, path, &Vars::new(), &Vars::new()),
                port,
                paging,
                frame: lowering.frame(live.iter().copied(), &Vars::new()),
                pattern: pattern.clone(),
                body: lowering.each_emit(here),
            });
            lowering.out.segments[place].body = body;
        });
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
    /// What the statement hides of what is needed behind it.
    pub(super) hidden: &'a Vars,
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

fn access(operator: &Ident, pstate: &Ident, path: &Path, live: &Vars, owned: &Vars) -> Access {
    let path = navigations(path, live, owned);
    Access { operator: operator.clone(), pstate: pstate.clone(), path }
}
