//! Data from JSON and to JSON, in the forms that serde_json gives the Rust types.
//!
//! Where JSON has no form of its own: a map whose keys are neither text nor numbers nor bools is a list of
//! `[key, value]`, a number beyond 64 bits is text, and so are infinities.

use super::Data;
use super::fit::{DEPTH_MAX, check_depth};
use crate::dynamic::error::Misfit;
use crate::dynamic::types::Type;
use serde_json::{Map, Number, Value as Json};

impl Data {
    /// Data of a type from JSON, strictly: see [`Type::fit`].
    ///
    /// ```
    /// use rama_core::dynamic::{Data, Type};
    /// use serde_json::json;
    /// let ty: Type = "Map<i64, BTreeSet<u8>>".parse()?;
    /// let data = Data::from_json(&json!({"10": [3, 1], "9": []}), &ty)?;
    /// assert_eq!(data.to_json(), json!({"9": [], "10": [1, 3]}));
    /// let error = Data::from_json(&json!({"9": [300]}), &ty).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "at [\"9\"][0]: 300 is out of the range of `u8`, 0 to 255"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it does not fit, and what is expected there.
    pub fn from_json(json: &Json, ty: &Type) -> Result<Self, Misfit> {
        ty.fit(Self::untyped(json)?)
    }

    /// Whatever the JSON holds: objects are maps with text as keys, arrays are lists.
    ///
    /// # Errors
    /// When it is nested too deeply.
    pub fn untyped(json: &Json) -> Result<Self, Misfit> {
        untyped(json, DEPTH_MAX)
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Int(number) => Number::from_i128(*number)
                .map_or_else(|| Json::String(number.to_string()), Json::Number),
            Self::Huge(number) => Json::String(number.to_string()),
            Self::Float(number) => Number::from_f64(*number)
                .map_or_else(|| Json::String(number.to_string()), Json::Number),
            Self::Text(text) => Json::String(text.clone()),
            Self::Bytes(bytes) => bytes.iter().copied().map(Json::from).collect(),
            Self::List(list) => list.iter().map(Self::to_json).collect(),
            Self::Set(set) => set.iter().map(Self::to_json).collect(),
            Self::Map(map) => {
                let object: Option<Map<String, Json>> = map
                    .iter()
                    .map(|(key, value)| Some((key.as_object_key()?, value.to_json())))
                    .collect();
                let pairs = || {
                    map.iter().map(|(key, value)| Json::from(vec![key.to_json(), value.to_json()]))
                };
                object
                    .filter(|object| object.len() == map.len())
                    .map_or_else(|| pairs().collect(), Json::Object)
            }
        }
    }

    fn as_object_key(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(number) => Some(number.to_string()),
            Self::Huge(number) => Some(number.to_string()),
            Self::Null
            | Self::Float(_)
            | Self::Bytes(_)
            | Self::List(_)
            | Self::Set(_)
            | Self::Map(_) => None,
        }
    }

    /// Refuses data that is nested too deeply to be kept.
    pub(in crate::dynamic) fn check_depth(&self) -> Result<(), Misfit> {
        check_depth(self, DEPTH_MAX)
    }
}

fn untyped(json: &Json, left: usize) -> Result<Data, Misfit> {
    let too_deep = || Misfit::new(format!("a value may be nested {DEPTH_MAX} levels deep"));
    Ok(match json {
        Json::Null => Data::Null,
        Json::Bool(value) => Data::Bool(*value),
        Json::Number(number) => number_of(number),
        Json::String(text) => Data::Text(text.clone()),
        Json::Array(list) => {
            let left = left.checked_sub(1).ok_or_else(too_deep)?;
            Data::List(list.iter().map(|json| untyped(json, left)).collect::<Result<_, _>>()?)
        }
        Json::Object(object) => {
            let left = left.checked_sub(1).ok_or_else(too_deep)?;
            let entry =
                |(key, json): (&String, &Json)| Ok((Data::Text(key.clone()), untyped(json, left)?));
            Data::Map(object.iter().map(entry).collect::<Result<_, Misfit>>()?)
        }
    })
}

fn number_of(number: &Number) -> Data {
    if let Some(whole) = number.as_i128() {
        return Data::Int(whole);
    }
    if let Some(whole) = number.as_u128() {
        return Data::unsigned(whole);
    }
    number.as_f64().map_or(Data::Null, Data::Float)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
    fn check(ty: &str, json: Json, expected: Result<Json, &str>) {
        let ty: Type = ty.parse().unwrap();
        let found = Data::from_json(&json, &ty).map(|data| data.to_json());
        match expected {
            Ok(expected) => assert_eq!(found.as_ref(), Ok(&expected), "{ty} from {json}"),
            Err(part) => {
                let message = found.unwrap_err().to_string();
                assert!(message.contains(part), "{ty} from {json}: {message}");
            }
        }
    }

    fn same(ty: &str, json: Json) {
        check(ty, json.clone(), Ok(json));
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        same("u64", json!(u64::MAX));
        same("i64", json!(i64::MIN));
        same("Vec<i64>", json!([9_007_199_254_740_993_i64]));
        same("i128", json!("-170141183460469231731687303715884105728"));
        same("u128", json!("340282366920938463463374607431768211455"));
        check("u128", json!("7"), Ok(json!(7)));
        check("u128", json!(1e30), Err("is written as text"));
        check("u128", json!("007"), Err("\"007\" is no `u128`"));
        check("i128", json!("340282366920938463463374607431768211455"), Err("out of the range"));
        same("f64", json!(0.1));
        check("f64", json!(5), Ok(json!(5.0)));
        same("f64", json!("NaN"));
    }

    #[test]
    fn numbers_are_strict() {
        for (ty, json) in [("u8", json!(256)), ("i8", json!(-129)), ("u64", json!(-1))] {
            check(ty, json, Err("is out of the range"));
        }
        check("u64", json!(1.0), Err("a `u64` is expected, and a number with a fraction"));
        check("u64", json!("1"), Err("and text stands here"));
        check("u64", json!(null), Err("and null stands here"));
        check("f64", json!("1.5"), Err("and text stands here"));
        check("bool", json!(0), Err("a `bool` is expected"));
    }

    #[test]
    fn collections_take_their_json_forms() {
        same("Map<u64, Option<bool>>", json!({"1": true, "2": null}));
        same("Map<bool, u8>", json!({"false": 0, "true": 1}));
        same("Map<char, u8>", json!({"ß": 0}));
        same("Map<(u8, String), u8>", json!([[[1, "a"], 2], [[1, "b"], 3]]));
        check("Map<u64, u8>", json!([[7, 1]]), Ok(json!({"7": 1})));
        same("Vec<u8>", json!([0, 255]));
        same("{ a: u8, b: Vec<u8> }", json!({"a": 1}));
        same("Uuid", json!("0190163d-8694-739b-aea5-966c26f8ad91"));
        check("Set<i8>", json!([3, -1]), Ok(json!([-1, 3])));
        same("(u8, [char; 2])", json!([1, ["a", "b"]]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check("Set<u8>", json!([1, 1]), Err("1 stands twice in a set"));
        check("Map<u8, u8>", json!([[1, 1], [1, 2]]), Err("stands twice in a map"));
        check("Map<u8, u8>", json!([[1]]), Err("at [0]: an entry of a map is `[key, value]`"));
        check("Map<u8, u8>", json!({"x": 1}), Err("at [\"x\"]: \"x\" is no `u8`"));
        check("{ a: u8 }", json!({"b": 1}), Err("there is no field \"b\": there are `a`"));
        check("{ a: Vec<u8> }", json!({"a": [1, 300]}), Err("at [\"a\"][1]: 300 is out of"));
        check("(u8, u8)", json!([1]), Err("has 2 elements, and 1 stand here"));
        check("char", json!("ab"), Err("one character"));
        check("Uuid", json!("0190163d"), Err("a `Uuid` is written as"));
        check("String", json!(["a"]), Err("a `String` is expected, and a list stands here"));
    }

    #[test]
    fn json_nested_too_deeply_is_refused() {
        let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
        same("json", nested(DEPTH_MAX));
        check("json", nested(DEPTH_MAX + 1), Err("128 levels"));
    }
}
