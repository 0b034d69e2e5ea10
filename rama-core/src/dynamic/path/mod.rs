//! Paths as data: what a JSON path says, before anything is known about the data it is for (RE-05).
//!
//! Reading one is [`Path::from_json`]; what its steps mean on data of a type is decided in `check`.

mod parse;

use super::error::{DynamicError, Place};
use super::function::Call;
use super::navigator::{Kind, Navigator};
use serde_json::Value as Json;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::sync::Arc;

/// A path as data.
///
/// In JSON it is a list of steps. A step is `["navigator", argument, …]`, or a bare string, number or bool, which
/// is a key. Where a navigator takes a path, a single step may stand without the list around it. A key that is
/// spelt like a navigator is written `["keypath", "ALL"]`.
///
/// ```
/// use rama_core::dynamic::Path;
/// let path: Path = r#"["users", ["MAP_VALS"], ["selected", ["must", "admin"]], "name"]"#.parse()?;
/// assert_eq!(path.to_string(), r#"["users",["MAP_VALS"],["selected",["must","admin"]],"name"]"#);
///
/// let error = r#"["users", ["MAP_VAL"]]"#.parse::<Path>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "step 2 `MAP_VAL`: there is no such navigator: did you mean `MAP_VALS`?"
/// );
/// # Ok::<(), rama_core::dynamic::DynamicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Path {
    pub(super) steps: Vec<Step>,
    source: Json,
}

/// One step, not yet resolved: a row of the table and its arguments.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) place: Arc<Place>,
    pub(super) navigator: &'static Navigator,
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a step.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    /// A literal, whose type the data decides.
    Value(Json),
    Values(Vec<Json>),
    Path(Vec<Step>),
    Call(Call),
    Number(usize),
    Bounds(Bounds),
    Name(String),
}

/// What is said about the bounds of a range, where something is said.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Bounds {
    pub(super) start_inclusive: Option<bool>,
    pub(super) end_inclusive: Option<bool>,
    pub(super) inclusive: Option<bool>,
    pub(super) amount_max: Option<usize>,
}

impl Path {
    /// A path from its JSON.
    ///
    /// # Errors
    /// The step that is wrong, and what to write instead.
    pub fn from_json(json: &Json) -> Result<Self, DynamicError> {
        Ok(Self { steps: parse::path(json)?, source: json.clone() })
    }

    /// The path as JSON.
    pub fn to_json(&self) -> &Json {
        &self.source
    }

    /// The key that says to which partition the path goes: the argument of `pkey`, or else the leading key.
    pub fn partition_key(&self) -> Option<&Json> {
        let first = self.steps.first()?;
        let leads = matches!(first.navigator.kind, Kind::Pkey | Kind::Keypath | Kind::Must);
        match first.arguments.first() {
            Some(Argument::Value(key)) if leads => Some(key),
            _ => None,
        }
    }
}

impl FromStr for Path {
    type Err = DynamicError;

    /// A path from the text of its JSON.
    fn from_str(text: &str) -> Result<Self, DynamicError> {
        let json = serde_json::from_str(text)
            .map_err(|error| DynamicError::path(format!("the path is no JSON: {error}")))?;
        Self::from_json(&json)
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}
