//! Lists whose elements are rows: subindexed lists (PS-04, PS-20).
//!
//! The row of an element lies under its position, counted from the position of the first one, so both ends grow
//! and shrink without moving anything. An element that is a structure has an id for what lies inside it, since
//! its position changes.

use super::RowValue;
use super::insert::Addable;
use super::map::{RowsMut, RowsRef};
use super::positions::{Came, Extent, discard, edit_at, row_kind, visit_at, visit_row};
use super::stored::Stored;
use super::structure::Address;
use super::{Fate, Scan};
use crate::codec::Value;
use crate::path::each::{All, HasElements};
use crate::path::edit::{Edit, Editor, Transform};
use crate::path::indexed::HasIndexes;
use crate::path::insert::{GrowsByMany, GrowsByOne};
use crate::path::list::{First, HasEnds, IsList, Last, Nthpath};
use crate::path::shape::{Pair, Present, Shape, Writable, shorten};
use crate::path::step::step_itself;
use crate::path::sublist::HasParts;
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::marker::PhantomData;

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
    fn transform<E: Editor<S>>(&self, at: RowsMut<'_>, next: &mut E) -> Result<Fate, PathError> {
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

/// Visits the rows of all elements in order, each with its address if that leads into it.
pub(super) fn scan<S: Stored>(
    at: RowsRef<'_>,
    mut visit: impl FnMut(&[u8], &dyn RowValue) -> Walk,
) -> Walk {
    at.rows.scan(&Scan::all(at.structure.prefix, row_kind::<S>()), &mut |key, row| {
        let address = if S::INDEXED { at.structure.address_of(key) } else { Address::new() };
        visit(&address, row)
    })
}

#[cfg(test)]
#[path = "../tests/row_list.rs"]
mod tests;
