//! Sets whose elements are rows: subindexed sets (PS-03, PS-20).

use super::keys::rewrite_entries;
use super::map::{Range, RowsMut, RowsRef};
use super::structure::{Counting, Element};
use super::{Fate, Pager, RowKind, WriteRows, Written};
use crate::codec::{Key, decode_whole_key};
use crate::path::each::{All, HasElements};
use crate::path::edit::{Change, Edit, Editor, Transform};
use crate::path::set::{IsSet, NoneElem, SetElem};
use crate::path::shape::{Hold, Present, Shape, Void, Writable, shorten};
use crate::path::step::step_itself;
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::marker::PhantomData;
use std::sync::Arc;

/// A set of elements `T`, never in memory as a whole.
pub struct RowSet<T, C>(PhantomData<fn() -> (T, C)>);

impl<T: 'static, C: 'static> Shape for RowSet<T, C> {
    type Ref<'a> = RowsRef<'a>;
    type Value = ();
    shorten!();
}

impl<T: 'static, C: 'static> Writable for RowSet<T, C> {
    type Place<'a> = RowsMut<'a>;
    type Change = Fate;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(at: RowsMut<'long>) -> RowsMut<'short> {
        at.shorten()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> IsSet for RowSet<T, C> {
    type Elem = T;
    type There = Present<T>;
    type New = Void<T>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> HasElements for RowSet<T, C> {
    type To = Present<T>;
    step_itself!();
}

impl<T: Key, C: Counting> Navigator<RowSet<T, C>> for SetElem<T> {
    type To = Present<T>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<T>>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        if at.rows.has(&at.structure.address(&self.0))? { next.visit(&self.0) } else { Ok(()) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<RowSet<T, C>> for SetElem<T> {
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let address = at.structure.address(&self.0);
        let element = Element::new(&address, at.structure);
        // What only removes need not know whether there is something.
        if E::REMOVES && !C::COUNTED {
            element.remove(at.rows, false, None)?;
            return Ok(Fate::Changed);
        }
        if !at.rows.has(&address)? {
            return Ok(Fate::Kept);
        }
        let RowsMut { rows, structure } = at;
        let at = Element::new(&address, structure);
        let written = edit_element(rows, &at, &self.0, next)?;
        let Written::Moved(element, row) = written else {
            return Ok(Fate::from(Edit::from(written)));
        };
        at.remove(rows, false, Some(true))?;
        Element::new(&structure.address(&element), structure).put(rows, row, None)?;
        Ok(Fate::Changed)
    }
}

impl<T: Key, C: Counting> Navigator<RowSet<T, C>> for NoneElem {
    type To = Void<T>;
    type Count = One;

    fn select<N: Visitor<Void<T>>>(&self, _: RowsRef<'_>, next: &mut N) -> Walk {
        next.visit(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<RowSet<T, C>> for NoneElem {
    fn transform<E: Editor<Void<T>>>(
        &self,
        at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let Change::Set(element) = next.edit(())? else { return Ok(Fate::Kept) };
        let address = at.structure.address(&element);
        Element::new(&address, at.structure).put(at.rows, Arc::new(()), None)?;
        Ok(Fate::Changed)
    }
}

impl<T: Key, C: Counting> Navigator<RowSet<T, C>> for All {
    type To = Present<T>;
    type Count = Many;

    const SCANS: bool = true;

    fn select<N: Visitor<Present<T>>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        elements(at, &Range::ALL, next)
    }

    fn select_page<N: Visitor<Present<T>>>(
        &self,
        at: RowsRef<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        pager.scan(at, RowKind::UNREAD, &Range::ALL, &mut |bytes, _, _| {
            next.visit(&decode_whole_key(bytes).map_err(PathError::storage)?)
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: Key, C: Counting> Transform<RowSet<T, C>> for All {
    fn transform<E: Editor<Present<T>>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        edit_elements(&mut at, &Range::ALL, next).map(Fate::from)
    }
}

/// Visits the elements of a range.
pub(super) fn elements<T: Key, N: Visitor<Present<T>>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    next: &mut N,
) -> Walk {
    at.each::<T>(RowKind::UNREAD, range, &mut |element, _, _| next.visit(element))
}

/// Edits the elements of a range, all at once: one that becomes another is not edited again.
pub(super) fn edit_elements<T: Key, E: Editor<Present<T>>>(
    at: &mut RowsMut<'_>,
    range: &Range<'_>,
    next: &mut E,
) -> Result<Edit, PathError> {
    rewrite_entries(at, range, |rows, place, element: T| edit_element(rows, place, &element, next))
}

/// Edits one element that is there.
fn edit_element<T: Key, E: Editor<Present<T>>>(
    rows: &mut dyn WriteRows,
    at: &Element<'_>,
    element: &T,
    next: &mut E,
) -> Result<Written<T>, PathError> {
    match next.edit(Hold::Given(element.clone()))? {
        Change::Set(new) if new != *element => Ok(Written::Moved(new, Arc::new(()))),
        Change::Kept | Change::InPlace | Change::Set(_) => Ok(Written::Kept),
        Change::Removed => {
            at.remove(rows, false, Some(true))?;
            Ok(Written::Removed)
        }
    }
}
