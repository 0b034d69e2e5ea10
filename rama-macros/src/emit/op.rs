//! Operations: a handle first, so that everything may call them, then their segments.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::editor::{Declared, emit_mentions, words_in_scope};
use super::names::{Names, local, local_for, root, text};
use super::segment::{nest, tuple_pattern};
use super::topology::{allow_in, emit_flow, unless_broken};
use crate::editor::Mentions;
use crate::plan::{Import, Op, Param, Slot};

/// The handle of an operation of the module, and the type of its streams.
pub(super) fn declare_op(op: &Op) -> TokenStream {
    let (streams, module) =
        (streams(op, &TokenStream::new(), &TokenStream::new()), local("module"));
    let handle = declare_handle(op, &quote!(#module.ops()));
    quote!(#streams #handle)
}

fn declare_handle(op: &Op, flow: &TokenStream) -> TokenStream {
    let (variable, label) = (local_for("op_", &op.name), text(&op.name));
    let (args, out) = (arg_types(op), out_type(op));
    quote!(let #variable = #flow.op::<#args, #out>(#label);)
}

/// The handle of an operation of others.
pub(super) fn declare_import(import: &Import, flow: &TokenStream) -> TokenStream {
    let (path, variable) = (&import.path, local_for("op_", &import.name));
    let name = &import.name;
    let import = quote_spanned!(name.span()=> .import::<#path>());
    // The streams go by the module's name for it. An alias, because `use` does not find what stands in a function.
    let alone = *name == path.to_string();
    let alias = (!alone).then(|| {
        quote! {
            #[allow(non_camel_case_types, dead_code, reason = "its streams may not be named")]
            type #name = #path;
        }
    });
    quote! {
        #alias
        let #variable = #flow #import;
    }
}

/// The body of an operation.
pub(super) fn emit_op(op: &Op, names: &Names) -> TokenStream {
    let module = local("module");
    let flow = emit_flow(&quote!(#module.ops()), &op.ports, &op.segments, names);
    unless_broken(op.broken, quote!({ #flow }))
}

/// An operation that modules share: a type of its name.
pub(crate) fn emit_shared_op(
    op: &Op,
    imports: &[Import],
    krate: Option<&TokenStream>,
    mentions: Option<&Mentions>,
) -> TokenStream {
    let names = Names::inside(mentions.is_some());
    let (private, root, name) = (&names.private, root(krate), &op.name);
    let (attrs, vis) = (&op.attrs, &op.vis);
    let (args, out) = (arg_types(op), out_type(op));
    let streams = match op.streams.as_slice() {
        [_, _, ..] => streams(op, attrs, vis),
        // In braces its name is that of a type only: variables may have it too.
        _ => quote! {
            #attrs
            #[allow(non_camel_case_types, reason = "it is used as an operation")]
            #[derive(Clone, Copy, Debug)]
            #vis struct #name {}
        },
    };
    let allow = allow_in(&[(op.segments.as_slice(), op.broken)]);
    let (flow, variable) = (local("flow"), local_for("op_", name));
    let handle = declare_handle(op, &quote!(#flow));
    let imported = imports.iter().map(|import| declare_import(import, &quote!(#flow)));
    let body = emit_flow(&quote!(#flow), &op.ports, &op.segments, &names);
    let body = unless_broken(op.broken, quote!({ #body }));
    let ops = std::slice::from_ref(op);
    let words = mentions.map(|mentions| words_in_scope(mentions, ops, &names));
    let declared = Declared { fields: None, ops, imports };
    let mentions = mentions.map(|mentions| emit_mentions(mentions, &declared, &names));
    quote! {
        #streams
        const _: () = {
            use #root as #private;
            #mentions
            impl #private::Operation for #name {
                type Args = #args;
                type Out = #out;
                #allow
                fn define(#flow: &mut #private::Flow) -> #private::Op<#args, #out> {
                    #words
                    #handle
                    #(#imported)*
                    #body
                    #variable
                }
            }
        };
    }
}

/// The segment with which an operation begins.
pub(super) fn emit_op_segment(
    name: &Ident,
    params: &[Slot],
    caller: Option<&Slot>,
    hops: bool,
    body: &TokenStream,
) -> TokenStream {
    let (flow, cx, op, params) =
        (local("flow"), local("cx"), local_for("op_", name), tuple_pattern(params));
    let define = if hops { quote!(define_hopping_op) } else { quote!(define_op) };
    let back = match caller {
        Some(caller) => caller.name.clone(),
        None => local("emit"),
    };
    quote! {
        #flow.#define(#op, move |#cx, #params, #back| { #body });
    }
}

fn arg_types(op: &Op) -> TokenStream {
    let types: Vec<TokenStream> = op.params.iter().map(|param| param.ty.clone()).collect();
    nest(&types)
}

/// What an operation emits: nothing, a value, or one of its streams.
fn out_type(op: &Op) -> TokenStream {
    let name = &op.name;
    match op.streams.as_slice() {
        [] => quote!(::core::convert::Infallible),
        [one] => one.ty.clone(),
        _ => quote!(#name),
    }
}

/// Several streams are an enum.
fn streams(op: &Op, attrs: &TokenStream, vis: &TokenStream) -> TokenStream {
    if op.streams.len() < 2 {
        return TokenStream::new();
    }
    let name = &op.name;
    let variants = op.streams.iter().map(|Param { name, ty }| {
        let name = &name.name;
        let doc = format!(" What is emitted on `{name}`.");
        quote!(#[doc = #doc] #name(#ty),)
    });
    quote! {
        #attrs
        #[allow(non_camel_case_types, reason = "variants are named like the streams")]
        #[allow(dead_code, reason = "not every caller looks at every stream")]
        #vis enum #name { #(#variants)* }
    }
}
