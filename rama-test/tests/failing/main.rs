//! What happens to records on which a topology fails: they are tried again, alone or with all behind them, or not at all;
//! given up at last as dead letters, which can be listed, replayed and discarded; and none of it touches their neighbours
//! (DP-24, DP-83, ST-05, ST-14, B9).

#[path = "../common/mod.rs"]
mod common;
#[path = "../failing_disk/mod.rs"]
mod failing_disk;
#[path = "../outside/mod.rs"]
mod outside;

mod alarms;
mod all_after;
mod going_back;
mod letters;
mod residue;
mod retries;
mod returns;
mod same_cut;
mod scripted;
mod several_sources;
mod shop;
mod timeouts;
mod trimmed;
