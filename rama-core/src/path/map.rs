//! `map_key`, `MAP_KEYS` and `submap`: to the keys of a map, and to some of its entries as one map (NV-04, NV-05,
//! NV-07).

use super::edit::{Change, Editor, Transform};
use super::key::KeyOf;
use super::shape::{Hold, Holder, Present, Shape};
use super::sorted::each;
use super::sorted::edit_part;
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Many, Navigator, One, Path, PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to a key of a map itself if it has an entry, and nowhere otherwise (NV-05). As the first step into a
    /// PState it chooses the partition.
    ///
    /// Writing gives the entry another key; an entry that has that key already is overwritten. `NONE` removes the
    /// entry. In storage only plain values move: a structure stays where it is.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.map_key("ada"))?, ["ada"]);
    /// assert!(select(&ages, |path| path.map_key("bob"))?.is_empty());
    /// transform(&mut ages, |path| path.map_key("ada").termval("Ada".to_owned()))?;
    /// assert_eq!(ages, BTreeMap::from([("Ada".to_owned(), 36)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn map_key<Q, K, To, N>(self, key: Q) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: HasKeys<Key = K, To = To, Step<MapKey<K>> = N>,
        Q: KeyOf<K>,
    {
        self.then(S::step(MapKey(key.into_key())))
    }

    /// Goes to every key of a map (NV-04). A missing map has none.
    ///
    /// Writing gives the entries other keys: of entries whose keys become equal the last one stays. `NONE` removes
    /// the entries. In storage only plain values move: structures stay where they are.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([(1, "ada"), (2, "bob")]);
    /// assert_eq!(select(&ages, |path| path.MAP_KEYS())?, [1, 2]);
    /// transform(&mut ages, |path| path.MAP_KEYS().term(|id| id + 1))?;
    /// assert_eq!(ages, BTreeMap::from([(2, "ada"), (3, "bob")]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn MAP_KEYS<To, N>(self) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasKeys<To = To, Step<MapKeys> = N>,
    {
        self.then(S::step(MapKeys))
    }

    /// Goes to a map of those of these keys that have an entry (NV-07). It may be empty.
    ///
    /// Writing removes the entries of all these keys and then puts in what the map has become, other keys
    /// included.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([(1, "ada"), (2, "bob"), (3, "eve")]);
    /// assert_eq!(select_one(&ages, |path| path.submap([1, 3, 5]))?, BTreeMap::from([(1, "ada"), (3, "eve")]));
    /// transform(&mut ages, |path| path.submap([1, 2]).termval(BTreeMap::from([(7, "joe")])))?;
    /// assert_eq!(ages, BTreeMap::from([(3, "eve"), (7, "joe")]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn submap<I, K, To, N>(self, keys: I) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: HasSubmaps<Key = K, To = To, Step<Submap<K>> = N>,
        I: IntoIterator<Item: KeyOf<K>>,
        K: Ord,
    {
        self.then(S::step(Submap(keys.into_iter().map(KeyOf::into_key).collect())))
    }
}

/// A shape that has keys to go to.
///
/// Entries that are plain values can get other keys. Those that are structures in storage cannot, since a structure
/// is never moved (PS-26): their keys are only for reading.
///
/// ```
/// use rama_core::path::{Bare, Path, Present, Rows, rows};
/// let mut storage = rows::MemoryRows::new();
/// let path = Path::start(Bare::<Rows<u64, Present<u64>>>::new());
/// rows::transform(&mut storage, path.MAP_KEYS().term(|id| id + 1))?;
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// ```compile_fail
/// use rama_core::path::{Bare, Path, Present, Rows, rows};
/// let mut storage = rows::MemoryRows::new();
/// let path = Path::start(Bare::<Rows<u64, Rows<u64, Present<u64>>>>::new());
/// rows::transform(&mut storage, path.MAP_KEYS().term(|id| id + 1))?;
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`map_key` and `MAP_KEYS` need a map, and the path stands on `{Self}` here",
    label = "there are no keys here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasKeys: Shape {
    /// The type of its keys.
    type Key: 'static;
    /// Where the steps lead: to a key.
    type To: Shape;
    step!();
}

/// A shape in which `submap` finds entries.
#[diagnostic::on_unimplemented(
    message = "`submap` needs a map of plain values, and the path stands on `{Self}` here",
    label = "no entries can be taken out together here",
    note = "entries that are structures in storage cannot be held as one value: go into them one by one"
)]
pub trait HasSubmaps: Shape {
    /// The type of its keys.
    type Key: 'static;
    /// Where the step leads: to a map in memory.
    type To: Shape;
    step!();
}

of_holders! {
    [K: 'static, V: 'static] HasKeys for BTreeMap<K, V> {
        type Key = K;
        type To = Present<K>;
    }
    [K: 'static, V: Clone + 'static] HasSubmaps for BTreeMap<K, V> {
        type Key = K;
        type To = Present<BTreeMap<K, V>>;
    }
}

through_collected! {
    HasKeys { Key => To }
    HasSubmaps { Key => To }
}

/// Navigator of [`Path::map_key`](super::Path::map_key).
#[derive(Clone, Debug)]
pub struct MapKey<K>(pub(super) K);

/// Navigator of [`Path::MAP_KEYS`](super::Path::MAP_KEYS).
#[derive(Clone, Copy, Debug)]
pub struct MapKeys;

/// Navigator of [`Path::submap`](super::Path::submap).
#[derive(Clone, Debug)]
pub struct Submap<K>(pub(super) BTreeSet<K>);

impl<K, V, S> Navigator<S> for MapKey<K>
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Present<K>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<K>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let entry = S::seen(at).and_then(|map| map.get_key_value(&self.0));
        entry.map_or(Ok(()), |(key, _)| next.visit(key))
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for MapKey<K>
where
    K: Ord + Clone + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    #[inline]
    fn transform<E: Editor<Present<K>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::held(at).map_or(Ok(Change::Kept), |map| map.edit(|map| edit_key(map, &self.0, next)))
    }
}

/// Edits one key if it has an entry. Says whether the map changed.
fn edit_key<K: Ord + Clone + 'static, V, E: Editor<Present<K>>>(
    map: &mut BTreeMap<K, V>,
    key: &K,
    next: &mut E,
) -> Result<bool, PathError> {
    let Some((key, _)) = map.get_key_value(key) else { return Ok(false) };
    let key = key.clone();
    match next.edit(Hold::Given(key.clone()))? {
        Change::Kept | Change::InPlace => return Ok(false),
        Change::Removed => drop(map.remove(&key)),
        Change::Set(new) => {
            let value = map.remove(&key);
            map.extend(value.map(|value| (new, value)));
        }
    }
    Ok(true)
}

impl<K, V, S> Navigator<S> for MapKeys
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Present<K>;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Present<K>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let Some(map) = S::seen(at) else { return Ok(()) };
        each(map.keys(), |key| next.visit(key))
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for MapKeys
where
    K: Ord + Clone + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    #[inline]
    fn transform<E: Editor<Present<K>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::held(at).map_or(Ok(Change::Kept), |map| map.edit(|map| edit_keys(map, next)))
    }
}

/// Edits all keys. Says whether the map changed.
pub(super) fn edit_keys<K: Ord + Clone + 'static, V, E: Editor<Present<K>>>(
    map: &mut BTreeMap<K, V>,
    next: &mut E,
) -> Result<bool, PathError> {
    let mut changed = false;
    let mut entries = mem::take(map).into_iter();
    while let Some((key, value)) = entries.next() {
        let change = match next.edit(Hold::Given(key.clone())) {
            Ok(change) => change,
            Err(error) => {
                map.insert(key, value);
                map.extend(entries);
                return Err(error);
            }
        };
        changed |= matches!(change, Change::Set(_) | Change::Removed);
        match change {
            Change::Kept | Change::InPlace => map.insert(key, value),
            Change::Set(key) => map.insert(key, value),
            Change::Removed => None,
        };
    }
    Ok(changed)
}

impl<K, V, S> Navigator<S> for Submap<K>
where
    K: Ord + Clone + 'static,
    V: Clone + 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Present<BTreeMap<K, V>>;
    type Count = One;

    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let entries = S::seen(at).into_iter().flat_map(|map| {
            self.0.iter().filter_map(|key| Some((key.clone(), map.get(key)?.clone())))
        });
        next.visit(&entries.collect())
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for Submap<K>
where
    K: Ord + Clone + 'static,
    V: Clone + 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let cut = |map: &mut BTreeMap<K, V>| {
            self.0.iter().filter_map(|key| map.remove_entry(key)).collect()
        };
        edit_part(S::held(at), cut, next)
    }
}

#[cfg(test)]
#[path = "tests/maps.rs"]
mod tests;
