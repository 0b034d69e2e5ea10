//! Where the work in hand comes from.

use crate::id::{DepotId, Offset, TaskId, TopologyId};

/// The record at the root of an event tree (ST-01) and the topology that works on it. Travels with
/// every frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) topology: TopologyId,
    pub(crate) depot: DepotId,
    pub(crate) task: TaskId,
    pub(crate) offset: Offset,
}
