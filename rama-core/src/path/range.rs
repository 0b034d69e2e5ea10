//! `sorted_map_range` and its kin: to the part of a sorted map or set between two keys (NV-08 to NV-12, NV-44).

use super::span::{Ranged, Span};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, KeyOf, One, Path, Shape};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the part of a map whose keys lie in a range (NV-08). It may be empty; a missing map is.
    ///
    /// The part is a map of its own: go on into it, or let the path end on it. Nothing is copied until something
    /// asks for it as one value. What is written to the part as a whole takes its place in the map around it, and
    /// `NONE` removes it.
    ///
    /// ```
    /// use rama_core::path::{select, select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada"), (5, "bob"), (9, "eve")]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range(2..).MAP_VALS())?, ["bob", "eve"]);
    /// assert_eq!(select_one(&names, |path| path.sorted_map_range(1..5))?, BTreeMap::from([(1, "ada")]));
    /// transform(&mut names, |path| path.sorted_map_range(4..=9).NONE())?;
    /// assert_eq!(names, BTreeMap::from([(1, "ada")]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_map_range<B, K, To, N>(self, range: B) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedMap<Key = K, To = To, Step<SortedRange<K>> = N>,
        B: RangeBounds<K>,
        K: Clone,
    {
        self.then(S::step(SortedRange(KeyRange::of(&range))))
    }

    /// Goes to the part of a map from a key upwards (NV-09). The key itself belongs to it, unless the options say
    /// otherwise; a number is the most entries that do, counted from the key.
    ///
    /// ```
    /// use rama_core::path::{RangeOptions, select, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada"), (5, "bob"), (9, "eve")]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_from(5, ()).MAP_KEYS())?, [5, 9]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_from(2, 1).MAP_KEYS())?, [5]);
    /// let page = RangeOptions::new().max_amt(10).inclusive(false);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_from(5, page).MAP_KEYS())?, [9]);
    /// transform(&mut names, |path| path.sorted_map_range_from(2, 1).MAP_VALS().termval("joe"))?;
    /// assert_eq!(names[&5], "joe");
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_map_range_from<Q, O, K, To, N>(
        self,
        key: Q,
        options: O,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedMap<Key = K, To = To, Step<SortedRange<K>> = N>,
        Q: KeyOf<K>,
        O: Into<RangeOptions>,
    {
        self.then(S::step(SortedRange(KeyRange::starting(key.into_key(), options.into()))))
    }

    /// Goes to the first entries of a map, at most this many (NV-10).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada"), (5, "bob"), (9, "eve")]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_from_start(2).MAP_KEYS())?, [1, 5]);
    /// transform(&mut names, |path| path.sorted_map_range_from_start(2).NONE())?;
    /// assert_eq!(names, BTreeMap::from([(9, "eve")]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_map_range_from_start<K, To, N>(
        self,
        max_amt: usize,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedMap<Key = K, To = To, Step<SortedRange<K>> = N>,
    {
        self.then(S::step(SortedRange(KeyRange::first(max_amt))))
    }

    /// Goes to the part of a map up to a key (NV-11). The key itself does not belong to it, unless the options say
    /// otherwise; a number is the most entries that do, counted backward from the key. They come in ascending order.
    ///
    /// ```
    /// use rama_core::path::{RangeOptions, select, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada"), (5, "bob"), (9, "eve")]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_to(9, ()).MAP_KEYS())?, [1, 5]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_to(9, 1).MAP_KEYS())?, [5]);
    /// let last = RangeOptions::new().max_amt(2).inclusive(true);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_to(9, last).MAP_KEYS())?, [5, 9]);
    /// transform(&mut names, |path| path.sorted_map_range_to(9, 1).MAP_VALS().termval("joe"))?;
    /// assert_eq!(names[&5], "joe");
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_map_range_to<Q, O, K, To, N>(
        self,
        key: Q,
        options: O,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedMap<Key = K, To = To, Step<SortedRange<K>> = N>,
        Q: KeyOf<K>,
        O: Into<RangeOptions>,
    {
        self.then(S::step(SortedRange(KeyRange::ending(key.into_key(), options.into()))))
    }

    /// Goes to the last entries of a map, at most this many (NV-12). They come in ascending order.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada"), (5, "bob"), (9, "eve")]);
    /// assert_eq!(select(&names, |path| path.sorted_map_range_to_end(2).MAP_KEYS())?, [5, 9]);
    /// transform(&mut names, |path| path.sorted_map_range_to_end(2).NONE())?;
    /// assert_eq!(names, BTreeMap::from([(1, "ada")]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_map_range_to_end<K, To, N>(
        self,
        max_amt: usize,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedMap<Key = K, To = To, Step<SortedRange<K>> = N>,
    {
        self.then(S::step(SortedRange(KeyRange::last(max_amt))))
    }
}

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the part of a set that lies in a range (NV-44). It may be empty; a missing set is.
    ///
    /// The part is a set of its own, as the part of a map that
    /// [`sorted_map_range`](Path::sorted_map_range) leads to is a map.
    ///
    /// ```
    /// use rama_core::path::{select, select_one, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 5, 9]);
    /// assert_eq!(select(&ids, |path| path.sorted_set_range(2..9).ALL())?, [5]);
    /// assert_eq!(select_one(&ids, |path| path.sorted_set_range(..=5))?, BTreeSet::from([1, 5]));
    /// transform(&mut ids, |path| path.sorted_set_range(5..).NONE())?;
    /// assert_eq!(ids, BTreeSet::from([1]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_set_range<B, K, To, N>(self, range: B) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedSet<Elem = K, To = To, Step<SortedRange<K>> = N>,
        B: RangeBounds<K>,
        K: Clone,
    {
        self.then(S::step(SortedRange(KeyRange::of(&range))))
    }

    /// Goes to the part of a set from an element upwards (NV-44). The element itself belongs to it, unless the
    /// options say otherwise; a number is the most elements that do, counted from there.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 5, 9]);
    /// assert_eq!(select(&ids, |path| path.sorted_set_range_from(2, 1).ALL())?, [5]);
    /// transform(&mut ids, |path| path.sorted_set_range_from(5, ()).ALL().term(|id| id + 1))?;
    /// assert_eq!(ids, BTreeSet::from([1, 6, 10]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_set_range_from<Q, O, K, To, N>(
        self,
        element: Q,
        options: O,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedSet<Elem = K, To = To, Step<SortedRange<K>> = N>,
        Q: KeyOf<K>,
        O: Into<RangeOptions>,
    {
        self.then(S::step(SortedRange(KeyRange::starting(element.into_key(), options.into()))))
    }

    /// Goes to the first elements of a set, at most this many (NV-44).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 5, 9]);
    /// assert_eq!(select(&ids, |path| path.sorted_set_range_from_start(2).ALL())?, [1, 5]);
    /// transform(&mut ids, |path| path.sorted_set_range_from_start(2).NONE())?;
    /// assert_eq!(ids, BTreeSet::from([9]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_set_range_from_start<K, To, N>(
        self,
        max_amt: usize,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedSet<Elem = K, To = To, Step<SortedRange<K>> = N>,
    {
        self.then(S::step(SortedRange(KeyRange::first(max_amt))))
    }

    /// Goes to the part of a set up to an element (NV-44). The element itself does not belong to it, unless the
    /// options say otherwise; a number is the most elements that do, counted backward from there. They come in
    /// ascending order.
    ///
    /// ```
    /// use rama_core::path::{RangeOptions, select, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 5, 9]);
    /// assert_eq!(select(&ids, |path| path.sorted_set_range_to(9, ()).ALL())?, [1, 5]);
    /// let last = RangeOptions::new().max_amt(1).inclusive(true);
    /// transform(&mut ids, |path| path.sorted_set_range_to(9, last).NONE())?;
    /// assert_eq!(ids, BTreeSet::from([1, 5]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_set_range_to<Q, O, K, To, N>(
        self,
        element: Q,
        options: O,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedSet<Elem = K, To = To, Step<SortedRange<K>> = N>,
        Q: KeyOf<K>,
        O: Into<RangeOptions>,
    {
        self.then(S::step(SortedRange(KeyRange::ending(element.into_key(), options.into()))))
    }

    /// Goes to the last elements of a set, at most this many (NV-44). They come in ascending order.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 5, 9]);
    /// assert_eq!(select(&ids, |path| path.sorted_set_range_to_end(2).ALL())?, [5, 9]);
    /// transform(&mut ids, |path| path.sorted_set_range_to_end(2).NONE())?;
    /// assert_eq!(ids, BTreeSet::from([1]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn sorted_set_range_to_end<K, To, N>(
        self,
        max_amt: usize,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: SortedSet<Elem = K, To = To, Step<SortedRange<K>> = N>,
    {
        self.then(S::step(SortedRange(KeyRange::last(max_amt))))
    }
}

/// A shape that has entries in the order of their keys.
#[diagnostic::on_unimplemented(
    message = "the ranges of sorted maps need a map, and the path stands on `{Self}` here",
    label = "there are no entries in order here",
    note = "in sets ranges are called `sorted_set_range`, `sorted_set_range_from`, …"
)]
pub trait SortedMap: Shape {
    /// The type of its keys.
    type Key: 'static;
    /// Where the steps lead.
    type To: Shape;
    step!();
}

/// A shape that has elements in their order.
#[diagnostic::on_unimplemented(
    message = "the ranges of sorted sets need a set, and the path stands on `{Self}` here",
    label = "there are no elements in order here",
    note = "in maps ranges are called `sorted_map_range`, `sorted_map_range_from`, …"
)]
pub trait SortedSet: Shape {
    /// The type of its elements.
    type Elem: 'static;
    /// Where the steps lead.
    type To: Shape;
    step!();
}

of_holders! {
    [K: Ord + Clone + 'static, V: 'static] SortedMap for BTreeMap<K, V> {
        type Key = K;
        type To = Span<K, Self>;
    }
    [T: Ord + Clone + 'static] SortedSet for BTreeSet<T> {
        type Elem = T;
        type To = Span<T, Self>;
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: SortedMap<Key = K> + Ranged<Key = K>> SortedMap for Span<K, S> {
    type Key = K;
    type To = Self;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: SortedSet<Elem = K> + Ranged<Key = K>> SortedSet for Span<K, S> {
    type Elem = K;
    type To = Self;
    step_itself!();
}

through_collected! {
    SortedMap { Key => To }
    SortedSet { Elem => To }
}

/// Navigator of [`Path::sorted_map_range`] and its kin.
#[derive(Clone, Debug)]
pub struct SortedRange<K>(pub(super) KeyRange<K>);

/// How far a range from or to a key goes: at most so many entries, with or without the key itself. `()` stands for
/// no options, and a number for the most entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct RangeOptions {
    max_amt: Option<usize>,
    inclusive: Option<bool>,
}

impl RangeOptions {
    /// All entries. A range from a key has the key, and one to a key does not.
    pub const fn new() -> Self {
        Self { max_amt: None, inclusive: None }
    }

    /// At most so many entries, counted from the key.
    pub const fn max_amt(self, max_amt: usize) -> Self {
        Self { max_amt: Some(max_amt), ..self }
    }

    /// Whether the key itself belongs to the range.
    pub const fn inclusive(self, inclusive: bool) -> Self {
        Self { inclusive: Some(inclusive), ..self }
    }
}

impl From<()> for RangeOptions {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<usize> for RangeOptions {
    fn from(max_amt: usize) -> Self {
        Self::new().max_amt(max_amt)
    }
}

/// A range of keys: two bounds, and how many of the keys between them it has.
#[derive(Clone, Debug)]
pub struct KeyRange<K> {
    from: Bound<K>,
    to: Bound<K>,
    max_amt: Option<usize>,
    backward: bool,
}

impl<K> KeyRange<K> {
    /// Everything between two bounds.
    pub(super) const fn new(from: Bound<K>, to: Bound<K>) -> Self {
        Self { from, to, max_amt: None, backward: false }
    }

    /// Nothing.
    pub(super) fn empty() -> Self {
        Self::first(0)
    }

    fn of(range: &impl RangeBounds<K>) -> Self
    where
        K: Clone,
    {
        Self::new(range.start_bound().cloned(), range.end_bound().cloned())
    }

    fn first(max_amt: usize) -> Self {
        Self { max_amt: Some(max_amt), ..Self::new(Bound::Unbounded, Bound::Unbounded) }
    }

    fn last(max_amt: usize) -> Self {
        Self { backward: true, ..Self::first(max_amt) }
    }

    fn starting(key: K, RangeOptions { max_amt, inclusive }: RangeOptions) -> Self {
        let from = bound(key, inclusive.unwrap_or(true));
        Self { max_amt, ..Self::new(from, Bound::Unbounded) }
    }

    fn ending(key: K, RangeOptions { max_amt, inclusive }: RangeOptions) -> Self {
        let to = bound(key, inclusive.unwrap_or(false));
        Self { max_amt, backward: true, ..Self::new(Bound::Unbounded, to) }
    }

    /// How many keys it has at most; none when it has all between its bounds.
    pub(super) const fn limit(&self) -> Option<usize> {
        self.max_amt
    }

    /// Whether its keys are counted from its end.
    pub(super) const fn is_backward(&self) -> bool {
        self.backward && self.max_amt.is_some()
    }
}

impl<K: Ord> KeyRange<K> {
    /// Its bounds; none when nothing can lie between them.
    pub(super) fn bounds(&self) -> Option<(Bound<&K>, Bound<&K>)> {
        let (from, to) = (self.from.as_ref(), self.to.as_ref());
        let empty = match (from, to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        };
        (!empty && self.max_amt != Some(0)).then_some((from, to))
    }

    /// Whether a key lies between its bounds.
    pub(super) fn spans(&self, key: &K) -> bool {
        self.bounds().is_some_and(|bounds| bounds.contains(key))
    }

    /// What it has in common with a range that has no limit.
    pub(super) fn within(&self, outer: &Self) -> Self
    where
        K: Clone,
    {
        if outer.bounds().is_none() {
            return Self::empty();
        }
        Self {
            from: higher(&self.from, &outer.from).clone(),
            to: lower(&self.to, &outer.to).clone(),
            ..*self
        }
    }
}

fn bound<K>(key: K, inclusive: bool) -> Bound<K> {
    if inclusive { Bound::Included(key) } else { Bound::Excluded(key) }
}

/// The lower bound that lets less in.
fn higher<'a, K: Ord>(one: &'a Bound<K>, other: &'a Bound<K>) -> &'a Bound<K> {
    match (one, other) {
        (_, Bound::Unbounded) => one,
        (Bound::Unbounded, _) => other,
        (Bound::Excluded(a) | Bound::Included(a), Bound::Included(b)) => {
            if a >= b {
                one
            } else {
                other
            }
        }
        (Bound::Excluded(a) | Bound::Included(a), Bound::Excluded(b)) => {
            if a > b {
                one
            } else {
                other
            }
        }
    }
}

/// The upper bound that lets less in.
fn lower<'a, K: Ord>(one: &'a Bound<K>, other: &'a Bound<K>) -> &'a Bound<K> {
    match (one, other) {
        (_, Bound::Unbounded) => one,
        (Bound::Unbounded, _) => other,
        (Bound::Excluded(a) | Bound::Included(a), Bound::Included(b)) => {
            if a <= b {
                one
            } else {
                other
            }
        }
        (Bound::Excluded(a) | Bound::Included(a), Bound::Excluded(b)) => {
            if a < b {
                one
            } else {
                other
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/ranges.rs"]
mod tests;
