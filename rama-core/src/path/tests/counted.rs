//! Maps and sets in storage do what those in memory do, know their sizes after every step, and leave nothing
//! behind.

use crate::path::rows::{self, Counting, MemoryRows};
use crate::path::{
    Bare, Counted, Edit, One, Path, Present, RangeOptions, RowSet, Rows, Start, Uncounted, select,
    transform,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Maps<C> = Rows<u8, Rows<u8, Rows<u8, Present<u16>, C>, C>>;
type Sets<C> = Rows<u8, Rows<u8, RowSet<u8, C>, C>>;
type MapModel = BTreeMap<u8, BTreeMap<u8, BTreeMap<u8, u16>>>;
type SetModel = BTreeMap<u8, BTreeMap<u8, BTreeSet<u8>>>;

fn start<S: rows::Root>() -> Path<Bare<S>, Start, S, One> {
    Path::start(Bare::new())
}

/// One write: which one, and whatever it needs.
#[derive(Clone, Debug)]
struct Step {
    what: u8,
    a: u8,
    b: u8,
    c: u8,
    n: usize,
    v: u16,
    map: BTreeMap<u8, u16>,
}

/// Keys are few, so that they collide.
const KEYS: u8 = 6;

fn steps(kinds: u8) -> impl Strategy<Value = Vec<Step>> {
    let key = || 0..KEYS;
    let map = btree_map(key(), any::<u16>(), 0..4);
    let step = (0..kinds, 0..3_u8, key(), key(), 0..5_usize, any::<u16>(), map);
    vec(step.prop_map(|(what, a, b, c, n, v, map)| Step { what, a, b, c, n, v, map }), 1..40)
}

/// Runs a write on the model and on the rows. They may say that something changed when it became what it was.
macro_rules! both {
    ($shape:ty, $model:ident, $rows:ident, $path:ident => $write:expr) => {{
        let before = $model.clone();
        let edit = transform($model, |$path| $write).unwrap();
        assert!(edit == Edit::Changed || *$model == before);
        let $path = start::<$shape>();
        let edit = rows::transform($rows, $write).unwrap();
        assert!(edit == Edit::Changed || *$model == before);
    }};
}

const MAP_STEPS: u8 = 33;

fn write_maps<C: Counting>(
    model: &mut MapModel,
    rows: &mut MemoryRows,
    Step { what, a, b, c, n, v, map }: Step,
) {
    let keys: Vec<u8> = map.keys().copied().collect();
    let shift = move |key: u8| (key + c) % KEYS;
    macro_rules! go {
        ($path:ident => $write:expr) => {
            both!(Maps<C>, model, rows, $path => $write)
        };
    }
    match what {
        0 | 1 => go!(p => p.keypath(0).keypath(a).keypath(b).termval(v)),
        2 => go!(p => p.keypath(0).must(a).must(b).term(|n| n.wrapping_add(1))),
        3 => go!(p => p.keypath(0).keypath(a).keypath(b).nil_to_val(7).term(|n| n / 2)),
        4 => go!(p => p.keypath(0).keypath(a).keypath(b).NONE()),
        5 => go!(p => p.must(0).must(a).must(b).NONE()),
        6 => go!(p => p.keypath(0).keypath(a).NONE()),
        7 => go!(p => p.keypath(0).keypath(a).map_key(b).termval(c)),
        8 => go!(p => p.keypath(0).keypath(a).map_key(b).NONE()),
        9 => go!(p => p.keypath(0).keypath(a).MAP_KEYS().term(shift)),
        10 => go!(p => p.keypath(0).keypath(a).MAP_KEYS().term(|key| key / 2)),
        11 => go!(p => p.keypath(0).keypath(a).ALL().term(|(key, n)| (shift(key), n ^ 1))),
        12 => go!(p => p.keypath(0).keypath(a).MAP_VALS().NONE()),
        13 => go!(p => p.keypath(0).MAP_VALS().MAP_VALS().update(|n| *n ^= 1)),
        14 => go!(p => p.keypath(0).keypath(a).submap([b, c]).termval(map.clone())),
        15 => go!(p => p.keypath(0).keypath(a).submap(keys.clone()).term(|part| {
            part.into_iter().map(|(key, n)| (shift(key), n)).collect()
        })),
        16 => go!(p => p.keypath(0).keypath(a).submap(keys.clone()).update(|part| {
            part.retain(|_, n| *n % 2 == 0);
        })),
        17 => go!(p => p.keypath(0).keypath(a).sorted_map_range(b..c).NONE()),
        18 => go!(p => p.keypath(0).keypath(a).sorted_map_range_from(b, n).termval(map.clone())),
        19 => go!(p => p.keypath(0).keypath(a).sorted_map_range_to(b, n).MAP_VALS().NONE()),
        20 => go!(p => p.keypath(0).keypath(a).sorted_map_range_to(b, n).update(|part| {
            part.retain(|_, n| *n % 2 == 0);
            part.insert(c, v);
        })),
        21 => go!(p => p.keypath(0).keypath(a).sorted_map_range(b..=c).MAP_KEYS().term(shift)),
        22 => go!(p => p.keypath(0).keypath(a).sorted_map_range_to_end(n).ALL().term(|(key, n)| {
            (shift(key), n ^ 3)
        })),
        23 => go!(p => p.keypath(0).sorted_map_range(a..c).NONE()),
        24 => go!(p => p.keypath(0).sorted_map_range_to_end(n).MAP_VALS().MAP_VALS().NONE()),
        25 => go!(p => p.keypath(0).sorted_map_range_to_end(n).MAP_VALS().NONE()),
        26 => go!(p => p.keypath(0).keypath(a).sorted_map_range(..c).keypath(b).termval(v)),
        27 => go!(p => p.keypath(0).keypath(a).sorted_map_range_from_start(n).keypath(b).NONE()),
        28 => {
            go!(p => p.keypath(0).keypath(a).sorted_map_range(c..).keypath(b).nil_to_val(7).term(|n| n / 2))
        }
        29 => {
            go!(p => p.keypath(0).keypath(a).sorted_map_range_from(b, n).sorted_map_range_to(c, 2).NONE())
        }
        30 => go!(p => p.keypath(0).KEYED_VALS().KEYED_VALS().term(|(a, b, n)| {
            n.wrapping_add(u16::from(*a) * 10 + u16::from(*b))
        })),
        31 => go!(p => p.keypath(0).sorted_map_range_from(a, n).must(c % 3).MAP_KEYS().NONE()),
        _ => go!(p => p.keypath(0).NONE()),
    }
}

fn maps_agree<C: Counting>(steps: Vec<Step>) {
    let mut model = MapModel::new();
    let mut rows = MemoryRows::new();
    for step in steps {
        let range = step.b..step.c;
        let (from, most) = (step.b, RangeOptions::new().max_amt(step.n).inclusive(false));
        write_maps::<C>(&mut model, &mut rows, step);
        macro_rules! same {
            ($p:ident => $path:expr) => {{
                let expected = select(&model, |$p| $path).unwrap();
                let $p = start::<Maps<C>>();
                assert_eq!(rows::select(&rows, &$path).unwrap(), expected);
            }};
        }
        same!(p => p.keypath(0).KEYED_VALS().KEYED_VALS());
        same!(p => p.keypath(0).SIZE());
        same!(p => p.keypath(0).KEYED_VALS().SIZE());
        same!(p => p.keypath(0).sorted_map_range(range.clone()).SIZE());
        same!(p => p.keypath(0).KEYED_VALS().sorted_map_range(range.clone()));
        same!(p => p.keypath(0).KEYED_VALS().sorted_map_range_from(from, most).MAP_VALS());
        same!(p => p.keypath(0).KEYED_VALS().sorted_map_range_to(from, most).ALL());
        same!(p => p.keypath(0).KEYED_VALS().sorted_map_range_to(from, most).SIZE());
        same!(p => p.keypath(0).sorted_map_range_to_end(2).MAP_KEYS());
        same!(p => p.keypath(0).sorted_map_range_to_end(2).MAP_VALS().MAP_VALS());
        let inner = model.values().flat_map(BTreeMap::values).map(|map| 1 + map.len());
        assert_eq!(rows.len(), model.len() + inner.sum::<usize>());
    }
}

const SET_STEPS: u8 = 20;

fn write_sets<C: Counting>(
    model: &mut SetModel,
    rows: &mut MemoryRows,
    Step { what, a, b, c, n, map, .. }: Step,
) {
    let set: BTreeSet<u8> = map.into_keys().collect();
    let shift = move |element: u8| (element + c) % KEYS;
    macro_rules! go {
        ($path:ident => $write:expr) => {
            both!(Sets<C>, model, rows, $path => $write)
        };
    }
    match what {
        0..=2 => go!(p => p.keypath(0).keypath(a).NONE_ELEM().termval(b)),
        3 => go!(p => p.keypath(0).keypath(a).set_elem(b).NONE()),
        4 => go!(p => p.keypath(0).keypath(a).set_elem(b).termval(c)),
        5 => go!(p => p.keypath(0).keypath(a).ALL().term(shift)),
        6 => go!(p => p.keypath(0).keypath(a).ALL().term(|element| element / 2)),
        7 => go!(p => p.keypath(0).keypath(a).ALL().NONE()),
        8 => go!(p => p.keypath(0).keypath(a).subset([b, c]).termval(set.clone())),
        9 => go!(p => p.keypath(0).keypath(a).subset(&set).term(|part| {
            part.into_iter().map(shift).collect()
        })),
        10 => go!(p => p.keypath(0).keypath(a).subset(&set).update(|part| part.clear())),
        11 => go!(p => p.keypath(0).keypath(a).sorted_set_range(b..c).NONE()),
        12 => go!(p => p.keypath(0).keypath(a).sorted_set_range_from(b, n).termval(set.clone())),
        13 => go!(p => p.keypath(0).keypath(a).sorted_set_range_to(b, n).ALL().term(shift)),
        14 => go!(p => p.keypath(0).keypath(a).sorted_set_range_to_end(n).ALL().NONE()),
        15 => go!(p => p.keypath(0).keypath(a).sorted_set_range_from_start(n).set_elem(b).NONE()),
        16 => go!(p => p.keypath(0).keypath(a).sorted_set_range(b..).set_elem(c).termval(b)),
        17 => go!(p => p.keypath(0).keypath(a).sorted_set_range(b..c).NONE_ELEM().termval(c)),
        18 => go!(p => p.keypath(0).keypath(a).NONE()),
        _ => go!(p => p.keypath(0).NONE()),
    }
}

fn sets_agree<C: Counting>(steps: Vec<Step>) {
    let mut model = SetModel::new();
    let mut rows = MemoryRows::new();
    for step in steps {
        let (from, n) = (step.b, step.n);
        write_sets::<C>(&mut model, &mut rows, step);
        macro_rules! same {
            ($p:ident => $path:expr) => {{
                let expected = select(&model, |$p| $path).unwrap();
                let $p = start::<Sets<C>>();
                assert_eq!(rows::select(&rows, &$path).unwrap(), expected);
            }};
        }
        same!(p => p.keypath(0).KEYED_VALS().ALL());
        same!(p => p.keypath(0).SIZE());
        same!(p => p.keypath(0).KEYED_VALS().SIZE());
        same!(p => p.keypath(0).KEYED_VALS().sorted_set_range_to(from, n));
        same!(p => p.keypath(0).KEYED_VALS().sorted_set_range_to(from, n).ALL());
        same!(p => p.keypath(0).KEYED_VALS().sorted_set_range_from(from, n).SIZE());
        same!(p => p.keypath(0).KEYED_VALS().subset([1, 3, 5]));
        same!(p => p.keypath(0).KEYED_VALS().sorted_set_range_from(from, n).set_elem(3));
        let inner = model.values().flat_map(BTreeMap::values).map(|set| 1 + set.len());
        assert_eq!(rows.len(), model.len() + inner.sum::<usize>());
    }
}

proptest! {
    #[test]
    fn counted_maps_agree_with_maps_in_memory(steps in steps(MAP_STEPS)) {
        maps_agree::<Counted>(steps);
    }

    #[test]
    fn uncounted_maps_agree_with_maps_in_memory(steps in steps(MAP_STEPS)) {
        maps_agree::<Uncounted>(steps);
    }

    #[test]
    fn counted_sets_agree_with_sets_in_memory(steps in steps(SET_STEPS)) {
        sets_agree::<Counted>(steps);
    }

    #[test]
    fn uncounted_sets_agree_with_sets_in_memory(steps in steps(SET_STEPS)) {
        sets_agree::<Uncounted>(steps);
    }
}
