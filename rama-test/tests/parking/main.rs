//! Topologies wait for futures (OP-36): the record is parked and others go on; it is acknowledged when it is done;
//! what fails, fails alone; and a crash, a stop or a repeated attempt runs again what must be run again, and nothing
//! else.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod answers;
mod bounds;
mod crashes;
mod office;
mod repeats;
mod runtimes;
mod stops;

#[path = "../common/mod.rs"]
mod common;
#[path = "../failing_disk/mod.rs"]
mod failing_disk;
#[path = "../outside/mod.rs"]
mod outside;
