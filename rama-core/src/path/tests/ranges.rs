//! Tests of ranges of sorted maps and sets in memory.

use crate::path::{Edit, RangeOptions, select, select_one, selected_any, transform};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// The keys 0, 10, … 50, with a tenth of each as its value.
fn tens() -> BTreeMap<u32, u32> {
    (0..6).map(|n| (n * 10, n)).collect()
}

fn tens_set() -> BTreeSet<u32> {
    tens().into_keys().collect()
}

macro_rules! keys {
    ($($step:tt)*) => {
        select(&tens(), |path| path.$($step)*.MAP_KEYS()).unwrap()
    };
}

macro_rules! elements {
    ($($step:tt)*) => {
        select(&tens_set(), |path| path.$($step)*.ALL()).unwrap()
    };
}

#[test]
fn ranges_have_the_bounds_of_rust() {
    assert_eq!(keys!(sorted_map_range(10..30)), [10, 20]);
    assert_eq!(keys!(sorted_map_range(10..=30)), [10, 20, 30]);
    assert_eq!(keys!(sorted_map_range(..15)), [0, 10]);
    assert_eq!(keys!(sorted_map_range(45..)), [50]);
    assert_eq!(keys!(sorted_map_range(..)).len(), 6);
    let between = (Bound::Excluded(10), Bound::Included(30));
    assert_eq!(keys!(sorted_map_range(between)), [20, 30]);
    assert_eq!(elements!(sorted_set_range(between)), [20, 30]);
}

#[test]
fn inverted_ranges_are_empty() {
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is tested")]
    let inverted = 30..10;
    assert!(keys!(sorted_map_range(inverted.clone())).is_empty());
    assert!(elements!(sorted_set_range(inverted.clone())).is_empty());
    assert!(keys!(sorted_map_range((Bound::Excluded(10), Bound::Excluded(10)))).is_empty());
    assert!(keys!(sorted_map_range(10..10)).is_empty());
    let mut map = tens();
    let edit = transform(&mut map, |path| path.sorted_map_range(inverted.clone()).NONE()).unwrap();
    assert_eq!((edit, &map), (Edit::Kept, &tens()));
    transform(&mut map, |path| path.sorted_map_range(inverted).termval(BTreeMap::from([(7, 7)])))
        .unwrap();
    assert_eq!((map.len(), map[&7]), (7, 7));
}

#[test]
fn options_say_how_many_and_whether_with_the_key() {
    let options = RangeOptions::new;
    assert_eq!(keys!(sorted_map_range_from(20, ())), [20, 30, 40, 50]);
    assert_eq!(keys!(sorted_map_range_from(20, 2)), [20, 30]);
    assert_eq!(keys!(sorted_map_range_from(20, options().inclusive(false))), [30, 40, 50]);
    assert_eq!(keys!(sorted_map_range_from(20, options().inclusive(false).max_amt(1))), [30]);
    assert_eq!(keys!(sorted_map_range_from(60, 3)).len(), 0);
    assert_eq!(keys!(sorted_map_range_to(20, ())), [0, 10]);
    assert_eq!(keys!(sorted_map_range_to(20, options().inclusive(true))), [0, 10, 20]);
    assert_eq!(elements!(sorted_set_range_from(20, options().inclusive(false))), [30, 40, 50]);
    assert_eq!(elements!(sorted_set_range_to(20, options().inclusive(true))), [0, 10, 20]);
}

#[test]
fn ranges_to_a_key_count_backward_and_stay_ascending() {
    assert_eq!(keys!(sorted_map_range_to(40, 2)), [20, 30]);
    assert_eq!(
        keys!(sorted_map_range_to(40, RangeOptions::new().inclusive(true).max_amt(2))),
        [30, 40]
    );
    assert_eq!(keys!(sorted_map_range_to(15, 9)), [0, 10]);
    assert_eq!(keys!(sorted_map_range_to_end(2)), [40, 50]);
    assert_eq!(keys!(sorted_map_range_from_start(2)), [0, 10]);
    assert_eq!(elements!(sorted_set_range_to(40, 2)), [20, 30]);
    assert_eq!(elements!(sorted_set_range_to_end(2)), [40, 50]);
    assert_eq!(elements!(sorted_set_range_from_start(2)), [0, 10]);
}

#[test]
fn ranges_of_no_entries_are_empty() {
    assert!(keys!(sorted_map_range_from(20, 0)).is_empty());
    assert!(keys!(sorted_map_range_to_end(0)).is_empty());
    assert!(elements!(sorted_set_range_from_start(0)).is_empty());
    assert_eq!(
        select_one(&tens(), |path| path.sorted_map_range_to(20, 0)).unwrap(),
        BTreeMap::new()
    );
    assert_eq!(select_one(&tens(), |path| path.sorted_map_range_to(20, 0).SIZE()).unwrap(), 0);
}

#[test]
fn a_path_may_end_on_a_range_also_of_a_missing_collection() {
    assert_eq!(
        select_one(&tens(), |path| path.sorted_map_range(..15)).unwrap(),
        BTreeMap::from([(0, 0), (10, 1)])
    );
    let maps: BTreeMap<u8, BTreeMap<u8, u8>> = BTreeMap::new();
    assert_eq!(
        select_one(&maps, |path| path.keypath(1).sorted_map_range(..)).unwrap(),
        BTreeMap::new()
    );
    assert!(select(&maps, |path| path.must(1).sorted_map_range(..)).unwrap().is_empty());
    let sets: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
    assert_eq!(
        select_one(&sets, |path| path.keypath(1).sorted_set_range_to_end(3)).unwrap(),
        BTreeSet::new()
    );
    assert_eq!(
        select(&tens(), |path| path.putval('x').sorted_map_range(..5)).unwrap(),
        [('x', BTreeMap::from([(0, 0)]))],
    );
}

#[test]
fn steps_see_only_what_is_in_the_range() {
    let map = tens();
    assert_eq!(
        select(&map, |path| path.sorted_map_range(10..30).ALL()).unwrap(),
        [(10, 1), (20, 2)]
    );
    assert_eq!(select(&map, |path| path.sorted_map_range(10..30).MAP_VALS()).unwrap(), [1, 2]);
    assert_eq!(select_one(&map, |path| path.sorted_map_range(10..30).SIZE()).unwrap(), 2);
    assert_eq!(
        select_one(&map, |path| path.sorted_map_range(10..30).keypath(20)).unwrap(),
        Some(2)
    );
    assert_eq!(select_one(&map, |path| path.sorted_map_range(10..30).keypath(30)).unwrap(), None);
    assert_eq!(select_one(&map, |path| path.sorted_map_range_to_end(2).must(40)).unwrap(), Some(4));
    assert_eq!(select_one(&map, |path| path.sorted_map_range_to_end(2).must(30)).unwrap(), None);
    assert_eq!(
        select_one(&map, |path| path.sorted_map_range_from(5, 2).view(|part| part.len())).unwrap(),
        2
    );
    let set = tens_set();
    assert!(selected_any(&set, |path| path.sorted_set_range_from_start(2).set_elem(10)).unwrap());
    assert!(!selected_any(&set, |path| path.sorted_set_range_from_start(2).set_elem(20)).unwrap());
}

#[test]
fn ranges_of_ranges_count_in_the_outer_one() {
    assert_eq!(keys!(sorted_map_range(10..=40).sorted_map_range(..30)), [10, 20]);
    assert_eq!(keys!(sorted_map_range_from_start(3).sorted_map_range_to_end(2)), [10, 20]);
    assert_eq!(keys!(sorted_map_range_to_end(3).sorted_map_range_from_start(2)), [30, 40]);
    assert_eq!(keys!(sorted_map_range_from(15, 3).sorted_map_range_to(100, 1)), [40]);
    assert_eq!(keys!(sorted_map_range_from_start(0).sorted_map_range(..)).len(), 0);
    assert_eq!(keys!(sorted_map_range(..20).sorted_map_range(30..)).len(), 0);
    let between = (Bound::Excluded(10), Bound::Excluded(40));
    assert_eq!(keys!(sorted_map_range(10..=40).sorted_map_range(between)), [20, 30]);
    assert_eq!(keys!(sorted_map_range(between).sorted_map_range(10..=40)), [20, 30]);
    assert_eq!(elements!(sorted_set_range_from_start(3).sorted_set_range_to_end(2)), [10, 20]);
}

#[test]
fn what_a_range_becomes_takes_its_place() {
    let mut map = tens();
    transform(&mut map, |path| {
        path.sorted_map_range(10..=40).termval(BTreeMap::from([(25, 9), (50, 8)]))
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([(0, 0), (25, 9), (50, 8)]));
    transform(&mut map, |path| {
        path.sorted_map_range_to_end(2)
            .term(|part| part.into_iter().map(|(key, n)| (key + 1, n)).collect())
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([(0, 0), (26, 9), (51, 8)]));
    transform(&mut map, |path| path.sorted_map_range_from_start(1).update(BTreeMap::clear))
        .unwrap();
    assert_eq!(map, BTreeMap::from([(26, 9), (51, 8)]));
    let mut set = tens_set();
    transform(&mut set, |path| path.sorted_set_range(5..45).termval(BTreeSet::from([7]))).unwrap();
    assert_eq!(set, BTreeSet::from([0, 7, 50]));
    transform(&mut set, |path| {
        path.putval(1).sorted_set_range_to(60, 2).update(|(add, part)| {
            part.insert(50 + *add);
        })
    })
    .unwrap();
    assert_eq!(set, BTreeSet::from([0, 7, 50, 51]));
}

#[test]
fn none_deletes_the_range_or_what_is_in_it() {
    let mut map = tens();
    transform(&mut map, |path| path.sorted_map_range_to(40, 2).NONE()).unwrap();
    assert_eq!(map.keys().copied().collect::<Vec<_>>(), [0, 10, 40, 50]);
    transform(&mut map, |path| path.sorted_map_range(10..50).MAP_VALS().NONE()).unwrap();
    assert_eq!(map.keys().copied().collect::<Vec<_>>(), [0, 50]);
    transform(&mut map, |path| path.sorted_map_range(50..).keypath(50).NONE()).unwrap();
    assert_eq!(map.keys().copied().collect::<Vec<_>>(), [0]);
    let mut maps = BTreeMap::from([(1, tens())]);
    transform(&mut maps, |path| path.keypath(1).sorted_map_range(..).NONE()).unwrap();
    assert_eq!(maps, BTreeMap::from([(1, BTreeMap::new())]));
}

#[test]
fn a_value_set_outside_of_the_range_joins_the_map() {
    let mut map = tens();
    transform(&mut map, |path| path.sorted_map_range(..20).keypath(33).termval(1)).unwrap();
    assert_eq!(map[&33], 1);
    transform(&mut map, |path| {
        path.sorted_map_range(..20).keypath(50).nil_to_val(100).term(|n| n + 1)
    })
    .unwrap();
    assert_eq!(map[&50], 101);
    let before = map.clone();
    let edit = transform(&mut map, |path| path.sorted_map_range(..20).keypath(50).NONE()).unwrap();
    assert_eq!((edit, map), (Edit::Kept, before));
}

#[test]
fn values_in_a_range_are_edited_where_they_stand() {
    let mut map: BTreeMap<u8, String> = (0..4).map(|n| (n, n.to_string())).collect();
    transform(&mut map, |path| {
        path.sorted_map_range(1..3).MAP_VALS().update(|text| text.push('!'))
    })
    .unwrap();
    transform(&mut map, |path| path.sorted_map_range_to_end(1).MAP_VALS().term(|text| text + "?"))
        .unwrap();
    transform(&mut map, |path| {
        path.sorted_map_range_from_start(1).ALL().term(|(key, text)| (key + 9, text))
    })
    .unwrap();
    assert_eq!(
        map.into_iter().map(|(key, text)| format!("{key}{text}")).collect::<Vec<_>>(),
        ["11!", "22!", "33?", "90"]
    );
}

#[test]
fn filters_and_branches_work_on_ranges() {
    let mut map = tens();
    let few = select(&map, |path| {
        path.sorted_map_range(20..).selected(|path| path.SIZE().pred(|n| *n == 4)).MAP_KEYS()
    });
    assert_eq!(few.unwrap(), [20, 30, 40, 50]);
    transform(&mut map, |path| {
        path.sorted_map_range(20..).multi_path(|path| (path.keypath(20), path.keypath(30))).NONE()
    })
    .unwrap();
    assert_eq!(map.into_keys().collect::<Vec<_>>(), [0, 10, 40, 50]);
}
