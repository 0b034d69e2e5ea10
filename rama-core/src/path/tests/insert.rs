//! Tests of new elements of lists.

use crate::path::{Edit, PathError, select_one, selected_any, transform};
use std::collections::BTreeMap;

type Lists = BTreeMap<u8, Vec<u8>>;

#[test]
fn new_elements_come_at_either_end() {
    let mut list = vec![2];
    transform(&mut list, |path| path.BEFORE_ELEM().termval(1)).unwrap();
    transform(&mut list, |path| path.AFTER_ELEM().termval(3)).unwrap();
    assert_eq!(list, [1, 2, 3]);
    assert!(selected_any(&list, |path| path.BEFORE_ELEM()).unwrap());
}

#[test]
fn a_missing_list_begins_with_its_first_element() {
    let mut lists = Lists::new();
    transform(&mut lists, |path| path.keypath(1).BEFORE_ELEM().termval(1)).unwrap();
    transform(&mut lists, |path| path.keypath(2).AFTER_ELEM().termval(2)).unwrap();
    transform(&mut lists, |path| path.keypath(3).before_index(0).termval(3)).unwrap();
    transform(&mut lists, |path| path.keypath(4).BEGINNING().termval(vec![4])).unwrap();
    transform(&mut lists, |path| path.keypath(5).END().termval(vec![5, 5])).unwrap();
    let expected = [(1, vec![1]), (2, vec![2]), (3, vec![3]), (4, vec![4]), (5, vec![5, 5])];
    assert_eq!(lists, BTreeMap::from(expected));
}

#[test]
fn before_index_inserts_up_to_the_length_and_no_further() {
    let mut list = vec![1, 3];
    transform(&mut list, |path| path.before_index(1).termval(2)).unwrap();
    transform(&mut list, |path| path.before_index(3).termval(4)).unwrap();
    assert_eq!(list, [1, 2, 3, 4]);
    let failed = transform(&mut list, |path| path.before_index(5).termval(6));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 5, len: 4 })));
    let mut lists = Lists::new();
    let failed = transform(&mut lists, |path| path.keypath(1).before_index(1).termval(6));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 1, len: 0 })));
    assert!(lists.is_empty());
}

#[test]
fn a_select_finds_nothing_before_an_index() {
    assert!(!selected_any(&vec![1, 2], |path| path.before_index(1)).unwrap());
}

#[test]
fn lists_are_spliced_in_at_either_end() {
    let mut list = vec![3];
    transform(&mut list, |path| path.BEGINNING().termval(vec![1, 2])).unwrap();
    transform(&mut list, |path| path.END().update(|end| end.extend([4, 5]))).unwrap();
    transform(&mut list, |path| path.END().term(|end| [end, vec![6]].concat())).unwrap();
    assert_eq!(list, [1, 2, 3, 4, 5, 6]);
    assert!(select_one(&list, |path| path.END()).unwrap().is_empty());
}

#[test]
fn splicing_nothing_in_writes_nothing() {
    let mut lists = Lists::new();
    let edit = transform(&mut lists, |path| path.keypath(1).END().termval(vec![])).unwrap();
    assert_eq!(edit, Edit::Kept);
    assert!(lists.is_empty());
}

#[test]
fn new_elements_of_lists_in_lists_are_lists() {
    let mut rows: Vec<Vec<u8>> = vec![vec![1]];
    transform(&mut rows, |path| path.ALL().AFTER_ELEM().termval(9)).unwrap();
    transform(&mut rows, |path| path.AFTER_ELEM().termval(vec![7])).unwrap();
    assert_eq!(rows, [vec![1, 9], vec![7]]);
}
