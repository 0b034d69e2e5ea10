//! The functions that paths of the tests call.

use super::{Call, Value, Wrong};

impl Call {
    /// What the function makes of the collected values, the value, and its own arguments.
    pub(crate) fn run(&self, collected: &[Value], value: &Value) -> Result<Value, Wrong> {
        let mut all = collected.to_vec();
        all.push(value.clone());
        all.extend_from_slice(&self.arguments);
        call(self.name, &all)
    }

    /// Whether it says yes; what fails says no.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.run(&[], value).is_ok_and(|answer| answer.is_true())
    }
}

fn call(name: &str, all: &[Value]) -> Result<Value, Wrong> {
    let wrong = || Err(format!("{name} of {all:?}"));
    let list = |value: &Value| value.elements().ok_or_else(|| format!("{name} of {value:?}"));
    match (name, all) {
        ("list", all) => Ok(Value::List(all.to_vec())),
        ("add", all) => numbers(name, all, |sum, n| sum + n),
        ("sub", all) => numbers(name, all, |sum, n| sum - n),
        ("append", [first, rest @ ..]) => Ok(Value::List([list(first)?, rest.to_vec()].concat())),
        ("concat", [Value::Text(_), ..]) => {
            let text = |value: &Value| match value {
                Value::Text(text) => Ok(text.clone()),
                other => Err(format!("concat of {other:?}")),
            };
            Ok(Value::Text(all.iter().map(text).collect::<Result<_, _>>()?))
        }
        ("concat", all) => {
            let lists = all.iter().map(list).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::List(lists.concat()))
        }
        ("or", all) => {
            Ok(all.iter().find(|value| **value != Value::Nil).cloned().unwrap_or(Value::Nil))
        }
        ("eq", [one, other]) => Ok(Value::Bool(one == other)),
        ("gt", [one, other]) => Ok(Value::Bool(same_kind(one, other) && one > other)),
        ("contains", [Value::Map(map), key]) => Ok(Value::Bool(map.contains_key(key))),
        ("contains", [Value::Text(text), Value::Text(part)]) => {
            Ok(Value::Bool(text.contains(part)))
        }
        ("contains", [value, part]) => {
            Ok(Value::Bool(value.elements().is_some_and(|all| all.contains(part))))
        }
        (_, [value]) => of_one(name, value).unwrap_or_else(wrong),
        _ => wrong(),
    }
}

/// The functions of one value; `None` where it is of the wrong kind.
fn of_one(name: &str, value: &Value) -> Option<Result<Value, Wrong>> {
    let number = |change: fn(i128) -> i128| match value {
        Value::Int(number) => Some(Value::Int(change(*number))),
        _ => None,
    };
    let yes = |yes: bool| Some(Value::Bool(yes));
    let list = || value.elements();
    let found = match name {
        "identity" => Some(value.clone()),
        "inc" => number(|n| n + 1),
        "dec" => number(|n| n - 1),
        "negate" => number(|n| -n),
        "size" => match value {
            Value::Text(text) => Some(Value::count(text.chars().count())),
            other => other.size().map(Value::count),
        },
        "upper" => match value {
            Value::Text(text) => Some(Value::Text(text.to_uppercase())),
            _ => None,
        },
        "first" => Some(list()?.first().cloned().unwrap_or(Value::Nil)),
        "last" => Some(list()?.last().cloned().unwrap_or(Value::Nil)),
        "rest" => Some(Value::List(list()?.into_iter().skip(1).collect())),
        "reverse" => Some(Value::List(list()?.into_iter().rev().collect())),
        "to_list" => Some(Value::List(list()?)),
        "not" => yes(!value.is_true()),
        "is_some" => yes(*value != Value::Nil),
        "is_null" => yes(*value == Value::Nil),
        "is_empty" => match value {
            Value::Text(text) => yes(text.is_empty()),
            other => yes(other.size() == Some(0)),
        },
        "is_even" => yes(matches!(value, Value::Int(number) if number % 2 == 0)),
        "is_odd" => yes(matches!(value, Value::Int(number) if number % 2 != 0)),
        "is_positive" => yes(matches!(value, Value::Int(1..))),
        "is_text" => yes(matches!(value, Value::Text(_))),
        other => panic!("the evaluator has no function {other}"),
    };
    found.map(Ok)
}

fn numbers(name: &str, all: &[Value], combine: fn(i128, i128) -> i128) -> Result<Value, Wrong> {
    let number = |value: &Value| match value {
        Value::Int(number) => Ok(*number),
        other => Err(format!("{name} of {other:?}")),
    };
    let all = all.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let combined = all.into_iter().reduce(combine).ok_or_else(|| format!("{name} of nothing"))?;
    Ok(Value::Int(combined))
}

/// Whether two values have an order: the one between kinds is nobody's business.
pub(super) fn same_kind(one: &Value, other: &Value) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
