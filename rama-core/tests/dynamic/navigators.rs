//! Each navigator over JSON: its example, and the edge cases of the reference (NV-01 to NV-92).

use super::run;
use rama_core::dynamic::{Type, navigators};
use serde_json::Value as Json;

/// One case: operation, path, data, and what comes out or a part of the message.
type Case = (&'static str, &'static str, &'static str, Result<&'static str, &'static str>);

fn check(cases: &[Case]) {
    for (op, path, data, expected) in cases {
        let (op, value) = match op.split_once(' ') {
            Some((op, value)) => (op, Some(value)),
            None => (*op, None),
        };
        let data: Json = serde_json::from_str(data).unwrap();
        let found = run(op, path, value, &data, &Type::Json);
        match expected {
            Ok(expected) => {
                let expected: Json = serde_json::from_str(expected).unwrap();
                assert_eq!(found, Ok(expected), "{op} {path} of {data}");
            }
            Err(part) => {
                let message = found.expect_err(&format!("{op} {path} of {data}")).to_string();
                assert!(message.contains(part), "{op} {path} of {data}: {message}");
            }
        }
    }
}

#[test]
fn the_example_of_every_navigator_is_true() {
    for navigator in navigators() {
        let example = navigator.example;
        let data = serde_json::from_str(example.data).unwrap();
        let expected: Json = serde_json::from_str(example.result).unwrap();
        let found = run(example.op, example.path, example.value, &data, &Type::Json);
        assert_eq!(found, Ok(expected), "{}", navigator.name);
        if navigator.name != "srange_dynamic" {
            let spelt = format!("\"{}\"", navigator.name);
            assert!(example.path.contains(&spelt), "{} is in its example", navigator.name);
        }
    }
}

#[test]
fn keypath_leads_to_the_value_there_or_not() {
    check(&[
        ("select", r#"["a"]"#, r#"{"b": 1}"#, Ok("[null]")),
        ("select", r#"["a", "b", "c"]"#, r#"{}"#, Ok("[null]")),
        ("select", r#"["a", "b"]"#, r#"{"a": null}"#, Ok("[null]")),
        ("select", r#"[["keypath", "a", "b"]]"#, r#"{"a": {"b": 2}}"#, Ok("[2]")),
        ("select", r#"["a"]"#, "null", Ok("[null]")),
        (
            "select",
            r#"["a"]"#,
            "5",
            Err("step 1 `keypath`: needs a map or a list, and a whole number stands here"),
        ),
        ("select", "[1]", "[5, 6]", Ok("[6]")),
        ("select", "[2]", "[5, 6]", Ok("[null]")),
        ("select", r#"["a"]"#, "[5]", Err("found by an index from 0, not by \"a\"")),
        ("select", "[[\"keypath\", -1]]", "[5]", Err("not by -1")),
        ("select", "[1]", r#"{"1": 5}"#, Err("write \"1\" for 1")),
        ("setval 1", r#"["a", "b"]"#, "{}", Ok(r#"{"a": {"b": 1}}"#)),
        ("setval 1", r#"["a", "b"]"#, r#"{"a": null}"#, Ok(r#"{"a": {"b": 1}}"#)),
        ("setval 1", r#"["a"]"#, "null", Ok(r#"{"a": 1}"#)),
        ("setval 7", "[1]", "[5, 6]", Ok("[5, 7]")),
        ("setval 7", "[2]", "[5, 6]", Ok("[5, 6, 7]")),
        ("setval 7", "[3]", "[5, 6]", Err("only the place 2 is free")),
        ("setval 7", "[0]", "null", Err("insert [\"NIL_TO_LIST\"] in front")),
        ("setval 7", r#"[["NIL_TO_LIST"], 0]"#, "null", Ok("[7]")),
        // Passing through creates nothing, where the original leaves nulls.
        ("transform", r#"["a", ["STOP"]]"#, "{}", Ok("{}")),
        ("transform", r#"["a", "b", ["pred", "is_some"], ["NONE"]]"#, "{}", Ok("{}")),
        ("transform", r#"["a", ["NONE"]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"b": 2}"#)),
        ("transform", r#"["a", ["NONE"]]"#, r#"{"b": 2}"#, Ok(r#"{"b": 2}"#)),
        ("transform", r#"[0, ["NONE"]]"#, "[5, 6]", Ok("[6]")),
        (
            "transform",
            r#"["a", ["term", "inc"]]"#,
            "{}",
            Err(
                "step 2 `term`: needs a value, and nothing stands here: insert [\"nil_to_val\", default]",
            ),
        ),
        (
            "transform",
            r#"["a", ["term", "inc"]]"#,
            r#"{"a": null}"#,
            Err("`inc` wants numbers, and null came"),
        ),
    ]);
}

#[test]
fn must_goes_only_where_something_is() {
    check(&[
        ("select", r#"[["must", "a"]]"#, r#"{"b": 1}"#, Ok("[]")),
        ("select", r#"[["must", "a"]]"#, "null", Ok("[]")),
        ("select", r#"[["must", "a"]]"#, r#"{"a": null}"#, Ok("[null]")),
        ("select", r#"[["must", "a", "b"]]"#, r#"{"a": {"b": 2}}"#, Ok("[2]")),
        ("select", r#"[["must", 2]]"#, "[5, 6]", Ok("[]")),
        ("setval 1", r#"[["must", "a"]]"#, "{}", Ok("{}")),
        ("setval 1", r#"[["must", "a"]]"#, "null", Ok("null")),
        ("setval 1", r#"[["must", 2]]"#, "[5, 6]", Ok("[5, 6]")),
        ("transform", r#"[["must", "a"], ["NONE"]]"#, r#"{"a": 1}"#, Ok("{}")),
        ("transform", r#"[["must", 0], ["NONE"]]"#, "[5, 6]", Ok("[6]")),
    ]);
}

#[test]
fn keys_and_values_of_maps_are_visited_renamed_and_removed() {
    check(&[
        ("select", r#"[["map_key", "a"]]"#, r#"{"b": 1}"#, Ok("[]")),
        ("select", r#"[["map_key", "a"]]"#, "null", Ok("[]")),
        ("setval \"b\"", r#"[["map_key", "a"]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"b": 1}"#)),
        ("transform", r#"[["map_key", "a"], ["NONE"]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"b": 2}"#)),
        ("select", r#"[["MAP_VALS"]]"#, "null", Ok("[]")),
        ("select", r#"[["MAP_VALS"]]"#, "[1]", Err("needs a map, and a list stands here")),
        ("setval 1", r#"[["MAP_VALS"]]"#, "null", Ok("null")),
        (
            "transform",
            r#"[["MAP_VALS"], ["pred", "is_even"], ["NONE"]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"a": 1}"#),
        ),
        ("select", r#"[["MAP_KEYS"]]"#, r#"{"b": 1, "a": 2}"#, Ok(r#"["a", "b"]"#)),
        ("setval \"x\"", r#"[["MAP_KEYS"]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"x": 2}"#)),
        (
            "transform",
            r#"[["MAP_KEYS"], ["pred_eq", "a"], ["NONE"]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"b": 2}"#),
        ),
        ("select", r#"[["KEYED_VALS"]]"#, "[5, 6]", Ok("[[0, 5], [1, 6]]")),
        (
            "transform",
            r#"[["KEYED_VALS"], ["term", "concat"]]"#,
            r#"{"a": "x"}"#,
            Ok(r#"{"a": "ax"}"#),
        ),
        ("transform", r#"[["KEYED_VALS"], ["term", "add"]]"#, "[5, 5, 5]", Ok("[5, 6, 7]")),
    ]);
}

#[test]
fn a_submap_is_replaced_by_what_is_written() {
    check(&[
        ("select", r#"[["submap", ["a"]]]"#, "null", Ok("[{}]")),
        ("setval {}", r#"[["submap", ["a", "x"]]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"b": 2}"#)),
        ("setval null", r#"[["submap", ["a"]]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"b": 2}"#)),
        (
            "setval {\"c\": 3}",
            r#"[["submap", ["a"]]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"b": 2, "c": 3}"#),
        ),
        ("setval {\"c\": 3}", r#"[["submap", []]]"#, r#"{"a": 1}"#, Ok(r#"{"a": 1, "c": 3}"#)),
        ("setval {\"c\": 3}", r#"[["submap", ["c"]]]"#, "null", Ok(r#"{"c": 3}"#)),
        ("setval 5", r#"[["submap", ["a"]]]"#, "{}", Err("replaces a part, so it has to be a map")),
        (
            "transform",
            r#"[["submap", ["a"]], ["NONE"]]"#,
            r#"{"a": 1}"#,
            Err("cannot be taken out of anything"),
        ),
        (
            "transform",
            r#"[["submap", ["a", "b"]], ["MAP_VALS"], ["term", "inc"]]"#,
            r#"{"a": 1, "c": 3}"#,
            Ok(r#"{"a": 2, "c": 3}"#),
        ),
    ]);
}

#[test]
fn all_visits_elements_and_entries() {
    check(&[
        ("select", r#"[["ALL"]]"#, "null", Ok("[]")),
        ("select", r#"[["ALL"]]"#, "5", Err("needs a list, a set or a map")),
        ("setval 1", r#"[["ALL"]]"#, "null", Ok("null")),
        ("transform", r#"[["ALL"], ["pred", "is_even"], ["NONE"]]"#, "[1, 2, 4, 5]", Ok("[1, 5]")),
        (
            "transform",
            r#"[["ALL"], ["pred_eq", ["a", 1]], ["NONE"]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"b": 2}"#),
        ),
        // An entry that lost a half is gone.
        (
            "transform",
            r#"[["ALL"], ["FIRST"], ["pred_eq", "a"], ["NONE"]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"b": 2}"#),
        ),
        ("transform", r#"[["ALL"], ["LAST"], ["term", "inc"]]"#, r#"{"a": 1}"#, Ok(r#"{"a": 2}"#)),
        ("setval \"x\"", r#"[["ALL"], ["FIRST"]]"#, r#"{"a": 1, "b": 2}"#, Ok(r#"{"x": 2}"#)),
        ("setval 5", r#"[["ALL"]]"#, r#"{"a": 1}"#, Err("an entry of a map stays [key, value]")),
        ("setval [1, 2, 3]", r#"[["ALL"]]"#, r#"{"a": 1}"#, Err("a longer list")),
    ]);
}

#[test]
fn elements_are_found_by_position() {
    check(&[
        ("select", r#"[["nthpath", 2]]"#, "[5, 6]", Err("there is no element 2 in a list of 2")),
        ("setval 1", r#"[["nthpath", 2]]"#, "[5, 6]", Err("there is no element 2")),
        ("select", r#"[["nthpath", 0]]"#, "null", Err("there is no element 0 in a list of 0")),
        ("select", r#"[["nthpath", 1, 0]]"#, "[5, [6]]", Ok("[6]")),
        ("transform", r#"[["nthpath", 0], ["NONE"]]"#, "[5, 6]", Ok("[6]")),
        ("select", r#"[["FIRST"]]"#, "[]", Ok("[]")),
        ("select", r#"[["LAST"]]"#, "null", Ok("[]")),
        ("setval 1", r#"[["FIRST"]]"#, "[]", Ok("[]")),
        ("setval 1", r#"[["LAST"]]"#, "null", Ok("null")),
        ("setval 1", r#"[["LAST"]]"#, "[5, 6]", Ok("[5, 1]")),
        ("transform", r#"[["LAST"], ["NONE"]]"#, "[5, 6]", Ok("[5]")),
        ("select", r#"[["FIRST"]]"#, r#"{"a": 1}"#, Err("needs a list, and a map stands here")),
        ("select", r#"[["index_nav", 1]]"#, "[5, 6]", Ok("[1]")),
        ("select", r#"[["index_nav", 2]]"#, "[5, 6]", Ok("[]")),
        ("setval 0", r#"[["index_nav", 5]]"#, "[5, 6]", Ok("[5, 6]")),
        ("setval 2", r#"[["index_nav", 0]]"#, "[5, 6, 7]", Ok("[6, 7, 5]")),
        (
            "setval 3",
            r#"[["index_nav", 0]]"#,
            "[5, 6, 7]",
            Err("cannot move to 3: its list has 3 elements"),
        ),
        ("transform", r#"[["index_nav", 0], ["NONE"]]"#, "[5]", Err("an index cannot be removed")),
        ("select", r#"[["INDEXED_VALS"]]"#, "null", Ok("[]")),
        ("setval 9", r#"[["INDEXED_VALS"], ["LAST"]]"#, "[5, 6]", Ok("[9, 9]")),
        ("transform", r#"[["INDEXED_VALS"], ["NONE"]]"#, "[5, 6, 7]", Ok("[]")),
        (
            "transform",
            r#"[["INDEXED_VALS"], ["pred_eq", [0, "a"]], ["FIRST"], ["termval", 2]]"#,
            r#"["a", "b", "c"]"#,
            Ok(r#"["b", "c", "a"]"#),
        ),
        // Moved once by the first edit: what was second is seen at index 0.
        (
            "transform",
            r#"[["INDEXED_VALS"], ["if_path", [["nthpath", 1], ["pred_eq", "a"]], [["FIRST"], ["termval", 2]], [["VAL"], ["nthpath", 1], ["term", "first"], ["DISPENSE"], ["STOP"]]]]"#,
            r#"["a", "b", "c"]"#,
            Err("stands behind a terminal"),
        ),
        (
            "setval 1",
            r#"[["indexed_vals", 1], ["pred_eq", [2, "b"]], ["FIRST"]]"#,
            r#"["a", "b"]"#,
            Ok(r#"["b", "a"]"#),
        ),
        (
            "setval 0",
            r#"[["indexed_vals", 1], ["pred_eq", [2, "b"]], ["FIRST"]]"#,
            r#"["a", "b"]"#,
            Err("cannot move to 0"),
        ),
    ]);
}

#[test]
fn lists_grow_at_both_ends_and_in_the_middle() {
    check(&[
        ("select", r#"[["BEGINNING"]]"#, "[5]", Ok("[[]]")),
        ("select", r#"[["END"]]"#, "null", Ok("[[]]")),
        ("setval [1, 2]", r#"[["END"]]"#, "null", Ok("[1, 2]")),
        ("setval 1", r#"[["END"]]"#, "[5]", Err("has to be a list")),
        ("transform", r#"[["END"], ["NONE"]]"#, "[5]", Err("cannot be taken out")),
        (
            "select",
            r#"[["BEFORE_ELEM"]]"#,
            "[5]",
            Err("step 1 `BEFORE_ELEM`: leads to a place that holds nothing"),
        ),
        ("setval 1", r#"[["BEFORE_ELEM"]]"#, "null", Ok("[1]")),
        ("setval 1", r#"[["AFTER_ELEM"]]"#, "[5]", Ok("[5, 1]")),
        ("transform", r#"[["AFTER_ELEM"], ["NONE"]]"#, "[5]", Ok("[5]")),
        (
            "transform",
            r#"[["AFTER_ELEM"], ["term", "inc"]]"#,
            "[5]",
            Err("insert [\"none_to_val\", default]"),
        ),
        ("setval 1", r#"[["AFTER_ELEM"], "a"]"#, "[]", Ok(r#"[{"a": 1}]"#)),
        ("setval 1", r#"[["before_index", 0]]"#, "null", Ok("[1]")),
        ("setval 1", r#"[["before_index", 1]]"#, "null", Err("there is no place 1 in a list of 0")),
        ("setval 1", r#"[["before_index", 2]]"#, "[5, 6]", Ok("[5, 6, 1]")),
        ("setval 1", r#"[["before_index", 3]]"#, "[5, 6]", Err("there is no place 3")),
        ("transform", r#"[["before_index", 0], ["NONE"]]"#, "[5]", Ok("[5]")),
        (
            "setval 1",
            r#"[["AFTER_ELEM"]]"#,
            r#"{"a": 1}"#,
            Err("needs a list, and a map stands here"),
        ),
    ]);
}

#[test]
fn stretches_of_lists_are_replaced() {
    check(&[
        ("select", r#"[["srange", 1, 1]]"#, "[5, 6]", Ok("[[]]")),
        (
            "select",
            r#"[["srange", 1, 3]]"#,
            "[5, 6]",
            Err("there are no elements 1 to 3 in a list of 2"),
        ),
        ("select", r#"[["srange", 2, 1]]"#, "[5, 6]", Err("ends at 1 before it starts at 2")),
        ("select", r#"[["srange", 0, 0]]"#, "null", Ok("[[]]")),
        ("setval []", r#"[["srange", 0, 2]]"#, "[5, 6, 7]", Ok("[7]")),
        ("setval null", r#"[["srange", 0, 2]]"#, "[5, 6, 7]", Ok("[7]")),
        ("setval [1, 2, 3]", r#"[["srange", 1, 2]]"#, "[5, 6, 7]", Ok("[5, 1, 2, 3, 7]")),
        ("transform", r#"[["srange", 0, 1], ["NONE"]]"#, "[5]", Err("write an empty one")),
        ("select", r#"[["continuous_subseqs", "is_odd"]]"#, "[1, 3, 4, 5]", Ok("[[1, 3], [5]]")),
        ("select", r#"[["continuous_subseqs", ["gt", 3]]]"#, "[1, 4, 5]", Ok("[[4, 5]]")),
        ("setval [0]", r#"[["continuous_subseqs", "is_odd"]]"#, "[1, 3, 4, 5]", Ok("[0, 4, 0]")),
        ("setval null", r#"[["continuous_subseqs", "is_odd"]]"#, "[1, 3, 4, 5]", Ok("[4]")),
        ("select", r#"[["continuous_subseqs", "is_odd"]]"#, "null", Ok("[]")),
        ("select", r#"[["upsert_by", ["id"], 2]]"#, r#"[{"id": 2}]"#, Ok(r#"[{"id": 2}]"#)),
        ("select", r#"[["upsert_by", ["id"], 2]]"#, "null", Ok("[null]")),
        (
            "setval 5",
            r#"[["upsert_by", ["id"], 2], "n"]"#,
            r#"[{"id": 1}, {"id": 2}]"#,
            Ok(r#"[{"id": 1}, {"id": 2, "n": 5}]"#),
        ),
        (
            "transform",
            r#"[["upsert_by", ["id"], 2], ["NONE"]]"#,
            r#"[{"id": 1}, {"id": 2}]"#,
            Ok(r#"[{"id": 1}]"#),
        ),
        (
            "transform",
            r#"[["upsert_by", ["id"], 9], ["NONE"]]"#,
            r#"[{"id": 1}]"#,
            Ok(r#"[{"id": 1}]"#),
        ),
        (
            "transform",
            r#"[["upsert_by", ["id"], 9], ["nil_to_val", {"id": 9, "n": 0}], "n", ["term", "inc"]]"#,
            "null",
            Ok(r#"[{"id": 9, "n": 1}]"#),
        ),
    ]);
}

#[test]
fn a_list_stands_for_a_set() {
    check(&[
        ("select", r#"[["set_elem", 2]]"#, "[1, 2]", Ok("[2]")),
        ("select", r#"[["set_elem", 3]]"#, "[1, 2]", Ok("[]")),
        ("select", r#"[["set_elem", 3]]"#, "null", Ok("[]")),
        ("setval 1", r#"[["set_elem", 2]]"#, "[1, 2]", Ok("[1]")),
        ("setval 3", r#"[["set_elem", 2]]"#, "[1, 2]", Ok("[1, 3]")),
        ("setval 3", r#"[["set_elem", 2]]"#, "null", Ok("null")),
        ("select", r#"[["set_elem", 3]]"#, "5", Err("needs a set")),
        ("select", r#"[["subset", [1, 5]]]"#, "[1, 2]", Ok("[[1]]")),
        ("select", r#"[["subset", [1, 5]]]"#, "null", Ok("[[]]")),
        ("setval []", r#"[["subset", [1, 5]]]"#, "[1, 2]", Ok("[2]")),
        ("setval null", r#"[["subset", [1, 5]]]"#, "[1, 2]", Ok("[2]")),
        ("setval [7, 7]", r#"[["subset", [2]]]"#, "[1, 2]", Ok("[1, 7]")),
        ("setval [2, 1]", r#"[["subset", []]]"#, "null", Ok("[1, 2]")),
        ("transform", r#"[["subset", [1]], ["NONE"]]"#, "[1]", Err("write an empty one")),
        ("select", r#"[["NONE_ELEM"]]"#, "[1]", Err("there is nothing to select")),
        ("setval 1", r#"[["NONE_ELEM"]]"#, "[1]", Ok("[1]")),
        ("setval 1", r#"[["NONE_ELEM"]]"#, "null", Ok("[1]")),
        ("transform", r#"[["NONE_ELEM"], ["NONE"]]"#, "[1]", Ok("[1]")),
        ("setval 1", r#"[["NONE_ELEM"]]"#, "5", Err("needs a set, and a whole number")),
    ]);
}

#[test]
fn sorted_ranges_are_parts() {
    let map = r#"{"a": 1, "b": 2, "c": 3, "d": 4}"#;
    check(&[
        ("select", r#"[["sorted_map_range", "b", "c"]]"#, map, Ok(r#"[{"b": 2}]"#)),
        (
            "select",
            r#"[["sorted_map_range", "b", "c", {"inclusive_end": true}]]"#,
            map,
            Ok(r#"[{"b": 2, "c": 3}]"#),
        ),
        (
            "select",
            r#"[["sorted_map_range", "b", "c", {"inclusive-start?": false}]]"#,
            map,
            Ok("[{}]"),
        ),
        (
            "select",
            r#"[["sorted_map_range", "c", "b"]]"#,
            map,
            Err("ends at \"b\" before it starts at \"c\""),
        ),
        ("select", r#"[["sorted_map_range", "x", "y"]]"#, "null", Ok("[{}]")),
        ("select", r#"[["sorted_map_range_from", "bb", 1]]"#, map, Ok(r#"[{"c": 3}]"#)),
        (
            "select",
            r#"[["sorted_map_range_to", "d", {"max_amt": 2}]]"#,
            map,
            Ok(r#"[{"b": 2, "c": 3}]"#),
        ),
        (
            "select",
            r#"[["sorted_map_range_to", "d", {"max_amt": 2, "inclusive": true}]]"#,
            map,
            Ok(r#"[{"c": 3, "d": 4}]"#),
        ),
        ("select", r#"[["sorted_map_range_from_start", 0]]"#, map, Ok("[{}]")),
        ("select", r#"[["sorted_map_range_to_end", 9]]"#, r#"{"a": 1}"#, Ok(r#"[{"a": 1}]"#)),
        ("setval {}", r#"[["sorted_map_range_to_end", 2]]"#, map, Ok(r#"{"a": 1, "b": 2}"#)),
        (
            "setval {\"x\": 0}",
            r#"[["sorted_map_range_from_start", 3]]"#,
            map,
            Ok(r#"{"d": 4, "x": 0}"#),
        ),
        (
            "transform",
            r#"[["sorted_map_range_from", "c"], ["MAP_VALS"], ["term", "negate"]]"#,
            map,
            Ok(r#"{"a": 1, "b": 2, "c": -3, "d": -4}"#),
        ),
        (
            "select",
            r#"[["sorted_map_range_from_start", 1]]"#,
            "[1]",
            Err("needs a map, and a list"),
        ),
        ("select", r#"[["sorted_set_range_from", 2]]"#, "[3, 1, 2]", Ok("[[2, 3]]")),
        ("select", r#"[["sorted_set_range_to_end", 1]]"#, "null", Ok("[[]]")),
        ("setval []", r#"[["sorted_set_range_to", 2]]"#, "[3, 1, 2]", Ok("[3, 2]")),
        ("select", r#"[["sorted_set_range_to", 2]]"#, r#"{"a": 1}"#, Err("needs a set, and a map")),
    ]);
}

#[test]
fn filters_stay_or_stop() {
    check(&[
        ("select", r#"[["ALL"], ["pred", "gt", 2]]"#, "[1, 2, 3]", Ok("[3]")),
        (
            "select",
            r#"[["ALL"], ["pred", "add", "x"]]"#,
            "[1]",
            Err("step 2 `pred`: `add` wants numbers, and text came"),
        ),
        ("select", r#"["a", ["pred", "is_null"]]"#, "{}", Ok("[null]")),
        ("select", r#"[["ALL"], ["pred_eq", 1]]"#, "[1, 1.0, \"1\"]", Ok("[1, 1.0]")),
        ("select", r#"[["ALL"], ["pred_ne", null]]"#, "[1, null]", Ok("[1]")),
        ("select", r#"[["ALL"], ["pred_lt", 2]]"#, "[1, 1.5, null, \"a\"]", Ok("[1, 1.5]")),
        ("transform", r#"[["ALL"], ["pred_ge", 2], ["term", "inc"]]"#, "[1, 2]", Ok("[1, 3]")),
        // A keypath always finds a place, so it is no condition.
        ("select", r#"[["selected", "a"]]"#, "{}", Ok("[{}]")),
        ("select", r#"[["selected", "a", ["pred", "is_some"]]]"#, "{}", Ok("[]")),
        ("select", r#"[["not_selected", ["ALL"]]]"#, "[]", Ok("[[]]")),
        (
            "transform",
            r#"[["ALL"], ["selected", ["must", "x"]], "y", ["termval", 1]]"#,
            r#"[{"x": 0}, {}]"#,
            Ok(r#"[{"x": 0, "y": 1}, {}]"#),
        ),
        (
            "select",
            r#"[["selected", ["term", "inc"]]]"#,
            "1",
            Err("step 1 `selected`, path, step 1 `term`: writes, and this path only reads"),
        ),
        ("select", r#"[["is_collected", ["ALL"]]]"#, "1", Ok("[]")),
        (
            "select",
            r#"[["putval", 1], ["is_collected", ["ALL"], ["pred_eq", 1]]]"#,
            "2",
            Ok("[[1, 2]]"),
        ),
        ("select", r#"[["filterer", ["pred", "is_even"]]]"#, "[1, 3]", Ok("[[]]")),
        ("select", r#"[["filterer", ["pred", "is_even"]]]"#, "null", Ok("[[]]")),
        // The shortened list is dealt from the front again, so the last match goes.
        (
            "transform",
            r#"[["filterer", ["pred_eq", 2]], ["FIRST"], ["NONE"]]"#,
            "[2, 1, 2, 3]",
            Ok("[2, 1, 3]"),
        ),
        ("setval [9]", r#"[["filterer", ["pred", "is_even"]]]"#, "[2, 1, 4]", Ok("[9, 1]")),
        (
            "setval [9, 8, 7]",
            r#"[["filterer", ["pred", "is_even"]]]"#,
            "[2, 1, 4]",
            Ok("[9, 1, 8]"),
        ),
    ]);
}

#[test]
fn views_show_and_replace() {
    check(&[
        ("select", r#"["a", ["view", "is_null"]]"#, "{}", Ok("[true]")),
        ("select", r#"[["view", "add", 5]]"#, "1", Ok("[6]")),
        ("select", r#"[["view", "inc"]]"#, "\"a\"", Err("step 1 `view`: `inc` wants numbers")),
        (
            "transform",
            r#"["a", ["view", "size"], ["term", "inc"]]"#,
            r#"{"a": [5, 6]}"#,
            Ok(r#"{"a": 3}"#),
        ),
        (
            "transform",
            r#"["a", ["view", "size"], ["STOP"]]"#,
            r#"{"a": [5, 6]}"#,
            Ok(r#"{"a": [5, 6]}"#),
        ),
        ("select", r#"[["SIZE"]]"#, "null", Ok("[0]")),
        ("select", r#"[["SIZE"]]"#, "5", Err("needs a list, a set or a map")),
        ("select", r#"[["transformed", "a", ["NONE"]]]"#, r#"{"a": 1}"#, Ok("[{}]")),
        ("select", r#"[["transformed", "a"]]"#, "{}", Err("end it with term, termval or NONE")),
        (
            "transform",
            r#"[["transformed", ["ALL"], ["term", "inc"]], ["FIRST"], ["NONE"]]"#,
            "[1, 2]",
            Ok("[3]"),
        ),
        ("select", r#"[["nil_to_val", 5]]"#, "null", Ok("[5]")),
        ("select", r#"[["nil_to_val", 5]]"#, "false", Ok("[false]")),
        ("transform", r#"["a", ["nil_to_val", 5], ["term", "identity"]]"#, "{}", Ok(r#"{"a": 5}"#)),
        // The default is written only when something below it is.
        (
            "transform",
            r#"["a", ["nil_to_val", {"b": 1}], ["must", "c"], ["NONE"]]"#,
            "{}",
            Ok("{}"),
        ),
        (
            "transform",
            r#"["a", ["NIL_TO_SET"], ["NONE_ELEM"], ["termval", 1]]"#,
            "{}",
            Ok(r#"{"a": [1]}"#),
        ),
        (
            "transform",
            r#"["a", ["NIL_TO_MAP"], "b", ["termval", 1]]"#,
            r#"{"a": null}"#,
            Ok(r#"{"a": {"b": 1}}"#),
        ),
        ("select", r#"[["none_to_val", 5]]"#, "null", Ok("[null]")),
        (
            "transform",
            r#"[["AFTER_ELEM"], ["none_to_val", 5], ["term", "inc"]]"#,
            "[1]",
            Ok("[1, 6]"),
        ),
        ("transform", r#"[["none_to_val", 5], ["term", "inc"]]"#, "1", Ok("2")),
    ]);
}

#[test]
fn branches_are_chosen_by_conditions() {
    check(&[
        ("select", r#"[["STOP"]]"#, "1", Ok("[]")),
        ("select", "[]", "1", Ok("[1]")),
        ("transform", r#"[["STOP"]]"#, "1", Ok("1")),
        ("select", r#"[["if_path", ["must", "a"], "b"]]"#, r#"{"b": 1}"#, Ok("[]")),
        ("select", r#"[["if_path", ["must", "a"], "a", "b"]]"#, r#"{"b": 1}"#, Ok("[1]")),
        (
            "transform",
            r#"[["if_path", ["must", "a"], ["a", ["NONE"]], ["STOP"]]]"#,
            r#"{"a": 1}"#,
            Ok("{}"),
        ),
        (
            "transform",
            r#"[["if_path", ["STAY"], ["a", ["NONE"]], "b"]]"#,
            "{}",
            Err("one of its branches ends with a terminal"),
        ),
        (
            "select",
            r#"[["putval", 1], ["if_path", [["is_collected", ["ALL"]]], ["STAY"]]]"#,
            "2",
            Ok("[[1, 2]]"),
        ),
        ("select", r#"[["if_path", [["VAL"]], ["STAY"]]]"#, "2", Ok("[2]")),
        (
            "select",
            r#"[["cond_path", ["must", "a"], ["a"], ["must", "b"], ["b"]]]"#,
            "{}",
            Ok("[]"),
        ),
        (
            "select",
            r#"[["cond_path", ["must", "a"], ["a"], ["must", "b"], ["b"]]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok("[1]"),
        ),
    ]);
}

#[test]
fn branches_are_gone_through_one_after_the_other() {
    check(&[
        ("select", r#"[["multi_path"]]"#, "1", Ok("[1]")),
        ("select", r#"[["multi_path", ["a"], ["a"]]]"#, r#"{"a": 1}"#, Ok("[1, 1]")),
        // Each branch works on what the one before it left.
        (
            "transform",
            r#"["a", ["multi_path", [["term", "inc"]], [["term", "mul", 10]]]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": 20}"#),
        ),
        (
            "transform",
            r#"["a", ["multi_path", [["NONE"]], [["nil_to_val", 7], ["term", "inc"]]]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": 8}"#),
        ),
        (
            "transform",
            r#"["a", ["multi_path", [["term", "inc"]], [["NONE"]]]]"#,
            r#"{"a": 1}"#,
            Ok("{}"),
        ),
        (
            "transform",
            r#"["a", ["multi_path", [["NONE"]], [["term", "inc"]]]]"#,
            r#"{"a": 1}"#,
            Err("nothing stands here"),
        ),
        ("setval [9]", r#"[["stay_then_continue", ["ALL"]]]"#, "[1, 2]", Ok("[[9]]")),
        ("setval [9]", r#"[["continue_then_stay", ["ALL"]]]"#, "[1, 2]", Ok("[9]")),
        (
            "transform",
            r#"["a", ["termval", 1], "b"]"#,
            "{}",
            Err("step 3 `keypath`: stands behind a terminal"),
        ),
        ("transform", r#"["a"]"#, "{}", Err("ends with a terminal on every branch")),
        ("setval 1", r#"["a", ["NONE"]]"#, "{}", Err("setval brings the value")),
        ("transform", r#"[["NONE"]]"#, "1", Err("NONE at the top of the data")),
        ("setval 1", "[]", "{}", Ok("1")),
    ]);
}

#[test]
fn values_are_gathered_and_walked() {
    check(&[
        ("select", r#"[["subselect", ["ALL"], ["STOP"]]]"#, "[1]", Ok("[[]]")),
        (
            "setval [9]",
            r#"[["subselect", ["MAP_VALS"]]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"a": 9}"#),
        ),
        (
            "setval [9, 8, 7]",
            r#"[["subselect", ["MAP_VALS"]]]"#,
            r#"{"a": 1, "b": 2}"#,
            Ok(r#"{"a": 9, "b": 8}"#),
        ),
        (
            "setval 5",
            r#"[["subselect", ["ALL"]]]"#,
            "[1]",
            Err("the value to set: a `Vec<json>` is expected"),
        ),
        (
            "transform",
            r#"[["subselect", ["ALL"]], ["term", "size"]]"#,
            "[1]",
            Err("a `Vec<json>` is expected"),
        ),
        (
            "transform",
            r#"[["subselect", ["ALL"]], ["view", "size"], ["term", "inc"]]"#,
            "[1]",
            Err("what is to be written does not fit: a `Vec<json>` is expected"),
        ),
        ("select", r#"[["subselect", ["ALL"], ["VAL"]]]"#, "[1]", Err("its path collects")),
        ("select", r#"[["putval", 0], ["subselect", ["ALL"]]]"#, "[1]", Ok("[[0, [1]]]")),
        ("select", r#"[["walker", "is_even"]]"#, r#"[1, 2, {"a": 4, "b": [6]}]"#, Ok("[2, 4, 6]")),
        ("select", r#"[["walker", "is_text"]]"#, r#"{"a": ["b"]}"#, Ok(r#"["a", "b"]"#)),
        // What matches is not looked into.
        ("select", r#"[["walker", "is_list"]]"#, "[[1]]", Ok("[[[1]]]")),
        (
            "transform",
            r#"[["walker", "is_number"], ["NONE"]]"#,
            r#"{"a": 1, "b": [1, "x"]}"#,
            Ok(r#"{"b": ["x"]}"#),
        ),
        (
            "transform",
            r#"[["walker", "eq", "a"], ["termval", "z"]]"#,
            r#"{"a": ["a"]}"#,
            Ok(r#"{"z": ["z"]}"#),
        ),
    ]);
}

#[test]
fn what_is_left_empty_is_compacted() {
    check(&[
        ("transform", r#"[1, ["compact", 0], ["NONE"]]"#, "[1, [2], 3]", Ok("[1, 3]")),
        ("transform", r#"[1, ["compact", 0, 0], ["NONE"]]"#, "[1, [[2]], 3]", Ok("[1, 3]")),
        (
            "transform",
            r#"["a", ["compact", "b"], ["NONE"]]"#,
            r#"{"a": {"b": 1, "c": 2}}"#,
            Ok(r#"{"a": {"c": 2}}"#),
        ),
        // The step in front of it is not checked.
        (
            "transform",
            r#"["x", "a", ["compact", "b"], ["NONE"]]"#,
            r#"{"x": {"a": {"b": 1}}}"#,
            Ok(r#"{"x": {}}"#),
        ),
        (
            "transform",
            r#"[["ALL"], ["compact", "a"], ["NONE"]]"#,
            r#"[{"a": 1}, {}, {"b": 1}]"#,
            Ok(r#"[{"b": 1}]"#),
        ),
        ("select", r#"[["compact", "a", "b"]]"#, r#"{"a": {"b": 1}}"#, Ok("[1]")),
    ]);
}

#[test]
fn a_recursive_path_goes_on_where_its_name_stands() {
    let leaves = r#"[["recursive_path", "p", ["if_path", ["pred", "is_list"], [["ALL"], ["p"]]], ["STAY"]]]"#;
    check(&[
        (
            "select",
            r#"[["recursive_path", "p", ["cond_path", ["pred", "is_list"], [["ALL"], ["p"]], ["STAY"], ["STAY"]]]]"#,
            "[1, [2, [3]], []]",
            Ok("[1, 2, 3]"),
        ),
        (
            "transform",
            r#"[["recursive_path", "p", ["if_path", ["pred", "is_list"], [["ALL"], ["p"]], ["term", "inc"]]]]"#,
            "[1, [2]]",
            Ok("[2, [3]]"),
        ),
        (
            "setval 0",
            r#"[["recursive_path", "p", ["if_path", ["pred", "is_list"], [["ALL"], ["p"]], ["STAY"]]]]"#,
            "[1, [2]]",
            Ok("[0, [0]]"),
        ),
        ("select", leaves, "[1]", Ok("[]")),
        ("select", r#"[["recursive_path", "p", ["p"]]]"#, "1", Err("the path goes too deep")),
        (
            "select",
            r#"[["recursive_path", "p", ["multi_path", ["STAY"], [["must", "next"], ["p"]]]], "n"]"#,
            r#"{"n": 1, "next": {"n": 2}}"#,
            Ok("[1, 2]"),
        ),
        ("select", r#"[["p"]]"#, "1", Err("there is no such navigator")),
        // A name inside of another one's path.
        (
            "select",
            r#"[["recursive_path", "a", ["if_path", ["pred", "is_map"], [["recursive_path", "b", ["if_path", ["pred", "is_list"], [["ALL"], ["b"]], [["if_path", ["pred", "is_map"], ["a"], ["STAY"]]]]]]]]]"#,
            "{}",
            Err("too deep"),
        ),
    ]);
}

#[test]
fn steps_remember_within_one_run() {
    check(&[
        ("select", r#"[["ALL"], ["ALL"], ["take", 3]]"#, "[[1, 2], [3, 4]]", Ok("[1, 2, 3]")),
        ("select", r#"[["ALL"], ["take", 0]]"#, "[1]", Ok("[]")),
        (
            "select",
            r#"[["multi_path", [["ALL"], ["take", 1]], [["ALL"]]]]"#,
            "[1, 2]",
            Ok("[1, 1, 2]"),
        ),
        ("select", r#"[["multi_path", ["ALL"], ["ALL"]], ["take", 3]]"#, "[1, 2]", Ok("[1, 2, 1]")),
        (
            "select",
            r#"[["ALL"], ["collect", ["ALL"], ["take", 1]], ["FIRST"]]"#,
            "[[1, 2], [3, 4]]",
            Ok("[[[1], 1], [[3], 3]]"),
        ),
        ("transform", r#"[["ALL"], ["take", 2], ["term", "inc"]]"#, "[1, 1, 1]", Ok("[2, 2, 1]")),
        ("transform", r#"[["ALL"], ["distinct"], ["term", "inc"]]"#, "[1, 2, 1]", Ok("[2, 3, 1]")),
        (
            "select",
            r#"[["with_page_size", 0, ["ALL"]]]"#,
            "[1]",
            Err("a page holds one row at least"),
        ),
        ("select", r#"[["with_page_size", 1, ["ALL"]], "a"]"#, r#"[{"a": 1}]"#, Ok("[1]")),
    ]);
}

#[test]
fn collected_values_stand_in_front_of_the_result() {
    check(&[
        ("select", r#"[["putval", 1], ["putval", 2]]"#, "3", Ok("[[1, 2, 3]]")),
        ("select", r#"[["collect", ["ALL"]], ["SIZE"]]"#, "[5, 6]", Ok("[[[5, 6], 2]]")),
        ("select", r#"[["collect", ["STOP"]]]"#, "1", Ok("[[[], 1]]")),
        ("select", r#"[["collect_one", ["ALL"]]]"#, "[1, 2]", Err("this one finds 2")),
        ("select", r#"[["collect_one", ["ALL"]]]"#, "[]", Err("this one finds 0")),
        ("select", r#"[["collect_one", "a"]]"#, "{}", Ok("[[null, {}]]")),
        (
            "select",
            r#"[["multi_path", [["putval", 1]], [["putval", 2]]]]"#,
            "0",
            Ok("[[1, 0], [2, 0]]"),
        ),
        (
            "transform",
            r#"["a", ["putval", 10], ["term", "sub"]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": 9}"#),
        ),
        (
            "transform",
            r#"["a", ["putval", 10], ["term", "inc"]]"#,
            r#"{"a": 1}"#,
            Err("drop those with DISPENSE"),
        ),
        (
            "transform",
            r#"["a", ["putval", 10], ["DISPENSE"], ["term", "inc"]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": 2}"#),
        ),
        (
            "transform",
            r#"["a", ["putval", 10], ["with_fresh_collected", ["putval", 1]], ["term", "list"]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": [10, 1]}"#),
        ),
        (
            "transform",
            r#"["a", ["putval", 10], ["with_fresh_collected", ["putval", 1], ["term", "list"]]]"#,
            r#"{"a": 1}"#,
            Ok(r#"{"a": [1, 1]}"#),
        ),
    ]);
}
