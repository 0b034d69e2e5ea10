//! Tests of indexes in lists.

use super::Round;
use crate::path::{Edit, PathError, select, select_one, transform};
use std::collections::BTreeMap;

#[test]
fn index_nav_leads_to_positions_that_the_list_has() {
    let lists: BTreeMap<u8, Vec<char>> = BTreeMap::from([(1, vec!['a', 'b'])]);
    assert_eq!(select_one(&lists, |path| path.keypath(1).index_nav(1)).unwrap(), Some(1));
    assert_eq!(select_one(&lists, |path| path.keypath(1).index_nav(2)).unwrap(), None);
    assert_eq!(select_one(&lists, |path| path.keypath(2).index_nav(0)).unwrap(), None);
}

#[test]
fn another_index_moves_the_element_there() {
    let mut list = vec!['a', 'b', 'c', 'd'];
    transform(&mut list, |path| path.index_nav(0).term(|index| index + 2)).unwrap();
    assert_eq!(list, ['b', 'c', 'a', 'd']);
    transform(&mut list, |path| path.index_nav(3).termval(1)).unwrap();
    assert_eq!(list, ['b', 'd', 'c', 'a']);
    assert_eq!(transform(&mut list, |path| path.index_nav(1).termval(1)).unwrap(), Edit::Kept);
    assert_eq!(transform(&mut list, |path| path.index_nav(9).termval(1)).unwrap(), Edit::Kept);
    let failed = transform(&mut list, |path| path.index_nav(1).termval(4));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 4, len: 4 })));
    assert_eq!(list, ['b', 'd', 'c', 'a']);
}

#[test]
fn elements_come_with_their_indexes() {
    let list = vec!['a', 'b'];
    assert_eq!(select(&list, |path| path.INDEXED_VALS()).unwrap(), [(0, 'a'), (1, 'b')]);
    assert_eq!(select(&list, |path| path.indexed_vals(5)).unwrap(), [(5, 'a'), (6, 'b')]);
    assert_eq!(select(&list, |path| path.INDEXED_VALS().FIRST()).unwrap(), [0, 1]);
    let lists: BTreeMap<u8, Vec<char>> = BTreeMap::new();
    assert!(select(&lists, |path| path.keypath(1).INDEXED_VALS()).unwrap().is_empty());
}

#[test]
fn elements_are_replaced_where_they_stand() {
    let mut list = vec![10, 20];
    transform(&mut list, |path| path.indexed_vals(1).term(|(i, n)| (i, n + i))).unwrap();
    transform(&mut list, |path| path.INDEXED_VALS().LAST().update(|n| *n *= 2)).unwrap();
    assert_eq!(list, [22, 44]);
}

#[test]
fn indexes_seen_later_count_earlier_moves() {
    let mut list = vec!['a', 'b', 'c', 'd'];
    let mut seen = Vec::new();
    transform(&mut list, |path| {
        path.INDEXED_VALS().term(|(index, letter)| {
            seen.push((index, letter));
            (if letter == 'a' { 2 } else { index }, letter)
        })
    })
    .unwrap();
    assert_eq!(seen, [(0, 'a'), (0, 'b'), (1, 'c'), (3, 'd')]);
    assert_eq!(list, ['b', 'c', 'a', 'd']);
}

#[test]
fn every_element_is_visited_once_however_they_move() {
    let mut list = vec!['a', 'b', 'c', 'd'];
    transform(&mut list, |path| path.INDEXED_VALS().FIRST().termval(3)).unwrap();
    assert_eq!(list, ['a', 'b', 'c', 'd']);
    transform(&mut list, |path| path.INDEXED_VALS().FIRST().termval(0)).unwrap();
    assert_eq!(list, ['d', 'c', 'b', 'a']);
}

#[test]
fn elements_that_leave_keep_their_indexes_until_the_end() {
    let mut list = vec!['a', 'b', 'c'];
    let edit = transform(&mut list, |path| path.INDEXED_VALS().NONE()).unwrap();
    assert_eq!((edit, list.len()), (Edit::Changed, 0));
}

#[test]
fn an_index_that_the_list_does_not_have_fails_and_loses_nothing() {
    let mut list = vec!['a', 'b'];
    let failed = transform(&mut list, |path| path.indexed_vals(1).FIRST().termval(0));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 0, len: 2 })));
    let failed = transform(&mut list, |path| path.INDEXED_VALS().FIRST().termval(2));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 2, len: 2 })));
    assert_eq!(list, ['a', 'b']);
}

#[test]
fn an_element_that_leaves_is_followed_when_another_moves_before_it() {
    let mut round = Round::new(3, 10);
    assert_eq!(round.next(), Some(0));
    round.removed(0);
    assert_eq!(round.next(), Some(1));
    assert_eq!(round.moved(1, 10).unwrap(), Some(0));
    assert_eq!((round.next(), round.next()), (Some(2), None));
    assert_eq!(round.into_gone().into_iter().collect::<Vec<_>>(), [1]);
}
