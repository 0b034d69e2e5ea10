//! Backends as modules: events are appended to **depots**, **topologies** turn them into **PStates**, and
//! clients read those with **paths**.
//!
//! A module is written with [`defmodule!`]; the README has a whole program. It runs in a
//! [`cluster::Cluster`] inside this process: in memory under test, on files in a deployed binary.
//!
//! The modules below stand in the order in which they build on each other: each uses only those before it.

// Emitted code names this crate from anywhere, this crate's own tests included.
extern crate self as rama_core;

// Values: no I/O, no threads.
pub mod clock;
pub mod codec;
pub mod id;
pub mod partition;
pub mod path;
pub mod schema;
// What is durable.
pub mod disk;
pub mod error;
pub mod log;
pub mod store;
// The state of one partition.
pub mod depot;
mod group;
pub mod pstate;
// Execution.
pub mod driver;
mod engine;
pub mod flow;
mod task;
// The system.
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod client;
pub mod cluster;
mod macros;
pub mod module;
pub mod node;

pub use error::{Error, Result};
pub use macros::*;

/// What a file with a module in it usually needs.
pub mod prelude {
    pub use std::process::ExitCode;

    pub use serde::{Deserialize, Serialize};

    pub use crate::{
        Error, Result, dataflow, defmodule,
        depot::AckLevel,
        module::Module,
        modules, path,
        schema::{List, Map, Set, Subindexed},
        sources,
    };
}
