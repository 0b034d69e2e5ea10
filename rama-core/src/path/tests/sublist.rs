//! Tests of parts of lists.

use crate::path::{Edit, PathError, select, select_one, transform};
use std::collections::BTreeMap;

#[test]
fn every_kind_of_range_leads_to_its_part() {
    let list = vec![0, 1, 2, 3];
    assert_eq!(select_one(&list, |path| path.srange(1..3)).unwrap(), [1, 2]);
    assert_eq!(select_one(&list, |path| path.srange(1..=3)).unwrap(), [1, 2, 3]);
    assert_eq!(select_one(&list, |path| path.srange(2..)).unwrap(), [2, 3]);
    assert_eq!(select_one(&list, |path| path.srange(..1)).unwrap(), [0]);
    assert_eq!(select_one(&list, |path| path.srange(..)).unwrap(), [0, 1, 2, 3]);
    assert_eq!(select_one(&list, |path| path.srange(4..4)).unwrap(), [0; 0]);
}

#[test]
fn a_part_may_become_shorter_longer_or_nothing() {
    let mut list = vec![0, 1, 2, 3];
    transform(&mut list, |path| path.srange(1..3).termval(vec![9])).unwrap();
    assert_eq!(list, [0, 9, 3]);
    transform(&mut list, |path| path.srange(1..2).term(|part| [part.clone(), part].concat()))
        .unwrap();
    assert_eq!(list, [0, 9, 9, 3]);
    transform(&mut list, |path| path.srange(1..3).update(|part| part.push(8))).unwrap();
    assert_eq!(list, [0, 9, 9, 8, 3]);
    transform(&mut list, |path| path.srange(..3).termval(vec![])).unwrap();
    assert_eq!(list, [8, 3]);
    transform(&mut list, |path| path.srange(1..).NONE()).unwrap();
    assert_eq!(list, [8]);
}

#[test]
fn a_path_goes_on_inside_a_part() {
    let mut list = vec![1, 2, 3, 4];
    transform(&mut list, |path| path.srange(1..3).ALL().update(|n| *n *= 10)).unwrap();
    assert_eq!(list, [1, 20, 30, 4]);
    transform(&mut list, |path| path.srange(1..3).FIRST().NONE()).unwrap();
    assert_eq!(list, [1, 30, 4]);
}

#[test]
fn ranges_beyond_a_list_fail_both_ways_and_lose_nothing() {
    let mut list = vec![1, 2];
    let failed = select(&list, |path| path.srange(1..3));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 3, len: 2 })));
    let failed = select(&list, |path| path.srange(3..));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 3, len: 2 })));
    #[expect(clippy::reversed_empty_ranges, reason = "this is what fails here")]
    let failed = transform(&mut list, |path| path.srange(2..1).NONE());
    assert!(matches!(failed, Err(PathError::Reversed { from: 2, to: 1 })));
    let failed = transform(&mut list, |path| path.srange(..).nthpath(5).termval(0));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 5, len: 2 })));
    assert_eq!(list, [1, 2]);
}

#[test]
fn a_missing_list_has_only_the_empty_range() {
    let mut lists: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    assert!(select_one(&lists, |path| path.keypath(1).srange(0..0)).unwrap().is_empty());
    assert!(select_one(&lists, |path| path.keypath(1).srange(0..1)).is_err());
    let kept = transform(&mut lists, |path| path.keypath(1).srange(..).NONE()).unwrap();
    assert_eq!((kept, lists.len()), (Edit::Kept, 0));
    transform(&mut lists, |path| path.keypath(1).srange(0..0).termval(vec![1])).unwrap();
    assert_eq!(lists[&1], [1]);
}

#[test]
fn bounds_are_computed_from_the_list_and_the_first_bound() {
    let mut list = vec![5, 6, 7, 8];
    let middle =
        select_one(&list, |path| path.srange_dynamic(|all| all.len() / 4, |(_, from)| from + 2));
    assert_eq!(middle.unwrap(), [6, 7]);
    transform(&mut list, |path| path.srange_dynamic(|_| 1, |(all, _)| all.len()).NONE()).unwrap();
    assert_eq!(list, [5]);
    let failed = select(&list, |path| path.srange_dynamic(|_| 0, |_| 2));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 2, len: 1 })));
}

#[test]
fn runs_are_as_long_as_they_can_be_and_change_from_the_last_to_the_first() {
    let mut list = vec![1, 1, 0, 1, 0, 0, 1];
    let runs = select(&list, |path| path.continuous_subseqs(|n| *n == 1)).unwrap();
    assert_eq!(runs, [vec![1, 1], vec![1], vec![1]]);
    let mut number = 1;
    transform(&mut list, |path| {
        path.continuous_subseqs(|n| *n == 1).term(|run| {
            number += 1;
            vec![number; run.len() - 1]
        })
    })
    .unwrap();
    assert_eq!(list, [4, 0, 0, 0]);
    transform(&mut list, |path| path.continuous_subseqs(|n| *n == 0).NONE()).unwrap();
    assert_eq!(list, [4]);
}

#[test]
fn a_list_without_runs_stays_as_it_is() {
    let mut lists: BTreeMap<u8, Vec<u8>> = BTreeMap::from([(1, vec![1, 2])]);
    for key in [1, 2] {
        let path = transform(&mut lists, |path| {
            path.keypath(key).continuous_subseqs(|n| *n > 5).termval(vec![0])
        });
        assert_eq!(path.unwrap(), Edit::Kept);
    }
    assert_eq!(lists, BTreeMap::from([(1, vec![1, 2])]));
}
