//! The moment at which a commit group becomes visible.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Shared by all views of a module: what one group changes, readers see all at once. A reader that has seen
/// one change of a record sees all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moment(Arc<RwLock<()>>);

impl Moment {
    /// Nothing becomes visible while the guard lives. To be held for one row, or for taking a snapshot.
    pub(crate) fn hold(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is published while the guard lives becomes visible when it is dropped.
    pub(crate) fn publish(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
