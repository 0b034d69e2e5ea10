//! Durable values: MessagePack with field names in an envelope with version and checksum.
//!
//! `[codec: 1][version as varint][body][CRC32C, little-endian]`. The checksum stands last whatever
//! the codec, so damage and a newer version are told apart. The store below does not verify what it
//! reads (finding 1 in RELIABILITY.md): this checksum is what keeps wrong values from being served.
//! Field names make added, removed and reordered fields readable; upcasting between versions is not
//! done here.

use super::bytes::{Reader, put_u8, put_u32, put_varint};
use super::error::CodecError;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// MessagePack, structs as maps with field names.
const CODEC: u8 = 1;
/// The only version so far.
const VERSION: u64 = 1;
const CHECKSUM_BYTES: usize = 4;
/// Nesting of lists, maps and enums: as deep as serde_json reads. Frames of 4 KiB a level, which
/// debug builds come near to, still take only a quarter of a thread's 2 MiB of stack.
const DEPTH_MAX: usize = 128;

/// A type whose values can be stored and sent: events, PState values, anything in a frame.
///
/// Implemented for every type that has what it asks for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored or sent",
    label = "this value crosses to a disk or to another task here",
    note = "it must own its data and be `Clone`, `Send`, `Sync`, `serde::Serialize` and \
            `serde::Deserialize`",
    note = "write `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on your type"
)]
pub trait Value: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Value for T {}

/// Appends the value in its envelope.
///
/// # Errors
/// [`CodecError::Serialize`] when the type refuses or the value is nested too deeply; `out` is then
/// as before.
pub fn encode_value<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let start = out.len();
    put_u8(out, CODEC);
    put_varint(out, VERSION);
    let body = out.len();
    let written = rmp_serde::encode::write_named(out, value)
        .map_err(|error| CodecError::Serialize { reason: error.to_string() })
        .and_then(|()| check_depth(&out[body..]));
    if written.is_err() {
        out.truncate(start);
        return written;
    }
    let checksum = crc32c::crc32c(&out[start..]);
    put_u32(out, checksum);
    Ok(())
}

/// Reads a value that fills `bytes`.
///
/// # Errors
/// [`CodecError::Checksum`] when the bytes are damaged, [`CodecError::NewerVersion`] when they are
/// intact but of an unknown kind, [`CodecError::Deserialize`] when they do not fit the type.
pub fn decode_value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    rmp_serde::from_slice(open_envelope(bytes)?)
        .map_err(|error| CodecError::Deserialize { reason: error.to_string() })
}

/// Refuses a value that could not be read back without endangering the stack (finding 10).
fn check_depth(body: &[u8]) -> Result<(), CodecError> {
    // Every level takes a byte at least, so small values need no look.
    if body.len() <= DEPTH_MAX {
        return Ok(());
    }
    let mut reader = rmp_serde::Deserializer::from_read_ref(body);
    reader.set_max_depth(DEPTH_MAX + 1);
    let walked = IgnoredAny::deserialize(&mut reader);
    walked.map(drop).map_err(|error| CodecError::Serialize {
        reason: format!("{error}; a value may be nested {DEPTH_MAX} levels deep"),
    })
}

/// Verifies the checksum first: only then do the other numbers mean anything.
fn open_envelope(bytes: &[u8]) -> Result<&[u8], CodecError> {
    const TRUNCATED: CodecError = CodecError::Truncated { expected: "a stored value" };
    let (content, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(TRUNCATED)?;
    if crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
        return Err(CodecError::Checksum);
    }
    let mut reader = Reader::new(content);
    let codec = reader.u8().map_err(|_| TRUNCATED)?;
    if codec != CODEC {
        return Err(CodecError::NewerVersion { codec, version: 0 });
    }
    match reader.varint()? {
        VERSION => Ok(reader.rest()),
        version => Err(CodecError::NewerVersion { codec, version }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
    struct Order {
        id: u64,
        buyer: String,
        items: Vec<String>,
        total: f64,
    }

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
    struct OrderWithNote {
        id: u64,
        buyer: String,
        items: Vec<String>,
        total: f64,
        #[serde(default)]
        note: Option<String>,
    }

    #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
    struct OrderRearranged {
        total: f64,
        id: u64,
    }

    fn order() -> Order {
        Order { id: 7, buyer: "ann".into(), items: vec!["tea".into()], total: 1.5 }
    }

    fn encoded<T: Value>(value: &T) -> Vec<u8> {
        let mut out = Vec::new();
        encode_value(value, &mut out).unwrap();
        out
    }

    /// An intact envelope with this content before its checksum.
    fn sealed(mut content: Vec<u8>) -> Vec<u8> {
        let checksum = crc32c::crc32c(&content);
        put_u32(&mut content, checksum);
        content
    }

    #[test]
    fn values_come_back() {
        assert_eq!(decode_value(&encoded(&order())), Ok(order()));
        assert_eq!(decode_value(&encoded(&())), Ok(()));
        assert_eq!(decode_value(&encoded(&Some(u64::MAX))), Ok(Some(u64::MAX)));
        let map = BTreeMap::from([(i64::MIN, "x".to_owned()), (3, String::new())]);
        assert_eq!(decode_value(&encoded(&map)), Ok(map));
        assert_eq!(decode_value(&encoded(&0.1_f64)), Ok(0.1_f64));
    }

    #[test]
    fn old_bytes_fit_a_struct_with_a_new_field() {
        let read: OrderWithNote = decode_value(&encoded(&order())).unwrap();
        assert_eq!((read.id, read.total, read.note), (7, 1.5, None));
    }

    #[test]
    fn old_bytes_fit_a_struct_with_removed_and_reordered_fields() {
        let read: OrderRearranged = decode_value(&encoded(&order())).unwrap();
        assert_eq!(read, OrderRearranged { total: 1.5, id: 7 });
    }

    #[test]
    fn bytes_of_another_shape_are_an_error_that_says_what_to_do() {
        let error = decode_value::<Order>(&encoded(&OrderRearranged { total: 0.0, id: 1 }))
            .unwrap_err()
            .to_string();
        assert!(error.contains("buyer") && error.contains("serde(default)"), "{error}");
    }

    #[test]
    fn every_single_bit_flip_is_detected() {
        let good = encoded(&order());
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode_value::<Order>(&bad), Err(CodecError::Checksum), "bit {bit}");
        }
    }

    #[test]
    fn every_truncation_is_detected() {
        let good = encoded(&order());
        for end in 0..good.len() {
            assert!(decode_value::<Order>(&good[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn unknown_codecs_and_versions_come_from_a_newer_program() {
        let codec = decode_value::<u64>(&sealed(vec![2, 1, 5])).unwrap_err();
        assert_eq!(codec, CodecError::NewerVersion { codec: 2, version: 0 });
        let version = decode_value::<u64>(&sealed(vec![1, 2, 5])).unwrap_err();
        assert_eq!(version, CodecError::NewerVersion { codec: 1, version: 2 });
        assert!(version.to_string().contains("written by a newer version"), "{version}");
        assert_eq!(decode_value::<u64>(&sealed(vec![1, 1, 5])), Ok(5));
    }

    #[test]
    fn a_value_that_refuses_leaves_nothing_behind() {
        /// Has no length until it was walked, and then turns out to be unserialisable.
        #[derive(Clone, Deserialize)]
        struct Refuses;
        impl Serialize for Refuses {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("not today"))
            }
        }
        let mut out = vec![9];
        let error = encode_value(&(1, Refuses), &mut out).unwrap_err();
        assert!(error.to_string().contains("not today"), "{error}");
        assert_eq!(out, [9]);
    }

    #[test]
    fn a_value_too_deep_to_be_read_is_refused_when_written() {
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        enum Nested {
            End,
            Level(Box<Nested>),
        }
        let nested =
            |depth| (0..depth).fold(Nested::End, |inner, _| Nested::Level(Box::new(inner)));
        let deepest = nested(DEPTH_MAX);
        assert_eq!(decode_value(&encoded(&deepest)), Ok(deepest));
        let mut out = vec![9];
        let error = encode_value(&nested(DEPTH_MAX + 1), &mut out).unwrap_err();
        assert!(error.to_string().contains("128 levels"), "{error}");
        assert_eq!(out, [9]);
    }

    #[test]
    fn the_envelope_is_frozen() {
        let mut bytes = encoded(&Some(5_u8));
        assert_eq!(bytes[..3], [1, 1, 5]);
        assert_eq!(bytes.split_off(3), crc32c::crc32c(&[1, 1, 5]).to_le_bytes());
    }

    proptest! {
        #[test]
        fn any_intact_envelope_decodes_or_is_an_error(body in vec(any::<u8>(), 0..64)) {
            let bytes = sealed([vec![CODEC, 1], body].concat());
            if let Ok(order) = decode_value::<Order>(&bytes) {
                let again: Order = decode_value(&encoded(&order)).unwrap();
                prop_assert_eq!(again.id, order.id);
            }
        }

        #[test]
        fn any_bytes_decode_or_are_an_error(bytes in vec(any::<u8>(), 0..64)) {
            // Random bytes have a fitting checksum once in four billion cases.
            prop_assert!(decode_value::<Order>(&bytes).is_err());
        }
    }
}
