//! Tests of filters.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    Bare, Edit, Inner, Path, PathError, Present, Rows, select, select_one, selected_any, transform,
};
use std::collections::{BTreeMap, BTreeSet};

type Ages = Rows<u64, Present<u64>>;
type Tags = Rows<u64, Rows<String, Present<u64>>>;

fn ages() -> Inner<Ages> {
    Path::start(Bare::new())
}

fn tags() -> Inner<Tags> {
    Path::start(Bare::new())
}

fn people() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for age in 1..=5 {
        rows::transform(&mut rows, ages().keypath(age).termval(age * 10)).unwrap();
    }
    rows.counts();
    rows
}

#[test]
fn pred_sees_what_is_missing_as_none_and_an_entry_as_a_pair() {
    let map = BTreeMap::from([("a", 1), ("b", 2)]);
    assert_eq!(select(&map, |path| path.keypath("c").pred(|n| n.is_none())).unwrap(), [None]);
    assert!(select(&map, |path| path.keypath("c").pred(|n| n.is_some())).unwrap().is_empty());
    let found = select(&map, |path| path.ALL().pred(|(key, n)| *key == "b" && *n == 2)).unwrap();
    assert_eq!(found, [("b", 2)]);
}

#[test]
fn a_filter_that_stops_changes_nothing_even_where_values_would_be_moved() {
    let mut list = vec!["a".to_owned(), "b".to_owned()];
    let edit = transform(&mut list, |path| path.ALL().pred(|_| false).term(|text| text + "!"));
    assert_eq!((edit.unwrap(), list), (Edit::Kept, vec!["a".to_owned(), "b".to_owned()]));
    let mut map = BTreeMap::from([(1, "a".to_owned())]);
    transform(&mut map, |path| path.must(1).pred(|_| false).term(|text| text + "!")).unwrap();
    transform(&mut map, |path| path.keypath(1).pred(|_| false).termval("x".to_owned())).unwrap();
    transform(&mut map, |path| path.keypath(1).pred(|_| false).NONE()).unwrap();
    assert_eq!(map, BTreeMap::from([(1, "a".to_owned())]));
    let mut set = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
    transform(&mut set, |path| path.ALL().pred(|text| text == "b").term(|text| text + "!"))
        .unwrap();
    assert_eq!(set, BTreeSet::from(["a".to_owned(), "b!".to_owned()]));
}

#[test]
fn a_filter_reads_the_value_that_the_terminal_has_no_use_for() {
    let mut map = BTreeMap::from([(1, 10)]);
    transform(&mut map, |path| path.keypath(1).pred(|n| n == Some(&10)).termval(11)).unwrap();
    transform(&mut map, |path| path.keypath(2).pred(|n| n.is_none()).termval(20)).unwrap();
    transform(&mut map, |path| path.keypath(1).pred(|n| n.is_none()).NONE()).unwrap();
    assert_eq!(map, BTreeMap::from([(1, 11), (2, 20)]));
}

#[test]
fn what_is_missing_equals_nothing_and_is_not_equal_to_everything() {
    let map: BTreeMap<u64, u64> = BTreeMap::from([(1, 10)]);
    assert!(selected_any(&map, |path| path.keypath(1).pred_eq(10)).unwrap());
    assert!(!selected_any(&map, |path| path.keypath(2).pred_eq(10)).unwrap());
    assert!(!selected_any(&map, |path| path.keypath(1).pred_ne(10)).unwrap());
    assert!(selected_any(&map, |path| path.keypath(2).pred_ne(10)).unwrap());
}

#[test]
fn comparisons_know_what_lies_on_the_border() {
    let list = vec![1, 2, 3];
    assert_eq!(select(&list, |path| path.ALL().pred_lt(2)).unwrap(), [1]);
    assert_eq!(select(&list, |path| path.ALL().pred_le(2)).unwrap(), [1, 2]);
    assert_eq!(select(&list, |path| path.ALL().pred_gt(2)).unwrap(), [3]);
    assert_eq!(select(&list, |path| path.ALL().pred_ge(2)).unwrap(), [2, 3]);
    assert_eq!(select(&vec![f64::NAN], |path| path.ALL().pred_ge(0.0)).unwrap().len(), 0);
}

#[test]
fn a_condition_sees_collected_values_and_forgets_its_own() {
    let lists = vec![vec![1, 2], vec![3]];
    let found = select(&lists, |path| {
        path.ALL().VAL().ALL().selected(|path| path.is_collected(|list| list.len() > 1).putval("x"))
    });
    assert_eq!(found.unwrap(), [(vec![1, 2], 1), (vec![1, 2], 2)]);
    let mut lists = lists;
    transform(&mut lists, |path| {
        path.putval(2).ALL().ALL().not_selected(|path| path.pred_gt(1)).term(|(two, n)| n + two)
    })
    .unwrap();
    assert_eq!(lists, [vec![3, 2], vec![3]]);
}

#[test]
fn a_condition_that_fails_fails_the_whole_path() {
    let fails = |path: Inner<Present<Vec<u64>>>| path.collect_one(|path| path.ALL());
    let lists = vec![vec![1, 2]];
    let read = select(&lists, |path| path.ALL().selected(fails));
    assert!(matches!(read, Err(PathError::NotOneToCollect { found: 2 })));
    let mut lists = lists;
    let write = transform(&mut lists, |path| path.ALL().not_selected(fails).termval(vec![]));
    assert!(matches!(write, Err(PathError::NotOneToCollect { found: 2 })));
    assert_eq!(lists, [[1, 2]]);
}

#[test]
fn a_condition_that_finds_something_does_not_end_the_select_around_it() {
    let lists = vec![vec![1], vec![2]];
    assert_eq!(select(&lists, |path| path.ALL().selected(|path| path.ALL())).unwrap().len(), 2);
}

#[test]
fn several_collected_values_come_as_a_tuple_of_references() {
    let found = select(&7, |path| {
        path.putval(1).putval("a").is_collected(|(one, a)| *one == 1 && *a == "a").DISPENSE()
    });
    assert_eq!(found.unwrap(), [7]);
}

#[test]
fn present_and_some_lead_to_what_is_there() {
    let mut map = BTreeMap::from([(1, Some(10)), (2, None)]);
    let found = select(&map, |path| path.putval("x").MAP_VALS().SOME()).unwrap();
    assert_eq!(found, [("x", 10)]);
    assert_eq!(select_one(&map, |path| path.keypath(3).PRESENT().SOME()).unwrap(), None);
    transform(&mut map, |path| path.keypath(1).PRESENT().SOME().NONE()).unwrap();
    transform(&mut map, |path| path.keypath(2).PRESENT().NONE()).unwrap();
    let edit = transform(&mut map, |path| path.MAP_VALS().SOME().termval(1)).unwrap();
    assert_eq!((edit, map), (Edit::Kept, BTreeMap::from([(1, None)])));
}

#[test]
fn over_rows_a_filter_reads_and_what_it_stops_is_not_written() {
    let mut rows = people();
    let found = rows::select(&rows, &ages().MAP_VALS().pred_gt(30)).unwrap();
    assert_eq!(found, [40, 50]);
    rows.counts();
    rows::transform(&mut rows, ages().keypath(1).pred_eq(11).termval(0)).unwrap();
    let counts = rows.counts();
    assert_eq!((counts.reads, counts.writes), (1, 0));
    rows::transform(&mut rows, ages().MAP_VALS().pred_gt(30).NONE()).unwrap();
    assert_eq!((rows.counts().writes, rows.len()), (2, 3));
    rows::transform(&mut rows, ages().ALL().pred(|(key, _)| *key == 1).NONE()).unwrap();
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_structure_in_storage_can_be_selected_by_what_is_in_it() {
    let mut rows = MemoryRows::new();
    for (id, tag, n) in [(1, "a", 1), (1, "b", 2), (2, "a", 3)] {
        rows::transform(&mut rows, tags().keypath(id).keypath(tag).termval(n)).unwrap();
    }
    let found = rows::select(&rows, &tags().MAP_VALS().selected(|path| path.must("b")).must("a"));
    assert_eq!(found.unwrap(), [1]);
    rows::transform(&mut rows, tags().must(2).not_selected(|path| path.must("b")).NONE()).unwrap();
    assert_eq!(rows::select(&rows, &tags().MAP_VALS().MAP_VALS()).unwrap(), [1, 2]);
}

#[test]
fn the_leading_key_behind_a_filter_chooses_the_partition() {
    use crate::path::ReadPath;
    let path = ages().selected(|path| path.must(1)).putval(1).keypath(7);
    assert!(format!("{:?}", path.home()).contains('7'));
}
