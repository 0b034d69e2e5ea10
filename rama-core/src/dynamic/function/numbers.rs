//! Arithmetic. Nothing wraps around and nothing becomes infinite: what has no result is an error.

use super::{Function, MANY, wants};
use crate::dynamic::data::Data;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "inc",
        takes: "a number",
        gives: "one more",
        count: 1..=1,
        run: |v| add(&v[0], &Data::Int(1)),
    },
    Function {
        name: "dec",
        takes: "a number",
        gives: "one less",
        count: 1..=1,
        run: |v| sub(&v[0], &Data::Int(1)),
    },
    Function {
        name: "negate",
        takes: "a number",
        gives: "the number with the other sign",
        count: 1..=1,
        run: |v| negate(&v[0]),
    },
    Function {
        name: "abs",
        takes: "a number",
        gives: "the number without its sign",
        count: 1..=1,
        run: |v| abs(&v[0]),
    },
    Function {
        name: "add",
        takes: "numbers",
        gives: "their sum",
        count: MANY,
        run: |v| fold(v, add),
    },
    Function {
        name: "sub",
        takes: "numbers",
        gives: "the first one less all others",
        count: MANY,
        run: |v| fold(v, sub),
    },
    Function {
        name: "mul",
        takes: "numbers",
        gives: "their product",
        count: MANY,
        run: |v| fold(v, mul),
    },
    Function {
        name: "div",
        takes: "two numbers",
        gives: "the quotient, whole for whole numbers",
        count: 2..=2,
        run: |v| div(&v[0], &v[1]),
    },
    Function {
        name: "rem",
        takes: "two numbers",
        gives: "what the division leaves, with the sign of the first",
        count: 2..=2,
        run: |v| rem(&v[0], &v[1]),
    },
    Function {
        name: "min",
        takes: "a list, or several values",
        gives: "the least of them",
        count: MANY,
        run: |v| extreme(v, false),
    },
    Function {
        name: "max",
        takes: "a list, or several values",
        gives: "the greatest of them",
        count: MANY,
        run: |v| extreme(v, true),
    },
    Function {
        name: "sum",
        takes: "a list of numbers",
        gives: "their sum, 0 of an empty list",
        count: 1..=1,
        run: |v| sum(&v[0]),
    },
];

/// What both numbers are after widening the narrower one.
enum Pair {
    Whole(i128, i128),
    Fraction(f64, f64),
}

fn pair(one: &Data, other: &Data) -> Result<Pair, String> {
    match (one, other) {
        (Data::Int(one), Data::Int(other)) => Ok(Pair::Whole(*one, *other)),
        _ => Ok(Pair::Fraction(float(one)?, float(other)?)),
    }
}

fn float(data: &Data) -> Result<f64, String> {
    match data {
        Data::Int(number) => Ok(*number as f64),
        Data::Float(number) => Ok(*number),
        Data::Huge(_) => Err("cannot take numbers above 2^127".to_owned()),
        other => Err(wants("numbers", other)),
    }
}

fn calculate(
    one: &Data,
    other: &Data,
    whole: fn(i128, i128) -> Option<i128>,
    fraction: fn(f64, f64) -> f64,
) -> Result<Data, String> {
    let result = match pair(one, other)? {
        Pair::Whole(one, other) => whole(one, other).map(Data::Int),
        Pair::Fraction(one, other) => {
            Some(fraction(one, other)).filter(|result| result.is_finite()).map(Data::Float)
        }
    };
    result.ok_or_else(|| {
        format!("of {} and {} is no number that can be kept", one.plain_text(), other.plain_text())
    })
}

fn add(one: &Data, other: &Data) -> Result<Data, String> {
    calculate(one, other, i128::checked_add, |one, other| one + other)
}

fn sub(one: &Data, other: &Data) -> Result<Data, String> {
    calculate(one, other, i128::checked_sub, |one, other| one - other)
}

fn mul(one: &Data, other: &Data) -> Result<Data, String> {
    calculate(one, other, i128::checked_mul, |one, other| one * other)
}

fn div(one: &Data, other: &Data) -> Result<Data, String> {
    calculate(one, other, i128::checked_div, |one, other| one / other)
}

fn rem(one: &Data, other: &Data) -> Result<Data, String> {
    calculate(one, other, i128::checked_rem, |one, other| one % other)
}

fn negate(data: &Data) -> Result<Data, String> {
    match data {
        Data::Float(number) => Ok(Data::Float(-number)),
        other => sub(&Data::Int(0), other),
    }
}

fn abs(data: &Data) -> Result<Data, String> {
    if *data < Data::Int(0) { negate(data) } else { add(data, &Data::Int(0)) }
}

fn fold(
    values: &[Data],
    combine: fn(&Data, &Data) -> Result<Data, String>,
) -> Result<Data, String> {
    let (first, rest) = values.split_first().expect("a function gets one value at least");
    // A single value has to be a number too.
    let first = add(first, &Data::Int(0))?;
    rest.iter().try_fold(first, |sum, value| combine(&sum, value))
}

fn sum(data: &Data) -> Result<Data, String> {
    let elements = data.elements().ok_or_else(|| wants("a list or a set of numbers", data))?;
    elements.iter().try_fold(Data::Int(0), |sum, value| add(&sum, value))
}

fn extreme(values: &[Data], greatest: bool) -> Result<Data, String> {
    let elements = match values {
        [only] => only.elements().ok_or_else(|| wants("a list or several values", only))?,
        several => several.to_vec(),
    };
    let order = |one: &Data, other: &Data| one.compare(other);
    let found = if greatest {
        elements.into_iter().max_by(order)
    } else {
        elements.into_iter().min_by(order)
    };
    Ok(found.unwrap_or(Data::Null))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use serde_json::json;

    #[test]
    fn whole_numbers_stay_whole_and_never_wrap_around() {
        check("inc", json!([u64::MAX]), Ok(json!("18446744073709551616")));
        check("add", json!([1, 2, 3]), Ok(json!(6)));
        check("sub", json!([10, 1, 2]), Ok(json!(7)));
        check("mul", json!([i64::MIN, i64::MIN, i64::MIN]), Err("is no number that can be kept"));
        check("div", json!([7, 2]), Ok(json!(3)));
        check("rem", json!([-7, 2]), Ok(json!(-1)));
        check("div", json!([7, 0]), Err("`div` of 7 and 0"));
        check("rem", json!([7, 0]), Err("is no number"));
        check("negate", json!([5]), Ok(json!(-5)));
        check("abs", json!([-5]), Ok(json!(5)));
    }

    #[test]
    fn fractions_stay_finite() {
        check("inc", json!([0.5]), Ok(json!(1.5)));
        check("add", json!([1, 0.5]), Ok(json!(1.5)));
        check("div", json!([1.0, 0]), Err("is no number"));
        check("mul", json!([1e300, 1e300]), Err("is no number"));
        check("negate", json!([0.5]), Ok(json!(-0.5)));
        check("abs", json!([-0.5]), Ok(json!(0.5)));
    }

    #[test]
    fn lists_are_summed_and_compared() {
        check("sum", json!([[1, 2, 0.5]]), Ok(json!(3.5)));
        check("sum", json!([[]]), Ok(json!(0)));
        check("sum", json!([["a"]]), Err("wants numbers, and text came"));
        check("min", json!([[3, 1.5, 2]]), Ok(json!(1.5)));
        check("max", json!([3, 7]), Ok(json!(7)));
        check("max", json!([[]]), Ok(json!(null)));
        check("max", json!([3]), Err("wants a list"));
        check("inc", json!(["a"]), Err("`inc` wants numbers, and text came"));
        check("add", json!([null]), Err("null came"));
    }
}
