//! Random small programs of dataflow: what they are, how they are made and written, and what they do.
//!
//! `build.rs` makes programs from a seed and writes them as modules; `tests/programs.rs` makes the same ones from the
//! same seed, runs the modules, and compares what they wrote with what [`interpret`] says. Nothing here knows how
//! the macro compiles, and nothing runs a cluster.

pub mod coverage;
pub mod generate;
pub mod interpret;
pub mod print;
pub mod program;
pub mod random;
pub mod settings;
