//! Where the steps lead that need nothing but the value they stand on.

use super::{Comparison, Nav, Span, Value, Wrong, function::same_kind};
use std::collections::{BTreeMap, BTreeSet};

/// The values that a step leads to, in order.
pub(super) fn places(nav: &Nav, here: &Value) -> Result<Vec<Value>, Wrong> {
    let in_range = |index: &usize| list(here).map(|list| *index < list.len());
    Ok(match nav {
        Nav::Keypath(key) => vec![child(here, key)?.unwrap_or(Value::Nil)],
        Nav::Index(index) | Nav::Part(index) => {
            vec![list(here)?.get(*index).cloned().unwrap_or(Value::Nil)]
        }
        Nav::Must(key) => child(here, key)?.into_iter().collect(),
        Nav::MapKey(key) => map(here)?.remove_entry(key).map(|(key, _)| key).into_iter().collect(),
        Nav::MapVals => map(here)?.into_values().collect(),
        Nav::MapKeys => map(here)?.into_keys().collect(),
        Nav::All => all(here)?,
        Nav::Nth(index) => match list(here)?.get(*index) {
            Some(element) => vec![element.clone()],
            None => return Err(format!("no element {index} in {here:?}")),
        },
        Nav::First => elements(here)?.first().cloned().into_iter().collect(),
        Nav::Last => elements(here)?.last().cloned().into_iter().collect(),
        Nav::Beginning | Nav::End => {
            list(here)?;
            vec![Value::List(vec![])]
        }
        Nav::Srange(start, end) => match list(here)?.get(*start..*end) {
            Some(part) => vec![Value::List(part.to_vec())],
            None => return Err(format!("no elements {start} to {end} in {here:?}")),
        },
        Nav::Runs(call) => {
            let (list, runs) = (list(here)?, runs(here, |value| call.accepts(value))?);
            runs.into_iter().map(|(start, end)| Value::List(list[start..end].to_vec())).collect()
        }
        Nav::IndexNav(index) if in_range(index)? => vec![Value::count(*index)],
        Nav::IndexNav(_) => vec![],
        Nav::IndexedVals(start) => {
            let numbered = list(here)?.into_iter().zip(*start..);
            numbered.map(|(value, index)| pair(Value::count(index), value)).collect()
        }
        Nav::SetElem(element) => {
            if set(here)?.contains(element) {
                vec![element.clone()]
            } else {
                vec![]
            }
        }
        Nav::Submap(_) | Nav::MapRange(_) => vec![Value::Map(part_of_map(nav, here)?)],
        Nav::Subset(_) | Nav::SetRange(_) => vec![Value::Set(part_of_set(nav, here)?)],
        other => return Err(format!("{other:?} leads nowhere")),
    })
}

pub(super) fn pair(one: Value, other: Value) -> Value {
    Value::List(vec![one, other])
}

/// The entries of a map; nil has none.
pub(super) fn map(here: &Value) -> Result<BTreeMap<Value, Value>, Wrong> {
    match here {
        Value::Nil => Ok(BTreeMap::new()),
        Value::Map(map) => Ok(map.clone()),
        other => Err(format!("{other:?} is no map")),
    }
}

/// The elements of a list; nil has none.
pub(super) fn list(here: &Value) -> Result<Vec<Value>, Wrong> {
    match here {
        Value::Nil => Ok(vec![]),
        Value::List(list) => Ok(list.clone()),
        other => Err(format!("{other:?} is no list")),
    }
}

/// The elements of a set, for which a list can stand as in JSON; nil has none.
pub(super) fn set(here: &Value) -> Result<BTreeSet<Value>, Wrong> {
    match here {
        Value::Nil => Ok(BTreeSet::new()),
        Value::Set(set) => Ok(set.clone()),
        Value::List(list) => Ok(list.iter().cloned().collect()),
        other => Err(format!("{other:?} is no set")),
    }
}

pub(super) fn elements(here: &Value) -> Result<Vec<Value>, Wrong> {
    here.elements().ok_or_else(|| format!("{here:?} has no elements"))
}

fn all(here: &Value) -> Result<Vec<Value>, Wrong> {
    match here {
        Value::Map(map) => {
            Ok(map.iter().map(|(key, value)| pair(key.clone(), value.clone())).collect())
        }
        other => elements(other),
    }
}

/// What stands at a key, or at an index.
pub(super) fn child(here: &Value, key: &Value) -> Result<Option<Value>, Wrong> {
    match (here, key) {
        (Value::List(list), Value::Int(index)) => {
            Ok(usize::try_from(*index).ok().and_then(|index| list.get(index).cloned()))
        }
        _ => Ok(map(here)?.remove(key)),
    }
}

/// The keys of a map or list, with what stands there.
pub(super) fn keyed(here: &Value) -> Result<Vec<(Value, Value)>, Wrong> {
    match here {
        Value::List(list) => {
            Ok(list.iter().cloned().zip(0..).map(|(v, index)| (Value::count(index), v)).collect())
        }
        other => Ok(map(other)?.into_iter().collect()),
    }
}

/// The longest stretches of elements that are accepted, as their bounds.
pub(super) fn runs(
    here: &Value,
    accepts: impl Fn(&Value) -> bool,
) -> Result<Vec<(usize, usize)>, Wrong> {
    let list = list(here)?;
    let is_in = |index: usize| list.get(index).is_some_and(&accepts);
    let starts = (0..list.len()).filter(|at| is_in(*at) && (*at == 0 || !is_in(*at - 1)));
    Ok(starts.map(|at| (at, (at..).find(|end| !is_in(*end)).expect("lists end"))).collect())
}

pub(super) fn part_of_map(nav: &Nav, here: &Value) -> Result<BTreeMap<Value, Value>, Wrong> {
    let map = map(here)?;
    let keys: Vec<Value> = match nav {
        Nav::Submap(keys) => keys.clone(),
        Nav::MapRange(span) => span.pick(map.keys().cloned().collect()),
        other => return Err(format!("{other:?} has no part of a map")),
    };
    Ok(map.into_iter().filter(|(key, _)| keys.contains(key)).collect())
}

pub(super) fn part_of_set(nav: &Nav, here: &Value) -> Result<BTreeSet<Value>, Wrong> {
    let set = set(here)?;
    match nav {
        Nav::Subset(wanted) => Ok(set.intersection(wanted).cloned().collect()),
        Nav::SetRange(span) => Ok(span.pick(set.into_iter().collect()).into_iter().collect()),
        other => Err(format!("{other:?} has no part of a set")),
    }
}

impl Span {
    /// Which of the keys, which are in order, are in the range.
    fn pick(&self, mut keys: Vec<Value>) -> Vec<Value> {
        let (first, last) = match self {
            Self::Between { start, end, inclusive_start, inclusive_end } => {
                keys.retain(|key| key > start || (*inclusive_start && key == start));
                keys.retain(|key| key < end || (*inclusive_end && key == end));
                (None, None)
            }
            Self::From { start, inclusive, most } => {
                keys.retain(|key| key > start || (*inclusive && key == start));
                (*most, None)
            }
            Self::FromStart(count) => (Some(*count), None),
            Self::To { end, inclusive, most } => {
                keys.retain(|key| key < end || (*inclusive && key == end));
                (None, *most)
            }
            Self::ToEnd(count) => (None, Some(*count)),
        };
        keys.truncate(first.unwrap_or(keys.len()));
        let dropped = last.map_or(0, |last| keys.len().saturating_sub(last));
        keys.split_off(dropped)
    }
}

impl Comparison {
    pub(crate) fn holds(self, one: &Value, other: &Value) -> bool {
        match self {
            Self::Eq => one == other,
            Self::Ne => one != other,
            _ if !same_kind(one, other) => false,
            Self::Lt => one < other,
            Self::Le => one <= other,
            Self::Gt => one > other,
            Self::Ge => one >= other,
        }
    }
}
