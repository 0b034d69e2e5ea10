//! Where a point of a flow runs, and whether a key is at home there.

use super::pstate::PStateHome;
use super::values::{ANY, ValueId, Values};

/// What is known at a point.
#[derive(Clone)]
pub(super) struct Point {
    pub(super) place: Place,
    /// Values that were compared on the way, and are equal here.
    pub(super) equal: Vec<(ValueId, ValueId)>,
}

/// The task of a point.
#[derive(Clone)]
pub(super) enum Place {
    /// Nothing is claimed.
    Unknown,
    TaskZero,
    /// Where these keys are at home.
    Home(Vec<AtHome>),
}

/// A key that is at home here.
#[derive(Clone)]
pub(super) struct AtHome {
    pub(super) value: ValueId,
    pub(super) by: By,
    /// How the user calls it.
    pub(super) name: String,
    /// Whether it was said to be at home, and did not lead here.
    pub(super) assumed: bool,
}

/// What says where a key is at home.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum By {
    Hash,
    /// The key partitioner of this PState.
    Own(String),
}

/// What is wrong with a key at a point.
pub(super) enum Wrong {
    /// The flow went to the home of another key.
    OtherKey,
    /// The flow went to task 0.
    TaskZero,
    /// The PState has a key partitioner, and the flow went by the key's hash.
    OwnPartitioner,
    /// The flow went by the key partitioner of this PState, and another one goes by the key's hash.
    OtherPartitioner(String),
}

impl Place {
    /// The home of one key.
    pub(super) fn home(value: ValueId, by: By, name: String) -> Self {
        if value == ANY {
            return Self::Unknown;
        }
        Self::Home(vec![AtHome { value, by, name, assumed: false }])
    }

    /// Whether both are surely the same task.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::TaskZero, Self::TaskZero) => true,
            (Self::Home(ones), Self::Home(others)) => {
                ones.len() == others.len()
                    && ones.iter().zip(others).all(|(a, b)| a.value == b.value && a.by == b.by)
            }
            _ => false,
        }
    }

    /// A key is said to be at home by its hash, on task 0 against what is likely.
    pub(super) fn assume(&mut self, value: ValueId, name: String) {
        let key = AtHome { value, by: By::Hash, name, assumed: true };
        match self {
            Self::TaskZero => *self = Self::Unknown,
            Self::Home(keys) => keys.push(key),
            Self::Unknown if value == ANY => {}
            Self::Unknown => *self = Self::Home(vec![key]),
        }
    }

    /// The names of the keys that led here, for a message; nothing where no key did.
    pub(super) fn led_by(&self) -> Option<String> {
        let Self::Home(keys) = self else {
            return None;
        };
        let led: Vec<_> = keys.iter().filter(|key| !key.assumed).map(AtHome::quoted).collect();
        (!led.is_empty()).then(|| led.join(" and "))
    }
}

impl AtHome {
    fn quoted(&self) -> String {
        format!("`{}`", self.name)
    }
}

impl Point {
    pub(super) fn new(place: Place) -> Self {
        Self { place, equal: Vec::new() }
    }

    /// Where several ways meet; what was compared on only some of them is not known any more.
    pub(super) fn join(ends: &[Self], before: &Self) -> Self {
        let place = match ends {
            [first, others @ ..] if others.iter().all(|other| first.place.is(&other.place)) => {
                first.place.clone()
            }
            _ => Place::Unknown,
        };
        let equal = match ends {
            [only] => only.equal.clone(),
            _ => before.equal.clone(),
        };
        Self { place, equal }
    }

    /// Whether a key of a PState is surely not at home here, though it could be reached by a known way.
    pub(super) fn wrong(
        &self,
        pstate: &str,
        home: PStateHome,
        key: ValueId,
        values: &Values,
    ) -> Option<Wrong> {
        let keys = match &self.place {
            Place::Home(keys) => keys,
            // A key that was found here may well be at home here.
            Place::TaskZero if home == PStateHome::Hash && !values.may_be_any(key) => {
                return Some(Wrong::TaskZero);
            }
            Place::TaskZero | Place::Unknown => return None,
        };
        let class = self.equal_to(key);
        let is_same = |at: &&AtHome| class.contains(&at.value);
        let mut owners = keys.iter().filter_map(|at| match &at.by {
            By::Own(owner) => Some((at, owner)),
            By::Hash => None,
        });
        let mut hashed = keys.iter().filter(|at| at.by == By::Hash);
        if key == ANY {
            return None;
        }
        if home == PStateHome::Own {
            // A rule of the user's may put any keys on one task, so only the way can be wrong.
            let by_hash = owners.next().is_none() && hashed.any(|at| is_same(&at));
            return by_hash.then_some(Wrong::OwnPartitioner);
        }
        let related = |at: &AtHome| class.iter().any(|one| values.may_be_same(*one, at.value));
        if hashed.clone().next().is_none() {
            let mut other = owners.filter(|(at, owner)| is_same(at) && *owner != pstate);
            return other.next().map(|(_, owner)| Wrong::OtherPartitioner(owner.clone()));
        }
        (!keys.iter().any(related)).then_some(Wrong::OtherKey)
    }

    /// All values that are equal to one here.
    fn equal_to(&self, value: ValueId) -> Vec<ValueId> {
        let mut class = vec![value];
        let mut at = 0;
        while let Some(&one) = class.get(at) {
            let others = self.equal.iter().filter_map(|&(a, b)| match (a == one, b == one) {
                (true, _) => Some(b),
                (_, true) => Some(a),
                _ => None,
            });
            let new: Vec<_> = others.filter(|other| !class.contains(other)).collect();
            class.extend(new);
            at += 1;
        }
        class
    }
}
