//! Partitioners of depots: where an appended record goes.

use super::{Arity, Row};

/// One partitioner of a depot.
pub(crate) struct DepotPartitioner {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) doc: &'static str,
    pub(crate) arity: Arity,
    pub(crate) partitioning: DepotPartitioning,
}

/// How the plan treats a partitioner of a depot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DepotPartitioning {
    HashBy,
    Plain,
}

impl DepotPartitioner {
    const PLAIN: Self =
        Self { name: "", doc: "", arity: Arity::Bare, partitioning: DepotPartitioning::Plain };
}

impl Row for DepotPartitioner {
    const ROWS: &'static [Self] = &[
        Self {
            name: "hash_by",
            doc: "to the home of a key of the record: a field, or a closure",
            arity: Arity::Exactly(1),
            partitioning: DepotPartitioning::HashBy,
        },
        Self { name: "random", doc: "to any task", ..Self::PLAIN },
        Self { name: "global", doc: "to task 0", ..Self::PLAIN },
        Self { name: "disallow", doc: "clients cannot append, topologies can", ..Self::PLAIN },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
