//! Which values a type has, in the forms that JSON gives them.

use super::{Value, Wrong};
use rama_core::dynamic::{Int, Type};
use std::collections::{BTreeMap, BTreeSet};

/// The value in the form of the type: a list becomes a set, and a list of pairs a map, where the type is one.
pub(crate) fn fit(ty: &Type, value: Value) -> Result<Value, Wrong> {
    let wrong = |value: &Value| Err(format!("{value:?} is no {ty}"));
    match (ty, value) {
        (Type::Json, value) | (Type::Option(_), value @ Value::Nil) => Ok(value),
        (Type::Option(inner) | Type::Subindexed(inner, _), value) => fit(inner, value),
        (Type::Bool, value @ Value::Bool(_)) | (Type::Text, value @ Value::Text(_)) => Ok(value),
        (Type::Int(int), Value::Int(number)) if range(*int).contains(&number) => {
            Ok(Value::Int(number))
        }
        (Type::Vec(element) | Type::List(element), Value::List(list)) => {
            let fitted = list.into_iter().map(|value| fit(element, value));
            Ok(Value::List(fitted.collect::<Result<_, _>>()?))
        }
        (Type::Tuple(types), Value::List(list)) if types.len() == list.len() => {
            let fitted = types.iter().zip(list).map(|(ty, value)| fit(ty, value));
            Ok(Value::List(fitted.collect::<Result<_, _>>()?))
        }
        (
            Type::Set(element) | Type::BTreeSet(element),
            value @ (Value::List(_) | Value::Set(_)),
        ) => {
            let elements = value.elements().expect("it is a collection");
            let count = elements.len();
            let fitted = elements.into_iter().map(|value| fit(element, value));
            let set: BTreeSet<_> = fitted.collect::<Result<_, _>>()?;
            if set.len() == count { Ok(Value::Set(set)) } else { wrong(&Value::Set(set)) }
        }
        (Type::Map(key, item) | Type::BTreeMap(key, item), value) => {
            let entries = entries(value)?;
            let count = entries.len();
            let fitted = entries.into_iter().map(|(k, v)| Ok((fit_key(key, k)?, fit(item, v)?)));
            let map: BTreeMap<_, _> = fitted.collect::<Result<_, Wrong>>()?;
            if map.len() == count { Ok(Value::Map(map)) } else { wrong(&Value::Map(map)) }
        }
        (Type::Record(fields), Value::Map(map)) => {
            let fitted = map.into_iter().map(|(name, value)| {
                let field = fields.iter().find(|(field, _)| name == Value::text(field));
                match field {
                    Some((_, ty)) => Ok((name, fit(ty, value)?)),
                    None => Err(format!("no field {name:?} in {ty}")),
                }
            });
            Ok(Value::Map(fitted.collect::<Result<_, _>>()?))
        }
        (_, value) => wrong(&value),
    }
}

/// A key, which in a JSON object is text.
fn fit_key(ty: &Type, key: Value) -> Result<Value, Wrong> {
    match (ty, &key) {
        (Type::Int(_), Value::Text(text)) => match text.parse() {
            Ok(number) => fit(ty, Value::Int(number)),
            Err(_) => Err(format!("{text} is no {ty}")),
        },
        (Type::Bool, Value::Text(text)) => match text.parse() {
            Ok(value) => Ok(Value::Bool(value)),
            Err(_) => Err(format!("{text} is no bool")),
        },
        _ => fit(ty, key),
    }
}

fn entries(value: Value) -> Result<Vec<(Value, Value)>, Wrong> {
    match value {
        Value::Map(map) => Ok(map.into_iter().collect()),
        Value::List(list) => list
            .into_iter()
            .map(|pair| match pair {
                Value::List(pair) => match <[Value; 2]>::try_from(pair) {
                    Ok([key, value]) => Ok((key, value)),
                    Err(pair) => Err(format!("{pair:?} is no entry")),
                },
                other => Err(format!("{other:?} is no entry")),
            })
            .collect(),
        other => Err(format!("{other:?} is no map")),
    }
}

fn range(int: Int) -> std::ops::RangeInclusive<i128> {
    match int {
        Int::U8 => 0..=u8::MAX.into(),
        Int::I8 => i8::MIN.into()..=i8::MAX.into(),
        Int::U64 => 0..=u64::MAX.into(),
        Int::I64 => i64::MIN.into()..=i64::MAX.into(),
        other => panic!("the schemas of the tests have no {other:?}"),
    }
}
