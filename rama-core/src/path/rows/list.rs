//! Lists whose elements are rows: subindexed lists (PS-04, PS-20).
//!
//! The row of an element lies under its position, counted from the position of the first one, so both ends grow
//! and shrink without moving anything. An element that is a structure has an id for what lies inside it, since
//! its position changes.

use super::fields::{FieldNames, Fields};
use super::kind::seen;
use super::map::{Rows, RowsMut, RowsRef, finished};
use super::positions::{
    Came, Extent, as_row, beside, bring_in, discard, edit_at, relocate, row_kind, splice, visit_at,
    visit_row,
};
use super::set::RowSet;
use super::stored::{Outcome, Stored};
use super::structure::{Address, Counting, Element};
use super::{Fate, ReadRows, RowKind, Scan, WriteRows};
use crate::codec::{Key, Value};
use crate::path::each::{All, HasElements};
use crate::path::edit::{Change, Edit, Editor, Transform, Want};
use crate::path::indexed::{HasIndexes, IndexNav, IndexedVals, Round};
use crate::path::insert::{
    AfterElem, BeforeElem, BeforeIndex, Beginning, End, GrowsByMany, GrowsByOne,
};
use crate::path::list::{First, HasEnds, IsList, Last, Nthpath};
use crate::path::shape::{Pair, PairChange, Present, Shape, Void, Writable, shorten};
use crate::path::step::step_itself;
use crate::path::sublist::{HasParts, Srange, edit_part};
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::marker::PhantomData;
use std::ops::{Bound, Range};

/// A list of elements of the shape `S`, never in memory as a whole. It always knows its length.
pub struct RowList<S>(PhantomData<fn() -> S>);

impl<S: 'static> Shape for RowList<S> {
    type Ref<'a> = RowsRef<'a>;
    type Value = ();
    shorten!();
}

impl<S: 'static> Writable for RowList<S> {
    type Place<'a> = RowsMut<'a>;
    type Change = Fate;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(at: RowsMut<'long>) -> RowsMut<'short> {
        at.shorten()
    }
}

/// What can be added to a list.
///
/// Methods fail as their visitor or editor does, and with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait Addable: Stored {
    /// The place of a new element: that of a value, or a structure with nothing inside.
    type New: Writable;

    /// Visits the place of a new element.
    fn read_new<N: Visitor<Self::New>>(
        rows: &dyn ReadRows,
        at: &Element<'_>,
        next: &mut N,
    ) -> Walk;

    /// Edits the place of a new element. Says whether there is one now.
    fn add<E: Editor<Self::New>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<bool, PathError>;
}

impl<T: Value> Addable for Present<T> {
    type New = Void<T>;

    #[inline]
    fn read_new<N: Visitor<Void<T>>>(
        _: &dyn ReadRows,
        _: &Element<'_>,
        next: &mut N,
    ) -> Walk {
        next.visit(())
    }

    fn add<E: Editor<Void<T>>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<bool, PathError> {
        let Change::Set(value) = next.edit(())? else { return Ok(false) };
        at.put(rows, as_row(value), Some(false))?;
        Ok(true)
    }
}

macro_rules! addable_structures {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        impl<$($parameter)*> Addable for $shape {
            type New = Self;

            fn read_new<N: Visitor<Self>>(
                rows: &dyn ReadRows,
                at: &Element<'_>,
                next: &mut N,
            ) -> Walk {
                Self::read_perhaps(rows, at, next)
            }

            fn add<E: Editor<Self>>(
                rows: &mut dyn WriteRows,
                at: &Element<'_>,
                next: &mut E,
            ) -> Result<bool, PathError> {
                let edit = Self::write_perhaps(rows, at, next)?;
                // Removing what is not there looks like a change where nothing is counted.
                Ok(edit == Edit::Changed && at.exists(rows)?)
            }
        }
    )*};
}

addable_structures! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>;
    [T: Key, C: Counting] RowSet<T, C>;
    [S: Stored] RowList<S>;
    [F: FieldNames] Fields<F>;
}

macro_rules! capabilities {
    ($([$($parameter:tt)*] $capability:ident for $shape:ty { $(type $name:ident = $type:ty;)* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> $capability for $shape {
            $(type $name = $type;)*
            step_itself!();
        }
    )*};
}

capabilities! {
    [S: Stored] HasElements for RowList<S> { type To = S; }
    [S: Stored] IsList for RowList<S> { type There = S; }
    [S: Stored] HasEnds for RowList<S> { type First = S; type Last = S; type Reach = AtMostOne; }
    [S: Stored] HasIndexes for RowList<S> { type Index = Present<usize>; type Entry = Pair<usize, S>; }
    [S: Addable] GrowsByOne for RowList<S> { type New = S::New; }
    [T: Value] GrowsByMany for RowList<Present<T>> { type New = Present<Vec<T>>; }
    [T: Value] HasParts for RowList<Present<T>> { type Part = Present<Vec<T>>; }
}

impl<S: Stored> Navigator<RowList<S>> for All {
    type To = S;
    type Count = Many;

    fn select<N: Visitor<S>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        scan::<S>(at, |address, row| visit_row::<S, N>(at, address, row, next))
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for All {
    fn transform<E: Editor<S>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        let mut gone = Vec::new();
        let mut fate = Fate::Kept;
        let outcome = (0..extent.len).try_for_each(|index| {
            match edit_at(&mut at, extent.position(index), next)? {
                Came::Stayed(Edit::Kept) => return Ok(()),
                Came::Stayed(Edit::Changed) => {}
                Came::Left => gone.push(index),
            }
            fate = Fate::Changed;
            Ok(())
        });
        discard::<S>(&mut at, extent, &gone)?;
        outcome.map(|()| fate)
    }
}

impl<S: Stored> Navigator<RowList<S>> for Nthpath {
    type To = S;
    type Count = One;

    fn select<N: Visitor<S>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let extent = Extent::of(at.structure, at.rows)?;
        if self.0 >= extent.len {
            return Err(PathError::OutOfRange { index: self.0, len: extent.len }.into());
        }
        visit_at(at, extent.position(self.0), next)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for Nthpath {
    fn transform<E: Editor<S>>(
        &self,
        at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        if self.0 >= extent.len {
            return Err(PathError::OutOfRange { index: self.0, len: extent.len });
        }
        edit_one(at, extent, self.0, next)
    }
}

macro_rules! ends {
    ($($navigator:ident: |$len:ident| $index:expr;)*) => {$(
        impl<S: Stored> Navigator<RowList<S>> for $navigator {
            type To = S;
            type Count = AtMostOne;

            fn select<N: Visitor<S>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                let extent = Extent::of(at.structure, at.rows)?;
                let $len = extent.len;
                if $len == 0 { Ok(()) } else { visit_at(at, extent.position($index), next) }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Stored> Transform<RowList<S>> for $navigator {
            fn transform<E: Editor<S>>(
                &self,
                at: RowsMut<'_>,
                next: &mut E,
            ) -> Result<Fate, PathError> {
                let extent = Extent::of(at.structure, at.rows)?;
                let $len = extent.len;
                if $len == 0 { Ok(Fate::Kept) } else { edit_one(at, extent, $index, next) }
            }
        }
    )*};
}

ends! {
    First: |len| 0;
    Last: |len| len - 1;
}

/// Edits the element at an index that exists.
fn edit_one<S: Stored, E: Editor<S>>(
    mut at: RowsMut<'_>,
    extent: Extent,
    index: usize,
    next: &mut E,
) -> Result<Fate, PathError> {
    match edit_at(&mut at, extent.position(index), next)? {
        Came::Stayed(edit) => Ok(edit.into()),
        Came::Left => {
            discard::<S>(&mut at, extent, &[index])?;
            Ok(Fate::Changed)
        }
    }
}

macro_rules! new_elements {
    ($($navigator:ident: |$this:ident, $len:ident| $index:expr, $count:ident, $seen:expr;)*) => {$(
        impl<S: Addable> Navigator<RowList<S>> for $navigator {
            type To = S::New;
            type Count = $count;

            fn select<N: Visitor<S::New>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                if !$seen {
                    return Ok(());
                }
                let extent = Extent::of(at.structure, at.rows)?;
                let ($this, $len) = (self, extent.len);
                let address = at.structure.address(&beside(&extent, $index).position);
                let id = S::INDEXED.then_some(extent.next);
                S::read_new(at.rows, &Element::in_list(&address, at.structure, id), next)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Addable> Transform<RowList<S>> for $navigator {
            fn transform<E: Editor<S::New>>(
                &self,
                at: RowsMut<'_>,
                next: &mut E,
            ) -> Result<Fate, PathError> {
                let extent = Extent::of(at.structure, at.rows)?;
                let ($this, $len) = (self, extent.len);
                insert::<S, E>(at, extent, $index, next)
            }
        }
    )*};
}

new_elements! {
    BeforeElem: |_this, _len| 0, One, true;
    AfterElem: |_this, len| len, One, true;
    BeforeIndex: |this, _len| this.0, AtMostOne, false;
}

/// Adds an element before an index.
fn insert<S: Addable, E: Editor<S::New>>(
    mut at: RowsMut<'_>,
    extent: Extent,
    index: usize,
    next: &mut E,
) -> Result<Fate, PathError> {
    if index > extent.len {
        return Err(PathError::OutOfRange { index, len: extent.len });
    }
    let beside = beside(&extent, index);
    let address = at.structure.address(&beside.position);
    let id = S::INDEXED.then_some(extent.next);
    if !S::add(at.rows, &Element::in_list(&address, at.structure, id), next)? {
        return Ok(Fate::Kept);
    }
    bring_in(&mut at, extent, &beside, index, row_kind::<S>(), S::INDEXED)?;
    Ok(Fate::Changed)
}

impl<S: Stored> Navigator<RowList<S>> for IndexNav {
    type To = Present<usize>;
    type Count = AtMostOne;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let extent = Extent::of(at.structure, at.rows)?;
        if self.0 < extent.len { next.visit(&self.0) } else { Ok(()) }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for IndexNav {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        let Some(to) = self.moves(extent.len, next)? else { return Ok(Fate::Kept) };
        relocate(&mut at, extent, self.0, to, row_kind::<S>())?;
        Ok(Fate::Changed)
    }
}

impl<S: Stored> Navigator<RowList<S>> for IndexedVals {
    type To = Pair<usize, S>;
    type Count = Many;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let mut index = self.start;
        scan::<S>(at, |address, row| {
            visit_row::<S, _>(at, address, row, &mut AtIndex { index, next })?;
            index += 1;
            Ok(())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for IndexedVals {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        let mut round = Round::new(extent.len, self.start);
        let outcome = edit_round::<S, E>(&mut at, extent, &mut round, next);
        let gone: Vec<usize> = round.into_gone().into_iter().collect();
        discard::<S>(&mut at, extent, &gone)?;
        outcome.map(|fate| if gone.is_empty() { fate } else { Fate::Changed })
    }
}

/// Edits every element with its index. Those that leave are in `round`.
fn edit_round<S: Stored, E: Editor<Pair<usize, S>>>(
    at: &mut RowsMut<'_>,
    extent: Extent,
    round: &mut Round,
    next: &mut E,
) -> Result<Fate, PathError> {
    let mut fate = Fate::Kept;
    while let Some(index) = round.next() {
        let mut entry = Entry { index: round.shown(index), to: None, left: false, next };
        let came = edit_at::<S, _>(at, extent.position(index), &mut entry)?;
        if matches!(came, Came::Stayed(Edit::Changed)) {
            fate = Fate::Changed;
        }
        if entry.left {
            round.removed(index);
        }
        let Some(shown) = entry.to else { continue };
        if let Some(to) = round.moved(index, shown)? {
            relocate(at, extent, index, to, row_kind::<S>())?;
            fate = Fate::Changed;
        }
    }
    Ok(fate)
}

/// What comes after an element with its index, as what comes after the element.
struct AtIndex<'a, N> {
    index: usize,
    next: &'a mut N,
}

impl<S: Shape, N: Visitor<Pair<usize, S>>> Visitor<S> for AtIndex<'_, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.next.visit((&self.index, S::shorten(at)))
    }
}

/// The same in a transform, which also says where the element is to go.
struct Entry<'a, E> {
    index: usize,
    to: Option<usize>,
    left: bool,
    next: &'a mut E,
}

impl<S: Stored, E: Editor<Pair<usize, S>>> Editor<S> for Entry<'_, E> {
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        let change = match self.next.edit((&self.index, S::shorten_place(at)))? {
            PairChange::Kept => S::Change::kept(),
            PairChange::Value(change) => change,
            PairChange::Key(to) => {
                self.to = Some(to);
                S::Change::kept()
            }
            PairChange::Set(to, value) => {
                self.to = Some(to);
                S::Change::set(value)
            }
            PairChange::Removed => {
                self.left = true;
                S::Change::kept()
            }
        };
        self.left |= change.is_removed();
        Ok(change)
    }
}

macro_rules! parts {
    ($($navigator:ident: |$this:ident, $len:ident| $range:expr;)*) => {$(
        impl<T: Value> Navigator<RowList<Present<T>>> for $navigator {
            type To = Present<Vec<T>>;
            type Count = One;

            fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                let extent = Extent::of(at.structure, at.rows)?;
                let ($this, $len) = (self, extent.len);
                next.visit(&part(at, extent, $range?)?)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Value> Transform<RowList<Present<T>>> for $navigator {
            fn transform<E: Editor<Self::To>>(
                &self,
                at: RowsMut<'_>,
                next: &mut E,
            ) -> Result<Fate, PathError> {
                let extent = Extent::of(at.structure, at.rows)?;
                let ($this, $len) = (self, extent.len);
                edit_range(at, extent, $range?, next)
            }
        }
    )*};
}

parts! {
    Srange: |this, len| this.within(len);
    Beginning: |_this, _len| Ok::<_, PathError>(0..0);
    End: |_this, len| Ok::<_, PathError>(len..len);
}

/// The elements in a range.
fn part<T: Value>(
    at: RowsRef<'_>,
    extent: Extent,
    range: Range<usize>,
) -> Result<Vec<T>, PathError> {
    let mut part = Vec::with_capacity(range.len());
    if range.is_empty() {
        return Ok(part);
    }
    let mut from = Vec::new();
    extent.position(range.start).encode_key(&mut from);
    let kind = RowKind::of::<T>();
    let scan = Scan { from: Bound::Included(&from), ..Scan::all(at.structure.prefix, kind) };
    finished(at.rows.scan(&Scan { most: range.len(), ..scan }, &mut |_, row| {
        part.push(seen::<T>(row).clone());
        Ok(())
    }))?;
    Ok(part)
}

/// Edits the elements in a range as one list.
fn edit_range<T: Value, E: Editor<Present<Vec<T>>>>(
    mut at: RowsMut<'_>,
    extent: Extent,
    range: Range<usize>,
    next: &mut E,
) -> Result<Fate, PathError> {
    let mut items = Vec::new();
    if !E::REMOVES {
        items = part(at.look(), extent, range.clone())?;
        if !edit_part(&mut items, next)? {
            return Ok(Fate::Kept);
        }
    }
    if items.is_empty() && range.is_empty() {
        return Ok(Fate::Kept);
    }
    let gone: Vec<usize> = (range.start + items.len().min(range.len())..range.end).collect();
    splice(&mut at, extent, range, RowKind::of::<T>(), items.into_iter().map(as_row))?;
    discard::<Present<T>>(&mut at, extent, &gone)?;
    Ok(Fate::Changed)
}

/// Visits the rows of all elements in order, each with its address if that leads into it.
fn scan<S: Stored>(
    at: RowsRef<'_>,
    mut visit: impl FnMut(&[u8], &dyn std::any::Any) -> Walk,
) -> Walk {
    at.rows.scan(&Scan::all(at.structure.prefix, row_kind::<S>()), &mut |key, row| {
        let address = if S::INDEXED { at.structure.address_of(key) } else { Address::new() };
        visit(&address, row)
    })
}

#[cfg(test)]
#[path = "../tests/row_list.rs"]
mod tests;
