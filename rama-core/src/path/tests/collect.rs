//! Tests of collected values.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    Bare, Edit, Inner, Path, PathError, Present, Rows, select, select_one, transform,
};
use std::collections::{BTreeMap, BTreeSet};

type Names = Rows<String, Present<String>>;
type Ages = Rows<u64, Rows<String, Present<u64>>>;

fn names() -> Inner<Names> {
    Path::start(Bare::new())
}

fn ages() -> Inner<Ages> {
    Path::start(Bare::new())
}

#[test]
fn values_come_in_the_order_in_which_they_were_collected() {
    let mut map = BTreeMap::from([("a", 10)]);
    let found = select(&map, |path| path.putval(1).keypath("a").VAL().nil_to_val(0).putval("x"));
    assert_eq!(found.unwrap(), [(1, Some(10), "x", 10)]);
    transform(&mut map, |path| {
        path.putval(3).must("a").VAL().term(|(three, before, n)| before * 100 + n - three)
    })
    .unwrap();
    assert_eq!(map["a"], 1007);
}

#[test]
fn val_is_read_even_where_only_a_constant_is_written() {
    let mut map = BTreeMap::from([(1, 10)]);
    transform(&mut map, |path| {
        path.keypath(1).VAL().is_collected(|n| *n == Some(10)).DISPENSE().termval(11)
    })
    .unwrap();
    assert_eq!(map[&1], 11);
    let mut texts = BTreeMap::from([(1, "a".to_owned())]);
    transform(&mut texts, |path| path.must(1).VAL().term(|(before, text)| text + before)).unwrap();
    assert_eq!(texts[&1], "aa");
}

#[test]
fn collect_takes_nothing_as_an_empty_list_and_begins_fresh() {
    let lists = vec![vec![1, 2], vec![]];
    let found = select(&lists, |path| path.putval("x").ALL().collect(|path| path.ALL().VAL()));
    assert_eq!(found.unwrap(), [("x", vec![(1, 1), (2, 2)], vec![1, 2]), ("x", vec![], vec![])]);
}

#[test]
fn collect_one_fails_without_exactly_one_value() {
    let lists = vec![vec![1, 2]];
    let two = select(&lists, |path| path.ALL().collect_one(|path| path.ALL())).unwrap_err();
    assert!(matches!(two, PathError::NotOneToCollect { found: 2 }));
    assert!(two.to_string().contains("several"));
    let mut lists = lists;
    let none = transform(&mut lists, |path| {
        path.ALL().collect_one(|path| path.ALL().pred_gt(5)).DISPENSE().termval(vec![])
    })
    .unwrap_err();
    assert!(none.to_string().contains("none"));
    assert_eq!(lists, [[1, 2]]);
}

#[test]
fn dispense_forgets_everything_and_fresh_values_only_their_own() {
    let mut list = vec![1, 2];
    let found = select(&list, |path| path.putval(1).putval(2).ALL().DISPENSE().putval(3));
    assert_eq!(found.unwrap(), [(3, 1), (3, 2)]);
    assert_eq!(select(&list, |path| path.ALL().DISPENSE()).unwrap(), [1, 2]);
    let found = select(&list, |path| {
        path.with_fresh_collected(|path| path.putval(1).ALL().is_collected(|one| *one == 1))
    });
    assert_eq!(found.unwrap(), [1, 2]);
    transform(&mut list, |path| {
        path.putval(1).with_fresh_collected(|path| path.putval(2).ALL().pred_gt(1)).NONE()
    })
    .unwrap();
    assert_eq!(list, [1]);
}

#[test]
fn values_can_be_collected_at_the_place_of_a_new_element_and_at_an_entry() {
    let mut set = BTreeSet::from([1]);
    transform(&mut set, |path| {
        path.NONE_ELEM().putval(5).none_to_val(1).term(|(five, n)| five + n)
    })
    .unwrap();
    assert_eq!(set, BTreeSet::from([1, 6]));
    let map = BTreeMap::from([(1, "a")]);
    assert_eq!(select(&map, |path| path.ALL().VAL()).unwrap(), [((1, "a"), (1, "a"))]);
}

#[test]
fn a_key_is_made_of_collected_values() {
    let mut map = BTreeMap::from([("ab".to_owned(), 1)]);
    let found = select_one(&map, |path| {
        path.putval("a").putval("b").collected_key(|(a, b)| format!("{a}{b}")).DISPENSE()
    });
    assert_eq!(found.unwrap(), Some(1));
    transform(&mut map, |path| path.putval(7).collected_key(|n| n.to_string()).termval(2)).unwrap();
    transform(&mut map, |path| path.putval("ab").collected_key(|a| (*a).to_owned()).NONE())
        .unwrap();
    assert_eq!(map, BTreeMap::from([("7".to_owned(), 2)]));
    let edit = transform(&mut map, |path| {
        path.putval("x").collected_key(|x| (*x).to_owned()).PRESENT().DISPENSE().termval(0)
    });
    assert_eq!(edit.unwrap(), Edit::Kept);
}

#[test]
fn over_rows_a_collected_key_costs_its_row_and_no_more() {
    let mut rows = MemoryRows::new();
    let put = |key: &str, name: &str| names().keypath(key).termval(name.to_owned());
    rows::transform(&mut rows, put("best", "ada")).unwrap();
    rows::transform(&mut rows, put("ada", "Ada Lovelace")).unwrap();
    rows.counts();
    let best =
        names().collect_one(|path| path.must("best")).collected_key(String::clone).DISPENSE();
    assert_eq!(rows::select_one(&rows, &best).unwrap().as_deref(), Some("Ada Lovelace"));
    assert_eq!(rows.counts().reads, 2);
    rows::transform(
        &mut rows,
        names().collect_one(|path| path.must("best")).collected_key(String::clone).NONE(),
    )
    .unwrap();
    let counts = rows.counts();
    assert_eq!((counts.reads, counts.writes, rows.len()), (1, 1, 1));
}

#[test]
fn over_rows_a_constant_is_collected_without_a_read() {
    let mut rows = MemoryRows::new();
    rows::transform(&mut rows, ages().putval(1).keypath(1).putval(2).keypath("a").termval(7))
        .unwrap();
    assert_eq!(rows.counts().reads, 0);
    rows::transform(&mut rows, ages().putval(1).keypath(1).keypath("a").NONE()).unwrap();
    assert_eq!(rows.counts().reads, 0);
}

#[test]
fn over_rows_what_is_around_is_collected() {
    let mut rows = MemoryRows::new();
    for (id, name, age) in [(1, "a", 10), (1, "b", 20), (2, "c", 30)] {
        rows::transform(&mut rows, ages().keypath(id).keypath(name).termval(age)).unwrap();
    }
    let path = ages().MAP_VALS().collect(|path| path.MAP_VALS()).ALL().view(|(key, _)| key.clone());
    assert_eq!(
        rows::select(&rows, &path).unwrap(),
        [
            (vec![10, 20], "a".to_owned()),
            (vec![10, 20], "b".to_owned()),
            (vec![30], "c".to_owned())
        ]
    );
    rows::transform(
        &mut rows,
        ages()
            .MAP_VALS()
            .collect(|path| path.MAP_VALS())
            .MAP_VALS()
            .term(|(all, n)| n + all.iter().sum::<u64>()),
    )
    .unwrap();
    assert_eq!(rows::select(&rows, &ages().MAP_VALS().MAP_VALS()).unwrap(), [40, 50, 60]);
}

#[test]
fn values_are_collected_on_a_range_and_go_past_it() {
    let mut map: BTreeMap<u64, u64> = (1..5).map(|n| (n, n * 10)).collect();
    let found = select(&map, |path| path.sorted_map_range(2..4).putval("x").MAP_VALS());
    assert_eq!(found.unwrap(), [("x", 20), ("x", 30)]);
    transform(&mut map, |path| {
        path.putval(1)
            .sorted_map_range(2..4)
            .selected(|path| path.must(3))
            .MAP_VALS()
            .term(|(one, n)| n + one)
    })
    .unwrap();
    assert_eq!(map.values().copied().collect::<Vec<_>>(), [10, 21, 31, 40]);
    let found = select(&map, |path| {
        path.sorted_map_range(1..3).multi_path(|path| (path.must(2), path.must(3)))
    });
    assert_eq!(found.unwrap(), [21]);
}
