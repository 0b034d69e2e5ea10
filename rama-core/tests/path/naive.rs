//! A naive evaluator of paths on untyped values, in the way the reference describes each navigator.
//!
//! It knows nothing of shapes, laziness or rows. Where the project differs from the reference on purpose
//! (nothing is written by passing through), so does it.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Nil,
    Int(i64),
    List(Vec<Value>),
    Set(BTreeSet<Value>),
    Map(BTreeMap<Value, Value>),
}

pub(crate) enum Nav {
    Keypath(Value),
    Must(Value),
    NilToVal(Value),
    All,
    MapVals,
    SetElem(Value),
    NoneElem,
    View(fn(&Value) -> Value),
}

pub(crate) enum End {
    Val(Value),
    Term(fn(&Value) -> Value),
    None,
}

/// What becomes of a value. `Gone` is the `NONE` of the reference.
pub(crate) enum Fate {
    Kept,
    Becomes(Value),
    Gone,
}

impl Value {
    fn entry(&self, key: &Self) -> Option<&Self> {
        match self {
            Self::Nil => None,
            Self::Map(map) => map.get(key),
            other => panic!("no keys in {other:?}"),
        }
    }

    /// Every element of a collection, and for a map its entries as lists of two.
    pub(crate) fn elements(&self) -> Vec<Self> {
        match self {
            Self::Nil => vec![],
            Self::List(list) => list.clone(),
            Self::Set(set) => set.iter().cloned().collect(),
            Self::Map(map) => {
                map.iter().map(|(k, v)| Self::List(vec![k.clone(), v.clone()])).collect()
            }
            Self::Int(_) => panic!("no elements in a number"),
        }
    }

    pub(crate) fn select(&self, path: &[Nav]) -> Vec<Self> {
        let Some((nav, rest)) = path.split_first() else { return vec![self.clone()] };
        match nav {
            Nav::Keypath(key) => self.entry(key).unwrap_or(&Self::Nil).select(rest),
            Nav::Must(key) => self.entry(key).map_or(vec![], |value| value.select(rest)),
            Nav::NilToVal(default) if *self == Self::Nil => default.select(rest),
            Nav::NilToVal(_) => self.select(rest),
            Nav::All => self.elements().iter().flat_map(|element| element.select(rest)).collect(),
            Nav::MapVals => match self {
                Self::Map(map) => map.values().flat_map(|value| value.select(rest)).collect(),
                _ => vec![],
            },
            Nav::SetElem(element) if self.elements().contains(element) => element.select(rest),
            Nav::SetElem(_) => vec![],
            Nav::NoneElem => panic!("nothing to select"),
            Nav::View(function) => function(self).select(rest),
        }
    }

    pub(crate) fn transform(&self, path: &[Nav], end: &End) -> Fate {
        let Some((nav, rest)) = path.split_first() else {
            return match end {
                End::Val(value) => Fate::Becomes(value.clone()),
                End::Term(function) => Fate::Becomes(function(self)),
                End::None => Fate::Gone,
            };
        };
        match nav {
            Nav::Keypath(key) => self.with_entry(key, rest, end),
            Nav::Must(key) if self.entry(key).is_none() => Fate::Kept,
            Nav::Must(key) => self.with_entry(key, rest, end),
            Nav::NilToVal(default) if *self == Self::Nil => default.transform(rest, end),
            Nav::NilToVal(_) => self.transform(rest, end),
            Nav::All => self.with_elements(rest, end),
            Nav::MapVals => match self {
                Self::Map(map) => map.keys().fold(Fate::Kept, |fate, key| {
                    let now = if let Fate::Becomes(now) = &fate { now } else { self };
                    match now.with_entry(key, rest, end) {
                        Fate::Kept => fate,
                        changed => changed,
                    }
                }),
                _ => Fate::Kept,
            },
            Nav::SetElem(element) => {
                let Self::Set(set) = self else { return Fate::Kept };
                let mut after = set.clone();
                if !after.remove(element) {
                    return Fate::Kept;
                }
                match element.transform(rest, end) {
                    Fate::Kept => return Fate::Kept,
                    Fate::Becomes(element) => _ = after.insert(element),
                    Fate::Gone => {}
                }
                Fate::Becomes(Self::Set(after))
            }
            Nav::NoneElem => {
                let mut after: BTreeSet<_> = self.elements().into_iter().collect();
                match Self::Nil.transform(rest, end) {
                    Fate::Becomes(element) if after.insert(element.clone()) => {
                        Fate::Becomes(Self::Set(after))
                    }
                    _ => Fate::Kept,
                }
            }
            Nav::View(function) => function(self).transform(rest, end),
        }
    }

    fn with_entry(&self, key: &Self, rest: &[Nav], end: &End) -> Fate {
        let mut map = match self {
            Self::Map(map) => map.clone(),
            _ => BTreeMap::new(),
        };
        match map.get(key).unwrap_or(&Self::Nil).transform(rest, end) {
            Fate::Kept => return Fate::Kept,
            Fate::Becomes(value) => _ = map.insert(key.clone(), value),
            Fate::Gone if map.remove(key).is_none() => return Fate::Kept,
            Fate::Gone => {}
        }
        Fate::Becomes(Self::Map(map))
    }

    fn with_elements(&self, rest: &[Nav], end: &End) -> Fate {
        let (mut after, mut changed) = (vec![], false);
        for element in self.elements() {
            match element.transform(rest, end) {
                Fate::Kept => after.push(element),
                Fate::Becomes(new) => {
                    after.push(new);
                    changed = true;
                }
                Fate::Gone => changed = true,
            }
        }
        match self {
            _ if !changed => Fate::Kept,
            Self::Set(_) => Fate::Becomes(Self::Set(after.into_iter().collect())),
            _ => Fate::Becomes(Self::List(after)),
        }
    }
}

/// Typed values as untyped ones.
pub(crate) trait Untyped {
    fn untyped(&self) -> Value;
}

impl Untyped for i64 {
    fn untyped(&self) -> Value {
        Value::Int(*self)
    }
}

impl<T: Untyped> Untyped for Option<T> {
    fn untyped(&self) -> Value {
        self.as_ref().map_or(Value::Nil, Untyped::untyped)
    }
}

impl<T: Untyped> Untyped for Vec<T> {
    fn untyped(&self) -> Value {
        Value::List(self.iter().map(Untyped::untyped).collect())
    }
}

impl<T: Untyped> Untyped for BTreeSet<T> {
    fn untyped(&self) -> Value {
        Value::Set(self.iter().map(Untyped::untyped).collect())
    }
}

impl<K: Untyped, V: Untyped> Untyped for BTreeMap<K, V> {
    fn untyped(&self) -> Value {
        Value::Map(self.iter().map(|(key, value)| (key.untyped(), value.untyped())).collect())
    }
}

impl<K: Untyped, V: Untyped> Untyped for (K, V) {
    fn untyped(&self) -> Value {
        Value::List(vec![self.0.untyped(), self.1.untyped()])
    }
}
