//! Stored values whose type is known only at run time: the bytes of [`codec::encode_value`] for the Rust type.
//!
//! Writing follows the type, so that the bytes are those of the Rust value. Reading takes what the bytes hold and
//! fits it to the type. A type of the user's program is read and written as what serde makes of it.

use super::Data;
use crate::codec::{CodecError, decode_value, encode_value};
use crate::dynamic::error::DynamicError;
use crate::dynamic::types::{Float, Int, Type};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeSeq, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

impl Type {
    /// The bytes of a stored value of this type. The data has the type's own form: see [`Type::fit`].
    ///
    /// # Errors
    /// When the data does not fit, or is nested too deeply.
    pub fn encode_row(&self, data: &Data) -> Result<Vec<u8>, DynamicError> {
        let mut out = Vec::new();
        encode_value(&Typed { ty: self, data }, &mut out)?;
        Ok(out)
    }

    /// What [`Type::encode_row`], or [`codec::encode_value`](crate::codec::encode_value) of the Rust type, wrote.
    ///
    /// # Errors
    /// When the bytes are damaged or of another type.
    pub fn decode_row(&self, bytes: &[u8]) -> Result<Data, DynamicError> {
        let raw: Data = decode_value(bytes)?;
        self.fit(raw).map_err(|misfit| {
            DynamicError::Codec(CodecError::Deserialize { reason: misfit.to_string() })
        })
    }
}

/// Data that serialises like the Rust type.
struct Typed<'a> {
    ty: &'a Type,
    data: &'a Data,
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let typed = |ty, data| Typed { ty, data };
        match (self.ty, self.data) {
            (Type::Json | Type::Opaque(_), data) => untyped(data, serializer),
            (Type::Subindexed(inner, _), data) => typed(inner, data).serialize(serializer),
            (Type::Option(_), Data::Null) => serializer.serialize_none(),
            (Type::Option(inner), data) => serializer.serialize_some(&typed(inner, data)),
            (Type::Unit, Data::Null) => serializer.serialize_unit(),
            (Type::Bool, Data::Bool(value)) => serializer.serialize_bool(*value),
            (Type::Char, Data::Text(text)) => match text.chars().next() {
                Some(letter) => serializer.serialize_char(letter),
                None => Err(S::Error::custom("a char is missing")),
            },
            (Type::Text, Data::Text(text)) => serializer.serialize_str(text),
            (Type::Uuid, Data::Text(text)) => match super::fit::uuid_bytes(text) {
                Some(bytes) if !serializer.is_human_readable() => {
                    serializer.serialize_bytes(&bytes)
                }
                _ => serializer.serialize_str(text),
            },
            (Type::Int(int), data) => whole(*int, data, serializer),
            (Type::Float(Float::F32), Data::Float(number)) => {
                serializer.serialize_f32(*number as f32)
            }
            (Type::Float(Float::F64), Data::Float(number)) => serializer.serialize_f64(*number),
            (Type::Vec(_), Data::Bytes(bytes)) => serializer.collect_seq(bytes),
            (Type::Vec(element) | Type::List(element), Data::List(list)) => {
                serializer.collect_seq(list.iter().map(|data| typed(element, data)))
            }
            (Type::Set(element) | Type::BTreeSet(element), Data::Set(set)) => {
                serializer.collect_seq(set.iter().map(|data| typed(element, data)))
            }
            (Type::Array(element, _), Data::List(list)) => {
                let mut tuple = serializer.serialize_tuple(list.len())?;
                list.iter().try_for_each(|data| tuple.serialize_element(&typed(element, data)))?;
                tuple.end()
            }
            (Type::Tuple(types), Data::List(list)) if types.len() == list.len() => {
                let mut tuple = serializer.serialize_tuple(list.len())?;
                let mut pairs = types.iter().zip(list);
                pairs.try_for_each(|(ty, data)| tuple.serialize_element(&typed(ty, data)))?;
                tuple.end()
            }
            (Type::Map(key, value) | Type::BTreeMap(key, value), Data::Map(map)) => serializer
                .collect_map(map.iter().map(|(name, data)| (typed(key, name), typed(value, data)))),
            (Type::Record(fields), Data::Map(map)) => record(fields, map, serializer),
            (ty, data) => {
                let reason = format!("a `{ty}` is expected, and {} stands here", data.kind());
                Err(S::Error::custom(reason))
            }
        }
    }
}

fn whole<S: Serializer>(int: Int, data: &Data, serializer: S) -> Result<S::Ok, S::Error> {
    let wrong = || {
        S::Error::custom(format!("a `{}` is expected, and {} stands here", int.name(), data.kind()))
    };
    let number = match data {
        Data::Int(number) => *number,
        Data::Huge(number) if int == Int::U128 => return serializer.serialize_u128(*number),
        _ => return Err(wrong()),
    };
    match int {
        Int::I128 => serializer.serialize_i128(number),
        Int::U128 => serializer.serialize_u128(u128::try_from(number).map_err(|_| wrong())?),
        Int::U8 | Int::U16 | Int::U32 | Int::U64 | Int::Usize => {
            serializer.serialize_u64(u64::try_from(number).map_err(|_| wrong())?)
        }
        Int::I8 | Int::I16 | Int::I32 | Int::I64 | Int::Isize => {
            serializer.serialize_i64(i64::try_from(number).map_err(|_| wrong())?)
        }
    }
}

/// The fields in the order of the type, without those that are missing.
fn record<S: Serializer>(
    fields: &[(String, Type)],
    map: &BTreeMap<Data, Data>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut entries = serializer.serialize_map(Some(map.len()))?;
    for (name, ty) in fields {
        if let Some(data) = map.get(&Data::Text(name.clone())) {
            entries.serialize_entry(name, &Typed { ty, data })?;
        }
    }
    entries.end()
}

fn untyped<S: Serializer>(data: &Data, serializer: S) -> Result<S::Ok, S::Error> {
    let json = |data| Typed { ty: &Type::Json, data };
    match data {
        Data::Null => serializer.serialize_unit(),
        Data::Bool(value) => serializer.serialize_bool(*value),
        Data::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
            (Ok(number), _) => serializer.serialize_i64(number),
            (_, Ok(number)) => serializer.serialize_u64(number),
            _ => serializer.serialize_i128(*number),
        },
        Data::Huge(number) => serializer.serialize_u128(*number),
        Data::Float(number) => serializer.serialize_f64(*number),
        Data::Text(text) => serializer.serialize_str(text),
        Data::Bytes(bytes) => serializer.serialize_bytes(bytes),
        Data::List(list) => {
            let mut elements = serializer.serialize_seq(Some(list.len()))?;
            list.iter().try_for_each(|data| elements.serialize_element(&json(data)))?;
            elements.end()
        }
        Data::Set(set) => serializer.collect_seq(set.iter().map(json)),
        Data::Map(map) => serializer.collect_map(map.iter().map(|(k, v)| (json(k), json(v)))),
    }
}

impl<'de> Deserialize<'de> for Data {
    /// Whatever the bytes hold, in a format that says what it holds.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Data;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Data, D::Error> {
        Data::deserialize(inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Data, D::Error> {
        Data::deserialize(inner)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        Ok(Data::Int(number.into()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Data, E> {
        Ok(Data::Int(number))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Data, E> {
        Ok(Data::unsigned(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Data, E> {
        Ok(Data::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.to_owned()))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Data, E> {
        Ok(Data::Bytes(bytes.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice in a map"));
            }
        }
        Ok(Data::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn typed_bytes<T: Serialize>(value: &T) -> Vec<u8> {
        let mut out = Vec::new();
        encode_value(value, &mut out).unwrap();
        out
    }

    /// The row of the typed value is the row of its JSON form, and reading gives that form.
    fn check<T: Serialize>(ty: &str, value: &T) {
        let ty: Type = ty.parse().unwrap();
        let json = serde_json::to_value(value).unwrap();
        let data = Data::from_json(&json, &ty).unwrap();
        let bytes = typed_bytes(value);
        assert_eq!(ty.encode_row(&data).as_ref(), Ok(&bytes), "{ty}: {json}");
        assert_eq!(ty.decode_row(&bytes), Ok(data), "{ty}: {json}");
    }

    #[derive(Serialize)]
    struct Post {
        text: String,
        likes: Option<u64>,
        tags: BTreeSet<(i8, char)>,
    }

    proptest! {
        #[test]
        fn rows_have_the_bytes_of_typed_values(
            numbers: (u8, u16, u32, u64, i8, i16, i32, i64), floats: (f32, i32), text: String, some: Option<Vec<u8>>,
            map: BTreeMap<i64, Vec<Option<bool>>>, tags: BTreeSet<(i8, char)>, likes: Option<u64>,
        ) {
            check("(u8, u16, u32, u64, i8, i16, i32, i64)", &numbers);
            check("(f64, f64)", &(f64::from(floats.1), f64::from(floats.1) / 3.0));
            check("Option<Vec<u8>>", &some);
            check("Map<i64, List<Option<bool>>>", &map);
            check("BTreeMap<i64, Vec<Option<bool>>>", &map);
            check("{ text: String, likes: Option<u64>, tags: Set<(i8, char)> }", &Post { text, likes, tags });
        }

        #[test]
        fn wide_numbers_and_single_floats_have_the_bytes_of_typed_values(a: u128, b: i128, c in -1e9..1e9_f32) {
            for (ty, bytes, text) in [
                ("u128", typed_bytes(&a), a.to_string()),
                ("i128", typed_bytes(&b), b.to_string()),
            ] {
                let ty: Type = ty.parse().unwrap();
                let data = Data::from_json(&text.into(), &ty).unwrap();
                prop_assert_eq!(ty.encode_row(&data), Ok(bytes.clone()));
                prop_assert_eq!(ty.decode_row(&bytes), Ok(data));
            }
            let single = Type::Float(Float::F32);
            prop_assert_eq!(single.encode_row(&Data::Float(c.into())), Ok(typed_bytes(&c)));
            prop_assert_eq!(single.decode_row(&typed_bytes(&c)), Ok(Data::Float(c.into())));
        }
    }

    #[test]
    fn a_type_of_the_program_comes_back_as_it_was() {
        #[derive(Serialize)]
        enum Event {
            Joined,
            Said(String, u8),
            Left { after: Option<i64> },
        }
        for event in [Event::Joined, Event::Said("x".into(), 3), Event::Left { after: Some(-1) }] {
            let ty = Type::Opaque("Event".into());
            let bytes = typed_bytes(&event);
            let data = ty.decode_row(&bytes).unwrap();
            assert_eq!(data.to_json(), serde_json::to_value(&event).unwrap());
            assert_eq!(ty.encode_row(&data), Ok(bytes));
        }
    }

    #[test]
    fn rows_of_another_type_and_damaged_rows_are_errors() {
        let bytes = typed_bytes(&300_u16);
        let error = "u8".parse::<Type>().unwrap().decode_row(&bytes).unwrap_err();
        assert!(error.to_string().contains("300 is out of the range of `u8`"), "{error}");
        assert!(Type::Json.decode_row(&bytes[1..]).is_err());
        assert!(Type::Bool.encode_row(&Data::Null).is_err());
    }
}
