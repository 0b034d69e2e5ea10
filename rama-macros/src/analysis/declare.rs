//! Declarations of a module: names are unique, resources exist, partitioners fit.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::Expr;

use super::depot::analyze_depot_options;
use super::locality;
use super::op::op_facts;
use super::pstate::{PStateHome, analyze_pstate};
use super::resolve::{Surroundings, analyze_flow, analyze_op_body};
use super::source::{Seen, analyze_source_options};
use super::tree::{Depot, DepotBy, Module, Op, Source, Topology};
use crate::diagnostics::Diagnostics;
use crate::ops::{DepotPartitioner, DepotPartitioning, Operator, Place, Row, Word, did_you_mean};
use crate::syntax::{self, Code, Statement};

/// Judges a whole module. What is wrong is reported and left out, so that the rest stays usable.
pub(crate) fn analyze(module: syntax::Module, errors: &mut Diagnostics) -> Module {
    let syntax::Module {
        attrs,
        vis,
        name,
        krate,
        items,
        depots,
        ops,
        imports,
        streams,
        incomplete,
    } = module;
    let imports = unique(imports, |import| &import.name, "operation `", errors);
    let ops = unique(ops, |op| &op.name, "operation `", errors);
    check_op_names(&ops, &imports, errors);
    let depots = unique(depots, |depot| &depot.name, "depot `*", errors);
    let streams = unique(streams, |stream| &stream.name, "stream `", errors);
    let mut around = Surroundings {
        items: items.iter().flat_map(|item| item_names(&item.tokens)).collect(),
        depots: depots.iter().map(|depot| depot.name.to_string()).collect(),
        ops: op_facts(&ops, &imports),
        incomplete,
        ..Surroundings::default()
    };
    let streams = unique_pstates(streams, &mut around.pstates, errors);
    let pstates = streams.iter().flat_map(|stream| &stream.pstates);
    around.homes =
        pstates.map(|pstate| (pstate.name.to_string(), PStateHome::of(pstate))).collect();
    let mut ops: Vec<_> = ops.into_iter().map(|op| analyze_op(op, &mut around, errors)).collect();
    let mut topologies = Vec::new();
    for stream in streams {
        around.topology = Some(stream.name.to_string());
        around.sourced = sourced(&stream.body);
        topologies.push(topology(stream, &around, errors));
    }
    let depots: Vec<_> = depots.into_iter().map(|depot| analyze_depot(depot, errors)).collect();
    for topology in topologies.iter_mut().filter(|topology| !topology.broken) {
        let before = errors.count();
        locality::check(topology, &depots, &around.homes, errors);
        topology.broken = errors.count() > before;
    }
    for op in ops.iter_mut().filter(|op| !op.broken) {
        let before = errors.count();
        locality::check_op(op, &around.homes, errors);
        op.broken = errors.count() > before;
    }
    Module { attrs, vis, name, krate, items, depots, imports, ops, topologies }
}

/// Judges an operation that stands alone; it sees those that it imports, and itself.
pub(crate) fn analyze_shared_op(
    op: syntax::Op,
    imports: &[syntax::Import],
    errors: &mut Diagnostics,
) -> Op {
    let ops = op_facts(std::slice::from_ref(&op), imports);
    let mut around = Surroundings { ops, shared: true, ..Surroundings::default() };
    analyze_op(op, &mut around, errors)
}

fn analyze_op(op: syntax::Op, around: &mut Surroundings, errors: &mut Diagnostics) -> Op {
    let before = errors.count();
    let hops = around.ops[&op.name.to_string()].hops;
    around.op = Some(op.name.clone());
    around.topology = Some(op.name.to_string());
    let (flow, caller) = analyze_op_body(around, &op, hops, errors);
    around.op = None;
    let broken = op.broken || around.incomplete || errors.count() > before;
    let syntax::Op { attrs, vis, name, params, streams, .. } = op;
    Op { attrs, vis, name, params, streams, hops, caller, flow, broken }
}

/// A call says only a name, so an operator cannot be hidden, and an imported name cannot be given twice.
fn check_op_names(ops: &[syntax::Op], imports: &[syntax::Import], errors: &mut Diagnostics) {
    let names = ops.iter().map(|op| &op.name).chain(imports.iter().map(|import| &import.name));
    for name in names {
        let text = name.to_string();
        let reserved = Word::find(&text, "").is_ok_and(|row| row.place == Place::Call);
        if reserved || Operator::find(&text, "").is_ok() {
            let message = format!("`{text}` is an operator of the language");
            errors.error(name.span(), message, "give the operation another name");
        }
    }
    for op in ops {
        if imports.iter().any(|import| import.name == op.name) {
            let message = format!("operation `{}` is declared and imported", op.name);
            errors.error(op.name.span(), message, "import the other one `as` something else");
        }
    }
}

/// The depots that statements read.
fn sourced(body: &[Statement]) -> BTreeSet<String> {
    let depot = |statement: &Statement| match statement {
        Statement::Source { depot, .. } => Some(depot.to_string()),
        _ => None,
    };
    body.iter().filter_map(depot).collect()
}

/// Keeps the first of several declarations with one name.
fn unique<T>(
    list: Vec<T>,
    name: impl Fn(&T) -> &Ident,
    kind: &str,
    errors: &mut Diagnostics,
) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for one in list {
        let ident = name(&one).clone();
        if seen.insert(ident.to_string()) {
            kept.push(one);
        } else {
            let message = format!("{kind}{ident}` is declared twice");
            errors.error(ident.span(), message, "give one of them another name");
        }
    }
    kept
}

/// PStates are unique in the whole module, for they are fields of one client.
fn unique_pstates(
    streams: Vec<syntax::Stream>,
    owners: &mut BTreeMap<String, String>,
    errors: &mut Diagnostics,
) -> Vec<syntax::Stream> {
    let mut streams = streams;
    for stream in &mut streams {
        let owner = stream.name.to_string();
        stream.pstates.retain(|pstate| {
            let name = pstate.name.to_string();
            let first = !owners.contains_key(&name);
            if first {
                owners.insert(name, owner.clone());
            } else {
                let message = format!("pstate `$${name}` is declared twice");
                errors.error(pstate.name.span(), message, "give one of them another name");
            }
            first
        });
    }
    streams
}

fn analyze_depot(depot: syntax::Depot, errors: &mut Diagnostics) -> Depot {
    let syntax::Depot { attrs, keyword, name, event, partitioner, options } = depot;
    let by = partitioner.and_then(|partitioner| depot_by(partitioner, errors));
    // After a mistake any partitioner will do for the stub.
    let by = by.unwrap_or_else(|| DepotBy::Plain(Ident::new("random", keyword.span())));
    let options = analyze_depot_options(options, errors);
    Depot { attrs, keyword, name, event, by, options }
}

fn depot_by(partitioner: syntax::DepotPartitioner, errors: &mut Diagnostics) -> Option<DepotBy> {
    let syntax::DepotPartitioner { name, args } = partitioner;
    let row = match DepotPartitioner::find(&name.to_string(), "") {
        Ok(row) => row,
        Err(help) => {
            let message = format!("unknown partitioner `{name}` of a depot");
            errors.error(name.span(), message, help);
            return None;
        }
    };
    let count = (!args.is_empty()).then_some(args.len());
    if !row.arity.fits(count) {
        let message = format!("`{name}` is called with the wrong number of arguments");
        errors.error(name.span(), message, row.arity.describe(row.name, row.doc));
        return None;
    }
    match (row.partitioning, args.into_iter().next()) {
        (DepotPartitioning::HashBy, Some(key)) => hash_by(name, key, errors),
        _ => Some(DepotBy::Plain(name)),
    }
}

/// `hash_by(field)`, `hash_by(field.inner)` or `hash_by(|record| key)`.
fn hash_by(operator: Ident, key: Code, errors: &mut Diagnostics) -> Option<DepotBy> {
    if let Some((param, key)) = key.closure() {
        return Some(DepotBy::Closure { operator, param, key });
    }
    if let Some(Expr::Path(_) | Expr::Field(_)) = key.tree.as_deref() {
        return Some(DepotBy::Field { operator, field: key.tokens });
    }
    let help = "write `hash_by(field)` or `hash_by(|record| key)`";
    errors.error(key.span(), "`hash_by` takes a field or a closure", help);
    None
}

fn topology(stream: syntax::Stream, around: &Surroundings, errors: &mut Diagnostics) -> Topology {
    let syntax::Stream { keyword, name, pstates, body, broken, .. } = stream;
    let before = errors.count();
    let sources = sources(&body, around, errors);
    let broken = broken || around.incomplete || errors.count() > before;
    let pstates = pstates.into_iter().map(|pstate| analyze_pstate(pstate, errors)).collect();
    Topology { keyword, name, pstates, sources, broken }
}

/// Cuts the statements of a topology at its sources.
fn sources(body: &[Statement], around: &Surroundings, errors: &mut Diagnostics) -> Vec<Source> {
    let is_source = |statement: &Statement| matches!(statement, Statement::Source { .. });
    let start = body.iter().position(is_source).unwrap_or(body.len());
    if let Some(first) = body[..start].first() {
        errors.error(
            first.span(),
            "nothing flows here yet",
            "begin with `source(*depot) :> pattern;`",
        );
    }
    let (mut found, mut seen) = (Vec::new(), Seen::default());
    for section in body[start..].chunk_by(|_, next| !is_source(next)) {
        let [Statement::Source { keyword, depot, options, pattern }, rest @ ..] = section else {
            continue;
        };
        let depots = &around.depots;
        if !depots.contains(&depot.to_string()) && !around.incomplete {
            let help = did_you_mean(&depot.to_string(), "*", depots)
                .unwrap_or_else(|| format!("declare it: `depot *{depot}: Event, hash_by(field);`"));
            errors.error(depot.span(), format!("unknown depot `*{depot}`"), help);
        }
        let options = analyze_source_options(depot, options, &mut seen, errors);
        let flow = analyze_flow(around, Some(pattern), rest, errors);
        let (keyword, depot, pattern) = (keyword.clone(), depot.clone(), pattern.clone());
        found.push(Source { keyword, depot, options, pattern, flow });
    }
    found
}

/// Names of functions and constants, and what `use` brings in: they are no variables.
fn item_names(tokens: &TokenStream) -> Vec<String> {
    let words = tokens.clone().into_iter().flat_map(|token| match token {
        TokenTree::Ident(word) => vec![word.to_string()],
        TokenTree::Group(group) if is_use(tokens) => item_names(&group.stream()),
        _ => Vec::new(),
    });
    words.collect()
}

fn is_use(tokens: &TokenStream) -> bool {
    let mut words = tokens.clone().into_iter();
    words.any(|token| matches!(token, TokenTree::Ident(word) if word == "use"))
}
