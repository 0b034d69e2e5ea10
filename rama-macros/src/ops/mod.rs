//! What a user can call: one row per operator, partitioner, navigator and option.
//!
//! A row says how something is written and what it does to the flow; what it means is a function
//! of the runtime.

mod depot;
mod flow;
mod hop;
mod navigator;
mod nearest;
mod pstate;
mod source;
mod word;

pub(crate) use depot::{DepotOption, DepotPartitioner, DepotPartitioning};
pub(crate) use flow::{Emits, Operation, Operator, Param};
pub(crate) use hop::{OfPState, Partitioner, Partitioning};
pub(crate) use navigator::{Navigator, Params, Reach, Yields};
pub(crate) use nearest::{did_you_mean, nearest};
pub(crate) use pstate::{PStateMeaning, PStateOption};
pub(crate) use source::{SourceOption, SourceValue, SourceWord};
pub(crate) use word::{Place, Word};

/// A row with a name, which can be looked up.
pub(crate) trait Row: Sized + 'static {
    /// All rows of this kind.
    const ROWS: &'static [Self];

    /// The name as the user writes it.
    fn name(&self) -> &'static str;

    /// The row of that name, or a help line that suggests the nearest names.
    fn find(name: &str, sigil: &str) -> Result<&'static Self, String> {
        let found = Self::ROWS.iter().find(|row| row.name() == name);
        found.ok_or_else(|| {
            let names = || Self::ROWS.iter().map(Row::name);
            did_you_mean(name, sigil, names()).unwrap_or_else(|| {
                let known: Vec<_> = names().map(|name| format!("`{sigil}{name}`")).collect();
                format!("there are {}", known.join(", "))
            })
        })
    }
}

/// How many arguments something takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// Written without parentheses.
    Bare,
    /// Exactly that many.
    Exactly(usize),
}

impl Arity {
    /// Whether a call with these arguments (`None`: no parentheses) fits.
    pub(crate) fn fits(self, args: Option<usize>) -> bool {
        match self {
            Self::Bare => args.is_none(),
            Self::Exactly(count) => args == Some(count),
        }
    }

    /// For a message: what the call should look like and what it does.
    pub(crate) fn describe(self, name: &str, doc: &str) -> String {
        let call = match self {
            Self::Bare => format!("`{name}` without parentheses"),
            Self::Exactly(0) => format!("`{name}()` without arguments"),
            Self::Exactly(1) => format!("`{name}(…)` with one argument"),
            Self::Exactly(count) => format!("`{name}(…)` with {count} arguments"),
        };
        format!("write {call}: {doc}")
    }
}
