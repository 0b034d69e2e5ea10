//! Values to bytes and back: ordered keys, durable values, and the pieces of our own formats.
//!
//! The only place that chooses an encoding. Knows neither files nor tables: what is written where
//! is decided by `log`, `store` and the layers above.

pub mod bytes;
mod error;
mod key;
mod value;

pub use error::CodecError;
pub use key::{Key, decode_whole_key};
pub use value::{Value, decode_value, encode_value};
