//! Tests of the compiler without a runtime, one file per stage, one `check` per boundary.

mod analysis;
mod control;
mod depot;
mod editor;
mod emit;
mod hop;
mod locality;
mod path;
mod plan;
mod pstate;
mod syntax;
mod table;

use expect_test::Expect;
use proc_macro2::{Span, TokenStream};

use crate::diagnostics::Diagnostics;
use crate::expand::compile;
use crate::plan::show;
use crate::syntax::{Cursor, Statement, parse_statements, text};

/// Compares the statements of a flow, one a line, and the messages about them.
fn check_syntax(source: &str, expected: &Expect) {
    let mut errors = Diagnostics::default();
    let mut cursor = Cursor::new(tokens(source), Span::call_site());
    let statements = parse_statements(&mut cursor, &mut errors);
    let lines: String = statements.iter().map(|one| describe(one) + "\n").collect();
    expected.assert_eq(&(lines + &errors.into_text()));
}

/// Compares the messages about a module.
fn check_errors(module: &str, expected: &Expect) {
    expected.assert_eq(&errors_of(module));
}

fn errors_of(module: &str) -> String {
    let mut errors = Diagnostics::default();
    compile(tokens(module), &mut errors);
    errors.into_text()
}

/// Compares the plan of a module without mistakes.
fn check_plan(module: &str, expected: &Expect) {
    expected.assert_eq(&plan_of(module));
}

fn plan_of(module: &str) -> String {
    let mut errors = Diagnostics::default();
    let plan = compile(tokens(module), &mut errors).expect("the module has a name");
    assert_eq!(errors.into_text(), "");
    show(&plan)
}

/// A module around the statements of one topology.
fn with_module(statements: &str) -> String {
    format!(
        "pub TestModule {{
            depot *events: Event, random;
            depot *ids: i64, random;
            stream flow {{
                pstate $$names: Map<i64, String>;
                pstate $$counts: Map<i64, u64>;
                sources! {{ {statements} }}
            }}
        }}"
    )
}

/// A module around declarations and the statements of one topology.
fn with_statements(depots: &str, pstates: &str, statements: &str) -> String {
    format!("pub TestModule {{ {depots} stream flow {{ {pstates} sources! {{ {statements} }} }} }}")
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the test's source has balanced brackets")
}

fn describe(statement: &Statement) -> String {
    match statement {
        Statement::Source { depot, pattern, .. } => {
            format!("source *{depot} :> {}", text(&pattern.tokens))
        }
        Statement::Let(binding) => format!("let {}", text(&binding.pattern.tokens)),
        Statement::LetElse { binding, otherwise } => {
            format!("let {} else {}", text(&binding.pattern.tokens), otherwise.len())
        }
        Statement::Rust(rust) => format!("rust {}", text(&rust.code.tokens)),
        Statement::Call(call) => format!("call {} with {}", call.name, call.args.len()),
        Statement::Emit { value, pattern } => {
            format!("emit {} :> {}", text(&value.tokens), text(&pattern.tokens))
        }
        Statement::Hop { name, args } => format!("hop {name} with {}", args.len()),
        Statement::If(found) => format!("if with {}", found.branches.len()),
        Statement::Match(found) => format!("match with {}", found.arms.len()),
        Statement::Loop(found) => {
            let pattern = found.pattern.as_ref().map(|pattern| text(&pattern.tokens));
            format!("loop over {} :> {}", found.variables.len(), pattern.unwrap_or_default())
        }
        Statement::Give { stream, values, .. } => {
            let stream = stream.as_ref().map(|stream| format!(" on {stream}"));
            format!("give {}{}", values.len(), stream.unwrap_or_default())
        }
        Statement::Again { values, .. } => format!("again with {}", values.len()),
        Statement::Aside(aside) => format!("{} of {}", aside.keyword, aside.body.len()),
        Statement::Anchor { label, .. } => format!("anchor {label}"),
        Statement::Onward(from) => format!("from {} anchors", from.labels.len()),
    }
}
