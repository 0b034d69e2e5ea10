//! Tests of `compact`.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    Bare, Counted, Edit, Emptiness, Inner, Path, Present, RowSet, Rows, Uncounted, select,
    transform,
};
use std::collections::{BTreeMap, BTreeSet};

type Tags = Rows<u64, Rows<u64, RowSet<u64, Counted>, Uncounted>>;

fn tags() -> Inner<Tags> {
    Path::start(Bare::new())
}

#[test]
fn what_a_write_empties_disappears_and_nothing_else() {
    let mut map = BTreeMap::from([(1, vec![7]), (2, vec![7, 8]), (3, vec![])]);
    transform(&mut map, |path| path.MAP_VALS().compact(|path| path.ALL().pred_eq(7)).NONE())
        .unwrap();
    assert_eq!(map, BTreeMap::from([(2, vec![8]), (3, vec![])]));
    let edit =
        transform(&mut map, |path| path.MAP_VALS().compact(|path| path.ALL().pred_eq(9)).NONE());
    assert_eq!(edit.unwrap(), Edit::Kept);
}

#[test]
fn a_value_that_is_left_is_written_as_without_compact() {
    let mut map: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    transform(&mut map, |path| {
        path.keypath(1)
            .compact(|path| path.nil_to_val(vec![]).subselect(|path| path.STAY()).ALL())
            .termval(vec![7])
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([(1, vec![7])]));
    transform(&mut map, |path| path.keypath(1).compact(|path| path).termval(vec![])).unwrap();
    transform(&mut map, |path| path.keypath(2).compact(|path| path).termval(vec![])).unwrap();
    assert_eq!(map, BTreeMap::new());
}

#[test]
fn all_kinds_of_collections_can_become_empty() {
    let mut texts = vec!["a".to_owned(), "b".to_owned()];
    transform(&mut texts, |path| {
        path.ALL().compact(|path| path).term(|text| text.replace('a', ""))
    })
    .unwrap();
    assert_eq!(texts, ["b"]);
    let mut options = vec![Some(1), Some(2)];
    transform(&mut options, |path| path.ALL().compact(|path| path.SOME().pred_eq(1)).NONE())
        .unwrap();
    assert_eq!(options, [Some(2)]);
    let mut sets = vec![BTreeSet::from([1]), BTreeSet::from([1, 2])];
    transform(&mut sets, |path| path.ALL().compact(|path| path.set_elem(1)).NONE()).unwrap();
    assert_eq!(sets, [BTreeSet::from([2])]);
    assert!(!Emptiness::is_empty(&BTreeMap::from([(1, 1)])));
}

#[test]
fn under_collected_values_compact_is_the_same() {
    let mut lists = vec![vec![1], vec![2]];
    let path = |path: Inner<Present<Vec<Vec<i32>>>>| {
        path.putval(1)
            .ALL()
            .compact(|path| path.ALL().VAL().is_collected(|(one, n)| one == n).DISPENSE())
    };
    assert_eq!(select(&lists, |start| start.then_path(path)).unwrap(), [1]);
    transform(&mut lists, |start| start.then_path(path).NONE()).unwrap();
    assert_eq!(lists, [[2]]);
}

#[test]
fn over_rows_emptied_structures_disappear_with_those_around_them() {
    let mut rows = MemoryRows::new();
    for (a, b, tag) in [(1, 1, 5), (1, 2, 5), (1, 2, 6), (2, 1, 5)] {
        rows::transform(&mut rows, tags().keypath(a).keypath(b).NONE_ELEM().termval(tag)).unwrap();
    }
    let removal = |a, b, tag| {
        tags()
            .must(a)
            .compact(move |path| path.must(b).compact(move |path| path.set_elem(tag)))
            .NONE()
    };
    rows::transform(&mut rows, removal(1, 2, 5)).unwrap();
    assert_eq!(rows::select(&rows, &tags().ALL().view(|(key, _)| *key)).unwrap(), [1, 2]);
    rows::transform(&mut rows, removal(1, 2, 6)).unwrap();
    let inner = rows::select(&rows, &tags().must(1).ALL().view(|(key, _)| *key)).unwrap();
    assert_eq!(inner, [1]);
    rows::transform(&mut rows, removal(1, 1, 5)).unwrap();
    rows::transform(&mut rows, removal(2, 1, 5)).unwrap();
    assert_eq!(rows.len(), 0);
}

#[test]
fn over_rows_a_write_that_changes_nothing_looks_for_nothing() {
    let mut rows = MemoryRows::new();
    rows::transform(&mut rows, tags().keypath(1).keypath(1).NONE_ELEM().termval(5)).unwrap();
    rows.counts();
    rows::transform(&mut rows, tags().must(1).compact(|path| path.must(9)).NONE()).unwrap();
    let counts = rows.counts();
    assert_eq!((counts.seeks, counts.writes), (0, 0));
}
