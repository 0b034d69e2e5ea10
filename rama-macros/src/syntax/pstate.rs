//! `pstate`: its name, its schema, its options.

use proc_macro2::{Delimiter, Ident, TokenStream};

use super::PState;
use super::cursor::Cursor;
use super::module::{end_declaration, skip_declaration, take_type};
use super::option::parse_options;
use crate::diagnostics::Diagnostics;

/// `$$name: Schema;` or `$$name: Schema { options }`, whose `;` may be left out.
pub(super) fn parse_pstate(
    attrs: TokenStream,
    keyword: Ident,
    body: &mut Cursor,
    errors: &mut Diagnostics,
) -> Option<PState> {
    let shape = "write `pstate $$name: Schema;`";
    let sigil = body.is_pair(0, ['$', '$']);
    let (Some(name), true) = (body.ident(2).cloned(), sigil) else {
        errors.error(body.span(), "a pstate needs a name with two dollar signs", shape);
        skip_declaration(body);
        return None;
    };
    body.skip(3);
    let schema = take_type(body, "a pstate needs a schema, which is a type", shape, errors)?;
    let mut options = Vec::new();
    if let Some(braces) = body.group(0, Delimiter::Brace).cloned() {
        body.skip(1);
        body.eat(';');
        options = parse_options(&braces, "a pstate", errors);
    } else {
        end_declaration(body, errors);
    }
    Some(PState { attrs, keyword, name, schema, options })
}
