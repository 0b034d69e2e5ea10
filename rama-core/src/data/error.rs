//! Why data on the disk could not be checked or copied.

use std::{io, path::PathBuf};

use super::Report;
use crate::{disk::LockError, store::StoreError};

/// Why data could not be checked, copied or put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The module that is to be copied does not run.
    #[error(
        "module `{module}` is not running, or ended before its backup began: launch it, or copy its directory"
    )]
    NotRunning {
        /// The module's name.
        module: String,
    },
    /// There is no module in the directory.
    #[error("{path} has no data: name the directory that `--data` had when the modules ran")]
    NoData {
        /// The directory.
        path: PathBuf,
    },
    /// A module runs on the data.
    #[error("{path}: {source}")]
    InUse {
        /// The module's folder.
        path: PathBuf,
        /// By whom.
        source: LockError,
    },
    /// Something is there already, and nothing is overwritten.
    #[error(
        "{path} is not empty, and nothing in it is overwritten: name another directory, or remove it first"
    )]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The data that was copied is damaged, so there is no copy. The report says where.
    #[error("the data is damaged, so it was not copied:\n{0}")]
    Damaged(Box<Report>),
    /// The store of a running module could not be read, or its copy not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
