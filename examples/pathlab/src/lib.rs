//! A place to learn paths and to try them, without a module: one JSON request per line, one JSON answer per
//! line.
//!
//! Paths are those of [`rama_core::dynamic`]; this crate reads requests, keeps the data between them, and writes
//! answers.

pub mod cli;
pub mod lab;
pub mod listing;
pub mod request;
pub mod session;
mod store;
