//! Structures in rows against models in memory: random changes, flushed at random, reopened at random.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use proptest::collection::vec;
use proptest::prelude::*;
use rama_core::diff::Diff;
use rama_core::disk::MemoryDisk;
use rama_core::dynamic::Data;
use rama_core::prelude::*;
use rama_core::standalone::Standalone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Two levels of structures, counted and not, around values and sets.
type Shelves = Map<u8, Subindexed<Map<String, Subindexed<Set<i8>, Uncounted>>>>;

/// The same as plain values.
type Model = BTreeMap<u8, BTreeMap<String, BTreeSet<i8>>>;

#[derive(Clone, Debug)]
enum Change {
    Add(u8, String, i8),
    Drop(u8, String, i8),
    DropShelf(u8, String),
    DropAll(u8),
    DropShelvesOfAll,
    Flush,
    Reopen,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let key = || (0..3_u8, "[ab]{0,2}", -2..3_i8);
    let change = prop_oneof![
        8 => key().prop_map(|(a, b, c)| Change::Add(a, b, c)),
        2 => key().prop_map(|(a, b, c)| Change::Drop(a, b, c)),
        2 => key().prop_map(|(a, b, _)| Change::DropShelf(a, b)),
        1 => (0..3_u8).prop_map(Change::DropAll),
        1 => Just(Change::DropShelvesOfAll),
        2 => Just(Change::Flush),
        1 => Just(Change::Reopen),
    ];
    vec(change, 1..60)
}

fn change_model(model: &mut Model, change: &Change) {
    match change {
        Change::Add(room, shelf, thing) => {
            model.entry(*room).or_default().entry(shelf.clone()).or_default().insert(*thing);
        }
        Change::Drop(room, shelf, thing) => {
            if let Some(things) = model.get_mut(room).and_then(|room| room.get_mut(shelf)) {
                things.remove(thing);
            }
        }
        Change::DropShelf(room, shelf) => {
            if let Some(room) = model.get_mut(room) {
                room.remove(shelf);
            }
        }
        Change::DropAll(room) => {
            model.remove(room);
        }
        Change::DropShelvesOfAll => model.values_mut().for_each(BTreeMap::clear),
        Change::Flush | Change::Reopen => {}
    }
}

fn change_rows(
    rows: &mut Standalone<Shelves>,
    disk: &Arc<MemoryDisk>,
    change: &Change,
) -> Result<(), Error> {
    match change {
        Change::Add(room, shelf, thing) => {
            rows.transform(path![keypath(room), keypath(shelf), NONE_ELEM, termval(*thing)])?;
        }
        Change::Drop(room, shelf, thing) => {
            rows.transform(path![keypath(room), must(shelf), set_elem(thing), NONE])?;
        }
        Change::DropShelf(room, shelf) => {
            rows.transform(path![keypath(room), keypath(shelf), NONE])?;
        }
        Change::DropAll(room) => {
            rows.transform(path![keypath(room), NONE])?;
        }
        Change::DropShelvesOfAll => {
            rows.transform(path![MAP_VALS, MAP_VALS, NONE])?;
        }
        Change::Flush => rows.flush()?,
        Change::Reopen => {
            rows.flush()?;
            let emptied = Standalone::in_memory()?;
            drop(std::mem::replace(rows, emptied));
            *rows = Standalone::on(disk.clone())?;
        }
    }
    Ok(())
}

/// The change, observed.
fn observe(rows: &mut Standalone<Shelves>, change: &Change) -> Result<Option<Diff>, Error> {
    match change {
        Change::Add(room, shelf, thing) => rows.transform_observed(path![
            keypath(room),
            keypath(shelf),
            NONE_ELEM,
            termval(*thing)
        ]),
        Change::Drop(room, shelf, thing) => {
            rows.transform_observed(path![keypath(room), must(shelf), set_elem(thing), NONE])
        }
        Change::DropShelf(room, shelf) => {
            rows.transform_observed(path![keypath(room), keypath(shelf), NONE])
        }
        Change::DropAll(room) => rows.transform_observed(path![keypath(room), NONE]),
        Change::DropShelvesOfAll => rows.transform_observed(path![MAP_VALS, MAP_VALS, NONE]),
        Change::Flush | Change::Reopen => {
            rows.flush()?;
            Ok(None)
        }
    }
}

fn data(model: &Model) -> Data {
    let things = |things: &BTreeSet<i8>| {
        Data::Set(things.iter().map(|thing| Data::Int(i128::from(*thing))).collect())
    };
    let shelves = |shelves: &BTreeMap<String, BTreeSet<i8>>| {
        let shelf = |(shelf, all): (&String, _)| (Data::Text(shelf.clone()), things(all));
        Data::Map(shelves.iter().map(shelf).collect())
    };
    let room = |(room, all): (&u8, _)| (Data::Int(i128::from(*room)), shelves(all));
    Data::Map(model.iter().map(room).collect())
}

fn check(rows: &mut Standalone<Shelves>, model: &Model) {
    let mut found = Model::new();
    for room in 0..3_u8 {
        assert_eq!(rows.selected_any(path![must(room)]).unwrap(), model.contains_key(&room));
        let expected = model.get(&room).cloned().unwrap_or_default();
        for shelf in ["", "a", "b", "aa", "ab", "ba", "bb"] {
            let things = rows.select(path![keypath(room), keypath(shelf), ALL]).unwrap();
            let expected: Vec<i8> = expected.get(shelf).into_iter().flatten().copied().collect();
            assert_eq!(things, expected, "in order, negative numbers first");
            found.entry(room).or_default().entry(shelf.to_owned()).or_default().extend(things);
        }
    }
    let everything = rows.select(path![MAP_VALS, MAP_VALS, ALL]).unwrap();
    let expected: Vec<i8> = model.values().flat_map(BTreeMap::values).flatten().copied().collect();
    assert_eq!(everything, expected);
}

proptest! {
    #[test]
    fn structures_are_what_plain_collections_would_be(changes in changes()) {
        let disk = Arc::new(MemoryDisk::new());
        let (mut rows, mut model) = (Standalone::<Shelves>::on(disk.clone()).unwrap(), Model::new());
        for change in &changes {
            change_model(&mut model, change);
            change_rows(&mut rows, &disk, change).unwrap();
            check(&mut rows, &model);
        }
    }

    #[test]
    fn the_diff_of_a_transform_leads_from_before_to_after(changes in changes()) {
        let mut rows = Standalone::<Shelves>::in_memory().unwrap();
        let (mut model, mut followed) = (Model::new(), data(&Model::new()));
        for change in &changes {
            change_model(&mut model, change);
            if let Some(diff) = observe(&mut rows, change).unwrap() {
                diff.apply(&mut followed).unwrap();
            }
            prop_assert_eq!(&followed, &data(&model), "{:?}", change);
        }
    }
}

#[test]
fn a_diff_inside_a_value_is_as_fine_as_the_change() {
    let mut rows = Standalone::<Map<u8, Map<String, List<u64>>>>::in_memory().unwrap();
    rows.transform(path![keypath(1), keypath("a"), termval(vec![1, 2])]).unwrap();
    let diff =
        rows.transform_observed(path![keypath(1), must("a"), update(|list| list.push(3))]).unwrap();
    let expected = Diff::Append(vec![Data::Int(3)]).under(Data::Text("a".to_owned()));
    assert_eq!(diff, Some(expected.under(Data::Int(1))), "also for a function of one's own");
    let diff = rows.transform_observed(path![keypath(1), keypath("b"), NONE]).unwrap();
    assert_eq!(diff, None, "nothing changed");
}

#[test]
fn the_file_does_not_grow_when_the_same_rows_are_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut rows = Standalone::<Map<u64, u64>>::in_directory(directory.path()).unwrap();
    let mut write = |round: u64| {
        for key in 0..2_000 {
            rows.transform(path![keypath(key), termval(round)]).unwrap();
        }
        rows.flush().unwrap();
        std::fs::metadata(directory.path().join("store.redb")).unwrap().len()
    };
    let early = (0..5).map(&mut write).max().unwrap();
    let late = (5..40).map(&mut write).max().unwrap();
    assert!(late <= early * 2, "{early} bytes, and later {late}: something holds on to old states");
}

#[test]
fn a_missing_structure_is_an_empty_one_with_or_without_a_default() {
    let mut sets = Standalone::<Map<u8, Subindexed<Set<u8>>>>::in_memory().unwrap();
    sets.transform(path![keypath(1), NIL_TO_SET, NONE_ELEM, termval(2)]).unwrap();
    assert_eq!(sets.select(path![keypath(1), NIL_TO_SET, ALL]).unwrap(), [2]);
    let mut lists = Standalone::<Map<u8, Subindexed<List<u8>>>>::in_memory().unwrap();
    lists.transform(path![keypath(1), NIL_TO_LIST, AFTER_ELEM, termval(2)]).unwrap();
    assert_eq!(lists.select(path![keypath(1), ALL]).unwrap(), [2]);
}
