//! Navigators that collect values beside the position.

use super::{Example, Kind, Navigator, Param, Params};

pub(super) const ROWS: &[Navigator] = &[
    Navigator {
        kind: Kind::Val,
        name: "VAL",
        aliases: &[],
        catalogue: "NV-83",
        arguments: "",
        summary: "stays, and collects the value here",
        example: Example::select(r#"[["VAL"], "a"]"#, r#"{"a": 1}"#, r#"[[{"a": 1}, 1]]"#),
        params: Params::NONE,
    },
    Navigator {
        kind: Kind::Collect,
        name: "collect",
        aliases: &[],
        catalogue: "NV-80",
        arguments: "step, …",
        summary: "stays, and collects the list of what the path finds",
        example: Example::select(
            r#"[["collect", "tags", ["ALL"]], "name"]"#,
            r#"{"name": "ada", "tags": ["x", "y"]}"#,
            r#"[[["x", "y"], "ada"]]"#,
        ),
        params: Params::of(&[]).several(Param::Steps),
    },
    Navigator {
        kind: Kind::CollectOne,
        name: "collect_one",
        aliases: &[],
        catalogue: "NV-81",
        arguments: "step, …",
        summary: "stays, and collects the one value that the path finds",
        example: Example::transform(
            r#"[["collect_one", "step"], "n", ["term", "add"]]"#,
            r#"{"n": 1, "step": 10}"#,
            r#"{"n": 11, "step": 10}"#,
        ),
        params: Params::of(&[]).several(Param::Steps),
    },
    Navigator {
        kind: Kind::Putval,
        name: "putval",
        aliases: &[],
        catalogue: "NV-82",
        arguments: "value",
        summary: "stays, and collects the constant",
        example: Example::transform(
            r#"["a", ["putval", 10], ["term", "sub"]]"#,
            r#"{"a": 1}"#,
            r#"{"a": 9}"#,
        ),
        params: Params::of(&[Param::Value]),
    },
    Navigator {
        kind: Kind::Dispense,
        name: "DISPENSE",
        aliases: &[],
        catalogue: "NV-84",
        arguments: "",
        summary: "stays, and forgets all that was collected",
        example: Example::select(r#"[["VAL"], ["DISPENSE"]]"#, "1", "[1]"),
        params: Params::NONE,
    },
    Navigator {
        kind: Kind::WithFreshCollected,
        name: "with_fresh_collected",
        aliases: &[],
        catalogue: "NV-86",
        arguments: "step, …",
        summary: "where the path leads, which starts with nothing collected; behind it only what was collected \
                  before counts",
        example: Example::select(
            r#"[["putval", 1], ["with_fresh_collected", ["VAL"], "a"]]"#,
            r#"{"a": 2}"#,
            "[[1, 2]]",
        ),
        params: Params::of(&[]).several(Param::Steps),
    },
];
