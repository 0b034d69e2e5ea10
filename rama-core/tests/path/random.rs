//! Every path of this stage's navigators on random data, three times: on the naive evaluator, on a plain
//! value, and on rows. All must agree.

use super::naive::{End, Fate, Nav, Untyped, Value};
use super::{Counts, Deep, MapRows, Sets, into, map};
use proptest::prelude::*;
use rama_core::path::{Bare, Edit, Path, Rows, rows, select, select_any, select_one, transform};
use std::collections::{BTreeMap, BTreeSet};

/// Functions for typed paths, and below the same ones for the evaluator.
mod typed {
    use std::collections::BTreeSet;

    pub(super) fn inc(n: i64) -> i64 {
        n.wrapping_add(1)
    }

    pub(super) fn same<T>(value: T) -> T {
        value
    }

    pub(super) fn negated(n: &i64) -> i64 {
        n.wrapping_neg()
    }

    pub(super) fn or_five(n: Option<&i64>) -> i64 {
        n.copied().unwrap_or(5)
    }

    pub(super) fn size(set: &BTreeSet<i64>) -> i64 {
        i64::try_from(set.len()).expect("small")
    }
}

mod untyped {
    use super::Value;

    pub(super) fn inc(value: &Value) -> Value {
        let Value::Int(n) = value else { panic!("{value:?} is no number") };
        Value::Int(n.wrapping_add(1))
    }

    pub(super) fn same(value: &Value) -> Value {
        value.clone()
    }

    pub(super) fn negated(value: &Value) -> Value {
        let Value::Int(n) = value else { panic!("{value:?} is no number") };
        Value::Int(n.wrapping_neg())
    }

    pub(super) fn or_five(value: &Value) -> Value {
        if *value == Value::Nil { Value::Int(5) } else { value.clone() }
    }

    pub(super) fn size(value: &Value) -> Value {
        Value::Int(i64::try_from(value.elements().len()).expect("small"))
    }
}

/// A path as a chain of methods.
macro_rules! chain {
    ($path:expr;) => { $path };
    ($path:expr; view $function:ident $($rest:tt)*) => { chain!($path.view(typed::$function); $($rest)*) };
    ($path:expr; term $function:ident) => { $path.term(typed::$function) };
    ($path:expr; update $function:ident) => { $path.update(|value| *value = typed::$function(value.clone())) };
    ($path:expr; $nav:ident ($($argument:expr),*) $($rest:tt)*) => {
        chain!($path.$nav($($argument),*); $($rest)*)
    };
}

/// The same path as a list for the evaluator, and its end.
macro_rules! list {
    ($list:ident;) => { None };
    ($list:ident; view $function:ident $($rest:tt)*) => {
        { $list.push(Nav::View(untyped::$function)); list!($list; $($rest)*) }
    };
    ($list:ident; term $function:ident) => { Some(End::Term(untyped::$function)) };
    ($list:ident; update $function:ident) => { Some(End::Term(untyped::$function)) };
    ($list:ident; termval($value:expr)) => { Some(End::Val($value.untyped())) };
    ($list:ident; NONE()) => { Some(End::None) };
    ($list:ident; $nav:ident ($($argument:expr),*) $($rest:tt)*) => {
        { $list.push(nav!($nav($($argument),*))); list!($list; $($rest)*) }
    };
}

macro_rules! nav {
    (keypath($key:expr)) => {
        Nav::Keypath($key.untyped())
    };
    (must($key:expr)) => {
        Nav::Must($key.untyped())
    };
    (nil_to_val($value:expr)) => {
        Nav::NilToVal($value.untyped())
    };
    (NIL_TO_SET()) => {
        Nav::NilToVal(BTreeSet::<i64>::new().untyped())
    };
    (ALL()) => {
        Nav::All
    };
    (MAP_VALS()) => {
        Nav::MapVals
    };
    (set_elem($element:expr)) => {
        Nav::SetElem($element.untyped())
    };
    (NONE_ELEM()) => {
        Nav::NoneElem
    };
}

macro_rules! check_selects {
    ($data:ident: $row:ty; $([$($step:tt)+])+) => {$({
        let mut path = vec![];
        let none: Option<End> = list!(path; $($step)+);
        assert!(none.is_none(), "a path that selects has no terminal");
        let expected = $data.untyped().select(&path);
        let memory = MapRows::new($data.clone());
        let plain = select(&$data, |path| chain!(path; $($step)+)).expect("a value cannot fail");
        let stored = rows::select(&memory, &chain!(into!(i64, $row); $($step)+)).expect("memory");
        let any = select_any(&$data, |path| chain!(path; $($step)+)).expect("a value cannot fail");
        let text = stringify!($($step)+);
        prop_assert_eq!(&untyped_list(&plain), &expected, "{} on a value {:?}", text, $data);
        prop_assert_eq!(&untyped_list(&stored), &expected, "{} on rows {:?}", text, $data);
        prop_assert_eq!(any, plain.first().cloned(), "any of {} in {:?}", text, $data);
    })+};
}

macro_rules! check_transforms {
    ($data:ident: $row:ty; $([$($step:tt)+])+) => {$({
        let mut path = vec![];
        let end = list!(path; $($step)+).expect("a path that transforms has a terminal");
        let fate = $data.untyped().transform(&path, &end);
        let expected = if let Fate::Becomes(value) = fate { value } else { $data.untyped() };
        let (mut plain, mut memory) = ($data.clone(), MapRows::new($data.clone()));
        let edit = transform(&mut plain, |path| chain!(path; $($step)+)).expect("a value cannot fail");
        rows::transform(&mut memory, chain!(into!(i64, $row); $($step)+)).expect("memory");
        let text = stringify!($($step)+);
        prop_assert_eq!(&plain.untyped(), &expected, "{} on a value {:?}", text, $data);
        prop_assert_eq!(&memory.rows().untyped(), &expected, "{} on rows {:?}", text, $data);
        prop_assert!(edit == Edit::Changed || plain == $data, "{} on {:?} said kept", text, $data);
    })+};
}

fn untyped_list<T: Untyped>(values: &[T]) -> Vec<Value> {
    values.iter().map(Untyped::untyped).collect()
}

/// Few keys and small numbers, so that paths hit and elements collide.
fn key() -> impl Strategy<Value = i64> {
    0_i64..4
}

fn map_of<T: std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<i64, T>> {
    prop::collection::btree_map(key(), values, 0..4)
}

fn any_set() -> impl Strategy<Value = BTreeSet<i64>> {
    prop::collection::btree_set(key(), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn numbers_agree_with_the_evaluator(data in map_of(key()), k in key(), n in key()) {
        check_selects! { data: i64;
            [keypath(k)] [must(k)] [keypath(k) nil_to_val(n)] [MAP_VALS()] [ALL()]
            [keypath(k) view or_five] [must(k) view negated] [MAP_VALS() view negated]
            [keypath(k) nil_to_val(n) view negated]
        }
        check_transforms! { data: i64;
            [keypath(k) termval(n)] [keypath(k) NONE()] [keypath(k) nil_to_val(n) term inc]
            [keypath(k) nil_to_val(n) NONE()] [keypath(k) nil_to_val(n) update inc]
            [keypath(k) nil_to_val(n) termval(7)] [keypath(k) view or_five term inc]
            [must(k) termval(n)] [must(k) term inc] [must(k) update inc] [must(k) NONE()]
            [must(k) view negated term inc] [must(k) term same] [MAP_VALS() termval(n)]
            [MAP_VALS() term inc] [MAP_VALS() update inc] [MAP_VALS() NONE()]
            [MAP_VALS() view negated NONE()]
        }
    }

    #[test]
    fn maps_agree_with_the_evaluator(data in map_of(map_of(key())), k in key(), j in key(), n in key()) {
        check_selects! { data: Counts;
            [keypath(k)] [keypath(k) keypath(j)] [keypath(k) must(j)] [must(k) keypath(j)]
            [must(k) must(j)] [keypath(k) MAP_VALS()] [keypath(k) ALL()] [must(k) ALL()]
            [MAP_VALS() keypath(j)] [MAP_VALS() must(j)] [MAP_VALS() MAP_VALS()]
            [MAP_VALS() ALL()] [keypath(k) keypath(j) nil_to_val(n)]
            [keypath(k) nil_to_val(map(&[(j, n)])) keypath(j)]
        }
        check_transforms! { data: Counts;
            [keypath(k) keypath(j) termval(n)] [keypath(k) keypath(j) NONE()] [keypath(k) NONE()]
            [keypath(k) keypath(j) nil_to_val(n) term inc] [keypath(k) must(j) term inc]
            [keypath(k) must(j) NONE()] [must(k) keypath(j) termval(n)]
            [must(k) must(j) update inc] [keypath(k) MAP_VALS() term inc]
            [must(k) MAP_VALS() NONE()] [MAP_VALS() keypath(j) termval(n)]
            [MAP_VALS() must(j) term inc] [MAP_VALS() keypath(j) NONE()]
            [MAP_VALS() MAP_VALS() update inc]
            [keypath(k) nil_to_val(map(&[(j, n)])) keypath(n) termval(j)] [MAP_VALS() term same]
            [keypath(k) nil_to_val(map(&[(j, n)])) must(n) NONE()] [must(k) term same]
            [keypath(k) nil_to_val(map(&[(j, n)])) MAP_VALS() term inc] [MAP_VALS() NONE()]
        }
    }

    #[test]
    fn lists_agree_with_the_evaluator(
        data in map_of(prop::collection::vec(key(), 0..4)), k in key(), n in key(),
    ) {
        check_selects! { data: Vec<i64>;
            [keypath(k) ALL()] [must(k) ALL()] [MAP_VALS() ALL()]
            [keypath(k) nil_to_val(vec![n]) ALL()] [keypath(k) ALL() view negated] [ALL()]
        }
        check_transforms! { data: Vec<i64>;
            [keypath(k) ALL() term inc] [keypath(k) ALL() update inc] [keypath(k) ALL() NONE()]
            [must(k) ALL() termval(n)] [MAP_VALS() ALL() term inc] [MAP_VALS() ALL() NONE()]
            [keypath(k) nil_to_val(vec![n]) ALL() term inc] [keypath(k) termval(vec![n])]
            [keypath(k) ALL() view negated term inc]
        }
    }

    #[test]
    fn sets_agree_with_the_evaluator(data in map_of(any_set()), k in key(), e in key(), n in key()) {
        check_selects! { data: BTreeSet<i64>;
            [keypath(k) ALL()] [keypath(k) set_elem(e)] [must(k) set_elem(e)]
            [MAP_VALS() set_elem(e)] [MAP_VALS() ALL()] [keypath(k) NIL_TO_SET()]
            [keypath(k) NIL_TO_SET() view size] [keypath(k) NIL_TO_SET() set_elem(e) view negated]
        }
        check_transforms! { data: BTreeSet<i64>;
            [keypath(k) NONE_ELEM() termval(n)] [must(k) NONE_ELEM() termval(n)]
            [keypath(k) NIL_TO_SET() NONE_ELEM() termval(n)] [MAP_VALS() NONE_ELEM() termval(n)]
            [keypath(k) set_elem(e) NONE()] [keypath(k) set_elem(e) termval(n)]
            [must(k) set_elem(e) term inc] [keypath(k) set_elem(e) update inc]
            [MAP_VALS() set_elem(e) NONE()] [keypath(k) ALL() term inc]
            [keypath(k) ALL() termval(n)] [must(k) ALL() update inc] [MAP_VALS() ALL() NONE()]
            [keypath(k) NIL_TO_SET() set_elem(e) NONE()]
            [keypath(k) set_elem(e) view negated term inc] [keypath(k) NIL_TO_SET() term same]
        }
    }

    #[test]
    fn deep_paths_agree_with_the_evaluator(
        data in map_of(map_of(any_set())), k in key(), j in key(), e in key(),
    ) {
        check_selects! { data: Sets;
            [keypath(k) keypath(j) ALL()] [MAP_VALS() MAP_VALS() ALL()]
            [must(k) keypath(j) set_elem(e)] [MAP_VALS() keypath(j) NIL_TO_SET() view size]
            [keypath(k) ALL()]
        }
        check_transforms! { data: Sets;
            [keypath(k) keypath(j) NONE_ELEM() termval(e)] [must(k) must(j) set_elem(e) NONE()]
            [MAP_VALS() MAP_VALS() ALL() term inc] [keypath(k) MAP_VALS() set_elem(e) termval(9)]
            [MAP_VALS() keypath(j) NIL_TO_SET() NONE_ELEM() termval(e)]
            [must(k) keypath(j) set_elem(e) NONE()]
        }
    }

    #[test]
    fn a_select_finds_what_termval_wrote(data in map_of(map_of(any_set())), k in key(), j in key(), e in any_set()) {
        let mut deep: Deep = data;
        transform(&mut deep, |path| path.keypath(k).keypath(j).termval(e.clone())).expect("cannot fail");
        prop_assert_eq!(select_one(&deep, |path| path.keypath(k).keypath(j)).expect("one"), Some(e));
        transform(&mut deep, |path| path.keypath(k).keypath(j).NONE()).expect("cannot fail");
        prop_assert_eq!(select_one(&deep, |path| path.keypath(k).keypath(j)).expect("one"), None);
    }

    #[test]
    fn an_identity_changes_nothing(data in map_of(map_of(any_set())), k in key(), j in key()) {
        let mut deep: Deep = data.clone();
        transform(&mut deep, |path| path.MAP_VALS().MAP_VALS().ALL().term(|e| e)).expect("cannot fail");
        transform(&mut deep, |path| path.must(k).must(j).term(|sets| sets)).expect("cannot fail");
        transform(&mut deep, |path| path.keypath(k).must(j).update(|_| ())).expect("cannot fail");
        prop_assert_eq!(deep, data);
    }
}
