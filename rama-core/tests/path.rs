//! Paths against the reference of navigators: by example, and against a naive evaluator on random data.

#[path = "path/naive.rs"]
mod naive;
#[path = "path/random.rs"]
mod random;

use rama_core::codec::{Key, Value};
use rama_core::partition::KeyHash;
use rama_core::path::rows::{AnyRow, LeadingKey, RowKind, Scan, VisitRow};
use rama_core::path::{
    Bare, Edit, Halt, Path, PathError, Present, ReadPath, ReadRows, Rows, TransformPath, Walk,
    WriteRows, rows, select, select_any, select_one, selected_any, transform,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::rc::Rc;

type Counts = BTreeMap<i64, i64>;
type Lists = BTreeMap<i64, Vec<i64>>;
type Sets = BTreeMap<i64, BTreeSet<i64>>;
type Maps = BTreeMap<i64, Counts>;
type Deep = BTreeMap<i64, Sets>;

// ---- rows in memory that count what is done to them

/// The beginning of a path into rows.
macro_rules! into {
    ($key:ty, $row:ty) => {
        Path::start(Bare::<Rows<$key, rama_core::path::Present<$row>>>::new())
    };
}
use into;

/// Rows of a map of plain values.
struct MapRows<K, V> {
    rows: rows::MemoryRows,
    broken: bool,
    of: PhantomData<(K, V)>,
}

impl<K: Key + Value, V: Value> MapRows<K, V> {
    fn new(map: BTreeMap<K, V>) -> Self {
        let mut rows = rows::MemoryRows::new();
        for (key, value) in map {
            let path = into!(K, V).keypath(key).termval(value);
            rows::transform(&mut rows, path).expect("memory does not fail");
        }
        rows.counts();
        Self { rows, broken: false, of: PhantomData }
    }

    fn rows(&self) -> BTreeMap<K, V> {
        let entries = rows::select(&self.rows, &into!(K, V).ALL()).expect("memory does not fail");
        entries.into_iter().collect()
    }

    /// How many rows were looked at since the last call.
    fn reads(&self) -> usize {
        let counts = self.rows.counts();
        counts.reads + counts.steps
    }

    fn check(&self) -> Result<(), PathError> {
        if self.broken { Err(PathError::storage("the disk is gone")) } else { Ok(()) }
    }
}

impl<K: Key + Value, V: Value> ReadRows for MapRows<K, V> {
    fn get(&self, at: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.check()?;
        self.rows.get(at, kind)
    }

    fn has(&self, at: &[u8]) -> Result<bool, PathError> {
        self.check()?;
        self.rows.has(at)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.check()?;
        self.rows.scan(scan, visit)
    }

    fn at_home(&self, _: &dyn LeadingKey) -> Result<(), PathError> {
        Ok(())
    }
}

impl<K: Key + Value, V: Value> WriteRows for MapRows<K, V> {
    fn load(
        &mut self,
        at: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError> {
        self.check()?;
        self.rows.load(at, kind)
    }

    fn take(&mut self, at: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.check()?;
        self.rows.take(at, kind)
    }

    fn changed(&mut self, at: &[u8]) -> Result<(), PathError> {
        self.rows.changed(at)
    }

    fn put(&mut self, at: &[u8], row: AnyRow) -> Result<(), PathError> {
        self.rows.put(at, row)
    }

    fn remove(&mut self, at: &[u8]) -> Result<(), PathError> {
        self.rows.remove(at)
    }

    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError> {
        self.rows.wipe(prefix)
    }
}

/// Runs a transform on rows and says whether it looked at any, and how many it wrote.
fn count<V: Value, Q>(rows: BTreeMap<i64, V>, path: Q) -> (BTreeMap<i64, V>, usize, usize)
where
    Q: TransformPath<From = Rows<i64, Present<V>>>,
{
    let mut memory = MapRows::new(rows);
    let edit = rows::transform(&mut memory, path).expect("memory does not fail");
    let counts = memory.rows.counts();
    assert_eq!(
        edit == Edit::Changed,
        counts.writes > 0,
        "an edit is reported exactly when one is made"
    );
    (memory.rows(), counts.reads + counts.steps, counts.writes)
}

fn map<K: Ord + Clone, V: Clone>(entries: &[(K, V)]) -> BTreeMap<K, V> {
    entries.iter().cloned().collect()
}

fn set(elements: &[i64]) -> BTreeSet<i64> {
    elements.iter().copied().collect()
}

// ---- each navigator by example

#[test]
fn keypath_leads_to_a_place_whether_or_not_it_is_vacant() -> Result<(), PathError> {
    let mut maps: Maps = map(&[(1, map(&[(1, 10)]))]);
    assert_eq!(select(&maps, |path| path.keypath(1).keypath(1))?, [Some(10)]);
    assert_eq!(select(&maps, |path| path.keypath(1).keypath(2))?, [None]);
    assert_eq!(select(&maps, |path| path.keypath(2).keypath(2))?, [None], "nil is an empty map");
    transform(&mut maps, |path| path.keypath(2).keypath(3).termval(7))?;
    assert_eq!(maps, map(&[(1, map(&[(1, 10)])), (2, map(&[(3, 7)]))]), "maps are made on the way");
    transform(&mut maps, |path| path.keypath(2).keypath(3).NONE())?;
    assert_eq!(maps[&2], map(&[]), "a removal does not remove the emptied map around it");
    transform(&mut maps, |path| path.keypath(2).NONE())?;
    assert_eq!(maps, map(&[(1, map(&[(1, 10)]))]));
    Ok(())
}

#[test]
fn must_leads_only_to_what_is_there() -> Result<(), PathError> {
    let mut maps: Maps = map(&[(1, map(&[(1, 10)]))]);
    assert_eq!(select(&maps, |path| path.must(1).must(1))?, [10]);
    assert!(select(&maps, |path| path.must(1).must(2))?.is_empty());
    assert!(select(&maps, |path| path.keypath(2).must(2))?.is_empty(), "nil is an empty map");
    let before = maps.clone();
    assert_eq!(transform(&mut maps, |path| path.must(2).termval(map(&[])))?, Edit::Kept);
    assert_eq!(transform(&mut maps, |path| path.keypath(2).must(2).termval(1))?, Edit::Kept);
    assert_eq!(maps, before);
    transform(&mut maps, |path| path.must(1).must(1).term(|n| n + 1))?;
    assert_eq!(maps[&1][&1], 11);
    transform(&mut maps, |path| path.must(1).must(1).NONE())?;
    assert_eq!(maps, map(&[(1, map(&[]))]));
    Ok(())
}

#[test]
fn nil_to_val_stands_in_for_what_is_missing_and_is_stored_only_with_a_write()
-> Result<(), PathError> {
    let mut maps: Maps = map(&[]);
    let default = map(&[(7, 70)]);
    assert_eq!(select_one(&maps, |path| path.keypath(1).nil_to_val(default.clone()))?, default);
    let kept = transform(&mut maps, |path| {
        path.keypath(1).nil_to_val(default.clone()).must(8).termval(1)
    })?;
    assert_eq!((kept, &maps), (Edit::Kept, &map(&[])));
    transform(&mut maps, |path| {
        path.keypath(1).nil_to_val(default.clone()).keypath(8).termval(80)
    })?;
    assert_eq!(maps[&1], map(&[(7, 70), (8, 80)]));
    transform(&mut maps, |path| path.keypath(1).nil_to_val(default.clone()).NONE())?;
    assert_eq!(maps, map(&[]));
    Ok(())
}

#[test]
fn all_and_map_vals_find_nothing_in_what_is_missing() -> Result<(), PathError> {
    let (mut lists, mut maps): (Lists, Maps) = (map(&[]), map(&[]));
    assert!(select(&lists, |path| path.keypath(1).ALL())?.is_empty());
    assert!(select(&maps, |path| path.keypath(1).ALL())?.is_empty());
    assert!(select(&maps, |path| path.keypath(1).MAP_VALS())?.is_empty());
    assert_eq!(transform(&mut lists, |path| path.keypath(1).ALL().termval(1))?, Edit::Kept);
    assert_eq!(transform(&mut maps, |path| path.keypath(1).MAP_VALS().termval(1))?, Edit::Kept);
    assert_eq!((lists, maps), (map(&[]), map(&[])));
    Ok(())
}

#[test]
fn all_replaces_and_removes_elements() -> Result<(), PathError> {
    let mut list = vec![1, 2, 3];
    assert_eq!(select(&list, |path| path.ALL())?, [1, 2, 3]);
    transform(&mut list, |path| path.ALL().term(|n| n * 10))?;
    assert_eq!(list, [10, 20, 30]);
    transform(&mut list, |path| path.ALL().NONE())?;
    assert!(list.is_empty());
    let mut elements = set(&[1, 2, 3]);
    transform(&mut elements, |path| path.ALL().term(|n| n / 2))?;
    assert_eq!(elements, set(&[0, 1]), "elements that become equal become one");
    transform(&mut elements, |path| path.ALL().NONE())?;
    assert_eq!(elements, set(&[]));
    assert_eq!(transform(&mut elements, |path| path.ALL().NONE())?, Edit::Kept, "nothing left");
    Ok(())
}

#[test]
fn map_vals_keeps_keys_and_removes_entries() -> Result<(), PathError> {
    let mut counts: Counts = map(&[(1, 10), (2, 20)]);
    assert_eq!(select(&counts, |path| path.MAP_VALS())?, [10, 20]);
    assert_eq!(select(&counts, |path| path.ALL())?, [(1, 10), (2, 20)]);
    transform(&mut counts, |path| path.MAP_VALS().update(|n| *n += 1))?;
    assert_eq!(counts, map(&[(1, 11), (2, 21)]));
    transform(&mut counts, |path| path.MAP_VALS().NONE())?;
    assert_eq!(counts, map(&[]));
    Ok(())
}

#[test]
fn set_elem_leads_to_an_element_that_is_there() -> Result<(), PathError> {
    let mut sets: Sets = map(&[(1, set(&[1, 2]))]);
    assert_eq!(select(&sets, |path| path.keypath(1).set_elem(2))?, [2]);
    assert!(select(&sets, |path| path.keypath(1).set_elem(3))?.is_empty());
    assert!(select(&sets, |path| path.keypath(2).set_elem(3))?.is_empty(), "nil is an empty set");
    assert_eq!(transform(&mut sets, |path| path.keypath(2).set_elem(3).NONE())?, Edit::Kept);
    assert_eq!(transform(&mut sets, |path| path.must(1).set_elem(3).termval(4))?, Edit::Kept);
    transform(&mut sets, |path| path.must(1).set_elem(2).termval(5))?;
    transform(&mut sets, |path| path.must(1).set_elem(1).term(|n| n + 4))?;
    assert_eq!(sets, map(&[(1, set(&[5]))]), "a replacement may collide");
    transform(&mut sets, |path| path.must(1).set_elem(5).NONE())?;
    assert_eq!(sets, map(&[(1, set(&[]))]));
    Ok(())
}

#[test]
fn elements_of_a_set_that_are_passed_through_stay() -> Result<(), PathError> {
    let inner = BTreeSet::from([map(&[(1, 10)]), map(&[(2, 20)])]);
    let mut outer = inner.clone();
    assert_eq!(transform(&mut outer, |path| path.ALL().must(3).NONE())?, Edit::Kept);
    assert_eq!(
        transform(&mut outer, |path| path.set_elem(map(&[(1, 10)])).must(3).NONE())?,
        Edit::Kept
    );
    assert_eq!(outer, inner);
    transform(&mut outer, |path| path.ALL().must(1).termval(11))?;
    assert_eq!(outer, BTreeSet::from([map(&[(1, 11)]), map(&[(2, 20)])]));
    Ok(())
}

#[test]
fn none_elem_adds_to_the_set_or_to_a_new_one() -> Result<(), PathError> {
    let mut sets: Sets = map(&[]);
    transform(&mut sets, |path| path.keypath(1).NONE_ELEM().termval(1))?;
    transform(&mut sets, |path| path.keypath(2).NIL_TO_SET().NONE_ELEM().termval(2))?;
    transform(&mut sets, |path| path.must(1).NONE_ELEM().termval(3))?;
    assert_eq!(sets, map(&[(1, set(&[1, 3])), (2, set(&[2]))]));
    let again = transform(&mut sets, |path| path.must(1).NONE_ELEM().termval(3))?;
    assert_eq!(again, Edit::Kept, "the element was there already");
    assert_eq!(select_one(&sets, |path| path.keypath(3).NIL_TO_SET())?, set(&[]));
    Ok(())
}

#[test]
fn a_write_through_view_replaces_the_original() -> Result<(), PathError> {
    let mut counts: Counts = map(&[(1, 10)]);
    assert_eq!(select(&counts, |path| path.keypath(2).view(|n| n.copied().unwrap_or(-1)))?, [-1]);
    assert_eq!(select(&counts, |path| path.ALL().view(|(key, n)| key + n))?, [11]);
    transform(&mut counts, |path| path.must(1).view(|n| n * 2).term(|n| n + 1))?;
    transform(&mut counts, |path| {
        path.keypath(2).view(|n| n.map_or(5, |n| n * 2)).term(|n| n + 1)
    })?;
    assert_eq!(counts, map(&[(1, 21), (2, 6)]));
    transform(&mut counts, |path| path.must(1).view(|n| n * 2).NONE())?;
    assert_eq!(counts, map(&[(2, 6)]));
    Ok(())
}

#[test]
fn keys_are_given_by_value_by_reference_and_as_text() -> Result<(), PathError> {
    let ages = map(&[("ada".to_owned(), set(&[36]))]);
    let key = "ada".to_owned();
    assert_eq!(select(&ages, |path| path.must("ada"))?, [set(&[36])]);
    assert_eq!(select(&ages, |path| path.must(&key).set_elem(36))?, [36]);
    assert_eq!(select(&ages, |path| path.must(key))?, [set(&[36])]);
    Ok(())
}

#[test]
fn a_terminal_that_runs_once_may_move_what_it_captured() -> Result<(), PathError> {
    let mut posts: BTreeMap<i64, Vec<String>> = map(&[]);
    let (first, second) = ("first".to_owned(), "second".to_owned());
    transform(&mut posts, |path| {
        path.keypath(1).nil_to_val(vec![]).update(|list| list.push(first))
    })?;
    transform(&mut posts, |path| {
        path.must(1).term(|mut list| {
            list.push(second);
            list
        })
    })?;
    assert_eq!(posts[&1], ["first", "second"]);
    Ok(())
}

// ---- operations

#[test]
fn select_one_answers_as_the_path_promises() {
    let counts: Counts = map(&[(1, 10), (2, 20)]);
    let several = select_one(&counts, |path| path.MAP_VALS());
    assert!(matches!(several, Err(PathError::NotExactlyOne { found: 2 })), "{several:?}");
    let none = select_one(&Counts::new(), |path| path.MAP_VALS());
    assert!(matches!(none, Err(PathError::NotExactlyOne { found: 0 })), "{none:?}");
    let through_none = select_one(&counts, |path| path.must(3).view(|n| vec![*n]).ALL());
    assert!(matches!(through_none, Err(PathError::NotExactlyOne { found: 0 })), "{through_none:?}");
    let absent: Option<Option<i64>> =
        select_one(&Maps::new(), |path| path.must(3).keypath(4)).expect("at most one");
    assert_eq!(absent, None);
}

#[test]
fn searches_for_any_value_stop_at_the_first() -> Result<(), PathError> {
    let memory = MapRows::new((0..100).map(|n| (n, vec![n, n])).collect::<Lists>());
    assert_eq!(rows::select_any(&memory, &into!(i64, Vec<i64>).MAP_VALS().ALL())?, Some(0));
    assert_eq!(memory.reads(), 1);
    assert!(rows::selected_any(&memory, &into!(i64, Vec<i64>).ALL())?);
    assert_eq!(memory.reads(), 1);
    let one = rows::select_one(&memory, &into!(i64, Vec<i64>).ALL());
    assert!(matches!(one, Err(PathError::NotExactlyOne { found: 2 })));
    assert_eq!(memory.reads(), 2, "the second value settles it");
    assert_eq!(select_any(&Vec::<i64>::new(), |path| path.ALL())?, None);
    assert!(!selected_any(&Vec::<i64>::new(), |path| path.ALL())?);
    Ok(())
}

#[test]
fn the_leading_key_is_the_home_of_a_path() {
    let home = Some(KeyHash::of(&7_i64));
    assert_eq!(into!(i64, Counts).keypath(7).home().map(LeadingKey::hash), home);
    assert_eq!(
        into!(i64, Counts).must(7).keypath(8).view(|n| n.is_some()).home().map(LeadingKey::hash),
        home
    );
    assert_eq!(
        into!(i64, Counts).keypath(7).keypath(8).termval(1).home().map(LeadingKey::hash),
        home
    );
    assert_eq!(into!(i64, Counts).MAP_VALS().keypath(7).home().map(LeadingKey::hash), None);
    assert_eq!(into!(i64, Counts).ALL().home().map(LeadingKey::hash), None);
    assert_eq!(
        Path::start(Bare::<rama_core::path::Maybe<Counts>>::new())
            .keypath(7)
            .home()
            .map(LeadingKey::hash),
        None
    );
}

#[test]
fn a_plain_value_is_the_row_of_the_empty_key() -> Result<(), PathError> {
    let mut memory = rows::MemoryRows::new();
    let total = || Path::start(Bare::<rama_core::path::Maybe<i64>>::new());
    assert_eq!(rows::select_one(&memory, &total())?, None);
    rows::transform(&mut memory, total().nil_to_val(40).term(|n| n + 2))?;
    assert_eq!(rows::select_one(&memory, &total())?, Some(42));
    rows::transform(&mut memory, total().NONE())?;
    assert!(memory.is_empty());
    Ok(())
}

// ---- what a path reads and writes

#[test]
fn writing_and_removing_a_whole_row_reads_nothing() {
    let rows: Counts = map(&[(1, 10)]);
    for (key, expected) in [(1, map(&[(1, 5)])), (2, map(&[(1, 10), (2, 5)]))] {
        let (after, reads, writes) = count(rows.clone(), into!(i64, i64).keypath(key).termval(5));
        assert_eq!((after, reads, writes), (expected, 0, 1));
    }
    let (after, reads, writes) = count(rows.clone(), into!(i64, i64).keypath(1).NONE());
    assert_eq!((after, reads, writes), (map(&[]), 0, 1));
    let (after, reads, writes) = count(rows, into!(i64, i64).keypath(1).nil_to_val(3).termval(5));
    assert_eq!((after, reads, writes), (map(&[(1, 5)]), 0, 1), "the default is not needed either");
}

#[test]
fn an_edit_inside_a_row_is_one_read_and_one_write() {
    let rows: Maps = map(&[(1, map(&[(1, 10)])), (2, map(&[]))]);
    let path = into!(i64, Counts).keypath(1).keypath(1).nil_to_val(0).term(|n| n + 1);
    assert_eq!(count(rows.clone(), path).1, 1);
    let (after, reads, writes) = count(rows, into!(i64, Counts).MAP_VALS().keypath(3).termval(9));
    assert_eq!(
        (after[&2].clone(), reads, writes),
        (map(&[(3, 9)]), 4, 2),
        "a step and a read each"
    );
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let rows: Maps = map(&[(1, map(&[(1, 10)]))]);
    let nothing = |outcome: (Maps, usize, usize)| {
        assert_eq!((&outcome.0, outcome.2), (&rows, 0));
    };
    nothing(count(rows.clone(), into!(i64, Counts).must(2).termval(map(&[]))));
    nothing(count(rows.clone(), into!(i64, Counts).keypath(2).keypath(1).NONE()));
    nothing(count(rows.clone(), into!(i64, Counts).keypath(1).keypath(2).NONE()));
    nothing(count(rows.clone(), into!(i64, Counts).keypath(2).MAP_VALS().termval(1)));
    nothing(count(rows.clone(), into!(i64, Counts).MAP_VALS().must(2).term(|n| n + 1)));
    nothing(count(rows.clone(), into!(i64, Counts).keypath(2).nil_to_val(map(&[])).must(1).NONE()));
}

#[test]
fn a_failing_store_ends_the_path() {
    let mut memory = MapRows::new(map(&[(1, 10)]));
    memory.broken = true;
    let read = rows::select(&memory, &into!(i64, i64).MAP_VALS()).expect_err("the store is broken");
    assert_eq!(read.to_string(), "the disk is gone");
    let written = rows::transform(&mut memory, into!(i64, i64).must(1).termval(2));
    assert!(matches!(written, Err(PathError::Storage(_))), "{written:?}");
    let halt = Halt::from(PathError::storage("x"));
    assert!(matches!(halt, Halt::Failed(error) if matches!(*error, PathError::Storage(_))));
}

/// A value that counts how often it was copied.
#[derive(Debug, Default)]
struct Counted(Rc<Cell<usize>>, Vec<u8>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Self(Rc::clone(&self.0), self.1.clone())
    }
}

#[test]
fn terminals_move_values_instead_of_copying_them() -> Result<(), PathError> {
    let copies = Rc::new(Cell::new(0));
    let value = || Counted(Rc::clone(&copies), vec![1]);
    let grow = |mut value: Counted| {
        value.1.push(2);
        value
    };
    let mut values = BTreeMap::new();
    transform(&mut values, |path| path.keypath(1).termval(value()))?;
    transform(&mut values, |path| path.must(1).term(grow))?;
    transform(&mut values, |path| path.MAP_VALS().term(grow))?;
    transform(&mut values, |path| path.must(1).update(|value| value.1.push(3)))?;
    assert_eq!(values[&1].1, [1, 2, 2, 3]);
    let mut list = vec![value(), value()];
    transform(&mut list, |path| path.ALL().term(grow))?;
    assert_eq!(copies.get(), 0);
    transform(&mut values, |path| path.keypath(2).nil_to_val(value()).term(grow))?;
    assert_eq!(copies.get(), 1, "the default belongs to the path, which may use it many times");
    Ok(())
}
