//! `keypath` and `must`: to the value of one key (NV-01, NV-02).

use super::edit::{Change, Editor, Transform, Want};
use super::shape::{Hold, Holder, Maybe, Present, Shape};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, One, Path, PathError, Visitor, Walk};
use std::collections::BTreeMap;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the place of a key's value, also when there is none yet (NV-01). As the first step into a
    /// PState it chooses the partition.
    ///
    /// Reading gives `Some(value)` or `None`. Writing a value creates the entry, and the maps around it as
    /// far as they are missing; `NONE` removes the entry. With `termval` or `NONE` right after it, the row
    /// of a PState is written without being read.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut likes: BTreeMap<String, BTreeMap<u64, bool>> = BTreeMap::new();
    /// assert_eq!(select_one(&likes, |path| path.keypath("ada").keypath(1))?, None);
    /// transform(&mut likes, |path| path.keypath("ada").keypath(1).termval(true))?;
    /// assert_eq!(select_one(&likes, |path| path.keypath("ada").keypath(1))?, Some(true));
    /// transform(&mut likes, |path| path.keypath("ada").NONE())?;
    /// assert!(likes.is_empty());
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn keypath<Q, K, To, N>(self, key: Q) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Keyed<Key = K, Perhaps = To, Step<Keypath<K>> = N>,
        Q: KeyOf<K>,
    {
        self.then(S::step(Keypath(key.into_key())))
    }

    /// Goes to the value of a key if there is one, and nowhere otherwise (NV-02). As the first step into a
    /// PState it chooses the partition.
    ///
    /// Writing changes values that exist and creates none; `NONE` removes the entry.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.must("ada"))?, [36]);
    /// assert!(select(&ages, |path| path.must("bob"))?.is_empty());
    /// transform(&mut ages, |path| path.must("ada").term(|age| age + 1))?;
    /// transform(&mut ages, |path| path.must("bob").termval(7))?;
    /// assert_eq!(ages, BTreeMap::from([("ada".to_owned(), 37)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn must<Q, K, To, N>(self, key: Q) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: Keyed<Key = K, There = To, Step<Must<K>> = N>,
        Q: KeyOf<K>,
    {
        self.then(S::step(Must(key.into_key())))
    }
}

/// A shape in which `keypath` and `must` find values by key.
#[diagnostic::on_unimplemented(
    message = "`keypath` and `must` need a map, and the path stands on `{Self}` here",
    label = "there is no map to look into",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait Keyed: Shape {
    /// The type of its keys.
    type Key: 'static;
    /// The place of a value, for `keypath`.
    type Perhaps: Shape;
    /// A value that is there, for `must`.
    type There: Shape;
    step!();
}

of_holders! {
    [K: 'static, V: 'static] Keyed for BTreeMap<K, V> {
        type Key = K;
        type Perhaps = Maybe<V>;
        type There = Present<V>;
    }
}

through_collected! {
    Keyed { Key => Perhaps, There }
}

/// What can be written where a key or an element of type `K` is needed: a `K`, a `&K`, and for a `String`
/// also a `&str`.
#[diagnostic::on_unimplemented(
    message = "the keys here are of type `{K}`, and this is `{Self}`",
    label = "expected a key of type `{K}`",
    note = "a `{K}` or a `&{K}` will do, and for `String` also a `&str`"
)]
pub trait KeyOf<K> {
    /// The key itself.
    fn into_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K> KeyOf<K> for K {
    fn into_key(self) -> K {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K: Clone> KeyOf<K> for &K {
    fn into_key(self) -> K {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl KeyOf<String> for &str {
    fn into_key(self) -> String {
        self.to_owned()
    }
}

/// Navigator of [`Path::keypath`](super::Path::keypath).
#[derive(Clone, Debug)]
pub struct Keypath<K>(pub(super) K);

/// Navigator of [`Path::must`](super::Path::must).
#[derive(Clone, Debug)]
pub struct Must<K>(pub(super) K);

impl<K, V, S> Navigator<S> for Keypath<K>
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Maybe<V>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Maybe<V>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(S::seen(at).and_then(|map| map.get(&self.0)))
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for Keypath<K>
where
    K: Ord + Clone + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    #[inline]
    fn transform<E: Editor<Maybe<V>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        if let Some(map) = S::held(at) {
            return map.edit(|map| edit_entry(map, &self.0, next));
        }
        Ok(match next.edit(None)? {
            Change::Set(value) => Change::Set(BTreeMap::from([(self.0.clone(), value)])),
            Change::Kept | Change::InPlace | Change::Removed => Change::Kept,
        })
    }
}

impl<K, V, S> Navigator<S> for Must<K>
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Present<V>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<V>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        S::seen(at).and_then(|map| map.get(&self.0)).map_or(Ok(()), |value| next.visit(value))
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for Must<K>
where
    K: Ord + Clone + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    #[inline]
    fn transform<E: Editor<Present<V>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::held(at)
            .map_or(Ok(Change::Kept), |map| map.edit(|map| edit_present_entry(map, &self.0, next)))
    }
}

/// Edits the place of one key. Says whether the map changed.
#[inline]
fn edit_entry<K: Ord + Clone, V: 'static, E: Editor<Maybe<V>>>(
    map: &mut BTreeMap<K, V>,
    key: &K,
    next: &mut E,
) -> Result<bool, PathError> {
    let change = match E::WANTS {
        Want::Nothing => next.edit(None),
        wants if wants.moves::<V>() => next.edit(map.remove(key).map(Hold::Given)),
        Want::Lent | Want::Given => next.edit(map.get_mut(key).map(Hold::Lent)),
    }?;
    Ok(store_entry(map, key, change))
}

/// Edits the value of one key if it is there. Says whether the map changed.
#[inline]
fn edit_present_entry<K: Ord + Clone, V: 'static, E: Editor<Present<V>>>(
    map: &mut BTreeMap<K, V>,
    key: &K,
    next: &mut E,
) -> Result<bool, PathError> {
    let value = if E::WANTS.moves::<V>() {
        map.remove(key).map(Hold::Given)
    } else {
        map.get_mut(key).map(Hold::Lent)
    };
    let Some(value) = value else { return Ok(false) };
    let change = next.edit(value)?;
    Ok(store_entry(map, key, change))
}

#[inline]
fn store_entry<K: Ord + Clone, V>(map: &mut BTreeMap<K, V>, key: &K, change: Change<V>) -> bool {
    match change {
        Change::Kept => false,
        Change::InPlace => true,
        Change::Set(value) => {
            map.insert(key.clone(), value);
            true
        }
        Change::Removed => map.remove(key).is_some(),
    }
}
