//! Words of the language that are no operators: what begins a declaration, and what steers the flow.

use super::Row;

/// One word.
pub(crate) struct Word {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) doc: &'static str,
    /// How it is written.
    pub(crate) shape: &'static str,
    pub(crate) place: Place,
}

/// Where a word stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a module or a topology.
    Declaration,
    /// In dataflow, with arguments in parentheses.
    Call,
    /// In dataflow, with something else behind it.
    Statement,
}

impl Word {
    /// The words that begin a declaration.
    pub(crate) fn declarations() -> impl Iterator<Item = &'static Self> {
        Self::ROWS.iter().filter(|row| row.place == Place::Declaration)
    }

    /// Whether a statement that this word begins is more than a call.
    pub(crate) fn begins_statement(word: &str) -> bool {
        Self::find(word, "").is_ok_and(|row| row.place == Place::Statement)
    }

    const fn declaration(name: &'static str, shape: &'static str, doc: &'static str) -> Self {
        Self { name, doc, shape, place: Place::Declaration }
    }

    const fn call(name: &'static str, shape: &'static str, doc: &'static str) -> Self {
        Self { name, doc, shape, place: Place::Call }
    }

    const fn statement(name: &'static str, shape: &'static str, doc: &'static str) -> Self {
        Self { name, doc, shape, place: Place::Statement }
    }
}

impl Row for Word {
    const ROWS: &'static [Self] = &[
        Self::declaration(
            "depot",
            "depot *name: Event, hash_by(field);",
            "declares a depot: records that clients append, and topologies read",
        ),
        Self::declaration(
            "op",
            "op name(argument: Type) :> result: Type { … }",
            "declares an operation: dataflow with a name, which emits as often as it likes",
        ),
        Self::declaration(
            "stream",
            "stream name { … }",
            "declares a topology: its pstates, and what it does with each record of its depots",
        ),
        Self::declaration(
            "pstate",
            "pstate $$name: Schema;",
            "declares a pstate: what the topology around it makes of the records, for everybody to read",
        ),
        Self::declaration(
            "sources",
            "sources! { … }",
            "the dataflow of the topology: statements behind each `source`",
        ),
        Self::call(
            "source",
            "source(*depot) :> pattern;",
            "begins a source: what follows runs for each record of the depot, on its partition; behind the depot may stand \
             `retry`, `attempts`, `timeout`, `start_from`, `ack_return` and `id`",
        ),
        Self::call(
            "emit",
            "emit(value);",
            "emits from the loop or the operation around it: what follows behind that runs, at once",
        ),
        Self::call(
            "continue_with",
            "continue_with(values);",
            "begins one more iteration of the loop around it, with these values of its variables",
        ),
        Self::statement(
            "loop",
            "loop (name = value) { … } :> pattern;",
            "iterations of dataflow, as many as `continue_with` begins; what is behind it runs for each `emit`",
        ),
        Self::statement(
            "branch",
            "branch { … }",
            "runs statements beside the flow, which goes on behind them once",
        ),
        Self::statement(
            "atomic",
            "atomic { … }",
            "runs statements beside the flow; what they do on this task is done before the flow goes on",
        ),
        Self::statement(
            "anchor",
            "anchor 'name;",
            "names a place of the flow, where `from` goes on",
        ),
        Self::statement(
            "from",
            "from 'name { … }",
            "runs statements where an anchor stands, with the variables that are there",
        ),
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
