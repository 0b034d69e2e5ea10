//! A path from its JSON: navigators by name, the number and kind of their arguments. Needs no data and no type.

use super::{Argument, Bounds, Step};
use crate::dynamic::data::Data;
use crate::dynamic::error::{DynamicError, Place};
use crate::dynamic::function::Call;
use crate::dynamic::navigator::{Kind, Navigator, Param, RECUR, find, nearest, suggest};
use serde_json::Value as Json;
use std::sync::Arc;

/// Steps of a path, those of the paths inside it and every key of a `keypath` among them. Written paths have
/// a dozen; this many are still checked in no time, so a path from outside costs little before it is refused.
const STEPS_MAX: usize = 1_000;

/// Paths inside of paths. Reading and checking a path call themselves once per level.
const DEPTH_MAX: usize = 32;

/// The steps of a whole path.
pub(super) fn path(json: &Json) -> Result<Vec<Step>, DynamicError> {
    let Json::Array(items) = json else {
        return Err(DynamicError::path(format!(
            "a path is a list of steps, such as [\"users\", [\"MAP_VALS\"]], and this is {json}"
        )));
    };
    if let Some(Json::String(name)) = items.first()
        && find(name).is_some()
    {
        return Err(DynamicError::path(format!(
            "a path is a list of steps, and `{name}` at its beginning could be a navigator or a key: write \
             [[\"{name}\", …]] for the navigator, or [[\"keypath\", \"{name}\"], …] for the key"
        )));
    }
    Parser { names: Vec::new(), steps: 0, depth: 0 }.list(items, &Place::default())
}

struct Parser {
    /// Recursive paths that are being read.
    names: Vec<String>,
    steps: usize,
    depth: usize,
}

impl Parser {
    fn list(&mut self, items: &[Json], around: &Place) -> Result<Vec<Step>, DynamicError> {
        let numbered = items.iter().zip(1..);
        numbered.map(|(json, number)| self.step(json, around, number)).collect()
    }

    fn step(&mut self, json: &Json, around: &Place, number: usize) -> Result<Step, DynamicError> {
        let place = around.step(number, "");
        match json {
            Json::Array(items) => match items.split_first() {
                Some((Json::String(name), arguments)) => {
                    self.named(name, arguments, around.step(number, name))
                }
                _ => Err(place.error(format!(
                    "a step is [\"navigator\", …] or a key, and this is {json}: write multi_path, if_path or \
                     another navigator in front of paths"
                ))),
            },
            Json::String(name) => {
                if find(name).is_some_and(|navigator| navigator.params.is_empty()) {
                    return Err(place.error(format!(
                        "`{name}` could be the navigator or a key: write [\"{name}\"] or [\"keypath\", \"{name}\"]"
                    )));
                }
                self.key(json, around.step(number, "keypath"))
            }
            Json::Number(_) | Json::Bool(_) => self.key(json, around.step(number, "keypath")),
            Json::Null | Json::Object(_) => Err(place.error(format!(
                "a step is [\"navigator\", …] or a key, and this is {json}: write [\"keypath\", {json}] for \
                 such a key"
            ))),
        }
    }

    fn key(&mut self, json: &Json, place: Place) -> Result<Step, DynamicError> {
        let navigator = find("keypath").expect("the table has it");
        self.count(1, &place)?;
        let arguments = vec![Argument::Value(json.clone())];
        Ok(Step { place: Arc::new(place), navigator, arguments })
    }

    fn named(
        &mut self,
        name: &str,
        arguments: &[Json],
        place: Place,
    ) -> Result<Step, DynamicError> {
        self.count(arguments.len().max(1), &place)?;
        if self.names.iter().any(|known| known == name) {
            if !arguments.is_empty() {
                return Err(place.error("the name of a recursive path takes no arguments"));
            }
            let arguments = vec![Argument::Name(name.to_owned())];
            return Ok(Step { place: Arc::new(place), navigator: &RECUR, arguments });
        }
        let Some(navigator) = find(name) else {
            return Err(place.error(format!("there is no such navigator: {}", suggest(name))));
        };
        match navigator.kind {
            Kind::Pkey if !place.is_first() => {
                return Err(place.error("stands at the beginning of a path, and nowhere else"));
            }
            Kind::SrangeDynamic => return Err(place.error(navigator.summary)),
            _ => {}
        }
        let names = self.names.len();
        let arguments = self.arguments(navigator, arguments, &place)?;
        self.names.truncate(names);
        Ok(Step { place: Arc::new(place), navigator, arguments })
    }

    fn arguments(
        &mut self,
        navigator: &'static Navigator,
        given: &[Json],
        place: &Place,
    ) -> Result<Vec<Argument>, DynamicError> {
        let params = &navigator.params;
        check_count(navigator, given, place)?;
        let mut arguments = Vec::new();
        let mut rest = given;
        for param in params.needed.iter().chain(params.optional) {
            let Some((first, after)) = rest.split_first() else { break };
            if *param == Param::Call {
                arguments.push(Argument::Call(call(first, after, place)?));
                rest = &[];
                break;
            }
            let index = arguments.len();
            arguments.push(self.argument(navigator, *param, first, index, place)?);
            rest = after;
        }
        match params.rest {
            Some(Param::Steps) => {
                let inside = place.branch("path");
                arguments.push(Argument::Path(self.steps(rest, &inside)?));
            }
            Some(param) => {
                for json in rest {
                    let index = arguments.len();
                    arguments.push(self.argument(navigator, param, json, index, place)?);
                }
            }
            None => {}
        }
        Ok(arguments)
    }

    fn argument(
        &mut self,
        navigator: &Navigator,
        param: Param,
        json: &Json,
        index: usize,
        place: &Place,
    ) -> Result<Argument, DynamicError> {
        let wrong =
            |what: &str| Err(place.error(format!("{what} is expected, and {json} stands here")));
        match param {
            Param::Value => Ok(Argument::Value(json.clone())),
            Param::Values => match json {
                Json::Array(values) => Ok(Argument::Values(values.clone())),
                _ => wrong("a list"),
            },
            Param::Path => {
                let inside = place.branch(branch(navigator.kind, index));
                self.steps(std::slice::from_ref(json), &inside).map(Argument::Path)
            }
            Param::Number => match number(json) {
                Some(number) => Ok(Argument::Number(number)),
                None => wrong("a whole number from 0 to 4294967295"),
            },
            Param::Options => bounds(navigator, json, place).map(Argument::Bounds),
            Param::Name => match json {
                Json::String(name) if find(name).is_some() => {
                    Err(place.error(format!("`{name}` is a navigator: choose another name")))
                }
                Json::String(name) => {
                    self.names.push(name.clone());
                    Ok(Argument::Name(name.clone()))
                }
                _ => wrong("a name"),
            },
            Param::Call | Param::Steps => unreachable!("both are read with all that follows them"),
        }
    }

    /// A path that is an argument: each part is a list of steps or a single step.
    fn steps(&mut self, parts: &[Json], inside: &Place) -> Result<Vec<Step>, DynamicError> {
        if self.depth == DEPTH_MAX {
            return Err(
                inside.error(format!("paths stand inside of paths at most {DEPTH_MAX} times"))
            );
        }
        self.depth += 1;
        let mut steps = Vec::new();
        for part in parts {
            match part {
                Json::Array(items) if !self.is_step(items) => {
                    check_first(items, inside, steps.len() + 1)?;
                    for json in items {
                        steps.push(self.step(json, inside, steps.len() + 1)?);
                    }
                }
                json => steps.push(self.step(json, inside, steps.len() + 1)?),
            }
        }
        self.depth -= 1;
        Ok(steps)
    }

    /// Whether a list is one step and not a list of steps.
    fn is_step(&self, items: &[Json]) -> bool {
        matches!(items.first(), Some(Json::String(name)) if find(name).is_some() || self.names.contains(name))
    }

    fn count(&mut self, steps: usize, place: &Place) -> Result<(), DynamicError> {
        self.steps += steps;
        if self.steps > STEPS_MAX {
            return Err(place.error(format!("a path has at most {STEPS_MAX} steps")));
        }
        Ok(())
    }
}

/// A list that begins with a key might have been meant as a step whose name is misspelt.
fn check_first(items: &[Json], inside: &Place, number: usize) -> Result<(), DynamicError> {
    let Some(Json::String(name)) = items.first() else { return Ok(()) };
    match nearest(name) {
        None => Ok(()),
        Some(help) => Err(inside.step(number, name).error(format!(
            "this could be a misspelt navigator or a key: {help} For the key write [[\"keypath\", \"{name}\"], …]"
        ))),
    }
}

fn check_count(navigator: &Navigator, given: &[Json], place: &Place) -> Result<(), DynamicError> {
    let params = &navigator.params;
    let (least, most) = (params.needed.len(), params.needed.len() + params.optional.len());
    let is_open = params.rest.is_some() || params.needed.last() == Some(&Param::Call);
    let misses_steps = params.rest == Some(Param::Steps) && given.len() == least;
    if given.len() >= least && (is_open || given.len() <= most) && !misses_steps {
        let is_odd = navigator.kind == Kind::CondPath && given.len() % 2 == 1;
        return if is_odd {
            Err(place.error(
                "every condition has a path behind it: for the last case write [\"STAY\"] as the condition",
            ))
        } else {
            Ok(())
        };
    }
    let takes = match navigator.arguments {
        "" => format!("takes no arguments: write [\"{}\"]", navigator.name),
        arguments => format!("is written [\"{}\", {arguments}]", navigator.name),
    };
    Err(place.error(format!("{takes}, and {} arguments stand here", given.len())))
}

/// What an argument that is a path is called in a place.
fn branch(kind: Kind, index: usize) -> String {
    match (kind, index) {
        (Kind::IfPath, 0) => "condition".to_owned(),
        (Kind::IfPath, 1) => "then".to_owned(),
        (Kind::IfPath, _) => "else".to_owned(),
        (Kind::CondPath, index) if index % 2 == 0 => format!("condition {}", index / 2 + 1),
        (Kind::CondPath, index) => format!("path {}", index / 2 + 1),
        (Kind::MultiPath, index) => format!("path {}", index + 1),
        _ => "path".to_owned(),
    }
}

/// `name, argument, …` or `[name, argument, …]`.
fn call(first: &Json, after: &[Json], place: &Place) -> Result<Call, DynamicError> {
    let (name, arguments) = match first {
        Json::String(name) => (name, after),
        Json::Array(inner) if after.is_empty() => match inner.split_first() {
            Some((Json::String(name), arguments)) => (name, arguments),
            _ => {
                return Err(place.error(format!(
                    "the name of a function is expected, and {first} stands here"
                )));
            }
        },
        _ => {
            return Err(
                place.error(format!("the name of a function is expected, and {first} stands here"))
            );
        }
    };
    let arguments: Result<Vec<Data>, _> = arguments.iter().map(Data::untyped).collect();
    let arguments = arguments.map_err(|misfit| place.error(misfit.to_string()))?;
    Call::new(name, arguments).map_err(|reason| place.error(reason))
}

/// An index, or a number of rows or elements. No list in one value has more of them, and with these no sum of an index
/// and a size overflows.
fn number(json: &Json) -> Option<usize> {
    let number = u32::try_from(json.as_u64()?).ok()?;
    usize::try_from(number).ok()
}

/// An object of options, or a bare number for `max_amt`.
fn bounds(navigator: &Navigator, json: &Json, place: &Place) -> Result<Bounds, DynamicError> {
    let between = navigator.arguments.contains("inclusive_start");
    let mut bounds = Bounds::default();
    match json {
        Json::Number(_) if !between && number(json).is_some() => bounds.amount_max = number(json),
        Json::Object(options) => {
            for (name, value) in options {
                let spelt = name.replace('-', "_");
                let flag = value.as_bool();
                let taken = match spelt.trim_end_matches('?') {
                    "inclusive_start" if between => {
                        flag.map(|flag| bounds.start_inclusive = Some(flag))
                    }
                    "inclusive_end" if between => {
                        flag.map(|flag| bounds.end_inclusive = Some(flag))
                    }
                    "inclusive" if !between => flag.map(|flag| bounds.inclusive = Some(flag)),
                    "max_amt" if !between => {
                        number(value).map(|amount| bounds.amount_max = Some(amount))
                    }
                    _ => None,
                };
                if taken.is_none() {
                    return Err(place.error(options_are(between, &format!("\"{name}\": {value}"))));
                }
            }
        }
        _ => return Err(place.error(options_are(between, &json.to_string()))),
    }
    Ok(bounds)
}

fn options_are(between: bool, found: &str) -> String {
    let options = if between {
        "{\"inclusive_start\": bool, \"inclusive_end\": bool}"
    } else {
        "{\"inclusive\": bool, \"max_amt\": number}"
    };
    format!("the options are {options}, and {found} stands here")
}

#[cfg(test)]
mod tests {
    use super::super::Path;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check_error(json: &Json, expected: &str) {
        let message = Path::from_json(json).unwrap_err().to_string();
        assert!(message.contains(expected), "{json}: {message}");
    }

    #[test]
    fn keys_and_navigators_are_steps() {
        let path = Path::from_json(&json!(["a", 5, true, ["must", "b", "c"], ["ALL"]])).unwrap();
        let names: Vec<_> = path.steps.iter().map(|step| step.navigator.name).collect();
        assert_eq!(names, ["keypath", "keypath", "keypath", "must", "ALL"]);
        assert_eq!(path.partition_key(), Some(&json!("a")));
        let path = Path::from_json(&json!([["pkey", 7], "a"])).unwrap();
        assert_eq!(path.partition_key(), Some(&json!(7)));
        assert_eq!(Path::from_json(&json!([["ALL"]])).unwrap().partition_key(), None);
    }

    #[test]
    fn an_error_names_the_step() {
        for (json, expected) in [
            (json!({"a": 1}), "a path is a list of steps"),
            (
                json!(["a", ["musst", "b"]]),
                "step 2 `musst`: there is no such navigator: did you mean `must`?",
            ),
            (json!(["a", null]), "step 2: a step is [\"navigator\", …] or a key"),
            (json!([[["ALL"], ["ALL"]]]), "step 1: a step is"),
            (json!([["must"]]), "step 1 `must`: is written [\"must\", key, …], and 0 arguments"),
            (json!([["ALL", 1]]), "step 1 `ALL`: takes no arguments: write [\"ALL\"]"),
            (json!([["nthpath", -1]]), "a whole number from 0 to 4294967295 is expected, and -1"),
            (json!([["submap", "a"]]), "a list is expected"),
            (json!([["selected"]]), "is written [\"selected\", step, …]"),
            (json!([["cond_path", ["a"], ["b"], ["c"]]]), "every condition has a path behind it"),
            (
                json!([["view", "uper"]]),
                "step 1 `view`: there is no function `uper`: did you mean `upper`?",
            ),
            (json!([["view", 5]]), "the name of a function is expected"),
            (json!([["srange_dynamic", "a", "b"]]), "in JSON use srange"),
            (
                json!(["a", ["if_path", ["STAY"], [["ALL"], ["nthpaht", 1]]]]),
                "step 2 `if_path`, then, step 2 `nthpaht`: there is no such navigator",
            ),
            (
                json!([["multi_path", ["STAY"], ["must"]]]),
                "step 1 `multi_path`, path 2, step 1 `must`",
            ),
            (
                json!([["sorted_map_range_from", 1, {"max": 3}]]),
                "the options are {\"inclusive\": bool, \"max_amt\": number}, and \"max\": 3",
            ),
            (
                json!([["sorted_map_range", 1, 2, {"inclusive_end": 1}]]),
                "the options are {\"inclusive_start\": bool",
            ),
            (
                json!([["selected", ["musst", "b"]]]),
                "step 1 `selected`, path, step 1 `musst`: this could be a misspelt navigator or a key: did you mean `must`?",
            ),
            (
                json!([["multi_path", ["all"]]]),
                "did you mean `ALL`? For the key write [[\"keypath\", \"all\"], …]",
            ),
            (
                json!([["recursive_path", "ALL", ["STAY"]]]),
                "`ALL` is a navigator: choose another name",
            ),
            (json!([["recursive_path", "p", ["p", 1]]]), "takes no arguments"),
            (json!(["a", ["pkey", 1]]), "step 2 `pkey`: stands at the beginning of a path"),
        ] {
            check_error(&json, expected);
        }
    }

    #[test]
    fn what_could_be_a_key_or_a_navigator_is_refused_with_both_spellings() {
        check_error(&json!(["a", "ALL"]), "write [\"ALL\"] or [\"keypath\", \"ALL\"]");
        check_error(&json!(["keypath", "a"]), "write [[\"keypath\", …]] for the navigator");
        assert!(Path::from_json(&json!(["a", "must"])).is_ok(), "cannot be the navigator");
    }

    #[test]
    fn a_path_that_is_an_argument_may_be_a_single_step() {
        for json in [
            json!([["selected", ["must", "a"], ["ALL"]]]),
            json!([["selected", [["must", "a"], ["ALL"]]]]),
            json!([["selected", [["must", "a"]], ["ALL"]]]),
        ] {
            let path = Path::from_json(&json).unwrap();
            let Argument::Path(steps) = &path.steps[0].arguments[0] else { panic!("{json}") };
            let names: Vec<_> = steps.iter().map(|step| step.navigator.name).collect();
            assert_eq!(names, ["must", "ALL"], "{json}");
        }
    }

    #[test]
    fn a_path_has_an_end() {
        assert!(Path::from_json(&Json::Array(vec![json!("a"); STEPS_MAX])).is_ok());
        check_error(&Json::Array(vec![json!("a"); STEPS_MAX + 1]), "at most 1000 steps");
        let keys = Json::from(vec!["keypath"; STEPS_MAX + 2]);
        check_error(&json!([keys]), "at most 1000 steps");
        let nested = |depth| (0..depth).fold(json!(["ALL"]), |inner, _| json!(["selected", inner]));
        assert!(Path::from_json(&json!([nested(DEPTH_MAX)])).is_ok());
        check_error(&json!([nested(DEPTH_MAX + 1)]), "at most 32 times");
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let word = prop::sample::select(vec![
            "keypath",
            "must",
            "ALL",
            "if_path",
            "view",
            "inc",
            "p",
            "recursive_path",
            "cond_path",
            "x",
            "sorted_map_range_from",
            "max_amt",
            "submap",
            "take",
        ]);
        let leaf = prop_oneof![
            4 => word.clone().prop_map(Json::from),
            1 => Just(json!(null)),
            2 => (-2..5).prop_map(Json::from),
            1 => Just(json!(1.5)),
            1 => Just(json!(true)),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                4 => prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                1 => (word.clone(), inner).prop_map(|(key, json)| json!({key: json})),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_a_path_or_an_error(json in any_json()) {
            if let Ok(path) = Path::from_json(&json) {
                prop_assert_eq!(path.to_json(), &json);
            }
        }
    }
}
