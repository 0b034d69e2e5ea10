//! PStates: durable, partitioned indexes (PS-01 to PS-06, PS-20 to PS-34, PS-40 to PS-55).
//!
//! A partition has three views. `pending` holds what its topology wrote since the last cut and is seen by
//! that topology alone; `sealed` is what the commit group being written contains, and is what the other
//! topologies of the module read; committed rows are shared with everybody through a `PStateView` and
//! never move backwards (C-11). A row is decoded when it is first touched and encoded once per commit,
//! however often it changes between two commits.
//!
//! All rows of a PState are alike here: bytes lead to them, and only paths know their types. A structure that
//! was removed as a whole is a *wipe* of its prefix, which hides what lies in the layers below.

mod cache;
mod counts;
mod home;
mod layer;
mod local;
mod merge;
mod partition;
mod pinned;
mod view;
mod wipes;

pub use self::{counts::StoreCounts, local::SourceLine};
pub(crate) use self::{
    home::Home,
    local::{CommittedRows, LocalRows, Locality, SettledRows},
    partition::{PStatePartition, RowError, SealedRows},
    pinned::PinnedRows,
    view::{PStateView, ViewError, Viewed, after_task, store_key},
    wipes::{Wipes, ranges},
};

use crate::path::rows::AnyRow;
use std::sync::Arc;

/// A row as the layers hold it; `None` is a removed or missing one.
pub(crate) type Row = Option<AnyRow>;

/// The address of a row, shared by the layers.
pub(crate) type RowKey = Arc<[u8]>;
