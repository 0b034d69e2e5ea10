//! What can go wrong with a path that is data, and where in the path it went wrong.

use serde_json::Value as Json;
use std::fmt::{self, Display, Formatter};
use thiserror::Error;

use crate::codec::CodecError;

/// Why a type, a path or an operation was refused. Nothing was changed then.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum DynamicError {
    /// The text of a type is no type.
    #[error("column {column} of the type: {reason}")]
    Type {
        /// The byte at which the mistake stands, from 1.
        column: usize,
        /// What is wrong and what is possible.
        reason: String,
    },
    /// The type cannot be the schema of a PState.
    #[error("{reason}")]
    Schema {
        /// What is wrong and what is possible.
        reason: String,
    },
    /// Data does not fit its type.
    #[error("{0}")]
    Misfit(#[from] Misfit),
    /// The path as a whole is wrong.
    #[error("{reason}")]
    Path {
        /// What is wrong and what is possible.
        reason: String,
    },
    /// A step of the path is wrong, or does not fit the data it came to.
    #[error("{place}: {reason}")]
    Step {
        /// Which step.
        place: Place,
        /// What is wrong and what is possible.
        reason: String,
    },
    /// `select_one` found nothing or several values.
    #[error(
        "select_one wants exactly one value, and the path finds {found}: use select for all of them, or \
         select_any for any one"
    )]
    NotExactlyOne {
        /// How many values there are.
        found: u64,
    },
    /// A stored row cannot be read or written.
    #[error("{0}")]
    Codec(#[from] CodecError),
    /// The structure that keeps the rows failed.
    #[error("the rows cannot be reached: {reason}")]
    Storage {
        /// What its keeper said.
        reason: String,
    },
}

impl DynamicError {
    /// The place of the step that is to blame, where there is one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Step { place, .. } => Some(place),
            _ => None,
        }
    }

    pub(super) fn path(reason: impl Into<String>) -> Self {
        Self::Path { reason: reason.into() }
    }
}

/// Data that does not fit a type, and where inside it the misfit is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// From the outermost part to the innermost one, such as `["ada"]` or `[3]`.
    trail: Vec<String>,
    reason: String,
}

impl Misfit {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { trail: Vec::new(), reason: reason.into() }
    }

    /// The same misfit seen from the collection around it.
    pub(super) fn within(mut self, part: impl Display) -> Self {
        self.trail.insert(0, format!("[{part}]"));
        self
    }
}

impl Display for Misfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.trail.is_empty() {
            write!(f, "at {}: ", self.trail.concat())?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Misfit {}

/// Which step of a path: its number and name and, where it stands in a path that is an argument, the way
/// there. Prints as ``step 2 `if_path`, then, step 1 `nthpath` ``.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place(Vec<Part>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Step(usize, String),
    Branch(String),
}

impl Place {
    /// The step of this number, from 1.
    pub(super) fn step(&self, number: usize, name: &str) -> Self {
        self.with(Part::Step(number, name.to_owned()))
    }

    /// An argument of this step that is a path.
    pub(super) fn branch(&self, name: impl Into<String>) -> Self {
        self.with(Part::Branch(name.into()))
    }

    /// Whether this is the first step of the whole path.
    pub(super) fn is_first(&self) -> bool {
        matches!(self.0.as_slice(), [Part::Step(1, _)])
    }

    fn with(&self, part: Part) -> Self {
        let mut parts = self.0.clone();
        parts.push(part);
        Self(parts)
    }

    /// An error at this place.
    pub(super) fn error(&self, reason: impl Into<String>) -> DynamicError {
        DynamicError::Step { place: self.clone(), reason: reason.into() }
    }

    /// The way to the step as JSON: numbers of steps and names of branches, such as `[2, "then", 1]`.
    pub fn to_json(&self) -> Json {
        let parts = self.0.iter().map(|part| match part {
            Part::Step(number, _) => Json::from(*number),
            Part::Branch(name) => Json::from(name.as_str()),
        });
        parts.collect()
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match part {
                Part::Step(number, name) if name.is_empty() => write!(f, "step {number}")?,
                Part::Step(number, name) => write!(f, "step {number} `{name}`")?,
                Part::Branch(name) => f.write_str(name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_the_way_to_the_step() {
        let place = Place::default().step(2, "if_path").branch("then").step(1, "nthpath");
        let error = place.error("there is no element 7");
        assert_eq!(
            error.to_string(),
            "step 2 `if_path`, then, step 1 `nthpath`: there is no element 7"
        );
        assert_eq!(place.to_json(), serde_json::json!([2, "then", 1]));
        assert_eq!(error.place(), Some(&place));
    }

    #[test]
    fn a_misfit_names_the_way_into_the_data() {
        let misfit = Misfit::new("300 is out of range").within(3).within("\"ada\"");
        assert_eq!(misfit.to_string(), "at [\"ada\"][3]: 300 is out of range");
    }
}
