//! Questions about a value. None of them fails: whatever a question does not apply to gives `false`.

use super::Function;
use crate::dynamic::data::Data;
use std::cmp::Ordering;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "not",
        takes: "a value",
        gives: "true for null and false, false for the rest",
        count: 1..=1,
        run: |v| answer(!v[0].is_true()),
    },
    Function {
        name: "is_some",
        takes: "a value",
        gives: "whether it is not null",
        count: 1..=1,
        run: |v| answer(v[0] != Data::Null),
    },
    Function {
        name: "is_null",
        takes: "a value",
        gives: "whether it is null or missing",
        count: 1..=1,
        run: |v| answer(v[0] == Data::Null),
    },
    Function {
        name: "is_empty",
        takes: "a value",
        gives: "whether it is an empty collection or text, or null",
        count: 1..=1,
        run: |v| answer(is_empty(&v[0])),
    },
    Function {
        name: "is_even",
        takes: "a value",
        gives: "whether it is an even number",
        count: 1..=1,
        run: |v| answer(remainder(&v[0]) == Some(0)),
    },
    Function {
        name: "is_odd",
        takes: "a value",
        gives: "whether it is an odd number",
        count: 1..=1,
        run: |v| answer(remainder(&v[0]) == Some(1)),
    },
    Function {
        name: "is_positive",
        takes: "a value",
        gives: "whether it is a number above 0",
        count: 1..=1,
        run: |v| against_zero(&v[0], Ordering::is_gt),
    },
    Function {
        name: "is_negative",
        takes: "a value",
        gives: "whether it is a number below 0",
        count: 1..=1,
        run: |v| against_zero(&v[0], Ordering::is_lt),
    },
    Function {
        name: "is_zero",
        takes: "a value",
        gives: "whether it is the number 0",
        count: 1..=1,
        run: |v| against_zero(&v[0], Ordering::is_eq),
    },
    Function {
        name: "is_number",
        takes: "a value",
        gives: "whether it is a number",
        count: 1..=1,
        run: |v| answer(is_number(&v[0])),
    },
    Function {
        name: "is_text",
        takes: "a value",
        gives: "whether it is text",
        count: 1..=1,
        run: |v| answer(matches!(v[0], Data::Text(_))),
    },
    Function {
        name: "is_bool",
        takes: "a value",
        gives: "whether it is true or false",
        count: 1..=1,
        run: |v| answer(matches!(v[0], Data::Bool(_))),
    },
    Function {
        name: "is_list",
        takes: "a value",
        gives: "whether it is a list",
        count: 1..=1,
        run: |v| answer(matches!(v[0], Data::List(_) | Data::Bytes(_))),
    },
    Function {
        name: "is_set",
        takes: "a value",
        gives: "whether it is a set",
        count: 1..=1,
        run: |v| answer(matches!(v[0], Data::Set(_))),
    },
    Function {
        name: "is_map",
        takes: "a value",
        gives: "whether it is a map",
        count: 1..=1,
        run: |v| answer(matches!(v[0], Data::Map(_))),
    },
    Function {
        name: "is_collection",
        takes: "a value",
        gives: "whether it is a list, a set or a map",
        count: 1..=1,
        run: |v| answer(v[0] != Data::Null && v[0].size().is_some()),
    },
    Function {
        name: "eq",
        takes: "two values",
        gives: "whether they are equal",
        count: 2..=2,
        run: |v| compare(v, Ordering::is_eq),
    },
    Function {
        name: "ne",
        takes: "two values",
        gives: "whether they differ",
        count: 2..=2,
        run: |v| answer(v[0].compare(&v[1]).is_ne()),
    },
    Function {
        name: "lt",
        takes: "two values",
        gives: "whether the first is less",
        count: 2..=2,
        run: |v| compare(v, Ordering::is_lt),
    },
    Function {
        name: "le",
        takes: "two values",
        gives: "whether the first is less or equal",
        count: 2..=2,
        run: |v| compare(v, Ordering::is_le),
    },
    Function {
        name: "gt",
        takes: "two values",
        gives: "whether the first is greater",
        count: 2..=2,
        run: |v| compare(v, Ordering::is_gt),
    },
    Function {
        name: "ge",
        takes: "two values",
        gives: "whether the first is greater or equal",
        count: 2..=2,
        run: |v| compare(v, Ordering::is_ge),
    },
    Function {
        name: "contains",
        takes: "a collection or text, and a value",
        gives: "whether the element, key or part is in it",
        count: 2..=2,
        run: |v| answer(contains(&v[0], &v[1])),
    },
    Function {
        name: "starts_with",
        takes: "two texts",
        gives: "whether the first begins with the second",
        count: 2..=2,
        run: |v| texts(v, |text, part| text.starts_with(part)),
    },
    Function {
        name: "ends_with",
        takes: "two texts",
        gives: "whether the first ends with the second",
        count: 2..=2,
        run: |v| texts(v, |text, part| text.ends_with(part)),
    },
];

#[expect(clippy::unnecessary_wraps, reason = "the table wants functions that may fail")]
fn answer(yes: bool) -> Result<Data, String> {
    Ok(Data::Bool(yes))
}

fn is_number(data: &Data) -> bool {
    matches!(data, Data::Int(_) | Data::Huge(_) | Data::Float(_))
}

fn is_empty(data: &Data) -> bool {
    match data {
        Data::Text(text) => text.is_empty(),
        other => other.size() == Some(0),
    }
}

fn remainder(data: &Data) -> Option<u128> {
    match data {
        Data::Int(number) => Some(number.unsigned_abs() % 2),
        Data::Huge(number) => Some(number % 2),
        _ => None,
    }
}

fn against_zero(data: &Data, fits: fn(Ordering) -> bool) -> Result<Data, String> {
    answer(is_number(data) && fits(data.compare(&Data::Int(0))))
}

/// Compares values of one kind; the order between kinds is nobody's business.
fn compare(values: &[Data], fits: fn(Ordering) -> bool) -> Result<Data, String> {
    let (one, other) = (&values[0], &values[1]);
    answer(one.is_comparable(other) && fits(one.compare(other)))
}

fn contains(data: &Data, part: &Data) -> bool {
    match (data, part) {
        (Data::Text(text), Data::Text(part)) => text.contains(part.as_str()),
        (Data::Map(map), key) => map.contains_key(key),
        (other, part) => other
            .elements()
            .is_some_and(|elements| elements.iter().any(|element| element.compare(part).is_eq())),
    }
}

fn texts(values: &[Data], fits: fn(&str, &str) -> bool) -> Result<Data, String> {
    match values {
        [Data::Text(text), Data::Text(part)] => answer(fits(text, part)),
        _ => answer(false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use serde_json::{Value, json};

    fn yes(name: &str, values: Value) {
        check(name, values, Ok(json!(true)));
    }

    fn no(name: &str, values: Value) {
        check(name, values, Ok(json!(false)));
    }

    #[test]
    fn questions_are_answered_and_never_fail() {
        for (name, is, is_not) in [
            ("not", json!(null), json!(0)),
            ("is_some", json!(false), json!(null)),
            ("is_null", json!(null), json!([])),
            ("is_empty", json!(""), json!("a")),
            ("is_empty", json!({}), json!(0)),
            ("is_even", json!(-4), json!("x")),
            ("is_odd", json!(-3), json!(1.0)),
            ("is_positive", json!(0.5), json!("a")),
            ("is_negative", json!(-1), json!(0)),
            ("is_zero", json!(0.0), json!(null)),
            ("is_number", json!(1.5), json!("1")),
            ("is_text", json!(""), json!(1)),
            ("is_bool", json!(false), json!(null)),
            ("is_list", json!([]), json!({})),
            ("is_map", json!({}), json!([])),
            ("is_collection", json!([]), json!(null)),
        ] {
            yes(name, json!([is]));
            no(name, json!([is_not]));
        }
        no("is_set", json!([[]]));
    }

    #[test]
    fn comparisons_hold_within_one_kind() {
        yes("eq", json!([1, 1.0]));
        yes("ne", json!([1, "1"]));
        yes("lt", json!([1, 1.5]));
        no("lt", json!([1, "a"]));
        no("gt", json!(["a", 1]));
        no("le", json!([null, 1]));
        yes("ge", json!(["b", "a"]));
        yes("le", json!([[1, 2], [1, 3]]));
    }

    #[test]
    fn parts_are_found() {
        yes("contains", json!([[1, 2], 2]));
        yes("contains", json!([{"a": 1}, "a"]));
        yes("contains", json!(["abc", "b"]));
        no("contains", json!([7, 7]));
        yes("starts_with", json!(["abc", "ab"]));
        yes("ends_with", json!(["abc", "bc"]));
        no("ends_with", json!([1, "bc"]));
    }
}
