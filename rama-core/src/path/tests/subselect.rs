//! Tests of `subselect`, `filterer`, `transformed` and `parser`.

use crate::path::rows::{self, MemoryRows};
use crate::path::{Bare, Edit, Inner, Path, Present, Rows, select, select_one, transform};
use std::collections::{BTreeMap, BTreeSet};

type Numbers = Rows<u64, Present<u64>>;

fn numbers() -> Inner<Numbers> {
    Path::start(Bare::new())
}

fn some_rows() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for (key, n) in [(1, 30), (2, 10), (3, 20)] {
        rows::transform(&mut rows, numbers().keypath(key).termval(n)).unwrap();
    }
    rows.counts();
    rows
}

#[test]
fn a_shorter_list_removes_the_last_places_and_a_longer_one_has_surplus() {
    let mut list = vec![1, 2, 3, 2];
    transform(&mut list, |path| path.filterer(|path| path.pred_eq(2)).ALL().take(1).NONE())
        .unwrap();
    assert_eq!(list, [1, 2, 3]);
    transform(&mut list, |path| path.filterer(|path| path.pred_gt(1)).termval(vec![7, 8, 9]))
        .unwrap();
    assert_eq!(list, [1, 7, 8]);
    transform(&mut list, |path| path.filterer(|path| path.pred_gt(1)).termval(vec![])).unwrap();
    assert_eq!(list, [1]);
}

#[test]
fn where_nothing_is_found_the_list_is_empty_and_nothing_is_written() {
    let mut list = vec![1, 2];
    let none = |path: Inner<Present<i32>>| path.pred_gt(9);
    assert_eq!(select(&list, |path| path.filterer(none)).unwrap(), [Vec::<i32>::new()]);
    let edit =
        transform(&mut list, |path| path.filterer(none).update(|list| list.push(7))).unwrap();
    assert_eq!((edit, list), (Edit::Kept, vec![1, 2]));
}

#[test]
fn a_list_that_stays_writes_nothing_back() {
    let mut list = vec![1, 2];
    let edit = transform(&mut list, |path| {
        path.subselect(|path| path.ALL()).pred(|_| false).termval(vec![])
    });
    assert_eq!((edit.unwrap(), list), (Edit::Kept, vec![1, 2]));
}

#[test]
fn what_cannot_be_removed_stays() {
    struct Point(u8, u8);
    let mut point = Point(1, 2);
    transform(&mut point, |path| {
        path.subselect(|path| {
            path.multi_path(|path| {
                (path.field(|p| &p.0, |p| &mut p.0), path.field(|p| &p.1, |p| &mut p.1))
            })
        })
        .termval(vec![7])
    })
    .unwrap();
    assert_eq!((point.0, point.1), (7, 2));
}

#[test]
fn places_that_may_be_missing_entries_and_elements_of_sets_are_dealt_to() {
    let mut map = BTreeMap::from([("a", 1), ("b", 2)]);
    let swap = |path: Inner<Present<BTreeMap<&'static str, i32>>>| {
        path.multi_path(|path| (path.keypath("a"), path.keypath("c")))
    };
    transform(&mut map, |path| path.subselect(swap).update(|list| list.reverse())).unwrap();
    assert_eq!(map, BTreeMap::from([("b", 2), ("c", 1)]));
    transform(&mut map, |path| path.subselect(|path| path.ALL()).update(|list| list.truncate(1)))
        .unwrap();
    assert_eq!(map, BTreeMap::from([("b", 2)]));
    transform(&mut map, |path| path.subselect(|path| path.ALL()).termval(vec![("z", 26)])).unwrap();
    assert_eq!(map, BTreeMap::from([("z", 26)]));
    let mut set = BTreeSet::from([1, 2, 3]);
    transform(&mut set, |path| path.filterer(|path| path.pred_gt(1)).termval(vec![9])).unwrap();
    assert_eq!(set, BTreeSet::from([1, 9]));
}

#[test]
fn paths_inside_see_collected_values_which_stay() {
    let mut list = vec![1, 2, 3];
    let found = select(&list, |path| {
        path.putval(2).filterer(|path| path.VAL().is_collected(|(two, n)| n >= two))
    });
    assert_eq!(found.unwrap(), [(2, vec![2, 3])]);
    transform(&mut list, |path| {
        path.putval(5)
            .subselect(|path| path.ALL())
            .term(|(five, list)| list.iter().map(|n| n * five).collect())
    })
    .unwrap();
    assert_eq!(list, [5, 10, 15]);
}

#[test]
fn over_rows_a_list_is_dealt_back_in_the_order_of_the_keys() {
    let mut rows = some_rows();
    rows::transform(
        &mut rows,
        numbers().subselect(|path| path.MAP_VALS()).update(|all| all.sort()),
    )
    .unwrap();
    let all = rows::select(&rows, &numbers().ALL()).unwrap();
    assert_eq!(all, [(1, 10), (2, 20), (3, 30)]);
    rows::transform(
        &mut rows,
        numbers().subselect(|path| path.MAP_VALS().pred_gt(10)).update(|all| all.truncate(1)),
    )
    .unwrap();
    assert_eq!(rows::select(&rows, &numbers().ALL()).unwrap(), [(1, 10), (2, 20)]);
}

#[test]
fn transformed_stores_nothing_by_itself() {
    let mut map = BTreeMap::from([(1, 10)]);
    let up = |key| {
        move |path: Inner<Present<BTreeMap<i32, i32>>>| {
            path.keypath(key).transformed(|path| path.nil_to_val(0).term(|n| n + 1))
        }
    };
    assert_eq!(select_one(&map, |path| path.then_path(up(1))).unwrap(), Some(11));
    assert_eq!(select_one(&map, |path| path.then_path(up(2))).unwrap(), Some(1));
    transform(&mut map, |path| path.then_path(up(1)).STOP().termval(0)).unwrap();
    assert_eq!(map, BTreeMap::from([(1, 10)]));
    transform(&mut map, |path| path.then_path(up(2)).nil_to_val(0).term(|n| n * 7)).unwrap();
    assert_eq!(map, BTreeMap::from([(1, 10), (2, 7)]));
}

#[test]
fn transformed_runs_for_every_place_and_under_collected_values() {
    let mut lists = vec![vec![1, 2], vec![3]];
    let found = select(&lists, |path| {
        path.putval(10).ALL().transformed(|path| path.ALL().term(|(ten, n)| ten + n))
    });
    assert_eq!(found.unwrap(), [(10, vec![11, 12]), (10, vec![13])]);
    transform(&mut lists, |path| {
        path.ALL().transformed(|path| path.ALL().term(|n| n * 2)).term(|list| list)
    })
    .unwrap();
    assert_eq!(lists, [vec![2, 4], vec![6]]);
}

#[test]
fn parser_goes_both_ways_and_removal_goes_through_it() {
    let mut map = BTreeMap::from([(1, "7".to_owned()), (2, "8".to_owned())]);
    let parse = |text: &String| text.parse::<u64>().unwrap_or(0);
    let unparse = |n: u64| n.to_string();
    transform(&mut map, |path| {
        path.putval(3).must(1).parser(parse, unparse).term(|(three, n)| n * three)
    })
    .unwrap();
    assert_eq!(map[&1], "21");
    let edit = transform(&mut map, |path| {
        path.MAP_VALS().parser(parse, |_| panic!()).pred_gt(99).termval(0)
    });
    assert_eq!(edit.unwrap(), Edit::Kept);
    transform(&mut map, |path| path.MAP_VALS().parser(parse, unparse).pred_lt(10).NONE()).unwrap();
    assert_eq!(map.len(), 1);
}

#[test]
fn over_rows_a_transformed_value_is_not_written() {
    let mut rows = some_rows();
    let path = numbers().must(1).transformed(|path| path.term(|n| n + 1));
    assert_eq!(rows::select_one(&rows, &path).unwrap(), Some(31));
    rows::transform(
        &mut rows,
        numbers().must(1).transformed(|path| path.term(|n| n + 1)).pred_eq(0).termval(5),
    )
    .unwrap();
    assert_eq!(rows.counts().writes, 0);
    assert_eq!(rows::select_one(&rows, &numbers().must(1)).unwrap(), Some(30));
}
