//! Partitioners: what stands as `|name(args);` and moves the flow to another task.

use super::{Arity, Row};

/// One partitioner.
pub(crate) struct Partitioner {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) doc: &'static str,
    pub(crate) arity: Arity,
    pub(crate) partitioning: Partitioning,
}

/// How the plan treats a partitioner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partitioning {
    /// Looks at a key.
    ByKey,
    /// Needs nothing and cannot fail.
    Plain,
    /// Takes the number of a task, which may be out of range.
    ByTask,
}

impl Row for Partitioner {
    const ROWS: &'static [Self] = &[
        Self {
            name: "hash",
            doc: "to the home of a key",
            arity: Arity::Exactly(1),
            partitioning: Partitioning::ByKey,
        },
        Self {
            name: "all",
            doc: "to every task",
            arity: Arity::Exactly(0),
            partitioning: Partitioning::Plain,
        },
        Self {
            name: "global",
            doc: "to task 0",
            arity: Arity::Exactly(0),
            partitioning: Partitioning::Plain,
        },
        Self {
            name: "shuffle",
            doc: "to the tasks in turn",
            arity: Arity::Exactly(0),
            partitioning: Partitioning::Plain,
        },
        Self {
            name: "direct",
            doc: "to the task with that number",
            arity: Arity::Exactly(1),
            partitioning: Partitioning::ByTask,
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
