//! Paths over data of a type: what is refused before anything runs, and what a literal becomes.

use super::run;
use rama_core::dynamic::{Edit, Path, Type};
use serde_json::{Value as Json, json};

const SCHEMA: &str = "Map<u64, { name: String, age: Option<u8>, tags: Set<char>, posts: List<(i64, String)>, \
                      scores: Map<(u8, bool), f64>, blob: Vec<u8>, pair: [u8; 2], any: json, mine: Mine }>";

fn refused(op: &str, path: &str, expected: &str) {
    let ty: Type = SCHEMA.parse().unwrap();
    let (op, value) = op.split_once(' ').map_or((op, None), |(op, value)| (op, Some(value)));
    let message = run(op, path, value, &json!({}), &ty).unwrap_err().to_string();
    assert!(message.contains(expected), "{op} {path}: {message}");
}

#[test]
fn a_step_that_cannot_work_on_the_type_is_named() {
    for (path, expected) in [
        (r#"["ada"]"#, "step 1 `keypath`: a `u64` is expected, and text stands here"),
        (r#"[-1]"#, "step 1 `keypath`: -1 is out of the range of `u64`"),
        (r#"[7, "nam"]"#, "step 2 `keypath`: there is no field \"nam\": there are `name`, `age`"),
        (
            r#"[7, "name", ["must", "a"]]"#,
            "step 3 `must`: needs a map, a record or a list, and a `String` stands here",
        ),
        (
            r#"[7, "posts", ["must", "a"]]"#,
            "a `List<(i64, String)>` stands here, whose elements are found by an index from 0, not by \"a\"",
        ),
        (
            r#"[7, "posts", ["MAP_VALS"]]"#,
            "step 3 `MAP_VALS`: needs a map, and a `List<(i64, String)>` stands here",
        ),
        (
            r#"[7, "posts", ["ALL"], 2]"#,
            "step 4 `keypath`: there is no element 2 in a `(i64, String)`",
        ),
        (r#"[7, "posts", ["ALL"], ["nthpath", 2]]"#, "there is no element 2"),
        (r#"[7, "pair", ["nthpath", 2]]"#, "there is no element 2 in a `[u8; 2]`"),
        (r#"[7, "pair", ["srange", 0, 1]]"#, "needs a list, and a `[u8; 2]`"),
        (r#"[7, "tags", ["keypath", "a"]]"#, "an element of a set is found by set_elem"),
        (r#"[7, "tags", ["set_elem", "ab"]]"#, "a `char` is one character"),
        (r#"[7, "tags", ["NONE_ELEM"]]"#, "holds nothing until something is written"),
        (r#"[7, "name", ["set_elem", "a"]]"#, "needs a set, and a `String`"),
        (r#"[7, "age", ["ALL"]]"#, "needs a list, a set or a map, and a `Option<u8>`"),
        (r#"[7, "age", ["pred_gt", 300]]"#, "300 is out of the range of `u8`"),
        (r#"[7, "age", ["nil_to_val", "x"]]"#, "a `u8` is expected"),
        (r#"[7, "age", ["NIL_TO_SET"]]"#, "needs a set"),
        (r#"[7, "scores", ["keypath", [1, 2]]]"#, "at [1]: a `bool` is expected"),
        (
            r#"[7, "scores", ["sorted_map_range", [2, true], [1, true]]]"#,
            "the range ends at [1,true] before it starts",
        ),
        (r#"[7, ["field", "name"], ["field", "x"]]"#, "needs a record, and a `String`"),
        (
            r#"[["if_path", [["MAP_VALS"], ["FIRST"]], ["STAY"]]]"#,
            "step 1 `if_path`, condition, step 2 `FIRST`: needs a list",
        ),
        (
            r#"[7, ["multi_path", "name", "x"]]"#,
            "step 2 `multi_path`, path 2, step 1 `keypath`: there is no field",
        ),
        (
            r#"[7, "posts", ["filterer", ["must", "x"]]]"#,
            "step 3 `filterer`, path, step 1 `must`: a `(i64, String)` stands here",
        ),
        (r#"[7, "posts", ["upsert_by", [0], "x"]]"#, "a `i64` is expected, and text"),
        (r#"[7, "name", ["SIZE"]]"#, "needs a list, a set or a map"),
    ] {
        refused("select", path, expected);
    }
}

#[test]
fn a_write_that_does_not_fit_is_named() {
    for (op, path, expected) in [
        ("setval 5", r#"[7, "name"]"#, "the value to set: a `String` is expected"),
        ("setval {\"nam\": 1}", "[7]", "the value to set: there is no field \"nam\""),
        ("transform", r#"[7, "name", ["termval", 5]]"#, "step 3 `termval`: a `String` is expected"),
        (
            "transform",
            r#"[7, "age", ["term", "inc"]]"#,
            "step 3 `term`: needs a value, and a `Option<u8>` may be missing here: insert",
        ),
        (
            "transform",
            r#"[7, "tags", ["NONE_ELEM"], ["term", "upper"]]"#,
            "the place holds none yet",
        ),
        ("transform", r#"[7, "name"]"#, "ends with a terminal on every branch"),
        ("transform", r#"["a", ["NONE"]]"#, "a `u64` is expected"),
    ] {
        refused(op, path, expected);
    }
}

/// Runs a writing path over some data of a type, and compares the data after it.
#[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
fn writes(ty: &str, path: &str, data: Json, expected: Result<Json, &str>) {
    let ty: Type = ty.parse().unwrap();
    let found = run("transform", path, None, &data, &ty);
    match expected {
        Ok(expected) => assert_eq!(found, Ok(expected), "{path}"),
        Err(part) => {
            let message = found.unwrap_err().to_string();
            assert!(message.contains(part), "{path}: {message}");
        }
    }
}

#[test]
fn results_of_functions_are_checked_against_the_type() {
    writes(
        "Map<u8, u8>",
        r#"[["MAP_VALS"], ["term", "inc"]]"#,
        json!({"1": 255}),
        Err("step 2 `term`: what is to be written does not fit: 256 is out of the range of `u8`"),
    );
    writes(
        "Map<u8, u8>",
        r#"[["MAP_VALS"], ["term", "to_text"]]"#,
        json!({"1": 2}),
        Err("a `u8` is expected, and text"),
    );
    writes(
        "Map<u8, u8>",
        r#"[["MAP_KEYS"], ["term", "inc"]]"#,
        json!({"255": 2}),
        Err("256 is out of the range"),
    );
    writes(
        "Vec<u64>",
        r#"[["view", "size"], ["term", "inc"]]"#,
        json!([1]),
        Err("step 1 `view`: what is to be written does not fit: a `Vec<u64>` is expected"),
    );
    writes(
        "(u8, u8)",
        r#"[["FIRST"], ["NONE"]]"#,
        json!([1, 2]),
        Err("has 2 elements, and 1 stand here"),
    );
}

#[test]
fn literals_become_data_of_the_type() {
    writes(
        "Map<u8, BTreeSet<i8>>",
        r#"[1, ["termval", [3, -1]]]"#,
        json!({}),
        Ok(json!({"1": [-1, 3]})),
    );
    writes(
        "Map<(u8, bool), f64>",
        r#"[["keypath", [1, true]], ["termval", 2]]"#,
        json!([]),
        Ok(json!([[[1, true], 2.0]])),
    );
    writes(
        "Map<u8, List<String>>",
        r#"[1, 0, ["termval", "x"]]"#,
        json!({}),
        Ok(json!({"1": ["x"]})),
    );
    writes(
        "Map<u8, List<String>>",
        r#"[1, 1, ["termval", "x"]]"#,
        json!({}),
        Err("there is no element 1 in a list of 0"),
    );
    writes(
        "Map<u8, (u8, u8)>",
        r#"[1, 0, ["termval", 5]]"#,
        json!({}),
        Err("write all of them at once"),
    );
    writes("Vec<u8>", r#"[["AFTER_ELEM"], ["termval", 7]]"#, json!([1]), Ok(json!([1, 7])));
    writes("Vec<u8>", r#"[["ALL"], ["term", "inc"]]"#, json!([1, 2]), Ok(json!([2, 3])));
    writes(
        "Map<u8, Set<u8>>",
        r#"[1, ["NONE_ELEM"], ["termval", 7]]"#,
        json!({}),
        Ok(json!({"1": [7]})),
    );
    writes(
        "Map<u8, Set<u8>>",
        r#"[1, ["subset", []], ["termval", [7]]]"#,
        json!({"1": [9]}),
        Ok(json!({"1": [7, 9]})),
    );
    writes(
        "{ n: u64 }",
        r#"["n", ["nil_to_val", 1], ["term", "inc"]]"#,
        json!({}),
        Ok(json!({"n": 2})),
    );
    writes(
        "{ id: Uuid }",
        r#"["id", ["termval", "0190163D-8694-739B-AEA5-966C26F8AD91"]]"#,
        json!({}),
        Ok(json!({"id": "0190163d-8694-739b-aea5-966c26f8ad91"})),
    );
}

#[test]
fn the_types_of_branches_are_brought_together() {
    let ty = "Map<u8, { a: u8, b: String }>";
    writes(
        ty,
        r#"[1, ["multi_path", "a", "b"], ["termval", 5]]"#,
        json!({}),
        Err("a `String` is expected, and a whole number"),
    );
    writes(
        ty,
        r#"[1, ["multi_path", ["a", ["termval", 5]], ["b", ["termval", "x"]]]]"#,
        json!({}),
        Ok(json!({"1": {"a": 5, "b": "x"}})),
    );
    writes(
        ty,
        r#"[1, ["MAP_VALS"], ["pred", "is_number"], ["term", "inc"]]"#,
        json!({"1": {"a": 1, "b": "x"}}),
        Ok(json!({"1": {"a": 2, "b": "x"}})),
    );
}

#[test]
fn whole_and_kept_are_told_apart() {
    let ty: Type = "Map<u8, u8>".parse().unwrap();
    let edit = |path: &str| {
        let mut data = rama_core::dynamic::Data::from_json(&json!({"1": 1}), &ty).unwrap();
        let path: Path = path.parse().unwrap();
        path.to_transform(&ty).unwrap().transform(&mut data).unwrap()
    };
    assert_eq!(edit(r#"[1, ["termval", 1]]"#), Edit::Changed);
    assert_eq!(edit(r#"[["must", 2], ["NONE"]]"#), Edit::Kept);
}

#[test]
fn the_operations_count_what_they_find() {
    let ty = Type::Json;
    let data = rama_core::dynamic::Data::untyped(&json!([1, 2])).unwrap();
    let all: Path = r#"[["ALL"]]"#.parse().unwrap();
    let all = all.to_select(&ty).unwrap();
    assert_eq!(all.select_any(&data).unwrap().map(|data| data.to_json()), Some(json!(1)));
    assert!(all.selected_any(&data).unwrap());
    let message = all.select_one(&data).unwrap_err().to_string();
    assert!(message.contains("the path finds 2"), "{message}");
    let none: Path = r#"[["ALL"], ["pred_gt", 5]]"#.parse().unwrap();
    let none = none.to_select(&ty).unwrap();
    assert_eq!(none.select_any(&data), Ok(None));
    assert_eq!(none.selected_any(&data), Ok(false));
    assert!(none.select_one(&data).unwrap_err().to_string().contains("the path finds 0"));
    let last: Path = r#"[["LAST"]]"#.parse().unwrap();
    assert_eq!(last.to_select(&ty).unwrap().select_one(&data).unwrap().to_json(), json!(2));
}
