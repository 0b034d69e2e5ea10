//! Sorted collections in memory: their ranges, looked at and cut out.
//!
//! A part of a collection that a path edits as one value is cut out of it, edited, and merged in again, also when
//! the edit fails.

use super::each::{EditElements, Elements};
use super::edit::{Change, Editor, Want};
use super::range::KeyRange;
use super::shape::{Hold, Present};
use super::{PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// Two bounds, as the collections of the standard library take them.
pub type Bounds<'a, K> = (Bound<&'a K>, Bound<&'a K>);

/// A collection in the order of its keys: a map or a set.
pub trait Sorted: Default + 'static {
    /// What it is sorted by.
    type Key: Ord + Clone + 'static;

    /// The key that `n` others come before, from one end or the other.
    fn nth_key<'a>(
        &'a self,
        bounds: Bounds<'a, Self::Key>,
        n: usize,
        backward: bool,
    ) -> Option<&'a Self::Key>;

    /// How many keys there are between bounds.
    fn count(&self, bounds: Bounds<'_, Self::Key>) -> usize;

    /// Takes what lies between bounds out.
    fn cut(&mut self, bounds: Bounds<'_, Self::Key>) -> Self;

    /// Puts a part in; it overwrites.
    fn merge(&mut self, part: Self);

    /// Whether there is nothing in it.
    fn is_vacant(&self) -> bool;

    /// The bounds between which everything is in the range, and nothing else; none when nothing can be.
    fn bounds<'a>(&'a self, range: &'a KeyRange<Self::Key>) -> Option<Bounds<'a, Self::Key>> {
        let (from, to) = range.bounds()?;
        let Some(most) = range.limit() else { return Some((from, to)) };
        Some(match self.nth_key((from, to), most.checked_sub(1)?, range.is_backward()) {
            None => (from, to),
            Some(first) if range.is_backward() => (Bound::Included(first), to),
            Some(last) => (from, Bound::Included(last)),
        })
    }

    /// The range with the bounds that it has here.
    fn settle(&self, range: &KeyRange<Self::Key>) -> KeyRange<Self::Key> {
        self.bounds(range)
            .map_or_else(KeyRange::empty, |(from, to)| KeyRange::new(from.cloned(), to.cloned()))
    }

    /// Takes a range out.
    fn cut_range(&mut self, range: &KeyRange<Self::Key>) -> Self {
        if range.limit().is_some() {
            let settled = self.settle(range);
            return settled.bounds().map_or_else(Self::default, |bounds| self.cut(bounds));
        }
        range.bounds().map_or_else(Self::default, |bounds| self.cut(bounds))
    }
}

impl<K: Ord + Clone + 'static, V: 'static> Sorted for BTreeMap<K, V> {
    type Key = K;

    fn nth_key<'a>(&'a self, bounds: Bounds<'a, K>, n: usize, backward: bool) -> Option<&'a K> {
        let mut entries = self.range::<K, _>(bounds);
        let entry = if backward { entries.nth_back(n) } else { entries.nth(n) };
        entry.map(|(key, _)| key)
    }

    fn count(&self, bounds: Bounds<'_, K>) -> usize {
        self.range::<K, _>(bounds).count()
    }

    fn cut(&mut self, bounds: Bounds<'_, K>) -> Self {
        self.extract_if(bounds, |_, _| true).collect()
    }

    fn merge(&mut self, part: Self) {
        self.extend(part);
    }

    fn is_vacant(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Ord + Clone + 'static> Sorted for BTreeSet<T> {
    type Key = T;

    fn nth_key<'a>(&'a self, bounds: Bounds<'a, T>, n: usize, backward: bool) -> Option<&'a T> {
        let mut elements = self.range::<T, _>(bounds);
        if backward { elements.nth_back(n) } else { elements.nth(n) }
    }

    fn count(&self, bounds: Bounds<'_, T>) -> usize {
        self.range::<T, _>(bounds).count()
    }

    fn cut(&mut self, bounds: Bounds<'_, T>) -> Self {
        self.extract_if(bounds, |_| true).collect()
    }

    fn merge(&mut self, part: Self) {
        self.extend(part);
    }

    fn is_vacant(&self) -> bool {
        self.is_empty()
    }
}

/// A sorted collection whose ranges can be copied and gone through.
pub trait SortedElements: Sorted + Elements {
    /// Visits what is in a range.
    ///
    /// # Errors
    /// Those of `next`.
    fn each_in<N: Visitor<Self::Element>>(&self, range: &KeyRange<Self::Key>, next: &mut N)
    -> Walk;
}

impl<K: Ord + Clone + 'static, V: 'static> SortedElements for BTreeMap<K, V> {
    #[inline]
    fn each_in<N: Visitor<Self::Element>>(&self, range: &KeyRange<K>, next: &mut N) -> Walk {
        each_entry(self, range, |key, value| next.visit((key, value)))
    }
}

impl<T: Ord + Clone + 'static> SortedElements for BTreeSet<T> {
    #[inline]
    fn each_in<N: Visitor<Self::Element>>(&self, range: &KeyRange<T>, next: &mut N) -> Walk {
        let Some(bounds) = range.bounds() else { return Ok(()) };
        match range.limit() {
            Some(most) if !range.is_backward() => {
                each(self.range::<T, _>(bounds).take(most), |element| next.visit(element))
            }
            Some(_) => self.bounds(range).map_or(Ok(()), |bounds| {
                each(self.range::<T, _>(bounds), |element| next.visit(element))
            }),
            None => each(self.range::<T, _>(bounds), |element| next.visit(element)),
        }
    }
}

/// Visits the entries of a map that are in a range. Only a range that is counted from its end takes two ways
/// through the map.
#[inline]
pub(super) fn each_entry<'m, K: Ord + Clone + 'static, V: 'static>(
    map: &'m BTreeMap<K, V>,
    range: &KeyRange<K>,
    mut visit: impl FnMut(&'m K, &'m V) -> Walk,
) -> Walk {
    let Some(bounds) = range.bounds() else { return Ok(()) };
    match range.limit() {
        Some(most) if !range.is_backward() => {
            each(map.range::<K, _>(bounds).take(most), |(key, value)| visit(key, value))
        }
        Some(_) => {
            let Some(bounds) = map.bounds(range) else { return Ok(()) };
            each(map.range::<K, _>(bounds), |(key, value)| visit(key, value))
        }
        None => each(map.range::<K, _>(bounds), |(key, value)| visit(key, value)),
    }
}

/// A plain loop: what compiles to what one would have written by hand.
#[inline]
pub(super) fn each<T>(items: impl Iterator<Item = T>, mut visit: impl FnMut(T) -> Walk) -> Walk {
    for item in items {
        visit(item)?;
    }
    Ok(())
}

/// A sorted collection whose ranges can be copied.
pub trait CopyRange: Sorted {
    /// A copy of what lies between bounds.
    fn copied(&self, bounds: Bounds<'_, Self::Key>) -> Self;
}

impl<K: Ord + Clone + 'static, V: Clone + 'static> CopyRange for BTreeMap<K, V> {
    fn copied(&self, bounds: Bounds<'_, K>) -> Self {
        self.range::<K, _>(bounds).map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

impl<T: Ord + Clone + 'static> CopyRange for BTreeSet<T> {
    fn copied(&self, bounds: Bounds<'_, T>) -> Self {
        self.range::<T, _>(bounds).cloned().collect()
    }
}

/// Edits a range through `edit` as a collection of its own. Says whether it changed.
pub(super) fn edit_range<W: Sorted>(
    whole: &mut W,
    range: &KeyRange<W::Key>,
    edit: impl FnOnce(&mut W) -> Result<bool, PathError>,
) -> Result<bool, PathError> {
    let mut part = whole.cut_range(range);
    let outcome = edit(&mut part);
    whole.merge(part);
    outcome
}

/// Edits the elements of a range.
pub(super) fn edit_elements<W: Sorted + EditElements, E: Editor<W::Element>>(
    whole: &mut W,
    range: &KeyRange<W::Key>,
    next: &mut E,
) -> Result<bool, PathError> {
    edit_range(whole, range, |part| part.edit_each(next))
}

/// Lets an editor have a part of a collection as one value: what it becomes takes its place. A missing collection
/// is empty, and stays missing if nothing is put in.
pub(super) fn edit_part<W: Sorted, E: Editor<Present<W>>>(
    whole: Option<Hold<'_, W>>,
    cut: impl FnOnce(&mut W) -> W,
    next: &mut E,
) -> Result<Change<W>, PathError> {
    let Some(whole) = whole else {
        let (part, outcome) = edit_cut(W::default(), next);
        return outcome.map(|_| if part.is_vacant() { Change::Kept } else { Change::Set(part) });
    };
    whole.edit(|whole| {
        let part = cut(whole);
        let nothing = part.is_vacant();
        let (part, outcome) = edit_cut(part, next);
        let nothing = nothing && part.is_vacant();
        whole.merge(part);
        outcome.map(|changed| changed && !nothing)
    })
}

/// Edits a part that was cut out: what has become of it, and whether that is something else.
pub(super) fn edit_cut<W: Default + 'static, E: Editor<Present<W>>>(
    mut part: W,
    next: &mut E,
) -> (W, Result<bool, PathError>) {
    let change = if E::WANTS == Want::Given {
        next.edit(Hold::Given(std::mem::take(&mut part)))
    } else {
        next.edit(Hold::Lent(&mut part))
    };
    match change {
        Ok(Change::Kept) => (part, Ok(false)),
        Ok(Change::InPlace) => (part, Ok(true)),
        Ok(Change::Set(part)) => (part, Ok(true)),
        Ok(Change::Removed) => (W::default(), Ok(true)),
        Err(error) => (part, Err(error)),
    }
}
