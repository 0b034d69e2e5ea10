//! Moves to other tasks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

use super::names::local;
use super::segment::{Writer, nest};
use crate::plan::{Arg, Hop, PortId, Route, Step};

impl Writer<'_> {
    pub(super) fn hop(&self, hop: &Hop, port: PortId, frame: &[Arg]) -> TokenStream {
        let (cx, route, port) = (local("cx"), local("route"), self.port(port));
        let to = self.route(&hop.name, &hop.route);
        let carried: Vec<_> = frame.iter().map(|arg| self.carried(arg)).collect();
        let frame = nest(&carried);
        quote! {
            let #route = #cx.#to;
            #cx.hop(#route, #port, #frame);
        }
    }

    /// What is said about keys.
    pub(super) fn at_home(&self, step: &Step) -> TokenStream {
        match step {
            Step::Key { name, pstate, value } => {
                let key = self.key(pstate, value);
                quote!(let #name = #key;)
            }
            Step::AssumeHome { operator, key } => {
                let (cx, at, key) = (local("cx"), self.line_of(operator), self.reference(key));
                quote!(#cx.#operator(#at, #key)?;)
            }
            _ => TokenStream::new(),
        }
    }

    /// The call that says where to go; the user's word is the method where there is one of that name.
    fn route(&self, name: &Ident, route: &Route<Arg>) -> TokenStream {
        let named = |method: &str| format_ident!("{method}", span = name.span());
        match route {
            Route::Plain | Route::Zero => quote!(#name()),
            Route::Key(key) => {
                let key = self.reference(key);
                quote!(#name(#key))
            }
            Route::KeyIn(pstate, key) => {
                let (method, key) = (named("hash_in"), self.key_reference(pstate, key));
                let pstate = self.reference_to(pstate);
                quote!(#method(#pstate, #key)?)
            }
            Route::GlobalIn(pstate) => {
                let (method, pstate) = (named("global_in"), self.reference_to(pstate));
                quote!(#method(#pstate)?)
            }
            Route::Task(given) | Route::Function(given) => {
                let given = self.arg(given);
                quote!(#name(#given)?)
            }
        }
    }

    /// A reference to a key of a PState, whatever the user wrote where a key is expected.
    fn key_reference(&self, pstate: &Ident, key: &Arg) -> TokenStream {
        match key {
            Arg::Code(code) if !matches!(code.tree.as_deref(), Some(Expr::Reference(_))) => {
                let key = self.key(pstate, key);
                quote_spanned!(code.span()=> &#key)
            }
            lent => self.reference(lent),
        }
    }

    /// A key of a PState, made of what the user wrote where one is expected.
    fn key(&self, pstate: &Ident, key: &Arg) -> TokenStream {
        let (value, pstate) = (self.arg(key), self.reference_to(pstate));
        let span = match key {
            Arg::Variable(name) | Arg::Clone(name) | Arg::Alias { name, .. } => name.span(),
            Arg::Code(code) => code.span(),
            Arg::Tuple(_) | Arg::Typed(..) => Span::mixed_site(),
        };
        let private = self.names.private_at(span);
        quote_spanned!(span=> #private::key_of(#pstate, #value))
    }

    /// The variable of a PState in braces of the user: rustc points there, and not at the whole module.
    fn reference_to(&self, pstate: &Ident) -> TokenStream {
        let variable = self.names.handle("pstate_", pstate);
        quote_spanned!(pstate.span()=> { #variable })
    }
}
