//! Tests of modules against the real thing: a cluster in this process, up in milliseconds, with every check
//! on (TE-01 to TE-03).
//!
//! The code under test is the code that is deployed: the same macro output, tasks, commits, log and store.
//! An append with the default acknowledgement returns when everything it causes is visible, so a test reads
//! right behind it (TE-07).

mod cluster;

pub use cluster::InProcessCluster;
pub use rama_core::cluster::LaunchConfig;

// The programs in the documentation compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/LANGUAGE.md")]
struct Language;
