//! Syntax to facts: what each name is, what each operator is, what each point still needs.
//!
//! The only stage that judges meaning. It makes no Rust; it gives a tree in which every name is
//! resolved and every statement knows the variables that are needed after it.

mod anchor;
mod branch;
mod declare;
mod depot;
mod fork;
mod hop;
mod jumps;
mod known;
mod live;
mod locality;
mod misplaced;
mod op;
mod path;
mod place;
mod pstate;
mod range;
mod resolve;
mod rounds;
mod scope;
mod source;
mod statement;
mod tree;
mod uses;
mod values;

pub(crate) use declare::{analyze, analyze_shared_op};
pub(crate) use hop::{Hop, Route};
pub(crate) use resolve::{analyze_dataflow, analyze_path};
pub(crate) use source::shown;
pub(crate) use statement::{ends_in_rust, is_never, never_ends};
pub(crate) use tree::*;
