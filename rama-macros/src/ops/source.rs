//! Options of sources: what stands behind the depot in `source(*depot, …)`.

use super::Row;

/// One option of a source.
pub(crate) struct SourceOption {
    pub(crate) name: &'static str,
    /// What it says, in a line.
    pub(crate) doc: &'static str,
    /// How it is written.
    pub(crate) shape: &'static str,
    pub(crate) takes: SourceValue,
}

/// What the value of an option has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceValue {
    /// A word: when a record that failed is run again.
    Retry,
    /// Any expression.
    Value,
    /// A word or a call: where a topology begins that has never read the depot.
    StartFrom,
    /// A closure or a function of two values, or the word `last`.
    Fold,
    /// A text in quotes.
    Name,
}

/// A word that is a value, as the language and the runtime call it.
pub(crate) struct SourceWord {
    pub(crate) name: &'static str,
    pub(crate) variant: &'static str,
    /// Whether it is written with an argument.
    pub(crate) takes_value: bool,
}

impl SourceWord {
    /// When a record that failed is run again.
    pub(crate) const RETRY: &'static [Self] = &[
        Self::word("individual", "Individual"),
        Self::word("all_after", "AllAfter"),
        Self::word("none", "None"),
    ];

    /// Where a topology begins.
    pub(crate) const START_FROM: &'static [Self] = &[
        Self::word("end", "End"),
        Self::word("beginning", "Beginning"),
        Self::call("records_ago", "RecordsAgo"),
        Self::call("ago", "Ago"),
        Self::call("since", "Since"),
        Self::call("offset", "Offset"),
    ];

    const fn word(name: &'static str, variant: &'static str) -> Self {
        Self { name, variant, takes_value: false }
    }

    const fn call(name: &'static str, variant: &'static str) -> Self {
        Self { name, variant, takes_value: true }
    }
}

impl Row for SourceOption {
    const ROWS: &'static [Self] = &[
        Self {
            name: "retry",
            doc: "whether a record that failed is run again alone, with all behind it, or not at all",
            shape: "retry: individual | all_after | none",
            takes: SourceValue::Retry,
        },
        Self {
            name: "attempts",
            doc: "how often a record is tried, the first time included, before it is a dead letter",
            shape: "attempts: number",
            takes: SourceValue::Value,
        },
        Self {
            name: "timeout",
            doc: "how long all that a record causes may take in one attempt",
            shape: "timeout: duration",
            takes: SourceValue::Value,
        },
        Self {
            name: "start_from",
            doc: "where the topology begins when it reads the depot for the first time",
            shape: "start_from: end | beginning | records_ago(n) | ago(duration) | since(timestamp) | offset(n)",
            takes: SourceValue::StartFrom,
        },
        Self {
            name: "ack_return",
            doc: "what becomes of several values that are returned for one record",
            shape: "ack_return: |before, next| value",
            takes: SourceValue::Fold,
        },
        Self {
            name: "id",
            doc: "the name of one of several sources on the same depot, each with its own progress",
            shape: "id: \"name\"",
            takes: SourceValue::Name,
        },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
