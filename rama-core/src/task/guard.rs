//! Who says whether a record is run, where one record is run after the other.

use std::{fmt::Debug, sync::Arc};

use crate::flow::Origin;

/// Takes note of each record, and of each branch that goes on, before it is run alone.
pub(crate) trait Guard: Debug + Sync {
    /// Whether it is run. One that is not fails.
    fn admits(&self, origin: Origin) -> bool;

    /// Why records are not.
    fn reason(&self) -> Arc<str>;
}
