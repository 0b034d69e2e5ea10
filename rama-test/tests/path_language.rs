//! Paths as they are written: every form of an element and every navigator, on plain values (PA-01 to PA-10).
//! Modules and clients are asked in `path_forms.rs`.

use std::collections::{BTreeMap, BTreeSet};

use rama_core::{
    path::{
        AtMostOne, Inner, Navigator, One, Present, SubPath, Visitor, Walk, With, select,
        select_one, transform,
    },
    prelude::*,
};

#[derive(Clone, Debug, PartialEq)]
struct Account {
    name: String,
    age: u64,
    r#type: char,
    place: (i64, (i64, String)),
    tags: BTreeMap<String, Vec<u64>>,
}

fn ada() -> Account {
    Account {
        name: "ada".to_owned(),
        age: 36,
        r#type: 'p',
        place: (-1, (7, "London".to_owned())),
        tags: BTreeMap::from([("db".to_owned(), vec![1, 5, 3]), ("io".to_owned(), vec![])]),
    }
}

/// What a path that writes makes of a value.
macro_rules! changed {
    ($value:expr, $path:expr) => {{
        let mut value = $value;
        transform(&mut value, $path).unwrap();
        value
    }};
}

#[test]
fn fields_are_read_and_written_by_name_and_by_number() {
    assert_eq!(select_one(&ada(), path![.name]).unwrap(), "ada");
    assert_eq!(select_one(&ada(), path![.r#type]).unwrap(), 'p');
    assert_eq!(select_one(&ada(), path![.place.0]).unwrap(), -1);
    assert_eq!(select_one(&ada(), path![.place, .1.1]).unwrap(), "London");
    let older = changed!(ada(), path![.age, term(|age| age + 1)]);
    assert_eq!(older, Account { age: 37, ..ada() });
    let moved = changed!(ada(), path![.place.1.0, termval(9)]);
    assert_eq!(moved.place, (-1, (9, "London".to_owned())));
}

#[test]
fn a_literal_is_a_key() {
    let names = BTreeMap::from([("ada".to_owned(), 1), ("bob".to_owned(), 2)]);
    assert_eq!(select_one(&names, path!["ada"]).unwrap(), Some(1));
    assert_eq!(changed!(names, path!["ada", NONE]).into_keys().collect::<Vec<_>>(), ["bob"]);
    let numbers = BTreeMap::from([(-1_i8, 'a'), (7, 'b')]);
    assert_eq!(select_one(&numbers, path![-1]).unwrap(), Some('a'));
    assert_eq!(select_one(&numbers, path![7]).unwrap(), Some('b'));
    let letters = BTreeMap::from([('c', BTreeMap::from([(true, 1)]))]);
    assert_eq!(select_one(&letters, path!['c', true]).unwrap(), Some(1));
    assert_eq!(select_one(&letters, path!['c', false]).unwrap(), None);
}

#[test]
fn a_closure_is_a_filter_and_a_list_stands_for_its_elements() {
    let list = vec![1, 2, 3, 4];
    let least = 2;
    assert_eq!(select(&list, path![ALL, |n| *n > least]).unwrap(), [3, 4]);
    assert_eq!(
        select(&list, path![[ALL, [|n| n % 2 == 0]], [], [view(|n| n * 10)]]).unwrap(),
        [20, 40]
    );
    assert_eq!(changed!(list, path![ALL, [|n| *n > least, NONE]]), [1, 2]);
}

#[test]
fn closures_take_collected_values_one_by_one() {
    let costs = BTreeMap::from([("a", BTreeMap::from([("b", 3_u64), ("c", 4)]))]);
    let doubled = changed!(
        costs.clone(),
        path![
            KEYED_VALS,
            KEYED_VALS,
            term(|from, to, cost| if from < to { cost * 2 } else { cost })
        ]
    );
    assert_eq!(doubled["a"], BTreeMap::from([("b", 6), ("c", 8)]));
    let typed = changed!(
        costs.clone(),
        path![putval(1_u64), must("a"), MAP_VALS, update(|one: &u64, cost| *cost += *one)]
    );
    assert_eq!(typed["a"], BTreeMap::from([("b", 4), ("c", 5)]));
    let patterns = changed!(
        costs.clone(),
        path![
            putval((2, 3)),
            must("a"),
            MAP_VALS,
            term(|(a, _): &(u64, u64), mut cost| {
                cost += a;
                cost
            })
        ]
    );
    assert_eq!(patterns["a"], BTreeMap::from([("b", 5), ("c", 6)]));
    assert_eq!(
        select(
            &costs,
            path![
                must("a"),
                putval(3),
                putval(4),
                MAP_VALS,
                VAL,
                is_collected(|low, high, cost| (*low..*high).contains(cost)),
                DISPENSE
            ]
        )
        .unwrap(),
        [3]
    );
    let firsts = BTreeMap::from([(1, 2), (2, 4), (6, 5)]);
    let found = select(
        &firsts,
        path![collect_one(must(1)), collect_one(must(2)), collected_key(|a, b| *a + *b), DISPENSE],
    );
    assert_eq!(found.unwrap(), [Some(5)]);
}

#[test]
fn a_path_inside_a_path_is_written_in_brackets_or_directly() {
    let lists = vec![vec![1, 2], vec![3], vec![]];
    let with_two = vec![vec![1, 2]];
    assert_eq!(select(&lists, path![ALL, selected([ALL, pred_eq(2)])]).unwrap(), with_two);
    assert_eq!(select(&lists, path![ALL, selected(ALL, |n| *n == 2)]).unwrap(), with_two);
    assert_eq!(select(&lists, path![ALL, not_selected(ALL)]).unwrap(), lists[2..]);
    assert_eq!(select_one(&lists, path![subselect(ALL, ALL)]).unwrap(), [1, 2, 3]);
    assert_eq!(select_one(&lists, path![filterer(selected(ALL, |n| *n > 1))]).unwrap(), lists[..2]);
    assert_eq!(
        select(&lists, path![collect([ALL, SIZE]), FIRST, ALL]).unwrap(),
        [(vec![2, 1, 0], 1), (vec![2, 1, 0], 2)]
    );
    assert_eq!(
        select_one(&lists, path![transformed(ALL, ALL, term(|n| n * 2))]).unwrap()[0],
        [2, 4]
    );
    assert_eq!(
        select_one(&lists, path![transformed([ALL, |list| list.is_empty(), NONE])]).unwrap(),
        lists[..2]
    );
    let kept = select(&lists, path![putval(7), with_fresh_collected(ALL, VAL), ALL, view(|n| *n)]);
    assert_eq!(kept.unwrap(), [(7, 1), (7, 2), (7, 3)]);
    assert_eq!(select(&lists, path![with_page_size(2), ALL, ALL]).unwrap(), [1, 2, 3]);
    assert_eq!(select(&lists, path![with_page_size(2, [ALL, ALL])]).unwrap(), [1, 2, 3]);
    let compact = changed!(lists.clone(), path![ALL, compact(ALL, |n| *n > 2), NONE]);
    assert_eq!(compact, [vec![1, 2], vec![]]);
}

#[test]
fn branches_read_and_write() {
    let list = vec![1, -2, 30];
    assert_eq!(select(&list, path![ALL, if_path([|n| *n < 0], [view(|n| -n)])]).unwrap(), [2]);
    assert_eq!(
        select(&list, path![ALL, if_path(|n| *n < 0, view(|n| -n), STAY)]).unwrap(),
        [1, 2, 30]
    );
    assert_eq!(
        select(
            &list,
            path![
                ALL,
                cond_path(
                    [pred_lt(0)],
                    [view(|_| "below")],
                    [pred_gt(9)],
                    [view(|_| "above")],
                    STAY,
                    view(|_| "in")
                )
            ]
        )
        .unwrap(),
        ["in", "below", "above"]
    );
    assert_eq!(select(&list, path![ALL, cond_path([pred_lt(0)], [])]).unwrap(), [-2]);
    assert_eq!(select(&list, path![multi_path([LAST], [FIRST], ALL)]).unwrap(), [30, 1, 1, -2, 30]);
    assert_eq!(
        changed!(list.clone(), path![multi_path(FIRST, LAST), term(|n| n + 1)]),
        [2, -2, 31]
    );
    let ended = changed!(
        list.clone(),
        path![multi_path([FIRST, term(|n| n + 1)], [LAST, NONE], [ALL, term(|n| n * 10)])]
    );
    assert_eq!(ended, [20, -20]);
    assert_eq!(changed!(list.clone(), path![ALL, if_path(pred_lt(0), termval(0))]), [1, 0, 30]);
    assert_eq!(
        changed!(list.clone(), path![ALL, if_path(pred_lt(0), termval(0), termval(1))]),
        [1, 0, 1]
    );
    let signs = changed!(
        list.clone(),
        path![
            ALL,
            cond_path(
                [pred_lt(0)],
                [termval(-1)],
                [pred_gt(9)],
                [termval(9)],
                [STAY],
                [termval(1)]
            )
        ]
    );
    assert_eq!(signs, [1, -1, 9]);
}

#[test]
fn there_may_be_more_branches_than_the_runtime_takes_at_once() {
    let list: Vec<i32> = (0..20).collect();
    assert_eq!(
        select(
            &list,
            path![multi_path(
                [nthpath(9)],
                [nthpath(8)],
                [nthpath(7)],
                [nthpath(6)],
                [nthpath(5)],
                [nthpath(4)],
                [nthpath(3)],
                [nthpath(2)],
                [nthpath(1)],
                [nthpath(0)]
            )]
        )
        .unwrap(),
        (0..10).rev().collect::<Vec<_>>()
    );
    let expected = list.iter().map(|n| if (2..10).contains(n) { 1 } else { n + 1 });
    assert_eq!(
        changed!(
            list.clone(),
            path![multi_path(
                [nthpath(9), termval(0)],
                [nthpath(8), termval(0)],
                [nthpath(7), termval(0)],
                [nthpath(6), termval(0)],
                [nthpath(5), termval(0)],
                [nthpath(4), termval(0)],
                [nthpath(3), termval(0)],
                [nthpath(2), termval(0)],
                [ALL, term(|n| n + 1)]
            )]
        ),
        expected.collect::<Vec<_>>()
    );
    assert_eq!(
        select(
            &list,
            path![
                ALL,
                cond_path(
                    [|n| *n == 0],
                    [view(|_| 'a')],
                    [|n| *n == 1],
                    [view(|_| 'b')],
                    [|n| *n == 2],
                    [view(|_| 'c')],
                    [|n| *n == 3],
                    [view(|_| 'd')],
                    [|n| *n == 4],
                    [view(|_| 'e')],
                    [|n| *n == 5],
                    [view(|_| 'f')],
                    [|n| *n == 6],
                    [view(|_| 'g')],
                    [|n| *n < 10],
                    [view(|_| 'h')]
                )
            ]
        )
        .unwrap()
        .into_iter()
        .collect::<String>(),
        "abcdefghhh"
    );
}

#[derive(Clone, Debug, PartialEq)]
struct Tree {
    n: u64,
    children: Vec<Tree>,
}

#[test]
fn a_recursive_path_goes_on_by_its_own_name() {
    let leaf = |n| Tree { n, children: vec![] };
    let tree = Tree { n: 1, children: vec![leaf(2), Tree { n: 3, children: vec![leaf(4)] }] };
    assert_eq!(
        select(
            &tree,
            path![recursive_path(100, again, stay_then_continue(.children, ALL, again)), .n]
        )
        .unwrap(),
        [1, 2, 3, 4]
    );
    let mut grown = tree;
    transform(&mut grown, path![
        recursive_path(100, down, [if_path(|tree| tree.children.is_empty(), .n, [.children, ALL, down])]),
        term(|n| n * 10)
    ]).unwrap();
    assert_eq!((grown.n, grown.children[0].n, grown.children[1].children[0].n), (1, 20, 40));
}

#[test]
fn ranges_take_their_options_by_place_and_by_name() {
    let map: BTreeMap<u64, u64> = (0..10).map(|n| (n, n * n)).collect();
    let keys = |found: BTreeMap<u64, u64>| found.into_keys().collect::<Vec<_>>();
    let from = 6_u64;
    assert_eq!(keys(select_one(&map, path![sorted_map_range(2..5)]).unwrap()), [2, 3, 4]);
    assert_eq!(keys(select_one(&map, path![sorted_map_range_from(from)]).unwrap()), [6, 7, 8, 9]);
    assert_eq!(keys(select_one(&map, path![sorted_map_range_from(6, 2)]).unwrap()), [6, 7]);
    assert_eq!(
        keys(
            select_one(&map, path![sorted_map_range_from(6, max_amt: 2, inclusive: false)])
                .unwrap()
        ),
        [7, 8]
    );
    assert_eq!(
        keys(select_one(&map, path![sorted_map_range_from(6, inclusive: false)]).unwrap()),
        [7, 8, 9]
    );
    assert_eq!(keys(select_one(&map, path![sorted_map_range_to(6, 2)]).unwrap()), [4, 5]);
    assert_eq!(
        keys(select_one(&map, path![sorted_map_range_to(6, inclusive: true, max_amt: 2)]).unwrap()),
        [5, 6]
    );
    assert_eq!(keys(select_one(&map, path![sorted_map_range_from_start(2)]).unwrap()), [0, 1]);
    assert_eq!(keys(select_one(&map, path![sorted_map_range_to_end(2)]).unwrap()), [8, 9]);
    assert_eq!(changed!(map, path![sorted_map_range_to(9), NONE]), BTreeMap::from([(9, 81)]));
    let set: BTreeSet<char> = ('a'..='f').collect();
    let letters = |found: BTreeSet<char>| found.into_iter().collect::<String>();
    assert_eq!(letters(select_one(&set, path![sorted_set_range('b'..'d')]).unwrap()), "bc");
    assert_eq!(letters(select_one(&set, path![sorted_set_range_from('d')]).unwrap()), "def");
    assert_eq!(
        letters(select_one(&set, path![sorted_set_range_to('d', max_amt: 1)]).unwrap()),
        "c"
    );
    assert_eq!(letters(select_one(&set, path![sorted_set_range_from_start(2)]).unwrap()), "ab");
    assert_eq!(letters(select_one(&set, path![sorted_set_range_to_end(1)]).unwrap()), "f");
}

#[test]
fn keys_and_maps() {
    let ages = BTreeMap::from([(1, 36), (2, 7)]);
    assert_eq!(select(&ages, path![must(1,)]).unwrap(), [36]);
    assert_eq!(select(&ages, path![MAP_KEYS]).unwrap(), [1, 2]);
    assert_eq!(select(&ages, path![MAP_VALS]).unwrap(), [36, 7]);
    assert_eq!(select(&ages, path![KEYED_VALS]).unwrap(), [(1, 36), (2, 7)]);
    assert_eq!(
        changed!(ages.clone(), path![map_key(2), termval(3)]),
        BTreeMap::from([(1, 36), (3, 7)])
    );
    assert_eq!(select_one(&ages, path![submap([2, 9])]).unwrap(), BTreeMap::from([(2, 7)]));
    assert_eq!(select_one(&ages, path![SIZE]).unwrap(), 2);
    let deep = BTreeMap::from([(1, BTreeMap::from([(2, 'x')]))]);
    assert_eq!(select_one(&deep, path![keypath(1, 2)]).unwrap(), Some('x'));
    assert_eq!(select_one(&deep, path![must(1, 2)]).unwrap(), Some('x'));
    assert_eq!(select_one(&deep, path![keypath(9, 2), PRESENT]).unwrap(), None);
    assert_eq!(select_one(&deep, path![keypath(9), NIL_TO_MAP, SIZE]).unwrap(), 0);
    let both = select_one(&ada(), path![field(|it: &Account| &it.age, |it| &mut it.age)]);
    assert_eq!(both.unwrap(), 36);
}

#[test]
fn lists_and_positions() {
    let list = vec![5, 1, 4];
    assert_eq!(select(&list, path![FIRST]).unwrap(), [5]);
    assert_eq!(select(&list, path![LAST]).unwrap(), [4]);
    assert_eq!(select_one(&list, path![nthpath(1)]).unwrap(), 1);
    assert_eq!(changed!(list.clone(), path![BEGINNING, termval(vec![0, 9])]), [0, 9, 5, 1, 4]);
    assert_eq!(changed!(list.clone(), path![END, termval(vec![0])]), [5, 1, 4, 0]);
    assert_eq!(changed!(list.clone(), path![BEFORE_ELEM, termval(0)]), [0, 5, 1, 4]);
    assert_eq!(
        changed!(list.clone(), path![AFTER_ELEM, none_to_val(3), term(|n| n * 2)]),
        [5, 1, 4, 6]
    );
    assert_eq!(changed!(list.clone(), path![before_index(1), termval(0)]), [5, 0, 1, 4]);
    assert_eq!(select_one(&list, path![srange(1..)]).unwrap(), [1, 4]);
    assert_eq!(
        select_one(&list, path![srange_dynamic(|list| list.len() - 2, |list, _| list.len())])
            .unwrap(),
        [1, 4]
    );
    assert_eq!(select(&list, path![continuous_subseqs(|n| *n > 3)]).unwrap(), [[5], [4]]);
    assert_eq!(changed!(list.clone(), path![index_nav(0), termval(2)]), [1, 4, 5]);
    assert_eq!(select(&list, path![INDEXED_VALS, FIRST]).unwrap(), [0, 1, 2]);
    assert_eq!(select(&list, path![indexed_vals(1), FIRST]).unwrap(), [1, 2, 3]);
    assert_eq!(
        changed!(
            list.clone(),
            path![upsert_by(|n: &i32| n % 10, 4), nil_to_val(4), term(|n| n + 10)]
        ),
        [5, 1, 14]
    );
    assert_eq!(select(&list, path![ALL, take(2)]).unwrap(), [5, 1]);
    assert_eq!(select(&vec![1, 1, 2], path![ALL, distinct]).unwrap(), [1, 2]);
    assert_eq!(select(&vec![1, 1, 2], path![ALL, distinct()]).unwrap(), [1, 2]);
}

#[test]
fn sets_filters_and_views() {
    let set = BTreeSet::from([1, 2, 3]);
    assert_eq!(changed!(set.clone(), path![set_elem(2), NONE]), BTreeSet::from([1, 3]));
    assert_eq!(changed!(set.clone(), path![NONE_ELEM, termval(9)]), BTreeSet::from([1, 2, 3, 9]));
    assert_eq!(select_one(&set, path![subset([2, 9])]).unwrap(), BTreeSet::from([2]));
    let found = |test: fn(&i32) -> bool| set.iter().copied().filter(test).collect::<Vec<_>>();
    assert_eq!(select(&set, path![ALL, pred(|n| n % 2 == 1)]).unwrap(), found(|n| n % 2 == 1));
    assert_eq!(select(&set, path![ALL, pred_eq(2)]).unwrap(), found(|n| *n == 2));
    assert_eq!(select(&set, path![ALL, pred_ne(2)]).unwrap(), found(|n| *n != 2));
    assert_eq!(select(&set, path![ALL, pred_lt(2)]).unwrap(), found(|n| *n < 2));
    assert_eq!(select(&set, path![ALL, pred_le(2)]).unwrap(), found(|n| *n <= 2));
    assert_eq!(select(&set, path![ALL, pred_gt(2)]).unwrap(), found(|n| *n > 2));
    assert_eq!(select(&set, path![ALL, pred_ge(2)]).unwrap(), found(|n| *n >= 2));
    assert_eq!(select(&vec![Some(1), None], path![ALL, SOME]).unwrap(), [1]);
    let text = changed!(
        "7".to_owned(),
        path![parser(|text| text.len(), |n| n.to_string()), term(|n| n + 1)]
    );
    assert_eq!(text, "2");
    let lists = BTreeMap::from([(1, vec![1])]);
    assert_eq!(changed!(lists.clone(), path![2, NIL_TO_LIST, AFTER_ELEM, termval(5)])[&2], [5]);
    let sets: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
    assert_eq!(
        changed!(sets, path![2, NIL_TO_SET, NONE_ELEM, termval(5)])[&2],
        BTreeSet::from([5])
    );
    assert_eq!(select(&lists, path![STAY, MAP_VALS, STOP]).unwrap(), Vec::<Vec<i32>>::new());
    assert_eq!(select(&lists, path![MAP_VALS, continue_then_stay(STOP)]).unwrap(), [[1]]);
}

/// From a list to its largest number.
struct Largest;

impl Navigator<Present<Vec<i64>>> for Largest {
    type To = Present<i64>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<i64>>>(&self, at: &Vec<i64>, next: &mut N) -> Walk {
        at.iter().max().map_or(Ok(()), |n| next.visit(n))
    }
}

/// From a number to the sum of it and the collected one.
struct Sum;

impl Navigator<With<((), i64), Present<i64>>> for Sum {
    type To = Present<i64>;
    type Count = One;

    fn select<N: Visitor<Present<i64>>>(
        &self,
        (list, n): (&((), i64), &i64),
        next: &mut N,
    ) -> Walk {
        next.visit(&(list.1 + n))
    }
}

fn small(path: Inner<Present<Vec<i64>>>) -> impl SubPath<Present<Vec<i64>>, To = Present<i64>> {
    path.ALL().pred_lt(3)
}

#[test]
fn navigators_and_paths_of_ones_own() {
    let list = vec![1, 5, 2];
    assert_eq!(select(&list, path![nav(Largest)]).unwrap(), [5]);
    assert_eq!(select(&list, path![putval(10_i64), ALL, rich_nav(Sum)]).unwrap(), [11, 15, 12]);
    assert_eq!(select(&list, path![then_path(small)]).unwrap(), [1, 2]);
}
