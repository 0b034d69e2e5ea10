//! Depots beyond plain appends: times of records (DP-32), reads (DP-50 to DP-53), where topologies begin (DP-80 to DP-82), and
//! appends under keys (A1, A3, A12, A13), and trimming (DP-60 to DP-64).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod once;
mod reads;
mod shop;
mod start_from;
mod times;
mod trimming;

#[path = "../common/mod.rs"]
mod common;
#[path = "../failing_disk/mod.rs"]
mod failing_disk;
