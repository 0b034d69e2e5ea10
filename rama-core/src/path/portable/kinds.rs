//! Whether ranges are those of a map or of a set, which in data have different names.

use super::steps::Place;
use crate::path::rows::{RowSet, Rows};
use crate::path::shape::{Maybe, Present};
use crate::path::span::{Ranged, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A shape that ranges are made of.
pub trait InOrder {
    /// Whether it is a map; otherwise it is a set.
    const IS_MAP: bool;
}

macro_rules! in_order {
    ($([$($parameter:tt)*] $shape:ty: $is_map:expr;)*) => {$(
        impl<$($parameter)*> InOrder for $shape {
            const IS_MAP: bool = $is_map;
        }
    )*};
}

in_order! {
    [K: 'static, V: 'static] Present<BTreeMap<K, V>>: true;
    [K: 'static, V: 'static] Maybe<BTreeMap<K, V>>: true;
    [T: 'static] Present<BTreeSet<T>>: false;
    [T: 'static] Maybe<BTreeSet<T>>: false;
    [K: 'static, S: 'static, C: 'static] Rows<K, S, C>: true;
    [T: 'static, C: 'static] RowSet<T, C>: false;
    [K: 'static, S: InOrder + Ranged<Key = K>] Span<K, S>: S::IS_MAP;
}

/// What the part of such a shape is.
pub(super) const fn part<S: InOrder>() -> Place {
    if S::IS_MAP { Place::MapPart } else { Place::ListPart }
}
