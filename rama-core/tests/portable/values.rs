//! Paths over values in memory: every navigator that is data, over several types.

use super::{reads, writes};
use rama_core::path::{FunctionName, RangeOptions};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const AGES: &str = "BTreeMap<String, u64>";
const LISTS: &str = "BTreeMap<u8, Vec<i64>>";

fn ages() -> BTreeMap<String, u64> {
    [("ada", 36), ("bob", 7), ("eve", 18)].map(|(name, age)| (name.to_owned(), age)).into()
}

fn lists() -> BTreeMap<u8, Vec<i64>> {
    BTreeMap::from([(1, vec![3, -1, 2]), (2, vec![]), (7, vec![5])])
}

#[test]
fn keys() {
    reads(AGES, ages(), |path| path.keypath("ada"), json!([["keypath", "ada"]]));
    reads(AGES, ages(), |path| path.keypath("joe"), json!([["keypath", "joe"]]));
    reads(AGES, ages(), |path| path.must("joe"), json!([["must", "joe"]]));
    reads(AGES, ages(), |path| path.map_key("bob"), json!([["map_key", "bob"]]));
    reads(AGES, ages(), |path| path.MAP_KEYS(), json!([["MAP_KEYS"]]));
    reads(AGES, ages(), |path| path.MAP_VALS(), json!([["MAP_VALS"]]));
    reads(AGES, ages(), |path| path.KEYED_VALS(), json!([["KEYED_VALS"]]));
    reads(AGES, ages(), |path| path.ALL(), json!([["ALL"]]));
    reads(AGES, ages(), |path| path.ALL().FIRST(), json!([["ALL"], ["FIRST"]]));
    reads(AGES, ages(), |path| path.submap(["ada", "x"]), json!([["submap", ["ada", "x"]]]));
    reads(AGES, ages(), |path| path.SIZE(), json!([["SIZE"]]));
    writes(
        AGES,
        ages(),
        |path| path.keypath("joe").termval(1),
        json!([["keypath", "joe"], ["termval", 1]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.map_key("bob").termval("ann".to_owned()),
        json!([["map_key", "bob"], ["termval", "ann"]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.ALL().termval(("x".to_owned(), 1)),
        json!([["ALL"], ["termval", ["x", 1]]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.submap(["ada"]).termval([("max".to_owned(), 3)].into()),
        json!([["submap", ["ada"]], ["termval", {"max": 3}]]),
    );
    writes(AGES, ages(), |path| path.MAP_VALS().NONE(), json!([["MAP_VALS"], ["NONE"]]));
}

#[test]
fn keys_of_all_types() {
    let scores = BTreeMap::from([((1_u8, 'a'), 1.5), ((2, 'b'), 2.0)]);
    let ty = "BTreeMap<(u8, char), f64>";
    reads(ty, scores.clone(), |path| path.keypath((1, 'a')), json!([["keypath", [1, "a"]]]));
    reads(ty, scores.clone(), |path| path.MAP_KEYS(), json!([["MAP_KEYS"]]));
    reads(ty, scores, |path| path.submap([(2, 'b')]), json!([["submap", [[2, "b"]]]]));
    let blobs = BTreeMap::from([(vec![0_u8, 255], u128::MAX)]);
    reads(
        "BTreeMap<Vec<u8>, u128>",
        blobs,
        |path| path.must(vec![0, 255]).pred_eq(u128::MAX),
        json!([["must", [0, 255]], ["pred_eq", u128::MAX.to_string()]]),
    );
    let options = BTreeMap::from([(None, true), (Some(3_i64), false)]);
    reads(
        "BTreeMap<Option<i64>, bool>",
        options,
        |path| path.keypath(None),
        json!([["keypath", null]]),
    );
    let big = BTreeMap::from([(i128::MIN, 1_u8)]);
    reads(
        "BTreeMap<i128, u8>",
        big,
        |path| path.must(i128::MIN),
        json!([["must", i128::MIN.to_string()]]),
    );
    // A key that is spelt like a navigator.
    let names = BTreeMap::from([("ALL".to_owned(), 1_u64)]);
    reads(AGES, names, |path| path.must("ALL"), json!([["must", "ALL"]]));
}

#[test]
fn values_that_may_be_missing() {
    let nil = json!(["nil_to_val", 0]);
    reads(AGES, ages(), |path| path.keypath("x").nil_to_val(0), json!([["keypath", "x"], nil]));
    reads(AGES, ages(), |path| path.keypath("x").PRESENT(), json!([["must", "x"]]));
    reads(
        AGES,
        ages(),
        |path| path.multi_path(|path| (path.keypath("x"), path.keypath("ada"))).PRESENT(),
        json!([["multi_path", [["keypath", "x"]], [["keypath", "ada"]]], ["pred", "is_some"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.keypath(9).NIL_TO_LIST().SIZE(),
        json!([["keypath", 9], ["NIL_TO_LIST"], ["SIZE"]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.keypath("x").nil_to_val(0).term_named("inc", |n| n + 1),
        json!([["keypath", "x"], nil, ["term", "inc"]]),
    );
    let options = vec![Some(1_u64), None, Some(3)];
    let some = json!(["pred", "is_some"]);
    reads("Vec<Option<u64>>", options.clone(), |path| path.ALL().SOME(), json!([["ALL"], some]));
    writes(
        "Vec<Option<u64>>",
        options.clone(),
        |path| path.ALL().SOME().pred_gt(1).NONE(),
        json!([["ALL"], some, ["pred_gt", 1], ["termval", null]]),
    );
    writes("Vec<Option<u64>>", options, |path| path.ALL().NONE(), json!([["ALL"], ["NONE"]]));
}

#[test]
fn positions() {
    reads(LISTS, lists(), |path| path.must(1).nthpath(2), json!([["must", 1], ["nthpath", 2]]));
    reads(LISTS, lists(), |path| path.MAP_VALS().FIRST(), json!([["MAP_VALS"], ["FIRST"]]));
    reads(LISTS, lists(), |path| path.MAP_VALS().LAST(), json!([["MAP_VALS"], ["LAST"]]));
    reads(
        LISTS,
        lists(),
        |path| path.must(1).srange(1..=2),
        json!([["must", 1], ["srange", 1, 3]]),
    );
    reads(LISTS, lists(), |path| path.must(1).END(), json!([["must", 1], ["END"]]));
    reads(LISTS, lists(), |path| path.must(1).index_nav(1), json!([["must", 1], ["index_nav", 1]]));
    reads(
        LISTS,
        lists(),
        |path| path.must(1).INDEXED_VALS(),
        json!([["must", 1], ["INDEXED_VALS"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.must(1).indexed_vals(5).FIRST(),
        json!([["must", 1], ["indexed_vals", 5], ["FIRST"]]),
    );
    for_list(|path| path.must(1).nthpath(0).NONE(), json!([["nthpath", 0], ["NONE"]]));
    for_list(
        |path| path.must(1).index_nav(2).termval(0),
        json!([["index_nav", 2], ["termval", 0]]),
    );
    for_list(|path| path.must(1).srange(0..2).NONE(), json!([["srange", 0, 2], ["ALL"], ["NONE"]]));
    for_list(
        |path| path.must(1).srange(0..1).termval(vec![8, 9]),
        json!([["srange", 0, 1], ["termval", [8, 9]]]),
    );
    for_list(
        |path| path.must(1).BEGINNING().termval(vec![0]),
        json!([["BEGINNING"], ["termval", [0]]]),
    );
    for_list(|path| path.must(1).END().termval(vec![0]), json!([["END"], ["termval", [0]]]));
    for_list(
        |path| path.must(1).BEFORE_ELEM().termval(0),
        json!([["BEFORE_ELEM"], ["termval", 0]]),
    );
    for_list(|path| path.must(1).AFTER_ELEM().termval(0), json!([["AFTER_ELEM"], ["termval", 0]]));
    for_list(
        |path| path.must(1).before_index(1).termval(0),
        json!([["before_index", 1], ["termval", 0]]),
    );
    for_list(
        |path| path.must(1).AFTER_ELEM().none_to_val(7).term_named("negate", |n| -n),
        json!([["AFTER_ELEM"], ["none_to_val", 7], ["term", "negate"]]),
    );
}

/// A write behind `must(1)`.
#[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
fn for_list<Q>(
    path: impl Fn(rama_core::path::ValuePath<BTreeMap<u8, Vec<i64>>>) -> Q,
    rest: serde_json::Value,
) where
    Q: rama_core::path::TransformPath<From = rama_core::path::Present<BTreeMap<u8, Vec<i64>>>>
        + rama_core::path::PortablePath<rama_core::path::Present<BTreeMap<u8, Vec<i64>>>>,
{
    let mut expected = vec![json!(["must", 1])];
    expected.extend(rest.as_array().unwrap().iter().cloned());
    writes(LISTS, lists(), path, expected.into());
}

#[test]
fn sets() {
    let ty = "BTreeSet<i64>";
    let set = || BTreeSet::from([-5_i64, 1, 9]);
    reads(ty, set(), |path| path.set_elem(1), json!([["set_elem", 1]]));
    reads(ty, set(), |path| path.set_elem(2), json!([["set_elem", 2]]));
    reads(ty, set(), |path| path.subset([9, 2]), json!([["subset", [2, 9]]]));
    reads(ty, set(), |path| path.ALL().pred_lt(2), json!([["ALL"], ["pred_lt", 2]]));
    writes(ty, set(), |path| path.NONE_ELEM().termval(4), json!([["NONE_ELEM"], ["termval", 4]]));
    writes(ty, set(), |path| path.set_elem(9).NONE(), json!([["set_elem", 9], ["NONE"]]));
    writes(
        ty,
        set(),
        |path| path.subset([9, 2]).termval(BTreeSet::from([3])),
        json!([["subset", [2, 9]], ["termval", [3]]]),
    );
    let missing = BTreeMap::<u8, BTreeSet<i64>>::new();
    writes(
        "BTreeMap<u8, BTreeSet<i64>>",
        missing,
        |path| path.keypath(1).NIL_TO_SET().NONE_ELEM().termval(4),
        json!([["keypath", 1], ["NIL_TO_SET"], ["NONE_ELEM"], ["termval", 4]]),
    );
}

#[test]
fn ranges_of_maps() {
    let options = |start, end| json!({"inclusive_start": start, "inclusive_end": end});
    let to = |range: &str| format!("sorted_map_range{range}");
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range(1..7),
        json!([[to(""), 1, 7, options(true, false)]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range(2..=7).MAP_VALS(),
        json!([[to(""), 2, 7, options(true, true)], ["MAP_VALS"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range(2..).SIZE(),
        json!([[to("_from"), 2, {"inclusive": true}], ["SIZE"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range(..=2),
        json!([[to("_to"), 2, {"inclusive": true}]]),
    );
    reads(LISTS, lists(), |path| path.sorted_map_range(..), json!([[to("_from_start"), u32::MAX]]));
    #[expect(clippy::reversed_empty_ranges, reason = "nothing lies between these")]
    reads(LISTS, lists(), |path| path.sorted_map_range(7..1), json!([[to("_from_start"), 0]]));
    let one = RangeOptions::new().max_amt(1).inclusive(false);
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range_from(1, one),
        json!([[to("_from"), 1, {"inclusive": false, "max_amt": 1}]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range_to(7, 1).MAP_KEYS(),
        json!([[to("_to"), 7, {"inclusive": false, "max_amt": 1}], ["MAP_KEYS"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.sorted_map_range_from_start(2),
        json!([[to("_from_start"), 2]]),
    );
    reads(LISTS, lists(), |path| path.sorted_map_range_to_end(2), json!([[to("_to_end"), 2]]));
    writes(
        LISTS,
        lists(),
        |path| path.sorted_map_range_to_end(2).NONE(),
        json!([[to("_to_end"), 2], ["MAP_VALS"], ["NONE"]]),
    );
    writes(
        LISTS,
        lists(),
        |path| path.sorted_map_range(..2).termval(BTreeMap::from([(5, vec![0])])),
        json!([[to("_to"), 2, {"inclusive": false}], ["termval", {"5": [0]}]]),
    );
}

#[test]
fn ranges_of_sets() {
    let set = || BTreeSet::from(['a', 'c', 'e']);
    let ty = "BTreeSet<char>";
    reads(
        ty,
        set(),
        |path| path.sorted_set_range('a'..'c').ALL(),
        json!([["sorted_set_range", "a", "c", {"inclusive_start": true, "inclusive_end": false}], ["ALL"]]),
    );
    reads(
        ty,
        set(),
        |path| path.sorted_set_range_from('b', 1),
        json!([["sorted_set_range_from", "b", {"inclusive": true, "max_amt": 1}]]),
    );
    reads(
        ty,
        set(),
        |path| path.sorted_set_range_from_start(2).sorted_set_range_to_end(1),
        json!([["sorted_set_range_from_start", 2], ["sorted_set_range_to_end", 1]]),
    );
    writes(
        ty,
        set(),
        |path| path.sorted_set_range_to('d', ()).NONE(),
        json!([["sorted_set_range_to", "d", {"inclusive": false}], ["ALL"], ["NONE"]]),
    );
}

#[test]
fn filters_and_comparisons() {
    reads(AGES, ages(), |path| path.MAP_VALS().pred_ge(18), json!([["MAP_VALS"], ["pred_ge", 18]]));
    reads(AGES, ages(), |path| path.MAP_VALS().pred_le(18), json!([["MAP_VALS"], ["pred_le", 18]]));
    reads(
        AGES,
        ages(),
        |path| path.keypath("x").pred_ne(7),
        json!([["keypath", "x"], ["pred_ne", 7]]),
    );
    reads(
        AGES,
        ages(),
        |path| path.keypath("x").pred_eq(7),
        json!([["keypath", "x"], ["pred_eq", 7]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.MAP_VALS().selected(|path| path.ALL().pred_gt(2)).SIZE(),
        json!([["MAP_VALS"], ["selected", ["ALL"], ["pred_gt", 2]], ["SIZE"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.MAP_VALS().not_selected(|path| path.FIRST()),
        json!([["MAP_VALS"], ["not_selected", ["FIRST"]]]),
    );
    reads(LISTS, lists(), |path| path.selected(|path| path), json!([["selected", ["STAY"]]]));
    writes(
        LISTS,
        lists(),
        |path| path.MAP_VALS().filterer(|path| path.pred_gt(0)).termval(vec![8, 9]),
        json!([
            ["MAP_VALS"],
            ["subselect", ["ALL"], ["selected", ["pred_gt", 0]]],
            ["termval", [8, 9]]
        ]),
    );
}

#[test]
fn branches() {
    reads(
        LISTS,
        lists(),
        |path| path.MAP_VALS().if_path(|path| path.FIRST(), |path| path.ALL()),
        json!([["MAP_VALS"], ["if_path", [["FIRST"]], [["ALL"]], [["STOP"]]]]),
    );
    reads(
        LISTS,
        lists(),
        |path| {
            path.MAP_VALS().ALL().if_else_path(
                |path| path.pred_lt(0),
                |path| path.view_named("negate", |n| -n),
                |path| path.STAY(),
            )
        },
        json!([
            ["MAP_VALS"],
            ["ALL"],
            ["if_path", [["pred_lt", 0]], [["view", "negate"]], [["STAY"]]]
        ]),
    );
    reads(
        LISTS,
        lists(),
        |path| {
            path.MAP_VALS()
                .ALL()
                .cond_path(|path| ((path.pred_lt(0), path.STOP()), (path.pred_gt(2), path)))
        },
        json!([
            ["MAP_VALS"],
            ["ALL"],
            [
                "if_path",
                [["pred_lt", 0]],
                [["STOP"]],
                [["if_path", [["pred_gt", 2]], [["STAY"]], [["STOP"]]]]
            ]
        ]),
    );
    reads(
        AGES,
        ages(),
        |path| path.multi_path(|path| (path.must("bob"), path.must("x"), path.MAP_VALS())),
        json!([["multi_path", [["must", "bob"]], [["must", "x"]], [["MAP_VALS"]]]]),
    );
    reads(
        "i64",
        7_i64,
        |path| path.continue_then_stay(|path| path.pred_gt(5)),
        json!([["multi_path", [["pred_gt", 5]], [["STAY"]]]]),
    );
}

#[test]
fn branches_that_write() {
    writes(
        AGES,
        ages(),
        |path| {
            path.multi_term(|path| {
                (
                    path.must("ada").term_named("inc", |n| n + 1),
                    path.must("bob").NONE(),
                    path.keypath("joe").termval(0),
                )
            })
        },
        json!([[
            "multi_path",
            [["must", "ada"], ["term", "inc"]],
            [["must", "bob"], ["NONE"]],
            [["keypath", "joe"], ["termval", 0]]
        ]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.MAP_VALS().if_term(|path| path.pred_ge(18), |path| path.termval(0)),
        json!([["MAP_VALS"], ["if_path", [["pred_ge", 18]], [["termval", 0]], [["STOP"]]]]),
    );
    writes(
        AGES,
        ages(),
        |path| {
            path.MAP_VALS().if_else_term(
                |path| path.pred_ge(18),
                |path| path.termval(1),
                |path| path.term_named("inc", |n| n + 1),
            )
        },
        json!([["MAP_VALS"], ["if_path", [["pred_ge", 18]], [["termval", 1]], [["term", "inc"]]]]),
    );
}

#[test]
fn lists_of_what_is_found_and_what_becomes_empty() {
    reads(
        LISTS,
        lists(),
        |path| path.subselect(|path| path.MAP_VALS().ALL()),
        json!([["subselect", ["MAP_VALS"], ["ALL"]]]),
    );
    writes(
        LISTS,
        lists(),
        |path| {
            path.subselect(|path| path.MAP_VALS().ALL()).term_named("sort", |mut all| {
                all.sort_unstable();
                all
            })
        },
        json!([["subselect", ["MAP_VALS"], ["ALL"]], ["term", "sort"]]),
    );
    writes(
        LISTS,
        lists(),
        |path| path.must(7).compact(|path| path.ALL()).NONE(),
        json!([["must", 7], ["compact", ["ALL"]], ["NONE"]]),
    );
    let deep = BTreeMap::from([(1_u8, BTreeMap::from([(2_u8, vec![7_u8])]))]);
    writes(
        "BTreeMap<u8, BTreeMap<u8, Vec<u8>>>",
        deep,
        |path| path.must(1).compact(|path| path.must(2).ALL()).NONE(),
        json!([["must", 1], ["compact", ["multi_path", [["must", 2], ["ALL"]]]], ["NONE"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.transformed(|path| path.MAP_VALS().NONE()).SIZE(),
        json!([["transformed", ["MAP_VALS"], ["NONE"]], ["SIZE"]]),
    );
    writes(
        LISTS,
        lists(),
        |path| {
            path.must(1).transformed(|path| path.ALL().pred_lt(0).NONE()).AFTER_ELEM().termval(0)
        },
        json!([
            ["must", 1],
            ["transformed", ["ALL"], ["pred_lt", 0], ["NONE"]],
            ["AFTER_ELEM"],
            ["termval", 0]
        ]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.with_page_size(100).must(1).ALL().with_page_size(9),
        json!([["must", 1], ["with_page_size", 100, ["ALL"]]]),
    );
}

#[test]
fn collected_values() {
    reads(
        LISTS,
        lists(),
        |path| path.MAP_VALS().VAL().ALL(),
        json!([["MAP_VALS"], ["VAL"], ["ALL"]]),
    );
    reads(
        AGES,
        ages(),
        |path| path.putval("x").collect(|path| path.MAP_VALS()).must("ada"),
        json!([["putval", "x"], ["collect", ["MAP_VALS"]], ["must", "ada"]]),
    );
    reads(
        AGES,
        ages(),
        |path| path.collect_one(|path| path.keypath("x")).MAP_VALS().DISPENSE(),
        json!([["collect_one", ["keypath", "x"]], ["MAP_VALS"], ["DISPENSE"]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.putval(1_u8).with_fresh_collected(|path| path.MAP_VALS().VAL()).FIRST(),
        json!([["putval", 1], ["with_fresh_collected", ["MAP_VALS"], ["VAL"]], ["FIRST"]]),
    );
    writes(
        AGES,
        ages(),
        |path| {
            path.collect_one(|path| path.must("ada")).must("bob").term_named("add", |(a, b)| a + b)
        },
        json!([["collect_one", ["must", "ada"]], ["must", "bob"], ["term", "add"]]),
    );
    writes(
        LISTS,
        lists(),
        |path| path.KEYED_VALS().ALL().pred_gt(0).termval(0),
        json!([["KEYED_VALS"], ["ALL"], ["pred_gt", 0], ["termval", 0]]),
    );
    reads(
        LISTS,
        lists(),
        |path| path.putval(1_u8).sorted_map_range(1..2).MAP_KEYS(),
        json!([
            ["putval", 1],
            ["sorted_map_range", 1, 2, {"inclusive_start": true, "inclusive_end": false}],
            ["MAP_KEYS"]
        ]),
    );
}

#[test]
fn functions_by_name() {
    reads(
        AGES,
        ages(),
        |path| path.MAP_VALS().pred_named("is_even", |n| n % 2 == 0),
        json!([["MAP_VALS"], ["pred", "is_even"]]),
    );
    reads(
        AGES,
        ages(),
        |path| path.selected(|path| path.MAP_KEYS().pred_named("is_text", |_| true)).SIZE(),
        json!([["selected", ["MAP_KEYS"], ["pred", "is_text"]], ["SIZE"]]),
    );
    let add = || FunctionName::new("add").with(&5).unwrap();
    reads(
        AGES,
        ages(),
        |path| path.MAP_VALS().view_named(add(), |n| n + 5),
        json!([["MAP_VALS"], ["view", "add", 5]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.must("ada").term_named(add(), |n| n + 5),
        json!([["must", "ada"], ["term", "add", 5]]),
    );
    writes(
        AGES,
        ages(),
        |path| path.MAP_VALS().pred_named("is_odd", |n| n % 2 == 1).NONE(),
        json!([["MAP_VALS"], ["pred", "is_odd"], ["NONE"]]),
    );
}

#[derive(Clone, Serialize)]
struct Tree {
    n: i64,
    children: Vec<Tree>,
}

fn tree() -> Tree {
    let leaf = |n| Tree { n, children: vec![] };
    Tree { n: 1, children: vec![leaf(2), Tree { n: 3, children: vec![leaf(4), leaf(5)] }] }
}

#[test]
fn fields_and_recursive_paths() {
    let inside = json!([["again1"]]);
    reads(
        "Tree",
        tree(),
        |path| {
            path.recursive_path(100, |path, again| {
                path.stay_then_continue(|path| {
                    path.named_field("children", |t| &t.children, |t| &mut t.children)
                        .ALL()
                        .recur(&again)
                })
            })
            .named_field("n", |t| &t.n, |t| &mut t.n)
        },
        json!([
            [
                "recursive_path",
                "again1",
                ["multi_path", [["STAY"]], [["keypath", "children"], ["ALL"], inside[0]]]
            ],
            ["keypath", "n"]
        ]),
    );
    writes(
        "Tree",
        tree(),
        |path| {
            path.recursive_path(100, |path, again| {
                path.if_else_path(
                    |path| {
                        path.named_field("children", |t| &t.children, |t| &mut t.children).FIRST()
                    },
                    |path| {
                        path.named_field("children", |t| &t.children, |t| &mut t.children)
                            .ALL()
                            .recur(&again)
                    },
                    |path| path.named_field("n", |t| &t.n, |t| &mut t.n),
                )
            })
            .term_named("inc", |n| n + 1)
        },
        json!([
            [
                "recursive_path",
                "again1",
                [
                    "if_path",
                    [["keypath", "children"], ["FIRST"]],
                    [["keypath", "children"], ["ALL"], inside[0]],
                    [["keypath", "n"]]
                ]
            ],
            ["term", "inc"]
        ]),
    );
    let pairs = vec![("a".to_owned(), 1_u64)];
    writes(
        "Vec<(String, u64)>",
        pairs,
        |path| path.ALL().named_field("1", |p| &p.1, |p| &mut p.1).term_named("inc", |n| n + 1),
        json!([["ALL"], ["nthpath", 1], ["term", "inc"]]),
    );
}
