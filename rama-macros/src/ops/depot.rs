//! Partitioners of depots, where an appended record goes, and their options, which stand in braces behind.

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

/// One option of a depot. All of them take a value.
pub(crate) struct DepotOption {
    pub(crate) name: &'static str,
    /// What it says, in a line.
    pub(crate) doc: &'static str,
    /// How it is written.
    pub(crate) shape: &'static str,
    /// The option without which it says nothing.
    pub(crate) of: Option<&'static str>,
}

impl Row for DepotOption {
    const ROWS: &'static [Self] = &[
        Self {
            name: "keys",
            doc: "how many keys of appends a partition remembers",
            shape: "keys: 10_000",
            of: None,
        },
        Self {
            name: "key_age",
            doc: "how long a partition remembers keys of appends",
            shape: "key_age: Duration::from_hours(24)",
            of: None,
        },
        Self {
            name: "max_entries",
            doc: "how many records a partition keeps",
            shape: "max_entries: 1_000",
            of: None,
        },
        Self {
            name: "excess",
            doc: "how many more may be there before it is trimmed, as a part of `max_entries`",
            shape: "excess: 0.25",
            of: Some("max_entries"),
        },
        Self {
            name: "coordinate",
            doc: "whether records stay until every topology is done with them",
            shape: "coordinate: false",
            of: Some("max_entries"),
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
