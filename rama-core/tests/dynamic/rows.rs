//! Paths over rows: what they read and write of a structure that is not in memory, and what cannot be done to one.

use super::{canonical, filled, run_on_rows, select_json, whole};
use rama_core::dynamic::{Counts, Edit, MemoryStructure, Path, Subject, SubjectMut, Type};
use serde_json::{Value as Json, json};

const FOLLOWERS: &str = "Map<String, Subindexed<Map<i64, String>>>";
const PROFILES: &str = "Map<String, { name: String, followers: Subindexed<Set<u64>>, log: Subindexed<List<u64>, Uncounted> }>";

fn ty(text: &str) -> Type {
    let ty: Type = text.parse().unwrap();
    ty.check_schema().unwrap();
    ty
}

/// The count of what one select does.
fn selects(schema: &str, data: &Json, path: &str, expected: &Json) -> Counts {
    let ty = ty(schema);
    let rows = filled(data, &ty);
    let steps: Vec<Json> = serde_json::from_str(path).unwrap();
    assert_eq!(Json::from(select_json(&rows, &ty, &steps)), *expected, "{path}");
    rows.take_counts()
}

/// The count of what one transform does, and the rows after it.
fn transforms(schema: &str, data: &Json, path: &str, expected: &Json) -> Counts {
    let ty = ty(schema);
    let mut rows = filled(data, &ty);
    let path: Path = path.parse().unwrap();
    path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(&mut rows)).unwrap();
    let counts = rows.take_counts();
    assert_eq!(canonical(&whole(&rows, &ty), &ty), canonical(expected, &ty), "{path}");
    counts
}

fn refused(schema: &str, data: &Json, op: &str, path: &str, expected: &str) {
    let message = run_on_rows(op, path, None, data, &ty(schema)).unwrap_err().to_string();
    assert!(message.contains(expected), "{path}: {message}");
}

fn followers(count: i64) -> Json {
    let entries: Vec<Json> = (0..count).map(|key| json!([key - 2, key.to_string()])).collect();
    json!({"ada": entries, "bob": {}})
}

#[test]
fn a_range_of_n_is_one_seek_and_n_steps() {
    let data = followers(1_000);
    let counts = selects(
        FOLLOWERS,
        &data,
        r#"["ada", ["sorted_map_range_from", -1, {"max_amt": 3}]]"#,
        &json!([{"-1": "1", "0": "2", "1": "3"}]),
    );
    assert_eq!(counts, Counts { seeks: 1, steps: 3, ..Counts::default() });
    let counts = selects(
        FOLLOWERS,
        &data,
        r#"["ada", ["sorted_map_range", 10, 13], ["MAP_KEYS"]]"#,
        &json!([10, 11, 12]),
    );
    assert_eq!(counts, Counts { seeks: 1, steps: 3, ..Counts::default() });
    let counts = selects(
        FOLLOWERS,
        &data,
        r#"["ada", ["sorted_map_range_to", 5, {"max_amt": 2, "inclusive": true}], ["MAP_VALS"]]"#,
        &json!(["6", "7"]),
    );
    assert_eq!(counts, Counts { seeks: 1, steps: 2, ..Counts::default() });
    let counts = selects(
        FOLLOWERS,
        &data,
        r#"["ada", ["sorted_map_range_to_end", 1]]"#,
        &json!([{"997": "999"}]),
    );
    assert_eq!(counts, Counts { seeks: 1, steps: 1, ..Counts::default() });
}

#[test]
fn a_search_that_has_enough_steps_no_further() {
    let data = followers(1_000);
    let schema = ty(FOLLOWERS);
    let rows = filled(&data, &schema);
    let path: Path = r#"["ada", ["MAP_VALS"]]"#.parse().unwrap();
    let plan = path.to_select(&schema).unwrap();
    assert!(plan.select_any(Subject::Rows(&rows)).unwrap().is_some());
    assert_eq!(rows.take_counts(), Counts { seeks: 1, steps: 1, ..Counts::default() });
    let path = r#"["ada", ["MAP_VALS"], ["pred", "ends_with", "3"], ["take", 2]]"#;
    let counts = selects(FOLLOWERS, &data, path, &json!(["3", "13"]));
    assert_eq!(counts, Counts { seeks: 1, steps: 14, ..Counts::default() });
}

#[test]
fn one_key_is_one_read_and_size_is_no_scan() {
    let data = followers(1_000);
    let counts = selects(FOLLOWERS, &data, r#"["ada", 5]"#, &json!(["7"]));
    assert_eq!(counts, Counts { gets: 1, ..Counts::default() });
    let counts = selects(FOLLOWERS, &data, r#"["ada", ["SIZE"]]"#, &json!([1_000]));
    assert_eq!(counts, Counts { sizes: 1, ..Counts::default() });
    let counts = selects(FOLLOWERS, &data, r#"["ada", ["view", "size"]]"#, &json!([1_000]));
    assert_eq!(counts, Counts { sizes: 1, ..Counts::default() });
    let counts = selects(FOLLOWERS, &data, r#"["eve", ["SIZE"]]"#, &json!([0]));
    assert_eq!(counts, Counts { sizes: 1, ..Counts::default() });
}

#[test]
fn nothing_is_read_that_is_not_needed() {
    let put = Counts { puts: 1, ..Counts::default() };
    let remove = Counts { removes: 1, ..Counts::default() };
    let data = json!({"ada": {"1": "x"}});
    let counts = transforms(
        FOLLOWERS,
        &data,
        r#"["ada", 1, ["termval", "y"]]"#,
        &json!({"ada": {"1": "y"}}),
    );
    assert_eq!(counts, put);
    let counts = transforms(FOLLOWERS, &data, r#"["ada", 1, ["NONE"]]"#, &json!({"ada": {}}));
    assert_eq!(counts, remove);
    let counts = transforms(FOLLOWERS, &data, r#"["ada", ["NONE"]]"#, &json!({}));
    assert_eq!(counts, remove);
    let data = json!({"ada": {"followers": [1, 2]}});
    let counts = transforms(
        PROFILES,
        &data,
        r#"["ada", "followers", ["set_elem", 1], ["NONE"]]"#,
        &json!({"ada": {"followers": [2]}}),
    );
    assert_eq!(counts, remove);
    let counts = transforms(
        PROFILES,
        &data,
        r#"["ada", "followers", ["NIL_TO_SET"], ["NONE_ELEM"], ["termval", 9]]"#,
        &json!({"ada": {"followers": [1, 2, 9]}}),
    );
    assert_eq!(counts, put);
    let counts = transforms(
        PROFILES,
        &data,
        r#"["eve", "name", ["termval", "Eve"]]"#,
        &json!({"ada": {"followers": [1, 2]}, "eve": {"name": "Eve"}}),
    );
    assert_eq!(counts, put);
    let counts = transforms(
        PROFILES,
        &json!({"ada": {"log": [7]}}),
        r#"["ada", "log", ["AFTER_ELEM"], ["termval", 8]]"#,
        &json!({"ada": {"log": [7, 8]}}),
    );
    assert_eq!(counts, Counts { sizes: 1, puts: 1, ..Counts::default() });
}

#[test]
fn only_rows_that_change_are_written() {
    let data = followers(600);
    let ty = ty(FOLLOWERS);
    let mut rows = filled(&data, &ty);
    let path: Path =
        r#"["ada", ["MAP_VALS"], ["pred", "starts_with", "59"], ["term", "concat", "!"]]"#.parse().unwrap();
    path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(&mut rows)).unwrap();
    let counts = rows.take_counts();
    assert_eq!(
        (counts.puts, counts.steps, counts.seeks, counts.gets),
        (11, 600, 3, 0),
        "pages of 256"
    );
    let path: Path = r#"[["with_page_size", 100, "ada", ["MAP_VALS"]], ["STOP"]]"#.parse().unwrap();
    path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(&mut rows)).unwrap();
    let counts = rows.take_counts();
    assert_eq!((counts.puts, counts.steps, counts.seeks), (0, 600, 7));
}

#[test]
fn rows_are_renamed_replaced_and_removed() {
    let data = json!({"ada": {"1": "a", "2": "b", "3": "c"}});
    for (path, expected) in [
        (
            r#"["ada", ["MAP_KEYS"], ["term", "inc"]]"#,
            json!({"ada": {"2": "a", "3": "b", "4": "c"}}),
        ),
        (r#"["ada", ["map_key", 1], ["termval", 3]]"#, json!({"ada": {"2": "b", "3": "a"}})),
        (
            r#"["ada", ["ALL"], ["pred_eq", [2, "b"]], ["NONE"]]"#,
            json!({"ada": {"1": "a", "3": "c"}}),
        ),
        (
            r#"["ada", ["ALL"], ["FIRST"], ["term", "negate"]]"#,
            json!({"ada": {"-1": "a", "-2": "b", "-3": "c"}}),
        ),
        (
            r#"["ada", ["submap", [1, 2]], ["termval", {"2": "z"}]]"#,
            json!({"ada": {"2": "z", "3": "c"}}),
        ),
        (r#"["ada", ["sorted_map_range_from", 2], ["termval", {}]]"#, json!({"ada": {"1": "a"}})),
        (r#"["ada", ["termval", {"9": "x"}]]"#, json!({"ada": {"9": "x"}})),
        (r#"["ada", ["KEYED_VALS"], ["term", "list"], ["NONE"]]"#, json!(null)),
        (
            r#"["ada", ["multi_path", [["NONE"]], [5, ["termval", "x"]]]]"#,
            json!({"ada": {"5": "x"}}),
        ),
        (r#"["ada", ["multi_path", [5, ["termval", "x"]], [["NONE"]]]]"#, json!({})),
        (r#"[["MAP_VALS"], ["NONE"]]"#, json!({})),
        (r#"[["compact", "ada", ["MAP_VALS"]], ["NONE"]]"#, json!({})),
        (
            r#"["ada", ["subselect", ["MAP_VALS"]], ["term", "reverse"]]"#,
            json!({"ada": {"1": "c", "2": "b", "3": "a"}}),
        ),
        (r#"["ada", ["walker", "eq", "b"], ["NONE"]]"#, json!({"ada": {"1": "a", "3": "c"}})),
    ] {
        if expected == json!(null) {
            refused(FOLLOWERS, &data, "transform", path, "stands behind a terminal");
        } else {
            transforms(FOLLOWERS, &data, path, &expected);
        }
    }
}

#[test]
fn stored_lists_keep_their_elements_together() {
    let data = json!({"ada": {"log": [5, 6, 7, 8]}});
    for (path, expected) in [
        (r#"["nthpath", 1], ["NONE"]"#, json!([5, 7, 8])),
        (r#"["FIRST"], ["NONE"]"#, json!([6, 7, 8])),
        (r#"["LAST"], ["NONE"]"#, json!([5, 6, 7])),
        (r#"0, ["NONE"]"#, json!([6, 7, 8])),
        (r#"["ALL"], ["pred", "is_odd"], ["NONE"]"#, json!([6, 8])),
        (r#"["BEFORE_ELEM"], ["termval", 4]"#, json!([4, 5, 6, 7, 8])),
        (r#"["before_index", 2], ["termval", 4]"#, json!([5, 6, 4, 7, 8])),
        (r#"["END"], ["termval", [1, 2]]"#, json!([5, 6, 7, 8, 1, 2])),
        (r#"["srange", 1, 3], ["termval", []]"#, json!([5, 8])),
        (r#"["index_nav", 0], ["termval", 3]"#, json!([6, 7, 8, 5])),
        (r#"["KEYED_VALS"], ["term", "add"]"#, json!([5, 7, 9, 11])),
        (r#"4, ["termval", 9]"#, json!([5, 6, 7, 8, 9])),
        (r#"["filterer", ["pred", "is_even"]], ["term", "reverse"]"#, json!([5, 8, 7, 6])),
        (r#"["upsert_by", ["STAY"], 7], ["termval", 70]"#, json!([5, 6, 70, 8])),
        (r#"["ALL"], ["term", "inc"]"#, json!([6, 7, 8, 9])),
    ] {
        let path = format!(r#"["ada", "log", {path}]"#);
        transforms(PROFILES, &data, &path, &json!({"ada": {"log": expected}}));
    }
    let counts = selects(PROFILES, &data, r#"["ada", "log", ["nthpath", 2]]"#, &json!([7]));
    assert_eq!(counts, Counts { gets: 1, ..Counts::default() });
    let counts = selects(PROFILES, &data, r#"["ada", "log", ["LAST"]]"#, &json!([8]));
    assert_eq!(counts, Counts { seeks: 1, steps: 1, ..Counts::default() });
    let counts = selects(PROFILES, &data, r#"["ada", "log", ["srange", 1, 3]]"#, &json!([[6, 7]]));
    assert_eq!(counts, Counts { seeks: 1, steps: 2, sizes: 1, ..Counts::default() });
    refused(
        PROFILES,
        &data,
        "transform",
        r#"["ada", "log", 5, ["termval", 1]]"#,
        "only the place 4 is free",
    );
    refused(
        PROFILES,
        &data,
        "select",
        r#"["ada", "log", ["nthpath", 4]]"#,
        "there is no element 4 in a list of 4",
    );
}

#[test]
fn structures_in_a_list_move_up_with_their_rows() {
    let schema = "Map<u8, Subindexed<List<Subindexed<Set<u64>>>>>";
    let data = json!({"1": [[1, 2], [], [3], [4, 5]]});
    for (path, expected) in [
        (r#"["nthpath", 1], ["NONE"]"#, json!([[1, 2], [3], [4, 5]])),
        (r#"0, ["NONE"]"#, json!([[], [3], [4, 5]])),
        (r#"["LAST"], ["NONE"]"#, json!([[1, 2], [], [3]])),
        (r#"["ALL"], ["selected", ["ALL"]], ["NONE"]"#, json!([[]])),
        (r#"["ALL"], ["compact", ["ALL"]], ["pred_ge", 3], ["NONE"]"#, json!([[1, 2]])),
        (r#"["ALL"], ["NONE_ELEM"], ["termval", 9]"#, json!([[1, 2, 9], [9], [3, 9], [4, 5, 9]])),
        (r#"4, ["NONE_ELEM"], ["termval", 9]"#, json!([[1, 2], [], [3], [4, 5], [9]])),
        (r#"["AFTER_ELEM"], ["termval", [9]]"#, json!([[1, 2], [], [3], [4, 5], [9]])),
    ] {
        let path = format!(r#"[1, {path}]"#);
        transforms(schema, &data, &path, &json!({"1": expected}));
    }
}

#[test]
fn a_structure_is_no_value() {
    let data = json!({"ada": {"1": "x"}});
    let whole = "step 1 `keypath`: a `Subindexed<Map<i64, String>>` is stored row by row and cannot be taken whole: \
                 go into it with keypath, MAP_VALS or a range";
    refused(FOLLOWERS, &data, "select", r#"["ada"]"#, whole);
    refused(FOLLOWERS, &data, "select", r#"["eve"]"#, whole);
    refused(FOLLOWERS, &data, "select", "[]", "cannot be taken whole");
    refused(FOLLOWERS, &data, "select", r#"[["MAP_VALS"]]"#, "cannot be taken whole");
    refused(FOLLOWERS, &data, "select", r#"[["ALL"]]"#, "cannot be taken whole");
    refused(FOLLOWERS, &data, "select", r#"["ada", ["VAL"], 1]"#, "step 2 `VAL`");
    refused(FOLLOWERS, &data, "select", r#"["ada", ["view", "keys"]]"#, "step 2 `view`");
    refused(
        FOLLOWERS,
        &data,
        "transform",
        r#"[["must", "ada"], ["term", "identity"]]"#,
        "step 2 `term`",
    );
    refused(
        FOLLOWERS,
        &data,
        "transform",
        r#"[["map_key", "ada"], ["termval", "eve"]]"#,
        "cannot be moved to another key",
    );
    refused(
        FOLLOWERS,
        &data,
        "transform",
        r#"[["MAP_KEYS"], ["term", "upper"]]"#,
        "cannot be moved to another key",
    );
    refused(FOLLOWERS, &data, "transform", r#"[["NONE"]]"#, "NONE at the top");
    selects(FOLLOWERS, &data, r#"["ada", ["pred", "is_some"], 1]"#, &json!(["x"]));
    selects(FOLLOWERS, &data, r#"["eve", ["pred", "is_some"], 1]"#, &json!([]));
    selects(FOLLOWERS, &data, r#"[["must", "eve"], 1]"#, &json!([]));
    selects(FOLLOWERS, &data, r#"["eve", 1]"#, &json!([null]));
}

#[test]
fn removing_what_is_around_a_structure_removes_its_rows() {
    let ty = ty("Map<String, { deep: Map<u8, Subindexed<List<Subindexed<Set<u64>>>>> }>");
    let data = json!({"ada": {"deep": {"1": [[1, 2], [3]], "2": []}}, "b": {"deep": {}}});
    for path in [
        r#"["ada", ["NONE"]]"#,
        r#"["ada", "deep", ["NONE"]]"#,
        r#"["ada", "deep", ["MAP_VALS"], ["NONE"]]"#,
    ] {
        let mut rows = filled(&data, &ty);
        let empty = filled(&json!({"b": {"deep": {}}}), &ty).rows();
        let before = rows.rows();
        let path: Path = path.parse().unwrap();
        path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(&mut rows)).unwrap();
        // What is left are the rows that say that structures are there.
        assert!(
            rows.rows() <= empty + 2 && before > empty + 6,
            "{path}: {} of {before}",
            rows.rows()
        );
        let again: Path = r#"["ada", "deep", 1, ["nthpath", 0], ["ALL"]]"#.parse().unwrap();
        assert!(again.to_select(&ty).unwrap().select(Subject::Rows(&rows)).is_err());
    }
}

#[test]
fn a_transform_that_fails_leaves_the_rows_as_they_were() {
    let ty = ty(FOLLOWERS);
    let mut rows = filled(&json!({"ada": {"1": "x", "2": "y"}, "bob": {"1": "z"}}), &ty);
    let before = whole(&rows, &ty);
    let path: Path = r#"[["multi_path", ["eve", 1, ["termval", "new"]], ["bob", ["NONE"]],
        ["ada", ["MAP_VALS"], ["multi_path", [["term", "upper"]], [["pred_eq", "Y"], ["term", "inc"]]]]]]"#
        .parse()
        .unwrap();
    let error = path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(&mut rows)).unwrap_err();
    assert!(error.to_string().contains("`inc` wants numbers"), "{error}");
    assert_eq!(whole(&rows, &ty), before);
}

#[test]
fn a_plain_value_is_one_row() {
    let ty = ty("Vec<u64>");
    let mut rows = MemoryStructure::new();
    let run = |path: &str, rows: &mut MemoryStructure| {
        let path: Path = path.parse().unwrap();
        path.to_transform(&ty).unwrap().transform(SubjectMut::Rows(rows))
    };
    assert_eq!(select_json(&rows, &ty, &[]), [json!(null)]);
    assert_eq!(
        run(r#"[["NIL_TO_LIST"], ["AFTER_ELEM"], ["termval", 7]]"#, &mut rows),
        Ok(Edit::Changed)
    );
    assert_eq!(run(r#"[["ALL"], ["term", "inc"]]"#, &mut rows), Ok(Edit::Changed));
    assert_eq!(select_json(&rows, &ty, &[]), [json!([8])]);
    assert_eq!(run(r#"[["NONE"]]"#, &mut rows), Ok(Edit::Removed));
    assert_eq!(select_json(&rows, &ty, &[]), [json!(null)]);
}
