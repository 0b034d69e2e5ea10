//! The rows of a PState, as paths see them, and the way from them into a path.
//!
//! Whatever a path may go into without loading it whole is a *structure*: the PState itself, and everything
//! that is `Subindexed`, or has something subindexed inside. Each of its elements is a row. A row has an
//! *address*: how deep its structure lies (one byte), the encoded keys that lead to the structure, and its own
//! encoded key. So the rows of one structure are one range, in the order of the keys, and everything below an
//! element is one range for each depth, which makes removing it cheap.
//!
//! Whoever keeps rows implements [`ReadRows`] and [`WriteRows`]; these two are the only dynamic calls of a path,
//! one or two for each row it touches.

mod fields;
mod indexed;
mod insert;
mod keyed;
mod keys;
mod kind;
mod list;
mod map;
mod memory;
mod missing;
mod page;
mod positions;
mod range;
mod run;
mod sequence;
mod set;
mod size;
mod span;
mod stored;
mod structure;
mod sublist;

pub use fields::{FieldNames, FieldPlace, Fields, FixedKey};
pub use insert::Addable;
pub(crate) use kind::seen_row;
pub use kind::{AnyRow, RawRow, RowKind, RowValue, See};
pub use list::RowList;
pub use map::{Rows, RowsMut, RowsRef};
pub(crate) use memory::after;
pub use memory::{Bounds, Counts, MemoryRows};
pub use page::{Cursor, Page, Pager};
pub use run::{Root, select, select_any, select_one, select_page, selected_any, transform, visit};
pub use set::RowSet;
pub use span::InSpan;
pub use stored::{Fate, Outcome, Stored, Written};
pub use structure::{Address, Counted, Counting, Element, Head, Structure, Uncounted};

use super::{PathError, Walk};
use crate::codec::Key;
use crate::partition::KeyHash;
use std::any::Any;
use std::fmt::Debug;
use std::ops::Bound;

/// Rows that can be read.
///
/// Methods fail with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait ReadRows {
    /// The row at an address.
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError>;

    /// Whether there is a row at an address; nothing is decoded.
    fn has(&self, address: &[u8]) -> Result<bool, PathError>;

    /// Visits rows as of one moment, each with its key without the prefix. Ends with the visitor's
    /// [`Halt`](super::Halt), at once and unchanged.
    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk;

    /// Fails when the leading key of a path does not live here.
    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError>;
}

/// Takes rows of a scan: the key without the prefix, and the value.
pub type VisitRow<'a> = dyn FnMut(&[u8], &dyn RowValue) -> Walk + 'a;

/// Rows that can be written. Everything written is read again by the calls after it.
///
/// Methods fail with [`PathError::Storage`].
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait WriteRows: ReadRows {
    /// The row at an address, to be edited. After an edit that changed it, [`WriteRows::changed`] follows;
    /// without, the row is as it was.
    fn load(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError>;

    /// The row at an address, moved out. A [`WriteRows::put`] or [`WriteRows::remove`] for the same address
    /// always follows, unless the transform fails or panics.
    fn take(&mut self, address: &[u8], kind: &'static RowKind)
    -> Result<Option<AnyRow>, PathError>;

    /// The row that [`WriteRows::load`] handed out last was edited.
    fn changed(&mut self, address: &[u8]) -> Result<(), PathError>;

    /// Writes a whole row, without a read.
    fn put(&mut self, address: &[u8], row: AnyRow) -> Result<(), PathError>;

    /// Removes a row, without a read: it may be missing already.
    fn remove(&mut self, address: &[u8]) -> Result<(), PathError>;

    /// Removes all rows that have `prefix` behind their first byte and that first byte or a greater one:
    /// everything inside a structure.
    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError>;
}

/// Which rows a scan visits.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// What their addresses begin with.
    pub prefix: &'a [u8],
    /// Where their keys begin, without the prefix.
    pub from: Bound<&'a [u8]>,
    /// Where their keys end, without the prefix.
    pub to: Bound<&'a [u8]>,
    /// Whether the last key comes first.
    pub backward: bool,
    /// How many rows the visitor takes at most.
    pub most: usize,
    /// What the rows are.
    pub kind: &'static RowKind,
}

impl<'a> Scan<'a> {
    /// All rows of a structure.
    #[must_use]
    pub fn all(prefix: &'a [u8], kind: &'static RowKind) -> Self {
        let (from, to) = (Bound::Unbounded, Bound::Unbounded);
        Self { prefix, from, to, backward: false, most: usize::MAX, kind }
    }
}

/// The first key of a path into a PState: it chooses the partition.
pub trait LeadingKey: Any + Debug {
    /// Its stable hash.
    fn hash(&self) -> KeyHash;
}

impl<K: Key> LeadingKey for K {
    fn hash(&self) -> KeyHash {
        KeyHash::of(self)
    }
}
