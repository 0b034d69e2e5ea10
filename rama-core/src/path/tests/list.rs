//! Tests of positions in lists.

use super::edit_given;
use crate::path::{Change, Edit, PathError, select, select_one, transform};
use std::collections::BTreeMap;

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn beyond<T: std::fmt::Debug>(result: Result<T, PathError>) -> (usize, usize) {
    match result {
        Err(PathError::OutOfRange { index, len }) => (index, len),
        other => panic!("expected a position out of range and not {other:?}"),
    }
}

#[test]
fn nthpath_reads_and_writes_the_element_at_a_position() {
    let mut list = words("a b c d");
    assert_eq!(select_one(&list, |path| path.nthpath(2)).unwrap(), "c");
    transform(&mut list, |path| path.nthpath(1).term(|word| word + "!")).unwrap();
    transform(&mut list, |path| path.nthpath(3).term(|word| word + "?")).unwrap();
    transform(&mut list, |path| path.nthpath(2).update(|word| word.push('.'))).unwrap();
    transform(&mut list, |path| path.nthpath(0).termval("x".to_owned())).unwrap();
    assert_eq!(list, words("x b! c. d?"));
}

#[test]
fn nthpath_removes_and_what_is_behind_moves_up() {
    let mut list = words("a b c d");
    transform(&mut list, |path| path.nthpath(1).NONE()).unwrap();
    transform(&mut list, |path| path.nthpath(2).NONE()).unwrap();
    assert_eq!(list, words("a c"));
}

#[test]
fn nthpath_beyond_a_list_or_in_a_missing_one_fails_both_ways() {
    let mut list = vec![1, 2];
    assert_eq!(beyond(select(&list, |path| path.nthpath(2))), (2, 2));
    assert_eq!(beyond(transform(&mut list, |path| path.nthpath(2).termval(0))), (2, 2));
    assert_eq!(beyond(transform(&mut list, |path| path.nthpath(2).NONE())), (2, 2));
    let mut lists: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    assert_eq!(beyond(select(&lists, |path| path.keypath(1).nthpath(0))), (0, 0));
    let written = transform(&mut lists, |path| path.keypath(1).nthpath(0).termval(0));
    assert_eq!(beyond(written), (0, 0));
    assert!(lists.is_empty());
}

#[test]
fn first_and_last_lead_nowhere_in_lists_that_are_empty_or_missing() {
    let mut lists: BTreeMap<u8, Vec<u8>> = BTreeMap::from([(1, vec![])]);
    for key in [1, 2] {
        assert!(select(&lists, |path| path.keypath(key).FIRST()).unwrap().is_empty());
        assert!(select(&lists, |path| path.keypath(key).LAST()).unwrap().is_empty());
        let first = transform(&mut lists, |path| path.keypath(key).FIRST().termval(0)).unwrap();
        let last = transform(&mut lists, |path| path.keypath(key).LAST().NONE()).unwrap();
        assert_eq!((first, last), (Edit::Kept, Edit::Kept));
    }
    assert_eq!(lists, BTreeMap::from([(1, vec![])]));
}

#[test]
fn first_and_last_write_and_remove_the_ends() {
    let mut list = words("a b c");
    transform(&mut list, |path| path.FIRST().term(|word| word + "1")).unwrap();
    transform(&mut list, |path| path.LAST().term(|word| word + "2")).unwrap();
    assert_eq!(list, words("a1 b c2"));
    transform(&mut list, |path| path.FIRST().NONE()).unwrap();
    transform(&mut list, |path| path.LAST().NONE()).unwrap();
    assert_eq!(list, words("b"));
    assert_eq!(select_one(&list, |path| path.FIRST()).unwrap().as_deref(), Some("b"));
    assert_eq!(select_one(&list, |path| path.LAST()).unwrap().as_deref(), Some("b"));
}

#[test]
fn first_and_last_of_an_entry_are_its_key_and_its_value() {
    let mut ages = BTreeMap::from([(1, 10), (2, 20), (3, 30)]);
    assert_eq!(select(&ages, |path| path.ALL().FIRST()).unwrap(), [1, 2, 3]);
    assert_eq!(select(&ages, |path| path.ALL().LAST()).unwrap(), [10, 20, 30]);
    transform(&mut ages, |path| path.ALL().LAST().update(|age| *age += 1)).unwrap();
    transform(&mut ages, |path| path.ALL().FIRST().term(|key| if key == 1 { 9 } else { key }))
        .unwrap();
    assert_eq!(ages, BTreeMap::from([(2, 21), (3, 31), (9, 11)]));
}

#[test]
fn an_entry_leaves_with_its_key_or_its_value() {
    let mut ages = BTreeMap::from([(1, 10), (2, 20)]);
    transform(&mut ages, |path| path.ALL().FIRST().NONE()).unwrap();
    assert!(ages.is_empty());
    ages.insert(3, 30);
    transform(&mut ages, |path| path.ALL().LAST().NONE()).unwrap();
    assert!(ages.is_empty());
}

#[test]
fn steps_into_lists_keep_what_was_collected() {
    let mut list = vec![1, 2, 3];
    assert_eq!(select(&list, |path| path.putval('x').LAST()).unwrap(), [('x', 3)]);
    transform(&mut list, |path| path.putval(10).nthpath(1).term(|(ten, n)| ten * n)).unwrap();
    transform(&mut list, |path| path.putval(10).FIRST().NONE()).unwrap();
    assert_eq!(list, [20, 3]);
}

#[test]
fn an_element_that_does_not_come_back_leaves_the_others_in_order() {
    let mut list = words("a b c d");
    let failed = edit_given(&mut list, 1, |_| Err(PathError::storage("full")));
    assert!(matches!(failed, Err(PathError::Storage(_))));
    assert_eq!(list, words("a c d"));
    assert!(edit_given(&mut list, 2, |_| Ok(Change::Removed)).unwrap());
    assert_eq!(list, words("a c"));
}
