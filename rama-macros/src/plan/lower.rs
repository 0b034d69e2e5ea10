//! Cuts statements into segments at hops, and at joins of branches that contain one.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

use super::args::{lower_args, lower_borrowed, lower_frame};
use super::path::navigations;
use super::{Access, Entry, GatherId, Hop, Plan, Port, PortId, Segment, Slot, Step, Topology};
use crate::analysis::{
    self, Flow, Kind, Path, Statement, Value, VarId, Variable, Vars, never_ends,
};
use crate::ops::{Partitioning, Yields};
use crate::syntax::Pattern;

/// Lowers a module.
pub(crate) fn lower(module: analysis::Module) -> Plan {
    let analysis::Module { attrs, vis, name, krate, items, depots, topologies } = module;
    let topologies = topologies.into_iter().map(topology).collect();
    Plan { attrs, vis, name, krate, items, depots, topologies }
}

fn topology(topology: analysis::Topology) -> Topology {
    let analysis::Topology { keyword, name, pstates, sources, broken } = topology;
    let mut out = Segments::default();
    for source in &sources {
        let (keyword, depot) = (source.keyword.clone(), source.depot.clone());
        let entry = Entry::Source { keyword, depot, pattern: source.pattern.clone() };
        let owned = source.flow.binds.iter().copied().collect();
        let mut lowering = Lowering { variables: &source.flow.variables, out: &mut out };
        lowering.segment(entry, &source.flow.body, &After::End, owned);
    }
    Topology { keyword, name, pstates, ports: out.ports, segments: out.segments, broken }
}

/// Lowers the statements of `dataflow!`, which never leave the block they stand in.
pub(crate) fn lower_dataflow(flow: &Flow) -> Vec<Step> {
    let mut out = Segments::default();
    let mut lowering = Lowering { variables: &flow.variables, out: &mut out };
    lowering.list(&flow.body, &After::End, Vars::new())
}

/// What comes out of lowering a topology.
#[derive(Default)]
pub(super) struct Segments {
    ports: Vec<Port>,
    segments: Vec<Segment>,
    gathers: usize,
    /// How often each name of a port was given.
    names: BTreeMap<String, usize>,
    labels: BTreeMap<String, usize>,
}

impl Segments {
    /// A port behind a partitioner.
    pub(super) fn port(&mut self, name: String, label: String) -> PortId {
        self.any_port(name, label, false)
    }

    /// A port where branches meet.
    pub(super) fn join(&mut self, name: String, label: String) -> PortId {
        self.any_port(name, label, true)
    }

    /// A port with a name of its own; equal ones are numbered from the second on.
    fn any_port(&mut self, name: String, label: String, join: bool) -> PortId {
        let numbered = |seen: &mut BTreeMap<String, usize>, text: String, separator: &str| {
            let count = seen.entry(text.clone()).or_default();
            *count += 1;
            if *count == 1 { text } else { format!("{text}{separator}{count}") }
        };
        let name = numbered(&mut self.names, name, "_");
        let label = numbered(&mut self.labels, label, " #");
        self.ports.push(Port { name, label, join });
        PortId(self.ports.len() - 1)
    }

    pub(super) fn gather(&mut self) -> GatherId {
        self.gathers += 1;
        GatherId(self.gathers - 1)
    }
}

/// What happens where a list of statements ends.
#[derive(Clone)]
pub(super) enum After {
    End,
    Enter(PortId, Vec<VarId>),
    Push(GatherId, Vec<VarId>),
    Give(Vec<VarId>),
}

pub(super) struct Lowering<'a> {
    pub(super) variables: &'a [Variable],
    pub(super) out: &'a mut Segments,
}

impl Lowering<'_> {
    /// A segment takes its place before those that its body leads to.
    pub(super) fn segment(&mut self, entry: Entry, list: &[Statement], after: &After, owned: Vars) {
        let place = self.out.segments.len();
        self.out.segments.push(Segment { entry, body: Vec::new() });
        self.out.segments[place].body = self.list(list, after, owned);
    }

    /// A segment that is entered through a port with the given variables.
    pub(super) fn port_segment(
        &mut self,
        port: PortId,
        frame: &Vars,
        list: &[Statement],
        after: &After,
    ) {
        let frame_slots = self.slots(frame.iter().copied());
        self.segment(Entry::Port { port, frame: frame_slots }, list, after, frame.clone());
    }

    pub(super) fn slots(&self, frame: impl IntoIterator<Item = VarId>) -> Vec<Slot> {
        let slot = |id: VarId| {
            let variable = &self.variables[id.0];
            Slot { name: variable.name.clone(), mutable: variable.mutable }
        };
        frame.into_iter().map(slot).collect()
    }

    /// Lowers statements; `owned` are the variables that belong to the innermost loop or segment.
    pub(super) fn list(&mut self, list: &[Statement], after: &After, owned: Vars) -> Vec<Step> {
        let mut owned = owned;
        let mut steps = Vec::new();
        for (at, statement) in list.iter().enumerate() {
            match self.statement(statement, &list[at + 1..], after, &owned) {
                Ending::GoesOn(step) => steps.push(step),
                Ending::Last(step) => {
                    steps.push(step);
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
        let borrowed = |value: &Value| lower_borrowed(value, live, owned);
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
            Kind::Transform { operator, pstate, path } => {
                Step::Transform(access(operator, pstate, path, live, owned))
            }
            Kind::Clear { operator, pstate } => {
                Step::Clear { operator: operator.clone(), pstate: pstate.clone() }
            }
            Kind::AckReturn { operator, value } => {
                Step::AckReturn { operator: operator.clone(), value: borrowed(value) }
            }
            Kind::Explode { iter, pattern } => {
                let body = self.list(rest, after, statement.binds.iter().copied().collect());
                return Ending::Last(Step::Each {
                    pattern: pattern.clone(),
                    items: one(iter),
                    body,
                });
            }
            Kind::Filter { condition } => {
                let body = self.list(rest, after, owned.clone());
                return Ending::Last(Step::When { condition: condition.clone(), body });
            }
            Kind::Select { operator, pstate, path, pattern, yielding: true } => {
                let read = (operator, pstate, path);
                return self.pages(read, pattern, (statement, rest), after, owned);
            }
            Kind::Select { operator, pstate, path, pattern, yielding: false } => {
                let read = access(operator, pstate, path, live, owned);
                let here = (statement, rest);
                return self.select(read, path.yields, pattern, here, after, owned);
            }
            Kind::Hop { name, partitioner, args, label } => {
                let args = match partitioner.partitioning {
                    Partitioning::ByKey => args.iter().map(borrowed).collect(),
                    Partitioning::ByTask | Partitioning::Plain => several(args),
                };
                let port = self.out.port(format!("after_{name}"), format!("after {label}"));
                let frame = lower_frame(live.iter().copied(), self.variables, owned);
                self.port_segment(port, live, rest, after);
                let hop = Hop { name: name.clone(), partitioner, args };
                return Ending::Last(Step::Hop { hop, port, frame });
            }
            Kind::Branch(branch) => return self.branch(statement, branch, rest, after, owned),
        };
        Ending::GoesOn(step)
    }

    /// What follows a select is nested in it, unless it gives exactly one value.
    fn select(
        &mut self,
        read: Access,
        yields: Yields,
        pattern: &Pattern,
        (statement, rest): (&Statement, &[Statement]),
        after: &After,
        owned: &Vars,
    ) -> Ending {
        let pattern = pattern.clone();
        let bound = statement.binds.iter().copied();
        let owned: Vars = match yields {
            Yields::One => {
                return Ending::GoesOn(Step::Select { read, yields, pattern, body: Vec::new() });
            }
            Yields::AtMostOne => owned.iter().copied().chain(bound).collect(),
            Yields::Many => bound.collect(),
        };
        let body = self.list(rest, after, owned);
        Ending::Last(Step::Select { read, yields, pattern, body })
    }

    /// A select in pages is a segment of its own, which is entered again for each page.
    fn pages(
        &mut self,
        (operator, pstate, path): (&Ident, &Ident, &Path),
        pattern: &Pattern,
        (statement, rest): (&Statement, &[Statement]),
        after: &After,
        owned: &Vars,
    ) -> Ending {
        let port = self.out.port(format!("pages_of_{pstate}"), format!("pages of $${pstate}"));
        let mut live = statement.live.clone();
        for bound in &statement.binds {
            live.remove(bound);
        }
        live.extend(&statement.uses);
        let paging = Ident::new("paging", Span::mixed_site());
        let mut frame = self.slots(live.iter().copied());
        frame.push(Slot { name: paging.clone(), mutable: false });
        let place = self.out.segments.len();
        self.out.segments.push(Segment { entry: Entry::Port { port, frame }, body: Vec::new() });
        // Every page needs the variables again, and so does every value of a page.
        let page = Step::Page {
            read: access(operator, pstate, path, &live, &Vars::new()),
            port,
            paging,
            frame: lower_frame(live.iter().copied(), self.variables, &Vars::new()),
            pattern: pattern.clone(),
            body: self.list(rest, after, statement.binds.iter().copied().collect()),
        };
        self.out.segments[place].body = vec![page];
        let frame = lower_frame(live.iter().copied(), self.variables, owned);
        Ending::Last(Step::EnterPages { port, frame })
    }

    /// The step at the end of a list.
    fn finish(&self, after: &After, owned: &Vars) -> Option<Step> {
        let frame = |ids: &Vec<VarId>| lower_frame(ids.iter().copied(), self.variables, owned);
        match after {
            After::End => None,
            After::Enter(port, ids) => Some(Step::Enter { port: *port, frame: frame(ids) }),
            After::Push(list, ids) => Some(Step::Push { list: *list, frame: frame(ids) }),
            After::Give(ids) => Some(Step::Give(frame(ids))),
        }
    }
}

/// Whether more steps of the same list follow behind a step, or inside of it.
pub(super) enum Ending {
    GoesOn(Step),
    Last(Step),
}

fn access(operator: &Ident, pstate: &Ident, path: &Path, live: &Vars, owned: &Vars) -> Access {
    let path = navigations(path, live, owned);
    Access { operator: operator.clone(), pstate: pstate.clone(), path }
}
