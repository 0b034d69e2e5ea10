//! Selects in pages (PS-42, PS-45): a long scan is done a number of rows at a time.

use super::map::{Range, RowsRef};
use super::structure::Element;
use super::{RowKind, RowValue, Scan};
use crate::path::{Halt, Walk};
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// Where the next page begins: behind a row. It can be kept and sent, and belongs to the path it was made with.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// The encoded key of the last row of the pages so far.
    after: Vec<u8>,
    /// Rows of the pages so far.
    taken: usize,
}

/// One page of a select.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    /// What the path found.
    pub values: Vec<T>,
    /// Where the next page begins; `None` when this was the last one.
    pub next: Option<Cursor>,
}

/// A page while it is read: of the first scan that the path itself makes. Scans further in, and those of
/// conditions, run whole.
#[derive(Debug)]
pub struct Pager {
    cursor: Option<Cursor>,
    /// How many rows still fit.
    left: usize,
    more: bool,
}

/// Gets to see an element with its encoded key.
type SeeElement<'a> = dyn FnMut(&[u8], &Element<'_>, &dyn RowValue) -> Walk + 'a;

impl Pager {
    /// A page of so many rows, behind a cursor or from the beginning.
    #[must_use]
    pub fn new(cursor: Option<Cursor>, rows: usize) -> Self {
        Self { cursor, left: rows.max(1), more: false }
    }

    /// Where the next page begins, after a walk.
    #[must_use]
    pub fn next(self) -> Option<Cursor> {
        self.cursor.filter(|_| self.more)
    }

    /// Scans the rows of the page. A range that is read from its end is no page: it has a bound of its own.
    pub(super) fn scan(
        &mut self,
        at: RowsRef<'_>,
        kind: &'static RowKind,
        range: &Range<'_>,
        visit: &mut SeeElement<'_>,
    ) -> Walk {
        let RowsRef { rows, structure } = at;
        let from = self.cursor.clone().unwrap_or_default();
        let begun = self.cursor.is_some();
        let most = range.most.saturating_sub(from.taken).min(self.left.saturating_add(1));
        let scan = Scan {
            // A cursor that comes from outside must not lead out of the range.
            from: if begun && is_in(&from.after, range) {
                Bound::Excluded(&from.after[..])
            } else {
                range.from
            },
            to: range.to,
            most,
            ..Scan::all(structure.prefix, kind)
        };
        rows.scan(&scan, &mut |key, row| {
            if self.left == 0 {
                self.more = true;
                return Err(Halt::Enough);
            }
            self.left -= 1;
            let cursor = self.cursor.get_or_insert_default();
            cursor.after.clear();
            cursor.after.extend_from_slice(key);
            cursor.taken += 1;
            let address = structure.address_of(key);
            visit(key, &Element::new(&address, structure), row)
        })
    }
}

/// Whether a key is not in front of a range.
fn is_in(key: &[u8], range: &Range<'_>) -> bool {
    match range.from {
        Bound::Unbounded => true,
        Bound::Included(from) => from <= key,
        Bound::Excluded(from) => from < key,
    }
}
