//! The steps into a range of rows.
//!
//! A range that is counted backward is read backward, as one page, and then turned round.

use super::fields::FieldNames;
use super::keys::{edit_keys, keys, page_of_keys};
use super::kind::seen;
use super::map::{
    OfKey, Range, RowsMut, RowsRef, at_home, edit_entries, edit_values, entries, finished,
    page_of_entries, page_of_values, values,
};
use super::range::{Encoded, has};
use super::set::edit_elements;
use super::structure::{Counting, Element};
use super::{
    AnyRow, Fate, Fields, LeadingKey, Pager, ReadRows, RowKind, RowList, RowSet, RowValue, Rows,
    Scan, Stored, VisitRow, WriteRows,
};
use crate::codec::{Key, Value, decode_whole_key};
use crate::path::each::{All, HasElements, HasValues, MapVals};
use crate::path::edit::{Change, Edit, Editor, Transform};
use crate::path::key::{Keyed, Keypath, Must};
use crate::path::map::{HasKeys, MapKeys};
use crate::path::range::{KeyRange, SortedMap, SortedSet};
use crate::path::set::{IsSet, NoneElem, SetElem};
use crate::path::shape::{Pair, Present, Void};
use crate::path::span::Span;
use crate::path::step::step_itself;
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::sync::Arc;

/// An element of a structure that ranges are made of.
pub trait InSpan: Stored {
    /// The row that a scan came upon, for later.
    fn keep(row: &dyn RowValue) -> AnyRow;

    /// Edits the place of an element outside of a range, where nothing is seen. A value that is set there is
    /// written.
    ///
    /// # Errors
    /// Those of `next`, and [`PathError::Storage`].
    fn write_outside<E: Editor<Self::Perhaps>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError>;
}

impl<T: Value> InSpan for Present<T> {
    fn keep(row: &dyn RowValue) -> AnyRow {
        Arc::new(seen::<T>(row).clone())
    }

    fn write_outside<E: Editor<Self::Perhaps>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        let Change::Set(value) = next.edit(None)? else { return Ok(Edit::Kept) };
        at.put(rows, Arc::new(value), None)?;
        Ok(Edit::Changed)
    }
}

macro_rules! structures_in_spans {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        impl<$($parameter)*> InSpan for $shape {
            fn keep(_: &dyn RowValue) -> AnyRow {
                Arc::new(())
            }

            fn write_outside<E: Editor<Self::Perhaps>>(
                _: &mut dyn WriteRows,
                _: &Element<'_>,
                _: &mut E,
            ) -> Result<Edit, PathError> {
                Ok(Edit::Kept)
            }
        }
    )*};
}

structures_in_spans! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>;
    [T: Key, C: Counting] RowSet<T, C>;
    [S: Stored] RowList<S>;
    [F: FieldNames] Fields<F>;
}

/// Storage with nothing in it: what is outside of a range.
struct Nowhere;

impl ReadRows for Nowhere {
    fn get(&self, _: &[u8], _: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        Ok(None)
    }

    fn has(&self, _: &[u8]) -> Result<bool, PathError> {
        Ok(false)
    }

    fn scan(&self, _: &Scan<'_>, _: &mut VisitRow<'_>) -> Walk {
        Ok(())
    }

    fn at_home(&self, _: &dyn LeadingKey) -> Result<(), PathError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> SortedMap for Rows<K, S, C> {
    type Key = K;
    type To = Span<K, Self>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> SortedSet for RowSet<T, C> {
    type Elem = T;
    type To = Span<T, Self>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> HasElements for Span<K, Rows<K, S, C>> {
    type To = Pair<K, S>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> HasValues for Span<K, Rows<K, S, C>> {
    type To = S;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> HasKeys for Span<K, Rows<K, S, C>> {
    type Key = K;
    type To = Present<K>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> Keyed for Span<K, Rows<K, S, C>> {
    type Key = K;
    type Perhaps = S::Perhaps;
    type There = S;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> HasElements for Span<T, RowSet<T, C>> {
    type To = Present<T>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> IsSet for Span<T, RowSet<T, C>> {
    type Elem = T;
    type There = Present<T>;
    type New = Void<T>;
    step_itself!();
}

/// The rows of a range that is counted backward, in ascending order.
fn turned<S: InSpan>(
    RowsRef { rows, structure }: RowsRef<'_>,
    range: &Range<'_>,
) -> Result<Vec<(Vec<u8>, AnyRow)>, PathError> {
    let scan = Scan::all(structure.prefix, S::SCANNED);
    let scan = Scan { from: range.from, to: range.to, backward: true, most: range.most, ..scan };
    let mut found = Vec::new();
    finished(rows.scan(&scan, &mut |key, row| {
        found.push((key.to_vec(), S::keep(row)));
        Ok(())
    }))?;
    found.reverse();
    Ok(found)
}

impl<K: Key, S: InSpan, C: Counting> Navigator<Span<K, Rows<K, S, C>>> for All {
    type To = Pair<K, S>;
    type Count = Many;

    fn select<N: Visitor<Pair<K, S>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        let Some(encoded) = Encoded::new(range) else { return Ok(()) };
        if !encoded.backward {
            return entries::<K, S, N>(at, &encoded.range(), next);
        }
        for (bytes, row) in turned::<S>(at, &encoded.range())? {
            let key = &decode_whole_key(&bytes).map_err(PathError::storage)?;
            let address = at.structure.address_of(&bytes);
            let element = Element::new(&address, at.structure);
            let row = row.as_ref();
            S::scanned(at.rows, &element, row, &mut OfKey { key, next: &mut *next })?;
        }
        Ok(())
    }

    const SCANS: bool = true;

    fn select_page<N: Visitor<Pair<K, S>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        match Encoded::new(range) {
            Some(encoded) if !encoded.backward => {
                page_of_entries::<K, S, N>(at, &encoded.range(), pager, next)
            }
            // What is read from its end has a bound of its own, and is one page.
            _ => Navigator::<Span<K, Rows<K, S, C>>>::select(self, (at, range), next),
        }
    }
}

impl<K: Key, S: InSpan, C: Counting> Navigator<Span<K, Rows<K, S, C>>> for MapVals {
    type To = S;
    type Count = Many;

    fn select<N: Visitor<S>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        let Some(encoded) = Encoded::new(range) else { return Ok(()) };
        if !encoded.backward {
            return values(at, &encoded.range(), next);
        }
        for (bytes, row) in turned::<S>(at, &encoded.range())? {
            let address = at.structure.address_of(&bytes);
            let row = row.as_ref();
            S::scanned(at.rows, &Element::new(&address, at.structure), row, next)?;
        }
        Ok(())
    }

    const SCANS: bool = true;

    fn select_page<N: Visitor<S>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        match Encoded::new(range) {
            Some(encoded) if !encoded.backward => page_of_values(at, &encoded.range(), pager, next),
            // What is read from its end has a bound of its own, and is one page.
            _ => Navigator::<Span<K, Rows<K, S, C>>>::select(self, (at, range), next),
        }
    }
}

impl<K: Key, S: InSpan, C: Counting> Navigator<Span<K, Rows<K, S, C>>> for MapKeys {
    type To = Present<K>;
    type Count = Many;

    fn select<N: Visitor<Present<K>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        Encoded::new(range).map_or(Ok(()), |encoded| keys(at, &encoded.range(), next))
    }

    const SCANS: bool = true;

    fn select_page<N: Visitor<Present<K>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        match Encoded::new(range) {
            Some(encoded) if !encoded.backward => page_of_keys(at, &encoded.range(), pager, next),
            // What is read from its end has a bound of its own, and is one page.
            _ => Navigator::<Span<K, Rows<K, S, C>>>::select(self, (at, range), next),
        }
    }
}

impl<T: Key, C: Counting> Navigator<Span<T, RowSet<T, C>>> for All {
    type To = Present<T>;
    type Count = Many;

    fn select<N: Visitor<Present<T>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<T>),
        next: &mut N,
    ) -> Walk {
        Encoded::new(range).map_or(Ok(()), |encoded| keys(at, &encoded.range(), next))
    }

    const SCANS: bool = true;

    fn select_page<N: Visitor<Present<T>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<T>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        match Encoded::new(range) {
            Some(encoded) if !encoded.backward => page_of_keys(at, &encoded.range(), pager, next),
            // What is read from its end has a bound of its own, and is one page.
            _ => Navigator::<Span<T, RowSet<T, C>>>::select(self, (at, range), next),
        }
    }
}

/// Transforms of all that is in a range.
macro_rules! edits_of_ranges {
    ($([$($parameter:tt)*] $navigator:ty, $shape:ty: $key:ty, $to:ty, $edit:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Transform<Span<$key, $shape>> for $navigator {
            fn transform<E: Editor<$to>>(
                &self,
                (mut at, range): (RowsMut<'_>, &KeyRange<$key>),
                next: &mut E,
            ) -> Result<Fate, PathError> {
                let Some(encoded) = Encoded::new(range) else { return Ok(Fate::Kept) };
                $edit(&mut at, &encoded.range(), next).map(Fate::from)
            }
        }
    )*};
}

edits_of_ranges! {
    [K: Key, S: InSpan, C: Counting] All, Rows<K, S, C>: K, Pair<K, S>, edit_entries;
    [K: Key, S: InSpan, C: Counting] MapVals, Rows<K, S, C>: K, S, edit_values;
    [K: Key, T: Value, C: Counting] MapKeys, Rows<K, Present<T>, C>: K, Present<K>, edit_keys::<K, T, E>;
    [T: Key, C: Counting] All, RowSet<T, C>: T, Present<T>, edit_elements;
}

impl<K: Key, S: InSpan, C: Counting> Navigator<Span<K, Rows<K, S, C>>> for Keypath<K> {
    type To = S::Perhaps;
    type Count = One;

    fn select<N: Visitor<S::Perhaps>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        if has(at, range, &self.0)? {
            return Navigator::<Rows<K, S, C>>::select(self, at, next);
        }
        let address = at.structure.address(&self.0);
        S::read_perhaps(&Nowhere, &Element::new(&address, at.structure), next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        Some(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> Transform<Span<K, Rows<K, S, C>>> for Keypath<K> {
    fn transform<E: Editor<S::Perhaps>>(
        &self,
        (at, range): (RowsMut<'_>, &KeyRange<K>),
        next: &mut E,
    ) -> Result<Fate, PathError> {
        if has(at.look(), range, &self.0)? {
            return Transform::<Rows<K, S, C>>::transform(self, at, next);
        }
        at_home(at.rows, at.structure, &self.0)?;
        let address = at.structure.address(&self.0);
        let element = Element::new(&address, at.structure);
        S::write_outside(at.rows, &element, next).map(Fate::from)
    }
}

impl<K: Key, S: InSpan, C: Counting> Navigator<Span<K, Rows<K, S, C>>> for Must<K> {
    type To = S;
    type Count = AtMostOne;

    fn select<N: Visitor<S>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        if !has(at, range, &self.0)? {
            return Ok(());
        }
        Navigator::<Rows<K, S, C>>::select(self, at, next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        Some(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: InSpan, C: Counting> Transform<Span<K, Rows<K, S, C>>> for Must<K> {
    fn transform<E: Editor<S>>(
        &self,
        (at, range): (RowsMut<'_>, &KeyRange<K>),
        next: &mut E,
    ) -> Result<Fate, PathError> {
        if !has(at.look(), range, &self.0)? {
            return Ok(Fate::Kept);
        }
        Transform::<Rows<K, S, C>>::transform(self, at, next)
    }
}

impl<T: Key, C: Counting> Navigator<Span<T, RowSet<T, C>>> for SetElem<T> {
    type To = Present<T>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<T>>>(
        &self,
        (at, range): (RowsRef<'_>, &KeyRange<T>),
        next: &mut N,
    ) -> Walk {
        if !has(at, range, &self.0)? {
            return Ok(());
        }
        Navigator::<RowSet<T, C>>::select(self, at, next)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<Span<T, RowSet<T, C>>> for SetElem<T> {
    fn transform<E: Editor<Present<T>>>(
        &self,
        (at, range): (RowsMut<'_>, &KeyRange<T>),
        next: &mut E,
    ) -> Result<Fate, PathError> {
        if !has(at.look(), range, &self.0)? {
            return Ok(Fate::Kept);
        }
        Transform::<RowSet<T, C>>::transform(self, at, next)
    }
}

impl<T: Key, C: Counting> Navigator<Span<T, RowSet<T, C>>> for NoneElem {
    type To = Void<T>;
    type Count = One;

    fn select<N: Visitor<Void<T>>>(&self, _: (RowsRef<'_>, &KeyRange<T>), next: &mut N) -> Walk {
        next.visit(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<Span<T, RowSet<T, C>>> for NoneElem {
    fn transform<E: Editor<Void<T>>>(
        &self,
        (at, _): (RowsMut<'_>, &KeyRange<T>),
        next: &mut E,
    ) -> Result<Fate, PathError> {
        Transform::<RowSet<T, C>>::transform(self, at, next)
    }
}
