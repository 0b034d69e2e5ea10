//! The plan as a Mermaid graph: a node for each segment, an arrow for each way from one to another.

use std::fmt::Write as _;

use super::{Entry, Plan, Port, PortId, Segment, Step, Wait};
use crate::syntax::text;

/// A `flowchart` of the whole plan, one subgraph for each topology and operation.
pub(crate) fn mermaid(plan: &Plan) -> String {
    let mut out = "flowchart TD\n".to_owned();
    let ops = plan.ops.iter().map(|op| (format!("op {}", op.name), &op.segments, &op.ports));
    let topologies = plan.topologies.iter().map(|topology| {
        let title = format!("{} {}", topology.keyword, topology.name);
        (title, &topology.segments, &topology.ports)
    });
    for (number, (title, segments, ports)) in ops.chain(topologies).enumerate() {
        let graph = Graph { prefix: format!("g{number}"), ports };
        let mut write = |line: String| {
            writeln!(out, "  {line}").expect("writing to a string cannot fail");
        };
        write(format!("subgraph {} [\"{}\"]", graph.prefix, escaped(&title)));
        for (at, segment) in segments.iter().enumerate() {
            write(format!("  {}{}", graph.node(at, segment), graph.label(segment)));
        }
        for (at, segment) in segments.iter().enumerate() {
            let from = graph.node(at, segment);
            for way in ways(&segment.body) {
                let (arrow, to) = (way.arrow, graph.port(way.to));
                write(format!("  {from} {arrow}|\"{}\"| {to}", escaped(&way.label)));
            }
        }
        write("end".to_owned());
    }
    out
}

struct Graph<'a> {
    /// In front of the names of its nodes, which are those of ports.
    prefix: String,
    ports: &'a [Port],
}

impl Graph<'_> {
    fn node(&self, at: usize, segment: &Segment) -> String {
        match &segment.entry {
            Entry::Port { port, .. } => self.port(*port),
            Entry::Source { .. } | Entry::Op { .. } => format!("{}_start{at}", self.prefix),
        }
    }

    fn port(&self, PortId(port): PortId) -> String {
        format!("{}_{}", self.prefix, self.ports[port].name)
    }

    /// Where records and calls come in is round, everything else has corners.
    fn label(&self, segment: &Segment) -> String {
        match &segment.entry {
            Entry::Source { keyword, depot, pattern, .. } => {
                let pattern = text(&pattern.tokens);
                format!("([\"{}\"])", escaped(&format!("{keyword}(*{depot}) :> {pattern}")))
            }
            Entry::Op { name, .. } => format!("([\"{}\"])", escaped(&format!("{name}(…)"))),
            Entry::Port { port, .. } => {
                format!("[\"{}\"]", escaped(&self.ports[port.0].label))
            }
        }
    }
}

/// How one segment leads to another.
struct Way {
    /// Thick to another task, thin on this one, dotted when the flow waits in between.
    arrow: &'static str,
    to: PortId,
    label: String,
}

fn ways(steps: &[Step]) -> Vec<Way> {
    let mut found = Vec::new();
    steps.iter().for_each(|step| collect(step, &mut found));
    found
}

fn collect(step: &Step, found: &mut Vec<Way>) {
    let mut way = |arrow, to, label: String| found.push(Way { arrow, to, label });
    match step {
        Step::Hop { hop, port, .. } => way("==>", *port, format!("|{}", hop.name)),
        Step::Enter { port, .. } => way("-->", *port, "goes on".to_owned()),
        Step::Defer { port, .. } => way("-->", *port, "continue_with".to_owned()),
        Step::EnterPages { port, .. } => way("-->", *port, "first page".to_owned()),
        Step::Page { port, .. } => way("-.->", *port, "next page".to_owned()),
        Step::Yield { operator, port, .. } => way("-.->", *port, operator.to_string()),
        Step::Wait { what, port, .. } => way("-.->", *port, waited(what)),
        _ => {}
    }
    step.inside().into_iter().flatten().for_each(|step| collect(step, found));
}

fn waited(what: &Wait) -> String {
    match what {
        Wait::Op { op, .. } => format!("{op}(…)"),
        Wait::Future { operator, .. } => operator.to_string(),
        Wait::Append { depot, level, .. } => format!("{level} of *{depot}"),
    }
}

/// Quotes would end a label.
fn escaped(label: &str) -> String {
    label.replace('"', "#quot;")
}
