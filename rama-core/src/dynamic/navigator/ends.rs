//! Terminals: the ends of paths that write.

use super::{Example, Kind, Navigator, Param, Params};

pub(super) const ROWS: &[Navigator] = &[
    Navigator {
        kind: Kind::Term,
        name: "term",
        aliases: &["terminal"],
        catalogue: "NV-90",
        arguments: "function, argument, …",
        summary: "ends a writing path: replaces the value by what the function makes of the collected values, the \
                  value and the arguments",
        example: Example::transform(r#"["a", ["term", "add", 5]]"#, r#"{"a": 1}"#, r#"{"a": 6}"#),
        params: Params::of(&[Param::Call]),
    },
    Navigator {
        kind: Kind::Termval,
        name: "termval",
        aliases: &["terminal-val"],
        catalogue: "NV-91",
        arguments: "value",
        summary: "ends a writing path: replaces the value",
        example: Example::transform(r#"["a", ["termval", [1]]]"#, "{}", r#"{"a": [1]}"#),
        params: Params::of(&[Param::Value]),
    },
    Navigator {
        kind: Kind::Remove,
        name: "NONE",
        aliases: &["NONE>"],
        catalogue: "NV-92",
        arguments: "",
        summary: "ends a writing path: removes the value from the collection around it",
        example: Example::transform(r#"["a", ["NONE"]]"#, r#"{"a": 1, "b": 2}"#, r#"{"b": 2}"#),
        params: Params::NONE,
    },
];
