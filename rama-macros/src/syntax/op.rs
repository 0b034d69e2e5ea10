//! Operations: `op` in a module, `defop!` on its own, and `use op` for those of others.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{Pat, Type};

use super::code::comma_free;
use super::cursor::{Cursor, is_punct, prefix, start};
use super::module::{end_declaration, skip_declaration, take_attrs, take_crate, take_vis};
use super::statement::parse_statements;
use super::{Import, Op, Param, SharedOp, binds};
use crate::diagnostics::Diagnostics;

const SHAPE: &str = "write `op name(argument: Type) :> result: Type { … }`";

/// Reads the body of `defop!`: operations of others that it calls, and one operation, without the word `op`.
pub(crate) fn parse_shared_op(input: TokenStream, errors: &mut Diagnostics) -> Option<SharedOp> {
    let mut cursor = Cursor::new(input, Span::call_site());
    let krate = take_crate(&mut cursor);
    let mut imports = Vec::new();
    while begins_import(&cursor) {
        cursor.skip(2);
        imports.extend(parse_import(&mut cursor, errors));
    }
    let (attrs, vis) = (take_attrs(&mut cursor), take_vis(&mut cursor));
    let op = parse_op(attrs, &mut cursor, errors)?;
    if !cursor.is_empty() {
        let help = "write one `defop!` for each operation";
        errors.error(cursor.span(), "unexpected tokens after the operation", help);
    }
    Some(SharedOp { krate, imports, op: Op { vis, ..op } })
}

/// `use op path`
pub(super) fn begins_import(cursor: &Cursor) -> bool {
    let item = cursor.is_punct(2, ':') || cursor.is_punct(2, ';') || cursor.is_word(2, "as");
    cursor.is_word(0, "use") && cursor.is_word(1, "op") && !item
}

/// `name(param: T, …) :> stream: T, … { … }`
pub(super) fn parse_op(
    attrs: TokenStream,
    inside: &mut Cursor,
    errors: &mut Diagnostics,
) -> Option<Op> {
    let before = errors.count();
    let (name, params) = match (inside.ident(0).cloned(), inside.group(1, Delimiter::Parenthesis)) {
        (Some(name), Some(params)) => (name, params.clone()),
        _ if inside.is_punct(1, '<') => {
            let help = "write a generic function, or one operation for each type";
            let at = inside.peek(1).map_or_else(|| inside.span(), start);
            errors.error(at, "an operation has no type parameters", help);
            skip_declaration(inside);
            return None;
        }
        _ => {
            let at = inside.peek(1).filter(|_| inside.ident(0).is_some());
            let at = at.map_or_else(|| inside.span(), start);
            errors.error(at, "an operation needs a name and its arguments", SHAPE);
            skip_declaration(inside);
            return None;
        }
    };
    inside.skip(2);
    let params = parse_params(&mut Cursor::inside(&params), errors);
    if inside.is_pair(0, ['-', '>']) {
        let message = "an operation emits by name: `:>` and not `->`";
        errors.error(inside.span(), message, SHAPE);
        skip_declaration(inside);
        return None;
    }
    let streams = parse_streams(inside, errors);
    let Some(body) = inside.group(0, Delimiter::Brace).cloned() else {
        errors.error(inside.span(), "an operation needs a body in braces", SHAPE);
        skip_declaration(inside);
        return None;
    };
    inside.skip(1);
    let body = parse_statements(&mut Cursor::inside(&body), errors);
    let broken = errors.count() > before;
    Some(Op { attrs, vis: TokenStream::new(), name, params, streams, body, broken })
}

/// `:> stream: T, other: U`, up to the body.
fn parse_streams(inside: &mut Cursor, errors: &mut Diagnostics) -> Vec<Param> {
    if !inside.is_pair(0, [':', '>']) {
        return Vec::new();
    }
    inside.skip(2);
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        other => is_punct(Some(other), ';'),
    };
    let end = inside.rest().iter().position(ends).unwrap_or(inside.rest().len());
    let tokens = inside.take(end);
    if tokens.is_empty() {
        errors.error(inside.previous(), "`:>` without what is emitted", SHAPE);
    }
    parse_params(&mut Cursor::new(tokens.into_iter().collect(), inside.span()), errors)
}

/// `name: Type`, any number of them.
fn parse_params(cursor: &mut Cursor, errors: &mut Diagnostics) -> Vec<Param> {
    let mut params = Vec::new();
    while !cursor.is_empty() {
        let at = cursor.span();
        if let Some(param) = parse_param(cursor) {
            params.push(param);
        } else {
            errors.error(at, "this is not a name with a type", SHAPE);
            cursor.skip(comma_free(cursor.rest()));
        }
        cursor.eat(',');
    }
    params
}

fn parse_param(cursor: &mut Cursor) -> Option<Param> {
    let (pat, length) = prefix(cursor.rest(), Pat::parse_single).ok()?;
    let name = matches!(pat, Pat::Ident(_)).then(|| binds(&pat).pop())??;
    cursor.skip(length);
    cursor.eat(':').then_some(())?;
    let (_, length) = prefix(cursor.rest(), |input| input.parse::<Type>()).ok()?;
    Some(Param { name, ty: cursor.take(length).into_iter().collect() })
}

/// `use op path::to::name;` or `… as other;`, with the cursor behind `op`.
pub(super) fn parse_import(inside: &mut Cursor, errors: &mut Diagnostics) -> Option<Import> {
    let shape = "write `use op path::to::operation;`, one for each operation";
    let parsed = prefix(inside.rest(), syn::Path::parse_mod_style);
    let last = parsed.as_ref().ok().and_then(|(path, _)| path.segments.last());
    let Some(last) = last.map(|last| last.ident.clone()) else {
        errors.error(inside.span(), "this is not the path of an operation", shape);
        skip_declaration(inside);
        return None;
    };
    let path = inside.take(parsed.map_or(0, |(_, length)| length)).into_iter().collect();
    let mut name = last;
    if inside.is_word(0, "as") {
        inside.skip(1);
        let other: Option<Ident> = inside.ident(0).cloned();
        inside.skip(usize::from(other.is_some()));
        name = other.unwrap_or(name);
    }
    end_declaration(inside, errors);
    Some(Import { path, name })
}
