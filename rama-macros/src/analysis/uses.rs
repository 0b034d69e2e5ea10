//! Which variables a piece of Rust uses: in expressions exactly, in tokens by name.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprLit, Lit, Pat, Stmt, Token};

use crate::syntax::{Bind, Code, binds};

/// One occurrence of a name that may be a variable.
pub(super) struct Use {
    pub(super) name: Ident,
    /// Whether it can only be a variable: not a function that is called, not a token of a macro.
    pub(super) certain: bool,
}

/// The names in a piece of Rust that it does not bind itself.
pub(super) struct Names {
    pub(super) used: Vec<Use>,
    /// Functions that are called by a single name.
    pub(super) called: Vec<Ident>,
}

/// All names in a piece of Rust that it does not bind itself.
pub(super) fn names(code: &Code) -> Names {
    let names = Names { used: Vec::new(), called: Vec::new() };
    let mut finder = Finder { bound: Vec::new(), names };
    match code.tree.as_deref() {
        Some(tree) => finder.visit_expr(tree),
        None => finder.tokens(&code.tokens),
    }
    finder.names
}

/// The variables that a condition binds for its branch: `if let Some(x) = …`.
pub(super) fn condition_binds(code: &Code) -> Vec<Bind> {
    match code.tree.as_deref() {
        Some(tree) => let_binds(tree),
        None => Vec::new(),
    }
}

fn let_binds(tree: &Expr) -> Vec<Bind> {
    match tree {
        Expr::Let(condition) => binds(&condition.pat),
        Expr::Binary(both) => [let_binds(&both.left), let_binds(&both.right)].concat(),
        _ => Vec::new(),
    }
}

/// Whether control never comes out of a piece of Rust, as far as its form says.
pub(super) fn diverges(code: &Code) -> bool {
    match code.tree.as_deref() {
        Some(Expr::Return(_) | Expr::Continue(_) | Expr::Break(_)) => true,
        // `return Err(…)?` is an error that is raised, then returned.
        Some(Expr::Try(inner)) => matches!(*inner.expr, Expr::Return(_)),
        Some(Expr::Macro(call)) => call.mac.path.segments.last().is_some_and(|last| {
            ["panic", "unreachable", "todo", "unimplemented", "bail"]
                .iter()
                .any(|name| last.ident == name)
        }),
        _ => false,
    }
}

struct Finder {
    /// Names that are bound inside the piece, scope by scope.
    bound: Vec<BTreeSet<String>>,
    names: Names,
}

impl Finder {
    fn found(&mut self, name: &Ident, certain: bool) {
        if !self.is_bound(name) {
            self.names.used.push(Use { name: name.clone(), certain });
        }
    }

    fn is_bound(&self, name: &Ident) -> bool {
        let text = name.to_string();
        self.bound.iter().any(|scope| scope.contains(&text))
    }

    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        self.bound.push(BTreeSet::new());
        inside(self);
        self.bound.pop();
    }

    /// Binds the variables of a pattern in the innermost scope.
    fn bind(&mut self, pat: &Pat) {
        let names = binds(pat).into_iter().map(|bind| bind.name.to_string());
        match self.bound.last_mut() {
            Some(scope) => scope.extend(names),
            // A condition at the top: its bindings hold for what stands right of it.
            None => self.bound.push(names.collect()),
        }
        // Constants and expressions inside the pattern.
        visit::visit_pat(self, pat);
    }

    /// Tokens of which only the names are known: any word may be a variable, unless it is clearly
    /// a field, a path or a macro.
    fn tokens(&mut self, tokens: &TokenStream) {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let punct = |at: Option<usize>, wanted: char| {
            let token = at.and_then(|at| tokens.get(at));
            matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
        };
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1);
            match token {
                TokenTree::Group(group) => self.tokens(&group.stream()),
                TokenTree::Literal(literal) => self.captures(literal, false),
                TokenTree::Ident(name) => {
                    // `..name` is a range, `.name` a field.
                    let field = punct(before, '.') && !punct(at.checked_sub(2), '.');
                    let part = punct(before, ':') && punct(at.checked_sub(2), ':');
                    let path = punct(Some(at + 1), ':') && punct(Some(at + 2), ':');
                    let label = punct(before, '\'');
                    if !(field || part || path || label) {
                        self.found(name, false);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// The arguments of a macro of the standard library, of which the text that stands at that place may capture others
    /// by name.
    fn values(&mut self, values: &[Expr], text_at: Option<usize>) {
        // `name = value` is for the text.
        let named = values.iter().filter_map(|value| match value {
            Expr::Assign(named) => Some(named.left.to_token_stream().to_string()),
            _ => None,
        });
        let named: BTreeSet<String> = named.collect();
        for (at, value) in values.iter().enumerate() {
            match value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text_at == Some(at) => {
                    self.bound.push(named.clone());
                    self.captures(&text.token(), true);
                    self.bound.pop();
                }
                Expr::Assign(named) => self.visit_expr(&named.right),
                other => self.visit_expr(other),
            }
        }
    }

    /// Inline captures of a format string: `"{name}"`, `"{name:?}"`, `"{:width$}"`.
    fn captures(&mut self, literal: &proc_macro2::Literal, certain: bool) {
        let Ok(text) = syn::parse2::<syn::LitStr>(TokenTree::from(literal.clone()).into()) else {
            return;
        };
        for name in capture_names(&text.value()) {
            // `{type}` means `r#type`.
            let raw = |_| syn::parse_str::<Ident>(&format!("r#{name}"));
            if let Ok(name) = syn::parse_str::<Ident>(&name).or_else(raw) {
                self.found(&respanned(name, literal.span()), certain);
            }
        }
    }
}

/// Macros of the standard library that take values, as a call does, and which of them is a text that is filled in.
const TAKE_VALUES: &[(&str, Option<usize>)] = &[
    ("format", Some(0)),
    ("print", Some(0)),
    ("println", Some(0)),
    ("eprint", Some(0)),
    ("eprintln", Some(0)),
    ("panic", Some(0)),
    ("unreachable", Some(0)),
    ("todo", Some(0)),
    ("write", Some(1)),
    ("writeln", Some(1)),
    ("assert", Some(1)),
    ("debug_assert", Some(1)),
    ("assert_eq", Some(2)),
    ("assert_ne", Some(2)),
    ("vec", None),
];

fn respanned(mut name: Ident, span: Span) -> Ident {
    name.set_span(span);
    name
}

/// The words inside the braces of a format string, in order.
fn capture_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else {
            break;
        };
        let (name, spec) = rest[..close].split_once(':').unwrap_or((&rest[..close], ""));
        names.push(name.trim().to_owned());
        // A width or a precision: `{:width$.precision$}`.
        let params = spec.split_inclusive('$').filter_map(|part| part.strip_suffix('$'));
        let word = |part: &str| {
            let start =
                part.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            part[start..].to_owned()
        };
        names.extend(params.map(word));
        rest = &rest[close..];
    }
    names.retain(|name| !name.is_empty());
    names
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let (None, Some(name)) = (&path.qself, path.path.get_ident()) {
            self.found(name, true);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        match &*call.func {
            Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
                // It may be a closure in a variable, or a function.
                let name = &path.path.segments[0].ident;
                self.found(name, false);
                if !self.is_bound(name) {
                    self.names.called.push(name.clone());
                }
            }
            other => self.visit_expr(other),
        }
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let name = mac.path.segments.last().map(|last| last.ident.to_string());
        let known = TAKE_VALUES.iter().find(|(known, _)| name.as_deref() == Some(*known));
        let values = Punctuated::<Expr, Token![,]>::parse_terminated;
        match (known, values.parse2(mac.tokens.clone())) {
            (Some((_, text)), Ok(values)) => {
                self.values(&values.into_iter().collect::<Vec<_>>(), *text);
            }
            _ => self.tokens(&mac.tokens),
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Verbatim(tokens) => self.tokens(tokens),
            other => visit::visit_expr(self, other),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|inner| {
            closure.inputs.iter().for_each(|input| inner.bind(input));
            inner.visit_expr(&closure.body);
        });
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.scope(|inner| visit::visit_block(inner, block));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
        self.bind(&local.pat);
    }

    fn visit_expr_let(&mut self, condition: &'ast syn::ExprLet) {
        self.visit_expr(&condition.expr);
        self.bind(&condition.pat);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.scope(|inner| {
            inner.visit_expr(&branch.cond);
            inner.visit_block(&branch.then_branch);
        });
        if let Some((_, otherwise)) = &branch.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.scope(|inner| {
            inner.visit_expr(&repeat.cond);
            inner.visit_block(&repeat.body);
        });
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.scope(|inner| {
            inner.bind(&repeat.pat);
            inner.visit_block(&repeat.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|inner| {
            inner.bind(&arm.pat);
            inner.visit_expr(&arm.body);
        });
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        match stmt {
            // Functions cannot use variables from outside.
            Stmt::Item(_) => {}
            other => visit::visit_stmt(self, other),
        }
    }

    // A name in a pattern is bound, not used.
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        if let Some((_, inner)) = &pat.subpat {
            self.visit_pat(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(code: &str) -> String {
        let tokens: TokenStream = code.parse().unwrap();
        let found = super::names(&Code::new(tokens));
        let names: Vec<_> = found.used.iter().map(|one| one.name.to_string()).collect();
        names.join(" ")
    }

    #[test]
    fn closures_lets_arms_and_loops_hide_names() {
        assert_eq!(names("|a| a + b"), "b");
        assert_eq!(names("{ let a = c; a + b }"), "c b");
        assert_eq!(names("match e { Some(a) if a > b => a, c => c + d }"), "e b d");
        assert_eq!(names("if let Some(a) = b { a } else { a }"), "b a");
        assert_eq!(names("for a in b { a + c; }"), "b c");
        assert_eq!(names("let Some(a) = b && a > c"), "b c");
    }

    #[test]
    fn macros_are_searched_by_name_and_format_strings_for_captures() {
        assert_eq!(names("println!(\"{a} {b:?} {{c}} {:d$} {}\", e, f.g)"), "a b d e f");
        assert_eq!(names("vec![a::b, c; d]"), "c d");
        assert_eq!(names("format!(\"{type}\")"), "r#type");
    }

    #[test]
    fn fields_methods_and_paths_are_no_variables() {
        assert_eq!(names("a.b.c(d) + e::f + Foo { g, h: i }"), "a d g i");
    }

    #[test]
    fn what_is_no_rust_is_searched_by_name() {
        assert_eq!(names("a. + b"), "a b");
    }
}
