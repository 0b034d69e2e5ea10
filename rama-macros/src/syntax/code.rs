//! Pieces of Rust inside the language: expressions, patterns, types.
//!
//! The user's tokens are always kept and are what is emitted. Where `syn` understands them, its
//! tree is there too, for finding variables; where it does not, rustc gets to say why.

use std::rc::Rc;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

use super::Call;
use super::cursor::{is_pair, is_punct, prefix, start};
use super::statement::as_call;

/// An expression.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) tokens: TokenStream,
    /// Absent when `syn` cannot read the tokens.
    pub(crate) tree: Option<Rc<Expr>>,
}

impl Code {
    pub(crate) fn new(tokens: impl IntoIterator<Item = TokenTree>) -> Self {
        let tokens: TokenStream = tokens.into_iter().collect();
        let tree = syn::parse2(tokens.clone()).ok().map(Rc::new);
        Self { tokens, tree }
    }

    /// A condition of `if` or the value of `match`: no struct literal at its end.
    pub(crate) fn head(tokens: impl IntoIterator<Item = TokenTree>) -> Self {
        let tokens: TokenStream = tokens.into_iter().collect();
        let tree = Expr::parse_without_eager_brace.parse2(tokens.clone()).ok().map(Rc::new);
        Self { tokens, tree }
    }

    /// The elements of a tuple of two or more.
    pub(crate) fn tuple(&self) -> Option<Vec<Self>> {
        let Some(Expr::Tuple(tuple)) = self.tree.as_deref() else {
            return None;
        };
        let mut tokens = self.tokens.clone().into_iter();
        let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else {
            return None;
        };
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let elements = split_at_commas(&inside).into_iter().map(Self::new).collect();
        (tuple.elems.len() > 1).then_some(elements)
    }

    /// The parameter and the body of a closure with one parameter.
    pub(crate) fn closure(&self) -> Option<(TokenStream, Self)> {
        let Some(Expr::Closure(closure)) = self.tree.as_deref() else {
            return None;
        };
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        let bars: Vec<usize> =
            (0..tokens.len()).filter(|&at| is_punct(tokens.get(at), '|')).take(2).collect();
        let (&[open, close], 1) = (bars.as_slice(), closure.inputs.len()) else {
            return None;
        };
        let body = Self::new(tokens[close + 1..].iter().cloned());
        Some((tokens[open + 1..close].iter().cloned().collect(), body))
    }

    /// A closure with several parameters as one with a tuple of them: `|a, b| …` as `|(a, b)| …`. Anything else
    /// stays what it is.
    pub(crate) fn tupled(&self) -> Self {
        let Some(Expr::Closure(closure)) = self.tree.as_deref() else {
            return self.clone();
        };
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        let mut bars = (0..tokens.len()).filter(|&at| is_punct(tokens.get(at), '|'));
        let (Some(open), Some(close), true) = (bars.next(), bars.next(), closure.inputs.len() > 1)
        else {
            return self.clone();
        };
        let inputs = closure.inputs.iter();
        let (patterns, types): (Vec<TokenStream>, Vec<TokenStream>) = inputs.map(typed).unzip();
        let typed = closure.inputs.iter().any(|input| matches!(input, Pat::Type(_)));
        let types = typed.then(|| quote!(: (#(#types),*)));
        // A message about the tuple is a message about the first parameter.
        let at = tokens[open + 1].span();
        let tuple = quote_spanned!(at=> (#(#patterns),*) #types);
        let (before, after) = (&tokens[..=open], &tokens[close..]);
        Self::new(quote!(#(#before)* #tuple #(#after)*))
    }

    /// What stands in the parentheses of `name(…)`.
    pub(crate) fn argument(&self) -> Option<Self> {
        match self.tokens.clone().into_iter().last()? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                Some(Self::new(group.stream()))
            }
            _ => None,
        }
    }

    /// The call that the expression is, when it is one by a single name.
    pub(crate) fn call(&self) -> Option<Call> {
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        let (name, args) = as_call(&tokens)?;
        Some(Call { name: name.clone(), args, code: self.clone(), pattern: None })
    }

    /// The first token, to point at.
    pub(crate) fn span(&self) -> Span {
        first_span(&self.tokens)
    }
}

/// A parameter of a closure and its type, which is left to rustc when it is not written.
fn typed(input: &Pat) -> (TokenStream, TokenStream) {
    match input {
        Pat::Type(typed) => {
            let (attrs, pat, ty) = (&typed.attrs, &typed.pat, &typed.ty);
            (quote!(#(#attrs)* #pat), quote!(#ty))
        }
        other => (quote!(#other), quote!(_)),
    }
}

/// The span of the first token.
pub(crate) fn first_span(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| start(&token))
}

/// A pattern with the variables it binds, in order.
#[derive(Clone)]
pub(crate) struct Pattern {
    pub(crate) tokens: TokenStream,
    pub(crate) binds: Vec<Bind>,
}

/// A variable where it is bound.
#[derive(Clone)]
pub(crate) struct Bind {
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
}

impl Pattern {
    /// `_`
    pub(crate) fn nothing() -> Self {
        Self { tokens: quote!(_), binds: Vec::new() }
    }

    pub(crate) fn new(tokens: TokenStream, pat: &Pat) -> Self {
        Self { tokens, binds: binds(pat) }
    }

    /// The output streams of an operation that the pattern names: `even(n) | odd(n)`.
    pub(crate) fn streams(&self) -> Vec<Ident> {
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        (0..tokens.len()).filter_map(|at| stream_at(&tokens, at)).collect()
    }

    /// Whether it is a name and nothing else.
    pub(crate) fn is_name(&self) -> bool {
        self.binds.len() == 1 && self.tokens.clone().into_iter().count() == 1
    }

    /// The same pattern, whose streams are variants of the operation's type.
    pub(crate) fn of_op(&self, op: &Ident) -> Self {
        let tokens: Vec<TokenTree> = self.tokens.clone().into_iter().collect();
        let qualified = tokens.iter().enumerate().map(|(at, token)| {
            let path = stream_at(&tokens, at).map(|stream| quote_spanned!(stream.span()=> #op::));
            quote!(#path #token)
        });
        Self { tokens: qualified.collect(), binds: self.binds.clone() }
    }

    /// Reads a pattern at the front of the tokens; gives it and its length.
    pub(crate) fn prefix(tokens: &[TokenTree]) -> syn::Result<(Self, usize)> {
        let (pat, length) = prefix(tokens, Pat::parse_multi_with_leading_vert)?;
        Ok((Self::new(tokens[..length].iter().cloned().collect(), &pat), length))
    }
}

/// `name(…)` at the beginning of an alternative.
fn stream_at(tokens: &[TokenTree], at: usize) -> Option<Ident> {
    let first = at == 0 || is_punct(tokens.get(at - 1), '|');
    match (&tokens[at], tokens.get(at + 1)) {
        (TokenTree::Ident(name), Some(TokenTree::Group(group)))
            if first && group.delimiter() == Delimiter::Parenthesis =>
        {
            Some(name.clone())
        }
        _ => None,
    }
}

/// The variables a pattern binds. Alternatives bind the same ones, so the first one counts.
pub(crate) fn binds(pat: &Pat) -> Vec<Bind> {
    let mut found = Binds(Vec::new());
    found.visit_pat(pat);
    found.0
}

struct Binds(Vec<Bind>);

impl<'ast> Visit<'ast> for Binds {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        // A lone capitalised name is a constant or a variant: Rust's own lints insist on it.
        let constant = pat.subpat.is_none()
            && pat.ident.to_string().trim_start_matches('_').starts_with(char::is_uppercase);
        if !constant {
            self.0.push(Bind { name: pat.ident.clone(), mutable: pat.mutability.is_some() });
        }
        visit::visit_pat_ident(self, pat);
    }

    fn visit_pat_or(&mut self, pat: &'ast syn::PatOr) {
        if let Some(first) = pat.cases.first() {
            self.visit_pat(first);
        }
    }

    // Expressions inside patterns bind nothing.
    fn visit_expr(&mut self, _: &'ast Expr) {}
}

/// Splits at commas that separate, not at those in `::<A, B>` or in a closure's parameters.
pub(crate) fn split_at_commas(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let length = comma_free(&tokens[start..]);
        parts.push(tokens[start..start + length].to_vec());
        start += length + 1;
    }
    parts
}

/// The name in front of an argument that is given by name: `name: value`.
pub(crate) fn option_name(tokens: &[TokenTree]) -> Option<&Ident> {
    match tokens {
        [TokenTree::Ident(name), TokenTree::Punct(colon), ..]
            if colon.as_char() == ':' && !is_pair(&tokens[1..], [':', ':']) =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// The length of the first argument.
pub(crate) fn comma_free(tokens: &[TokenTree]) -> usize {
    if option_name(tokens).is_some() {
        return 2 + comma_free(&tokens[2..]);
    }
    let plain = tokens.iter().position(|token| is_punct(Some(token), ',')).unwrap_or(tokens.len());
    // `syn` knows where an expression ends; only what it cannot read is cut at the next comma.
    match prefix(tokens, |input| input.parse::<Expr>()) {
        Ok((_, length)) if length == tokens.len() || is_punct(tokens.get(length), ',') => length,
        _ => plain,
    }
}

/// The length of a head before its block: everything up to the first brace group.
pub(crate) fn head_length(tokens: &[TokenTree]) -> Option<usize> {
    let opens = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    tokens.iter().position(opens)
}

/// Where `:>` stands.
pub(crate) fn emit_arrow(tokens: &[TokenTree]) -> Option<usize> {
    (0..tokens.len()).find(|&at| is_pair(&tokens[at..], [':', '>']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_parameters_become_a_tuple_with_their_types() {
        let tupled = |code: &str| {
            let tokens: TokenStream = code.parse().unwrap();
            Code::new(tokens).tupled().tokens.to_string()
        };
        assert_eq!(tupled("|a, mut b| a + b"), "| (a , mut b) | a + b");
        assert_eq!(
            tupled("move |a, b: &Map<i64, u64>| -> u64 { c(|d, e| d) }"),
            "move | (a , b) : (_ , & Map < i64 , u64 >) | -> u64 { c (| d , e | d) }"
        );
        assert_eq!(tupled("|(a, b), [c, ..]| d"), "| ((a , b) , [c , ..]) | d");
        for same in ["| a | b", "| (a , b) | c", "|| a", "f (| a , b | c)", "a | b"] {
            assert_eq!(tupled(same), same);
        }
    }
}
