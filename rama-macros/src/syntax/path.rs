//! Paths: navigators in brackets.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::code::{Code, split_at_commas};
use super::cursor::Cursor;

/// `[keypath(k), termval(v)]`
#[derive(Clone)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
}

/// One element of a path.
#[derive(Clone)]
pub(crate) struct Step {
    /// The element as a whole.
    pub(crate) code: Code,
    /// The navigator and, when it is called, its arguments; absent when the element is no name.
    pub(crate) navigator: Option<(Ident, Option<Vec<Code>>)>,
}

/// Reads the tokens between the brackets.
pub(crate) fn parse_path(tokens: &[TokenTree]) -> Path {
    Path { steps: split_at_commas(tokens).into_iter().map(parse_step).collect() }
}

fn parse_step(tokens: Vec<TokenTree>) -> Step {
    let navigator = match tokens.as_slice() {
        [TokenTree::Ident(name)] => Some((name.clone(), None)),
        [TokenTree::Ident(name), TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis =>
        {
            Some((name.clone(), Some(parse_args(group))))
        }
        _ => None,
    };
    Step { code: Code::new(tokens), navigator }
}

/// The arguments in a pair of parentheses.
pub(crate) fn parse_args(group: &Group) -> Vec<Code> {
    let mut inside = Cursor::inside(group);
    split_at_commas(&inside.take_rest()).into_iter().map(Code::new).collect()
}
