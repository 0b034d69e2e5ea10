//! PStates: durable, partitioned indexes (PS-01 to PS-06, PS-40 to PS-55).
//!
//! A partition has three views. `pending` holds what its topology wrote since the last cut and is seen by
//! that topology alone; `sealed` is what the commit group being written contains, and is what the other
//! topologies of the module read; committed rows are shared with everybody through a `PStateView` and
//! never move backwards (C-11). A row is decoded when it is first touched and encoded once per commit,
//! however often it changes between two commits.

mod cache;
mod local;
mod partition;
mod view;

pub use self::local::SourceLine;
pub(crate) use self::{
    local::{CommittedRows, LocalRows, Locality, SettledRows},
    partition::{PStatePartition, SealedRows},
    view::{PStateView, ViewError},
};

use std::sync::Arc;

/// A row as the layers hold it; `None` is a removed or missing one. Layers share values and copy them
/// only when one of them writes.
pub(crate) type Row<V> = Option<Arc<V>>;
