//! Random work in a simulated world: power that goes away, disks that fail and fill up, clients that wait and read
//! (RELIABILITY A, B, C; oracles 1 to 4, 7).

mod bank;
mod client;
mod ledger;
#[cfg(feature = "planted")]
mod planted;
mod work;
mod worlds;
