//! Random cases: a schema, data, and what is done to it. They print as what `pathlab` reads.

use crate::generate::{At, Choices, Walker, schema, value};
use crate::naive::{Nav, Path, Step, Value, fit, transform};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use rama_core::dynamic::{Path as DynamicPath, Type};
use serde_json::{Value as Json, json};
use std::fmt::{self, Debug, Formatter};

/// Steps of a path, beside those in paths inside.
const STEPS_MAX: usize = 5;

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) schema: Type,
    pub(crate) data: Value,
    pub(crate) acts: Vec<Act>,
}

#[derive(Clone)]
pub(crate) enum Act {
    Read(Made),
    Write(Made),
    /// Writes a value at the end of the path.
    Set(Made, Value),
    Flush,
    Reopen,
}

/// A path that was made for its schema.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) path: Path,
    /// Whether rows may refuse it, because it takes a structure of theirs whole or moves one.
    pub(crate) rows_may_refuse: bool,
    /// Whether rows may refuse what is written on the way and overwritten behind.
    pub(crate) mixes_types: bool,
}

/// Bytes to decide about each part of a case, so that less in one part leaves the others as they are.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    pub(crate) schema: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) acts: Vec<Vec<u8>>,
}

pub(crate) fn bytes(acts: impl Into<SizeRange>) -> impl Strategy<Value = Bytes> {
    let part = |most: usize| vec(any::<u8>(), most / 4..most);
    (part(12), part(64), vec(part(48), acts)).prop_map(|(schema, data, acts)| Bytes {
        schema,
        data,
        acts,
    })
}

/// Cases of several operations, with flushes between them.
pub(crate) fn cases_of_all() -> impl Strategy<Value = Case> {
    bytes(1..7).prop_map(|bytes| {
        let mut case = Case::without_acts(&bytes);
        let mut now = case.data.clone();
        for act in &bytes.acts {
            let act = self::act(&mut Choices::new(act), &case.schema, &now);
            now = act.after(&case.schema, now);
            case.acts.push(act);
        }
        case
    })
}

fn act(choices: &mut Choices<'_>, schema: &Type, now: &Value) -> Act {
    match choices.below(12) {
        0..=3 => Act::Read(Made::reading(choices, schema, now)),
        4..=6 => Act::Write(Made::writing(choices, schema, now)),
        7 | 8 => setting(choices, schema, now),
        9 if choices.rarely(3) => Act::Reopen,
        _ => Act::Flush,
    }
}

fn setting(choices: &mut Choices<'_>, schema: &Type, now: &Value) -> Act {
    let mut at = At::top(schema, now);
    let mut walker = Walker::new(choices, true);
    let path = walker.steps(&mut at, STEPS_MAX);
    let value = walker.value_to_set(&at);
    Act::Set(Made::new(path, &walker), value)
}

impl Case {
    /// Only the schema and the data.
    pub(crate) fn without_acts(bytes: &Bytes) -> Self {
        let schema = schema(&mut Choices::new(&bytes.schema));
        let data = value(&mut Choices::new(&bytes.data), &schema);
        Self { schema, data, acts: vec![] }
    }

    pub(crate) fn reading(&self, choices: &mut Choices<'_>) -> Made {
        Made::reading(choices, &self.schema, &self.data)
    }

    pub(crate) fn writing(&self, choices: &mut Choices<'_>) -> Made {
        Made::writing(choices, &self.schema, &self.data)
    }
}

impl Act {
    /// The path that the evaluator runs, with its terminal.
    pub(crate) fn written(&self) -> Option<Path> {
        match self {
            Self::Write(made) => Some(made.path.clone()),
            Self::Set(made, value) => {
                let mut path = made.path.clone();
                path.push(Step::from(Nav::Termval(value.clone())));
                Some(path)
            }
            Self::Read(_) | Self::Flush | Self::Reopen => None,
        }
    }

    /// What the data is after it.
    fn after(&self, schema: &Type, now: Value) -> Value {
        let Some(path) = self.written() else { return now };
        match transform(&now, &path)
            .and_then(|after| after.map(|after| fit(schema, after)).transpose())
        {
            Ok(Some(after)) => after,
            Ok(None) | Err(_) => now,
        }
    }

    fn to_json(&self) -> Option<Json> {
        Some(match self {
            Self::Read(made) => json!({"op": "select", "path": made.to_json()}),
            Self::Write(made) => json!({"op": "transform", "path": made.to_json()}),
            Self::Set(made, value) => {
                json!({"op": "setval", "path": made.to_json(), "value": value.to_json()})
            }
            Self::Flush | Self::Reopen => return None,
        })
    }
}

impl Made {
    pub(crate) fn new(path: Path, walker: &Walker<'_, '_>) -> Self {
        let Walker { rows_may_refuse, mixes_types, .. } = *walker;
        Self { path, rows_may_refuse, mixes_types }
    }

    fn reading(choices: &mut Choices<'_>, schema: &Type, now: &Value) -> Self {
        let mut at = At::top(schema, now);
        let mut walker = Walker::new(choices, false);
        let path = walker.steps(&mut at, STEPS_MAX);
        walker.needs_value(&at);
        Self::new(path, &walker)
    }

    fn writing(choices: &mut Choices<'_>, schema: &Type, now: &Value) -> Self {
        let mut at = At::top(schema, now);
        let mut walker = Walker::new(choices, true);
        let mut path = walker.steps(&mut at, STEPS_MAX);
        walker.terminal(&at, &mut path);
        Self::new(path, &walker)
    }

    /// The path as what is tested has it, which comes from text.
    pub(crate) fn parsed(&self) -> DynamicPath {
        let text = self.to_json().to_string();
        let path: DynamicPath = text.parse().unwrap();
        assert_eq!(path.to_string(), text);
        path
    }

    /// The path as people write it: keys stand for themselves where they can.
    pub(crate) fn to_json(&self) -> Json {
        let step = |step: &Step| match &step.nav {
            Nav::Keypath(Value::Text(key)) if key.chars().all(char::is_lowercase) => json!(key),
            Nav::Keypath(key @ (Value::Int(_) | Value::Bool(_))) => key.to_json(),
            Nav::Index(index) | Nav::Part(index) => json!(index),
            _ => step.to_json(),
        };
        self.path.iter().map(step).collect()
    }
}

impl Debug for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\npathlab --schema '{}'", self.schema)?;
        writeln!(f, "{}", json!({"op": "setval", "path": [], "value": self.data.to_json()}))?;
        for act in &self.acts {
            match (act, act.to_json()) {
                (_, Some(json)) => writeln!(f, "{json}")?,
                (Act::Reopen, None) => writeln!(f, "# flush, close and open again")?,
                (_, None) => writeln!(f, "# flush")?,
            }
        }
        Ok(())
    }
}
