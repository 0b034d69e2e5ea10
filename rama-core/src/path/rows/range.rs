//! Ranges of rows, and what is in them as one value (NV-08 to NV-12, NV-44). A range is one seek, and a step for
//! each of its entries.

use super::keys::{replace, replace_elements};
use super::kind::seen;
use super::map::{Range, RowsMut, RowsRef, finished};
use super::structure::{Counting, Element};
use super::{AnyRow, Fate, RowKind, RowSet, Rows, Stored};
use crate::codec::{Key, Value, decode_whole_key};
use crate::path::PathError;
use crate::path::edit::{Editor, Want};
use crate::path::range::KeyRange;
use crate::path::shape::Present;
use crate::path::sorted::edit_cut;
use crate::path::span::{Ranged, Whole};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

/// A range with encoded keys.
pub(super) struct Encoded {
    from: Bound<Vec<u8>>,
    to: Bound<Vec<u8>>,
    pub(super) backward: bool,
    most: usize,
}

impl Encoded {
    /// The range; none when nothing can be in it.
    pub(super) fn new<K: Key>(range: &KeyRange<K>) -> Option<Self> {
        let (from, to) = range.bounds()?;
        let (backward, most) = (range.is_backward(), range.limit().unwrap_or(usize::MAX));
        Some(Self { from: from.map(encoded), to: to.map(encoded), backward, most })
    }

    pub(super) fn range(&self) -> Range<'_> {
        Range {
            from: self.from.as_ref().map(Vec::as_slice),
            to: self.to.as_ref().map(Vec::as_slice),
            backward: self.backward,
            most: self.most,
        }
    }
}

fn encoded<K: Key>(key: &K) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.encode_key(&mut bytes);
    bytes
}

/// The range with the bounds that it has among these rows.
fn settle<K: Key>(at: RowsRef<'_>, range: &KeyRange<K>) -> Result<KeyRange<K>, PathError> {
    let Some(limit) = range.limit() else { return Ok(range.clone()) };
    let Some(encoded) = Encoded::new(range) else { return Ok(KeyRange::empty()) };
    let (mut steps, mut last) = (0, Vec::new());
    at.each_key(&encoded.range(), &mut |key| {
        steps += 1;
        if steps == limit {
            last.extend_from_slice(key);
        }
    })?;
    let (from, to) = range.bounds().ok_or_else(|| PathError::storage("an empty range has rows"))?;
    let (from, to) = (from.cloned(), to.cloned());
    if steps < limit {
        return Ok(KeyRange::new(from, to));
    }
    let last = Bound::Included(decode_whole_key(&last).map_err(PathError::storage)?);
    Ok(if range.is_backward() { KeyRange::new(last, to) } else { KeyRange::new(from, last) })
}

/// Whether a key, there or not, belongs to a range of rows.
pub(super) fn has<K: Key>(
    at: RowsRef<'_>,
    range: &KeyRange<K>,
    key: &K,
) -> Result<bool, PathError> {
    Ok(range.spans(key) && (range.limit().is_none() || settle(at, range)?.spans(key)))
}

/// How many rows the range has.
fn count<K: Key>(at: RowsRef<'_>, counted: bool, range: &KeyRange<K>) -> Result<u64, PathError> {
    Encoded::new(range).map_or(Ok(0), |encoded| at.count(counted, &encoded.range()))
}

/// Removes the rows of the range.
fn erase<K: Key>(
    at: &mut RowsMut<'_>,
    indexed: bool,
    range: &KeyRange<K>,
) -> Result<Fate, PathError> {
    let Some(encoded) = Encoded::new(range) else { return Ok(Fate::Kept) };
    let keys = at.look().keys(&encoded.range())?;
    for key in &keys {
        let address = at.structure.address_of(key);
        Element::new(&address, at.structure).remove(at.rows, indexed, Some(true))?;
    }
    Ok(if keys.is_empty() { Fate::Kept } else { Fate::Changed })
}

macro_rules! ranged {
    ($([$($parameter:tt)*] $shape:ty: $key:ty, $whole:ty, indexed: $indexed:expr;)*) => {$(
        impl<$($parameter)*> Ranged for $shape {
            type Key = $key;
            type Whole = $whole;

            fn settle(
                at: RowsRef<'_>,
                range: &KeyRange<$key>,
            ) -> Result<KeyRange<$key>, PathError> {
                settle(at, range)
            }

            fn count(at: RowsRef<'_>, range: &KeyRange<$key>) -> Result<u64, PathError> {
                count(at, C::COUNTED, range)
            }

            fn erase(mut at: RowsMut<'_>, range: &KeyRange<$key>) -> Result<Fate, PathError> {
                erase(&mut at, $indexed, range)
            }
        }
    )*};
}

ranged! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>: K, BTreeMap<K, S::Value>, indexed: S::INDEXED;
    [T: Key, C: Counting] RowSet<T, C>: T, BTreeSet<T>, indexed: false;
}

impl<K: Key, T: Value, C: Counting> Whole for Rows<K, Present<T>, C> {
    fn whole(at: RowsRef<'_>, range: &KeyRange<K>) -> Result<BTreeMap<K, T>, PathError> {
        let mut whole = BTreeMap::new();
        let Some(encoded) = Encoded::new(range) else { return Ok(whole) };
        finished(at.each::<K>(RowKind::of::<T>(), &encoded.range(), &mut |key, _, row| {
            whole.insert(key.clone(), seen::<T>(row).clone());
            Ok(())
        }))?;
        Ok(whole)
    }

    fn rewrite<E: Editor<Present<BTreeMap<K, T>>>>(
        mut at: RowsMut<'_>,
        range: &KeyRange<K>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let read = E::WANTS != Want::Nothing;
        let part = if read { Self::whole(at.look(), range)? } else { BTreeMap::new() };
        let old = if read { there(part.keys().cloned()) } else { there(keys_in(&at, range)?) };
        let (part, outcome) = edit_cut(part, next);
        if !outcome? {
            return Ok(Fate::Kept);
        }
        let new = part.into_iter().map(|(key, value)| (key, Arc::new(value) as AnyRow));
        replace(&mut at, old, new).map(Fate::from)
    }
}

impl<T: Key, C: Counting> Whole for RowSet<T, C> {
    fn whole(at: RowsRef<'_>, range: &KeyRange<T>) -> Result<BTreeSet<T>, PathError> {
        let mut whole = BTreeSet::new();
        let Some(encoded) = Encoded::new(range) else { return Ok(whole) };
        finished(at.each::<T>(RowKind::UNREAD, &encoded.range(), &mut |element, _, _| {
            whole.insert(element.clone());
            Ok(())
        }))?;
        Ok(whole)
    }

    fn rewrite<E: Editor<Present<BTreeSet<T>>>>(
        mut at: RowsMut<'_>,
        range: &KeyRange<T>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let part = Self::whole(at.look(), range)?;
        let old = there(part.iter().cloned());
        let (part, outcome) = edit_cut(part, next);
        if !outcome? {
            return Ok(Fate::Kept);
        }
        replace_elements(&mut at, old, part).map(Fate::from)
    }
}

/// Keys that are there.
fn there<K: Key>(keys: impl IntoIterator<Item = K>) -> BTreeMap<K, Option<bool>> {
    keys.into_iter().map(|key| (key, Some(true))).collect()
}

/// The keys of a range.
fn keys_in<K: Key>(at: &RowsMut<'_>, range: &KeyRange<K>) -> Result<Vec<K>, PathError> {
    let Some(encoded) = Encoded::new(range) else { return Ok(Vec::new()) };
    let keys = at.look().keys(&encoded.range())?;
    keys.iter().map(|key| decode_whole_key(key).map_err(PathError::storage)).collect()
}

#[cfg(test)]
#[path = "../tests/row_costs.rs"]
mod tests;
