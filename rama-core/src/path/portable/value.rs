//! Keys and values as JSON, in the forms that [`dynamic::Data`](crate::dynamic::Data) reads.
//!
//! They are those of serde_json, except where it has none: a map whose keys are neither text nor whole numbers nor
//! bools is a list of `[key, value]`, a number beyond 64 bits is text, and so is a float that is no number.

use super::PortableError;
use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Map, Number, Value as Json};
use std::fmt::Display;

/// A key or value as JSON.
pub(super) fn as_json<T: Serialize + ?Sized>(value: &T) -> Result<Json, PortableError> {
    value.serialize(ToJson)
}

impl Error for PortableError {
    fn custom<T: Display>(reason: T) -> Self {
        Self::Value { reason: reason.to_string() }
    }
}

type Written = Result<Json, PortableError>;

struct ToJson;

/// Numbers, which JSON has up to 64 bits.
macro_rules! numbers {
    ($($method:ident: $number:ty, $convert:path;)*) => {$(
        fn $method(self, number: $number) -> Written {
            Ok($convert(number.into())
                .map_or_else(|| Json::String(number.to_string()), Json::Number))
        }
    )*};
}

impl Serializer for ToJson {
    type Ok = Json;
    type Error = PortableError;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    numbers! {
        serialize_i8: i8, Number::from_i128;
        serialize_i16: i16, Number::from_i128;
        serialize_i32: i32, Number::from_i128;
        serialize_i64: i64, Number::from_i128;
        serialize_i128: i128, Number::from_i128;
        serialize_u8: u8, Number::from_u128;
        serialize_u16: u16, Number::from_u128;
        serialize_u32: u32, Number::from_u128;
        serialize_u64: u64, Number::from_u128;
        serialize_u128: u128, Number::from_u128;
        serialize_f32: f32, Number::from_f64;
        serialize_f64: f64, Number::from_f64;
    }

    fn serialize_bool(self, value: bool) -> Written {
        Ok(Json::Bool(value))
    }

    fn serialize_char(self, letter: char) -> Written {
        Ok(Json::String(letter.into()))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(Json::String(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Written {
        Ok(bytes.iter().copied().map(Json::from).collect())
    }

    fn serialize_none(self) -> Written {
        Ok(Json::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        as_json(value)
    }

    fn serialize_unit(self) -> Written {
        Ok(Json::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        Ok(Json::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Written {
        as_json(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        as_json(value).map(|value| tagged(Some(variant), value))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements, PortableError> {
        Ok(Elements::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements, PortableError> {
        Ok(Elements::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements, PortableError> {
        Ok(Elements::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements, PortableError> {
        Ok(Elements { variant: Some(variant), list: Vec::new() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, PortableError> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, PortableError> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries, PortableError> {
        Ok(Entries { variant: Some(variant), ..Entries::default() })
    }
}

/// The elements of a list, tuple or set.
#[derive(Default)]
struct Elements {
    variant: Option<&'static str>,
    list: Vec<Json>,
}

macro_rules! elements {
    ($($family:ident: $method:ident;)*) => {$(
        impl $family for Elements {
            type Ok = Json;
            type Error = PortableError;

            fn $method<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), PortableError> {
                self.list.push(as_json(element)?);
                Ok(())
            }

            fn end(self) -> Written {
                Ok(tagged(self.variant, Json::Array(self.list)))
            }
        }
    )*};
}

elements! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

/// The entries of a map, or the fields of a struct.
#[derive(Default)]
struct Entries {
    variant: Option<&'static str>,
    list: Vec<(Json, Json)>,
    /// The key whose value comes next.
    key: Option<Json>,
}

impl Entries {
    fn into_json(self) -> Json {
        let names = self.list.iter().map(|(key, _)| name(key)).collect::<Option<Vec<_>>>();
        let entries = match names {
            Some(names) => {
                let values = self.list.into_iter().map(|(_, value)| value);
                Json::Object(names.into_iter().zip(values).collect::<Map<_, _>>())
            }
            None => {
                self.list.into_iter().map(|(key, value)| Json::from(vec![key, value])).collect()
            }
        };
        tagged(self.variant, entries)
    }
}

impl SerializeMap for Entries {
    type Ok = Json;
    type Error = PortableError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), PortableError> {
        self.key = Some(as_json(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), PortableError> {
        let key = self.key.take().ok_or_else(|| PortableError::custom("a value without a key"))?;
        self.list.push((key, as_json(value)?));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(self.into_json())
    }
}

macro_rules! fields {
    ($($family:ident)*) => {$(
        impl $family for Entries {
            type Ok = Json;
            type Error = PortableError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), PortableError> {
                self.list.push((name.into(), as_json(value)?));
                Ok(())
            }

            fn end(self) -> Written {
                Ok(self.into_json())
            }
        }
    )*};
}

fields!(SerializeStruct SerializeStructVariant);

/// A key as the name of an entry of an object; none when it has no such form.
fn name(key: &Json) -> Option<String> {
    match key {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) if !number.is_f64() => Some(number.to_string()),
        Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// What a variant of an enum holds.
fn tagged(variant: Option<&'static str>, value: Json) -> Json {
    match variant {
        Some(variant) => Json::Object(Map::from_iter([(variant.to_owned(), value)])),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    enum Event {
        Joined,
        Said(String, u8),
        Liked(i64),
        Left { after: Option<i64> },
    }

    #[derive(Serialize)]
    struct Wrapped(u8);

    #[derive(Serialize)]
    struct Empty;

    proptest! {
        #[test]
        fn what_serde_json_has_a_form_for_has_the_same_one(
            numbers: (i8, u16, i32, u64, i64),
            float in -1e12..1e12,
            deep in btree_map(any::<i64>(), vec((any::<Option<bool>>(), any::<char>(), "[a\"é]{0,3}"), 0..3), 0..4),
            set in btree_set(any::<(u8, bool)>(), 0..4),
        ) {
            let value = (numbers, float, deep, set);
            prop_assert_eq!(as_json(&value).unwrap(), serde_json::to_value(&value).unwrap());
        }
    }

    #[test]
    fn variants_and_structs_are_as_in_serde_json() {
        let events = [
            Event::Joined,
            Event::Said("x".into(), 3),
            Event::Liked(-1),
            Event::Left { after: None },
        ];
        assert_eq!(as_json(&events), Ok(serde_json::to_value(&events).unwrap()));
        assert_eq!(as_json(&(Wrapped(1), Empty, ())), Ok(json!([1, null, null])));
    }

    #[test]
    fn what_json_cannot_hold_has_the_form_of_dynamic_data() {
        let pairs = BTreeMap::from([((1, 'a'), 2), ((1, 'b'), 3)]);
        assert_eq!(as_json(&pairs), Ok(json!([[[1, "a"], 2], [[1, "b"], 3]])));
        assert_eq!(as_json(&BTreeMap::from([(true, 'x')])), Ok(json!({"true": "x"})));
        assert_eq!(as_json(&u128::MAX), Ok(json!("340282366920938463463374607431768211455")));
        assert_eq!(as_json(&(u128::from(u64::MAX), i128::MIN)).unwrap()[0], json!(u64::MAX));
        assert_eq!(as_json(&[f64::NAN, f64::INFINITY]), Ok(json!(["NaN", "inf"])));
        assert_eq!(
            as_json(&BTreeMap::from([(None, 1), (Some(2_u8), 3)])),
            Ok(json!([[null, 1], [2, 3]]))
        );
    }

    #[test]
    fn a_type_that_refuses_says_why() {
        struct Secret;
        impl Serialize for Secret {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(S::Error::custom("secrets stay here"))
            }
        }
        let error = as_json(&vec![Secret]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a key or value of the path cannot be data: secrets stay here"
        );
    }
}
