//! A line of input, and a line of output.

use rama_core::dynamic::DynamicError;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use thiserror::Error;

/// What a line asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What to do with the path.
    pub op: Op,
    /// The steps.
    pub path: Json,
    /// What to work on; without it, what the line before left.
    #[serde(default, deserialize_with = "given")]
    pub data: Option<Json>,
    /// What `setval` sets.
    #[serde(default, deserialize_with = "given")]
    pub value: Option<Json>,
}

/// The operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Everything that the path finds.
    Select,
    /// The one value that it finds.
    SelectOne,
    /// The first value that it finds.
    SelectAny,
    /// Whether it finds anything.
    SelectedAny,
    /// Writes by the terminals of the path.
    Transform,
    /// Writes the value.
    Setval,
}

/// Why a line has no result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The line is no request.
    #[error("{0}")]
    Request(String),
    /// The path or the data is wrong.
    #[error(transparent)]
    Path(#[from] DynamicError),
}

impl Request {
    /// The request of a line.
    ///
    /// # Errors
    /// [`Refusal::Request`].
    pub fn parse(line: &[u8]) -> Result<Self, Refusal> {
        let request: Self = serde_json::from_slice(line)
            .map_err(|error| Refusal::Request(format!("this is no request: {error}")))?;
        let wrong = |reason: &str| Err(Refusal::Request(reason.to_owned()));
        match (request.op, &request.value) {
            (Op::Setval, None) => wrong(
                "setval needs a \"value\"; to remove, use transform and end the path with [\"NONE\"]",
            ),
            (Op::Setval, Some(_)) | (_, None) => Ok(request),
            (_, Some(_)) => wrong("only setval takes a \"value\""),
        }
    }
}

impl Refusal {
    /// The line that says so.
    pub fn to_json(&self) -> Json {
        let place = match self {
            Self::Request(_) => None,
            Self::Path(error) => error.place(),
        };
        match place {
            None => json!({"error": self.to_string()}),
            Some(place) => json!({"error": self.to_string(), "step": place.to_json()}),
        }
    }
}

/// A field that is there, null or not.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}
