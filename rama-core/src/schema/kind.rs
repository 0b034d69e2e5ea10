//! Whether a part of a schema is a value in a row or rows itself, decided by types.

use super::Nested;
use crate::codec::{Key, Value};
use crate::path::{Present, RowList, Rows, Stored, Uncounted};
use std::collections::BTreeMap;

/// [`Plain`] or [`Indexed`], and what that makes of the collections around.
pub trait Kind: 'static {
    /// The value of a map.
    type MapValue<K: Key + Value, V: Nested>: Value;
    /// The value of a list.
    type ListValue<V: Nested>: Value;
    /// The shape of a map.
    type Map<K: Key + Value, V: Nested>: Stored;
    /// The shape of a list.
    type List<V: Nested>: Stored;

    /// How many levels a collection adds to those of its elements.
    const AROUND: u8;
}

/// A value in a row.
pub struct Plain;

/// Stored in rows.
pub struct Indexed;

impl Kind for Plain {
    type MapValue<K: Key + Value, V: Nested> = BTreeMap<K, V::Value>;
    type ListValue<V: Nested> = Vec<V::Value>;
    type Map<K: Key + Value, V: Nested> = Present<BTreeMap<K, V::Value>>;
    type List<V: Nested> = Present<Vec<V::Value>>;
    const AROUND: u8 = 0;
}

impl Kind for Indexed {
    type MapValue<K: Key + Value, V: Nested> = ();
    type ListValue<V: Nested> = ();
    type Map<K: Key + Value, V: Nested> = Rows<K, V::There, Uncounted>;
    type List<V: Nested> = RowList<V::There>;
    const AROUND: u8 = 1;
}
