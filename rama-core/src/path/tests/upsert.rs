//! Tests of elements of lists by their keys.

use crate::path::{Edit, select_one, transform};
use std::collections::BTreeMap;

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn upsert_by_changes_only_the_first_element_of_its_key() {
    let mut list = words("ann bob amy");
    let initial = |word: &String| word.chars().next();
    let found = select_one(&list, |path| path.upsert_by(initial, Some('a'))).unwrap();
    assert_eq!(found.as_deref(), Some("ann"));
    transform(&mut list, |path| path.upsert_by(initial, Some('a')).termval("al".into())).unwrap();
    assert_eq!(list, words("al bob amy"));
    transform(&mut list, |path| path.upsert_by(initial, Some('a')).NONE()).unwrap();
    assert_eq!(list, words("bob amy"));
}

#[test]
fn upsert_by_appends_what_is_missing_and_creates_the_list() {
    let mut lists: BTreeMap<u8, Vec<(u8, u32)>> = BTreeMap::new();
    let count = |lists: &mut BTreeMap<u8, Vec<(u8, u32)>>, id: u8| {
        transform(lists, |path| {
            path.keypath(1).upsert_by(|it| it.0, id).nil_to_val((id, 0)).update(|it| it.1 += 1)
        })
        .unwrap()
    };
    for id in [5, 6, 5] {
        assert_eq!(count(&mut lists, id), Edit::Changed);
    }
    assert_eq!(lists, BTreeMap::from([(1, vec![(5, 2), (6, 1)])]));
    let removed = transform(&mut lists, |path| path.keypath(1).upsert_by(|it| it.0, 7).NONE());
    assert_eq!(removed.unwrap(), Edit::Kept);
    let missing = select_one(&lists, |path| path.keypath(2).upsert_by(|it| it.0, 5)).unwrap();
    assert_eq!(missing, None);
}
