//! What a PState holds, declared as a type (PS-01 to PS-06).
//!
//! `Map<i64, Map<String, u64>>` is a schema, not a value: it says how the data is laid out and never exists
//! at run time. [`Schema`] is what may be declared, [`Nested`] what may stand inside it. Where the data is
//! kept and how is decided elsewhere.

use crate::codec::{Key, Value};
use crate::path::{Maybe, Root, Rows};
use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// A map. As a PState it is stored row by row: one row per key, on the task that is the key's home.
/// Inside another map it is a [`BTreeMap`] in the row.
pub struct Map<K, V>(PhantomData<fn() -> (K, V)>);

/// A set inside a map: a [`BTreeSet`] in the row.
pub struct Set<E>(PhantomData<fn() -> E>);

/// A list inside a map: a [`Vec`] in the row.
pub struct List<V>(PhantomData<fn() -> V>);

/// A map, set or list inside a map that may grow large (PS-20).
///
/// At this stage it is stored with its row, like the same schema without `Subindexed`. The spelling stays
/// when elements are stored one by one.
pub struct Subindexed<S>(PhantomData<fn() -> S>);

/// What a PState may hold: a [`Map`], or a plain value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the schema of a PState",
    label = "something in this type is neither a schema, nor a key, nor a value that can be stored",
    note = "a PState is a `Map<K, V>` or one plain value; sets and lists stand inside a map: `Map<K, Set<E>>`, \
            `Map<K, List<V>>`, and only they and maps can be `Subindexed<..>`",
    note = "the keys of maps and the elements of sets are integers with a fixed width, `bool`, `char`, `String`, \
            `Vec<u8>`, and tuples, arrays, `Option`s and `Vec`s of these",
    note = "values must be `Clone`, `Send`, `Sync`, `serde::Serialize` and `serde::Deserialize`: write \
            `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on your type"
)]
pub trait Schema: 'static {
    /// The key of a row; `()` for a plain value, which is a single row per task.
    type Key: Key;
    /// A row.
    type Row: Value;
    /// The shape on which paths into the PState begin.
    type Root: Root<Self::Key, Self::Row>;

    /// The schema as text, the same for equal schemas. Types are named without their modules.
    ///
    /// ```
    /// use rama_core::schema::{Map, Schema, Set};
    /// assert_eq!(Map::<i64, Map<String, Set<u64>>>::describe(), "Map<i64, Map<String, Set<u64>>>");
    /// assert_eq!(Option::<Vec<String>>::describe(), "Option<Vec<String>>");
    /// ```
    fn describe() -> String;
}

/// What may stand inside a [`Map`] or [`List`]: another schema, or a plain value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a PState",
    label = "this is neither a schema nor a plain value that can be stored",
    note = "a plain value must be `Clone`, `Send`, `Sync`, `serde::Serialize` and `serde::Deserialize`: write \
            `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on your type",
    note = "a schema is a `Map`, `Set`, `List` or `Subindexed` of such values; the keys of maps and the \
            elements of sets are keys"
)]
pub trait Nested: 'static {
    /// The type of the value in memory.
    type Value: Value;

    /// The schema as text, as [`Schema::describe`].
    fn describe() -> String;
}

/// What can be stored element by element.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be subindexed",
    label = "only a `Map`, `Set` or `List` has elements to store one by one",
    note = "`Subindexed<Map<K, V>>`, not `Subindexed<BTreeMap<K, V>>`: a plain value is stored as a whole"
)]
pub trait Indexable: Nested {}

#[diagnostic::do_not_recommend]
impl<T: Value> Nested for T {
    type Value = T;

    fn describe() -> String {
        short_name::<T>()
    }
}

impl<K: Key + Value, V: Nested> Nested for Map<K, V> {
    type Value = BTreeMap<K, V::Value>;

    fn describe() -> String {
        format!("Map<{}, {}>", short_name::<K>(), V::describe())
    }
}

impl<E: Key + Value> Nested for Set<E> {
    type Value = BTreeSet<E>;

    fn describe() -> String {
        format!("Set<{}>", short_name::<E>())
    }
}

impl<V: Nested> Nested for List<V> {
    type Value = Vec<V::Value>;

    fn describe() -> String {
        format!("List<{}>", V::describe())
    }
}

impl<S: Indexable> Nested for Subindexed<S> {
    type Value = S::Value;

    fn describe() -> String {
        format!("Subindexed<{}>", S::describe())
    }
}

impl<K: Key + Value, V: Nested> Indexable for Map<K, V> {}

impl<E: Key + Value> Indexable for Set<E> {}

impl<V: Nested> Indexable for List<V> {}

#[diagnostic::do_not_recommend]
impl<K: Key, V: Nested> Schema for Map<K, V> {
    type Key = K;
    type Row = V::Value;
    type Root = Rows<K, V::Value>;

    fn describe() -> String {
        format!("Map<{}, {}>", short_name::<K>(), V::describe())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> Schema for T {
    type Key = ();
    type Row = T;
    type Root = Maybe<T>;

    fn describe() -> String {
        short_name::<T>()
    }
}

/// The name of a type without the modules it comes from: moving a type is no change of the schema.
pub(crate) fn short_name<T>() -> String {
    let mut short = String::new();
    let mut segment_start = 0;
    for symbol in type_name::<T>().chars() {
        match symbol {
            ':' => short.truncate(segment_start),
            _ => short.push(symbol),
        }
        if !(symbol.is_alphanumeric() || symbol == '_' || symbol == ':') {
            segment_start = short.len();
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_types_without_modules() {
        assert_eq!(
            short_name::<BTreeMap<(u8, String), [Option<i64>; 2]>>(),
            "BTreeMap<(u8, String), [Option<i64>; 2]>"
        );
        assert_eq!(short_name::<BTreeSet<crate::id::TaskId>>(), "BTreeSet<TaskId>");
    }

    #[test]
    fn a_description_shows_every_level() {
        type Likes = Map<i64, Subindexed<Map<String, List<Set<u64>>>>>;
        assert_eq!(
            <Likes as Schema>::describe(),
            "Map<i64, Subindexed<Map<String, List<Set<u64>>>>>"
        );
    }

    #[test]
    fn subindexed_is_the_same_row_at_this_stage() {
        fn row<S: Schema>() -> &'static str {
            type_name::<S::Row>()
        }
        assert_eq!(row::<Map<i64, Subindexed<Set<u64>>>>(), row::<Map<i64, BTreeSet<u64>>>());
        assert_eq!(
            row::<Map<i64, Map<String, List<u64>>>>(),
            row::<Map<i64, BTreeMap<String, Vec<u64>>>>()
        );
    }
}
