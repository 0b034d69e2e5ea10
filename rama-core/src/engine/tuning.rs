//! Sizes and times of the machinery below a module.

use std::time::Duration;

use crate::{log::LogOptions, store::StoreOptions};

/// What a module's log and checkpoints work with. The defaults are meant for production; with small ones a test sees
/// often what is rare there.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Sizes of the commit log.
    pub log: LogOptions,
    /// Bytes of memory that groups take after which a checkpoint is due: their bytes in the log, and some 280 for each row
    /// that they changed, however often. What a start has to redo follows from it, and is less where rows are small. Commits
    /// wait when twice as many do, which bounds the memory that holds them.
    pub checkpoint_bytes: usize,
    /// Time after which a checkpoint is due although little was written.
    pub checkpoint_interval: Duration,
    /// Memory for pages of the store, in bytes.
    pub cache_bytes: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            log: LogOptions::default(),
            // A start after a kill under full load takes well under a second, and a row that changes all the time
            // is still written rarely.
            checkpoint_bytes: 16 * 1024 * 1024,
            checkpoint_interval: Duration::from_secs(10),
            cache_bytes: StoreOptions::default().cache_bytes,
        }
    }
}
