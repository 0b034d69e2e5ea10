//! Why a path failed.

use std::error::Error;

/// Why a select or a transform failed. Plain Rust values have no storage, so on them
/// [`PathError::Storage`] cannot happen.
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
    /// `nthpath`, `before_index`, `srange` or a moved index went beyond the list (NV-20, NV-26, NV-28).
    #[error(
        "position {index} is beyond a list of {len}: check the length first, or use `FIRST`, `LAST` or `END`, \
         which fit every list"
    )]
    OutOfRange {
        /// The position that was asked for.
        index: usize,
        /// How many elements the list has.
        len: usize,
    },
    /// The range of an `srange` ends before it begins (NV-28).
    #[error("the range {from}..{to} ends before it begins: give the smaller position first")]
    Reversed {
        /// Where it begins.
        from: usize,
        /// Where it ends.
        to: usize,
    },
    /// `collect_one` needs exactly one value (NV-81). The search ends at the second value, so `found` is 0 for
    /// none and 2 for several.
    #[error(
        "`collect_one` needs exactly one value and its path found {}: use `collect` for all of them",
        if *.found == 0 { "none" } else { "several" }
    )]
    NotOneToCollect {
        /// How many values were found before the search ended.
        found: usize,
    },
    /// A `recursive_path` went on with itself too often (NV-76).
    #[error(
        "the path went on with itself more than {limit} times: give `recursive_path` a greater limit if the \
         value is that deep, and look for a branch that never ends if it is not"
    )]
    TooDeep {
        /// How often it may.
        limit: usize,
    },
    /// `recur` was used outside of the `recursive_path` that it belongs to.
    #[error("`recur` has nothing to go on with: use it only inside of its own `recursive_path`")]
    AgainOutside,
}

impl PathError {
    /// Wraps an error of the layer that keeps the rows.
    pub fn storage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Storage(error.into())
    }
}
