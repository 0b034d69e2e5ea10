//! Why a path failed.

use std::error::Error;

/// Why a select or a transform failed. Plain Rust values have no storage, so on them only
/// [`PathError::NotExactlyOne`] can happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The rows under the path could not be read or written.
    #[error(transparent)]
    Storage(Box<dyn Error + Send + Sync>),
    /// `select_one` needs exactly one value (PA-06). The search ends at the second value, so `found` is
    /// 0 for none and 2 for several.
    #[error(
        "`select_one` needs exactly one value and this path found {}: use `select` for all of them or \
         `select_any` for one that may be missing",
        if *.found == 0 { "none" } else { "several" }
    )]
    NotExactlyOne {
        /// How many values were found before the search ended.
        found: usize,
    },
}

impl PathError {
    /// Wraps an error of the layer that keeps the rows.
    pub fn storage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Storage(error.into())
    }
}
