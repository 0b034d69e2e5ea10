//! Parts of lists in storage as lists in memory (NV-27, NV-28).

use super::kind::seen;
use super::list::RowList;
use super::map::{RowsMut, RowsRef, finished};
use super::positions::{Extent, as_row, discard, splice};
use super::{Fate, RowKind, Scan};
use crate::codec::{Key, Value};
use crate::path::edit::{Editor, Transform};
use crate::path::insert::{Beginning, End};
use crate::path::shape::Present;
use crate::path::sublist::{Srange, edit_part};
use crate::path::{Navigator, One, PathError, Visitor, Walk};
use std::ops::{Bound, Range};

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
