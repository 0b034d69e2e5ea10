//! `pstate`: its name, its schema, its options.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::code::{option_name, split_at_commas};
use super::cursor::{Cursor, start};
use super::module::{end_declaration, skip_declaration, take_type};
use super::{Code, PState, PStateOption};
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
        options = parse_options(&braces, errors);
    } else {
        end_declaration(body, errors);
    }
    Some(PState { attrs, keyword, name, schema, options })
}

/// `{ name, name: value }`
fn parse_options(braces: &Group, errors: &mut Diagnostics) -> Vec<PStateOption> {
    let parts = split_at_commas(Cursor::inside(braces).rest());
    parts.iter().filter_map(|part| parse_option(part, errors)).collect()
}

fn parse_option(part: &[TokenTree], errors: &mut Diagnostics) -> Option<PStateOption> {
    if let Some(name) = option_name(part).cloned() {
        let value = &part[2..];
        if value.is_empty() {
            let help = format!("write `{name}: value`");
            errors.error(name.span(), format!("`{name}:` without a value"), help);
            return None;
        }
        return Some(PStateOption { name, value: Some(Code::new(value.iter().cloned())) });
    }
    let help = "write `name` or `name: value`, with commas between them";
    let TokenTree::Ident(name) = part.first()? else {
        errors.error(start(&part[0]), "this is not an option of a pstate", help);
        return None;
    };
    if let Some(extra) = part.get(1) {
        errors.error(start(extra), format!("unexpected token after `{name}`"), help);
        return None;
    }
    Some(PStateOption { name: name.clone(), value: None })
}
