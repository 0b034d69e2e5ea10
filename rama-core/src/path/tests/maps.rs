//! Tests of the keys and parts of maps and sets in memory, of their sizes and of key trails.

use crate::path::{Edit, PathError, select, select_one, transform};
use std::collections::{BTreeMap, BTreeSet};

type Ages = BTreeMap<String, u32>;

fn ages() -> Ages {
    BTreeMap::from([("ada".to_owned(), 36), ("bob".to_owned(), 7), ("eve".to_owned(), 20)])
}

#[test]
fn a_renamed_entry_keeps_its_value_and_overwrites() {
    let mut map = ages();
    transform(&mut map, |path| path.map_key("ada").termval("joe".to_owned())).unwrap();
    assert_eq!(map.get("joe"), Some(&36));
    assert!(!map.contains_key("ada"));
    transform(&mut map, |path| path.map_key("joe").term(|_| "bob".to_owned())).unwrap();
    assert_eq!(map, Ages::from([("bob".to_owned(), 36), ("eve".to_owned(), 20)]));
    transform(&mut map, |path| path.map_key("bob").update(|key| key.push('!'))).unwrap();
    assert_eq!(map["bob!"], 36);
}

#[test]
fn map_key_goes_nowhere_without_an_entry() {
    let mut map = ages();
    let edit = transform(&mut map, |path| path.map_key("joe").termval("bob".to_owned())).unwrap();
    assert_eq!((edit, &map), (Edit::Kept, &ages()));
    assert_eq!(select_one(&map, |path| path.map_key("joe")).unwrap(), None);
    let mut nested: BTreeMap<u8, Ages> = BTreeMap::new();
    assert!(select(&nested, |path| path.keypath(1).map_key("ada")).unwrap().is_empty());
    transform(&mut nested, |path| path.keypath(1).MAP_KEYS().NONE()).unwrap();
    assert!(nested.is_empty());
}

#[test]
fn none_on_a_key_removes_the_entry() {
    let mut map = ages();
    transform(&mut map, |path| path.map_key("ada").NONE()).unwrap();
    assert_eq!(map.len(), 2);
    transform(&mut map, |path| path.MAP_KEYS().NONE()).unwrap();
    assert!(map.is_empty());
}

#[test]
fn of_keys_that_become_equal_the_last_one_stays() {
    let mut map = BTreeMap::from([(1, 'a'), (2, 'b'), (3, 'c')]);
    transform(&mut map, |path| path.MAP_KEYS().term(|key| key / 2)).unwrap();
    assert_eq!(map, BTreeMap::from([(0, 'a'), (1, 'c')]));
    let mut map = BTreeMap::from([(1, 'a'), (2, 'b'), (3, 'c')]);
    transform(&mut map, |path| path.MAP_KEYS().term(|key| 4 - key)).unwrap();
    assert_eq!(map, BTreeMap::from([(3, 'a'), (2, 'b'), (1, 'c')]));
}

#[test]
fn submap_replaces_all_its_keys_by_what_it_became() {
    let mut map = ages();
    let keys = ["ada", "bob", "joe"];
    let part = select_one(&map, |path| path.submap(keys)).unwrap();
    assert_eq!(
        part.into_iter().collect::<Vec<_>>(),
        [("ada".to_owned(), 36), ("bob".to_owned(), 7)]
    );
    transform(&mut map, |path| {
        path.submap(keys).update(|part| {
            part.remove("bob");
            part.insert("eve".to_owned(), 0);
        })
    })
    .unwrap();
    assert_eq!(map, Ages::from([("ada".to_owned(), 36), ("eve".to_owned(), 0)]));
    transform(&mut map, |path| path.submap(keys).termval(BTreeMap::new())).unwrap();
    assert_eq!(map, Ages::from([("eve".to_owned(), 0)]));
}

#[test]
fn submap_of_no_keys_merges() {
    let mut map = BTreeMap::from([(1, 'a'), (2, 'b')]);
    let none = BTreeSet::<i32>::new();
    transform(&mut map, |path| path.submap(none).termval(BTreeMap::from([(2, 'z'), (3, 'c')])))
        .unwrap();
    assert_eq!(map, BTreeMap::from([(1, 'a'), (2, 'z'), (3, 'c')]));
}

#[test]
fn parts_of_a_missing_collection_are_empty_and_create_it_only_for_something() {
    let mut maps: BTreeMap<u8, BTreeMap<u8, char>> = BTreeMap::new();
    assert_eq!(select_one(&maps, |path| path.keypath(1).submap([1])).unwrap(), BTreeMap::new());
    let edit = transform(&mut maps, |path| path.keypath(1).submap([1]).termval(BTreeMap::new()));
    assert_eq!((edit.unwrap(), maps.len()), (Edit::Kept, 0));
    let new = BTreeMap::from([(2, 'b')]);
    transform(&mut maps, |path| path.keypath(1).submap([1]).termval(new.clone())).unwrap();
    assert_eq!(maps[&1], new);
    let mut sets: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
    transform(&mut sets, |path| path.keypath(1).subset([1]).update(BTreeSet::clear)).unwrap();
    assert!(sets.is_empty());
    transform(&mut sets, |path| path.keypath(1).subset([1]).termval(BTreeSet::from([7]))).unwrap();
    assert_eq!(sets[&1], BTreeSet::from([7]));
}

#[test]
fn subset_of_no_elements_adds() {
    let mut set = BTreeSet::from([1, 2]);
    let none = BTreeSet::<i32>::new();
    transform(&mut set, |path| path.subset(none).termval(BTreeSet::from([2, 3]))).unwrap();
    assert_eq!(set, BTreeSet::from([1, 2, 3]));
}

#[test]
fn steps_go_on_into_parts() {
    let mut map = ages();
    transform(&mut map, |path| path.submap(["ada", "bob"]).MAP_VALS().term(|age| age + 1)).unwrap();
    transform(&mut map, |path| path.submap(["ada", "bob"]).keypath("bob").NONE()).unwrap();
    assert_eq!(map, Ages::from([("ada".to_owned(), 37), ("eve".to_owned(), 20)]));
    let mut set = BTreeSet::from([1, 2, 3]);
    transform(&mut set, |path| path.subset([1, 2]).ALL().term(|n| n + 10)).unwrap();
    assert_eq!(set, BTreeSet::from([3, 11, 12]));
}

#[test]
fn a_failed_edit_loses_nothing() {
    let lists = BTreeMap::from([(1, vec!['a']), (2, vec![]), (3, vec!['c'])]);
    let mut failed = lists.clone();
    let error =
        transform(&mut failed, |path| path.submap([1, 2]).MAP_VALS().nthpath(0).termval('z'));
    assert!(matches!(error, Err(PathError::OutOfRange { .. })));
    assert_eq!(failed[&1], ['z']);
    assert_eq!((failed.len(), &failed[&2], &failed[&3]), (3, &vec![], &lists[&3]));
    let mut failed = lists.clone();
    let error = transform(&mut failed, |path| {
        path.sorted_map_range(..3).ALL().LAST().nthpath(0).termval('z')
    });
    assert!(matches!(error, Err(PathError::OutOfRange { .. })));
    assert_eq!((failed.len(), &failed[&2], &failed[&3]), (3, &vec![], &lists[&3]));
    let mut sets = BTreeSet::from([vec!['a'], vec![], vec!['c']]);
    assert!(transform(&mut sets, |path| path.ALL().nthpath(0).termval('z')).is_err());
    assert_eq!(sets.len(), 3);
    let mut keys: BTreeMap<Vec<char>, u8> = sets.into_iter().zip(0..).collect();
    assert!(transform(&mut keys, |path| path.MAP_KEYS().nthpath(0).termval('z')).is_err());
    assert_eq!(keys.len(), 3);
}

#[test]
fn sizes_of_what_is_there_and_of_what_is_missing() {
    let lists: BTreeMap<u8, Vec<u8>> = BTreeMap::from([(1, vec![1, 2]), (2, vec![])]);
    assert_eq!(select_one(&lists, |path| path.SIZE()).unwrap(), 2);
    assert_eq!(select_one(&lists, |path| path.keypath(1).SIZE()).unwrap(), 2);
    assert_eq!(select_one(&lists, |path| path.keypath(3).SIZE()).unwrap(), 0);
    assert_eq!(select_one(&lists, |path| path.must(2).SIZE()).unwrap(), Some(0));
    let set = BTreeSet::from(['x', 'y']);
    assert_eq!(select_one(&set, |path| path.SIZE()).unwrap(), 2);
    assert_eq!(
        select(&lists, |path| path.putval('n').MAP_VALS().SIZE()).unwrap(),
        [('n', 2), ('n', 0)]
    );
    assert_eq!(
        select(&lists, |path| path.selected(|path| path.SIZE().pred(|n| *n > 1)).MAP_KEYS())
            .unwrap(),
        [1, 2]
    );
}

#[test]
fn key_trails_collect_after_what_is_collected_already() {
    let map = BTreeMap::from([("a", vec![10, 20]), ("b", vec![30])]);
    assert_eq!(
        select(&map, |path| path.putval(0).KEYED_VALS().KEYED_VALS()).unwrap(),
        [(0, "a", 0, 10), (0, "a", 1, 20), (0, "b", 0, 30)],
    );
    assert_eq!(
        select(&map, |path| path.sorted_map_range("b"..).KEYED_VALS()).unwrap(),
        [("b", vec![30])],
    );
    let missing: BTreeMap<u8, BTreeMap<u8, u8>> = BTreeMap::new();
    assert!(select(&missing, |path| path.keypath(1).KEYED_VALS()).unwrap().is_empty());
}

#[test]
fn what_key_trails_lead_to_can_be_written_and_removed() {
    let mut map = BTreeMap::from([("a", vec![10, 20]), ("b", vec![30])]);
    transform(&mut map, |path| {
        path.KEYED_VALS().KEYED_VALS().update(|(_, index, value)| *value += *index)
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([("a", vec![10, 21]), ("b", vec![30])]));
    transform(&mut map, |path| path.KEYED_VALS().FIRST().NONE()).unwrap();
    assert_eq!(map, BTreeMap::from([("a", vec![21]), ("b", vec![])]));
    transform(&mut map, |path| path.KEYED_VALS().NONE()).unwrap();
    assert!(map.is_empty());
}
