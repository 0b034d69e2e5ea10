//! What the output of the macros names, and nothing else. Not part of the public API: no semver.

pub use crate::{
    client::{Depot, Link, PState},
    depot::Partitioning,
    flow::carry,
    module::{Module, ModuleBuilder, key_hash},
};
use crate::pstate::SourceLine;

/// The place of an operator in the user's source.
#[must_use]
pub fn at(file: &'static str, line: u32) -> SourceLine {
    SourceLine::new(file, line)
}
