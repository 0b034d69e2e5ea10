//! The functions that a path can name: in `view`, `pred`, `term`, `walker` and `continuous_subseqs`.
//!
//! A path is data, so it cannot bring code along; these are what it can call (PS-47 has functions of the
//! module instead, which this layer does not know).

mod collections;
mod numbers;
mod questions;
mod texts;

use super::data::Data;
use super::nearest::did_you_mean;
use std::ops::RangeInclusive;

/// A function by its name.
pub struct Function {
    /// The name.
    pub name: &'static str,
    /// The values it takes, the one at which the path stands among them.
    pub takes: &'static str,
    /// What it gives.
    pub gives: &'static str,
    /// How many values it takes, written arguments and collected values among them.
    count: RangeInclusive<usize>,
    run: fn(&[Data]) -> Result<Data, String>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Takes any number of values.
const MANY: RangeInclusive<usize> = 1..=usize::MAX;

/// All functions, by subject.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    [numbers::ROWS, questions::ROWS, collections::ROWS, texts::ROWS].into_iter().flatten()
}

/// A function and the arguments that are written behind it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) function: &'static Function,
    pub(super) arguments: Vec<Data>,
}

impl Call {
    /// The function of that name with these arguments.
    pub(super) fn new(name: &str, arguments: Vec<Data>) -> Result<Self, String> {
        let spelt = name.replace('-', "_");
        let spelt = spelt.trim_end_matches('?');
        let found = functions().find(|function| function.name == spelt || function.name == name);
        let Some(function) = found else {
            let help = did_you_mean(spelt, functions().map(|function| function.name));
            let help = help.unwrap_or_else(|| {
                let names: Vec<_> = functions().map(|function| function.name).collect();
                format!("there are {}", names.join(", "))
            });
            return Err(format!("there is no function `{name}`: {help}"));
        };
        let count = arguments.len() + 1;
        if count > *function.count.end() {
            return Err(format!(
                "`{}` takes {}: {} are too many",
                function.name, function.takes, count
            ));
        }
        Ok(Self { function, arguments })
    }

    /// Calls the function with what was collected, then the value, then the arguments.
    pub(super) fn run(&self, collected: &[Data], value: Data) -> Result<Data, String> {
        let arguments = self.arguments.iter().cloned();
        let values: Vec<Data> =
            collected.iter().cloned().chain(std::iter::once(value)).chain(arguments).collect();
        let Function { name, takes, count, run, .. } = self.function;
        if !count.contains(&values.len()) {
            let collected = match collected.len() {
                0 => "",
                _ => ", the collected values among them: drop those with DISPENSE",
            };
            return Err(format!(
                "`{name}` takes {takes}, and here it gets {}{collected}",
                values.len()
            ));
        }
        let result = run(&values).map_err(|reason| format!("`{name}` {reason}"))?;
        result.check_depth().map_err(|misfit| misfit.to_string())?;
        Ok(result)
    }

    /// Whether the function says yes to a value. The questions never fail; what fails says no.
    pub(super) fn accepts(&self, value: Data) -> bool {
        self.run(&[], value).is_ok_and(|answer| answer.is_true())
    }
}

/// The message of a function that got something of the wrong kind.
fn wants(what: &str, data: &Data) -> String {
    format!("wants {what}, and {} came", data.kind())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
    pub(super) fn check(
        name: &str,
        values: serde_json::Value,
        expected: Result<serde_json::Value, &str>,
    ) {
        let values: Vec<Data> =
            values.as_array().unwrap().iter().map(|json| Data::untyped(json).unwrap()).collect();
        let call = Call::new(name, values[1..].to_vec()).unwrap();
        let found = call.run(&[], values[0].clone()).map(|data| data.to_json());
        match expected {
            Ok(expected) => assert_eq!(found.as_ref(), Ok(&expected), "{name} of {values:?}"),
            Err(part) => {
                let message = found.unwrap_err();
                assert!(message.contains(part), "{name} of {values:?}: {message}");
            }
        }
    }

    #[test]
    fn names_are_unique_and_explained() {
        let mut names: Vec<_> = functions().map(|function| function.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for function in functions() {
            assert!(!function.takes.is_empty() && !function.gives.is_empty(), "{}", function.name);
        }
    }

    #[test]
    fn unknown_names_are_corrected() {
        let error = |name: &str| Call::new(name, vec![]).unwrap_err();
        assert_eq!(error("uper"), "there is no function `uper`: did you mean `upper`?");
        assert!(error("frobnicate").contains("there are inc, dec"), "{}", error("frobnicate"));
        assert!(Call::new("is-even?", vec![]).is_ok(), "the spelling of Clojure");
    }

    #[test]
    fn the_number_of_values_is_checked_with_those_collected() {
        let error = Call::new("inc", vec![Data::Int(1)]).unwrap_err();
        assert_eq!(error, "`inc` takes a number: 2 are too many");
        let inc = Call::new("inc", vec![]).unwrap();
        let error = inc.run(&[Data::Int(1)], Data::Int(2)).unwrap_err();
        assert!(error.contains("here it gets 2") && error.contains("DISPENSE"), "{error}");
        let sub = Call::new("sub", vec![]).unwrap();
        assert_eq!(sub.run(&[Data::Int(10)], Data::Int(1)), Ok(Data::Int(9)), "collected first");
        let sub = Call::new("sub", vec![Data::Int(1)]).unwrap();
        assert_eq!(sub.run(&[], Data::Int(10)), Ok(Data::Int(9)), "arguments last");
    }

    #[test]
    fn a_result_nested_too_deeply_is_refused() {
        let deep = (0..128).fold(json!(1), |inner, _| json!([inner]));
        check("list", json!([deep]), Err("128 levels"));
    }
}
