//! The derive macros: a type of the user in, an implementation of a trait of the runtime out.
//!
//! `options` reads helper attributes; each derive has one file with its checks and its output.
//! Knows nothing of dataflow.

mod fixed_keys;
mod key;
mod options;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Member, Path};

use crate::diagnostics::Diagnostics;

/// `#[derive(Key)]`
pub(crate) fn key(input: TokenStream) -> TokenStream {
    expand(input, key::implement)
}

/// `#[derive(FixedKeys)]`
pub(crate) fn fixed_keys(input: TokenStream) -> TokenStream {
    expand(input, fixed_keys::implement)
}

/// Makes an implementation; absent when none can be written for the type.
type Implement = fn(&DeriveInput, &mut Diagnostics) -> Option<TokenStream>;

/// After a mistake there still is an implementation, if possible: one mistake gives one message.
fn expand(input: TokenStream, implement: Implement) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Diagnostics::default();
    let code = implement(&input, &mut errors);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

/// Names of items inside of the output. None of them is a name in the user's type, so that none
/// hides what the type names.
struct Names {
    taken: BTreeSet<String>,
    /// The runtime's private part.
    private: Ident,
}

impl Names {
    fn new(input: &DeriveInput) -> Self {
        let mut taken = BTreeSet::new();
        collect_names(input.to_token_stream(), &mut taken);
        let private = free_name("__rama", &taken);
        Self { taken, private }
    }

    /// A name for an item, at a token of the user.
    fn item(&self, name: &str, at: Span) -> Ident {
        let mut name = free_name(name, &self.taken);
        name.set_span(Span::mixed_site().located_at(at));
        name
    }
}

fn collect_names(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                names.insert(name.to_string());
            }
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn free_name(name: &str, taken: &BTreeSet<String>) -> Ident {
    let mut name = name.to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    Ident::new(&name, Span::mixed_site())
}

/// A local variable that no name of the user can meet.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A local variable for a field of the user, by its name or number.
fn local_for(prefix: &str, member: &Member) -> Ident {
    match member {
        Member::Named(name) => local(&format!("{prefix}{}", name.unraw())),
        Member::Unnamed(index) => local(&format!("{prefix}{}", index.index)),
    }
}

/// A scope of its own around items, in which the runtime has a short name.
fn scope(krate: Option<&Path>, names: &Names, items: &TokenStream) -> TokenStream {
    let private = &names.private;
    let root = krate.map_or_else(|| quote!(::rama_core), ToTokens::to_token_stream);
    quote! {
        const _: () = {
            use #root::__private as #private;
            #items
        };
    }
}
