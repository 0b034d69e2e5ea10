//! `if` and `match`, whose branches are dataflow.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};

use super::code::{comma_free, head_length};
use super::cursor::{Cursor, is_pair, is_punct};
use super::statement::{parse_statement, parse_statements};
use super::{Arm, Block, Code, If, Match, Pattern, Statement, text};
use crate::diagnostics::Diagnostics;
use crate::ops::{Operator, Row, Word};

/// Words that begin a statement which is more than a call, beside those of the language: of Rust, and of the original.
const BEGIN_STATEMENTS: &[&str] = &["if", "match", "hook", "unify"];

/// Reads `if … { … } else if … { … } else { … }`.
pub(super) fn parse_if(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Statement> {
    let mut branches = Vec::new();
    let mut otherwise = None;
    loop {
        cursor.skip(1); // `if`
        let name = if branches.is_empty() { "if" } else { "else if" };
        let (head, group) = parse_head(cursor, errors)?;
        branches.push((head, parse_block(&group, name, errors)));
        if !cursor.is_word(0, "else") {
            break;
        }
        cursor.skip(1);
        if cursor.is_word(0, "if") {
            continue;
        }
        let Some(group) = cursor.group(0, Delimiter::Brace).cloned() else {
            errors.error(cursor.previous(), "`else` without a block", "write `else { … }`");
            break;
        };
        cursor.skip(1);
        otherwise = Some(parse_block(&group, "else", errors));
        break;
    }
    Some(Statement::If(If { branches, otherwise }))
}

/// Reads `match value { pattern if guard => statement, … }`.
pub(super) fn parse_match(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Statement> {
    cursor.skip(1); // `match`
    let (value, group) = parse_head(cursor, errors)?;
    let mut inside = Cursor::inside(&group);
    let mut arms = Vec::new();
    while !inside.is_empty() {
        arms.extend(parse_arm(&mut inside, errors));
    }
    Some(Statement::Match(Match { value, arms }))
}

/// The block behind the `else` of a `let`, when there is dataflow in it; any other is Rust.
pub(super) fn parse_let_else(
    otherwise: &Group,
    errors: &mut Diagnostics,
) -> Option<Vec<Statement>> {
    let mut tokens: Vec<TokenTree> = otherwise.stream().into_iter().collect();
    // Rust needs none at the end.
    if !tokens.is_empty() && !is_punct(tokens.last(), ';') {
        tokens.push(TokenTree::from(Punct::new(';', Spacing::Alone)));
    }
    let tokens: TokenStream = tokens.into_iter().collect();
    let parse = |errors: &mut Diagnostics| {
        parse_statements(&mut Cursor::new(tokens.clone(), otherwise.span_close()), errors)
    };
    let mut mistakes = Diagnostics::default();
    let statements = parse(&mut mistakes);
    // Of Rust they were none.
    drop(mistakes.into_tokens());
    let is_flow = statements.is_empty() || is_dataflow(&statements);
    is_flow.then(|| parse(errors))
}

fn is_dataflow(statements: &[Statement]) -> bool {
    statements.iter().enumerate().any(|(at, statement)| match statement {
        Statement::Rust(_) | Statement::Let(_) => false,
        // At the end it may be a function that never returns, before it an operation.
        Statement::Call(call) => {
            let is_last = at + 1 == statements.len();
            let is_known = Operator::find(&call.name.to_string(), "").is_ok();
            call.pattern.is_some() || is_known || !is_last
        }
        Statement::If(_) | Statement::Match(_) => statement.inside().into_iter().any(is_dataflow),
        _ => true,
    })
}

/// What stands between the keyword and its block, and the block.
fn parse_head(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<(Code, Group)> {
    let keyword = cursor.previous();
    let head = head_length(cursor.rest()).filter(|&length| length > 0);
    let Some(length) = head else {
        errors.error(
            keyword,
            "this needs a condition or a value and a block",
            "write `if condition { … }` or `match value { … }`",
        );
        let end = cursor
            .rest()
            .iter()
            .position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
        cursor.skip(end.unwrap_or(cursor.rest().len()));
        return None;
    };
    let code = Code::head(cursor.take(length));
    let group = cursor.group(0, Delimiter::Brace).cloned()?;
    cursor.skip(1);
    Some((code, group))
}

fn parse_block(group: &Group, name: &str, errors: &mut Diagnostics) -> Block {
    let statements = parse_statements(&mut Cursor::inside(group), errors);
    Block { statements, name: name.to_owned() }
}

fn parse_arm(inside: &mut Cursor, errors: &mut Diagnostics) -> Option<Arm> {
    let shape = "write `pattern => { … }` or `pattern => statement,`";
    let rest = inside.rest();
    let Some(arrow) = (0..rest.len()).find(|&at| is_pair(&rest[at..], ['=', '>'])) else {
        errors.error(inside.span(), "this is not an arm of `match`", shape);
        inside.take_rest();
        return None;
    };
    let head = inside.take(arrow);
    inside.skip(2);
    let guard =
        head.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "if"));
    let pattern = &head[..guard.unwrap_or(head.len())];
    let pattern = match Pattern::prefix(pattern) {
        Ok((found, length)) if length == pattern.len() => Some(found),
        _ => {
            let at = pattern.first().map_or_else(|| inside.previous(), TokenTree::span);
            errors.error(at, "this is not a pattern", shape);
            None
        }
    };
    let name = pattern.as_ref().map(|found| text(&found.tokens)).unwrap_or_default();
    let block = parse_arm_body(inside, &name, errors);
    let guard = guard.map(|at| Code::new(head[at + 1..].iter().cloned()));
    Some(Arm { pattern: pattern?, guard, block })
}

fn parse_arm_body(inside: &mut Cursor, name: &str, errors: &mut Diagnostics) -> Block {
    if let Some(group) = inside.group(0, Delimiter::Brace).cloned() {
        inside.skip(1);
        inside.eat(',');
        return parse_block(&group, name, errors);
    }
    let tokens = inside.take(comma_free(inside.rest()));
    inside.eat(',');
    // `pattern => ()` says that nothing happens.
    let nothing =
        matches!(tokens.as_slice(), [TokenTree::Group(group)] if group.stream().is_empty());
    let statements = match tokens.first() {
        Some(TokenTree::Ident(word)) if begins_statement(word) => {
            // The comma behind it was its end.
            let end = TokenTree::from(Punct::new(';', Spacing::Alone));
            let tokens: TokenStream = tokens.iter().cloned().chain([end]).collect();
            parse_statements(&mut Cursor::new(tokens, inside.previous()), errors)
        }
        _ if nothing => Vec::new(),
        _ => parse_statement(tokens, errors).into_iter().collect(),
    };
    Block { statements, name: name.to_owned() }
}

fn begins_statement(word: &Ident) -> bool {
    let word = word.to_string();
    BEGIN_STATEMENTS.contains(&word.as_str()) || Word::begins_statement(&word)
}
