//! Statements beside the flow: `branch`, `atomic`, and what goes on from an `anchor`.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::cursor::{Cursor, is_punct};
use super::statement::{END_STATEMENT, parse_statements};
use super::{Aside, Onward, Statement};
use crate::diagnostics::Diagnostics;

/// Reads a statement of this kind, when one begins here.
pub(super) fn parse_aside(
    cursor: &mut Cursor,
    errors: &mut Diagnostics,
) -> Option<Option<Statement>> {
    let keyword = cursor.ident(0).cloned()?;
    match keyword.to_string().as_str() {
        "branch" | "atomic" if cursor.group(1, Delimiter::Brace).is_some() => {
            cursor.skip(1);
            let body = parse_body(cursor, errors);
            cursor.eat(';');
            let settles = keyword == "atomic";
            Some(body.map(|body| Statement::Aside(Aside { keyword, settles, body })))
        }
        "anchor" if cursor.is_punct(1, '\'') => {
            cursor.skip(1);
            let label = take_label(cursor);
            if !cursor.eat(';') {
                errors.error(cursor.previous(), "missing `;`", END_STATEMENT);
            }
            Some(label.map(|label| Statement::Anchor { keyword, label }))
        }
        // No expression of Rust has two words side by side.
        "anchor" | "from" if cursor.ident(1).is_some_and(|name| name != "as") => {
            let help = "write `anchor 'name;`, and `from 'name { … }` further down";
            let name = cursor.ident(1).cloned()?;
            errors.error(name.span(), "the name of an anchor begins with `'`", help);
            let end = cursor.rest().iter().position(ends_statement);
            cursor.skip(end.map_or(cursor.rest().len(), |end| end + 1));
            Some(None)
        }
        "branch" | "hook" | "unify" if cursor.is_punct(1, '\'') => {
            let help = "write `from 'anchor { … }` for what goes on from there, `from 'one, 'other { … }` from several";
            errors.error(keyword.span(), format!("`{keyword}` takes no anchors"), help);
            let end = cursor.rest().iter().position(ends_statement);
            cursor.skip(end.map_or(cursor.rest().len(), |end| end + 1));
            Some(None)
        }
        "from" if cursor.is_punct(1, '\'') => {
            cursor.skip(1);
            Some(parse_from(keyword, cursor, errors))
        }
        _ => None,
    }
}

fn ends_statement(token: &TokenTree) -> bool {
    is_punct(Some(token), ';')
        || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// `'one, 'other { … }`
fn parse_from(keyword: Ident, cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Statement> {
    let mut labels = Vec::new();
    while let Some(label) = take_label(cursor) {
        labels.push(label);
        cursor.eat(',');
    }
    let Some(body) = parse_body(cursor, errors) else {
        let help = "write `from 'anchor { … }`";
        errors.error(cursor.previous(), "`from` needs a block", help);
        return None;
    };
    cursor.eat(';');
    Some(Statement::Onward(Onward { keyword, labels, body }))
}

/// `'name`, as the name.
fn take_label(cursor: &mut Cursor) -> Option<Ident> {
    let label = cursor.ident(1).cloned().filter(|_| cursor.is_punct(0, '\''))?;
    cursor.skip(2);
    Some(label)
}

fn parse_body(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Vec<Statement>> {
    let body = cursor.group(0, Delimiter::Brace).cloned()?;
    cursor.skip(1);
    Some(parse_statements(&mut Cursor::inside(&body), errors))
}
