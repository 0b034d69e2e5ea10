//! Rows at positions: how lists in storage grow, shrink and move their elements.
//!
//! The elements of a list stand at the positions from `first` to `first + len - 1` of its head, without gaps. What
//! makes room or closes gaps moves the rows on the side that has fewer of them, so it costs two writes at an end
//! and at most half the list in its middle. What is inside an element that is a structure lies under the element's
//! id and does not move.

use super::kind::seen_row;
use super::map::{RowsMut, RowsRef};
use super::stored::{Outcome, Stored};
use super::structure::{Element, Head, Structure};
use super::{AnyRow, ReadRows, RowKind, RowValue};
use crate::path::edit::{Edit, Editor, Want};
use crate::path::{PathError, Visitor, Walk};
use std::ops::Range;
use std::sync::Arc;

/// Where the elements of a list stand.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) first: i64,
    pub(super) len: usize,
    /// The id of the next new element.
    pub(super) next: u64,
}

impl Extent {
    /// That of a list; a missing one is empty.
    pub(super) fn of(list: &Structure<'_>, rows: &dyn ReadRows) -> Result<Self, PathError> {
        let Head { first, len, next, .. } = list.read_head(rows)?.unwrap_or_default();
        let len = usize::try_from(len).map_err(PathError::storage)?;
        Ok(Self { first, len, next })
    }

    /// The position of an element. It wraps around only in lists longer than any store.
    pub(super) fn position(&self, index: usize) -> i64 {
        self.first.wrapping_add_unsigned(index as u64)
    }

    /// The positions of some elements.
    fn positions(&self, indexes: Range<usize>) -> Range<i64> {
        self.position(indexes.start)..self.position(indexes.end)
    }
}

/// What the rows of elements are: those that are structures have their heads in them.
pub(super) const fn row_kind<S: Stored>() -> &'static RowKind {
    if S::INDEXED { RowKind::of::<Head>() } else { S::SCANNED }
}

/// Visits the element whose row was found at an address.
pub(super) fn visit_row<S: Stored, N: Visitor<S>>(
    at: RowsRef<'_>,
    address: &[u8],
    row: &dyn RowValue,
    next: &mut N,
) -> Walk {
    let id = (row as &dyn std::any::Any)
        .downcast_ref::<Head>()
        .filter(|_| S::INDEXED)
        .map(|head| head.id);
    S::scanned(at.rows, &Element::in_list(address, at.structure, id), row, next)
}

/// Visits the element at a position.
pub(super) fn visit_at<S: Stored, N: Visitor<S>>(
    at: RowsRef<'_>,
    position: i64,
    next: &mut N,
) -> Walk {
    let address = at.structure.address(&position);
    let row = at.rows.get(&address, row_kind::<S>())?;
    row.map_or(Ok(()), |row| visit_row::<S, N>(at, &address, row.as_ref(), next))
}

/// Edits the element at a position. Says what became of it; an element that leaves is still there, for
/// [`discard`].
pub(super) fn edit_at<S: Stored, E: Editor<S>>(
    at: &mut RowsMut<'_>,
    position: i64,
    next: &mut E,
) -> Result<Came, PathError> {
    if E::REMOVES {
        return Ok(Came::Left);
    }
    let address = at.structure.address(&position);
    let element = Element::in_list(&address, at.structure, id_at::<S>(at.rows, &address)?);
    let mut next = Noting { next, left: false };
    let edit = S::write(at.rows, &element, &mut next)?;
    Ok(if next.left { Came::Left } else { Came::Stayed(edit) })
}

/// What became of an element.
pub(super) enum Came {
    /// It is still there.
    Stayed(Edit),
    /// It is to leave.
    Left,
}

/// Notes that an element is to leave, and lets it stay for now.
struct Noting<'a, E> {
    next: &'a mut E,
    left: bool,
}

impl<S: Stored, E: Editor<S>> Editor<S> for Noting<'_, E> {
    const WANTS: Want = E::WANTS;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        let change = self.next.edit(at)?;
        self.left = change.is_removed();
        Ok(if self.left { S::Change::kept() } else { change })
    }
}

/// The id of the element whose row is at an address, if it is a structure.
fn id_at<S: Stored>(rows: &dyn ReadRows, address: &[u8]) -> Result<Option<u64>, PathError> {
    if !S::INDEXED {
        return Ok(None);
    }
    let row = rows.get(address, RowKind::of::<Head>())?;
    Ok(row.map(|row| seen_row::<Head>(&row).id))
}

/// Removes elements with everything inside them, and closes the gaps. `gone` are their indexes in order.
pub(super) fn discard<S: Stored>(
    at: &mut RowsMut<'_>,
    extent: Extent,
    gone: &[usize],
) -> Result<(), PathError> {
    let (Some(first_gone), Some(last_gone)) = (gone.first(), gone.last()) else { return Ok(()) };
    if S::INDEXED {
        wipe::<S>(at, extent, gone)?;
    }
    let (len, fewer, kind) = (extent.len, gone.len(), row_kind::<S>());
    let behind = len - first_gone;
    let before = last_gone + 1;
    let vacated = if before < behind {
        for k in (0..fewer).rev() {
            let from = k.checked_sub(1).map_or(0, |previous| gone[previous] + 1);
            shift(at, kind, extent.positions(from..gone[k]), Way::Up(fewer - k))?;
        }
        0..fewer
    } else {
        for k in 0..fewer {
            let to = gone.get(k + 1).copied().unwrap_or(len);
            shift(at, kind, extent.positions(gone[k] + 1..to), Way::Down(k + 1))?;
        }
        len - fewer..len
    };
    for position in extent.positions(vacated) {
        at.rows.remove(&at.structure.address(&position))?;
    }
    at.structure.edit_head(at.rows, |head| {
        head.len = head.len.saturating_sub(fewer as u64);
        if before < behind {
            head.first = extent.position(fewer);
        }
    })
}

/// Removes what is inside elements.
fn wipe<S: Stored>(at: &mut RowsMut<'_>, extent: Extent, gone: &[usize]) -> Result<(), PathError> {
    for index in gone {
        let address = at.structure.address(&extent.position(*index));
        let id = id_at::<S>(at.rows, &address)?;
        at.rows.wipe(&Element::in_list(&address, at.structure, id).inside())?;
    }
    Ok(())
}

/// Puts rows of values in the place of some elements.
pub(super) fn splice(
    at: &mut RowsMut<'_>,
    extent: Extent,
    range: Range<usize>,
    kind: &'static RowKind,
    items: impl ExactSizeIterator<Item = AnyRow>,
) -> Result<(), PathError> {
    let more = items.len().saturating_sub(range.len());
    let first = if more > 0 { make_room(at, extent, range.end, more, kind)? } else { extent };
    for (index, row) in (range.start..).zip(items) {
        at.rows.put(&at.structure.address(&first.position(index)), row)?;
    }
    Ok(())
}

/// Makes room for elements before an index. Answers where the list stands then.
fn make_room(
    at: &mut RowsMut<'_>,
    extent: Extent,
    index: usize,
    more: usize,
    kind: &'static RowKind,
) -> Result<Extent, PathError> {
    let mut grown = Extent { len: extent.len + more, ..extent };
    if index < extent.len - index {
        grown.first = extent.first.wrapping_sub_unsigned(more as u64);
        shift(at, kind, extent.positions(0..index), Way::Down(more))?;
    } else {
        shift(at, kind, extent.positions(index..extent.len), Way::Up(more))?;
    }
    at.structure.edit_head(at.rows, |head| {
        head.first = grown.first;
        head.len += more as u64;
    })?;
    Ok(grown)
}

/// The place beside the nearer end where an element for this index comes into being.
pub(super) fn beside(extent: &Extent, index: usize) -> Beside {
    if index < extent.len - index {
        Beside { front: true, position: extent.first.wrapping_sub(1) }
    } else {
        Beside { front: false, position: extent.position(extent.len) }
    }
}

/// A place beside a list.
pub(super) struct Beside {
    front: bool,
    pub(super) position: i64,
}

/// Takes an element that came into being beside a list, which counts it already, to its index.
pub(super) fn bring_in(
    at: &mut RowsMut<'_>,
    extent: Extent,
    beside: &Beside,
    index: usize,
    kind: &'static RowKind,
    used_id: bool,
) -> Result<(), PathError> {
    if beside.front || used_id {
        at.structure.edit_head(at.rows, |head| {
            head.first = if beside.front { beside.position } else { head.first };
            head.next += u64::from(used_id);
        })?;
    }
    let first = if beside.front { beside.position } else { extent.first };
    let extent = Extent { first, len: extent.len + 1, ..extent };
    let from = if beside.front { 0 } else { extent.len - 1 };
    relocate(at, extent, from, index, kind)
}

/// Moves an element to another index.
pub(super) fn relocate(
    at: &mut RowsMut<'_>,
    extent: Extent,
    from: usize,
    to: usize,
    kind: &'static RowKind,
) -> Result<(), PathError> {
    if from == to {
        return Ok(());
    }
    let RowsMut { rows, structure } = at.lend();
    let Some(row) = rows.take(&structure.address(&extent.position(from)), kind)? else {
        return Ok(());
    };
    if from < to {
        shift(at, kind, extent.positions(from + 1..to + 1), Way::Down(1))?;
    } else {
        shift(at, kind, extent.positions(to..from), Way::Up(1))?;
    }
    at.rows.put(&at.structure.address(&extent.position(to)), row)
}

/// Where rows move, and how far.
#[derive(Clone, Copy)]
enum Way {
    Up(usize),
    Down(usize),
}

/// Moves rows to other positions. Those they leave without another row moving in are for the caller to fill or
/// clear.
fn shift(
    at: &mut RowsMut<'_>,
    kind: &'static RowKind,
    positions: Range<i64>,
    way: Way,
) -> Result<(), PathError> {
    let mut step = |from: i64, to: i64| {
        let row = at.rows.take(&at.structure.address(&from), kind)?;
        row.map_or(Ok(()), |row| at.rows.put(&at.structure.address(&to), row))
    };
    match way {
        Way::Up(by) => {
            positions.rev().try_for_each(|from| step(from, from.wrapping_add_unsigned(by as u64)))
        }
        Way::Down(by) => positions
            .into_iter()
            .try_for_each(|from| step(from, from.wrapping_sub_unsigned(by as u64))),
    }
}

/// A value as a row.
pub(super) fn as_row<T: crate::codec::Value>(value: T) -> AnyRow {
    Arc::new(value)
}
