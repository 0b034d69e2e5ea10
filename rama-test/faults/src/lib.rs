//! A deployed module under faults: the program that is killed, the disk that fails, and the ledger that knows what must be
//! there afterwards.
//!
//! The tests of this crate run the real program on real files. `FAULTS_KILLS`, `FAULTS_STOPS` and `FAULTS_DAMAGED` are how
//! many kills, stops under load and damaged directories there are; `FAULTS_SEED` is where their random numbers begin.

pub mod bank;
pub mod disk;
pub mod driver;
pub mod ledger;
pub mod scenario;

/// How many kills there are when `FAULTS_KILLS` says nothing.
pub const KILLS: u64 = 100;

/// How many damaged directories there are when `FAULTS_DAMAGED` says nothing.
pub const DAMAGED: u64 = 500;

/// A number from the environment.
///
/// # Panics
/// When it is no number.
#[must_use]
pub fn setting(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty());
    text.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
