//! The bytes of keys whose type is known only at run time: those of [`codec::Key`](crate::codec::Key) for the
//! Rust type, byte for byte.

use super::Data;
use super::fit::{from_bytes, to_bytes, uuid_bytes, uuid_text};
use crate::codec::{CodecError, Key};
use crate::dynamic::error::Misfit;
use crate::dynamic::types::{Int, Type};

impl Type {
    /// Appends the bytes of a key of this type, which sort like the keys.
    ///
    /// # Errors
    /// When the data does not fit the type, or the type cannot be a key.
    pub fn encode_key(&self, key: &Data, out: &mut Vec<u8>) -> Result<(), Misfit> {
        let misfit = || {
            Misfit::new(format!(
                "a `{self}` is expected as the key, and {} stands here",
                key.kind()
            ))
        };
        match (self, key) {
            (Self::Unit, Data::Null) => {}
            (Self::Bool, Data::Bool(value)) => value.encode_key(out),
            (Self::Text, Data::Text(text)) => text.encode_key(out),
            (Self::Char, Data::Text(text)) => {
                let mut letters = text.chars();
                let (Some(letter), None) = (letters.next(), letters.next()) else {
                    return Err(misfit());
                };
                letter.encode_key(out);
            }
            (Self::Uuid, Data::Text(text)) => uuid_bytes(text).ok_or_else(misfit)?.encode_key(out),
            (Self::Int(int), Data::Int(_) | Data::Huge(_)) => {
                encode_int(*int, key, out).ok_or_else(misfit)?;
            }
            (Self::Option(_), Data::Null) => more(false, out),
            (Self::Option(inner), _) => {
                more(true, out);
                inner.encode_key(key, out)?;
            }
            (Self::Vec(_), Data::Bytes(bytes)) => bytes.encode_key(out),
            (Self::Vec(element), Data::List(list)) if **element == Self::Int(Int::U8) => {
                let Ok(Data::Bytes(bytes)) = to_bytes(list.clone()) else { return Err(misfit()) };
                bytes.encode_key(out);
            }
            (Self::Vec(element), Data::List(list)) => {
                for data in list {
                    more(true, out);
                    element.encode_key(data, out)?;
                }
                more(false, out);
            }
            (Self::Array(element, count), Data::List(list)) if list.len() == *count => {
                list.iter().try_for_each(|data| element.encode_key(data, out))?;
            }
            (Self::Tuple(elements), Data::List(list)) if list.len() == elements.len() => {
                let mut pairs = elements.iter().zip(list);
                pairs.try_for_each(|(element, data)| element.encode_key(data, out))?;
            }
            _ => return Err(misfit()),
        }
        Ok(())
    }

    /// Takes one key of this type off the front of the bytes.
    ///
    /// # Errors
    /// When the bytes do not begin with such a key, or the type cannot be a key.
    pub fn decode_key(&self, input: &mut &[u8]) -> Result<Data, CodecError> {
        Ok(match self {
            Self::Unit => Data::Null,
            Self::Bool => Data::Bool(bool::decode_key(input)?),
            Self::Text => Data::Text(String::decode_key(input)?),
            Self::Char => Data::Text(char::decode_key(input)?.to_string()),
            Self::Uuid => Data::Text(uuid_text(&<[u8; 16]>::decode_key(input)?)),
            Self::Int(int) => decode_int(*int, input)?,
            Self::Option(inner) if is_more(input)? => inner.decode_key(input)?,
            Self::Option(_) => Data::Null,
            Self::Vec(element) if **element == Self::Int(Int::U8) => {
                Data::Bytes(Vec::<u8>::decode_key(input)?)
            }
            Self::Vec(element) => {
                let mut list = Vec::new();
                while is_more(input)? {
                    list.push(element.decode_key(input)?);
                }
                Data::List(list)
            }
            Self::Array(element, count) if **element == Self::Int(Int::U8) => {
                let bytes = (0..*count).map(|_| u8::decode_key(input)).collect::<Result<_, _>>()?;
                Data::List(from_bytes(bytes))
            }
            Self::Array(element, count) => {
                let elements = (0..*count).map(|_| element.decode_key(input));
                Data::List(elements.collect::<Result<_, _>>()?)
            }
            Self::Tuple(elements) => {
                let elements = elements.iter().map(|element| element.decode_key(input));
                Data::List(elements.collect::<Result<_, _>>()?)
            }
            Self::Float(_)
            | Self::Json
            | Self::Map(..)
            | Self::Set(_)
            | Self::List(_)
            | Self::BTreeMap(..)
            | Self::BTreeSet(_)
            | Self::Record(_)
            | Self::Subindexed(..)
            | Self::Opaque(_) => {
                return Err(CodecError::Invalid { expected: "a key: this type has none" });
            }
        })
    }

    /// Decodes bytes that hold one key and nothing else.
    pub(in crate::dynamic) fn decode_whole_key(
        &self,
        mut bytes: &[u8],
    ) -> Result<Data, CodecError> {
        let key = self.decode_key(&mut bytes)?;
        if bytes.is_empty() {
            Ok(key)
        } else {
            Err(CodecError::TrailingBytes { count: bytes.len() })
        }
    }
}

/// The mark in front of each element of a sequence and in front of a value that is there.
fn more(there: bool, out: &mut Vec<u8>) {
    there.then_some(()).encode_key(out);
}

fn is_more(input: &mut &[u8]) -> Result<bool, CodecError> {
    Option::<()>::decode_key(input).map(|mark| mark.is_some())
}

fn encode_int(int: Int, key: &Data, out: &mut Vec<u8>) -> Option<()> {
    fn put<T: Key + TryFrom<i128> + TryFrom<u128>>(key: &Data, out: &mut Vec<u8>) -> Option<()> {
        let number = match key {
            Data::Int(number) => T::try_from(*number).ok(),
            Data::Huge(number) => T::try_from(*number).ok(),
            _ => None,
        };
        number.map(|number| number.encode_key(out))
    }
    match int {
        Int::U8 => put::<u8>(key, out),
        Int::U16 => put::<u16>(key, out),
        Int::U32 => put::<u32>(key, out),
        Int::U64 => put::<u64>(key, out),
        Int::U128 => put::<u128>(key, out),
        Int::I8 => put::<i8>(key, out),
        Int::I16 => put::<i16>(key, out),
        Int::I32 => put::<i32>(key, out),
        Int::I64 => put::<i64>(key, out),
        Int::I128 => put::<i128>(key, out),
        Int::Usize | Int::Isize => None,
    }
}

fn decode_int(int: Int, input: &mut &[u8]) -> Result<Data, CodecError> {
    Ok(match int {
        Int::U8 => Data::Int(u8::decode_key(input)?.into()),
        Int::U16 => Data::Int(u16::decode_key(input)?.into()),
        Int::U32 => Data::Int(u32::decode_key(input)?.into()),
        Int::U64 => Data::Int(u64::decode_key(input)?.into()),
        Int::U128 => Data::unsigned(u128::decode_key(input)?),
        Int::I8 => Data::Int(i8::decode_key(input)?.into()),
        Int::I16 => Data::Int(i16::decode_key(input)?.into()),
        Int::I32 => Data::Int(i32::decode_key(input)?.into()),
        Int::I64 => Data::Int(i64::decode_key(input)?.into()),
        Int::I128 => Data::Int(i128::decode_key(input)?),
        Int::Usize | Int::Isize => {
            return Err(CodecError::Invalid {
                expected: "a key: its width depends on the machine",
            });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde::Serialize;

    /// The bytes of the typed key and of its JSON form are the same, and come back.
    fn check<K: Key + Serialize>(ty: &str, keys: &[K]) {
        let ty: Type = ty.parse().unwrap();
        ty.check_key().unwrap();
        let mut encoded = Vec::new();
        for key in keys {
            let json = serde_json::to_value(key).unwrap();
            let data = Data::from_json(&json, &ty).unwrap();
            let (mut typed, mut dynamic) = (Vec::new(), Vec::new());
            key.encode_key(&mut typed);
            ty.encode_key(&data, &mut dynamic).unwrap();
            assert_eq!(dynamic, typed, "{ty}: {json}");
            assert_eq!(ty.decode_whole_key(&typed), Ok(data.clone()), "{ty}: {json}");
            let mut followed = [typed.as_slice(), &[7]].concat();
            assert_eq!(ty.decode_key(&mut followed.as_slice()), Ok(data.clone()));
            followed.truncate(typed.len().saturating_sub(1));
            assert!(typed.is_empty() || ty.decode_whole_key(&followed).is_err());
            encoded.push((data, typed));
        }
        for (one, other) in encoded.iter().zip(encoded.iter().skip(1)) {
            assert_eq!(one.0.cmp(&other.0), one.1.cmp(&other.1), "{ty}: the order of the data");
        }
    }

    fn text() -> impl Strategy<Value = String> {
        vec(prop_oneof![Just('\0'), Just('a'), Just('é'), any::<char>()], 0..5)
            .prop_map(String::from_iter)
    }

    fn blob() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![Just(0_u8), Just(1), Just(0xFF), any::<u8>()], 0..5)
    }

    proptest! {
        #[test]
        fn numbers_have_the_bytes_of_typed_keys(
            a: [(u8, u16, u32, u64); 2], b: [(i8, i16, i32, i64); 2], c: [(bool, char); 2],
        ) {
            check("(u8, u16, u32, u64)", &a);
            check("(i8, i16, i32, i64)", &b);
            check("(bool, char)", &c);
        }

        #[test]
        fn texts_and_nested_keys_have_the_bytes_of_typed_keys(
            a in vec(text(), 2), b in vec(blob(), 2), n: [Option<i64>; 2], x: [[u16; 3]; 2], y: [[u8; 2]; 2],
        ) {
            check("String", &a);
            check("Vec<u8>", &b);
            check("Option<i64>", &n);
            check("[u16; 3]", &x);
            check("[u8; 2]", &y);
            let deep: Vec<_> = a.iter().zip(&b).zip(n).collect();
            let deep: Vec<_> =
                deep.into_iter().map(|((a, b), n)| ((a.clone(), n), Some(vec![b.clone()]))).collect();
            check("((String, Option<i64>), Option<Vec<Vec<u8>>>)", &deep);
            check("Vec<Vec<String>>", &[vec![a.clone(), vec![]], vec![]]);
        }

        #[test]
        fn wide_numbers_have_the_bytes_of_typed_keys(a: u128, b: i128) {
            for (ty, bytes, text) in [
                ("u128", a.to_be_bytes().to_vec(), a.to_string()),
                ("i128", { let mut out = vec![]; b.encode_key(&mut out); out }, b.to_string()),
            ] {
                let ty: Type = ty.parse().unwrap();
                let data = Data::from_json(&text.into(), &ty).unwrap();
                let mut out = vec![];
                ty.encode_key(&data, &mut out).unwrap();
                prop_assert_eq!(&out, &bytes);
                prop_assert_eq!(ty.decode_whole_key(&bytes), Ok(data));
            }
        }

        #[test]
        fn any_bytes_decode_to_a_key_that_encodes_to_them_or_an_error(bytes in vec(0..3_u8, 0..40)) {
            let ty: Type = "(Option<String>, Vec<(bool, Vec<u8>)>, [i8; 2], char)".parse().unwrap();
            let mut rest = bytes.as_slice();
            if let Ok(key) = ty.decode_key(&mut rest) {
                let mut out = Vec::new();
                ty.encode_key(&key, &mut out).unwrap();
                prop_assert_eq!(&out, &bytes[..bytes.len() - rest.len()]);
            }
        }
    }

    #[test]
    fn a_uuid_is_its_sixteen_bytes() {
        let text = "0190163D-8694-739b-aea5-966c26f8ad91";
        let data = Data::from_json(&text.into(), &Type::Uuid).unwrap();
        let mut out = Vec::new();
        Type::Uuid.encode_key(&data, &mut out).unwrap();
        assert_eq!((out.len(), out[0], out[15]), (16, 0x01, 0x91));
        assert_eq!(Type::Uuid.decode_whole_key(&out), Ok(Data::Text(text.to_lowercase())));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let misfit = Type::Text.encode_key(&Data::Int(1), &mut Vec::new()).unwrap_err();
        assert!(misfit.to_string().contains("`String` is expected as the key"), "{misfit}");
        assert!(Type::Json.encode_key(&Data::Int(1), &mut Vec::new()).is_err());
        assert!(Type::Json.decode_whole_key(&[]).is_err());
    }
}
