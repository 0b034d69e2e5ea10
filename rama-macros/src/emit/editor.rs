//! What only editors see: each word of the language as a path to its documentation, each depot and PState as a field,
//! each operation as a function, each anchor as a label.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::names::Names;
use crate::editor::{Mention, Mentions, Vocabulary};
use crate::plan::{Import, Op, Param};

/// What names are declared.
pub(super) struct Declared<'a> {
    /// Nothing in an operation that modules share.
    pub(super) fields: Option<Fields>,
    pub(super) ops: &'a [Op],
    pub(super) imports: &'a [Import],
}

/// The names of a module's types that have a field for each depot and each PState.
pub(super) struct Fields {
    pub(super) depots: TokenStream,
    pub(super) pstates: TokenStream,
    /// The type of the PStates, when it is no type of the module.
    pub(super) own: TokenStream,
}

/// A function that nobody calls.
pub(super) fn emit_mentions(
    mentions: &Mentions,
    declared: &Declared<'_>,
    names: &Names,
) -> TokenStream {
    let mut around: Vec<(TokenStream, &Ident)> = Vec::new();
    let mut lines = TokenStream::new();
    for mention in &mentions.list {
        match mention {
            // What follows stands in a block with this label.
            Mention::Anchor(tick, name) => {
                let before = std::mem::take(&mut lines);
                around.push((quote!(#before #tick #name:), name));
            }
            Mention::Onward(tick, name) if around.iter().any(|(_, label)| *label == name) => {
                lines.extend(quote!(if true { break #tick #name; }));
            }
            Mention::Onward(..) => {}
            other => lines.extend(mentioned(other, declared, names)),
        }
    }
    let lines =
        around.into_iter().rev().fold(lines, |inside, (before, _)| quote!(#before { #inside }));
    let (ops, fields) = (ops(declared.ops), declared.fields.as_ref());
    let own = fields.map(|fields| &fields.own);
    let params =
        fields.map(|Fields { depots, pstates, .. }| quote!(depot: #depots, pstate: #pstates));
    quote! {
        #own
        #ops
        fn __mentioned(#params) { #lines }
    }
}

fn mentioned(mention: &Mention, declared: &Declared<'_>, names: &Names) -> TokenStream {
    let (private, has_fields) = (&names.private, declared.fields.is_some());
    match mention {
        Mention::Word(vocabulary, word) => path(*vocabulary, word, names),
        Mention::Partitioner(bar, name) => {
            let module = format_ident!("{}", Vocabulary::Partitioners.module());
            let first = Punct::new(':', Spacing::Joint);
            let second = at(*bar, ':');
            line(&quote!(#private::words::#module #first #second), name.as_ref(), names)
        }
        Mention::Depot(sigil, name) if has_fields => {
            let dot = at(*sigil, '.');
            line(&quote!(&depot #dot), name.as_ref(), names)
        }
        Mention::PState(sigil, name) if has_fields => {
            let dot = at(*sigil, '.');
            line(&quote!(&pstate #dot), name.as_ref(), names)
        }
        Mention::Call(name) => called(name, declared),
        _ => TokenStream::new(),
    }
}

/// An operation of the module, or the type that is one of others.
fn called(name: &Ident, declared: &Declared<'_>) -> TokenStream {
    if declared.ops.iter().any(|op| op.name == *name) {
        return quote!(__ops::#name;);
    }
    let Some(import) = declared.imports.iter().find(|import| import.name == *name) else {
        return TokenStream::new();
    };
    let mut path: Vec<TokenTree> = import.path.clone().into_iter().collect();
    if let Some(last) = path.last_mut() {
        last.set_span(name.span());
    }
    quote!(let _: #(#path)*;)
}

/// Operations as functions, in a module, where no function of the user has the same name.
fn ops(ops: &[Op]) -> Option<TokenStream> {
    let functions = ops.iter().map(|op| {
        let Op { attrs, name, params, streams, .. } = op;
        let params = params.iter().map(|Param { name, ty }| {
            let name = &name.name;
            quote!(#name: #ty)
        });
        let streams: Vec<_> = streams.iter().map(|Param { ty, .. }| ty).collect();
        let out = match streams.as_slice() {
            [] => TokenStream::new(),
            [one] => quote!(-> #one),
            several => quote!(-> (#(#several),*)),
        };
        quote!(#attrs pub fn #name(#(#params),*) #out { loop {} })
    });
    (!ops.is_empty()).then(|| quote!(mod __ops { use super::*; #(#functions)* }))
}

/// A punctuation where the user wrote a sigil: a name that is being typed goes behind it.
fn at(sigil: Span, punct: char) -> Punct {
    let mut punct = Punct::new(punct, Spacing::Alone);
    punct.set_span(sigil);
    punct
}

/// A name behind what leads to it. What is no name yet, would
/// be lost as Rust; in a macro call it is not.
fn line(start: &TokenStream, name: Option<&Ident>, names: &Names) -> TokenStream {
    let private = &names.private;
    match name.filter(|name| is_name(name)) {
        Some(name) => quote!(#start #name;),
        None => quote!(#private::rust! { #start #name; }),
    }
}

fn is_name(name: &Ident) -> bool {
    syn::parse2::<Ident>(quote!(#name)).is_ok()
}

fn path(vocabulary: Vocabulary, word: &Ident, names: &Names) -> TokenStream {
    let (private, module) = (&names.private, format_ident!("{}", vocabulary.module()));
    let word = if is_name(word) {
        word.clone()
    } else {
        Ident::new_raw(&word.unraw().to_string(), word.span())
    };
    quote!(#private::words::#module::#word;)
}

/// The words that begin a statement, and operations, in scope while one is being typed. They are not at rest: a function of the user
/// may have such a name.
pub(super) fn words_in_scope(mentions: &Mentions, ops: &[Op], names: &Names) -> TokenStream {
    if !mentions.typing {
        return TokenStream::new();
    }
    let private = &names.private;
    let ops = (!ops.is_empty()).then(|| {
        quote!(
            use __ops::*;
        )
    });
    quote!(use #private::words::statements::*; #ops)
}
