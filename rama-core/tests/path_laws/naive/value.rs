//! Untyped values, and typed ones as such.

use rama_core::dynamic::Data;
use serde_json::{Map as JsonMap, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// A value. Records are maps whose keys are texts; tuples and bytes are lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Int(i128),
    Text(String),
    List(Vec<Value>),
    Set(BTreeSet<Value>),
    Map(BTreeMap<Value, Value>),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::Int(i128::try_from(count).expect("tests have little data"))
    }

    /// The elements of a list or set; nil has none.
    pub(crate) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::Nil => Some(vec![]),
            Self::List(list) => Some(list.clone()),
            Self::Set(set) => Some(set.iter().cloned().collect()),
            Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Map(_) => None,
        }
    }

    /// How many elements a collection has; nil has none.
    pub(crate) fn size(&self) -> Option<usize> {
        match self {
            Self::Map(map) => Some(map.len()),
            other => other.elements().map(|elements| elements.len()),
        }
    }

    /// Whether this is a collection without elements, which nil is not.
    pub(crate) fn is_empty_collection(&self) -> bool {
        *self != Self::Nil && self.size() == Some(0)
    }

    /// Everything but nil and `false` counts as true.
    pub(crate) fn is_true(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// The value as JSON, in a form that fits its type.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Nil => Json::Null,
            Self::Bool(value) => Json::from(*value),
            Self::Int(number) => {
                Json::from(i64::try_from(*number).expect("tests have small numbers"))
            }
            Self::Text(text) => Json::from(text.as_str()),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Set(set) => set.iter().map(Self::to_json).collect(),
            Self::Map(map) => {
                let entries = map.iter().map(|(key, value)| (key.to_json(), value.to_json()));
                if map.keys().all(|key| matches!(key, Self::Text(_))) {
                    let text = |key: Json| key.as_str().map(str::to_owned).expect("it is text");
                    let object: JsonMap<_, _> =
                        entries.map(|(key, value)| (text(key), value)).collect();
                    return Json::Object(object);
                }
                entries.map(|(key, value)| Json::from(vec![key, value])).collect()
            }
        }
    }
}

impl From<&Data> for Value {
    fn from(data: &Data) -> Self {
        let values = |data: &[Data]| data.iter().map(Self::from).collect();
        match data {
            Data::Null => Self::Nil,
            Data::Bool(value) => Self::Bool(*value),
            Data::Int(number) => Self::Int(*number),
            Data::Text(text) => Self::text(text),
            Data::Bytes(bytes) => {
                Self::List(bytes.iter().map(|byte| Self::Int((*byte).into())).collect())
            }
            Data::List(list) => Self::List(values(list)),
            Data::Set(set) => Self::Set(set.iter().map(Self::from).collect()),
            Data::Map(map) => {
                Self::Map(map.iter().map(|(key, value)| (key.into(), value.into())).collect())
            }
            Data::Float(_) | Data::Huge(_) => panic!("tests have no such numbers: {data:?}"),
        }
    }
}
