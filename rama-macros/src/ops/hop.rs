//! Partitioners: what stands as `|name(args);` and moves the flow to another task.

use super::{Arity, Row};

/// One partitioner.
pub(crate) struct Partitioner {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) doc: &'static str,
    /// How many arguments it takes beside a PState.
    pub(crate) arity: Arity,
    /// Whether it can be told whose partitions are meant.
    pub(crate) of_pstate: OfPState,
    /// How it is written with a PState; as without one where there is no such form.
    pub(crate) shape: &'static str,
    pub(crate) partitioning: Partitioning,
}

/// Whether a PState stands among the arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfPState {
    Never,
    /// In front of the others, or left out.
    First,
    /// Behind the others, always.
    Last,
}

/// How the plan treats a partitioner.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partitioning {
    /// Looks at a key.
    ByKey,
    /// Looks at the key with which a path begins.
    ByPath,
    /// Needs nothing and cannot fail.
    Plain,
    /// The same, and leads to task 0.
    ToZero,
    /// Takes the number of a task, which may be out of range.
    ByTask,
    /// Calls a function that gives the number of a task.
    ByFunction,
}

impl Partitioner {
    const PLAIN: Self = Self {
        name: "",
        doc: "",
        arity: Arity::Exactly(0),
        of_pstate: OfPState::First,
        shape: "",
        partitioning: Partitioning::Plain,
    };

    /// For a message: what the call should look like and what it does.
    pub(crate) fn describe(&self, of_pstate: bool) -> String {
        if of_pstate || self.of_pstate == OfPState::Last {
            return format!("write `{};`: {}", self.shape, self.doc);
        }
        self.arity.describe(&format!("|{}", self.name), self.doc)
    }
}

impl Row for Partitioner {
    const ROWS: &'static [Self] = &[
        Self {
            name: "hash",
            doc: "to the home of a key",
            arity: Arity::Exactly(1),
            shape: "|hash($$pstate, key)",
            partitioning: Partitioning::ByKey,
            ..Self::PLAIN
        },
        Self { name: "all", doc: "to every task", shape: "|all($$pstate)", ..Self::PLAIN },
        Self {
            name: "global",
            doc: "to task 0",
            shape: "|global($$pstate)",
            partitioning: Partitioning::ToZero,
            ..Self::PLAIN
        },
        Self {
            name: "shuffle",
            doc: "to the tasks in turn",
            of_pstate: OfPState::Never,
            shape: "|shuffle()",
            ..Self::PLAIN
        },
        Self {
            name: "direct",
            doc: "to the task with that number",
            arity: Arity::Exactly(1),
            shape: "|direct($$pstate, task)",
            partitioning: Partitioning::ByTask,
            ..Self::PLAIN
        },
        Self {
            name: "origin",
            doc: "back to the task where the record is",
            of_pstate: OfPState::Never,
            shape: "|origin()",
            ..Self::PLAIN
        },
        Self {
            name: "path",
            doc: "to the home of the key that the path begins with",
            arity: Arity::Exactly(1),
            of_pstate: OfPState::Last,
            shape: "|path([keypath(key)], $$pstate)",
            partitioning: Partitioning::ByPath,
        },
        Self {
            name: "custom",
            doc: "to the task that a function chooses, such as `|tasks| tasks - 1`, which gets the number of tasks",
            arity: Arity::Exactly(1),
            shape: "|custom($$pstate, |tasks| task)",
            partitioning: Partitioning::ByFunction,
            ..Self::PLAIN
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
