//! The module's public types and its `impl Module`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::code;
use super::editor::{Declared, Fields, emit_mentions, words_in_scope};
use super::names::{Names, local, local_for, root, text, text_at};
use super::op::{declare_import, declare_op, emit_op};
use super::topology::{allow_in, declare_topology, emit_topology, schema};
use crate::editor::Mentions;
use crate::ops::PStateMeaning;
use crate::plan::{Depot, DepotBy, DepotOption, PState, Plan};
use crate::syntax::first_span;

/// A whole module.
pub(crate) fn emit_module(plan: &Plan, mentions: Option<&Mentions>) -> TokenStream {
    let names = Names::inside(mentions.is_some());
    let items = plan.items.iter().map(|item| {
        let (tokens, root) = (&item.tokens, root(plan.krate.as_ref()));
        if item.known { tokens.clone() } else { quote!(#root::rust! { #tokens }) }
    });
    let types = Types::new(plan);
    let structs = types.structs(plan);
    let implementation = implementation(plan, &types, mentions, &names);
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
    streams: Ident,
}

impl Types {
    fn new(plan: &Plan) -> Self {
        let name = &plan.name;
        Self {
            client: format_ident!("{name}Client"),
            depots: format_ident!("{name}Depots"),
            pstates: format_ident!("{name}PStates"),
            streams: format_ident!("{name}Streams"),
        }
    }

    fn structs(&self, plan: &Plan) -> TokenStream {
        let Self { client, depots, pstates, streams } = self;
        let (attrs, vis, name, root) =
            (&plan.attrs, &plan.vis, &plan.name, root(plan.krate.as_ref()));
        let client_doc = format!(
            " What a client of [`{name}`] holds: its depots, PStates and topologies, each under its own name."
        );
        let depots_doc = format!(" The depots of [`{name}`].");
        let pstates_doc = format!(" The PStates of [`{name}`].");
        let streams_doc = format!(" The stream topologies of [`{name}`].");
        let stream_fields = plan.topologies.iter().map(|topology| {
            let (name, doc) = (&topology.name, format!(" Topology `{}`.", topology.name));
            quote!(#[doc = #doc] #vis #name: #root::Stream,)
        });
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
                #[doc = #streams_doc]
                #vis stream: #streams,
            }

            #[doc = #depots_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #depots { #(#depot_fields)* }

            #[doc = #pstates_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #pstates { #(#pstate_fields)* }

            #[doc = #streams_doc]
            #[derive(Clone, Debug)]
            #unused
            #vis struct #streams { #(#stream_fields)* }
        }
    }
}

impl Types {
    /// What an editor shows over names of depots and PStates: the fields of the client, and those that clients do not get.
    fn fields(&self, plan: &Plan, root: &TokenStream) -> Fields {
        let (depots, pstates) = (&self.depots, &self.pstates);
        let depots = quote!(#depots);
        let all = plan.topologies.iter().flat_map(|topology| &topology.pstates);
        if all.clone().count() == public_pstates(plan).count() {
            return Fields { depots, pstates: quote!(#pstates), own: TokenStream::new() };
        }
        let fields = all.map(|pstate| pstate_field(pstate, &TokenStream::new(), root));
        Fields { depots, pstates: quote!(__PStates), own: quote!(struct __PStates { #(#fields)* }) }
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

fn has_doc(attrs: &TokenStream) -> bool {
    let parsed = syn::parse::Parser::parse2(syn::Attribute::parse_outer, attrs.clone());
    parsed.is_ok_and(|attrs| attrs.iter().any(|attr| attr.path().is_ident("doc")))
}

/// The PStates that clients can read.
fn public_pstates(plan: &Plan) -> impl Iterator<Item = &PState> {
    let all = plan.topologies.iter().flat_map(|topology| &topology.pstates);
    all.filter(|pstate| !pstate.is(PStateMeaning::Private))
}

fn implementation(
    plan: &Plan,
    types: &Types,
    mentions: Option<&Mentions>,
    names: &Names,
) -> TokenStream {
    let (name, client, root) = (&plan.name, &types.client, root(plan.krate.as_ref()));
    let (private, module, link) = (&names.private, local("module"), local("link"));
    let name_text = text(name);
    let depots = plan.depots.iter().map(|depot| declare_depot(depot, names));
    let shared = quote!(#module.ops());
    let imports = plan.imports.iter().map(|import| declare_import(import, &shared));
    let declared_ops = plan.ops.iter().map(declare_op);
    let topologies = plan.topologies.iter().map(|topology| declare_topology(topology, names));
    let ops = plan.ops.iter().map(|op| emit_op(op, names));
    let flows = plan.topologies.iter().map(|topology| emit_topology(topology, names));
    let allow = allow(plan);
    let handles = client_value(plan, types);
    let words = mentions.map(|mentions| words_in_scope(mentions, &plan.ops, names));
    let mentions = mentions.map(|mentions| {
        let fields = Some(types.fields(plan, &root));
        let declared = Declared { fields, ops: &plan.ops, imports: &plan.imports };
        emit_mentions(mentions, &declared, names)
    });
    quote! {
        const _: () = {
            use #root as #private;
            #mentions
            impl #private::Module for #name {
                type Client = #client;
                fn name(&self) -> &'static str { #name_text }
                #allow
                fn define(&self, #module: &mut #private::ModuleBuilder) {
                    #words
                    #(#depots)*
                    #(#imports)*
                    #(#declared_ops)*
                    #(#topologies)*
                    #(#ops)*
                    #(#flows)*
                }
                fn client(#link: &#private::Link) -> #client { #handles }
            }
        };
    }
}

/// Lints that are wrong about the code of this plan.
fn allow(plan: &Plan) -> TokenStream {
    let topologies = plan.topologies.iter();
    let parts = topologies.map(|one| (one.segments.as_slice(), one.broken));
    let parts = parts.chain(plan.ops.iter().map(|op| (op.segments.as_slice(), op.broken)));
    allow_in(&parts.collect::<Vec<_>>())
}

fn client_value(plan: &Plan, types: &Types) -> TokenStream {
    let Types { client, depots, pstates, streams } = types;
    let link = local("link");
    let depot = |depot: &Depot| {
        let (name, text) = (&depot.name, text(&depot.name));
        quote!(#name: #link.depot(#text),)
    };
    let pstate = |pstate: &PState| {
        let (name, text) = (&pstate.name, text(&pstate.name));
        quote!(#name: #link.pstate(#text),)
    };
    let stream = plan.topologies.iter().map(|topology| {
        let (name, text) = (&topology.name, text(&topology.name));
        quote!(#name: #link.stream(#text),)
    });
    let (depot, pstate) = (plan.depots.iter().map(depot), public_pstates(plan).map(pstate));
    quote! {
        #client {
            depot: #depots { #(#depot)* },
            pstate: #pstates { #(#pstate)* },
            stream: #streams { #(#stream)* },
        }
    }
}

fn declare_depot(depot: &Depot, names: &Names) -> TokenStream {
    let Depot { keyword, name, event, by, options, .. } = depot;
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
    if options.is_empty() {
        return quote!(let #variable = #module.#keyword(#text, #by););
    }
    let with = format_ident!("{keyword}_with", span = keyword.span());
    let calls = options.iter().map(|DepotOption { name, value }| {
        let value = code::whole(value, names);
        quote_spanned!(name.span()=> .#name(#value))
    });
    let options = quote_spanned!(span=> #private::DepotOptions::new());
    quote!(let #variable = #module.#with(#text, #by, #options #(#calls)*);)
}
