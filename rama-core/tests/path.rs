//! Paths against the reference of navigators: by example, and against a naive evaluator on random data.

#[path = "path/naive.rs"]
mod naive;
#[path = "path/random.rs"]
mod random;

use rama_core::partition::KeyHash;
use rama_core::path::{
    Bare, Edit, Halt, Path, PathError, ReadRows, Rows, SelectPath, TransformPath, Walk, WriteRows,
    rows, select, select_any, select_one, selected_any, transform,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

type Counts = BTreeMap<i64, i64>;
type Lists = BTreeMap<i64, Vec<i64>>;
type Sets = BTreeMap<i64, BTreeSet<i64>>;
type Maps = BTreeMap<i64, Counts>;
type Deep = BTreeMap<i64, Sets>;

// ---- rows in memory that count what is done to them

#[derive(Debug)]
struct MemoryRows<K, V> {
    rows: BTreeMap<K, V>,
    reads: Cell<usize>,
    writes: usize,
    broken: bool,
}

impl<K, V> MemoryRows<K, V> {
    fn new(rows: BTreeMap<K, V>) -> Self {
        Self { rows, reads: Cell::new(0), writes: 0, broken: false }
    }

    fn read(&self) -> Result<(), PathError> {
        self.reads.set(self.reads.get() + 1);
        if self.broken { Err(PathError::storage("the disk is gone")) } else { Ok(()) }
    }
}

impl<K: Ord + Clone, V: Clone> ReadRows<K, V> for MemoryRows<K, V> {
    fn get(&self, key: &K) -> Result<Option<Arc<V>>, PathError> {
        self.read()?;
        Ok(self.rows.get(key).cloned().map(Arc::new))
    }

    fn scan(&self, visit: &mut dyn FnMut(&K, &V) -> Walk) -> Walk {
        self.rows.iter().try_for_each(|(key, row)| {
            self.read()?;
            visit(key, row)
        })
    }
}

impl<K: Ord + Clone, V: Clone> WriteRows<K, V> for MemoryRows<K, V> {
    fn load(&mut self, key: &K) -> Result<Option<&mut V>, PathError> {
        self.read()?;
        Ok(self.rows.get_mut(key))
    }

    fn put(&mut self, key: &K, row: V) -> Result<(), PathError> {
        self.writes += 1;
        self.rows.insert(key.clone(), row);
        Ok(())
    }

    fn remove(&mut self, key: &K) -> Result<(), PathError> {
        self.writes += 1;
        self.rows.remove(key);
        Ok(())
    }

    fn changed(&mut self, key: &K) -> Result<(), PathError> {
        assert!(self.rows.contains_key(key), "only a row that was handed out can have changed");
        self.writes += 1;
        Ok(())
    }

    fn keys(&self) -> Result<Vec<K>, PathError> {
        Ok(self.rows.keys().cloned().collect())
    }
}

/// The beginning of a path into rows.
macro_rules! into {
    ($key:ty, $row:ty) => {
        Path::start(Bare::<Rows<$key, $row>>::new())
    };
}
use into;

/// Runs a transform on rows and says what it read and wrote.
fn count<V: Clone + 'static, Q>(rows: BTreeMap<i64, V>, path: Q) -> (BTreeMap<i64, V>, usize, usize)
where
    Q: TransformPath<From = Rows<i64, V>>,
{
    let mut memory = MemoryRows::new(rows);
    let edit = rows::transform(&mut memory, path).expect("memory does not fail");
    assert_eq!(
        edit == Edit::Changed,
        memory.writes > 0,
        "an edit is reported exactly when one is made"
    );
    (memory.rows, memory.reads.get(), memory.writes)
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
    assert_eq!(select(&maps, |path| path.must(1).must(2))?, []);
    assert_eq!(select(&maps, |path| path.keypath(2).must(2))?, [], "nil is an empty map");
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
    assert_eq!(select(&lists, |path| path.keypath(1).ALL())?, []);
    assert_eq!(select(&maps, |path| path.keypath(1).ALL())?, []);
    assert_eq!(select(&maps, |path| path.keypath(1).MAP_VALS())?, []);
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
    assert_eq!(list, []);
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
    assert_eq!(select(&sets, |path| path.keypath(1).set_elem(3))?, []);
    assert_eq!(select(&sets, |path| path.keypath(2).set_elem(3))?, [], "nil is an empty set");
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
    let memory = MemoryRows::new((0..100).map(|n| (n, vec![n, n])).collect::<Lists>());
    assert_eq!(rows::select_any(&memory, &into!(i64, Vec<i64>).MAP_VALS().ALL())?, Some(0));
    assert_eq!(memory.reads.take(), 1);
    assert!(rows::selected_any(&memory, &into!(i64, Vec<i64>).ALL())?);
    assert_eq!(memory.reads.take(), 1);
    let one = rows::select_one(&memory, &into!(i64, Vec<i64>).ALL());
    assert!(matches!(one, Err(PathError::NotExactlyOne { found: 2 })));
    assert_eq!(memory.reads.take(), 2, "the second value settles it");
    assert_eq!(select_any(&Vec::<i64>::new(), |path| path.ALL())?, None);
    assert!(!selected_any(&Vec::<i64>::new(), |path| path.ALL())?);
    Ok(())
}

#[test]
fn the_leading_key_is_the_home_of_a_path() {
    let home = Some(KeyHash::of(&7_i64));
    assert_eq!(into!(i64, Counts).keypath(7).home(), home);
    assert_eq!(into!(i64, Counts).must(7).keypath(8).view(|n| n.is_some()).home(), home);
    assert_eq!(into!(i64, Counts).keypath(7).keypath(8).termval(1).home(), home);
    assert_eq!(into!(i64, Counts).MAP_VALS().keypath(7).home(), None);
    assert_eq!(into!(i64, Counts).ALL().home(), None);
    assert_eq!(Path::start(Bare::<rama_core::path::Maybe<Counts>>::new()).keypath(7).home(), None);
}

#[test]
fn a_plain_value_is_the_row_of_the_empty_key() -> Result<(), PathError> {
    let mut memory = MemoryRows::new(BTreeMap::new());
    let total = || Path::start(Bare::<rama_core::path::Maybe<i64>>::new());
    assert_eq!(rows::select_one(&memory, &total())?, None);
    rows::transform(&mut memory, total().nil_to_val(40).term(|n| n + 2))?;
    assert_eq!(rows::select_one(&memory, &total())?, Some(42));
    rows::transform(&mut memory, total().NONE())?;
    assert_eq!(memory.rows, BTreeMap::new());
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
    assert_eq!((after[&2].clone(), reads, writes), (map(&[(3, 9)]), 2, 2));
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
    let mut memory = MemoryRows::new(map(&[(1, 10)]));
    memory.broken = true;
    let read = rows::select(&memory, &into!(i64, i64).MAP_VALS()).expect_err("the store is broken");
    assert_eq!(read.to_string(), "the disk is gone");
    let written = rows::transform(&mut memory, into!(i64, i64).must(1).termval(2));
    assert!(matches!(written, Err(PathError::Storage(_))), "{written:?}");
    assert!(matches!(Halt::from(PathError::storage("x")), Halt::Failed(PathError::Storage(_))));
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
