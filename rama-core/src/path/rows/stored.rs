//! What can be an element of a structure: a value in its row, or another structure.

use super::fields::{FieldNames, Fields};
use super::kind::{edited, owned, seen, seen_row};
use super::list::RowList;
use super::map::{Rows, RowsMut, RowsRef};
use super::set::RowSet;
use super::structure::Counting;
use super::{AnyRow, Element, ReadRows, RowKind, RowValue, WriteRows};
use crate::codec::{Key, Value};
use crate::path::edit::{Change, Edit, Editor, Want};
use crate::path::shape::{Hold, Maybe, Pair, PairChange, Present, Shape, Writable};
use crate::path::{PathError, Visitor, Walk};
use std::sync::Arc;

/// The shape of an element that is there.
///
/// Methods fail as their visitor or editor does, and with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait Stored: Writable<Change: Outcome<<Self as Shape>::Value>> {
    /// The shape of its place, there or not.
    type Perhaps: Writable;
    /// Whether it is a structure itself, so that removing it removes more than its row.
    const INDEXED: bool;
    /// What its row is to scans.
    const SCANNED: &'static RowKind;

    /// Visits the element if it is there.
    fn read<N: Visitor<Self>>(rows: &dyn ReadRows, at: &Element<'_>, next: &mut N) -> Walk;

    /// Visits the element's place.
    fn read_perhaps<N: Visitor<Self::Perhaps>>(
        rows: &dyn ReadRows,
        at: &Element<'_>,
        next: &mut N,
    ) -> Walk;

    /// Visits the element whose row a scan came upon.
    fn scanned<N: Visitor<Self>>(
        rows: &dyn ReadRows,
        at: &Element<'_>,
        row: &dyn RowValue,
        next: &mut N,
    ) -> Walk;

    /// Edits the element if it is there.
    fn write<E: Editor<Self>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError>;

    /// Edits the element's place.
    fn write_perhaps<E: Editor<Self::Perhaps>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError>;

    /// Edits the element as an entry of a map. An entry that gets another key is still where it was then.
    fn write_entry<Q: 'static, E: Editor<Pair<Q, Self>>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        key: &Q,
        next: &mut E,
    ) -> Result<Written<Q>, PathError>;
}

/// What became of an entry of a map.
#[must_use]
pub enum Written<K> {
    /// It is as it was.
    Kept,
    /// Its value was written, or something inside it.
    Changed,
    /// It was removed.
    Removed,
    /// It is to lie under this key with this row, and was not written yet.
    Moved(K, AnyRow),
}

impl<K> From<Edit> for Written<K> {
    fn from(edit: Edit) -> Self {
        match edit {
            Edit::Kept => Self::Kept,
            Edit::Changed => Self::Changed,
        }
    }
}

impl<K> From<Written<K>> for Edit {
    fn from(written: Written<K>) -> Self {
        Self::from(!matches!(written, Written::Kept))
    }
}

impl<T: Value> Stored for Present<T> {
    type Perhaps = Maybe<T>;
    const INDEXED: bool = false;
    const SCANNED: &'static RowKind = RowKind::of::<T>();

    #[inline]
    fn read<N: Visitor<Self>>(rows: &dyn ReadRows, at: &Element<'_>, next: &mut N) -> Walk {
        let row = rows.get(at.address, RowKind::of::<T>())?;
        row.map_or(Ok(()), |row| next.visit(seen_row(&row)))
    }

    #[inline]
    fn read_perhaps<N: Visitor<Maybe<T>>>(
        rows: &dyn ReadRows,
        at: &Element<'_>,
        next: &mut N,
    ) -> Walk {
        let row = rows.get(at.address, RowKind::of::<T>())?;
        next.visit(row.as_ref().map(seen_row))
    }

    #[inline]
    fn scanned<N: Visitor<Self>>(
        _: &dyn ReadRows,
        _: &Element<'_>,
        row: &dyn RowValue,
        next: &mut N,
    ) -> Walk {
        next.visit(seen(row))
    }

    #[inline]
    fn write<E: Editor<Self>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        let row = if E::WANTS.moves::<T>() {
            rows.take(at.address, RowKind::of::<T>())?.map(|row| Hold::Given(owned(row)))
        } else {
            rows.load(at.address, RowKind::of::<T>())?.map(|row| Hold::Lent(edited(row)))
        };
        let Some(row) = row else { return Ok(Edit::Kept) };
        let change = next.edit(row)?;
        store(rows, at, change, Some(true))
    }

    #[inline]
    fn write_perhaps<E: Editor<Maybe<T>>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        let (kind, known, change);
        kind = RowKind::of::<T>();
        match E::WANTS {
            Want::Nothing => {
                known = None;
                change = next.edit(None)?;
            }
            wants if wants.moves::<T>() => {
                let row = rows.take(at.address, kind)?.map(|row| Hold::Given(owned(row)));
                known = Some(row.is_some());
                change = next.edit(row)?;
            }
            Want::Lent | Want::Given => {
                let row = rows.load(at.address, kind)?.map(|row| Hold::Lent(edited(row)));
                known = Some(row.is_some());
                change = next.edit(row)?;
            }
        }
        store(rows, at, change, known)
    }

    fn write_entry<Q: 'static, E: Editor<Pair<Q, Self>>>(
        rows: &mut dyn WriteRows,
        at: &Element<'_>,
        key: &Q,
        next: &mut E,
    ) -> Result<Written<Q>, PathError> {
        let kind = RowKind::of::<T>();
        let Some(row) = rows.load(at.address, kind)? else { return Ok(Written::Kept) };
        match next.edit((key, Hold::Lent(edited(row))))? {
            PairChange::Kept => Ok(Written::Kept),
            PairChange::Removed | PairChange::Value(Change::Removed) => {
                at.remove(rows, false, Some(true))?;
                Ok(Written::Removed)
            }
            PairChange::Value(change) => store(rows, at, change, Some(true)).map(Written::from),
            PairChange::Set(key, value) => Ok(Written::Moved(key, Arc::new(value))),
            PairChange::Key(key) => {
                let row = rows.get(at.address, kind)?;
                Ok(row.map_or(Written::Kept, |row| Written::Moved(key, row)))
            }
        }
    }
}

/// Brings what became of a value into its row.
fn store<T: Value>(
    rows: &mut dyn WriteRows,
    at: &Element<'_>,
    change: Change<T>,
    known: Option<bool>,
) -> Result<Edit, PathError> {
    match change {
        Change::Kept => return Ok(Edit::Kept),
        Change::InPlace => rows.changed(at.address)?,
        Change::Set(row) => at.put(rows, Arc::new(row), known)?,
        Change::Removed => at.remove(rows, false, known)?,
    }
    Ok(Edit::Changed)
}

/// What becomes of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Fate {
    /// Nothing was written inside.
    Kept,
    /// Something was written inside.
    Changed,
    /// It leaves the structure around it.
    Removed,
}

/// What becomes of an element, be it a value `V` or a structure.
pub trait Outcome<V> {
    /// It stays as it was.
    fn kept() -> Self;

    /// This value takes its place. A structure has none, and stays (PS-26).
    fn set(value: V) -> Self;

    /// Whether it leaves the structure around it.
    fn is_removed(&self) -> bool;
}

impl<T> Outcome<T> for Change<T> {
    fn kept() -> Self {
        Self::Kept
    }

    fn set(value: T) -> Self {
        Self::Set(value)
    }

    fn is_removed(&self) -> bool {
        matches!(self, Self::Removed)
    }
}

impl Outcome<()> for Fate {
    fn kept() -> Self {
        Self::Kept
    }

    fn set((): ()) -> Self {
        Self::Kept
    }

    fn is_removed(&self) -> bool {
        *self == Self::Removed
    }
}

impl From<Edit> for Fate {
    fn from(edit: Edit) -> Self {
        match edit {
            Edit::Kept => Self::Kept,
            Edit::Changed => Self::Changed,
        }
    }
}

/// Structures as elements of structures. Whether they are there is known from their own rows.
macro_rules! stored_structures {
    ($([$($parameter:tt)*] $shape:ty, counted: $counted:expr;)*) => {$(
        impl<$($parameter)*> Stored for $shape {
            type Perhaps = Self;
            const INDEXED: bool = true;
            const SCANNED: &'static RowKind = RowKind::UNREAD;

            fn read<N: Visitor<Self>>(rows: &dyn ReadRows, at: &Element<'_>, next: &mut N) -> Walk {
                if !rows.has(at.address)? {
                    return Ok(());
                }
                Self::read_perhaps(rows, at, next)
            }

            #[inline]
            fn read_perhaps<N: Visitor<Self>>(
                rows: &dyn ReadRows,
                at: &Element<'_>,
                next: &mut N,
            ) -> Walk {
                next.visit(RowsRef { rows, structure: &at.structure(&at.inside(), $counted) })
            }

            #[inline]
            fn scanned<N: Visitor<Self>>(
                rows: &dyn ReadRows,
                at: &Element<'_>,
                _: &dyn RowValue,
                next: &mut N,
            ) -> Walk {
                Self::read_perhaps(rows, at, next)
            }

            fn write<E: Editor<Self>>(
                rows: &mut dyn WriteRows,
                at: &Element<'_>,
                next: &mut E,
            ) -> Result<Edit, PathError> {
                if !rows.has(at.address)? {
                    return Ok(Edit::Kept);
                }
                Self::write_perhaps(rows, at, next)
            }

            #[inline]
            fn write_perhaps<E: Editor<Self>>(
                rows: &mut dyn WriteRows,
                at: &Element<'_>,
                next: &mut E,
            ) -> Result<Edit, PathError> {
                let inside = at.inside();
                let structure = at.structure(&inside, $counted);
                let fate = next.edit(RowsMut { rows, structure: &structure })?;
                meet(fate, rows, at)
            }

            fn write_entry<Q: 'static, E: Editor<Pair<Q, Self>>>(
                rows: &mut dyn WriteRows,
                at: &Element<'_>,
                key: &Q,
                next: &mut E,
            ) -> Result<Written<Q>, PathError> {
                let inside = at.inside();
                let structure = at.structure(&inside, $counted);
                let fate = match next.edit((key, RowsMut { rows, structure: &structure }))? {
                    PairChange::Value(fate) => fate,
                    PairChange::Removed => Fate::Removed,
                    // A structure cannot be moved (PS-26): no step and no terminal asks for it.
                    PairChange::Kept | PairChange::Key(_) | PairChange::Set(..) => Fate::Kept,
                };
                let written = meet(fate, rows, at)?;
                Ok(if fate == Fate::Removed { Written::Removed } else { Written::from(written) })
            }
        }
    )*};
}

stored_structures! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>, counted: C::COUNTED;
    [T: Key, C: Counting] RowSet<T, C>, counted: C::COUNTED;
    [S: Stored] RowList<S>, counted: true;
    [F: FieldNames] Fields<F>, counted: false;
}

/// Does with an element what became of it as a structure.
fn meet(fate: Fate, rows: &mut dyn WriteRows, at: &Element<'_>) -> Result<Edit, PathError> {
    match fate {
        Fate::Kept => return Ok(Edit::Kept),
        Fate::Changed => {}
        Fate::Removed => at.remove(rows, true, None)?,
    }
    Ok(Edit::Changed)
}
