//! Operators: what stands as `name(args) :> pattern;` in dataflow.

use super::Row;

/// One operator.
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) doc: &'static str,
    /// How it is written.
    pub(crate) shape: &'static str,
    pub(crate) params: &'static [Param],
    pub(crate) emits: Emits,
    /// Whether it works outside of a module, where there is no task.
    pub(crate) anywhere: bool,
    pub(crate) operation: Operation,
}

/// What an argument has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Param {
    Value,
    Path,
    PState,
}

/// Whether `:> pattern` follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emits {
    Nothing,
    Values,
}

/// How the plan treats an operator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Explode,
    Filter,
    Select,
    YieldingSelect,
    Transform,
    Clear,
    AckReturn,
}

impl Operator {
    /// What most rows share: an operator on this task, inside a module, that emits nothing.
    const LOCAL: Self = Self {
        name: "",
        doc: "",
        shape: "",
        params: &[Param::Value],
        emits: Emits::Nothing,
        anywhere: false,
        operation: Operation::Filter,
    };
}

impl Row for Operator {
    const ROWS: &'static [Self] = &[
        Self {
            name: "explode",
            doc: "emits each element of an iterator; everything after it runs once per element",
            shape: "explode(iterator) :> pattern;",
            emits: Emits::Values,
            anywhere: true,
            operation: Operation::Explode,
            ..Self::LOCAL
        },
        Self {
            name: "filter",
            doc: "goes on only when the condition holds",
            shape: "filter(condition);",
            anywhere: true,
            operation: Operation::Filter,
            ..Self::LOCAL
        },
        Self {
            name: "local_select",
            doc: "emits what a path finds in the partition of a pstate on this task",
            shape: "local_select([path], $$pstate) :> pattern;",
            params: &[Param::Path, Param::PState],
            emits: Emits::Values,
            operation: Operation::Select,
            ..Self::LOCAL
        },
        Self {
            name: "yielding_select",
            doc: "emits what a path finds in the partition of a pstate on this task, page by page in several events: \
                  a long read that lets others run",
            shape: "yielding_select([path], $$pstate) :> pattern;",
            params: &[Param::Path, Param::PState],
            emits: Emits::Values,
            operation: Operation::YieldingSelect,
            ..Self::LOCAL
        },
        Self {
            name: "local_transform",
            doc: "changes what a path finds in the partition of a pstate on this task",
            shape: "local_transform([path, termval(value)], $$pstate);",
            params: &[Param::Path, Param::PState],
            operation: Operation::Transform,
            ..Self::LOCAL
        },
        Self {
            name: "local_clear",
            doc: "brings the partition of a pstate on this task back to its beginning",
            shape: "local_clear($$pstate);",
            params: &[Param::PState],
            operation: Operation::Clear,
            ..Self::LOCAL
        },
        Self {
            name: "ack_return",
            doc: "gives a value to the client whose append is being processed",
            shape: "ack_return(value);",
            operation: Operation::AckReturn,
            ..Self::LOCAL
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
