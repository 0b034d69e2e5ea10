//! Keys as bytes whose order is the order of the keys.
//!
//! The same bytes order rows in the store and choose the partition, so this format is frozen: the
//! golden vectors below must never change. Rules: unsigned numbers big-endian; signed ones with
//! the sign bit flipped; text and bytes with `00` escaped as `00 FF` and closed by `00 00`, so a
//! prefix sorts first; `Option` as `00` or `01` and the value; sequences as `01` before each
//! element and `00` at the end; tuples, arrays and structs by concatenation; enums as a byte with
//! the number of the variant and its fields; UUIDs as their 16 bytes. Every encoding knows its own
//! end, so the encoding of the first elements of a tuple is a bound for a range of it. Decoding is
//! total and accepts only what encoding writes.

use super::bytes::Reader;
use super::error::CodecError;
use crate::id::{Offset, TaskId};
use std::fmt::Debug;

/// Makes a struct or enum of keys a [`Key`](trait@Key) (PS-02).
///
/// The bytes sort as the derived `Ord` does: a struct is its fields in the order in which they stand; an enum
/// is one byte, the place of the variant, and then the fields of the variant. Both orders are part of what is
/// stored: append variants at the end, and do not reorder, insert or remove fields or variants once there is
/// data. The names of fields and variants may change.
///
/// ```
/// use rama_core::codec::{Key, decode_whole_key};
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
/// struct Place {
///     country: String,
///     kind: Kind,
/// }
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
/// enum Kind {
///     Country,
///     City { id: u32 },
/// }
///
/// let bytes = |kind| {
///     let mut out = Vec::new();
///     Place { country: "at".into(), kind }.encode_key(&mut out);
///     out
/// };
/// assert_eq!(bytes(Kind::City { id: 7 }), [b'a', b't', 0, 0, 1, 0, 0, 0, 7]);
/// assert!(bytes(Kind::Country) < bytes(Kind::City { id: 7 }));
/// assert_eq!(decode_whole_key::<Place>(&bytes(Kind::Country))?.kind, Kind::Country);
/// # Ok::<(), rama_core::codec::CodecError>(())
/// ```
///
/// Every key is `Clone`, `Debug` and `Ord`: when rustc says that one of them is not implemented, add it to the
/// same `#[derive(..)]`, as above. Derive `Ord`; one written by hand would have to agree with the bytes. Type
/// parameters have to be keys: `Pair<K>` is a key when `K` is. Lifetimes, unions, more than 255 variants, and
/// discriminants out of order are errors.
///
/// `#[key(crate = path::to::rama_core)]` on the type names a renamed dependency.
#[doc(inline)]
pub use rama_macros::Key;

const ESCAPED: u8 = 0x00;
const ESCAPED_ZERO: u8 = 0xFF;
const END: u8 = 0x00;
const MORE: u8 = 0x01;

/// A type that can be a key of a PState or choose a partition (PS-02).
///
/// ```
/// use rama_core::codec::Key;
/// let encode = |key: (String, i32)| {
///     let mut out = Vec::new();
///     key.encode_key(&mut out);
///     out
/// };
/// assert!(encode(("a".into(), 1)) < encode(("a".into(), 2)));
/// assert!(encode(("a".into(), 2)) < encode(("a\0".into(), -5)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "keys need an order of their bytes that `{Self}` does not have",
    note = "keys are integers with a fixed width, `bool`, `char`, `String`, `Vec<u8>`, and tuples, \
            arrays, `Option`s and `Vec`s of keys",
    note = "on a type of your own write `#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]`",
    note = "instead of `usize` use `u64`, instead of `&str` a `String`; floating point numbers \
            have no total order"
)]
pub trait Key: Ord + Clone + Debug + Send + Sync + 'static {
    /// Appends the encoding: `a < b` exactly when the bytes of `a` sort before those of `b`.
    fn encode_key(&self, out: &mut Vec<u8>);

    /// Takes one key off the front of `input`.
    ///
    /// # Errors
    /// When `input` does not start with the encoding of a key of this type; `input` is then at an
    /// unspecified place.
    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError>;

    /// Appends a sequence of keys. Only bytes have a denser form than the one given here.
    #[doc(hidden)]
    fn encode_sequence(keys: &[Self], out: &mut Vec<u8>) {
        for key in keys {
            out.push(MORE);
            key.encode_key(out);
        }
        out.push(END);
    }

    /// Takes what [`Key::encode_sequence`] wrote.
    #[doc(hidden)]
    fn decode_sequence(input: &mut &[u8]) -> Result<Vec<Self>, CodecError> {
        let mut keys = Vec::new();
        while flag(input, "a sequence")? {
            keys.push(Self::decode_key(input)?);
        }
        Ok(keys)
    }
}

/// Decodes bytes that hold one key and nothing else.
///
/// # Errors
/// As [`Key::decode_key`], and [`CodecError::TrailingBytes`] when bytes are left.
pub fn decode_whole_key<K: Key>(mut bytes: &[u8]) -> Result<K, CodecError> {
    let key = K::decode_key(&mut bytes)?;
    if bytes.is_empty() { Ok(key) } else { Err(CodecError::TrailingBytes { count: bytes.len() }) }
}

/// Unsigned numbers: big-endian bytes already sort like the numbers.
macro_rules! unsigned_key {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn encode_key(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }

            fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
                take_array(input, "a number").map(Self::from_be_bytes)
            }
        }
    )*};
}

unsigned_key!(u16, u32, u64, u128);

impl Key for u8 {
    fn encode_key(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        take_array::<1>(input, "a number").map(|[byte]| byte)
    }

    fn encode_sequence(keys: &[Self], out: &mut Vec<u8>) {
        encode_bytes(keys, out);
    }

    fn decode_sequence(input: &mut &[u8]) -> Result<Vec<Self>, CodecError> {
        decode_bytes(input)
    }
}

/// Signed numbers: flipping the sign bit moves the negative ones before the others.
macro_rules! signed_key {
    ($($number:ty as $unsigned:ty),*) => {$(
        impl Key for $number {
            fn encode_key(&self, out: &mut Vec<u8>) {
                let flipped = self.cast_unsigned() ^ Self::MIN.cast_unsigned();
                out.extend_from_slice(&flipped.to_be_bytes());
            }

            fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
                let flipped = <$unsigned>::from_be_bytes(take_array(input, "a number")?);
                Ok((flipped ^ Self::MIN.cast_unsigned()).cast_signed())
            }
        }
    )*};
}

signed_key!(i8 as u8, i16 as u16, i32 as u32, i64 as u64, i128 as u128);

/// Ids that users hold are keys like the number in them.
macro_rules! id_key {
    ($($id:ident),*) => {$(
        impl Key for $id {
            fn encode_key(&self, out: &mut Vec<u8>) {
                self.0.encode_key(out);
            }

            fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
                Key::decode_key(input).map(Self)
            }
        }
    )*};
}

id_key!(TaskId, Offset);

/// Its bytes, which is also how `Uuid`s compare. Those of version 7 sort by time (PS-22).
#[cfg(feature = "uuid")]
impl Key for uuid::Uuid {
    fn encode_key(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        take_array(input, "a UUID").map(Self::from_bytes)
    }
}

impl Key for bool {
    fn encode_key(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        flag(input, "a bool")
    }
}

impl Key for char {
    fn encode_key(&self, out: &mut Vec<u8>) {
        u32::from(*self).encode_key(out);
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        let number = u32::decode_key(input)?;
        Self::from_u32(number).ok_or(CodecError::Invalid { expected: "a char" })
    }
}

impl Key for String {
    fn encode_key(&self, out: &mut Vec<u8>) {
        encode_bytes(self.as_bytes(), out);
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        let bytes = decode_bytes(input)?;
        Self::from_utf8(bytes).map_err(|_| CodecError::Invalid { expected: "text in UTF-8" })
    }
}

impl<K: Key> Key for Vec<K> {
    fn encode_key(&self, out: &mut Vec<u8>) {
        K::encode_sequence(self, out);
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        K::decode_sequence(input)
    }
}

impl<K: Key> Key for Option<K> {
    fn encode_key(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(END),
            Some(key) => {
                out.push(MORE);
                key.encode_key(out);
            }
        }
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        if flag(input, "an optional key")? { K::decode_key(input).map(Some) } else { Ok(None) }
    }
}

impl<K: Key, const N: usize> Key for [K; N] {
    fn encode_key(&self, out: &mut Vec<u8>) {
        for key in self {
            key.encode_key(out);
        }
    }

    fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
        let keys = (0..N).map(|_| K::decode_key(input)).collect::<Result<Vec<K>, _>>()?;
        Ok(keys.try_into().expect("exactly N keys were collected"))
    }
}

impl Key for () {
    fn encode_key(&self, _: &mut Vec<u8>) {}

    fn decode_key(_: &mut &[u8]) -> Result<Self, CodecError> {
        Ok(())
    }
}

/// Tuples: one element after the other, since each knows its own end.
macro_rules! tuple_key {
    ($(($($name:ident $index:tt),+))*) => {$(
        impl<$($name: Key),+> Key for ($($name,)+) {
            fn encode_key(&self, out: &mut Vec<u8>) {
                $(self.$index.encode_key(out);)+
            }

            fn decode_key(input: &mut &[u8]) -> Result<Self, CodecError> {
                Ok(($($name::decode_key(input)?,)+))
            }
        }
    )*};
}

tuple_key! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 2);
    let mut rest = bytes;
    while let Some(zero) = rest.iter().position(|&byte| byte == ESCAPED) {
        out.extend_from_slice(&rest[..=zero]);
        out.push(ESCAPED_ZERO);
        rest = &rest[zero + 1..];
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(&[ESCAPED, END]);
}

fn decode_bytes(input: &mut &[u8]) -> Result<Vec<u8>, CodecError> {
    const TRUNCATED: CodecError = CodecError::Truncated { expected: "text or bytes" };
    let mut bytes = Vec::new();
    loop {
        let zero = input.iter().position(|&byte| byte == ESCAPED).ok_or(TRUNCATED)?;
        bytes.extend_from_slice(&input[..zero]);
        let after = input.get(zero + 1).ok_or(TRUNCATED)?;
        *input = &input[zero + 2..];
        match *after {
            END => return Ok(bytes),
            ESCAPED_ZERO => bytes.push(ESCAPED),
            _ => return Err(CodecError::Invalid { expected: "text or bytes" }),
        }
    }
}

fn flag(input: &mut &[u8], expected: &'static str) -> Result<bool, CodecError> {
    match take_array(input, expected)? {
        [END] => Ok(false),
        [MORE] => Ok(true),
        _ => Err(CodecError::Invalid { expected }),
    }
}

fn take_array<const N: usize>(
    input: &mut &[u8],
    expected: &'static str,
) -> Result<[u8; N], CodecError> {
    let mut reader = Reader::new(input);
    let bytes = reader.array(expected)?;
    *input = reader.rest();
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn encode<K: Key>(key: &K) -> Vec<u8> {
        let mut out = Vec::new();
        key.encode_key(&mut out);
        out
    }

    /// Order, round trip, the end of a key inside other bytes, and every truncation of it.
    fn check_pair<K: Key>(a: &K, b: &K) {
        let (bytes_a, bytes_b) = (encode(a), encode(b));
        assert_eq!(bytes_a.cmp(&bytes_b), a.cmp(b), "{a:?} against {b:?}");
        assert_eq!(decode_whole_key::<K>(&bytes_a).as_ref(), Ok(a));
        let followed = [bytes_a.as_slice(), &[0xAB]].concat();
        let mut input = followed.as_slice();
        assert_eq!(K::decode_key(&mut input).as_ref(), Ok(a));
        assert_eq!(input, [0xAB], "a key must know its own end");
        for end in 0..bytes_a.len() {
            assert!(decode_whole_key::<K>(&bytes_a[..end]).is_err(), "{a:?} cut at {end}");
        }
    }

    /// Whatever decodes is what encoding would have written: no two byte strings for one key.
    fn check_arbitrary_bytes<K: Key>(bytes: &[u8]) {
        let mut input = bytes;
        if let Ok(key) = K::decode_key(&mut input) {
            assert_eq!(encode(&key), bytes[..bytes.len() - input.len()]);
        }
    }

    fn check_like_memcomparable<K: Key + serde::Serialize>(a: &K, b: &K) {
        let reference = |key: &K| memcomparable::to_vec(key).unwrap();
        assert_eq!(encode(a).cmp(&encode(b)), reference(a).cmp(&reference(b)), "{a:?} {b:?}");
    }

    /// Few different characters, so that prefixes, NUL and equal texts are common.
    fn text() -> impl Strategy<Value = String> {
        "[\0\u{1}a\u{ff}\u{10ffff}]{0,4}"
    }

    fn blob() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![Just(0_u8), Just(1), Just(0xFE), Just(0xFF), any::<u8>()], 0..5)
    }

    type Unsigned = (u8, u16, u32, u64, u128);
    type Signed = (i8, i16, i32, i64, i128);
    type Single = (bool, char, Option<i8>);
    type Deep = ((String, i8), Option<Vec<u8>>, Vec<(String, u8)>);

    fn deep() -> impl Strategy<Value = Deep> {
        let pair = (text(), -1..2_i8);
        (pair, proptest::option::of(blob()), vec((text(), 0..2_u8), 0..3))
    }

    proptest! {
        #[test]
        fn numbers_sort_like_their_bytes(a: Unsigned, b: Unsigned) {
            check_pair(&a, &b);
            check_pair(&a.0, &b.0);
            check_pair(&a.4, &b.4);
        }

        #[test]
        fn signed_numbers_sort_like_their_bytes(a: Signed, b: Signed) {
            check_pair(&a, &b);
            check_pair(&a.1, &b.1);
            check_pair(&a.2, &b.2);
            check_pair(&a.3, &b.3);
            check_pair(&a.4, &b.4);
        }

        #[test]
        fn single_values_sort_like_their_bytes(a: Single, b: Single) {
            check_pair(&a, &b);
            check_pair(&a.0, &b.0);
            check_pair(&a.1, &b.1);
            check_pair(&a.2, &b.2);
        }

        #[test]
        fn texts_and_blobs_sort_like_their_bytes(
            a in text(), b in text(), c in blob(), d in blob(),
        ) {
            check_pair(&a, &b);
            check_pair(&c, &d);
            check_pair(&vec![a.clone(), b.clone()], &vec![a.clone()]);
            check_pair(&vec![c.clone(), d.clone()], &vec![d.clone()]);
            check_pair(&(a.clone(), c.clone()), &(b.clone(), d.clone()));
            check_pair(&[Some(a.clone()), None], &[Some(b.clone()), Some(a)]);
        }

        #[test]
        fn nested_keys_sort_like_their_bytes(a in deep(), b in deep()) {
            check_pair(&a, &b);
            check_pair(&vec![a.clone(), b.clone()], &vec![b.clone(), a.clone()]);
            check_pair(&(Some(a.clone()), ()), &(Some(b.clone()), ()));
            check_pair(
                &(a.0.clone(), a.1.clone(), true, 1_u8, 'x', [1_i16, 2]),
                &(b.0.clone(), b.1.clone(), true, 1_u8, 'x', [1_i16, -2]),
            );
        }

        #[test]
        fn order_is_that_of_memcomparable(
            a in deep(), b in deep(), x: (i64, u32, bool), y: (i64, u32, bool),
        ) {
            check_like_memcomparable(&a, &b);
            check_like_memcomparable(&x, &y);
        }

        #[test]
        fn any_bytes_decode_to_a_key_or_an_error(
            bytes in prop_oneof![vec(any::<u8>(), 0..64), vec(0..3_u8, 0..64)],
        ) {
            check_arbitrary_bytes::<Deep>(&bytes);
            check_arbitrary_bytes::<Vec<Vec<String>>>(&bytes);
            check_arbitrary_bytes::<(bool, Option<char>, [u16; 3])>(&bytes);
            check_arbitrary_bytes::<(u8, i128)>(&bytes);
            check_arbitrary_bytes::<Vec<()>>(&bytes);
            check_arbitrary_bytes::<String>(&bytes);
        }
    }

    #[test]
    fn extremes_sort_like_their_bytes() {
        let numbers = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX];
        for pair in numbers.windows(2) {
            check_pair(&pair[0], &pair[1]);
        }
        check_pair(&u128::MAX, &0);
        check_pair(&char::MAX, &'\0');
        check_pair(&(), &());
        check_pair(&TaskId(1), &TaskId(256));
        check_pair(&Offset(u64::MAX), &Offset(0));
    }

    #[test]
    fn the_format_is_frozen() {
        assert_eq!(encode(&0x0102_u16), [1, 2]);
        assert_eq!(encode(&7_u64), [0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(encode(&-1_i32), [0x7F, 0xFF, 0xFF, 0xFF]);
        assert_eq!(encode(&1_i64), [0x80, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(encode(&true), [1]);
        assert_eq!(encode(&'ß'), [0, 0, 0, 0xDF]);
        assert_eq!(encode(&"a\0b".to_owned()), [b'a', 0, 0xFF, b'b', 0, 0]);
        assert_eq!(encode(&String::new()), [0, 0]);
        assert_eq!(encode(&vec![0_u8, 9]), [0, 0xFF, 9, 0, 0]);
        assert_eq!(encode(&vec![5_u16, 6]), [1, 0, 5, 1, 0, 6, 0]);
        assert_eq!(encode(&Some(3_u8)), [1, 3]);
        assert_eq!(encode(&None::<u8>), [0]);
        assert_eq!(encode(&("a".to_owned(), 1_u8)), [b'a', 0, 0, 1]);
        assert_eq!(encode(&[1_u8, 2, 3]), [1, 2, 3]);
        assert_eq!(encode(&()), [0_u8; 0]);
    }

    #[test]
    fn bytes_after_a_whole_key_are_refused() {
        assert_eq!(decode_whole_key::<u8>(&[1, 2, 3]), Err(CodecError::TrailingBytes { count: 2 }));
    }
}
