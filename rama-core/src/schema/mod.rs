//! What a PState holds, declared as a type (PS-01 to PS-06, PS-20 to PS-27).
//!
//! `Map<i64, Subindexed<Map<String, u64>>>` is a schema, not a value: it says how the data is laid out and never
//! exists at run time. [`Schema`] is what may be declared, [`Nested`] what may stand inside it. Where the data is
//! kept and how is decided elsewhere.
//!
//! One rule says what is a row: the elements of the PState itself, and those of everything that is
//! [`Subindexed`] or has something subindexed inside. All the rest is plain values in those rows. So a structure
//! that could not be handed out as a value, because something in it may be larger than memory, is never stored as
//! one either.

#[doc(hidden)]
pub mod fixed_keys;
mod kind;
mod name;

pub use fixed_keys::{FieldSchema, FixedKeys};
pub use kind::{Indexed, Kind, Plain};
pub(crate) use name::short_name;

use crate::codec::{Key, Value};
use crate::path::{Counted, Counting, Maybe, Present, Root, RowList, RowSet, Rows, Stored};
use std::marker::PhantomData;

pub use crate::path::Uncounted;

/// Makes a struct the schema of a row with fixed keys (PS-05): each field is a key by its name, and its type is
/// the schema of what stands there.
///
/// The struct is never a value: it says which keys there are. Each of them may be missing, and each is read and
/// written on its own.
///
/// ```
/// use rama_core::{cluster::{Cluster, LaunchConfig}, prelude::*};
///
/// #[derive(FixedKeys)]
/// struct Account {
///     name: String,
///     followers: Subindexed<Set<u64>>,
/// }
///
/// defmodule! {
///     AccountsModule {
///         depot *follows: (u64, u64), hash_by(|follow| follow.1);
///
///         stream accounts {
///             pstate $$accounts: Map<u64, Account>;
///
///             sources! {
///                 source(*follows) :> (follower, followed);
///                 local_transform([keypath(followed), .name, termval("ada".to_owned())], $$accounts);
///                 local_transform([keypath(followed), .followers, NONE_ELEM, termval(follower)], $$accounts);
///             }
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let cluster = Cluster::in_memory();
/// let module = cluster.launch(AccountsModule, LaunchConfig::new()).await?;
/// module.depot.follows.append((1, 2)).await?;
/// let name = module.pstate.accounts.select_one(path![keypath(2), .name]).await?;
/// assert_eq!(name.as_deref(), Some("ada"));
/// # Ok(())
/// # }
/// ```
///
/// The name of a field is what is stored. `#[fixed_keys(rename = "old_name")]` on a field keeps the stored name
/// when the field is renamed. Type parameters need the bounds that their place asks for, such as
/// `struct Page<V: Nested>`. Tuple structs, structs without fields, enums, unions, lifetimes, and two keys with
/// one stored name are errors.
///
/// `#[fixed_keys(crate = path::to::rama_core)]` on the type names a renamed dependency.
#[doc(inline)]
pub use rama_macros::FixedKeys;

/// A map. As a PState it is stored row by row: one row per key, on the task that is the key's home.
/// Inside another map it is a [`BTreeMap`](std::collections::BTreeMap) in the row.
pub struct Map<K, V>(PhantomData<fn() -> (K, V)>);

/// A set inside a map: a [`BTreeSet`](std::collections::BTreeSet) in the row.
pub struct Set<E>(PhantomData<fn() -> E>);

/// A list inside a map: a [`Vec`] in the row.
pub struct List<V>(PhantomData<fn() -> V>);

/// A map, set or list inside a map that may grow larger than memory: each element is a row (PS-20).
///
/// It knows its size, for which a write has to know whether its element is there. `Subindexed<S, Uncounted>` does
/// without: sizes are counted one by one, and setting and removing reads nothing (PS-23). Lists always know their
/// size.
pub struct Subindexed<S, C = Counted>(PhantomData<fn() -> (S, C)>);

/// A plain value that is there from the beginning (PS-31): written `pstate $$name: T { initial: value }`.
pub struct Initial<T>(PhantomData<fn() -> T>);

/// What a PState may hold: a [`Map`], fixed keys, or a plain value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the schema of a PState",
    label = "something in this type is neither a schema, nor a key, nor a value that can be stored",
    note = "a PState is a `Map<K, V>`, a struct with `#[derive(FixedKeys)]` or one plain value",
    note = "a `Set<E>` or `List<V>` does not stand alone: put it into a map, `Map<K, Set<E>>` or `Map<K, List<V>>`, \
            with `Subindexed<..>` around it if it may grow large; if it stays small, a `BTreeSet<E>` or `Vec<V>` is \
            one plain value",
    note = "the keys of maps and the elements of sets are integers with a fixed width, `bool`, `char`, `String`, \
            `Vec<u8>`, and tuples, arrays, `Option`s and `Vec`s of these, and types with `#[derive(Key)]`",
    note = "values must be `Clone`, `Send`, `Sync`, `serde::Serialize` and `serde::Deserialize`: write \
            `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on your type"
)]
pub trait Schema: 'static {
    /// The shape on which paths into the PState begin.
    type Root: Root;
    /// How many levels of structures lie inside the PState.
    const DEPTH: u8;
    /// Whether the first key of a path says where the data is at home.
    const HAS_HOMES: bool = false;
    /// Whether it needs an initial value.
    const HAS_INITIAL: bool = false;

    /// The schema as text, the same for equal schemas. Types are named without their modules.
    ///
    /// ```
    /// use rama_core::schema::{Map, Schema, Set, Subindexed};
    /// assert_eq!(Map::<i64, Map<String, Set<u64>>>::describe(), "Map<i64, Map<String, Set<u64>>>");
    /// assert_eq!(
    ///     Map::<i64, Subindexed<Set<u64>>>::describe(),
    ///     "Map<i64, Subindexed<Set<u64>>>"
    /// );
    /// assert_eq!(Option::<Vec<String>>::describe(), "Option<Vec<String>>");
    /// ```
    fn describe() -> String;

    /// What the bytes of the rows' addresses are made of, as text: it cannot change while there are rows.
    fn layout() -> String;
}

/// What may stand inside a [`Map`] or [`List`]: another schema, or a plain value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a PState",
    label = "this is neither a schema nor a plain value that can be stored",
    note = "a plain value must be `Clone`, `Send`, `Sync`, `serde::Serialize` and `serde::Deserialize`: write \
            `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on your type",
    note = "a schema is a `Map`, `Set`, `List` or `Subindexed` of such values, or a struct with \
            `#[derive(FixedKeys)]`; the keys of maps and the elements of sets are keys"
)]
pub trait Nested: 'static {
    /// Whether it is a value in a row, or stored in rows itself.
    type Kind: Kind;
    /// The type of the value in memory; nothing for what is stored in rows.
    type Value: Value;
    /// The shape of it where it is.
    type There: Stored;
    /// How many levels of structures it has, itself included.
    const DEPTH: u8;

    /// The schema as text, as [`Schema::describe`].
    fn describe() -> String;

    /// As [`Schema::layout`].
    fn layout() -> String;
}

/// What can be stored element by element.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be subindexed",
    label = "only a `Map`, `Set` or `List` has elements to store one by one",
    note = "`Subindexed<Map<K, V>>`, not `Subindexed<BTreeMap<K, V>>`: a plain value is stored as a whole"
)]
pub trait Indexable: 'static {
    /// The shape of it in rows.
    type InRows<C: Counting>: Stored;
    /// How many levels of structures it has then.
    const LEVELS: u8;

    /// As [`Nested::describe`].
    fn describe() -> String;

    /// As [`Nested::layout`].
    fn layout() -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Value> Nested for T {
    type Kind = Plain;
    type Value = T;
    type There = Present<T>;
    const DEPTH: u8 = 0;

    fn describe() -> String {
        short_name::<T>()
    }

    fn layout() -> String {
        PLAIN.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key + Value, V: Nested> Nested for Map<K, V> {
    type Kind = V::Kind;
    type Value = <V::Kind as Kind>::MapValue<K, V>;
    type There = <V::Kind as Kind>::Map<K, V>;
    const DEPTH: u8 = V::DEPTH + <V::Kind as Kind>::AROUND;

    fn describe() -> String {
        <Self as Indexable>::describe()
    }

    fn layout() -> String {
        if <Self as Nested>::DEPTH == 0 { PLAIN.to_owned() } else { <Self as Indexable>::layout() }
    }
}

#[diagnostic::do_not_recommend]
impl<E: Key + Value> Nested for Set<E> {
    type Kind = Plain;
    type Value = std::collections::BTreeSet<E>;
    type There = Present<Self::Value>;
    const DEPTH: u8 = 0;

    fn describe() -> String {
        <Self as Indexable>::describe()
    }

    fn layout() -> String {
        PLAIN.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<V: Nested> Nested for List<V> {
    type Kind = V::Kind;
    type Value = <V::Kind as Kind>::ListValue<V>;
    type There = <V::Kind as Kind>::List<V>;
    const DEPTH: u8 = V::DEPTH + <V::Kind as Kind>::AROUND;

    fn describe() -> String {
        <Self as Indexable>::describe()
    }

    fn layout() -> String {
        if <Self as Nested>::DEPTH == 0 { PLAIN.to_owned() } else { <Self as Indexable>::layout() }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Indexable, C: Counting> Nested for Subindexed<S, C> {
    type Kind = Indexed;
    type Value = ();
    type There = S::InRows<C>;
    const DEPTH: u8 = S::LEVELS;

    fn describe() -> String {
        let uncounted = if C::COUNTED { "" } else { ", Uncounted" };
        format!("Subindexed<{}{uncounted}>", S::describe())
    }

    /// Whether it is counted says what its heads hold.
    fn layout() -> String {
        if C::COUNTED { format!("Subindexed<{}>", S::layout()) } else { S::layout() }
    }
}

impl<K: Key + Value, V: Nested> Indexable for Map<K, V> {
    type InRows<C: Counting> = Rows<K, V::There, C>;
    const LEVELS: u8 = 1 + V::DEPTH;

    fn describe() -> String {
        format!("Map<{}, {}>", short_name::<K>(), V::describe())
    }

    fn layout() -> String {
        format!("Map<{}, {}>", short_name::<K>(), V::layout())
    }
}

impl<E: Key + Value> Indexable for Set<E> {
    type InRows<C: Counting> = RowSet<E, C>;
    const LEVELS: u8 = 1;

    fn describe() -> String {
        format!("Set<{}>", short_name::<E>())
    }

    fn layout() -> String {
        <Self as Indexable>::describe()
    }
}

impl<V: Nested> Indexable for List<V> {
    type InRows<C: Counting> = RowList<V::There>;
    const LEVELS: u8 = 1 + V::DEPTH;

    fn describe() -> String {
        format!("List<{}>", V::describe())
    }

    fn layout() -> String {
        format!("List<{}>", V::layout())
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key + Value, V: Nested> Schema for Map<K, V> {
    type Root = Rows<K, V::There>;
    const DEPTH: u8 = V::DEPTH;
    const HAS_HOMES: bool = true;

    fn describe() -> String {
        <Self as Indexable>::describe()
    }

    fn layout() -> String {
        <Self as Indexable>::layout()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> Schema for T {
    type Root = Maybe<T>;
    const DEPTH: u8 = 0;

    fn describe() -> String {
        short_name::<T>()
    }

    fn layout() -> String {
        PLAIN.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> Schema for Initial<T> {
    type Root = Present<T>;
    const DEPTH: u8 = 0;
    const HAS_INITIAL: bool = true;

    fn describe() -> String {
        short_name::<T>()
    }

    fn layout() -> String {
        PLAIN.to_owned()
    }
}

/// The layout of a value in a row, which may change with serde's help.
const PLAIN: &str = "_";

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name;
    use std::collections::{BTreeMap, BTreeSet};

    fn there<S: Nested>() -> &'static str {
        type_name::<S::There>()
    }

    #[test]
    fn a_description_shows_every_level() {
        type Likes = Map<i64, Subindexed<Map<String, List<Set<u64>>>, Uncounted>>;
        assert_eq!(
            <Likes as Schema>::describe(),
            "Map<i64, Subindexed<Map<String, List<Set<u64>>>, Uncounted>>"
        );
        assert_eq!(<Likes as Schema>::layout(), "Map<i64, Map<String, _>>", "values may change");
    }

    #[test]
    fn what_is_not_subindexed_is_a_value() {
        assert_eq!(
            there::<Map<i64, List<Set<u64>>>>(),
            there::<BTreeMap<i64, Vec<BTreeSet<u64>>>>()
        );
        assert_eq!(<Map<i64, Map<i64, u64>> as Schema>::DEPTH, 0);
    }

    #[test]
    fn what_has_something_subindexed_inside_is_stored_in_rows() {
        type Inner = Subindexed<Set<u64>>;
        assert_eq!(there::<Map<i64, Inner>>(), there::<Subindexed<Map<i64, Inner>, Uncounted>>());
        assert_eq!(<Map<i64, Map<i64, List<Inner>>> as Schema>::DEPTH, 3);
    }
}
