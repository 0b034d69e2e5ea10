//! Paths: navigators, fields, keys, filters and further paths, in brackets.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenTree};

use super::code::{Code, option_name, split_at_commas};
use super::cursor::{Cursor, is_punct};

/// `[keypath(k), .name, |name| name.len() > 3, termval(v)]`
#[derive(Clone)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
}

/// One element of a path.
#[derive(Clone)]
pub(crate) struct Step {
    /// The element as a whole.
    pub(crate) code: Code,
    pub(crate) form: Form,
}

/// How an element is written.
#[derive(Clone)]
pub(crate) enum Form {
    /// `name` or `name(args)`
    Navigator(Ident, Option<Vec<PathArg>>),
    /// `.name`, `.0`, and several of them in a row.
    Fields(Vec<TokenTree>),
    /// `"ada"`, `7`, `-1`, `'c'`, `true`
    Literal,
    /// `|value| …`
    Closure,
    /// `[…]`
    Path(Path),
    /// Brackets in brackets without end: they are not read.
    TooDeep,
    /// Nothing, in front of this comma.
    Missing(Span),
    Other,
}

/// An argument of a navigator: an expression or an element of a path, whatever the navigator wants.
#[derive(Clone)]
pub(crate) struct PathArg {
    /// `name:` in front of it.
    pub(crate) option: Option<Ident>,
    pub(crate) step: Step,
}

/// Paths in paths, of which one reads a few levels at most; each level is read by a call of its own, and looked
/// through once more by the levels around it. As many as in paths that are not written in Rust.
const DEPTH_MAX: usize = 32;

/// Reads the tokens between the brackets.
pub(crate) fn parse_path(tokens: &[TokenTree]) -> Path {
    parse_inside(tokens, 0)
}

fn parse_inside(tokens: &[TokenTree], depth: usize) -> Path {
    Path { steps: parts(tokens).map(|(part, end)| parse_step(part, end, depth)).collect() }
}

/// What stands between the commas, each with where it ends.
fn parts(tokens: &[TokenTree]) -> impl Iterator<Item = (Vec<TokenTree>, Span)> {
    let mut end = 0;
    split_at_commas(tokens).into_iter().map(move |part| {
        let at = end + part.len();
        end = at + 1;
        let span = tokens.get(at).or(tokens.last()).map_or_else(Span::call_site, TokenTree::span);
        (part, span)
    })
}

fn parse_step(tokens: Vec<TokenTree>, end: Span, depth: usize) -> Step {
    let form = if tokens.is_empty() { Form::Missing(end) } else { parse_form(&tokens, depth) };
    Step { code: Code::new(tokens), form }
}

fn parse_form(tokens: &[TokenTree], depth: usize) -> Form {
    match tokens {
        [TokenTree::Ident(word)] if word == "true" || word == "false" => Form::Literal,
        [TokenTree::Ident(name)] => Form::Navigator(name.clone(), None),
        [TokenTree::Ident(_), TokenTree::Group(_)] | [TokenTree::Group(_)]
            if depth == DEPTH_MAX =>
        {
            Form::TooDeep
        }
        [TokenTree::Ident(name), TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis =>
        {
            Form::Navigator(name.clone(), Some(parse_path_args(group, depth + 1)))
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let tokens = Cursor::inside(group).take_rest();
            Form::Path(parse_inside(&tokens, depth + 1))
        }
        [TokenTree::Literal(_)] => Form::Literal,
        [TokenTree::Punct(minus), TokenTree::Literal(_)] if minus.as_char() == '-' => Form::Literal,
        [TokenTree::Punct(dot), ..] if dot.as_char() == '.' => {
            field_names(tokens).map_or(Form::Other, Form::Fields)
        }
        _ if begins_closure(tokens) => Form::Closure,
        _ => Form::Other,
    }
}

/// The names and numbers behind the dots; nothing when there is something else.
fn field_names(tokens: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let mut names = Vec::new();
    for pair in tokens.chunks(2) {
        match pair {
            [dot, TokenTree::Ident(name)] if is_punct(Some(dot), '.') => {
                syn::parse2::<Ident>(TokenTree::from(name.clone()).into()).ok()?;
                names.push(name.clone().into());
            }
            [dot, TokenTree::Literal(number)] if is_punct(Some(dot), '.') => {
                names.extend(numbers(number)?);
            }
            _ => return None,
        }
    }
    Some(names)
}

/// The numbers of `.0`, and of `.0.1`, which Rust's tokens hold as one.
fn numbers(number: &Literal) -> Option<Vec<TokenTree>> {
    let part = |part: &str| {
        let mut literal = Literal::u32_unsuffixed(part.parse().ok()?);
        literal.set_span(number.span());
        Some(literal.into())
    };
    number.to_string().split('.').map(part).collect()
}

fn begins_closure(tokens: &[TokenTree]) -> bool {
    let word = matches!(tokens.first(), Some(TokenTree::Ident(word)) if word == "move");
    is_punct(tokens.get(usize::from(word)), '|')
}

fn parse_path_args(group: &Group, depth: usize) -> Vec<PathArg> {
    let mut inside = Cursor::inside(group);
    let arg = |(tokens, end): (Vec<TokenTree>, Span)| {
        let option = option_name(&tokens).cloned();
        let value = tokens[if option.is_some() { 2 } else { 0 }..].to_vec();
        PathArg { option, step: parse_step(value, end, depth) }
    };
    parts(&inside.take_rest()).map(arg).collect()
}

/// The arguments in a pair of parentheses.
pub(crate) fn parse_args(group: &Group) -> Vec<Code> {
    let mut inside = Cursor::inside(group);
    split_at_commas(&inside.take_rest()).into_iter().map(Code::new).collect()
}
