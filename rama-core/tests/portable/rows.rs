//! Paths over the rows of PStates: the same writes, typed and as data, into two stores; then the same reads.

use super::{json_of, sent};
use rama_core::dynamic::{Data, Subject, SubjectMut, Type};
use rama_core::path::{PortablePath, SelectPath, TransformPath, to_json};
use rama_core::prelude::*;
use rama_core::schema::Schema;
use rama_core::standalone::{RootPath, Standalone, Untyped};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// A PState to which paths come typed, and one to which they come as data.
struct Twins<S: Schema> {
    typed: Standalone<S>,
    untyped: Untyped,
    schema: Type,
}

impl<S: Schema> Twins<S> {
    fn new() -> Self {
        let schema: Type = S::describe().parse().unwrap();
        Self {
            typed: Standalone::in_memory().unwrap(),
            untyped: Untyped::in_memory(schema.clone()).unwrap(),
            schema,
        }
    }

    fn writes<Q>(&mut self, path: impl Fn(RootPath<S>) -> Q)
    where
        Q: TransformPath<From = S::Root> + PortablePath<S::Root>,
    {
        let plan = sent(to_json::<S::Root, _>(&path)).to_transform(&self.schema).unwrap();
        plan.transform(SubjectMut::Rows(&mut self.untyped)).unwrap();
        self.typed.transform(&path).unwrap();
    }

    #[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
    fn reads<Q, O>(&mut self, path: impl Fn(RootPath<S>) -> Q, expected: Json)
    where
        Q: SelectPath<From = S::Root, Out = O> + PortablePath<S::Root>,
        O: Serialize + Clone + 'static,
    {
        let json = to_json::<S::Root, _>(&path);
        let plan = sent(json.clone()).to_select(&self.schema).unwrap();
        let found = plan.select(Subject::Rows(&self.untyped)).unwrap();
        let found: Json = found.iter().map(Data::to_json).collect();
        let typed: Json = self.typed.select(&path).unwrap().iter().map(json_of).collect();
        assert_eq!(found, typed, "{json:?}");
        assert_eq!(found, expected, "{json:?}");
    }
}

type Shelves = Map<u8, Subindexed<Map<String, Subindexed<Set<i8>, Uncounted>>>>;

#[test]
fn structures_inside_of_structures() {
    let mut shelves = Twins::<Shelves>::new();
    for (room, shelf, thing) in [(1, "a", 5), (1, "a", -5), (1, "b", 7), (2, "a", 0), (3, "c", 1)] {
        shelves.writes(|path| path.keypath(room).keypath(shelf).NONE_ELEM().termval(thing));
    }
    shelves.writes(|path| path.keypath(3).NONE());
    shelves.writes(|path| path.keypath(1).keypath("a").set_elem(5).NONE());
    shelves.writes(|path| path.keypath(2).keypath("a").ALL().termval(9));
    shelves.reads(|path| path.MAP_KEYS(), json!([1, 2]));
    shelves.reads(|path| path.must(1).MAP_KEYS(), json!(["a", "b"]));
    shelves.reads(|path| path.must(1).SIZE(), json!([2]));
    shelves.reads(|path| path.keypath(9).SIZE(), json!([0]));
    shelves.reads(|path| path.MAP_VALS().MAP_VALS().ALL(), json!([-5, 7, 9]));
    shelves.reads(|path| path.must(1).must("a").set_elem(-5), json!([-5]));
    shelves.reads(|path| path.must(1).sorted_map_range_from("b", 1).MAP_KEYS(), json!(["b"]));
    shelves.reads(
        |path| path.must(1).KEYED_VALS().sorted_set_range(-9..8),
        json!([["a", [-5]], ["b", [7]]]),
    );
    shelves.reads(|path| path.MAP_VALS().with_page_size(2).MAP_VALS().SIZE(), json!([1, 1, 1]));
    shelves.reads(|path| path.KEYED_VALS().selected(|path| path.must("b")).SIZE(), json!([[1, 2]]));
    shelves.writes(|path| path.must(1).MAP_VALS().sorted_set_range(-9..8).NONE());
    shelves.reads(|path| path.must(1).MAP_VALS().ALL(), json!([]));
    shelves.writes(|path| path.must(1).MAP_VALS().NONE());
    shelves.reads(|path| path.must(1).MAP_KEYS(), json!([]));
}

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(rename = "full_name")]
    name: String,
    visits: u64,
    tags: Subindexed<Set<String>>,
}

#[test]
fn fixed_keys_by_their_stored_names() {
    let mut accounts = Twins::<Map<u64, Account>>::new();
    accounts.writes(|path| {
        path.keypath(7).field(|it| &it.name, |it| &mut it.name).termval("Ada".to_owned())
    });
    accounts.writes(|path| {
        path.keypath(7)
            .named_field("visits", |it| &it.visits, |it| &mut it.visits)
            .nil_to_val(0)
            .term_named("inc", |n| n + 1)
    });
    accounts.writes(|path| {
        path.keypath(7)
            .field(|it| &it.tags, |it| &mut it.tags)
            .NONE_ELEM()
            .termval("math".to_owned())
    });
    let name = |path: RootPath<Map<u64, Account>>| {
        path.must(7).named_field("name", |it| &it.name, |it| &mut it.name)
    };
    accounts.reads(name, json!(["Ada"]));
    let json = to_json::<<Map<u64, Account> as Schema>::Root, _>(name);
    assert_eq!(json, Ok(json!([["must", 7], ["field", "full_name"]])));
    accounts.reads(
        |path| path.MAP_VALS().field(|it| &it.visits, |it| &mut it.visits).PRESENT(),
        json!([1]),
    );
    accounts.reads(
        |path| path.keypath(7).field(|it| &it.tags, |it| &mut it.tags).subset(["math", "x"]),
        json!([["math"]]),
    );
}

#[test]
fn lists_in_rows_and_values_in_one() {
    type Logs = Map<String, Subindexed<List<(u64, BTreeSet<char>)>>>;
    let mut logs = Twins::<Logs>::new();
    for at in 0..4_u64 {
        let letters: BTreeSet<char> = ('a'..='z').take(at as usize).collect();
        logs.writes(|path| path.keypath("x").AFTER_ELEM().termval((at, letters.clone())));
    }
    logs.writes(|path| path.keypath("x").nthpath(1).NONE());
    logs.writes(|path| path.keypath("x").BEFORE_ELEM().termval((9, BTreeSet::new())));
    logs.reads(|path| path.must("x").SIZE(), json!([4]));
    logs.reads(|path| path.must("x").FIRST(), json!([[9, []]]));
    logs.reads(|path| path.must("x").srange(1..3), json!([[[0, []], [2, ["a", "b"]]]]));
    logs.reads(
        |path| path.must("x").ALL().named_field("1", |it| &it.1, |it| &mut it.1).set_elem('c'),
        json!(["c"]),
    );
    let mut plain = Twins::<Vec<i64>>::new();
    plain.writes(|path| path.termval(vec![3, 4]));
    plain.writes(|path| path.PRESENT().nthpath(0).NONE());
    plain.reads(|path| path.PRESENT().ALL(), json!([4]));
}
