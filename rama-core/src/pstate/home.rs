//! Where the rows of a PState are at home (PS-30, PS-33).

use crate::id::TaskId;
use crate::path::rows::LeadingKey;
use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// Which task has what of a PState.
#[derive(Clone)]
pub(crate) enum Home {
    /// Each task has its own: a plain value, fixed keys, or keys that are partitioned by something else.
    Everywhere,
    /// The hash of the leading key says it.
    Hash,
    /// Task 0 has everything (PS-30).
    Global,
    /// A function of the leading key says it (PS-33).
    Custom(Arc<KeyPartitioner>),
}

/// From a leading key and the number of tasks to its task; `None` for what is no key of the PState.
pub(crate) type KeyPartitioner = dyn Fn(&dyn Any, u32) -> Option<TaskId> + Send + Sync;

impl Home {
    /// The task of the data under a leading key; `None` when no key says it.
    pub(crate) fn of(&self, key: Option<&dyn LeadingKey>, tasks: u32) -> Option<TaskId> {
        match (self, key) {
            (Self::Global, _) => Some(TaskId(0)),
            (Self::Everywhere, _) | (_, None) => None,
            (Self::Hash, Some(key)) => Some(key.hash().task(tasks)),
            (Self::Custom(partitioner), Some(key)) => {
                // A partitioner that counts further than there are tasks goes round.
                Some(TaskId(partitioner(key as &dyn Any, tasks)?.0 % tasks))
            }
        }
    }
}

impl Debug for Home {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everywhere => "Everywhere",
            Self::Hash => "Hash",
            Self::Global => "Global",
            Self::Custom(_) => "Custom",
        })
    }
}
