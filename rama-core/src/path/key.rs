//! `keypath` and `must`: to the value of one key (NV-01, NV-02).

use super::edit::{Change, Edit, Editor, Transform, Want};
use super::rows::{edit_present_row, edit_row};
use super::shape::{Hold, Holder, Maybe, Present, Rows, Shape, Writable};
use super::{AtMostOne, Navigator, One, PathError, Visitor, Walk};
use crate::codec::Key;
use crate::partition::KeyHash;
use std::collections::BTreeMap;

/// A shape in which `keypath` and `must` find values by key.
#[diagnostic::on_unimplemented(
    message = "`keypath` and `must` need a map, and the path stands on `{Self}` here",
    label = "there is no map to look into",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait Keyed: Shape {
    /// The type of its keys.
    type Key: 'static;
    /// The type of its values.
    type Entry: 'static;
    /// The step itself, so that its type is unknown after a step that does not fit: then one message is all
    /// that rustc has to say about the path.
    type Step<N>;
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> Keyed for Rows<K, V> {
    type Key = K;
    type Entry = V;
    type Step<N> = N;
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> Keyed for Present<BTreeMap<K, V>> {
    type Key = K;
    type Entry = V;
    type Step<N> = N;
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> Keyed for Maybe<BTreeMap<K, V>> {
    type Key = K;
    type Entry = V;
    type Step<N> = N;
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

impl<K: Key, V: 'static> Navigator<Rows<K, V>> for Keypath<K> {
    type To = Maybe<V>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Maybe<V>>>(
        &self,
        at: <Rows<K, V> as Shape>::Ref<'_>,
        next: &mut N,
    ) -> Walk {
        next.visit(at.get(&self.0)?.as_deref())
    }

    fn home(&self) -> Option<KeyHash> {
        Some(KeyHash::of(&self.0))
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, V: Clone + 'static> Transform<Rows<K, V>> for Keypath<K> {
    #[inline]
    fn transform<E: Editor<Maybe<V>>>(
        &self,
        at: <Rows<K, V> as Writable>::Place<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        edit_row(at, &self.0, next)
    }
}

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

impl<K: Key, V: 'static> Navigator<Rows<K, V>> for Must<K> {
    type To = Present<V>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<V>>>(
        &self,
        at: <Rows<K, V> as Shape>::Ref<'_>,
        next: &mut N,
    ) -> Walk {
        at.get(&self.0)?.map_or(Ok(()), |row| next.visit(&row))
    }

    fn home(&self) -> Option<KeyHash> {
        Some(KeyHash::of(&self.0))
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, V: Clone + 'static> Transform<Rows<K, V>> for Must<K> {
    #[inline]
    fn transform<E: Editor<Present<V>>>(
        &self,
        at: <Rows<K, V> as Writable>::Place<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        edit_present_row(at, &self.0, next)
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
