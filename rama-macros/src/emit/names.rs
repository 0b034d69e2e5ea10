//! Names that the macro invents, and the one path to the runtime.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// How the emitted code reaches the runtime.
pub(super) struct Names {
    /// What stands in front of each name of the runtime.
    pub(super) private: TokenStream,
    /// Whether there is a task.
    pub(super) in_module: bool,
}

impl Names {
    /// Inside of a module one `use` makes the path short.
    pub(super) fn inside() -> Self {
        Self { private: quote!(__rama), in_module: true }
    }

    /// Elsewhere there is no place for a `use`.
    pub(super) fn outside() -> Self {
        Self { private: root(None), in_module: false }
    }
}

impl Names {
    /// The runtime's private part, as if written at a token of the user: messages stay there.
    pub(super) fn private_at(&self, span: Span) -> TokenStream {
        respanned(self.private.clone(), span)
    }
}

/// Tokens without groups, all at one place.
fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let at = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(at).collect()
}

/// The runtime's private part, by its full path.
pub(super) fn root(krate: Option<&TokenStream>) -> TokenStream {
    match krate {
        Some(krate) => quote!(#krate::__private),
        None => quote!(::rama_core::__private),
    }
}

/// A local variable that no name of the user can meet.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The same at a token of the user, to which messages about it point.
pub(super) fn local_at(name: &str, span: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(span))
}

/// A local variable named after something of the user's, to which messages about it point.
pub(super) fn local_for(prefix: &str, name: &Ident) -> Ident {
    let span = Span::mixed_site().located_at(name.span());
    format_ident!("{prefix}{}", name.unraw(), span = span)
}

/// A name as text.
pub(super) fn text(name: &Ident) -> String {
    name.unraw().to_string()
}

/// A name as a string literal, to which messages about its declaration point.
pub(super) fn text_at(name: &Ident) -> Literal {
    let mut literal = Literal::string(&text(name));
    literal.set_span(name.span());
    literal
}
