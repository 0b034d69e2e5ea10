//! A topology: its PStates, its ports, its segments.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::code;
use super::names::{Names, local, local_for, text, text_at};
use super::op::emit_op_segment;
use super::segment::{Writer, allow_unused_mut, arrival, parameter, tuple_pattern};
use crate::ops::PStateMeaning;
use crate::plan::{
    Entry, PState, PStateOption, Port, PortKind, Segment, SourceOption, SourceValue, Step, Topology,
};
use crate::syntax::first_span;

/// Names the topology and its PStates, which every topology may read.
pub(super) fn declare_topology(topology: &Topology, names: &Names) -> TokenStream {
    let Topology { keyword, name, pstates, segments, .. } = topology;
    let (module, builder, text) = (local("module"), local_for("topology_", name), text(name));
    let pstates = pstates.iter().map(|pstate| declare_pstate(pstate, &builder, names));
    let id = (!segments.is_empty()).then(|| quote!(let #builder = #builder.id();));
    quote! {
        let mut #builder = #module.#keyword(#text);
        #(#pstates)*
        #id
    }
}

/// The dataflow of the topology.
pub(super) fn emit_topology(topology: &Topology, names: &Names) -> TokenStream {
    if topology.segments.is_empty() {
        return TokenStream::new();
    }
    let (module, builder) = (local("module"), local_for("topology_", &topology.name));
    let flow = quote!(#module.flow(#builder));
    let flow = emit_flow(&flow, &topology.ports, &topology.segments, names);
    unless_broken(topology.broken, flow)
}

/// After a mistake rustc gets no code that could fail because of it. An editor gets all of it: completion has to
/// work while a statement somewhere else is not finished.
pub(super) fn unless_broken(broken: bool, flow: TokenStream) -> TokenStream {
    if broken { quote!(#[cfg(rust_analyzer)] { #flow }) } else { flow }
}

/// Lints that are wrong about the code of these segments, of which some may be broken.
pub(super) fn allow_in(parts: &[(&[Segment], bool)]) -> TokenStream {
    let segments = parts.iter().flat_map(|(segments, _)| *segments);
    let unused_mut = segments.clone().find_map(|segment| {
        let frame = match &segment.entry {
            Entry::Port { frame, .. } => frame.as_slice(),
            Entry::Source { .. } | Entry::Op { .. } => &[],
        };
        allow_unused_mut(frame).or_else(|| allow_copies(&segment.body))
    });
    let explodes = segments.clone().any(|segment| explodes(&segment.body));
    let options = explodes.then(
        || quote!(#[allow(for_loops_over_fallibles, reason = "an `Option` explodes into what is in it")]),
    );
    let broken = parts.iter().any(|(_, broken)| *broken);
    let editors = broken
        .then(|| quote!(#[allow(unexpected_cfgs, reason = "`rust_analyzer` is set by editors")]));
    quote!(#unused_mut #options #editors)
}

fn explodes(steps: &[Step]) -> bool {
    let here =
        |step: &Step| matches!(step, Step::Each { .. }) || step.inside().into_iter().any(explodes);
    steps.iter().any(here)
}

/// The same for what travels within a segment.
fn allow_copies(steps: &[Step]) -> Option<TokenStream> {
    steps.iter().find_map(|step| {
        let here = match step {
            Step::Unify { frame, .. } | Step::Rounds { frame, .. } => allow_unused_mut(frame),
            Step::Copy(slot) => allow_unused_mut(std::slice::from_ref(slot)),
            _ => None,
        };
        here.or_else(|| step.inside().into_iter().find_map(allow_copies))
    })
}

/// Ports first, then the segments, from which rustc infers the types of the ports.
pub(super) fn emit_flow(
    start: &TokenStream,
    ports: &[Port],
    segments: &[Segment],
    names: &Names,
) -> TokenStream {
    let flow = local("flow");
    let declared = ports.iter().map(|port| {
        let (name, label) = (local(&port.name), &port.label);
        match port.kind {
            PortKind::Hop | PortKind::Join => quote!(let #name = #flow.port(#label);),
            PortKind::Back => quote!(let #name = #flow.returns(#label);),
        }
    });
    let writer = Writer::new(names, ports);
    let segments = segments.iter().map(|segment| emit_segment(segment, &writer, ports));
    quote! {
        let #flow = #start;
        #(#declared)*
        #(#segments)*
    }
}

fn declare_pstate(pstate: &PState, builder: &Ident, names: &Names) -> TokenStream {
    let PState { keyword, name, options, .. } = pstate;
    let (variable, text) = (local_for("pstate_", name), text_at(name));
    let span = first_span(&pstate.schema);
    let private = names.private_at(span);
    let schema = schema(pstate, &private);
    let calls: TokenStream =
        options.iter().filter_map(|option| option_call(option, names)).collect();
    if calls.is_empty() {
        let call = quote_spanned!(span=> .#keyword::<#schema>(#text));
        return quote!(let #variable = #builder #call;);
    }
    let with = format_ident!("{keyword}_with", span = keyword.span());
    let options = quote_spanned!(span=> #private::PStateOptions::<#schema>::new());
    quote!(let #variable = #builder.#with(#text, #options #calls);)
}

/// The call that an option stands for; nothing for one that only the client notices.
fn option_call(option: &PStateOption, names: &Names) -> Option<TokenStream> {
    let PStateOption { name, meaning, value } = option;
    let method = match meaning {
        PStateMeaning::Private => return None,
        PStateMeaning::PartitionedByAny => {
            let method = format_ident!("{name}_any", span = name.span());
            return Some(quote_spanned!(name.span()=> .#method()));
        }
        PStateMeaning::Global | PStateMeaning::Initial | PStateMeaning::KeyPartitioner => name,
    };
    let value = value.as_ref().map(|value| code::whole(value, names));
    Some(quote_spanned!(name.span()=> .#method(#value)))
}

/// The schema as a type of the runtime.
pub(super) fn schema(pstate: &PState, root: &TokenStream) -> TokenStream {
    let schema = &pstate.schema;
    if pstate.is(PStateMeaning::Initial) { quote!(#root::Initial<#schema>) } else { schema.clone() }
}

/// The options of a source as a value of the runtime.
fn source_options(options: &[SourceOption], keyword: &Ident, names: &Names) -> TokenStream {
    let private = names.private_at(keyword.span());
    let calls = options.iter().map(|SourceOption { name, value }| {
        let span = name.span();
        let value = match value {
            SourceValue::Code(value) | SourceValue::Name(_, value) => code::whole(value, names),
            SourceValue::Word { variant, argument } => {
                let of = if name == "retry" { "Retry" } else { "StartFrom" };
                let of = format_ident!("{of}", span = span);
                let argument = argument.as_ref().map(|argument| {
                    let argument = code::whole(argument, names);
                    quote_spanned!(variant.span()=> (#argument))
                });
                quote_spanned!(variant.span()=> #private::#of::#variant #argument)
            }
        };
        quote_spanned!(span=> .#name(#value))
    });
    let calls: TokenStream = calls.collect();
    quote_spanned!(keyword.span()=> #private::SourceOptions::new() #calls)
}

fn emit_segment(segment: &Segment, writer: &Writer<'_>, ports: &[Port]) -> TokenStream {
    let (flow, cx, body) = (local("flow"), local("cx"), writer.steps(&segment.body));
    let done = (!segment.returns).then(|| quote!(::core::result::Result::Ok(())));
    let body = quote!(#body #done);
    let closure = |input: TokenStream| quote!(move |#cx, #input| { #body });
    match &segment.entry {
        Entry::Source { keyword, depot, options, pattern } => {
            let (label, closure) = (format!("{keyword}(*{depot})"), closure(parameter(pattern)));
            let depot = writer.names.handle("depot_", depot);
            if options.is_empty() {
                return quote!(#flow.#keyword(#depot, #label, #closure););
            }
            let with = format_ident!("{keyword}_with", span = keyword.span());
            let options = source_options(options, keyword, writer.names);
            quote!(#flow.#with(#depot, #label, #options, #closure);)
        }
        Entry::Port { port, patterns, frame } => {
            let Port { name, kind, .. } = &ports[port.0];
            let port = local(name);
            match kind {
                PortKind::Hop => {
                    let closure = closure(arrival(patterns, frame));
                    quote!(#flow.segment(#port, #closure);)
                }
                PortKind::Join => {
                    let closure = closure(arrival(patterns, frame));
                    quote!(#flow.join(#port, #closure);)
                }
                PortKind::Back => {
                    let (patterns, frame) = (patterns.iter(), tuple_pattern(frame));
                    let patterns = patterns.map(parameter);
                    let closure = closure(quote!(#(#patterns,)* #frame));
                    quote!(#flow.define_returns(#port, #closure);)
                }
            }
        }
        Entry::Op { name, params, caller, hops } => {
            emit_op_segment(name, params, caller.as_ref(), *hops, &body)
        }
    }
}
