//! The module's public types and its `impl Module`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::code;
use super::names::{Names, local, local_for, root, text, text_at};
use super::segment::{Writer, allow_unused_mut, tuple_pattern};
use crate::ops::PStateMeaning;
use crate::plan::{Depot, DepotBy, Entry, PState, PStateOption, Plan, Port, Segment, Topology};
use crate::syntax::first_span;

/// A whole module.
pub(crate) fn emit_module(plan: &Plan) -> TokenStream {
    let names = Names::inside();
    let items = plan.items.iter().map(|item| {
        let (tokens, root) = (&item.tokens, root(plan.krate.as_ref()));
        if item.known { tokens.clone() } else { quote!(#root::rust! { #tokens }) }
    });
    let types = Types::new(plan);
    let (structs, implementation) = (types.structs(plan), implementation(plan, &types, &names));
    quote! {
        #(#items)*
        #structs
        #implementation
    }
}

/// Names of the public types.
struct Types {
    client: Ident,
    depots: Ident,
    pstates: Ident,
}

impl Types {
    fn new(plan: &Plan) -> Self {
        let name = &plan.name;
        Self {
            client: format_ident!("{name}Client"),
            depots: format_ident!("{name}Depots"),
            pstates: format_ident!("{name}PStates"),
        }
    }

    fn structs(&self, plan: &Plan) -> TokenStream {
        let Self { client, depots, pstates } = self;
        let (attrs, vis, name, root) =
            (&plan.attrs, &plan.vis, &plan.name, root(plan.krate.as_ref()));
        let client_doc = format!(
            " What a client of [`{name}`] holds: its depots and PStates, each under its own name."
        );
        let depots_doc = format!(" The depots of [`{name}`].");
        let pstates_doc = format!(" The PStates of [`{name}`].");
        let depot_fields = plan.depots.iter().map(|depot| depot_field(depot, vis, &root));
        // A program need not use every handle that the module gives it.
        let unused = quote!(#[allow(dead_code, reason = "not every program uses every handle")]);
        let pstate_fields = public_pstates(plan).map(|pstate| pstate_field(pstate, vis, &root));
        quote! {
            #attrs
            #[derive(Clone, Copy, Debug, Default)]
            #vis struct #name;

            #[doc = #client_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #client {
                #[doc = #depots_doc]
                #vis depot: #depots,
                #[doc = #pstates_doc]
                #vis pstate: #pstates,
            }

            #[doc = #depots_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #depots { #(#depot_fields)* }

            #[doc = #pstates_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #pstates { #(#pstate_fields)* }
        }
    }
}

fn depot_field(depot: &Depot, vis: &TokenStream, root: &TokenStream) -> TokenStream {
    let Depot { attrs, name, event, .. } = depot;
    let doc = format!(" Depot `*{name}`.");
    let doc = (!has_doc(attrs)).then(|| quote!(#[doc = #doc]));
    quote!(#attrs #doc #vis #name: #root::Depot<#event>,)
}

fn pstate_field(pstate: &PState, vis: &TokenStream, root: &TokenStream) -> TokenStream {
    let PState { attrs, name, .. } = pstate;
    let schema = schema(pstate, root);
    let doc = format!(" PState `$${name}`.");
    let doc = (!has_doc(attrs)).then(|| quote!(#[doc = #doc]));
    quote!(#attrs #doc #vis #name: #root::PState<#schema>,)
}

/// The schema as a type of the runtime.
fn schema(pstate: &PState, root: &TokenStream) -> TokenStream {
    let schema = &pstate.schema;
    if pstate.is(PStateMeaning::Initial) { quote!(#root::Initial<#schema>) } else { schema.clone() }
}

fn has_doc(attrs: &TokenStream) -> bool {
    let parsed = syn::parse::Parser::parse2(syn::Attribute::parse_outer, attrs.clone());
    parsed.is_ok_and(|attrs| attrs.iter().any(|attr| attr.path().is_ident("doc")))
}

/// The PStates that clients can read.
fn public_pstates(plan: &Plan) -> impl Iterator<Item = &PState> {
    let all = plan.topologies.iter().flat_map(|topology| &topology.pstates);
    all.filter(|pstate| !pstate.is(PStateMeaning::Private))
}

fn implementation(plan: &Plan, types: &Types, names: &Names) -> TokenStream {
    let (name, client, root) = (&plan.name, &types.client, root(plan.krate.as_ref()));
    let (private, module, link) = (&names.private, local("module"), local("link"));
    let name_text = text(name);
    let depots = plan.depots.iter().map(|depot| declare_depot(depot, names));
    let topologies = plan.topologies.iter().map(|topology| emit_topology(topology, names));
    let allow = allow(plan);
    let handles = client_value(plan, types);
    quote! {
        const _: () = {
            use #root as #private;
            impl #private::Module for #name {
                type Client = #client;
                fn name(&self) -> &'static str { #name_text }
                #allow
                fn define(&self, #module: &mut #private::ModuleBuilder) {
                    #(#depots)*
                    #(#topologies)*
                }
                fn client(#link: &#private::Link) -> #client { #handles }
            }
        };
    }
}

/// Lints that are wrong about the code of this plan.
fn allow(plan: &Plan) -> TokenStream {
    let segments = || plan.topologies.iter().flat_map(|topology| &topology.segments);
    let unused_mut = segments().find_map(|segment| match &segment.entry {
        Entry::Port { frame, .. } => allow_unused_mut(frame),
        Entry::Source { .. } => None,
    });
    let broken = plan.topologies.iter().any(|topology| topology.broken);
    let editors = broken
        .then(|| quote!(#[allow(unexpected_cfgs, reason = "`rust_analyzer` is set by editors")]));
    quote!(#unused_mut #editors)
}

fn client_value(plan: &Plan, types: &Types) -> TokenStream {
    let Types { client, depots, pstates } = types;
    let link = local("link");
    let depot = |depot: &Depot| {
        let (name, text) = (&depot.name, text(&depot.name));
        quote!(#name: #link.depot(#text),)
    };
    let pstate = |pstate: &PState| {
        let (name, text) = (&pstate.name, text(&pstate.name));
        quote!(#name: #link.pstate(#text),)
    };
    let (depot, pstate) = (plan.depots.iter().map(depot), public_pstates(plan).map(pstate));
    quote! {
        #client { depot: #depots { #(#depot)* }, pstate: #pstates { #(#pstate)* } }
    }
}

fn declare_depot(depot: &Depot, names: &Names) -> TokenStream {
    let Depot { keyword, name, event, by, .. } = depot;
    let (module, variable, text) = (local("module"), local_for("depot_", name), text_at(name));
    // Each call stands where the user wrote what it is about, so that messages about it do.
    let span = first_span(event);
    let hash = |key: TokenStream| {
        let at = first_span(&key);
        let private = names.private_at(at);
        quote_spanned!(at=> #private::key_hash(#key))
    };
    let by = match by {
        DepotBy::Field { operator, field } => {
            let event = local("event");
            let key = hash(quote_spanned!(first_span(field)=> &#event.#field));
            quote_spanned!(span=> #operator(|#event| #key))
        }
        DepotBy::Closure { operator, param, key } => {
            let key = hash(code::reference(key, names));
            quote_spanned!(span=> #operator(|#param| #key))
        }
        DepotBy::Plain(operator) => quote_spanned!(span=> #operator()),
    };
    let private = names.private_at(span);
    let by = quote_spanned!(span=> #private::Partitioning::<#event>::#by);
    quote!(let #variable = #module.#keyword(#text, #by);)
}

fn emit_topology(topology: &Topology, names: &Names) -> TokenStream {
    let Topology { keyword, name, pstates, segments, .. } = topology;
    let (module, builder, text) = (local("module"), local_for("", name), text(name));
    let pstates = pstates.iter().map(|pstate| declare_pstate(pstate, &builder, names));
    let flow = (!segments.is_empty()).then(|| emit_flow(topology, &builder, names));
    // After a mistake rustc gets no code that could fail because of it. An editor gets all of it:
    // completion has to work while a statement somewhere else is not finished.
    let flow =
        if topology.broken { quote!(#[cfg(rust_analyzer)] { #flow }) } else { quote!(#flow) };
    quote! {
        let mut #builder = #module.#keyword(#text);
        #(#pstates)*
        #flow
    }
}

fn emit_flow(topology: &Topology, builder: &Ident, names: &Names) -> TokenStream {
    let flow = local("flow");
    let ports = topology.ports.iter().map(|port| {
        let (name, label) = (local(&port.name), &port.label);
        quote!(let #name = #flow.port(#label);)
    });
    let writer = Writer::new(names, &topology.ports);
    let segments = topology.segments.iter();
    let segments = segments.map(|segment| emit_segment(segment, &writer, topology));
    quote! {
        let #flow = #builder.flow();
        #(#ports)*
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

fn emit_segment(segment: &Segment, writer: &Writer<'_>, topology: &Topology) -> TokenStream {
    let (flow, cx, body) = (local("flow"), local("cx"), writer.steps(&segment.body));
    let closure = |input: TokenStream| {
        quote!(move |#cx, #input| {
            #body
            ::core::result::Result::Ok(())
        })
    };
    match &segment.entry {
        Entry::Source { keyword, depot, pattern } => {
            let (label, closure) =
                (format!("{keyword}(*{depot})"), closure(pattern.tokens.clone()));
            let depot = local_for("depot_", depot);
            quote!(#flow.#keyword(#depot, #label, #closure);)
        }
        Entry::Port { port, frame } => {
            let Port { name, join, .. } = &topology.ports[port.0];
            let (port, closure) = (local(name), closure(tuple_pattern(frame)));
            if *join {
                quote!(#flow.join(#port, #closure);)
            } else {
                quote!(#flow.segment(#port, #closure);)
            }
        }
    }
}
