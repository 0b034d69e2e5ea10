//! Statements: found on tokens first, read one by one, so that each mistake stays in its statement.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Type};

use super::aside::parse_aside;
use super::code::{emit_arrow, head_length, option_name, split_at_commas};
use super::control::{parse_if, parse_let_else, parse_match};
use super::cursor::{Cursor, is_pair, is_punct, prefix};
use super::keyword::{begins_block, begins_item};
use super::path::parse_path;
use super::rounds::{begins_loop, parse_loop, parse_steering};
use super::{Arg, Call, Code, Let, Pattern, Rust, SourceOption, Statement, text};
use crate::diagnostics::Diagnostics;
use crate::ops::{Operator, Partitioner, Row};

pub(super) const END_STATEMENT: &str = "end the statement with `;`";

/// Reads all statements up to the end of the tokens.
pub(crate) fn parse_statements(cursor: &mut Cursor, errors: &mut Diagnostics) -> Vec<Statement> {
    let mut statements = Vec::new();
    while !cursor.is_empty() {
        if !cursor.eat(';') {
            statements.extend(parse_next(cursor, errors));
        }
    }
    statements
}

fn parse_next(cursor: &mut Cursor, errors: &mut Diagnostics) -> Option<Statement> {
    if cursor.is_word(0, "if") {
        return parse_if(cursor, errors);
    }
    if cursor.is_word(0, "match") {
        return parse_match(cursor, errors);
    }
    if begins_loop(cursor) {
        return parse_loop(cursor, errors);
    }
    if let Some(statement) = parse_aside(cursor, errors) {
        return statement;
    }
    if let Some(tokens) = take_block_like(cursor) {
        let semi = cursor.eat(';');
        return Some(Statement::Rust(Rust { attrs: quote!(), code: Code::new(tokens), semi }));
    }
    let end = cursor.rest().iter().position(|token| is_punct(Some(token), ';'));
    let length = end.unwrap_or(cursor.rest().len());
    let cut = missing_semicolon(&cursor.rest()[..length]);
    let tokens = cursor.take(cut.unwrap_or(length));
    // Of an expression that has no end rustc says more.
    let unfinished = is_punct(tokens.last(), '.');
    if (cut.is_some() && !unfinished) || (cut.is_none() && !cursor.eat(';')) {
        errors.error(cursor.previous(), "missing `;`", END_STATEMENT);
    }
    parse_statement(tokens, errors)
}

/// A loop, a block, an item or a macro with braces: its own end is its end.
fn take_block_like(cursor: &mut Cursor) -> Option<Vec<TokenTree>> {
    let tokens = cursor.rest();
    let word = cursor.ident(0).map(Ident::to_string).unwrap_or_default();
    let block = begins_block(&word)
        || cursor.group(0, Delimiter::Brace).is_some()
        || (cursor.is_punct(0, '\'') && cursor.is_punct(2, ':'));
    let to_brace = || head_length(tokens).map(|head| head + 1);
    let length = if block {
        let whole = prefix(tokens, Expr::parse_with_earlier_boundary_rule);
        whole.ok().map(|(_, length)| length).or_else(to_brace)
    } else if begins_item(&word) {
        prefix(tokens, |input| input.parse::<syn::Item>()).ok().map(|(_, length)| length)
    } else if cursor.is_punct(1, '!') && cursor.group(2, Delimiter::Brace).is_some() {
        Some(3)
    } else {
        None
    }?;
    Some(cursor.take(length))
}

/// Where a `;` is missing: the first line that begins a statement although none has ended, while
/// the tokens make sense only when they are cut there.
fn missing_semicolon(tokens: &[TokenTree]) -> Option<usize> {
    let mut whole = None;
    (1..tokens.len()).find(|&at| {
        let (before, rest) = tokens.split_at(at);
        let (last, first) = (before[at - 1].span(), rest[0].span());
        // Not every editor says where tokens stand.
        let unknown = last.start() == first.start();
        let new_line = unknown || last.end().line < first.start().line;
        let dotted = is_punct(before.last(), '.');
        let whole_before = if dotted { &before[..at - 1] } else { before };
        if !new_line || !is_readable(whole_before) {
            return false;
        }
        // A partitioner continues the line before as a bitwise or, which nobody writes like this.
        let begins = matches!(&rest[0], TokenTree::Ident(word)
            if word != "as" && word != "else" && !(unknown && dotted && !is_operator(word)));
        let broken = |whole: &mut Option<bool>| !*whole.get_or_insert_with(|| is_readable(tokens));
        let hop = is_hop(rest) && (!unknown || is_partitioner(rest));
        (hop && !dotted) || (begins && broken(&mut whole))
    })
}

/// `|name(` written without space.
fn is_hop(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(bar), TokenTree::Ident(name), TokenTree::Group(group), ..] = tokens
    else {
        return false;
    };
    let touching = bar.span().end() == name.span().start();
    bar.as_char() == '|' && touching && group.delimiter() == Delimiter::Parenthesis
}

fn is_operator(word: &Ident) -> bool {
    Operator::find(&word.to_string(), "").is_ok()
}

fn is_partitioner(hop: &[TokenTree]) -> bool {
    matches!(&hop[1], TokenTree::Ident(name) if Partitioner::find(&name.to_string(), "").is_ok())
}

/// Whether the tokens are a whole statement without its `;`.
fn is_readable(tokens: &[TokenTree]) -> bool {
    if let Some(arrow) = emit_arrow(tokens) {
        let pattern = Pattern::prefix(&tokens[arrow + 2..]);
        return is_readable(&tokens[..arrow])
            && pattern.is_ok_and(|(_, length)| length + arrow + 2 == tokens.len());
    }
    match tokens {
        // A call may contain what is not Rust, such as `$$name`.
        [TokenTree::Ident(_), TokenTree::Group(group)] => {
            group.delimiter() == Delimiter::Parenthesis
        }
        [TokenTree::Punct(_), ..] if is_hop(tokens) => tokens.len() == 3,
        [TokenTree::Ident(word), ..] if word == "let" => {
            let tokens: TokenStream = tokens.iter().cloned().collect();
            syn::parse2::<syn::Stmt>(quote!(#tokens;)).is_ok()
        }
        _ => syn::parse2::<Expr>(tokens.iter().cloned().collect()).is_ok(),
    }
}

/// Reads one statement without its `;`.
pub(super) fn parse_statement(
    tokens: Vec<TokenTree>,
    errors: &mut Diagnostics,
) -> Option<Statement> {
    let (attrs, tokens) = split_attrs(tokens);
    match tokens.first()? {
        TokenTree::Ident(word) if word == "let" => {
            return parse_let(attrs, tokens, errors);
        }
        TokenTree::Punct(bar) if bar.as_char() == '|' => return parse_hop(&tokens, errors),
        _ if !attrs.is_empty() => {
            return Some(Statement::Rust(Rust { attrs, code: Code::new(tokens), semi: true }));
        }
        _ => {}
    }
    let arrow = emit_arrow(&tokens);
    if let (None, Some(wrong)) = (arrow, tokens.get(2)) {
        let pairs = [['-', '>'], ['=', '>']];
        if as_call(&tokens[..2]).is_some() && pairs.iter().any(|pair| is_pair(&tokens[2..], *pair))
        {
            let help = "write `:>` in front of what it emits: `name(…) :> pattern;`";
            errors.error(wrong.span(), "this is not how a call emits", help);
            return None;
        }
    }
    let pattern = match arrow {
        Some(arrow) => Some(parse_emit(&tokens, arrow, errors)?),
        None => None,
    };
    let call = &tokens[..arrow.unwrap_or(tokens.len())];
    let Some((name, args)) = as_call(call) else {
        let code = Code::new(call.iter().cloned());
        return Some(match pattern {
            Some(pattern) => Statement::Emit { value: code, pattern },
            None => Statement::Rust(Rust { attrs, code, semi: true }),
        });
    };
    if *name == "source" {
        return parse_source(name, &args, pattern, errors);
    }
    if let Some(TokenTree::Group(group)) = call.last()
        && let Some(statement) = parse_steering(name, group)
    {
        if pattern.is_some() {
            let help = "write it without `:>`: what it emits goes on behind the loop or the call";
            errors.error(name.span(), format!("nothing comes out of `{name}`"), help);
        }
        return Some(statement);
    }
    let code = Code::new(call.iter().cloned());
    Some(Statement::Call(Call { name: name.clone(), args, code, pattern }))
}

fn split_attrs(tokens: Vec<TokenTree>) -> (TokenStream, Vec<TokenTree>) {
    let pairs = tokens.chunks(2).take_while(|pair| {
        is_punct(pair.first(), '#')
            && matches!(pair.get(1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
    });
    let length = pairs.count() * 2;
    let mut tokens = tokens;
    let rest = tokens.split_off(length);
    (tokens.into_iter().collect(), rest)
}

/// `name(args)` and nothing else, where the name is no word of Rust.
pub(super) fn as_call(tokens: &[TokenTree]) -> Option<(&Ident, Vec<Arg>)> {
    let [TokenTree::Ident(name), TokenTree::Group(group)] = tokens else {
        return None;
    };
    let callable = syn::parse2::<Ident>(quote!(#name)).is_ok();
    if !callable || group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    Some((name, parse_call_args(group)))
}

fn parse_call_args(group: &Group) -> Vec<Arg> {
    split_at_commas(Cursor::inside(group).rest()).into_iter().map(parse_arg).collect()
}

fn parse_arg(tokens: Vec<TokenTree>) -> Arg {
    match tokens.as_slice() {
        [TokenTree::Punct(_), TokenTree::Punct(second), TokenTree::Ident(name)]
            if is_pair(&tokens, ['$', '$']) && second.as_char() == '$' =>
        {
            Arg::PState(name.clone())
        }
        named if option_name(named).is_some() => {
            let name = option_name(named).expect("it was found just now").clone();
            Arg::Named(name, Code::new(tokens[2..].iter().cloned()))
        }
        [TokenTree::Punct(star), TokenTree::Ident(name)] if star.as_char() == '*' => {
            Arg::Depot(name.clone(), Code::new(tokens.clone()))
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let inside = Cursor::inside(group);
            Arg::Path(parse_path(inside.rest()), Code::new(tokens.clone()))
        }
        _ => Arg::Code(Code::new(tokens)),
    }
}

/// The pattern behind `:>`.
pub(super) fn parse_emit(
    tokens: &[TokenTree],
    arrow: usize,
    errors: &mut Diagnostics,
) -> Option<Pattern> {
    let rest = &tokens[arrow + 2..];
    let help = "name what is emitted, `:> name`, or ignore it, `:> _`";
    if rest.is_empty() {
        errors.error(tokens[arrow].span(), "`:>` without a pattern", help);
        return None;
    }
    match Pattern::prefix(rest) {
        Ok((pattern, length)) if length == rest.len() => {
            check_refutable(&pattern, errors).then_some(pattern)
        }
        Ok((_, length)) => {
            let message = format!("unexpected `{}` after the pattern", rest[length]);
            errors.error(rest[length].span(), message, END_STATEMENT);
            None
        }
        Err(_) => {
            errors.error(rest[0].span(), "this is not a pattern", help);
            None
        }
    }
}

/// Reports a pattern that does not match every value, where that can be read off it; rustc knows the others.
fn check_refutable(pattern: &Pattern, errors: &mut Diagnostics) -> bool {
    let tokens = text(&pattern.tokens);
    let (first, ends) = match pattern.tokens.clone().into_iter().next() {
        Some(TokenTree::Ident(word)) if word == "Some" || word == "None" => {
            (word.span(), format!("let {tokens} = value else {{ filter(false); }};"))
        }
        Some(TokenTree::Literal(literal)) => {
            (literal.span(), format!("filter(value == {tokens});"))
        }
        _ => return true,
    };
    let help = format!("write `:> value;` and behind it `{ends}` to go on only with what matches");
    errors.error(first, format!("`{tokens}` does not match everything that may come"), help);
    false
}

fn parse_source(
    keyword: &Ident,
    args: &[Arg],
    pattern: Option<Pattern>,
    errors: &mut Diagnostics,
) -> Option<Statement> {
    let shape = "write `source(*depot) :> pattern;`";
    let [Arg::Depot(depot, _), rest @ ..] = args else {
        let span = args.first().map_or_else(|| keyword.span(), Arg::span);
        errors.error(span, "`source` reads exactly one depot", shape);
        return None;
    };
    let mut options = Vec::new();
    for arg in rest {
        match arg {
            Arg::Named(name, value) => {
                options.push(SourceOption { name: name.clone(), value: value.clone() });
            }
            Arg::Depot(..) => {
                errors.error(arg.span(), "`source` reads exactly one depot", shape);
            }
            _ => {
                let help = "write `source(*depot, retry: all_after, attempts: 5) :> pattern;`";
                errors.error(arg.span(), "options of `source` are `name: value`", help);
            }
        }
    }
    let Some(pattern) = pattern else {
        errors.error(keyword.span(), "`source` without `:>`", shape);
        return None;
    };
    let (keyword, depot) = (keyword.clone(), depot.clone());
    Some(Statement::Source { keyword, depot, options, pattern })
}

fn parse_hop(tokens: &[TokenTree], errors: &mut Diagnostics) -> Option<Statement> {
    let shape = "write `|hash(key);` or another partitioner with its parentheses";
    match tokens {
        [_, TokenTree::Ident(name), TokenTree::Group(group), rest @ ..]
            if group.delimiter() == Delimiter::Parenthesis =>
        {
            if let Some(extra) = rest.first() {
                let message = format!("unexpected `{extra}` after the partitioner");
                errors.error(extra.span(), message, END_STATEMENT);
            }
            Some(Statement::Hop { name: name.clone(), args: parse_call_args(group) })
        }
        _ => {
            let at = tokens.get(1).unwrap_or(&tokens[0]);
            errors.error(at.span(), "this is not a partitioner", shape);
            None
        }
    }
}

fn parse_let(
    attrs: TokenStream,
    tokens: Vec<TokenTree>,
    errors: &mut Diagnostics,
) -> Option<Statement> {
    let mut cursor = Cursor::new(tokens.into_iter().collect(), proc_macro2::Span::call_site());
    let mut head: TokenStream = attrs;
    head.extend(cursor.next());
    let Ok((pattern, length)) = Pattern::prefix(cursor.rest()) else {
        let span = if cursor.is_empty() { cursor.previous() } else { cursor.span() };
        errors.error(span, "`let` without a pattern", "write `let name = value;`");
        return None;
    };
    head.extend(cursor.take(length));
    if cursor.is_punct(0, ':') {
        head.extend(cursor.next());
        let length = prefix(cursor.rest(), |input| input.parse::<Type>()).map(|(_, length)| length);
        let to_value = || cursor.rest().iter().position(|token| is_punct(Some(token), '='));
        let length = length.ok().or_else(to_value).unwrap_or(cursor.rest().len());
        head.extend(cursor.take(length));
    }
    let value = cursor.is_punct(0, '=').then(|| {
        head.extend(cursor.next());
        split_diverge(cursor.take_rest())
    });
    let (value, otherwise) =
        value.map_or((None, None), |(value, otherwise)| (Some(value), otherwise));
    let binding = |diverge| Let { head, pattern, value, diverge };
    if let Some(otherwise) = otherwise.as_ref().and_then(|block| parse_let_else(block, errors)) {
        return Some(Statement::LetElse { binding: binding(None), otherwise });
    }
    let diverge = otherwise.map(|block| Code::new([TokenTree::Group(block)]));
    Some(Statement::Let(binding(diverge)))
}

/// Separates `else { … }` from the value in front of it.
fn split_diverge(tokens: Vec<TokenTree>) -> (Code, Option<Group>) {
    let [.., TokenTree::Ident(word), TokenTree::Group(block)] = tokens.as_slice() else {
        return (Code::new(tokens), None);
    };
    // `if c { a } else { b }` is a value as a whole.
    if word != "else" || block.delimiter() != Delimiter::Brace || is_readable(&tokens) {
        return (Code::new(tokens), None);
    }
    (Code::new(tokens[..tokens.len() - 2].iter().cloned()), Some(block.clone()))
}
