//! The module: its header, its declarations, its streams. A broken declaration does not hide the next one.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Path, Type, Visibility};

use super::cursor::{Cursor, is_punct, prefix};
use super::keyword::{LATER, begins_item};
use super::op::{begins_import, parse_import, parse_op};
use super::option::parse_options;
use super::path::parse_args;
use super::pstate::parse_pstate;
use super::statement::parse_statements;
use super::{Depot, DepotPartitioner, Item, Module, Stream};
use crate::diagnostics::Diagnostics;
use crate::ops::{Word, did_you_mean};

const SHAPE: &str = "write `defmodule! { pub Name { … } }`";

/// Reads a whole module; nothing comes out only when not even its name can be read.
pub(crate) fn parse_module(input: TokenStream, errors: &mut Diagnostics) -> Option<Module> {
    let mut cursor = Cursor::new(input, Span::call_site());
    let attrs = take_attrs(&mut cursor);
    let vis = take_vis(&mut cursor);
    let Some(name) = cursor.ident(0).cloned() else {
        errors.error(cursor.span(), "a module needs a name", SHAPE);
        return None;
    };
    cursor.skip(1);
    let mut module = Module {
        attrs,
        vis,
        name,
        krate: None,
        items: Vec::new(),
        depots: Vec::new(),
        ops: Vec::new(),
        imports: Vec::new(),
        streams: Vec::new(),
        incomplete: false,
    };
    let Some(body) = cursor.group(0, Delimiter::Brace).cloned() else {
        errors.error(cursor.span(), "a module needs a body in braces", SHAPE);
        return Some(module);
    };
    cursor.skip(1);
    if !cursor.is_empty() {
        errors.error(
            cursor.span(),
            "unexpected tokens after the module",
            "write one `defmodule!` for each module",
        );
    }
    let mut inside = Cursor::inside(&body);
    module.krate = take_crate(&mut inside);
    while !inside.is_empty() {
        parse_declaration(&mut inside, &mut module, errors);
    }
    Some(module)
}

/// `crate = path;`, only as the first thing.
pub(super) fn take_crate(inside: &mut Cursor) -> Option<TokenStream> {
    if !inside.is_word(0, "crate") || !inside.is_punct(1, '=') {
        return None;
    }
    let (_, length) = prefix(&inside.rest()[2..], Path::parse_mod_style).ok()?;
    inside.skip(2);
    let path = inside.take(length).into_iter().collect();
    inside.eat(';');
    Some(path)
}

fn parse_declaration(inside: &mut Cursor, module: &mut Module, errors: &mut Diagnostics) {
    if inside.eat(';') {
        return;
    }
    let start = inside.rest().to_vec();
    let attrs = take_attrs(inside);
    if inside.is_word(0, "pub")
        && ["depot", "stream", "op"].iter().any(|word| inside.is_word(1, word))
    {
        let help = "leave it out; `defop!` makes an operation that modules share";
        errors.error(inside.span(), "a part of a module has no visibility of its own", help);
        inside.skip(1);
    }
    let Some(keyword) = inside.ident(0).cloned() else {
        let help = "write `depot`, `stream` or an ordinary Rust item";
        errors.error(inside.span(), "this is not a declaration", help);
        module.incomplete = true;
        return skip_declaration(inside);
    };
    let word = keyword.to_string();
    match word.as_str() {
        "depot" if !inside.is_punct(1, '!') => {
            inside.skip(1);
            let depot = parse_depot(attrs, keyword, inside, errors);
            module.incomplete |= depot.is_none();
            module.depots.extend(depot);
        }
        "stream" if !inside.is_punct(1, '!') => {
            inside.skip(1);
            let stream = parse_stream(keyword, inside, errors);
            module.incomplete |= stream.as_ref().is_none_or(|stream| stream.incomplete);
            module.streams.extend(stream);
        }
        "op" if !inside.is_punct(1, '!') => {
            inside.skip(1);
            let op = parse_op(attrs, inside, errors);
            module.incomplete |= op.as_ref().is_none_or(|op| op.broken);
            module.ops.extend(op);
        }
        "use" if begins_import(inside) => {
            inside.skip(2);
            let import = parse_import(inside, errors);
            module.incomplete |= import.is_none();
            module.imports.extend(import);
        }
        _ if begins_item(&word) || inside.is_punct(1, '!') && word != "sources" => {
            take_item(inside, &start, module);
        }
        _ => {
            unknown_declaration(&keyword, "`stream name { … }`", errors);
            module.incomplete = true;
            skip_declaration(inside);
        }
    }
}

/// An ordinary Rust item with its attributes, which are in front of the cursor already.
fn take_item(inside: &mut Cursor, start: &[TokenTree], module: &mut Module) {
    let attrs = start.len() - inside.rest().len();
    let parsed = prefix(start, |input| input.parse::<syn::Item>()).ok();
    let known = parsed.is_some();
    let length =
        parsed.map_or_else(|| attrs + declaration_length(inside.rest()), |(_, length)| length);
    module.items.push(Item { tokens: start[..length].iter().cloned().collect(), known });
    inside.skip(length - attrs);
}

fn unknown_declaration(keyword: &Ident, place: &str, errors: &mut Diagnostics) {
    let word = keyword.to_string();
    let misplaced = Word::declarations().find(|row| row.name == word);
    let help = match misplaced {
        Some(row) => format!("`{}` belongs in {place}", row.shape),
        None if LATER.contains(&word.as_str()) => {
            "a module contains `depot *name: Event, hash_by(field);`, `stream name { … }` and Rust items"
                .to_owned()
        }
        None => did_you_mean(&word, "", Word::declarations().map(|row| row.name))
            .unwrap_or_else(|| "write `depot`, `stream` or an ordinary Rust item".to_owned()),
    };
    let message = match misplaced {
        Some(_) => format!("`{word}` does not belong here"),
        None if LATER.contains(&word.as_str()) => not_there_yet(&word),
        None => format!("unknown declaration `{word}`"),
    };
    errors.error(keyword.span(), message, help);
}

fn not_there_yet(word: &str) -> String {
    format!("`{word}` is not there yet")
}

/// `*name: Event, partitioner;` or `*name: Event, partitioner { options }`, whose `;` may be left out.
fn parse_depot(
    attrs: TokenStream,
    keyword: Ident,
    inside: &mut Cursor,
    errors: &mut Diagnostics,
) -> Option<Depot> {
    let shape = "write `depot *name: Event, hash_by(field);`";
    let star = inside.eat('*');
    let (Some(name), true) = (inside.ident(0).cloned(), star) else {
        errors.error(inside.span(), "a depot needs a name with a star", shape);
        skip_declaration(inside);
        return None;
    };
    inside.skip(1);
    let event = take_type(inside, "a depot needs the type of its records", shape, errors)?;
    let mut partitioner = None;
    if let (true, Some(name)) = (inside.is_punct(0, ','), inside.ident(1).cloned()) {
        inside.skip(2);
        let group = inside.group(0, Delimiter::Parenthesis).cloned();
        inside.skip(usize::from(group.is_some()));
        let args = group.as_ref().map(parse_args).unwrap_or_default();
        partitioner = Some(DepotPartitioner { name, args });
    } else {
        errors.error(name.span(), "a depot needs a partitioner", shape);
        inside.eat(',');
    }
    let mut options = Vec::new();
    if let Some(braces) = inside.group(0, Delimiter::Brace).cloned() {
        inside.skip(1);
        inside.eat(';');
        options = parse_options(&braces, "a depot", errors);
    } else {
        end_declaration(inside, errors);
    }
    Some(Depot { attrs, keyword, name, event, partitioner, options })
}

/// `name { pstate …; sources! { … } }`
fn parse_stream(keyword: Ident, inside: &mut Cursor, errors: &mut Diagnostics) -> Option<Stream> {
    let before = errors.count();
    let name = inside.ident(0).cloned();
    let body = inside.group(1, Delimiter::Brace).cloned();
    let (Some(name), Some(body)) = (name, body) else {
        errors.error(
            inside.span(),
            "a stream needs a name and a body in braces",
            "write `stream name { … }`",
        );
        skip_declaration(inside);
        return None;
    };
    inside.skip(2);
    let mut stream = Stream {
        keyword,
        name,
        pstates: Vec::new(),
        body: Vec::new(),
        broken: false,
        incomplete: false,
    };
    let mut body = Cursor::inside(&body);
    while !body.is_empty() {
        parse_in_stream(&mut body, &mut stream, errors);
    }
    stream.broken = errors.count() > before;
    Some(stream)
}

fn parse_in_stream(body: &mut Cursor, stream: &mut Stream, errors: &mut Diagnostics) {
    if body.eat(';') {
        return;
    }
    let attrs = take_attrs(body);
    let keyword = body.ident(0).cloned();
    let word = keyword.as_ref().map(Ident::to_string).unwrap_or_default();
    match (keyword, word.as_str()) {
        (Some(keyword), "pstate") => {
            body.skip(1);
            let pstate = parse_pstate(attrs, keyword, body, errors);
            stream.incomplete |= pstate.is_none();
            stream.pstates.extend(pstate);
        }
        (Some(keyword), "sources") => {
            let Some(group) = sources_group(body) else {
                errors.error(
                    keyword.span(),
                    "`sources!` needs a body in braces",
                    "write `sources! { … }`",
                );
                return skip_declaration(body);
            };
            stream.body.extend(parse_statements(&mut Cursor::inside(&group), errors));
        }
        (Some(keyword), "depot" | "stream") => {
            unknown_declaration(&keyword, "the module itself", errors);
            stream.incomplete = true;
            skip_declaration(body);
        }
        (keyword, _) => {
            let known = ["pstate", "sources"];
            let span = keyword.map_or_else(|| body.span(), |keyword| keyword.span());
            let later = LATER.contains(&word.as_str());
            let help = did_you_mean(&word, "", known).filter(|_| !later).unwrap_or_else(|| {
                "a stream contains `pstate $$name: Schema;` and `sources! { … }`".to_owned()
            });
            let message = if word.is_empty() {
                "this is not a declaration".to_owned()
            } else if later {
                not_there_yet(&word)
            } else {
                format!("unknown declaration `{word}`")
            };
            errors.error(span, message, help);
            stream.incomplete = true;
            skip_declaration(body);
        }
    }
}

/// The body behind `sources!`; the cursor stops behind it.
fn sources_group(body: &mut Cursor) -> Option<Group> {
    let group = body.group(2, Delimiter::Brace).cloned().filter(|_| body.is_punct(1, '!'))?;
    body.skip(3);
    Some(group)
}

/// `: Type`, or a message and the rest of the declaration skipped.
pub(super) fn take_type(
    cursor: &mut Cursor,
    message: &str,
    shape: &str,
    errors: &mut Diagnostics,
) -> Option<TokenStream> {
    let parsed = cursor.eat(':').then(|| prefix(cursor.rest(), |input| input.parse::<Type>()));
    if let Some(Ok((_, length))) = parsed {
        return Some(cursor.take(length).into_iter().collect());
    }
    errors.error(cursor.span(), message, shape);
    skip_declaration(cursor);
    None
}

pub(super) fn end_declaration(cursor: &mut Cursor, errors: &mut Diagnostics) {
    if cursor.eat(';') {
        return;
    }
    errors.error(cursor.previous(), "missing `;`", "end the declaration with `;`");
    // On a new line the next declaration begins; on the same one there is only rubbish.
    if cursor.previous().end().line == cursor.span().start().line {
        skip_declaration(cursor);
    }
}

pub(super) fn skip_declaration(cursor: &mut Cursor) {
    cursor.skip(declaration_length(cursor.rest()));
}

/// Up to and including the first `;` or brace group.
fn declaration_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| {
        is_punct(Some(token), ';')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    tokens.iter().position(ends).map_or(tokens.len(), |at| at + 1)
}

pub(super) fn take_attrs(cursor: &mut Cursor) -> TokenStream {
    let length = prefix(cursor.rest(), Attribute::parse_outer).map_or(0, |(_, length)| length);
    cursor.take(length).into_iter().collect()
}

pub(super) fn take_vis(cursor: &mut Cursor) -> TokenStream {
    let length =
        prefix(cursor.rest(), |input| input.parse::<Visibility>()).map_or(0, |(_, length)| length);
    cursor.take(length).into_iter().collect()
}
