//! Typed paths as data: sent as text and read back as dynamic paths, they find and change the same.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

#[path = "portable/rows.rs"]
mod rows;
#[path = "portable/values.rs"]
mod values;

use proptest::collection::vec;
use proptest::prelude::*;
use rama_core::dynamic::{Data, Path, Type};
use rama_core::path::{
    PathError, PortableError, PortablePath, Present, SelectPath, TransformPath, ValuePath, select,
    to_json, transform,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A value in the JSON form of dynamic data.
fn json_of<V: Serialize + Clone + 'static>(value: &V) -> Json {
    let path = to_json::<Present<()>, _>(|path| path.putval(value.clone()));
    path.unwrap()[0][1].clone()
}

/// The path as another process gets it.
fn sent(path: Result<Json, PortableError>) -> Path {
    path.unwrap().to_string().parse().unwrap()
}

/// Data of a type from a typed value.
fn data_of<T: Serialize + Clone + 'static>(ty: &Type, value: &T) -> Data {
    Data::from_json(&json_of(value), ty).unwrap()
}

/// The path finds the same as data, and is this.
fn reads<T, Q, O>(ty: &str, value: T, path: impl Fn(ValuePath<T>) -> Q, expected: Json)
where
    T: Serialize + Clone + 'static,
    Q: SelectPath<From = Present<T>, Out = O> + PortablePath<Present<T>>,
    O: Serialize + Clone + 'static,
{
    assert_eq!(to_json::<Present<T>, _>(&path), Ok(expected));
    same(ty, &value, path);
}

/// What the path finds is the same.
fn same<T, Q, O>(ty: &str, value: &T, path: impl Fn(ValuePath<T>) -> Q)
where
    T: Serialize + Clone + 'static,
    Q: SelectPath<From = Present<T>, Out = O> + PortablePath<Present<T>>,
    O: Serialize + Clone + 'static,
{
    let ty: Type = ty.parse().unwrap();
    let json = to_json::<Present<T>, _>(&path);
    let plan = sent(json.clone()).to_select(&ty).unwrap();
    let found = plan.select(&data_of(&ty, value)).unwrap();
    let found: Vec<_> = found.iter().map(Data::to_json).collect();
    let typed: Vec<_> = select(value, &path).unwrap().iter().map(json_of).collect();
    assert_eq!(found, typed, "{json:?}");
}

/// The path changes the same as data, and is this. It changes something.
#[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
fn writes<T, Q>(ty: &str, value: T, path: impl Fn(ValuePath<T>) -> Q, expected: Json)
where
    T: Serialize + Clone + 'static,
    Q: TransformPath<From = Present<T>> + PortablePath<Present<T>>,
{
    assert_eq!(to_json::<Present<T>, _>(&path).as_ref(), Ok(&expected));
    let after = same_after(ty, &value, path);
    assert_ne!(after, json_of(&value), "{expected} changes something");
}

/// What the path makes of the data is the same.
fn same_after<T, Q>(ty: &str, value: &T, path: impl Fn(ValuePath<T>) -> Q) -> Json
where
    T: Serialize + Clone + 'static,
    Q: TransformPath<From = Present<T>> + PortablePath<Present<T>>,
{
    let ty: Type = ty.parse().unwrap();
    let json = to_json::<Present<T>, _>(&path);
    let mut data = data_of(&ty, value);
    sent(json.clone()).to_transform(&ty).unwrap().transform(&mut data).unwrap();
    let mut typed = value.clone();
    transform(&mut typed, &path).unwrap();
    assert_eq!(data.to_json(), json_of(&typed), "{json:?}");
    data.to_json()
}

/// The path has no form as data, for this reason.
fn refused<Q>(path: impl FnOnce(ValuePath<Vec<Vec<u64>>>) -> Q, expected: &PortableError)
where
    Q: PortablePath<Present<Vec<Vec<u64>>>>,
{
    assert_eq!(to_json::<Present<Vec<Vec<u64>>>, _>(path).as_ref(), Err(expected));
}

#[test]
fn what_has_no_form_is_refused_with_what_to_write() {
    refused(|path| path.nthpath(0).srange(1..), &PortableError::OpenRange { from: 1 });
    let apart = PortableError::CountsApart { navigator: "take" };
    refused(|path| path.ALL().then_path(|path| path.ALL().take(1)), &apart);
    refused(|path| path.ALL().if_term(|path| path, |path| path.ALL().take(1).NONE()), &apart);
    let apart = PortableError::CountsApart { navigator: "distinct" };
    refused(|path| path.ALL().subselect(|path| path.ALL().distinct()), &apart);
    refused(|path| path.ALL().VAL().distinct(), &PortableError::DistinctCollected);
    refused(
        |path| path.nthpath(0).multi_path(|path| (path, path.srange(0..1))).NONE(),
        &PortableError::MixedRemoval,
    );
    let again = PortableError::AgainOutside;
    assert!(again.to_string().contains("inside of its own `recursive_path`"));
}

#[test]
fn a_path_that_counts_does_so_where_it_runs_once() {
    let lists = || vec![vec![1_u64, 2], vec![3], vec![1]];
    let all = json!(["ALL"]);
    reads(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.ALL().ALL().take(3),
        json!([all, all, ["take", 3]]),
    );
    reads(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.nthpath(0).then_path(|path| path.ALL().take(1)),
        json!([["nthpath", 0], all, ["take", 1]]),
    );
    reads(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.ALL().collect(|path| path.ALL().take(1)).ALL(),
        json!([all, ["collect", all, ["take", 1]], all]),
    );
    reads(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.ALL().ALL().distinct(),
        json!([all, all, ["distinct"]]),
    );
    reads(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.ALL().selected(|path| path.ALL().distinct().pred_eq(1)),
        json!([all, ["selected", all, ["distinct"], ["pred_eq", 1]]]),
    );
    writes(
        "Vec<Vec<u64>>",
        lists(),
        |path| path.ALL().ALL().take(2).termval(9),
        json!([all, all, ["take", 2], ["termval", 9]]),
    );
}

#[test]
fn both_fail_where_the_data_does_not_have_it() {
    let json = to_json::<Present<Vec<u64>>, _>(|path| path.nthpath(3));
    let ty: Type = "Vec<u64>".parse().unwrap();
    let found = sent(json).to_select(&ty).unwrap().select(&data_of(&ty, &vec![1_u64]));
    assert!(found.unwrap_err().to_string().contains("there is no element 3"));
    let typed = select(&vec![1_u64], |path| path.nthpath(3));
    assert!(matches!(typed, Err(PathError::OutOfRange { index: 3, len: 1 })));
}

proptest! {
    #[test]
    fn ranges_and_branches_are_the_same_over_any_data(
        lists in vec(vec(0..9_u64, 0..5), 0..4), map: BTreeMap<i8, bool>, from: i8, to: i8, most in 0..4_usize, n in 0..9_u64,
    ) {
        let ty = "Vec<Vec<u64>>";
        same(ty, &lists, |path| path.ALL().filterer(|path| path.pred_ge(n)));
        same(ty, &lists, |path| path.ALL().if_else_path(|path| path.ALL().pred_eq(n), |path| path.ALL(), |path| path.LAST()));
        same(ty, &lists, |path| path.ALL().selected(|path| path.FIRST().pred_lt(n)).VAL().ALL().take(most));
        same_after(ty, &lists, |path| path.ALL().ALL().pred_gt(n).NONE());
        same_after(ty, &lists, |path| path.subselect(|path| path.ALL().ALL().pred_ne(n)).termval(vec![n, 0]));
        same_after(ty, &lists, |path| path.ALL().multi_term(|path| (path.END().termval(vec![n]), path.ALL().pred_eq(n).termval(0))));
        let ty = "BTreeMap<i8, bool>";
        same(ty, &map, |path| path.sorted_map_range(from..=to));
        same(ty, &map, |path| path.sorted_map_range_to(to, most).sorted_map_range_from_start(2).KEYED_VALS());
        same_after(ty, &map, |path| path.sorted_map_range_from(from, most).NONE());
        same_after(ty, &map, |path| path.keypath(from).nil_to_val(true).term_named("not", |it| !it));
    }
}
