//! A place in a list of tokens. The grammar is read on tokens, so that one broken piece does not
//! hide the others; `syn` reads only the pieces that are Rust.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};

/// A position in tokens, moving forward only.
pub(crate) struct Cursor {
    tokens: Vec<TokenTree>,
    at: usize,
    /// Where to point when the tokens end too early: the end of what contains them.
    close: Span,
}

impl Cursor {
    pub(crate) fn new(tokens: TokenStream, close: Span) -> Self {
        Self { tokens: tokens.into_iter().collect(), at: 0, close }
    }

    /// The inside of a group.
    pub(crate) fn inside(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The tokens that are still ahead.
    pub(crate) fn rest(&self) -> &[TokenTree] {
        &self.tokens[self.at.min(self.tokens.len())..]
    }

    pub(crate) fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + ahead)
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(crate) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.tokens.len());
    }

    /// Takes the next `count` tokens.
    pub(crate) fn take(&mut self, count: usize) -> Vec<TokenTree> {
        let taken = self.rest()[..count.min(self.rest().len())].to_vec();
        self.skip(count);
        taken
    }

    /// Takes everything that is left.
    pub(crate) fn take_rest(&mut self) -> Vec<TokenTree> {
        self.take(self.rest().len())
    }

    /// The token ahead, or the end of the surrounding group.
    pub(crate) fn span(&self) -> Span {
        self.peek(0).map_or(self.close, start)
    }

    /// The token just read, for messages about something missing after it.
    pub(crate) fn previous(&self) -> Span {
        match self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            Some(TokenTree::Group(group)) => group.span_close(),
            Some(token) => token.span(),
            None => self.close,
        }
    }

    pub(crate) fn is_punct(&self, ahead: usize, punct: char) -> bool {
        is_punct(self.peek(ahead), punct)
    }

    /// Two puncts written together, such as `:>`.
    pub(crate) fn is_pair(&self, ahead: usize, pair: [char; 2]) -> bool {
        is_pair(self.rest().get(ahead..).unwrap_or_default(), pair)
    }

    pub(crate) fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Ident(ident)) if ident == word)
    }

    pub(crate) fn ident(&self, ahead: usize) -> Option<&Ident> {
        match self.peek(ahead) {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn group(&self, ahead: usize, delimiter: Delimiter) -> Option<&Group> {
        match self.peek(ahead) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
            _ => None,
        }
    }

    /// Takes the punct when it is next.
    pub(crate) fn eat(&mut self, punct: char) -> bool {
        let found = self.is_punct(0, punct);
        self.skip(usize::from(found));
        found
    }
}

/// Reads a piece of Rust at the front of `tokens` and says how many tokens it took.
pub(crate) fn prefix<T>(
    tokens: &[TokenTree],
    parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(T, usize)> {
    let both = |input: ParseStream<'_>| {
        let node = parser(input)?;
        let rest: TokenStream = input.parse()?;
        Ok((node, rest.into_iter().count()))
    };
    let (node, rest) = both.parse2(tokens.iter().cloned().collect())?;
    Ok((node, tokens.len() - rest))
}

/// The first character of a token: for a group only its delimiter.
pub(super) fn start(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

pub(crate) fn is_punct(token: Option<&TokenTree>, punct: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == punct)
}

/// Whether the tokens start with two puncts written together.
pub(crate) fn is_pair(tokens: &[TokenTree], [first, second]: [char; 2]) -> bool {
    let joint = matches!(tokens.first(), Some(TokenTree::Punct(punct))
        if punct.as_char() == first && punct.spacing() == Spacing::Joint);
    joint && is_punct(tokens.get(1), second)
}
