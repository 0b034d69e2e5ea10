//! Tests of modules against the real thing: a cluster in this process, up in milliseconds, with every check
//! on (TE-01 to TE-03).
//!
//! The code under test is the code that is deployed: the same macro output, tasks, commits, log and store.
//! An append with the default acknowledgement returns when everything it causes is visible, so a test reads
//! right behind it (TE-07). A [`Simulation`] runs a test in worlds where everything follows from a seed, and power
//! goes away at any moment.

mod cluster;
mod simulation;

pub use cluster::InProcessCluster;
pub use rama_core::cluster::{Durability, LaunchConfig, Status};
pub use simulation::{
    Joined, Simulation, World, assert_exactly_once, partition_records, records, trace_of,
};

/// One PState without a module, to try a schema and its paths (TE-14).
///
/// The rows lie in a real store in memory, and [`counts`](rama_core::standalone::Standalone::counts) says what
/// was read from it.
///
/// ```
/// use rama_core::prelude::*;
/// use rama_test::TestPState;
///
/// let mut follows = TestPState::<Map<u64, Subindexed<Set<u64>>>>::in_memory()?;
/// follows.transform(path![keypath(1), NONE_ELEM, termval(2)])?;
/// follows.transform(path![keypath(1), NONE_ELEM, termval(3)])?;
/// assert_eq!(follows.select(path![keypath(1), ALL])?, [2, 3]);
/// # Ok::<(), Error>(())
/// ```
pub type TestPState<S> = rama_core::standalone::Standalone<S>;

// The programs in the documentation compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/LANGUAGE.md")]
struct Language;

#[cfg(doctest)]
#[doc = include_str!("../../docs/NAVIGATORS.md")]
struct Navigators;

#[cfg(doctest)]
#[doc = include_str!("../../docs/CLOJURE.md")]
struct Clojure;

#[cfg(doctest)]
#[doc = include_str!("../../docs/TESTING.md")]
struct Testing;
