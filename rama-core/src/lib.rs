//! Backends as modules: events are appended to **depots**, **topologies** turn them into **PStates**, and
//! clients read those with **paths**.
//!
//! A module is written with [`defmodule!`]; the README has a whole program. It runs in a
//! [`cluster::Cluster`] inside this process: in memory under test, on files in a deployed binary.
//!
//! The modules below stand in the order in which they build on each other: each uses only those before it.

// Emitted code names this crate from anywhere, this crate's own tests included.
extern crate self as rama_core;

#[doc(hidden)]
pub mod planted;
// Values: no I/O, no threads.
pub mod id;
pub mod clock;
pub mod codec;
pub mod partition;
pub mod path;
pub mod schema;
pub mod dynamic;
// What is durable.
pub mod disk;
pub mod log;
pub mod store;
pub mod error;
// The state of one partition.
mod moment;
mod panic;
pub mod depot;
mod group;
pub mod pstate;
pub mod diff;
// Execution.
pub mod driver;
pub mod flow;
mod task;
mod engine;
// The system.
pub mod data;
pub mod module;
pub mod client;
pub mod cluster;
pub mod node;
pub mod standalone;
mod macros;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use error::{Error, Result};
pub use macros::*;

/// What a file with a module in it usually needs.
pub mod prelude {
    pub use std::process::ExitCode;

    pub use serde::{Deserialize, Serialize};

    pub use crate::{
        Error, Result,
        clock::Timestamp,
        codec::Key,
        dataflow, defmodule, defop,
        depot::AckLevel,
        error::EventError,
        id::TaskId,
        log::Durability,
        module::Module,
        modules, path,
        schema::{FixedKeys, List, Map, Nested, Set, Subindexed, Uncounted},
        sources,
    };
}
