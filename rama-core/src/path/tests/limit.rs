//! Tests of `take` and `distinct`.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    Bare, Edit, Inner, Path, Present, Rows, select, select_any, select_one, transform,
};
use std::collections::BTreeMap;

type Numbers = Rows<u64, Present<u64>>;

fn numbers() -> Inner<Numbers> {
    Path::start(Bare::new())
}

fn thousand() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for n in 0..1000 {
        rows::transform(&mut rows, numbers().keypath(n).termval(n % 3)).unwrap();
    }
    rows.counts();
    rows
}

#[test]
fn take_counts_over_the_whole_path_so_far() {
    let lists = vec![vec![1, 2], vec![3, 4]];
    assert_eq!(select(&lists, |path| path.ALL().ALL().take(3)).unwrap(), [1, 2, 3]);
    assert_eq!(select(&lists, |path| path.ALL().take(1).ALL()).unwrap(), [1, 2]);
    assert_eq!(select(&lists, |path| path.ALL().take(0)).unwrap().len(), 0);
    assert_eq!(select(&lists, |path| path.ALL().take(9)).unwrap().len(), 2);
    let inside = select(&lists, |path| path.ALL().then_path(|path| path.ALL().take(1)));
    assert_eq!(inside.unwrap(), [1, 3]);
}

#[test]
fn take_behind_a_filter_counts_what_passed() {
    let list = vec![1, 2, 3, 4];
    assert_eq!(select(&list, |path| path.ALL().pred_gt(1).take(2)).unwrap(), [2, 3]);
    assert_eq!(select(&list, |path| path.ALL().take(2).pred_gt(1)).unwrap(), [2]);
}

#[test]
fn an_early_stop_ends_only_its_own_path() {
    let list = vec![1, 2, 3];
    let found =
        select(&list, |path| path.multi_path(|path| (path.ALL().take(1), path.ALL().take(2))));
    assert_eq!(found.unwrap(), [1, 1, 2]);
    let found = select(&list, |path| path.ALL().take(2).multi_path(|path| (path, path)));
    assert_eq!(found.unwrap(), [1, 1, 2, 2]);
    assert_eq!(select_any(&list, |path| path.ALL().take(2)).unwrap(), Some(1));
}

#[test]
fn a_path_with_take_counts_anew_in_every_run() {
    let lists = vec![vec![1, 2], vec![3, 4]];
    let found =
        select(&lists, |path| path.ALL().collect(|path| path.ALL().take(1)).DISPENSE().ALL());
    assert_eq!(found.unwrap(), [1, 2, 3, 4]);
    let rows = thousand();
    let path = numbers().MAP_VALS().take(2);
    assert_eq!(rows::select(&rows, &path).unwrap(), rows::select(&rows, &path).unwrap());
}

#[test]
fn a_write_leaves_the_places_after_the_last_alone() {
    let mut list: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
    transform(&mut list, |path| path.ALL().take(2).term(|text| text + "!")).unwrap();
    assert_eq!(list, ["a!", "b!", "c"]);
    transform(&mut list, |path| path.ALL().take(1).NONE()).unwrap();
    assert_eq!(list, ["b!", "c"]);
    let mut map = BTreeMap::from([(1, "a".to_owned()), (2, "b".to_owned())]);
    transform(&mut map, |path| path.ALL().take(1).NONE()).unwrap();
    assert_eq!(map, BTreeMap::from([(2, "b".to_owned())]));
    let edit = transform(&mut map, |path| path.MAP_VALS().take(0).termval(String::new())).unwrap();
    assert_eq!(edit, Edit::Kept);
}

#[test]
fn take_of_one_place_is_at_most_one() {
    let map = BTreeMap::from([(1, 2)]);
    assert_eq!(select_one(&map, |path| path.keypath(1).take(0)).unwrap(), None);
    assert_eq!(select_one(&map, |path| path.keypath(1).take(1)).unwrap(), Some(Some(2)));
}

#[test]
fn distinct_values_come_once_with_what_is_collected() {
    let mut lists = vec![vec![1, 2, 1], vec![1]];
    assert_eq!(select(&lists, |path| path.ALL().ALL().distinct()).unwrap(), [1, 2]);
    let found =
        select(&lists, |path| path.ALL().collect(|path| path.ALL().pred_gt(1)).ALL().distinct());
    assert_eq!(found.unwrap(), [(vec![2], 1), (vec![2], 2), (vec![], 1)]);
    transform(&mut lists, |path| path.ALL().ALL().distinct().term(|n| n + 1)).unwrap();
    assert_eq!(lists, [vec![2, 3, 1], vec![1]]);
    transform(&mut lists, |path| path.ALL().ALL().distinct().NONE()).unwrap();
    assert_eq!(lists, [vec![], vec![1]]);
    assert_eq!(select_one(&7, |path| path.distinct()).unwrap(), 7);
}

#[test]
fn over_rows_a_scan_ends_with_the_last_place() {
    let mut rows = thousand();
    assert_eq!(rows::select(&rows, &numbers().MAP_VALS().take(3)).unwrap(), [0, 1, 2]);
    assert_eq!(rows.counts().steps, 3);
    assert!(rows::select(&rows, &numbers().MAP_VALS().take(0)).unwrap().is_empty());
    assert_eq!(rows.counts().steps, 0);
    let path = numbers().MAP_VALS().distinct().take(3);
    assert_eq!(rows::select(&rows, &path).unwrap(), [0, 1, 2]);
    assert_eq!(rows.counts().steps, 3);
    rows::transform(&mut rows, numbers().MAP_VALS().take(3).termval(9)).unwrap();
    assert_eq!(rows.counts().writes, 3);
}
