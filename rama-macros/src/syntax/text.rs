//! Tokens as the user wrote them, on one line: for labels, messages and the printed plan.

use proc_macro2::{Delimiter, Group, LineColumn, Spacing, TokenStream, TokenTree};

/// The tokens as text; white space of any length becomes one space.
pub(crate) fn text(tokens: &TokenStream) -> String {
    let mut writer = Writer { out: String::new(), last: None, word: false, joint: false };
    writer.stream(tokens);
    writer.out
}

/// The text, cut to a length that fits into a label.
pub(crate) fn label(tokens: &TokenStream) -> String {
    /// Labels stand in one line of a metric or of an error, beside names of similar length.
    const LABEL_CHARS_MAX: usize = 60;
    let full = text(tokens);
    if full.chars().count() <= LABEL_CHARS_MAX {
        return full;
    }
    full.chars().take(LABEL_CHARS_MAX - 1).chain(['…']).collect()
}

struct Writer {
    out: String,
    /// Where the last token ended.
    last: Option<LineColumn>,
    /// Whether the last token was a word, which must not touch another one.
    word: bool,
    joint: bool,
}

impl Writer {
    fn stream(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            match token {
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Ident(ident) => self.token(&ident.to_string(), &ident.span(), true),
                TokenTree::Literal(lit) => self.token(&lit.to_string(), &lit.span(), true),
                TokenTree::Punct(punct) => {
                    self.token(&punct.as_char().to_string(), &punct.span(), false);
                    self.joint = punct.spacing() == Spacing::Joint;
                }
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        if open.is_empty() {
            return self.stream(&group.stream());
        }
        self.token(open, &group.span_open(), false);
        self.stream(&group.stream());
        self.token(close, &group.span_close(), false);
    }

    /// One token, after a space when there was white space before it or two words would touch.
    fn token(&mut self, token: &str, span: &proc_macro2::Span, word: bool) {
        let start = span.start();
        let apart = self.last.is_some_and(|last| start != last) && !self.joint;
        if apart || (word && self.word) {
            self.out.push(' ');
        }
        self.out.push_str(token);
        self.last = Some(span.end());
        self.word = word;
        self.joint = false;
    }
}
