//! Depots beyond plain appends: times of records (DP-32), reads (DP-50 to DP-53), where topologies begin (DP-80 to DP-82),
//! appends under keys (A1, A3, A12, A13), and trimming (DP-60 to DP-64); also data of which a part is older than the
//! rest (C14, C15).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod declared;
mod once;
mod reads;
mod restored;
mod shop;
mod simulated;
mod start_from;
mod times;
mod trimming;

#[path = "../common/mod.rs"]
mod common;
#[path = "../failing_disk/mod.rs"]
mod failing_disk;
