//! The errors of encoding and decoding.

use thiserror::Error;

/// Why a value could not be turned into bytes or bytes into a value.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The bytes end before the value does.
    #[error("the bytes end in the middle of {expected}")]
    Truncated {
        /// What was being read.
        expected: &'static str,
    },
    /// The bytes cannot have been written for a value of this type.
    #[error("these bytes are not {expected}; were they written for another type?")]
    Invalid {
        /// What was being read.
        expected: &'static str,
    },
    /// The value is complete, but bytes follow it.
    #[error("{count} bytes follow the end of the value; were they written for another type?")]
    TrailingBytes {
        /// How many bytes were left.
        count: usize,
    },
    /// The checksum does not fit: the bytes changed after they were written (scenario C9).
    #[error("the checksum of a stored value does not match: the storage is damaged, restore it")]
    Checksum,
    /// The bytes are intact but use a codec or version this program does not know (scenario C12).
    #[error(
        "a stored value was written by a newer version (codec {codec}, version {version}; this \
         program reads codec 1, version 1): run that version or a later one"
    )]
    NewerVersion {
        /// The codec number found.
        codec: u8,
        /// The version number found, 0 if the codec is unknown.
        version: u64,
    },
    /// The type's `Serialize` refused the value.
    #[error("the value cannot be serialised: {reason}")]
    Serialize {
        /// What serde said.
        reason: String,
    },
    /// The bytes are intact but do not fit the type.
    #[error(
        "a stored value does not fit its type any more: {reason}; give new fields \
         `#[serde(default)]`, and renamed ones `#[serde(alias = \"..\")]`"
    )]
    Deserialize {
        /// What serde said.
        reason: String,
    },
}
