//! `return`, `break` and `continue` that would leave more than the user sees, and `await`, which would leave the task.
//!
//! Everything behind an emit stands in a loop or a block that the macro makes. A jump out of the
//! user's Rust would drop the emits that are still to come, so it is refused. What a closure, an
//! async block or a loop of the user does inside stays its own business.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, Label, Lifetime};

use crate::syntax::Code;

/// A jump, where its keyword stands.
pub(super) struct Jump {
    pub(super) span: Span,
    pub(super) word: &'static str,
}

/// All jumps out of a piece of Rust. `return Err(…)` is none: it fails the record as a whole.
pub(super) fn jumps(code: &Code) -> Vec<Jump> {
    let mut finder = Finder { loops: 0, labels: Vec::new(), found: Vec::new() };
    if let Some(tree) = code.tree.as_deref() {
        finder.visit_expr(tree);
    }
    finder.found
}

/// The `?` in a piece of Rust, without those that stay in a closure of it.
pub(super) fn tries(code: &Code) -> Vec<Span> {
    let mut finder = Tries(Vec::new());
    if let Some(tree) = code.tree.as_deref() {
        finder.visit_expr(tree);
    }
    finder.0
}

struct Tries(Vec<Span>);

impl<'ast> Visit<'ast> for Tries {
    fn visit_expr_try(&mut self, found: &'ast syn::ExprTry) {
        self.0.push(found.question_token.span);
        visit::visit_expr_try(self, found);
    }

    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

struct Finder {
    /// How many loops of the user are around.
    loops: usize,
    /// The labels of the user's loops and blocks that are around.
    labels: Vec<String>,
    found: Vec<Jump>,
}

impl Finder {
    /// A jump to a label, or out of the innermost loop.
    fn jump(&mut self, word: &'static str, span: Span, label: Option<&Lifetime>) {
        let own = match label {
            Some(label) => self.labels.contains(&label.ident.to_string()),
            None => self.loops > 0,
        };
        if !own {
            self.found.push(Jump { span, word });
        }
    }

    fn labelled(&mut self, label: Option<&Label>, inside: impl FnOnce(&mut Self)) {
        let depth = self.labels.len();
        self.labels.extend(label.map(|label| label.name.ident.to_string()));
        inside(self);
        self.labels.truncate(depth);
    }

    fn repeated(&mut self, label: Option<&Label>, inside: impl FnOnce(&mut Self)) {
        self.loops += 1;
        self.labelled(label, inside);
        self.loops -= 1;
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_return(&mut self, found: &'ast syn::ExprReturn) {
        if !found.expr.as_deref().is_some_and(is_error) {
            self.found.push(Jump { span: found.return_token.span, word: "return" });
        }
        visit::visit_expr_return(self, found);
    }

    fn visit_expr_break(&mut self, found: &'ast syn::ExprBreak) {
        self.jump("break", found.break_token.span, found.label.as_ref());
        visit::visit_expr_break(self, found);
    }

    fn visit_expr_continue(&mut self, found: &'ast syn::ExprContinue) {
        self.jump("continue", found.continue_token.span, found.label.as_ref());
    }

    fn visit_expr_loop(&mut self, found: &'ast syn::ExprLoop) {
        self.repeated(found.label.as_ref(), |inner| inner.visit_block(&found.body));
    }

    fn visit_expr_while(&mut self, found: &'ast syn::ExprWhile) {
        self.repeated(found.label.as_ref(), |inner| {
            inner.visit_expr(&found.cond);
            inner.visit_block(&found.body);
        });
    }

    fn visit_expr_for_loop(&mut self, found: &'ast syn::ExprForLoop) {
        self.visit_expr(&found.expr);
        self.repeated(found.label.as_ref(), |inner| inner.visit_block(&found.body));
    }

    fn visit_expr_block(&mut self, found: &'ast syn::ExprBlock) {
        self.labelled(found.label.as_ref(), |inner| inner.visit_block(&found.block));
    }

    fn visit_expr_await(&mut self, found: &'ast syn::ExprAwait) {
        self.found.push(Jump { span: found.await_token.span, word: "await" });
        visit::visit_expr_await(self, found);
    }

    // What stands in these is left by their own jumps.
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// `Err(…)`, also with `?`, a method or parentheses around it.
fn is_error(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Err"),
            _ => false,
        },
        Expr::Try(inner) => is_error(&inner.expr),
        Expr::Paren(inner) => is_error(&inner.expr),
        Expr::MethodCall(call) => is_error(&call.receiver),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> String {
        let tokens: proc_macro2::TokenStream = code.parse().unwrap();
        let words: Vec<_> = jumps(&Code::new(tokens)).iter().map(|one| one.word).collect();
        words.join(" ")
    }

    #[test]
    fn jumps_out_of_the_flow_are_found() {
        assert_eq!(words("return"), "return");
        assert_eq!(words("{ if a { return Ok(()) } break; }"), "return break");
        assert_eq!(words("for x in { continue } { return; }"), "continue return");
        assert_eq!(words("for x in y { break 'other; }"), "break");
        assert_eq!(words("'a: { break }"), "break");
        assert_eq!(words("f(a.await?, async { b.await })"), "await");
    }

    #[test]
    fn question_marks_are_found_unless_a_closure_keeps_them() {
        let count = |code: &str| {
            let tokens: proc_macro2::TokenStream = code.parse().unwrap();
            tries(&Code::new(tokens)).len()
        };
        assert_eq!(count("f(a?, b.c?)"), 2);
        assert_eq!(count("|a| a?.len()"), 0);
    }

    #[test]
    fn errors_and_jumps_inside_of_own_code_are_no_jumps() {
        assert_eq!(words("{ return Err(a)?; return Err(a.into()); }"), "");
        assert_eq!(words("|a| { return a; }"), "");
        assert_eq!(words("async { return a; }"), "");
        assert_eq!(words("{ fn f() { return; } }"), "");
        assert_eq!(words("'a: loop { while b { break 'a; } continue; }"), "");
        assert_eq!(words("'a: { break 'a c; }"), "");
    }
}
