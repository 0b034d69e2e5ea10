//! Navigators: the steps of a path. Each is a method of the runtime's path builder.

mod rows;

use super::Row;

/// One navigator.
pub(crate) struct Navigator {
    pub(crate) name: &'static str,
    /// Where it goes, in a line.
    pub(crate) doc: &'static str,
    pub(crate) params: Params,
    pub(crate) reach: Reach,
    /// Whether it ends a path that changes something.
    pub(crate) terminal: bool,
}

/// How a navigator is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Params {
    /// Without parentheses.
    Bare,
    /// With so many values.
    Values(usize),
    /// With one or more keys, each a step of its own.
    Keys,
    /// With a value and the options of a range.
    Range,
    /// With a path that reads: in brackets, or its elements directly.
    Path,
    /// With a path that writes.
    WritePath,
    /// With a number, and the elements of a path, which follow behind it.
    Before,
    /// With a number, a name, and a path in which the name leads back to the navigator.
    Recursive,
    /// With a condition, a path, and perhaps another path; all are paths.
    If,
    /// With conditions and paths in turn.
    Cond,
    /// With one path or more.
    Paths,
}

/// How many places a navigator leads to from one place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Always(Yields),
    /// As many as the path inside of it.
    Inside,
}

/// How many places a path leads to: the most of its steps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Yields {
    One,
    AtMostOne,
    Many,
}

impl Params {
    /// For a message: how the call should look.
    pub(crate) fn describe(self, name: &str) -> String {
        match self {
            Self::Bare => format!("`{name}` without parentheses"),
            Self::Values(1) => format!("`{name}(…)` with one argument"),
            Self::Values(count) => format!("`{name}(…)` with {count} arguments"),
            Self::Keys => format!("`{name}(…)` with at least one argument"),
            Self::Range => {
                format!(
                    "`{name}(key)`, `{name}(key, 10)` or `{name}(key, max_amt: 10, inclusive: true)`"
                )
            }
            Self::Path => format!("`{name}([path])`"),
            Self::WritePath => format!("`{name}([path, termval(value)])`"),
            Self::Before => format!("`{name}(10)` or `{name}(10, [path])`"),
            Self::Recursive => format!("`{name}(100, again, [path, again])`"),
            Self::If => {
                format!("`{name}([condition], [path])` or `{name}([condition], [path], [path])`")
            }
            Self::Cond => format!("`{name}([condition], [path], [condition], [path], …)`"),
            Self::Paths => format!("`{name}([path], [path], …)`"),
        }
    }
}

impl Row for Navigator {
    const ROWS: &'static [Self] = rows::ROWS;

    fn name(&self) -> &'static str {
        self.name
    }
}
