//! Options of PStates: what stands in braces behind a schema.

use super::Row;

/// One option of a PState.
pub(crate) struct PStateOption {
    pub(crate) name: &'static str,
    /// What it says, in a line.
    pub(crate) doc: &'static str,
    /// How it is written.
    pub(crate) shape: &'static str,
    pub(crate) meaning: PStateMeaning,
}

/// What an option says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PStateMeaning {
    Global,
    KeyPartitioner,
    PartitionedByAny,
    Initial,
    Private,
}

impl PStateMeaning {
    /// Whether it says which task has what; only one option can.
    pub(crate) fn is_home(self) -> bool {
        matches!(self, Self::Global | Self::KeyPartitioner | Self::PartitionedByAny)
    }

    /// Whether it is written with a value.
    pub(crate) fn takes_value(self) -> bool {
        !matches!(self, Self::Global | Self::Private)
    }
}

impl Row for PStateOption {
    const ROWS: &'static [Self] = &[
        Self {
            name: "global",
            doc: "everything is on task 0",
            shape: "global",
            meaning: PStateMeaning::Global,
        },
        Self {
            name: "private",
            doc: "clients cannot read it",
            shape: "private",
            meaning: PStateMeaning::Private,
        },
        Self {
            name: "initial",
            doc: "what a plain value is in the beginning",
            shape: "initial: value",
            meaning: PStateMeaning::Initial,
        },
        Self {
            name: "key_partitioner",
            doc: "which of the tasks is the home of a key",
            shape: "key_partitioner: |key, tasks| task",
            meaning: PStateMeaning::KeyPartitioner,
        },
        Self {
            name: "partitioned_by",
            doc: "a key may be on any task",
            shape: "partitioned_by: any",
            meaning: PStateMeaning::PartitionedByAny,
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
