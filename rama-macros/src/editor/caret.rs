//! The word that rust-analyzer puts where the cursor is.
//!
//! While somebody types it expands a macro twice, as the text stands and with a word at the cursor, and takes the
//! place of that word in the second expansion for a place in the first. So both have to be the same but for the
//! word, although with it a name is unknown, or a statement complete that was not. Here a macro expands the text as
//! it stands in either case; afterwards the word is put where its neighbours went.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// The word, as it has been called by different versions. If it gets another name, completion becomes less exact;
/// nothing else looks at it.
const WORDS: &[&str] = &["raCompletionMarker", "intellijRulezz"];

/// Expands a macro whose input may have the word in it.
pub(crate) fn at_caret(
    input: TokenStream,
    expand: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut found = None;
    let plain = without(&input, None, &mut found);
    let Some(caret) = found else {
        return expand(input);
    };
    let mut placed = false;
    let output = caret.put_back(&expand(plain), &mut placed);
    if placed { output } else { expand(input) }
}

/// Where the cursor is.
struct Caret {
    /// The word, behind what is typed already of a name.
    word: Ident,
    neighbour: Neighbour,
}

/// What tells the place in the expansion.
enum Neighbour {
    /// The name that is being typed.
    Begun(Ident),
    /// Nothing is typed yet: the token in front of it.
    Behind(TokenTree),
    /// Nothing is in front of it in these brackets.
    Inside(Delimiter, Span),
}

/// The tokens without the word.
fn without(
    tokens: &TokenStream,
    around: Option<(Delimiter, Span)>,
    found: &mut Option<Caret>,
) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Ident(word) if found.is_none() && is_marked(&word) => {
                let begun = WORDS.iter().fold(word.to_string(), |text, one| text.replace(one, ""));
                let neighbour = if !begun.is_empty() {
                    let begun = match begun.strip_prefix("r#") {
                        Some(raw) => Ident::new_raw(raw, word.span()),
                        None => Ident::new(&begun, word.span()),
                    };
                    kept.push(begun.clone().into());
                    Neighbour::Begun(begun)
                } else if let Some(last) = kept.last() {
                    Neighbour::Behind(last.clone())
                } else {
                    let (delimiter, span) = around.unwrap_or((Delimiter::None, Span::call_site()));
                    Neighbour::Inside(delimiter, span)
                };
                *found = Some(Caret { word, neighbour });
            }
            TokenTree::Group(group) if found.is_none() => {
                let around = Some((group.delimiter(), group.span_open()));
                let inside = without(&group.stream(), around, found);
                // A group that is made anew would forget where its brackets are.
                kept.push(if found.is_some() { regrouped(&group, inside) } else { group.into() });
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_marked(word: &Ident) -> bool {
    let text = word.to_string();
    WORDS.iter().any(|one| text.contains(one))
}

fn regrouped(group: &Group, inside: TokenStream) -> TokenTree {
    let mut new = Group::new(group.delimiter(), inside);
    new.set_span(group.span());
    new.into()
}

impl Caret {
    fn put_back(&self, tokens: &TokenStream, placed: &mut bool) -> TokenStream {
        let mut out = Vec::new();
        for token in tokens.clone() {
            let token = match token {
                TokenTree::Group(group) => self.put_into(&group, placed),
                other => other,
            };
            match &self.neighbour {
                Neighbour::Begun(begun) if is_token(&token, &begun.clone().into()) => {
                    out.push(self.word.clone().into());
                    *placed = true;
                }
                Neighbour::Behind(before) if is_token(&token, before) => {
                    out.extend([token, self.word.clone().into()]);
                    *placed = true;
                }
                _ => out.push(token),
            }
        }
        out.into_iter().collect()
    }

    fn put_into(&self, group: &Group, placed: &mut bool) -> TokenTree {
        let before = *placed;
        let mut inside = TokenStream::new();
        if let Neighbour::Inside(delimiter, open) = &self.neighbour
            && group.delimiter() == *delimiter
            && is_same_place(group.span_open(), *open)
        {
            inside.extend([TokenTree::Ident(self.word.clone())]);
            *placed = true;
        }
        inside.extend(self.put_back(&group.stream(), placed));
        if *placed == before { group.clone().into() } else { regrouped(group, inside) }
    }
}

/// Whether a token of the expansion is that one of the input. A sigil goes into the expansion as another
/// punctuation at its place.
fn is_token(token: &TokenTree, input: &TokenTree) -> bool {
    match (token, input) {
        (TokenTree::Punct(token), TokenTree::Punct(input)) => {
            is_same_place(token.span(), input.span())
        }
        (TokenTree::Group(token), TokenTree::Group(input)) => {
            token.delimiter() == input.delimiter()
                && is_same_place(token.span_close(), input.span_close())
        }
        (TokenTree::Ident(token), TokenTree::Ident(input)) => {
            token == input && is_same_place(token.span(), input.span())
        }
        (TokenTree::Literal(token), TokenTree::Literal(input)) => {
            token.to_string() == input.to_string() && is_same_place(token.span(), input.span())
        }
        _ => false,
    }
}

/// Spans cannot be compared; those of one place are printed alike. Lines and columns would do, but a macro server
/// has to ask its editor for them.
fn is_same_place(one: Span, other: Span) -> bool {
    format!("{one:?}") == format!("{other:?}")
}
