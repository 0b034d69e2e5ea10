//! How far sources have read one depot partition. Reads nothing itself.

use std::{ops::Range, sync::Arc};

use crate::{clock::Timestamp, flow::Source, id::Offset};

/// How far a source has read its partition.
pub(super) struct Reading<E> {
    pub(super) source: Arc<Source<E>>,
    /// Everything before is in a commit group.
    pub(super) committed: Offset,
    /// Everything before has been run.
    pub(super) reached: Offset,
    /// Whether the next start knows how far it is.
    pub(super) is_stored: bool,
    /// Until when it waits, because a record failed that holds all behind it.
    pub(super) held: Option<Timestamp>,
    /// What is before it was left by the last life of the module.
    pub(super) left: Offset,
}

/// Where a topology goes on in a partition, or begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) next: Offset,
    /// Whether the next start knows it.
    pub(crate) is_stored: bool,
}

impl<E> Reading<E> {
    /// What it has run since the last cut, before an offset.
    pub(super) fn run_before(&self, end: Offset) -> Range<Offset> {
        self.committed..end.min(self.reached)
    }

    /// Whether it has not run everything before an offset, and may.
    pub(super) fn is_behind(&self, end: Offset) -> bool {
        self.held.is_none() && self.reached < end
    }
}
