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
    /// What may follow them.
    pub(crate) options: &'static [Param],
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
    Depot,
    /// `timeout: duration`
    Timeout,
    /// `append_ack` or `ack`
    Level,
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
    /// Moves to the home of the path's leading key first.
    MovingSelect,
    Transform,
    Clear,
    AckReturn,
    Append,
    Await,
    Yield,
    /// A question that the task answers.
    Ask,
    AssumeHome,
}

impl Operator {
    /// What most rows share: an operator on this task, inside a module, that emits nothing.
    const LOCAL: Self = Self {
        name: "",
        doc: "",
        shape: "",
        params: &[Param::Value],
        options: &[],
        emits: Emits::Nothing,
        anywhere: false,
        operation: Operation::Filter,
    };
}

impl Operator {
    /// What questions to the task share.
    const ASK: Self =
        Self { params: &[], emits: Emits::Values, operation: Operation::Ask, ..Self::LOCAL };
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
            name: "select",
            doc: "moves to the home of the key that the path begins with, and emits what the path finds there",
            shape: "select([path], $$pstate) :> pattern;",
            params: &[Param::Path, Param::PState],
            emits: Emits::Values,
            operation: Operation::MovingSelect,
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
        Self {
            name: "depot_append",
            doc: "appends a record to the partition of a depot on this task; with a third argument the flow goes on \
                  when the record is durable, or when all topologies are done with it",
            shape: "depot_append(*depot, record);",
            params: &[Param::Depot, Param::Value],
            options: &[Param::Level],
            operation: Operation::Append,
            ..Self::LOCAL
        },
        Self {
            name: "await_future",
            doc: "emits what a future gives, while others run",
            shape: "await_future(future, timeout: duration) :> pattern;",
            options: &[Param::Timeout],
            emits: Emits::Values,
            operation: Operation::Await,
            ..Self::LOCAL
        },
        Self {
            name: "yield_if_overtime",
            doc: "lets others run when this event has taken long",
            shape: "yield_if_overtime();",
            params: &[],
            operation: Operation::Yield,
            ..Self::LOCAL
        },
        Self {
            name: "current_task_id",
            doc: "emits the task on which the flow is",
            shape: "current_task_id() :> task;",
            ..Self::ASK
        },
        Self {
            name: "task_count",
            doc: "emits how many tasks the module has",
            shape: "task_count() :> tasks;",
            ..Self::ASK
        },
        Self {
            name: "current_topology_type",
            doc: "emits what kind of topology the flow belongs to",
            shape: "current_topology_type() :> kind;",
            ..Self::ASK
        },
        Self {
            name: "module_instance_info",
            doc: "emits the name of the module and how it was launched",
            shape: "module_instance_info() :> info;",
            ..Self::ASK
        },
        Self {
            name: "random_uuid7",
            doc: "emits an id ordered by time, the same when the record is run again",
            shape: "random_uuid7() :> id;",
            ..Self::ASK
        },
        Self {
            name: "current_random_source",
            doc: "emits a source of random numbers, the same when the record is run again",
            shape: "current_random_source() :> random;",
            ..Self::ASK
        },
        Self {
            name: "assume_home",
            doc: "says that a key is at home on this task, which is checked when it runs",
            shape: "assume_home(key);",
            operation: Operation::AssumeHome,
            ..Self::LOCAL
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
