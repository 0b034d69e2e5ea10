//! Words of the language and names of declarations, wherever they are mentioned. Found on tokens, so that no mistake
//! hides them.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::ops::{
    DepotOption, DepotPartitioner, Navigator, Operator, PStateOption, Param, Place, Row, Word,
};
use crate::syntax::{is_pair, is_punct};

/// What is mentioned in a macro's input, in order.
#[derive(Default)]
pub(crate) struct Mentions {
    pub(crate) list: Vec<Mention>,
    /// Whether a word stands alone where a statement begins: perhaps one of the language is being typed.
    pub(crate) typing: bool,
}

/// One mention. A name may be missing that is being typed; then there is its sigil.
pub(crate) enum Mention {
    Word(Vocabulary, Ident),
    Partitioner(Span, Option<Ident>),
    Depot(Span, Option<Ident>),
    PState(Span, Option<Ident>),
    /// A call of no operator, where a statement may begin: perhaps of an operation.
    Call(Ident),
    /// `anchor 'name`, with its quote.
    Anchor(Punct, Ident),
    /// A name behind `from`, with its quote.
    Onward(Punct, Ident),
}

/// Where a word belongs: `global` is three different ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Declarations,
    /// What begins a statement.
    Statements,
    /// Behind a `|`.
    Partitioners,
    /// Behind the type of a depot.
    DepotPartitioners,
    /// In the braces of a depot.
    DepotOptions,
    /// In the braces of a PState.
    PStateOptions,
    /// In paths.
    Navigators,
}

impl Vocabulary {
    /// The module of the runtime with the documentation.
    pub(crate) fn module(self) -> &'static str {
        match self {
            Self::Declarations => "declarations",
            Self::Statements => "statements",
            Self::Partitioners => "partitioners",
            Self::DepotPartitioners => "depot_partitioners",
            Self::DepotOptions => "depot_options",
            Self::PStateOptions => "pstate_options",
            Self::Navigators => "navigators",
        }
    }
}

impl Mentions {
    pub(crate) fn of(input: &TokenStream) -> Self {
        let mut found = Self::default();
        found.scan(&input.clone().into_iter().collect::<Vec<_>>());
        found
    }

    fn scan(&mut self, tokens: &[TokenTree]) {
        for at in 0..tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(word) if begins(tokens, at) => {
                    let known = self.word(word, &tokens[at + 1..]);
                    self.typing |= !known && stands_alone(tokens, at);
                    if !known && called(tokens.get(at + 1)).is_some() {
                        self.list.push(Mention::Call(word.clone()));
                    }
                }
                TokenTree::Punct(bar) if is_hop(tokens, at) => {
                    let name = ident(tokens.get(at + 1));
                    if let (true, Some(args)) = (is_named(&name, "path"), group(tokens.get(at + 2)))
                    {
                        self.path(args);
                    }
                    self.list.push(Mention::Partitioner(bar.span(), name));
                }
                TokenTree::Punct(second)
                    if at > 0
                        && is_pair(&tokens[at - 1..], ['$', '$'])
                        && !declares(tokens, at) =>
                {
                    self.list.push(Mention::PState(second.span(), ident(tokens.get(at + 1))));
                }
                TokenTree::Group(group) => {
                    self.scan(&group.stream().into_iter().collect::<Vec<_>>());
                }
                _ => {}
            }
        }
    }

    /// A word where a statement or a declaration may begin; whether it is one of the language.
    fn word(&mut self, word: &Ident, rest: &[TokenTree]) -> bool {
        let name = word.to_string();
        let row = Word::find(&name, "").ok();
        let operator = Operator::find(&name, "").ok();
        let (group, called) = (group(rest.first()), called(rest.first()));
        let is_here = match row.map(|row| row.place) {
            Some(Place::Declaration) => group.is_none() && !rest.is_empty(),
            Some(Place::Call) => called.is_some(),
            Some(Place::Statement) => group.is_some() || is_punct(rest.first(), '\''),
            None => called.is_some() && operator.is_some(),
        };
        if !is_here {
            return false;
        }
        let vocabulary = match row {
            Some(row) if row.place == Place::Declaration => Vocabulary::Declarations,
            _ => Vocabulary::Statements,
        };
        self.list.push(Mention::Word(vocabulary, word.clone()));
        match (name.as_str(), called) {
            ("depot", _) => self.depot_partitioner(rest),
            ("pstate", _) => self.options::<PStateOption>(Vocabulary::PStateOptions, rest),
            ("source" | "depot_append", Some(args)) => self.depot(args),
            ("anchor" | "from", _) => self.anchors(&name, rest),
            (_, Some(args)) if operator.is_some_and(|row| row.params.contains(&Param::Path)) => {
                self.path(args);
            }
            _ => {}
        }
        true
    }

    /// `*name` at the beginning of arguments.
    fn depot(&mut self, args: &Group) {
        let args: Vec<TokenTree> = args.stream().into_iter().collect();
        if let Some(TokenTree::Punct(star)) = args.first()
            && star.as_char() == '*'
        {
            self.list.push(Mention::Depot(star.span(), ident(args.get(1))));
        }
    }

    /// `'name, 'other` behind one of the two words.
    fn anchors(&mut self, word: &str, rest: &[TokenTree]) {
        let pairs = rest.split(|token| is_punct(Some(token), ',')).map_while(|part| match part {
            [TokenTree::Punct(quote), TokenTree::Ident(name), ..] if quote.as_char() == '\'' => {
                Some((quote.clone(), name.clone()))
            }
            _ => None,
        });
        let is_anchor = word == "anchor";
        let count = if is_anchor { 1 } else { usize::MAX };
        self.list.extend(pairs.take(count).map(|(quote, name)| {
            if is_anchor { Mention::Anchor(quote, name) } else { Mention::Onward(quote, name) }
        }));
    }

    /// Elements of a path that are words of which nothing is known: navigators that are being typed. Those that are known
    /// are methods, which have their own documentation.
    fn path(&mut self, args: &Group) {
        let args = args.stream().into_iter().next();
        let Some(path) = group(args.as_ref()) else { return };
        let elements: Vec<TokenTree> = path.stream().into_iter().collect();
        for (at, element) in elements.iter().enumerate() {
            let alone = (at == 0 || is_punct(elements.get(at - 1), ','))
                && elements.get(at + 1).is_none_or(|next| is_punct(Some(next), ','));
            if let (true, TokenTree::Ident(name)) = (alone, element)
                && Navigator::find(&name.to_string(), "").is_err()
            {
                self.list.push(Mention::Word(Vocabulary::Navigators, name.clone()));
            }
        }
    }

    /// The last word of a depot's declaration, behind the last comma, and its options.
    fn depot_partitioner(&mut self, rest: &[TokenTree]) {
        let end = rest.iter().position(ends_declaration).unwrap_or(rest.len());
        let comma = rest[..end].iter().rposition(|token| is_punct(Some(token), ','));
        let name = comma.and_then(|comma| ident(rest.get(comma + 1)));
        self.known::<DepotPartitioner>(Vocabulary::DepotPartitioners, name);
        self.options::<DepotOption>(Vocabulary::DepotOptions, rest);
    }

    /// Words in the braces at the end of a declaration.
    fn options<R: Row>(&mut self, vocabulary: Vocabulary, rest: &[TokenTree]) {
        let options = rest.iter().find(|token| ends_declaration(token)).and_then(braces);
        let options: Vec<TokenTree> =
            options.into_iter().flat_map(|group| group.stream()).collect();
        for at in 0..options.len() {
            if at == 0 || is_punct(options.get(at - 1), ',') {
                self.known::<R>(vocabulary, ident(options.get(at)));
            }
        }
    }

    fn known<R: Row>(&mut self, vocabulary: Vocabulary, name: Option<Ident>) {
        let name = name.filter(|name| R::find(&name.to_string(), "").is_ok());
        self.list.extend(name.map(|name| Mention::Word(vocabulary, name)));
    }
}

fn ident(token: Option<&TokenTree>) -> Option<Ident> {
    match token {
        Some(TokenTree::Ident(name)) => Some(name.clone()),
        _ => None,
    }
}

fn group(token: Option<&TokenTree>) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) => Some(group),
        _ => None,
    }
}

/// The arguments of a call.
fn called(token: Option<&TokenTree>) -> Option<&Group> {
    group(token).filter(|group| group.delimiter() == Delimiter::Parenthesis)
}

fn is_named(name: &Option<Ident>, expected: &str) -> bool {
    name.as_ref().is_some_and(|name| name == expected)
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// A `;`, or options in braces.
fn ends_declaration(token: &TokenTree) -> bool {
    is_punct(Some(token), ';') || braces(token).is_some()
}

/// Whether the `$` at `at` belongs to a declaration.
fn declares(tokens: &[TokenTree], at: usize) -> bool {
    at > 1 && matches!(&tokens[at - 2], TokenTree::Ident(word) if word == "pstate")
}

/// Whether a statement or declaration may begin here.
fn begins(tokens: &[TokenTree], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else {
        return true;
    };
    let arrow = at > 1 && is_pair(&tokens[at - 2..], ['=', '>']);
    match before {
        TokenTree::Punct(punct) => punct.as_char() == ';' || arrow,
        // Behind a block, an attribute, `pub(crate)`.
        TokenTree::Group(group) => group.delimiter() != Delimiter::Parenthesis,
        // Behind `use` stands `op`.
        TokenTree::Ident(word) => word == "use",
        TokenTree::Literal(_) => false,
    }
}

/// The `|` of a partitioner: not of a closure, nor in front of a pattern.
fn is_hop(tokens: &[TokenTree], at: usize) -> bool {
    let next = |ahead: usize, punct: char| is_punct(tokens.get(at + ahead), punct);
    let begun = ident(tokens.get(at + 1)).map_or(1, |_| 2);
    next(0, '|')
        && begins(tokens, at)
        && !next(begun, '|')
        && !next(begun, '=')
        && !next(begun + 1, '=')
}

/// A word that nothing belongs to, between statements.
fn stands_alone(tokens: &[TokenTree], at: usize) -> bool {
    let is_name = |token: &TokenTree| syn::parse2::<Ident>(token.clone().into()).is_ok();
    let behind = at > 0;
    is_name(&tokens[at])
        && match tokens.get(at + 1) {
            None => behind,
            Some(TokenTree::Ident(_)) => true,
            Some(TokenTree::Punct(next)) => {
                next.as_char() == ';' || next.as_char() == '|' && next.spacing() == Spacing::Alone
            }
            _ => false,
        }
}
