//! The macro compiler of Rama for Rust: the language's tokens in, plain Rust out.
//!
//! Only entry points stand here; `expand` is the pipeline. The documentation for users is where
//! `rama-core` re-exports the macros.

mod diagnostics;
// What a user can write: operators, navigators, partitioners, with their documentation.
mod ops;
// The stages, in the order in which a program passes through them.
mod syntax;

mod analysis;
mod plan;

mod emit;

mod expand;
// What only editors see.
mod editor;
// Beside the language: traits of the runtime for types of the user.
mod derive;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use editor::Reader;

/// A module: declarations and dataflow.
#[proc_macro]
pub fn defmodule(input: TokenStream) -> TokenStream {
    Reader::here().expand(input.into(), expand::defmodule).into()
}

/// Dataflow inside a module; on its own only an error that says so.
#[proc_macro]
pub fn sources(input: TokenStream) -> TokenStream {
    Reader::here().expand(input.into(), |input, _| expand::sources(input)).into()
}

/// An operation that modules share.
#[proc_macro]
pub fn defop(input: TokenStream) -> TokenStream {
    Reader::here().expand(input.into(), expand::defop).into()
}

/// Dataflow outside of any module, expanded in place.
#[proc_macro]
pub fn dataflow(input: TokenStream) -> TokenStream {
    Reader::here().expand(input.into(), expand::dataflow).into()
}

/// A path outside of dataflow.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    Reader::here().expand(input.into(), expand::path).into()
}

/// The words of the language, for the documentation that editors show.
#[doc(hidden)]
#[proc_macro]
pub fn vocabulary(_: TokenStream) -> TokenStream {
    editor::vocabulary().into()
}

/// An order-preserving key from a struct or enum.
#[proc_macro_derive(Key, attributes(key))]
pub fn derive_key(input: TokenStream) -> TokenStream {
    derive::key(input.into()).into()
}

/// A schema from a struct whose fields are keys.
#[proc_macro_derive(FixedKeys, attributes(fixed_keys))]
pub fn derive_fixed_keys(input: TokenStream) -> TokenStream {
    derive::fixed_keys(input.into()).into()
}
