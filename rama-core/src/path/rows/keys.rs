//! The keys of rows as what a path leads to: `map_key`, `MAP_KEYS`, `submap` and `subset` (NV-04, NV-05, NV-07,
//! NV-42).

use super::kind::seen_row;
use super::map::{Range, RowsMut, RowsRef, at_home};
use super::structure::{Counting, Element};
use super::{AnyRow, Fate, LeadingKey, Pager, RowKind, RowSet, Rows, Stored, WriteRows, Written};
use crate::codec::{Key, Value, decode_whole_key};
use crate::path::edit::{Change, Edit, Editor, Transform, Want};
use crate::path::map::{HasKeys, HasSubmaps, MapKey, MapKeys, Submap};
use crate::path::set::{HasSubsets, Subset};
use crate::path::shape::{Hold, Present};
use crate::path::sorted::edit_cut;
use crate::path::step::step_itself;
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: Counting> HasKeys for Rows<K, S, C> {
    type Key = K;
    type To = Present<K>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, T: Value, C: Counting> HasSubmaps for Rows<K, Present<T>, C> {
    type Key = K;
    type To = Present<BTreeMap<K, T>>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> HasSubsets for RowSet<T, C> {
    type Elem = T;
    type To = Present<BTreeSet<T>>;
    step_itself!();
}

impl<K: Key, S: Stored, C: Counting> Navigator<Rows<K, S, C>> for MapKey<K> {
    type To = Present<K>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<K>>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        at_home(at.rows, at.structure, &self.0)?;
        if at.rows.has(&at.structure.address(&self.0))? { next.visit(&self.0) } else { Ok(()) }
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        Some(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, T: Value, C: Counting> Transform<Rows<K, Present<T>, C>> for MapKey<K> {
    fn transform<E: Editor<Present<K>>>(
        &self,
        RowsMut { rows, structure }: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        at_home(rows, structure, &self.0)?;
        let address = structure.address(&self.0);
        let element = Element::new(&address, structure);
        // What only removes need not know whether there is something.
        if E::REMOVES && !C::COUNTED {
            element.remove(rows, false, None)?;
            return Ok(Fate::Changed);
        }
        if !rows.has(&address)? {
            return Ok(Fate::Kept);
        }
        let written = edit_key::<K, T, E>(rows, &element, &self.0, next)?;
        let Written::Moved(key, row) = written else { return Ok(Fate::from(Edit::from(written))) };
        at_home(rows, structure, &key)?;
        element.remove(rows, false, Some(true))?;
        Element::new(&structure.address(&key), structure).put(rows, row, None)?;
        Ok(Fate::Changed)
    }
}

impl<K: Key, S: Stored, C: Counting> Navigator<Rows<K, S, C>> for MapKeys {
    type To = Present<K>;
    type Count = Many;

    fn select<N: Visitor<Present<K>>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        keys(at, &Range::ALL, next)
    }

    const SCANS: bool = true;

    fn select_page<N: Visitor<Present<K>>>(
        &self,
        at: RowsRef<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        page_of_keys(at, &Range::ALL, pager, next)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, T: Value, C: Counting> Transform<Rows<K, Present<T>, C>> for MapKeys {
    fn transform<E: Editor<Present<K>>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        edit_keys::<K, T, E>(&mut at, &Range::ALL, next).map(Fate::from)
    }
}

/// Visits the keys of a range. Nothing is decoded but them.
pub(super) fn keys<K: Key, N: Visitor<Present<K>>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    next: &mut N,
) -> Walk {
    if !range.backward {
        return at.each::<K>(RowKind::UNREAD, range, &mut |key, _, _| next.visit(key));
    }
    at.keys(range)?
        .iter()
        .try_for_each(|bytes| next.visit(&decode_whole_key(bytes).map_err(PathError::storage)?))
}

/// Visits the keys of a page.
pub(super) fn page_of_keys<K: Key, N: Visitor<Present<K>>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    pager: &mut Pager,
    next: &mut N,
) -> Walk {
    pager.scan(at, RowKind::UNREAD, range, &mut |bytes, _, _| {
        next.visit(&decode_whole_key(bytes).map_err(PathError::storage)?)
    })
}

/// Edits the keys of a range, all at once: no entry is edited under its new key.
pub(super) fn edit_keys<K: Key, T: Value, E: Editor<Present<K>>>(
    at: &mut RowsMut<'_>,
    range: &Range<'_>,
    next: &mut E,
) -> Result<Edit, PathError> {
    rewrite_entries(at, range, |rows, element, key: K| {
        edit_key::<K, T, E>(rows, element, &key, next)
    })
}

/// Edits the key of an entry that is there.
fn edit_key<K: Key, T: Value, E: Editor<Present<K>>>(
    rows: &mut dyn WriteRows,
    at: &Element<'_>,
    key: &K,
    next: &mut E,
) -> Result<Written<K>, PathError> {
    match next.edit(Hold::Given(key.clone()))? {
        Change::Set(new) if new != *key => {
            let row = rows.get(at.address, RowKind::of::<T>())?;
            Ok(row.map_or(Written::Kept, |row| Written::Moved(new, row)))
        }
        Change::Kept | Change::InPlace | Change::Set(_) => Ok(Written::Kept),
        Change::Removed => {
            at.remove(rows, false, Some(true))?;
            Ok(Written::Removed)
        }
    }
}

/// Lets `edit` write each entry of a range, and moves those that get another key when all are written. Of entries
/// whose keys become equal the last one stays, as in a map in memory.
pub(super) fn rewrite_entries<K: Key>(
    at: &mut RowsMut<'_>,
    range: &Range<'_>,
    mut edit: impl FnMut(&mut dyn WriteRows, &Element<'_>, K) -> Result<Written<K>, PathError>,
) -> Result<Edit, PathError> {
    let keys = at.look().keys(range)?;
    let mut outcome = Edit::Kept;
    let mut moves = Moves::default();
    let RowsMut { rows, structure } = at;
    let all = keys.iter().enumerate().try_for_each(|(index, bytes)| {
        let key: K = decode_whole_key(bytes).map_err(PathError::storage)?;
        let address = structure.address_of(bytes);
        let element = Element::new(&address, structure);
        match edit(*rows, &element, key)? {
            Written::Kept => return Ok(()),
            Written::Changed => {}
            Written::Removed => drop(moves.left.insert(index)),
            Written::Moved(key, row) => {
                at_home(*rows, structure, &key)?;
                let to = structure.address(&key);
                if to == address {
                    element.put(*rows, row, Some(true))?;
                } else {
                    element.remove(*rows, false, Some(true))?;
                    moves.left.insert(index);
                    moves.rows.push((index, to, row));
                }
            }
        }
        outcome = Edit::Changed;
        Ok(())
    });
    moves.arrive(at, &keys)?;
    all.map(|()| outcome)
}

/// Entries on their way to other keys.
#[derive(Default)]
struct Moves {
    /// Which of the entries are not where they were.
    left: BTreeSet<usize>,
    /// Which entry it was, where it goes, and its row.
    rows: Vec<(usize, super::Address, AnyRow)>,
}

impl Moves {
    /// Writes them where they go, unless an entry that comes after them stayed there.
    fn arrive(self, at: &mut RowsMut<'_>, keys: &[Vec<u8>]) -> Result<(), PathError> {
        for (index, address, row) in self.rows {
            let key = &address[at.structure.prefix.len()..];
            let there = keys.binary_search_by(|there| there.as_slice().cmp(key));
            if there.is_ok_and(|there| there > index && !self.left.contains(&there)) {
                continue;
            }
            Element::new(&address, at.structure).put(at.rows, row, None)?;
        }
        Ok(())
    }
}

impl<K: Key, T: Value, C: Counting> Navigator<Rows<K, Present<T>, C>> for Submap<K> {
    type To = Present<BTreeMap<K, T>>;
    type Count = One;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        next.visit(&self.read(at)?)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.first().map(|key| key as &dyn LeadingKey)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, T: Value, C: Counting> Transform<Rows<K, Present<T>, C>> for Submap<K> {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let read = E::WANTS != Want::Nothing;
        let part = if read { self.read(at.look())? } else { BTreeMap::new() };
        let old = self.0.iter().map(|key| (key.clone(), read.then(|| part.contains_key(key))));
        let old = old.collect();
        let (part, outcome) = edit_cut(part, next);
        if !outcome? {
            return Ok(Fate::Kept);
        }
        let new = part.into_iter().map(|(key, value)| (key, Arc::new(value) as AnyRow));
        replace(&mut at, old, new).map(Fate::from)
    }
}

impl<K: Key> Submap<K> {
    fn read<T: Value>(&self, at: RowsRef<'_>) -> Result<BTreeMap<K, T>, PathError> {
        let mut part = BTreeMap::new();
        for key in &self.0 {
            at_home(at.rows, at.structure, key)?;
            let row = at.rows.get(&at.structure.address(key), RowKind::of::<T>())?;
            part.extend(row.map(|row| (key.clone(), seen_row::<T>(&row).clone())));
        }
        Ok(part)
    }
}

impl<T: Key, C: Counting> Navigator<RowSet<T, C>> for Subset<T> {
    type To = Present<BTreeSet<T>>;
    type Count = One;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        next.visit(&self.read(at)?)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<RowSet<T, C>> for Subset<T> {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let read = E::WANTS != Want::Nothing;
        let part = if read { self.read(at.look())? } else { BTreeSet::new() };
        let old = self.0.iter().map(|key| (key.clone(), read.then(|| part.contains(key))));
        let old = old.collect();
        let (part, outcome) = edit_cut(part, next);
        if !outcome? {
            return Ok(Fate::Kept);
        }
        replace_elements(&mut at, old, part).map(Fate::from)
    }
}

impl<T: Key> Subset<T> {
    fn read(&self, at: RowsRef<'_>) -> Result<BTreeSet<T>, PathError> {
        let mut part = BTreeSet::new();
        for element in &self.0 {
            if at.rows.has(&at.structure.address(element))? {
                part.insert(element.clone());
            }
        }
        Ok(part)
    }
}

/// Replaces elements of a set. Those that stay are not written.
pub(super) fn replace_elements<T: Key>(
    at: &mut RowsMut<'_>,
    mut old: BTreeMap<T, Option<bool>>,
    new: BTreeSet<T>,
) -> Result<Edit, PathError> {
    let new = new.into_iter().filter(|element| old.remove(element) != Some(Some(true)));
    let new: Vec<_> = new.map(|element| (element, Arc::new(()) as AnyRow)).collect();
    replace(at, old, new.into_iter())
}

/// Replaces entries by others. With each of the old ones it is said whether it is there, if that is known.
pub(super) fn replace<K: Key>(
    at: &mut RowsMut<'_>,
    mut old: BTreeMap<K, Option<bool>>,
    new: impl Iterator<Item = (K, AnyRow)>,
) -> Result<Edit, PathError> {
    let mut outcome = Edit::Kept;
    for (key, row) in new {
        at_home(at.rows, at.structure, &key)?;
        let known = old.remove(&key).flatten();
        let address = at.structure.address(&key);
        Element::new(&address, at.structure).put(at.rows, row, known)?;
        outcome = Edit::Changed;
    }
    for (key, known) in old {
        if known != Some(false) {
            at_home(at.rows, at.structure, &key)?;
            let address = at.structure.address(&key);
            Element::new(&address, at.structure).remove(at.rows, false, known)?;
            outcome = Edit::Changed;
        }
    }
    Ok(outcome)
}

#[cfg(test)]
#[path = "../tests/counted.rs"]
mod tests;
