//! Tests of paths that branch.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    Bare, Edit, Inner, Path, PathError, Present, Rows, select, select_any, select_one, transform,
};
use std::collections::{BTreeMap, BTreeSet};

type Counts = Rows<u64, Rows<String, Present<u64>>>;

fn counts() -> Inner<Counts> {
    Path::start(Bare::new())
}

fn some_counts() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for (id, name, n) in [(1, "a", 1), (1, "b", 2), (2, "a", 3)] {
        rows::transform(&mut rows, counts().keypath(id).keypath(name).termval(n)).unwrap();
    }
    rows.counts();
    rows
}

#[test]
fn stop_leads_nowhere_and_stay_here() {
    let mut map = BTreeMap::from([(1, 2)]);
    assert!(select(&map, |path| path.keypath(1).STOP()).unwrap().is_empty());
    assert_eq!(select_one(&map, |path| path.keypath(1).STAY()).unwrap(), Some(2));
    let edit = transform(&mut map, |path| path.keypath(1).STOP().NONE()).unwrap();
    assert_eq!((edit, map), (Edit::Kept, BTreeMap::from([(1, 2)])));
}

#[test]
fn if_path_without_else_leads_nowhere_when_nothing_is_found() {
    let mut map = BTreeMap::from([("a", 1), ("b", 2)]);
    let path =
        |key: &'static str| move |path: Inner<Present<BTreeMap<&'static str, i32>>>| path.must(key);
    let read = |map: &_, key| select_one(map, |start| start.if_path(path(key), path("b")));
    assert_eq!((read(&map, "a").unwrap(), read(&map, "x").unwrap()), (Some(2), None));
    let edit = transform(&mut map, |start| start.if_path(path("x"), path("b")).termval(0));
    assert_eq!(edit.unwrap(), Edit::Kept);
    transform(&mut map, |start| start.if_path(path("a"), path("b")).NONE()).unwrap();
    assert_eq!(map, BTreeMap::from([("a", 1)]));
}

#[test]
fn of_one_place_or_another_there_is_one() {
    let map = BTreeMap::from([("a", 1)]);
    let one = select_one(&map, |path| {
        path.if_else_path(|path| path.must("b"), |path| path.keypath("b"), |path| path.keypath("a"))
    });
    assert_eq!(one.unwrap(), Some(1));
    let owned = String::from("moved into the only run");
    let mut texts = BTreeMap::from([("a", String::new())]);
    transform(&mut texts, |path| {
        path.if_else_path(|path| path.must("b"), |path| path.must("b"), |path| path.must("a"))
            .term(|_| owned)
    })
    .unwrap();
    assert_eq!(texts["a"], "moved into the only run");
}

#[test]
fn cond_path_takes_the_first_branch_that_fits() {
    let mut list = vec![1, 20, 300];
    let found = select(&list, |path| {
        path.ALL().cond_path(|path| {
            (
                (path.pred_lt(10), path.view(|_| "small")),
                (path.pred_lt(100), path.view(|_| "medium")),
                (path.pred_lt(10), path.view(|_| "never")),
            )
        })
    });
    assert_eq!(found.unwrap(), ["small", "medium"]);
    transform(&mut list, |path| {
        path.ALL().cond_path(|path| ((path.pred_lt(10), path), (path.pred_gt(100), path))).NONE()
    })
    .unwrap();
    assert_eq!(list, [20]);
}

#[test]
fn a_condition_sees_what_is_collected_and_adds_nothing() {
    let list = vec![1, 2, 3];
    let found = select(&list, |path| {
        path.putval(2).ALL().if_else_path(
            |path| path.VAL().is_collected(|(two, n)| n > two),
            |path| path.view(|n| n * 100),
            |path| path.STAY(),
        )
    });
    assert_eq!(found.unwrap(), [(2, 1), (2, 2), (2, 300)]);
}

#[test]
fn branches_find_in_order_and_more_than_once() {
    let list = vec![1, 2];
    let found = select(&list, |path| path.multi_path(|path| (path.ALL(), path.ALL().pred_eq(1))));
    assert_eq!(found.unwrap(), [1, 2, 1]);
    let eight =
        select(&1, |path| path.multi_path(|path| (path, path, path, path, path, path, path, path)));
    assert_eq!(eight.unwrap().len(), 8);
    assert_eq!(select_any(&list, |path| path.multi_path(|p| (p.ALL(), p.ALL()))).unwrap(), Some(1));
}

#[test]
fn a_write_goes_through_the_branches_each_on_what_the_one_before_left() {
    let mut n = 3;
    transform(&mut n, |path| path.multi_path(|path| (path, path.pred_gt(5), path)).term(|n| n * 2))
        .unwrap();
    assert_eq!(n, 24);
    let mut map: BTreeMap<u64, u64> = BTreeMap::new();
    transform(&mut map, |path| {
        path.keypath(1)
            .multi_path(|path| (path.nil_to_val(1), path.nil_to_val(100)))
            .term(|n| n + 1)
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([(1, 3)]));
    let mut set = BTreeSet::from([1, 2]);
    transform(&mut set, |path| path.ALL().multi_path(|path| (path, path)).term(|n| n + 10))
        .unwrap();
    assert_eq!(set, BTreeSet::from([21, 22]));
}

#[test]
fn what_a_branch_removes_the_next_does_not_see() {
    let mut list = vec![1, 2, 3];
    transform(&mut list, |path| {
        path.ALL().multi_path(|path| (path.pred_eq(2), path.pred_eq(3))).NONE()
    })
    .unwrap();
    assert_eq!(list, [1]);
    let mut map = BTreeMap::from([(1, 1)]);
    transform(&mut map, |path| path.keypath(1).multi_path(|path| (path, path)).NONE()).unwrap();
    assert!(map.is_empty());
}

#[test]
fn branches_that_change_nothing_write_nothing() {
    let mut map = BTreeMap::from([(1, 1)]);
    let edit = transform(&mut map, |path| {
        path.keypath(2).multi_path(|path| (path.PRESENT(), path.PRESENT())).termval(7)
    });
    assert_eq!((edit.unwrap(), map), (Edit::Kept, BTreeMap::from([(1, 1)])));
}

#[test]
fn an_entry_goes_through_branches_with_its_new_key() {
    let mut map = BTreeMap::from([(1, "a".to_owned()), (5, "e".to_owned())]);
    transform(&mut map, |path| {
        path.ALL()
            .multi_path(|path| (path.pred(|(key, _)| *key == 1), path.pred(|(key, _)| *key == 2)))
            .term(|(key, text)| (key + 1, text + "!"))
    })
    .unwrap();
    assert_eq!(map, BTreeMap::from([(3, "a!!".to_owned()), (5, "e".to_owned())]));
}

#[test]
fn an_error_in_a_later_branch_loses_no_value() {
    let mut list = vec![vec!["a".to_owned(), "b".to_owned()], vec![]];
    let failed = transform(&mut list, |path| {
        path.ALL()
            .multi_path(|path| (path, path.collect_one(|path| path.ALL()).DISPENSE()))
            .term(|list| list)
    });
    assert!(matches!(failed, Err(PathError::NotOneToCollect { found: 2 })));
    assert_eq!(list, [vec!["a".to_owned(), "b".to_owned()], vec![]]);
}

#[test]
fn stay_and_continue_differ_in_order_only() {
    let list = vec![1, 2];
    let below = |path: Inner<Present<i32>>| path.pred_gt(1).view(|n| n * 10);
    assert_eq!(select(&list, |path| path.ALL().stay_then_continue(below)).unwrap(), [1, 2, 20]);
    assert_eq!(select(&list, |path| path.ALL().continue_then_stay(below)).unwrap(), [1, 20, 2]);
    let mut list = list;
    transform(&mut list, |path| path.ALL().continue_then_stay(|path| path.pred_gt(1)).NONE())
        .unwrap();
    assert!(list.is_empty());
}

#[test]
fn a_path_is_one_step_and_what_is_collected_goes_through_it() {
    let mut lists = vec![vec![1, 2], vec![3]];
    let found = select(&lists, |path| path.putval("x").ALL().then_path(|path| path.VAL().ALL()));
    assert_eq!(found.unwrap(), [("x", vec![1, 2], 1), ("x", vec![1, 2], 2), ("x", vec![3], 3)]);
    transform(&mut lists, |path| path.ALL().then_path(|path| path.ALL().pred_gt(1)).NONE())
        .unwrap();
    assert_eq!(lists, [vec![1], vec![]]);
}

#[test]
fn over_rows_branches_write_one_after_the_other() {
    let mut rows = some_counts();
    rows::transform(
        &mut rows,
        counts().must(1).multi_path(|path| (path.must("a"), path.MAP_VALS())).term(|n| n * 10),
    )
    .unwrap();
    assert_eq!(rows::select(&rows, &counts().must(1).MAP_VALS()).unwrap(), [100, 20]);
    rows::transform(
        &mut rows,
        counts()
            .MAP_VALS()
            .multi_path(|path| (path.if_path(|path| path.must("b"), |path| path), path.STOP()))
            .NONE(),
    )
    .unwrap();
    assert_eq!(rows::select(&rows, &counts().ALL().view(|(id, _)| *id)).unwrap(), [2]);
    assert_eq!(rows.len(), 2);
}

#[test]
fn over_rows_only_the_branch_that_is_taken_is_read() {
    let rows = some_counts();
    let found = rows::select_one(
        &rows,
        &counts().keypath(1).if_else_path(
            |path| path.must("a").pred_eq(1),
            |path| path.keypath("b"),
            |path| path.keypath("c"),
        ),
    );
    assert_eq!((found.unwrap(), rows.counts().reads), (Some(2), 2));
}

#[test]
fn the_leading_key_of_the_branches_chooses_the_partition() {
    use crate::path::ReadPath;
    let path = counts().multi_path(|path| (path.must(7), path.must(7)));
    assert!(format!("{:?}", path.home()).contains('7'));
}
