//! `loop` with its variables, and what stands in it: `emit` and `continue_with`. An `emit` may also stand in an `op`.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::Type;

use super::code::{comma_free, option_name, split_at_commas};
use super::cursor::{Cursor, is_punct, prefix};
use super::statement::{END_STATEMENT, parse_emit, parse_statements};
use super::{Code, Loop, LoopVariable, Pattern, Statement};
use crate::diagnostics::Diagnostics;

const SHAPE: &str = "write `loop (name = value) { … } :> pattern;`";

/// Whether a loop of dataflow begins here: one of Rust has no parentheses.
pub(super) fn begins_loop(cursor: &Cursor) -> bool {
    cursor.is_word(0, "loop") && cursor.group(1, Delimiter::Parenthesis).is_some()
}

/// Reads `loop (i = 0, done: bool = false) { … } :> pattern;`, whose pattern may be left out.
pub(super) fn parse_loop(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Statement> {
    let keyword = cursor.ident(0).cloned()?;
    let variables = cursor.group(1, Delimiter::Parenthesis).cloned()?;
    cursor.skip(2);
    let variables = parse_variables(&variables, errors);
    let Some(body) = cursor.group(0, Delimiter::Brace).cloned() else {
        errors.error(cursor.previous(), "a loop needs a body in braces", SHAPE);
        return None;
    };
    cursor.skip(1);
    let body = parse_statements(&mut Cursor::inside(&body), errors);
    let pattern = if cursor.is_pair(0, [':', '>']) {
        let end = cursor.rest().iter().position(|token| is_punct(Some(token), ';'));
        let tokens = cursor.take(end.unwrap_or(cursor.rest().len()));
        if !cursor.eat(';') {
            errors.error(cursor.previous(), "missing `;`", END_STATEMENT);
        }
        Some(parse_emit(&tokens, 0, errors)?)
    } else {
        cursor.eat(';');
        None
    };
    Some(Statement::Loop(Loop { keyword, variables, body, pattern }))
}

fn parse_variables(group: &Group, errors: &mut Diagnostics) -> Vec<LoopVariable> {
    let mut cursor = Cursor::inside(group);
    let mut variables = Vec::new();
    while !cursor.is_empty() {
        let at = cursor.span();
        if let Some(variable) = parse_variable(&mut cursor) {
            let mut value = variable.value.tokens.clone().into_iter();
            if let Some(end) = value.find(|token| is_punct(Some(token), ';')) {
                let message = "a loop has variables, and nothing else in its parentheses";
                let help = "write `loop (i = 0) { … }`, and `continue_with(i + 1);` in it for one more iteration";
                errors.error(end.span(), message, help);
                break;
            }
            variables.push(variable);
        } else {
            errors.error(at, "a variable of a loop needs a value to begin with", SHAPE);
            cursor.skip(comma_free(cursor.rest()));
        }
        cursor.eat(',');
    }
    variables
}

/// `pattern: Type = value`, up to the comma.
fn parse_variable(cursor: &mut Cursor) -> Option<LoopVariable> {
    let (pattern, length) = Pattern::prefix(cursor.rest()).ok()?;
    cursor.skip(length);
    // Without the colon.
    let ty = take_annotation(cursor)?.into_iter().skip(1).collect();
    let value = cursor.eat('=').then(|| cursor.take(comma_free(cursor.rest())))?;
    (!value.is_empty()).then(|| LoopVariable { pattern, ty, value: Code::new(value) })
}

/// `: Type`, if there is one; nothing when it is no type.
pub(super) fn take_annotation(cursor: &mut Cursor) -> Option<TokenStream> {
    let mut tokens = TokenStream::new();
    if cursor.is_punct(0, ':') {
        tokens.extend(cursor.next());
        let (_, length) = prefix(cursor.rest(), |input| input.parse::<Type>()).ok()?;
        tokens.extend(cursor.take(length));
    }
    Some(tokens)
}

/// The statement that a call of this name is, if it is no operator but steers a loop.
pub(super) fn parse_steering(name: &Ident, args: &Group) -> Option<Statement> {
    let keyword = name.clone();
    let args = split_at_commas(Cursor::inside(args).rest());
    if name == "continue_with" {
        return Some(Statement::Again {
            keyword,
            values: args.into_iter().map(Code::new).collect(),
        });
    }
    if name != "emit" {
        return None;
    }
    let stream = args.first().and_then(|first| option_name(first)).cloned();
    let named = usize::from(stream.is_some()) * 2;
    let value = |(at, tokens): (usize, Vec<TokenTree>)| {
        Code::new(tokens.into_iter().skip(if at == 0 { named } else { 0 }))
    };
    let values = args.into_iter().enumerate().map(value).collect();
    Some(Statement::Give { keyword, stream, values })
}
