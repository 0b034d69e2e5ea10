//! Resolved paths: what `check` makes of a path and a type, and what evaluation runs.
//!
//! Every literal has become data of the type that it stands for, and every branch is known to end as it
//! should. Nothing here can be wrong any more, except against the data.

use super::data::Data;
use super::error::{DynamicError, Place};
use super::function::Call;
use super::navigator::Comparison;
use super::types::Type;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// A resolved path.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The type of the data that the path is for.
    pub(super) ty: Type,
    pub(super) steps: Steps,
    /// What recursive paths go through.
    pub(super) bodies: Vec<Steps>,
}

pub(super) type Steps = Vec<Step>;

#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Names the step in errors.
    pub(super) place: Arc<Place>,
    /// Its number in the order of resolving: a path inside a step has the numbers behind the step's own.
    pub(super) id: usize,
    pub(super) nav: Nav,
}

impl Step {
    pub(super) fn error(&self, reason: impl Into<String>) -> DynamicError {
        self.place.error(reason)
    }

    /// The step came to something it cannot work on.
    pub(super) fn needs(&self, what: &str, found: &str) -> DynamicError {
        self.error(format!("needs {what}, and {found} stands here"))
    }
}

/// What a step does.
#[derive(Clone, Debug)]
pub(super) enum Nav {
    Key {
        key: Data,
        must: bool,
        made: Made,
    },
    MapKey(Data),
    Submap(Vec<Data>),
    MapVals,
    MapKeys,
    KeyedVals,
    All,
    Nth(usize),
    First,
    Last,
    /// The empty list in front (`true`) or behind.
    Splice(bool),
    Insert(Insertion),
    Srange(usize, usize),
    Runs(Call),
    Index(usize),
    Indexed(usize),
    UpsertBy {
        path: Steps,
        value: Data,
    },
    SetElem(Data),
    Subset(BTreeSet<Data>),
    NoneElem,
    MapRange(Range),
    SetRange(Range),
    Pred(Call),
    Compare(Comparison, Data),
    /// Whether the path must find something, or must not.
    Selected(Steps, bool),
    IsCollected(Steps),
    View {
        call: Call,
        ty: Type,
    },
    Size {
        ty: Type,
    },
    Transformed {
        path: Steps,
        ty: Type,
    },
    NilTo(Data),
    NoneTo(Data),
    Stop,
    /// The first case whose condition finds something.
    Cases(Vec<Case>),
    Multi(Vec<Steps>),
    /// Here and where the path leads; here first (`true`) or last.
    Around {
        path: Steps,
        here_first: bool,
    },
    Subselect(Steps),
    Walker(Call),
    Compact(Steps),
    /// The body with this number.
    Recursion(usize),
    Page(usize, Steps),
    /// The search can end when this many came: what comes later comes here too.
    Take {
        count: usize,
        ends: bool,
    },
    Distinct,
    Val,
    Collect(Steps),
    CollectOne(Steps),
    Putval(Data),
    Dispense,
    Fresh(Steps),
    Term {
        call: Call,
        ty: Type,
    },
    Termval(Data),
    Remove,
}

/// What `keypath` makes where it writes and nothing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Made {
    Map,
    List,
    /// It has a fixed number of elements, which cannot come one by one.
    Nothing,
    /// A JSON object has no such key, and a list is not meant for sure.
    Unclear,
}

/// Where one element is inserted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Insertion {
    Front,
    Back,
    Before(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) condition: Steps,
    pub(super) path: Steps,
}

/// A range of keys or elements in their order.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) from: Bound<Data>,
    pub(super) to: Bound<Data>,
    /// At most so many, counted from the start or from the end.
    pub(super) amount_max: Option<usize>,
    pub(super) counts_from_end: bool,
}

impl Range {
    pub(super) fn contains(&self, key: &Data) -> bool {
        let above = match &self.from {
            Bound::Unbounded => true,
            Bound::Included(from) => from <= key,
            Bound::Excluded(from) => from < key,
        };
        let below = match &self.to {
            Bound::Unbounded => true,
            Bound::Included(to) => key <= to,
            Bound::Excluded(to) => key < to,
        };
        above && below
    }

    /// Which of the keys, given in their order, are in the range.
    pub(super) fn pick<'k>(
        &self,
        keys: impl DoubleEndedIterator<Item = &'k Data>,
    ) -> Vec<&'k Data> {
        let inside = keys.filter(|key| self.contains(key));
        let most = self.amount_max.unwrap_or(usize::MAX);
        if self.counts_from_end {
            let mut picked: Vec<_> = inside.rev().take(most).collect();
            picked.reverse();
            return picked;
        }
        inside.take(most).collect()
    }
}
