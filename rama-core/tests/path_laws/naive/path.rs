//! Paths as data of the evaluator, and their JSON.

use super::Value;
use rama_core::dynamic::Type;
use serde_json::{Map as JsonMap, Value as Json, json};
use std::collections::BTreeSet;

pub(crate) type Path = Vec<Step>;

/// A navigator in its place.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) nav: Nav,
    /// The type of the place it stands on, where one is known: what a function gives has to fit it.
    pub(crate) here: Option<Type>,
    /// Tells steps that remember something from each other.
    pub(crate) id: usize,
}

/// What a step does.
#[expect(clippy::enum_variant_names, reason = "variants are named like the navigators")]
#[derive(Clone, Debug)]
pub(crate) enum Nav {
    /// `keypath` in a map.
    Keypath(Value),
    /// `keypath` in a list, which writing may make.
    Index(usize),
    /// `keypath` in a tuple, which comes whole or not at all.
    Part(usize),
    Must(Value),
    MapKey(Value),
    Submap(Vec<Value>),
    MapVals,
    MapKeys,
    KeyedVals,
    All,
    Nth(usize),
    First,
    Last,
    Beginning,
    End,
    BeforeElem,
    AfterElem,
    BeforeIndex(usize),
    Srange(usize, usize),
    Runs(Call),
    IndexNav(usize),
    IndexedVals(usize),
    UpsertBy(Path, Value),
    SetElem(Value),
    Subset(BTreeSet<Value>),
    NoneElem,
    MapRange(Span),
    SetRange(Span),
    Pred(Call),
    Compare(Comparison, Value),
    Selected(Path),
    NotSelected(Path),
    IsCollected(Path),
    Filterer(Path),
    View(Call),
    Size,
    Transformed(Path),
    NilTo(Value),
    NoneTo(Value),
    Stay,
    Stop,
    IfPath(Path, Path, Option<Path>),
    CondPath(Vec<(Path, Path)>),
    MultiPath(Vec<Path>),
    StayThenContinue(Path),
    ContinueThenStay(Path),
    Subselect(Path),
    Compact(Path),
    WithPageSize(usize, Path),
    Take(usize),
    Distinct,
    Val,
    Collect(Path),
    CollectOne(Path),
    Putval(Value),
    Dispense,
    WithFreshCollected(Path),
    Term(Call),
    Termval(Value),
    Remove,
}

/// A function by its name, with what is written behind it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) arguments: Vec<Value>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Which keys or elements a range has.
#[derive(Clone, Debug)]
pub(crate) enum Span {
    Between { start: Value, end: Value, inclusive_start: bool, inclusive_end: bool },
    From { start: Value, inclusive: bool, most: Option<usize> },
    FromStart(usize),
    To { end: Value, inclusive: bool, most: Option<usize> },
    ToEnd(usize),
}

impl From<Nav> for Step {
    fn from(nav: Nav) -> Self {
        Self { nav, here: None, id: 0 }
    }
}

/// The JSON of a path.
pub(crate) fn to_json(path: &[Step]) -> Json {
    path.iter().map(Step::to_json).collect()
}

/// The steps of a path as further arguments.
fn with_steps(name: &str, arguments: &[Json], path: &[Step]) -> Json {
    let mut step = vec![json!(name)];
    step.extend_from_slice(arguments);
    step.extend(path.iter().map(Step::to_json));
    if path.is_empty() {
        step.push(json!(["STAY"]));
    }
    step.into()
}

impl Step {
    /// The step as JSON.
    pub(crate) fn to_json(&self) -> Json {
        match &self.nav {
            Nav::Keypath(key) => json!(["keypath", key.to_json()]),
            Nav::Index(index) | Nav::Part(index) => json!(["keypath", index]),
            Nav::Must(key) => json!(["must", key.to_json()]),
            Nav::MapKey(key) => json!(["map_key", key.to_json()]),
            Nav::Submap(keys) => json!(["submap", jsons(keys)]),
            Nav::Nth(index) => json!(["nthpath", index]),
            Nav::BeforeIndex(index) => json!(["before_index", index]),
            Nav::Srange(start, end) => json!(["srange", start, end]),
            Nav::IndexNav(index) => json!(["index_nav", index]),
            Nav::IndexedVals(0) => json!(["INDEXED_VALS"]),
            Nav::IndexedVals(start) => json!(["indexed_vals", start]),
            Nav::SetElem(element) => json!(["set_elem", element.to_json()]),
            Nav::Subset(elements) => json!(["subset", jsons(elements)]),
            Nav::MapRange(span) => span.to_json("map"),
            Nav::SetRange(span) => span.to_json("set"),
            Nav::Runs(call) => call.to_json("continuous_subseqs"),
            Nav::Pred(call) => call.to_json("pred"),
            Nav::View(call) => call.to_json("view"),
            Nav::Term(call) => call.to_json("term"),
            Nav::Compare(comparison, value) => json!([comparison.name(), value.to_json()]),
            Nav::NilTo(Value::Set(set)) if set.is_empty() => json!(["NIL_TO_SET"]),
            Nav::NilTo(Value::Map(map)) if map.is_empty() => json!(["NIL_TO_MAP"]),
            Nav::NilTo(value) => json!(["nil_to_val", value.to_json()]),
            Nav::NoneTo(value) => json!(["none_to_val", value.to_json()]),
            Nav::Putval(value) => json!(["putval", value.to_json()]),
            Nav::Termval(value) => json!(["termval", value.to_json()]),
            Nav::Take(count) => json!(["take", count]),
            other => with_paths(other).unwrap_or_else(|| json!([name(other)])),
        }
    }
}

/// The steps that have paths.
fn with_paths(nav: &Nav) -> Option<Json> {
    Some(match nav {
        Nav::UpsertBy(path, value) => json!(["upsert_by", to_json(path), value.to_json()]),
        Nav::Selected(path) => with_steps("selected", &[], path),
        Nav::NotSelected(path) => with_steps("not_selected", &[], path),
        Nav::IsCollected(path) => with_steps("is_collected", &[], path),
        Nav::Filterer(path) => with_steps("filterer", &[], path),
        Nav::Transformed(path) => with_steps("transformed", &[], path),
        Nav::StayThenContinue(path) => with_steps("stay_then_continue", &[], path),
        Nav::ContinueThenStay(path) => with_steps("continue_then_stay", &[], path),
        Nav::Subselect(path) => with_steps("subselect", &[], path),
        Nav::Compact(path) => with_steps("compact", &[], path),
        Nav::WithPageSize(size, path) => with_steps("with_page_size", &[json!(size)], path),
        Nav::Collect(path) => with_steps("collect", &[], path),
        Nav::CollectOne(path) => with_steps("collect_one", &[], path),
        Nav::WithFreshCollected(path) => with_steps("with_fresh_collected", &[], path),
        Nav::IfPath(condition, then, None) => json!(["if_path", to_json(condition), to_json(then)]),
        Nav::IfPath(condition, then, Some(other)) => {
            json!(["if_path", to_json(condition), to_json(then), to_json(other)])
        }
        Nav::CondPath(cases) => {
            let paths = cases.iter().flat_map(|(condition, path)| [condition, path]);
            [json!("cond_path")].into_iter().chain(paths.map(|path| to_json(path))).collect()
        }
        Nav::MultiPath(paths) => {
            let paths = paths.iter().map(|path| to_json(path));
            [json!("multi_path")].into_iter().chain(paths).collect()
        }
        _ => return None,
    })
}

/// The names of those that take nothing.
fn name(nav: &Nav) -> &'static str {
    match nav {
        Nav::MapVals => "MAP_VALS",
        Nav::MapKeys => "MAP_KEYS",
        Nav::KeyedVals => "KEYED_VALS",
        Nav::All => "ALL",
        Nav::First => "FIRST",
        Nav::Last => "LAST",
        Nav::Beginning => "BEGINNING",
        Nav::End => "END",
        Nav::BeforeElem => "BEFORE_ELEM",
        Nav::AfterElem => "AFTER_ELEM",
        Nav::NoneElem => "NONE_ELEM",
        Nav::Size => "SIZE",
        Nav::Stay => "STAY",
        Nav::Stop => "STOP",
        Nav::Distinct => "distinct",
        Nav::Val => "VAL",
        Nav::Dispense => "DISPENSE",
        Nav::Remove => "NONE",
        other => unreachable!("it has arguments: {other:?}"),
    }
}

fn jsons<'v>(values: impl IntoIterator<Item = &'v Value>) -> Json {
    values.into_iter().map(Value::to_json).collect()
}

impl Call {
    pub(crate) fn of(name: &'static str) -> Self {
        Self { name, arguments: vec![] }
    }

    fn to_json(&self, navigator: &str) -> Json {
        let arguments = self.arguments.iter().map(Value::to_json);
        [json!(navigator), json!(self.name)].into_iter().chain(arguments).collect()
    }
}

impl Comparison {
    fn name(self) -> &'static str {
        match self {
            Self::Eq => "pred_eq",
            Self::Ne => "pred_ne",
            Self::Lt => "pred_lt",
            Self::Le => "pred_le",
            Self::Gt => "pred_gt",
            Self::Ge => "pred_ge",
        }
    }
}

impl Span {
    fn to_json(&self, kind: &str) -> Json {
        let name = |end: &str| format!("sorted_{kind}_range{end}");
        let one_sided = |inclusive: &bool, most: &Option<usize>| {
            let mut options = JsonMap::from_iter([("inclusive".to_owned(), json!(inclusive))]);
            options.extend(most.map(|most| ("max_amt".to_owned(), json!(most))));
            Json::Object(options)
        };
        match self {
            Self::Between { start, end, inclusive_start, inclusive_end } => json!([
                name(""),
                start.to_json(),
                end.to_json(),
                {"inclusive_start": inclusive_start, "inclusive_end": inclusive_end}
            ]),
            Self::From { start, inclusive, most } => {
                json!([name("_from"), start.to_json(), one_sided(inclusive, most)])
            }
            Self::FromStart(count) => json!([name("_from_start"), count]),
            Self::To { end, inclusive, most } => {
                json!([name("_to"), end.to_json(), one_sided(inclusive, most)])
            }
            Self::ToEnd(count) => json!([name("_to_end"), count]),
        }
    }
}
