//! Random data and paths of random types: the same over a value in memory and over rows, and the laws.

use super::{canonical, run, run_on_pstate, run_on_rows};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rama_core::dynamic::{Data, DynamicError, Path, Type, navigators};
use serde_json::{Value as Json, json};

/// Schemas with structures at every level, in all combinations of what is stored by rows.
const SCHEMAS: [&str; 10] = [
    "Map<u8, i64>",
    "Map<i8, Map<u8, i64>>",
    "Map<i8, Subindexed<Map<u8, i64>>>",
    "Map<u8, Subindexed<Set<i64>>>",
    "Map<u8, Set<i64>>",
    "Map<u8, Subindexed<List<i64>>>",
    "Map<u8, List<i64>>",
    "Map<u8, Subindexed<List<Subindexed<Set<i64>>>>>",
    "{ a: i64, b: Subindexed<Map<u8, Subindexed<Set<i64>, Uncounted>>>, c: List<i64>, d: Subindexed<List<i64>> }",
    "Map<u8, { a: Option<i64>, b: Subindexed<Map<u8, List<i64>>>, c: Map<(u8, bool), i64> }>",
];

/// Makes decisions out of random bytes; without more of them, always the first.
struct Choices<'c>(&'c [u8]);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % count
    }

    fn key(&mut self, ty: &Type) -> Json {
        match ty.to_string().as_str() {
            "(u8, bool)" => json!([self.below(3), self.below(2) == 1]),
            _ => json!(self.below(4)),
        }
    }

    fn data(&mut self, ty: &Type) -> Json {
        match ty {
            Type::Subindexed(inner, _) => self.data(inner),
            Type::Option(inner) => {
                if self.below(3) == 0 {
                    Json::Null
                } else {
                    self.data(inner)
                }
            }
            Type::Map(key, value) => {
                let mut entries: Vec<(Json, Json)> = Vec::new();
                for _ in 0..self.below(5) {
                    let key = self.key(key);
                    if entries.iter().all(|(known, _)| *known != key) {
                        entries.push((key, self.data(value)));
                    }
                }
                entries.into_iter().map(|(key, value)| json!([key, value])).collect()
            }
            Type::Set(_) => (0..self.below(4)).map(Json::from).collect(),
            Type::List(element) => (0..self.below(5)).map(|_| self.data(element)).collect(),
            Type::Record(fields) => {
                let mut object = serde_json::Map::new();
                for (name, ty) in fields {
                    if self.below(4) > 0 {
                        object.insert(name.clone(), self.data(ty));
                    }
                }
                Json::Object(object)
            }
            _ => json!(self.below(4)),
        }
    }

    /// Some steps, and the type of what they lead to.
    fn steps(&mut self, ty: &Type, writes: bool, steps: &mut Vec<Json>) -> Type {
        let mut ty = ty.clone();
        for _ in 0..1 + self.below(5) {
            ty = self.step(&ty, writes, steps);
        }
        ty
    }

    fn step(&mut self, ty: &Type, writes: bool, steps: &mut Vec<Json>) -> Type {
        let inner = match ty {
            Type::Subindexed(inner, _) | Type::Option(inner) => inner.as_ref().clone(),
            other => other.clone(),
        };
        if self.below(6) == 0 {
            return self.anywhere(ty, writes, steps);
        }
        match &inner {
            Type::Map(key, value) => self.map_step(&inner, key, value, steps),
            Type::Record(fields) => {
                let (name, ty) = &fields[self.below(fields.len())];
                let step = if self.below(2) == 0 { json!(["must", name]) } else { json!(name) };
                steps.push(step);
                ty.clone()
            }
            Type::Set(element) => self.set_step(&inner, element, writes, steps),
            Type::List(element) => self.list_step(&inner, element, writes, steps),
            _ => self.anywhere(ty, writes, steps),
        }
    }

    fn map_step(&mut self, map: &Type, key: &Type, value: &Type, steps: &mut Vec<Json>) -> Type {
        let (one, other) = (self.key(key), self.key(key));
        let (step, to) = match self.below(12) {
            0 | 1 => (json!(["keypath", one]), value),
            2 => (json!(["must", one]), value),
            3 => (json!(["MAP_VALS"]), value),
            4 => (json!(["MAP_KEYS"]), key),
            5 => (json!(["map_key", one]), key),
            6 => (json!(["submap", [one]]), map),
            7 => (
                json!(["sorted_map_range_from", one, {"max_amt": 2, "inclusive": self.below(2) == 0}]),
                map,
            ),
            8 => (
                json!(["sorted_map_range_to", one, {"max_amt": 2, "inclusive": self.below(2) == 0}]),
                map,
            ),
            9 => (json!(["sorted_map_range", one, other]), map),
            10 => (json!(["sorted_map_range_to_end", 2]), map),
            _ => (json!(["KEYED_VALS"]), value),
        };
        steps.push(step);
        to.clone()
    }

    fn set_step(
        &mut self,
        set: &Type,
        element: &Type,
        writes: bool,
        steps: &mut Vec<Json>,
    ) -> Type {
        let one = self.key(element);
        let (step, to) = match self.below(if writes { 8 } else { 7 }) {
            0 => (json!(["ALL"]), element),
            1 => (json!(["set_elem", one]), element),
            2 => (json!(["subset", [one, 9]]), set),
            3 => (json!(["FIRST"]), element),
            4 => (json!(["LAST"]), element),
            5 => (json!(["sorted_set_range_from", one, 2]), set),
            6 => (json!(["sorted_set_range_to", one, {"max_amt": 2}]), set),
            _ => (json!(["NONE_ELEM"]), element),
        };
        steps.push(step);
        to.clone()
    }

    fn list_step(
        &mut self,
        list: &Type,
        element: &Type,
        writes: bool,
        steps: &mut Vec<Json>,
    ) -> Type {
        let index = self.below(4);
        let (step, to) = match self.below(if writes { 13 } else { 10 }) {
            0 => (json!(["ALL"]), element),
            1 => (json!(["nthpath", index]), element),
            2 => (json!(["FIRST"]), element),
            3 => (json!(["LAST"]), element),
            4 => (json!(["keypath", index]), element),
            5 => (json!(["srange", 0, index]), list),
            6 => (json!(["END"]), list),
            7 => (json!(["filterer", ["pred", "is_odd"]]), list),
            8 => (json!(["index_nav", index]), &Type::Int(rama_core::dynamic::Int::U64)),
            9 => (json!(["KEYED_VALS"]), element),
            10 => (json!(["AFTER_ELEM"]), element),
            11 => (json!(["BEFORE_ELEM"]), element),
            _ => (json!(["before_index", index]), element),
        };
        steps.push(step);
        to.clone()
    }

    /// Steps that can stand on anything.
    fn anywhere(&mut self, ty: &Type, writes: bool, steps: &mut Vec<Json>) -> Type {
        let mut inside = Vec::new();
        match self.below(9) {
            0 => steps.push(json!(["pred", "is_some"])),
            1 => steps.push(json!(["take", 2])),
            2 => steps.push(json!(["putval", 1])),
            3 => {
                _ = self.steps(ty, false, &mut inside);
                steps.push(json!(["selected", [["STAY"]], inside]));
            }
            4 => {
                _ = self.steps(ty, false, &mut inside);
                steps.push(json!(["if_path", [["STAY"], inside[0]], [["STAY"]], [["STOP"]]]));
            }
            5 => {
                let to = self.step(ty, writes, &mut inside);
                steps.push(json!(["multi_path", [["STAY"], inside[0]], [["STAY"], inside[0]]]));
                return to;
            }
            6 => {
                let to = self.step(ty, writes, &mut inside);
                steps.push(json!(["compact", [["STAY"], inside[0]]]));
                return to;
            }
            7 => steps.push(json!(["view", "is_null"])),
            _ => steps.push(json!(["not_selected", ["STOP"]])),
        }
        ty.clone()
    }
}

/// What rows cannot do and a value in memory can.
fn is_for_values_only(error: &DynamicError) -> bool {
    let message = error.to_string();
    ["stored row by row", "cannot be moved"].iter().any(|part| message.contains(part))
}

fn same_in_memory_and_rows(choices: &[u8], in_store: bool) {
    let mut choices = Choices(choices);
    let ty: Type = SCHEMAS[choices.below(SCHEMAS.len())].parse().unwrap();
    let data = choices.data(&ty);
    let writes = choices.below(3) > 0;
    let mut steps = Vec::new();
    let end = choices.steps(&ty, writes, &mut steps);
    let (mut op, mut value) = (if writes { "transform" } else { "select" }, None);
    if writes {
        match choices.below(4) {
            0 => steps.push(json!(["NONE"])),
            1 => steps.push(json!(["term", "identity"])),
            2 => steps.push(json!(["term", "inc"])),
            _ => {
                op = "setval";
                value = Some(choices.data(&end).to_string());
            }
        }
    }
    let path = Json::from(steps).to_string();
    let about = || format!("{ty}\n{op} {path} {value:?}\nof {data}");
    let memory = run(op, &path, value.as_deref(), &data, &ty);
    let rows = run_on_rows(op, &path, value.as_deref(), &data, &ty);
    compare(op, &ty, &memory, &rows, &about);
    if in_store {
        let stored = run_on_pstate(op, &path, value.as_deref(), &data, &ty);
        compare(op, &ty, &memory, &stored, &about);
    }
}

fn compare(
    op: &str,
    ty: &Type,
    memory: &Result<Json, DynamicError>,
    rows: &Result<Json, DynamicError>,
    about: &dyn Fn() -> String,
) {
    match (memory, rows) {
        (_, Err(error)) if is_for_values_only(error) => {}
        (Ok(one), Ok(other)) if op == "select" => assert_eq!(one, other, "{}", about()),
        (Ok(one), Ok(other)) => assert_eq!(*one, canonical(other, ty), "{}", about()),
        (Err(_), Err(_)) => {}
        _ => panic!("{}\nin memory {memory:?}\nby rows {rows:?}", about()),
    }
}

fn identity_changes_nothing(choices: &[u8]) {
    let mut choices = Choices(choices);
    let ty: Type = SCHEMAS[choices.below(SCHEMAS.len())].parse().unwrap();
    let data = canonical(&choices.data(&ty), &ty);
    let mut steps = Vec::new();
    _ = choices.steps(&ty, false, &mut steps);
    // These write something else than what stood there, or drop what is empty.
    let text = Json::from(steps.clone()).to_string();
    if ["view", "compact", "END", "putval", "KEYED"].iter().any(|word| text.contains(word)) {
        return;
    }
    steps.push(json!(["term", "identity"]));
    let path = Json::from(steps).to_string();
    if let Ok(after) = run("transform", &path, None, &data, &ty) {
        assert_eq!(after, data, "{ty}\n{path}");
    }
}

fn what_setval_wrote_is_found(choices: &[u8]) {
    let mut choices = Choices(choices);
    let ty: Type = SCHEMAS[choices.below(SCHEMAS.len())].parse().unwrap();
    let data = choices.data(&ty);
    let mut steps = Vec::new();
    let mut end = ty.clone();
    // Only steps that lead to one place, which stays what it is.
    for _ in 0..1 + choices.below(3) {
        end = match end.clone() {
            Type::Subindexed(inner, _) | Type::Option(inner) => *inner,
            Type::Map(key, value) => {
                steps.push(json!(["keypath", choices.key(&key)]));
                *value
            }
            Type::Record(fields) => {
                let (name, ty) = fields[choices.below(fields.len())].clone();
                steps.push(json!(["keypath", name]));
                ty
            }
            Type::List(element) => {
                steps.push(json!(["keypath", 0]));
                *element
            }
            other => other,
        };
    }
    let value = choices.data(&end);
    let path: Path = Json::from(steps).to_string().parse().unwrap();
    let mut data = Data::from_json(&data, &ty).unwrap();
    path.to_setval(&value, &ty).unwrap().transform(&mut data).unwrap();
    let found = path.to_select(&ty).unwrap().select(&data).unwrap();
    assert_eq!(found, [Data::from_json(&value, &end).unwrap()], "{path}");
}

/// The steps of examples, one behind the other, over the data of an example.
fn examples_in_a_row(choices: &[u8]) {
    let mut choices = Choices(choices);
    let examples: Vec<_> = navigators().map(|navigator| navigator.example).collect();
    let data = examples[choices.below(examples.len())].data;
    let data: Json = serde_json::from_str(data).unwrap();
    let mut steps: Vec<Json> = Vec::new();
    for _ in 0..1 + choices.below(4) {
        let path = examples[choices.below(examples.len())].path;
        let path: Vec<Json> = serde_json::from_str(path).unwrap();
        let ends = |step: &Json| ["term", "termval", "NONE"].iter().any(|end| step[0] == *end);
        steps.extend(path.into_iter().filter(|step| !ends(step)));
    }
    let reads = Json::from(steps.clone()).to_string();
    _ = run("select", &reads, None, &data, &Type::Json);
    for end in [json!(["NONE"]), json!(["termval", 1]), json!(["term", "identity"])] {
        let writes = Json::from([steps.clone(), vec![end]].concat()).to_string();
        let schema = "{ a: json, b: json, log: json }".parse().unwrap();
        _ = run("transform", &writes, None, &data, &Type::Json);
        if Data::from_json(&data, &schema).is_ok() {
            _ = run_on_rows("transform", &writes, None, &data, &schema);
        }
    }
}

/// Of the cases that always run.
const SEED: u64 = 3;

/// How many cases a property runs: so many, the same in each run, or others, as many as the environment says.
fn cases(default: u32) -> ProptestConfig {
    let more = std::env::var("RAMA_CASES").ok().map(|n| n.parse().expect("RAMA_CASES is a number"));
    ProptestConfig {
        rng_seed: if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(SEED) },
        ..ProptestConfig::with_cases(more.unwrap_or(default))
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn a_path_does_the_same_in_memory_and_over_rows(
        choices in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        same_in_memory_and_rows(&choices, false);
    }

    #[test]
    fn a_path_that_writes_what_is_there_changes_nothing(
        choices in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        identity_changes_nothing(&choices);
    }

    #[test]
    fn any_steps_over_any_data_give_an_answer(
        choices in prop::collection::vec(any::<u8>(), 0..16),
    ) {
        examples_in_a_row(&choices);
    }

    #[test]
    fn a_path_finds_what_it_wrote(choices in prop::collection::vec(any::<u8>(), 0..60)) {
        what_setval_wrote_is_found(&choices);
    }
}

proptest! {
    // Each opens a store.
    #![proptest_config(cases(400))]

    #[test]
    fn a_path_does_the_same_in_memory_and_in_a_store(
        choices in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        same_in_memory_and_rows(&choices, true);
    }
}
