//! The pipeline: syntax, analysis, plan, Rust. Mistakes end before the plan.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::diagnostics::Diagnostics;
use crate::editor::Reader;
use crate::plan::Plan;
use crate::syntax::{
    Cursor, SharedOp, parse_module, parse_path, parse_shared_op, parse_statements,
};
use crate::{analysis, emit, plan};

/// A module. rustc does not see what is broken, so that one mistake gives one message.
pub(crate) fn defmodule(input: TokenStream, reader: Reader) -> TokenStream {
    let mut errors = Diagnostics::default();
    let mentions = reader.mentions(&input);
    let plan = compile(input, &mut errors);
    let module = plan.as_ref().map(|plan| emit::emit_module(plan, mentions.as_ref()));
    if let Some(plan) = &plan {
        dump(plan);
    }
    let errors = errors.into_tokens();
    quote!(#module #errors)
}

/// A module up to its plan.
pub(crate) fn compile(input: TokenStream, errors: &mut Diagnostics) -> Option<Plan> {
    let module = parse_module(input, errors)?;
    let module = analysis::analyze(module, errors);
    Some(plan::lower(module))
}

/// An operation that modules share.
pub(crate) fn defop(input: TokenStream, reader: Reader) -> TokenStream {
    let mut errors = Diagnostics::default();
    let mentions = reader.mentions(&input);
    let parsed = parse_shared_op(input, &mut errors);
    let code = parsed.map(|SharedOp { krate, imports, op }| {
        let op = plan::lower_op(analysis::analyze_shared_op(op, &imports, &mut errors));
        emit::emit_shared_op(&op, &imports, krate.as_ref(), mentions.as_ref())
    });
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

/// Dataflow that stands where no module is around it.
pub(crate) fn sources(input: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let first = Cursor::new(input, Span::call_site()).span();
    let help =
        "put it into a `stream` of `defmodule!`, or use `dataflow!` for dataflow without a module";
    errors.error(first, "`sources!` outside of a module", help);
    errors.into_tokens()
}

/// Dataflow without a module.
pub(crate) fn dataflow(input: TokenStream, reader: Reader) -> TokenStream {
    let mut errors = Diagnostics::default();
    let body = parse_statements(&mut Cursor::new(input, Span::call_site()), &mut errors);
    let flow = analysis::analyze_dataflow(&body, &mut errors);
    finish(errors, || emit::emit_dataflow(&plan::lower_dataflow(&flow), reader))
}

/// A path without dataflow.
pub(crate) fn path(input: TokenStream, reader: Reader) -> TokenStream {
    let mut errors = Diagnostics::default();
    let tokens: Vec<_> = input.into_iter().collect();
    let path = analysis::analyze_path(&parse_path(&tokens), &mut errors);
    finish(errors, || emit::emit_path(&plan::lower_path(&path), reader))
}

fn finish(errors: Diagnostics, code: impl FnOnce() -> TokenStream) -> TokenStream {
    if errors.count() == 0 {
        return code();
    }
    emit::emit_failed(&errors.into_tokens())
}

/// Prints the plan, as text and as a Mermaid graph, when `RAMA_MACRO_DUMP` names the module, or is `*`.
#[expect(clippy::print_stderr, reason = "the user asked for it by an environment variable")]
fn dump(plan: &Plan) {
    let wanted = std::env::var("RAMA_MACRO_DUMP").unwrap_or_default();
    if wanted == "*" || plan.name == wanted {
        eprintln!("{}\n{}", plan::show(plan), plan::mermaid(plan));
    }
}
