//! The user's Rust inside of ours.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;

use super::names::Names;
use crate::syntax::Code;

/// An expression. What `syn` cannot read goes through a macro that gives it back unchanged: rustc
/// says what is wrong, and its parser does not lose the code around it.
pub(super) fn whole(code: &Code, names: &Names) -> TokenStream {
    let (tokens, private) = (&code.tokens, &names.private);
    match code.tree {
        Some(_) => tokens.clone(),
        None => quote!(#private::rust!(#tokens)),
    }
}

/// A statement that ends with its block: in parentheses the macro would go on with what follows.
pub(super) fn statement(code: &Code, names: &Names) -> TokenStream {
    let (tokens, private) = (&code.tokens, &names.private);
    match code.tree {
        Some(_) => tokens.clone(),
        None => quote!(#private::rust! { #tokens }),
    }
}

/// An expression in front of a block, where a struct literal needs parentheses.
pub(super) fn head(code: &Code, names: &Names) -> TokenStream {
    let whole = whole(code, names);
    let plain = code.tree.is_none() || Code::head(code.tokens.clone()).tree.is_some();
    if plain { whole } else { quote!((#whole)) }
}

/// A reference to the value of an expression, as if the user had written it.
pub(super) fn reference(code: &Code, names: &Names) -> TokenStream {
    let whole = whole(code, names);
    match code.tree.as_deref() {
        Some(Expr::Reference(reference)) if reference.mutability.is_none() => whole,
        Some(
            Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Cast(_)
            | Expr::Closure(_)
            | Expr::Let(_)
            | Expr::Range(_),
        ) => quote_spanned!(code.span()=> &(#whole)),
        _ => quote_spanned!(code.span()=> &#whole),
    }
}
