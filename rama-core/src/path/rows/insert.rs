//! New elements of lists in storage: values, and structures that come into being with what is set inside them
//! (NV-25, NV-26).

use super::fields::{FieldNames, Fields};
use super::list::RowList;
use super::map::{Rows, RowsMut, RowsRef};
use super::positions::{Extent, as_row, beside, bring_in, row_kind};
use super::set::RowSet;
use super::stored::Stored;
use super::structure::{Counting, Element};
use super::{Fate, ReadRows, WriteRows};
use crate::codec::{Key, Value};
use crate::path::edit::{Change, Edit, Editor, Transform};
use crate::path::insert::{AfterElem, BeforeElem, BeforeIndex};
use crate::path::shape::{Present, Void, Writable};
use crate::path::{AtMostOne, Navigator, One, PathError, Visitor, Walk};

/// What can be added to a list.
///
/// Methods fail as their visitor or editor does, and with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait Addable: Stored {
    /// The place of a new element: that of a value, or a structure with nothing inside.
    type New: Writable;

    /// Visits the place of a new element.
    fn read_new<N: Visitor<Self::New>>(rows: &dyn ReadRows, at: &Element<'_>, next: &mut N)
    -> Walk;

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
    fn read_new<N: Visitor<Void<T>>>(_: &dyn ReadRows, _: &Element<'_>, next: &mut N) -> Walk {
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
