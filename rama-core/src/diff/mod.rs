//! What a transform changed, in fine-grained steps (DF-01 to DF-24).
//!
//! A diff is made from what was there before and what is there after, not from the path that changed it. So a
//! function of the user's own gives diffs as fine as a built-in navigator does, and what ends up as it was is no
//! diff. It costs nothing while nobody listens: rows are only compared where a transform is observed, as
//! [`transform_observed`](crate::standalone::Standalone::transform_observed) does.

mod apply;
mod compare;
mod observed;

pub use apply::DoesNotApply;
pub use compare::compare;
pub(crate) use observed::Observed;

use crate::dynamic::Data;

/// One step, or several, from a value to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Diff {
    /// The value is another one (DF-01).
    NewValue(Data),
    /// The whole value, for whoever lost track (DF-02).
    Resync(Data),
    /// Something changed, and it is not known what (DF-03).
    Unknown,
    /// There will be no more diffs: the subscription was closed (DF-04).
    Destroyed,
    /// There will be no more diffs: the subscription failed (DF-05).
    UngracefulTermination,
    /// Several steps, one after the other (DF-06).
    Multi(Vec<Diff>),
    /// The value of a key changed (DF-07). A key that was not there had no value, `Data::Null`.
    Key(Data, Box<Diff>),
    /// The values of several keys changed (DF-08).
    Keys(Vec<(Data, Diff)>),
    /// A key was removed (DF-09).
    KeyRemove(Data),
    /// Several keys were removed (DF-10).
    KeysRemove(Vec<Data>),
    /// A value moved from one key to another (DF-11).
    KeyChange {
        /// Where it was.
        from: Data,
        /// Where it is.
        to: Data,
    },
    /// An element came into a set (DF-12).
    SetAdd(Data),
    /// An element left a set (DF-13).
    SetRemove(Data),
    /// Several elements came into a set (DF-14).
    MultiSetAdd(Vec<Data>),
    /// Several elements left a set (DF-15).
    MultiSetRemove(Vec<Data>),
    /// Elements came behind the last one of a list (DF-16).
    Append(Vec<Data>),
    /// The element at an index changed (DF-17).
    IndexChange(usize, Box<Diff>),
    /// The elements at several indexes changed (DF-18).
    IndexChanges(Vec<(usize, Diff)>),
    /// Elements left a list (DF-19).
    IndexRemove {
        /// The index of the first of them.
        index: usize,
        /// How many.
        count: usize,
    },
    /// Elements came into a list (DF-20).
    Insert {
        /// The index of the first of them.
        index: usize,
        /// They themselves.
        values: Vec<Data>,
    },
    /// Elements came into a list in several places, one after the other (DF-21).
    Inserts(Vec<(usize, Vec<Data>)>),
    /// An element moved within a list (DF-22).
    Reorder {
        /// The index where it was.
        from: usize,
        /// The index where it is.
        to: usize,
    },
    /// From an index on the list is another one (DF-23).
    SequenceChange {
        /// The first index that changed.
        index: usize,
        /// Everything from there on.
        values: Vec<Data>,
    },
}

impl Diff {
    /// Several steps as one; `None` for no step.
    #[must_use]
    pub fn of(mut steps: Vec<Self>) -> Option<Self> {
        match steps.len() {
            0 | 1 => steps.pop(),
            _ => Some(Self::Multi(steps)),
        }
    }

    /// What happened under a key, as what happened to the map.
    #[must_use]
    pub fn under(self, key: Data) -> Self {
        Self::Key(key, Box::new(self))
    }
}
