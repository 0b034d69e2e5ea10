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
    /// Whether an editor reads the code.
    editor: bool,
}

impl Names {
    /// Inside of a module one `use` makes the path short.
    pub(super) fn inside(editor: bool) -> Self {
        Self { private: quote!(__rama), in_module: true, editor }
    }

    /// Elsewhere there is no place for a `use`.
    pub(super) fn outside(editor: bool) -> Self {
        Self { private: root(None), in_module: false, editor }
    }
}

impl Names {
    /// The runtime's private part, as if written at a token of the user: messages stay there.
    pub(super) fn private_at(&self, span: Span) -> TokenStream {
        respanned(self.private.clone(), span)
    }

    /// The variable of a depot, a PState or an operation where it is used.
    pub(super) fn handle(&self, prefix: &str, name: &Ident) -> Ident {
        let span = Span::mixed_site().located_at(self.unseen(name.span()));
        format_ident!("{prefix}{}", name.unraw(), span = span)
    }

    /// A place for something of ours. Messages of rustc about it point to a word of the user; an editor shall find there
    /// what the user means with the word, and not that.
    pub(super) fn unseen(&self, word: Span) -> Span {
        if self.editor { Span::mixed_site() } else { word }
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
