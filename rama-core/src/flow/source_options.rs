//! How a source reads its depot.

use super::StartFrom;

/// The options of a source.
#[derive(Clone, Debug, Default)]
pub struct SourceOptions {
    start_from: StartFrom,
}

impl SourceOptions {
    /// A source that begins with the next record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a topology begins that has never read the depot (DP-80 to DP-82).
    #[must_use]
    pub fn start_from(mut self, start: StartFrom) -> Self {
        self.start_from = start;
        self
    }

    pub(crate) fn start(&self) -> StartFrom {
        self.start_from
    }
}
