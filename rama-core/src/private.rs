//! What the output of the macros names, and nothing else. Not part of the public API: no semver.

use crate::pstate::SourceLine;
pub use crate::{
    client::{Depot, Link, PState, Stream},
    depot::{AckLevel, DepotOptions, Partitioning},
    flow::{
        Caller, Cx, Flow, Op, Operation, Outcome, Paging, Port, Retry, Returns, Rounds,
        SourceOptions, StartFrom, carry, keep, key_of, unify,
    },
    module::{Module, ModuleBuilder, PStateOptions, key_hash},
    path::{
        RangeOptions,
        rows::{FieldNames, Fields, FixedKey},
    },
    schema::{FieldSchema, FixedKeys, Indexed, Initial, Nested, Schema, fixed_keys},
};

pub use std::string::String as Text;

/// The place of an operator in the user's source.
#[must_use]
pub fn at(file: &'static str, line: u32) -> SourceLine {
    SourceLine::new(file, line)
}

/// Gives back what it gets. Emitted around the user's code that `syn` cannot read: rustc says what is wrong
/// with it, and its parser does not lose the code around it.
#[doc(hidden)]
#[macro_export]
macro_rules! __rust {
    ($($code:tt)*) => { $($code)* };
}
pub use crate::__rust as rust;

pub use crate::codec::{CodecError, Key};

/// The words of the language, each with its documentation. Editors find them here: what the macros emit for them alone
/// names each word that the user wrote.
pub mod words {
    /// An expression.
    pub struct Value;
    /// A path in brackets.
    pub struct Path;
    /// `$$name`
    pub struct PState;
    /// `*name`
    pub struct Depot;
    /// Followed by `:> pattern`.
    pub struct Emits;
    /// A step of a path.
    pub struct Element;

    /// What a word is that is written without parentheses.
    pub enum Word {
        /// Begins a declaration.
        Declaration,
        /// Begins a statement.
        Statement,
        /// A partitioner of a depot.
        Partitioner,
        /// An option of a depot or a PState.
        Option,
        /// A step of a path.
        Navigator,
    }

    rama_macros::vocabulary!();
}

/// Takes the number of a variant off the front of a key.
///
/// # Errors
/// When there is no byte left.
pub fn take_variant(input: &mut &[u8], expected: &'static str) -> Result<u8, CodecError> {
    let (number, rest) = input.split_first().ok_or(CodecError::Truncated { expected })?;
    *input = rest;
    Ok(*number)
}
