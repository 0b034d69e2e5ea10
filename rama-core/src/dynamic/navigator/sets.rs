//! Navigators of sets.

use super::{Example, Kind, Navigator, Param, Params};

pub(super) const ROWS: &[Navigator] = &[
    Navigator {
        kind: Kind::SetElem,
        name: "set_elem",
        aliases: &[],
        catalogue: "NV-40",
        arguments: "element",
        summary: "the element, if the set has it",
        example: Example::transform(r#"[["set_elem", 2], ["NONE"]]"#, "[1, 2]", "[1]"),
        params: Params::of(&[Param::Value]),
    },
    Navigator {
        kind: Kind::Subset,
        name: "subset",
        aliases: &[],
        catalogue: "NV-42",
        arguments: "[element, …]",
        summary: "the part of a set with these elements, as one set; what is written replaces the part",
        example: Example::setval(r#"[["subset", []]]"#, "[3, 4]", "[1, 3]", "[1, 3, 4]"),
        params: Params::of(&[Param::Values]),
    },
    Navigator {
        kind: Kind::NoneElem,
        name: "NONE_ELEM",
        aliases: &[],
        catalogue: "NV-41",
        arguments: "",
        summary: "a place for one more element: what is written is added",
        example: Example::setval(
            r#"["tags", ["NONE_ELEM"]]"#,
            r#""new""#,
            r#"{"tags": ["old"]}"#,
            r#"{"tags": ["old", "new"]}"#,
        ),
        params: Params::NONE,
    },
];
