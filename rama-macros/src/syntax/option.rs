//! Options of declarations, in braces.

use proc_macro2::{Group, Ident, TokenTree};
use syn::Expr;

use super::code::{option_name, split_at_commas};
use super::cursor::{Cursor, prefix, start};
use super::{Code, DeclarationOption};
use crate::diagnostics::Diagnostics;

/// `{ name, name: value }`
pub(super) fn parse_options(
    braces: &Group,
    of: &str,
    errors: &mut Diagnostics,
) -> Vec<DeclarationOption> {
    let parts = split_at_commas(Cursor::inside(braces).rest());
    parts.iter().filter_map(|part| parse_option(part, of, errors)).collect()
}

fn parse_option(
    part: &[TokenTree],
    of: &str,
    errors: &mut Diagnostics,
) -> Option<DeclarationOption> {
    if let Some(name) = option_name(part).cloned() {
        let value = &part[2..];
        if value.is_empty() {
            let help = format!("write `{name}: value`");
            errors.error(name.span(), format!("`{name}:` without a value"), help);
            return None;
        }
        if let Some(next) = next_option(value) {
            let message = format!("missing `,` before `{next}`");
            errors.error(next.span(), message, "write commas between options");
            return None;
        }
        return Some(DeclarationOption { name, value: Some(Code::new(value.iter().cloned())) });
    }
    let help = "write `name` or `name: value`, with commas between them";
    let TokenTree::Ident(name) = part.first()? else {
        errors.error(start(&part[0]), format!("this is not an option of {of}"), help);
        return None;
    };
    if let Some(extra) = part.get(1) {
        errors.error(start(extra), format!("unexpected token after `{name}`"), help);
        return None;
    }
    Some(DeclarationOption { name: name.clone(), value: None })
}

/// A name directly behind a whole value, where a comma should be.
fn next_option(value: &[TokenTree]) -> Option<&Ident> {
    let (_, length) = prefix(value, |input| input.parse::<Expr>()).ok()?;
    match value.get(length)? {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    }
}
