//! Navigators: the steps of a path. Each is a method of the runtime's path builder.

use super::{Arity, Row};

/// One navigator.
pub(crate) struct Navigator {
    pub(crate) name: &'static str,
    /// Where it goes, in a line.
    pub(crate) doc: &'static str,
    pub(crate) arity: Arity,
    /// How many places it leads to.
    pub(crate) yields: Yields,
    /// Whether it ends a path that changes something.
    pub(crate) terminal: bool,
}

/// How many places a navigator leads to from one place; a path leads to the most of its steps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Yields {
    One,
    AtMostOne,
    Many,
}

impl Navigator {
    const STEP: Self =
        Self { name: "", doc: "", arity: Arity::Exactly(1), yields: Yields::One, terminal: false };
    const CONSTANT: Self = Self { arity: Arity::Bare, ..Self::STEP };
    const TERMINAL: Self = Self { terminal: true, ..Self::STEP };
}

impl Row for Navigator {
    const ROWS: &'static [Self] = &[
        Self {
            name: "keypath",
            doc: "the value of a key, absent or not; several keys go down several maps",
            arity: Arity::Several,
            ..Self::STEP
        },
        Self {
            name: "must",
            doc: "the value of a key that is there; several keys go down several maps",
            arity: Arity::Several,
            yields: Yields::AtMostOne,
            ..Self::STEP
        },
        Self { name: "nil_to_val", doc: "a default where nothing is", ..Self::STEP },
        Self { name: "view", doc: "what a function makes of the value", ..Self::STEP },
        Self {
            name: "set_elem",
            doc: "an element of a set, if it is there",
            yields: Yields::AtMostOne,
            ..Self::STEP
        },
        Self {
            name: "ALL",
            doc: "every element, or every entry of a map",
            yields: Yields::Many,
            ..Self::CONSTANT
        },
        Self {
            name: "MAP_VALS",
            doc: "every value of a map",
            yields: Yields::Many,
            ..Self::CONSTANT
        },
        Self { name: "NIL_TO_SET", doc: "an empty set where nothing is", ..Self::CONSTANT },
        Self {
            name: "NONE_ELEM",
            doc: "a new element of a set: what is put there is added",
            ..Self::CONSTANT
        },
        Self { name: "termval", doc: "puts a value there", ..Self::TERMINAL },
        Self {
            name: "term",
            doc: "puts what a function makes of the value there",
            ..Self::TERMINAL
        },
        Self { name: "update", doc: "changes the value there in place", ..Self::TERMINAL },
        Self { name: "NONE", doc: "removes what is there", arity: Arity::Bare, ..Self::TERMINAL },
    ];

    fn name(&self) -> &'static str {
        self.name
    }
}
