//! A range of a sorted map or set as something to stand on.
//!
//! [`Span`] is the collection and the range; steps look only at what is in it. Values in memory are here, rows in
//! storage beside their structures.

use super::each::{All, EditElements, HasElements, HasValues, MapVals, edit_values, lent};
use super::edit::{Change, Editor, Transform};
use super::key::{Keyed, Keypath, Must};
use super::map::{HasKeys, MapKeys, edit_keys};
use super::range::{KeyRange, SortedRange};
use super::sequence::Sequence;
use super::set::{IsSet, NoneElem, SetElem};
use super::shape::{Holder, Maybe, Present, Shape, Void, Writable};
use super::sorted::{
    CopyRange, Sorted, SortedElements, each_entry, edit_elements, edit_part, edit_range,
};
use super::step::step_itself;
use super::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// The part of the shape `S` whose keys lie in a range.
///
/// In a map of plain values it takes in whatever is set in it: a `keypath` to a key outside of the range finds
/// nothing there, and a value set there joins the map. A structure in storage takes nothing in outside of the range.
pub struct Span<K, S>(PhantomData<fn() -> (K, S)>);

/// A shape that ranges can be made of.
///
/// Methods fail with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait Ranged: Sequence {
    /// What it is sorted by.
    type Key: Ord + Clone + 'static;
    /// A part of it as one value.
    type Whole: 'static;

    /// The range with the bounds that it has here, so that it has no limit any more.
    fn settle(
        at: Self::Ref<'_>,
        range: &KeyRange<Self::Key>,
    ) -> Result<KeyRange<Self::Key>, PathError>;

    /// How many keys the range has.
    fn count(at: Self::Ref<'_>, range: &KeyRange<Self::Key>) -> Result<u64, PathError>;

    /// Removes what is in the range.
    fn erase(at: Self::Place<'_>, range: &KeyRange<Self::Key>) -> Result<Self::Change, PathError>;
}

/// A shape whose ranges can be one value.
///
/// Methods fail with [`PathError::Storage`], and as their editor does.
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait Whole: Ranged {
    /// What is in the range, as one value.
    fn whole(at: Self::Ref<'_>, range: &KeyRange<Self::Key>) -> Result<Self::Whole, PathError>;

    /// Lets an editor have what is in the range as one value. What that becomes takes its place.
    fn rewrite<E: Editor<Present<Self::Whole>>>(
        at: Self::Place<'_>,
        range: &KeyRange<Self::Key>,
        next: &mut E,
    ) -> Result<Self::Change, PathError>;
}

impl<K: 'static, S: Ranged<Key = K>> Shape for Span<K, S> {
    type Ref<'a> = (S::Ref<'a>, &'a KeyRange<K>);
    type Value = S::Whole;

    #[inline]
    fn shorten<'short, 'long: 'short>(
        (at, range): (S::Ref<'long>, &'long KeyRange<K>),
    ) -> (S::Ref<'short>, &'short KeyRange<K>) {
        (S::shorten(at), range)
    }
}

impl<K: 'static, S: Ranged<Key = K>> Writable for Span<K, S> {
    type Place<'a> = (S::Place<'a>, &'a KeyRange<K>);
    type Change = S::Change;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(
        (at, range): (S::Place<'long>, &'long KeyRange<K>),
    ) -> (S::Place<'short>, &'short KeyRange<K>) {
        (S::shorten_place(at), range)
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Ranged<Key = K>> Sequence for Span<K, S> {
    type Held<'a> = (S::Held<'a>, &'a KeyRange<K>);

    #[inline]
    fn look<'a>((at, range): &'a (S::Place<'_>, &KeyRange<K>)) -> Self::Ref<'a> {
        (S::look(at), range)
    }

    #[inline]
    fn kept() -> S::Change {
        S::kept()
    }

    #[inline]
    fn hold<'a>((at, range): Self::Place<'a>) -> Self::Held<'a> {
        (S::hold(at), range)
    }

    #[inline]
    fn lend<'a>((held, range): &'a mut Self::Held<'_>) -> Self::Place<'a> {
        (S::lend(held), range)
    }

    #[inline]
    fn meet((held, _): &mut Self::Held<'_>, change: S::Change) -> bool {
        S::meet(held, change)
    }

    #[inline]
    fn is_changed((held, _): &Self::Held<'_>) -> bool {
        S::is_changed(held)
    }

    #[inline]
    fn finish((held, _): Self::Held<'_>) -> S::Change {
        S::finish(held)
    }

    /// No entry of a map has a range for its value.
    #[inline]
    fn replace(_: &mut Self::Held<'_>, _: S::Whole) {}

    #[inline]
    fn into_new(_: Self::Held<'_>) -> Option<S::Whole> {
        None
    }
}

impl<K: 'static, S: Ranged<Key = K>> Navigator<S> for SortedRange<K> {
    type To = Span<K, S>;
    type Count = One;
    const STAYS: bool = true;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit((S::shorten(at), &self.0))
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Ranged<Key = K>> Transform<S> for SortedRange<K> {
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        next.edit((S::shorten_place(at), &self.0))
    }
}

/// A range of a range.
impl<K: Ord + Clone + 'static, S: Ranged<Key = K>> Navigator<Span<K, S>> for SortedRange<K> {
    type To = Span<K, S>;
    type Count = One;
    const STAYS: bool = true;

    fn select<N: Visitor<Self::To>>(
        &self,
        (at, outer): (S::Ref<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        let range = match outer.limit() {
            Some(_) => self.0.within(&S::settle(at, outer)?),
            None => self.0.within(outer),
        };
        next.visit((S::shorten(at), &range))
    }
}

#[diagnostic::do_not_recommend]
impl<K: Ord + Clone + 'static, S: Ranged<Key = K>> Transform<Span<K, S>> for SortedRange<K> {
    fn transform<E: Editor<Self::To>>(
        &self,
        (at, outer): (S::Place<'_>, &KeyRange<K>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let range = match outer.limit() {
            Some(_) => self.0.within(&S::settle(S::look(&at), outer)?),
            None => self.0.within(outer),
        };
        next.edit((S::shorten_place(at), &range))
    }
}

/// A shape that stands on a value in memory: [`Present`] or [`Maybe`].
pub trait InMemory: Holder + Sequence {}

impl<S: Holder + Sequence> InMemory for S {}

impl<W: Sorted, S: InMemory<Value = W>> Ranged for S {
    type Key = W::Key;
    type Whole = W;

    fn settle(
        at: Self::Ref<'_>,
        range: &KeyRange<Self::Key>,
    ) -> Result<KeyRange<Self::Key>, PathError> {
        Ok(S::seen(at).map_or_else(KeyRange::empty, |whole| whole.settle(range)))
    }

    fn count(at: Self::Ref<'_>, range: &KeyRange<Self::Key>) -> Result<u64, PathError> {
        let count = S::seen(at).and_then(|whole| Some(whole.count(whole.bounds(range)?)));
        Ok(count.unwrap_or(0) as u64)
    }

    fn erase(at: Self::Place<'_>, range: &KeyRange<Self::Key>) -> Result<Self::Change, PathError> {
        let Some(whole) = S::held(at) else { return Ok(Change::Kept) };
        whole.edit(|whole| Ok(!whole.cut_range(range).is_vacant()))
    }
}

impl<W: CopyRange, S: InMemory<Value = W>> Whole for S {
    fn whole(at: Self::Ref<'_>, range: &KeyRange<Self::Key>) -> Result<W, PathError> {
        let part = S::seen(at).and_then(|whole| Some(whole.copied(whole.bounds(range)?)));
        Ok(part.unwrap_or_default())
    }

    fn rewrite<E: Editor<Present<W>>>(
        at: Self::Place<'_>,
        range: &KeyRange<Self::Key>,
        next: &mut E,
    ) -> Result<Self::Change, PathError> {
        edit_part(S::held(at), |whole| whole.cut_range(range), next)
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, W: SortedElements<Key = K>, S: InMemory<Value = W>> HasElements for Span<K, S> {
    type To = W::Element;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Ord + Clone + 'static, V: 'static, S: InMemory<Value = BTreeMap<K, V>>> HasValues
    for Span<K, S>
{
    type To = Present<V>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Ord + Clone + 'static, V: 'static, S: InMemory<Value = BTreeMap<K, V>>> HasKeys
    for Span<K, S>
{
    type Key = K;
    type To = Present<K>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Ord + Clone + 'static, V: 'static, S: InMemory<Value = BTreeMap<K, V>>> Keyed
    for Span<K, S>
{
    type Key = K;
    type Perhaps = Maybe<V>;
    type There = Present<V>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + 'static, S: InMemory<Value = BTreeSet<T>>> IsSet for Span<T, S> {
    type Elem = T;
    type There = Present<T>;
    type New = Void<T>;
    step_itself!();
}

impl<K: 'static, W: SortedElements<Key = K>, S: InMemory<Value = W>> Navigator<Span<K, S>> for All {
    type To = W::Element;
    type Count = Many;

    fn select<N: Visitor<Self::To>>(
        &self,
        (at, range): (S::Ref<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        let Some(whole) = S::seen(at) else { return Ok(()) };
        whole.each_in(range, next)
    }
}

#[diagnostic::do_not_recommend]
impl<K, W, S> Transform<Span<K, S>> for All
where
    K: 'static,
    W: SortedElements<Key = K> + EditElements,
    S: InMemory<Value = W>,
{
    fn transform<E: Editor<W::Element>>(
        &self,
        (at, range): (S::Place<'_>, &KeyRange<K>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(whole) = S::held(at) else { return Ok(Change::Kept) };
        whole.edit(|whole| edit_elements(whole, range, next))
    }
}

/// What follows is for ranges of maps.
macro_rules! of_maps {
    ($($navigator:ty: $to:ty, $count:ty;
        |$self:ident, $map:ident, $range:ident, $next:ident| $select:expr, $transform:expr;)*) => {$(
        impl<K, V, S> Navigator<Span<K, S>> for $navigator
        where
            K: Ord + Clone + 'static,
            V: 'static,
            S: InMemory<Value = BTreeMap<K, V>>,
        {
            type To = $to;
            type Count = $count;

            fn select<N: Visitor<$to>>(
                &self,
                (at, $range): (S::Ref<'_>, &KeyRange<K>),
                $next: &mut N,
            ) -> Walk {
                let ($self, $map) = (self, S::seen(at));
                $select
            }
        }

        #[diagnostic::do_not_recommend]
        impl<K, V, S> Transform<Span<K, S>> for $navigator
        where
            K: Ord + Clone + 'static,
            V: 'static,
            S: InMemory<Value = BTreeMap<K, V>>,
        {
            fn transform<E: Editor<$to>>(
                &self,
                (at, $range): (S::Place<'_>, &KeyRange<K>),
                $next: &mut E,
            ) -> Result<S::Change, PathError> {
                let ($self, $map) = (self, S::held(at));
                $transform
            }
        }
    )*};
}

of_maps! {
    MapVals: Present<V>, Many;
    |_navigator, map, range, next|
        map.map_or(Ok(()), |map| each_entry(map, range, |_, value| next.visit(value))),
        map.map_or(Ok(Change::Kept), |map| map.edit(|map| edit_values_in(map, range, next)));
    MapKeys: Present<K>, Many;
    |_navigator, map, range, next|
        map.map_or(Ok(()), |map| each_entry(map, range, |key, _| next.visit(key))),
        map.map_or(Ok(Change::Kept), |map| {
            map.edit(|map| edit_range(map, range, |part| edit_keys(part, next)))
        });
    Keypath<K>: Maybe<V>, One;
    |navigator, map, range, next|
        Navigator::<Maybe<BTreeMap<K, V>>>::select(
            navigator,
            map.filter(|map| has(*map, range, &navigator.0)),
            next,
        ),
        match map {
            Some(map) if !has(map.as_ref(), range, &navigator.0) => {
                map.edit(|map| add(map, &navigator.0, next))
            }
            map => Transform::<Maybe<BTreeMap<K, V>>>::transform(navigator, map, next),
        };
    Must<K>: Present<V>, AtMostOne;
    |navigator, map, range, next|
        Navigator::<Maybe<BTreeMap<K, V>>>::select(
            navigator,
            map.filter(|map| has(*map, range, &navigator.0)),
            next,
        ),
        match map {
            Some(map) if has(map.as_ref(), range, &navigator.0) => {
                Transform::<Present<BTreeMap<K, V>>>::transform(navigator, map, next)
            }
            _ => Ok(Change::Kept),
        };
}

impl<T: Ord + Clone + 'static, S: InMemory<Value = BTreeSet<T>>> Navigator<Span<T, S>>
    for SetElem<T>
{
    type To = Present<T>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<T>>>(
        &self,
        (at, range): (S::Ref<'_>, &KeyRange<T>),
        next: &mut N,
    ) -> Walk {
        let set = S::seen(at).filter(|set| has(*set, range, &self.0));
        Navigator::<Maybe<BTreeSet<T>>>::select(self, set, next)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + 'static, S: InMemory<Value = BTreeSet<T>>> Transform<Span<T, S>>
    for SetElem<T>
{
    fn transform<E: Editor<Present<T>>>(
        &self,
        (at, range): (S::Place<'_>, &KeyRange<T>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        match S::held(at) {
            Some(set) if has(set.as_ref(), range, &self.0) => {
                Transform::<Present<BTreeSet<T>>>::transform(self, set, next)
            }
            _ => Ok(Change::Kept),
        }
    }
}

impl<T: Ord + Clone + 'static, S: InMemory<Value = BTreeSet<T>>> Navigator<Span<T, S>>
    for NoneElem
{
    type To = Void<T>;
    type Count = One;

    fn select<N: Visitor<Void<T>>>(&self, _: (S::Ref<'_>, &KeyRange<T>), next: &mut N) -> Walk {
        next.visit(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + 'static, S: InMemory<Value = BTreeSet<T>>> Transform<Span<T, S>>
    for NoneElem
{
    fn transform<E: Editor<Void<T>>>(
        &self,
        (at, _): (S::Place<'_>, &KeyRange<T>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        Transform::<S>::transform(self, at, next)
    }
}

/// Whether a key, there or not, belongs to a range of a collection.
fn has<W: Sorted>(whole: &W, range: &KeyRange<W::Key>, key: &W::Key) -> bool {
    match range.limit() {
        Some(_) => whole.settle(range).spans(key),
        None => range.spans(key),
    }
}

/// Edits the place of a key that is outside of the range: nothing is there, whatever the map has.
fn add<K: Ord + Clone, V: 'static, E: Editor<Maybe<V>>>(
    map: &mut BTreeMap<K, V>,
    key: &K,
    next: &mut E,
) -> Result<bool, PathError> {
    let Change::Set(value) = next.edit(None)? else { return Ok(false) };
    map.insert(key.clone(), value);
    Ok(true)
}

/// Edits the values of a range where they stand, unless the editor is better off with the values themselves.
fn edit_values_in<K: Ord + Clone + 'static, V: 'static, E: Editor<Present<V>>>(
    map: &mut BTreeMap<K, V>,
    range: &KeyRange<K>,
    next: &mut E,
) -> Result<bool, PathError> {
    if E::WANTS.moves::<V>() {
        return edit_range(map, range, |part| edit_values(part, next));
    }
    let range = map.settle(range);
    let Some(bounds) = range.bounds() else { return Ok(false) };
    let mut outcome = Ok(false);
    map.extract_if(bounds, |_, value| !lent(value, next, &mut outcome)).for_each(drop);
    outcome
}
