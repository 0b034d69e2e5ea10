//! `commits`: the history of a git repository as events, and the figures that a module keeps of it.
//!
//! [`module`] is the language, [`kept`] uses its client. [`baseline`] computes the same figures with a plain
//! loop in memory; it is the model the module is tested against and the yardstick of the benchmark.

// What is read.
pub mod calendar;
pub mod event;
pub mod git;
pub mod log;
pub mod text;

// What is computed.
pub mod baseline;
pub mod figures;
pub mod module;
pub mod pairs;

// What is asked and shown.
pub mod cli;
pub mod import;
pub mod kept;
pub mod place;
pub mod progress;
pub mod report;
