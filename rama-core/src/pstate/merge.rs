//! Stored rows and the rows over them as one sequence.

use super::{Row, RowKey, layer::Overlay, view::ViewError};
use crate::{
    codec::CodecError,
    path::{
        PathError, Walk,
        rows::{Scan, VisitRow},
    },
};
use std::{cmp::Ordering, collections::btree_map::IntoIter};

/// Merges what a scan finds in the store with what lies over it, both in the order of the scan.
pub(crate) struct Merge<'m, 'v> {
    scan: &'m Scan<'m>,
    over: IntoIter<RowKey, Row>,
    /// The first row of `over` that is not merged yet.
    ahead: Option<(RowKey, Row)>,
    visit: &'m mut VisitRow<'v>,
    /// How many rows the visitor still takes.
    left: usize,
}

impl<'m, 'v> Merge<'m, 'v> {
    pub(crate) fn new(scan: &'m Scan<'m>, over: Overlay, visit: &'m mut VisitRow<'v>) -> Self {
        let mut merge =
            Self { scan, over: over.rows.into_iter(), ahead: None, visit, left: scan.most };
        merge.ahead = merge.next_over();
        merge
    }

    /// Whether the visitor takes another row.
    pub(crate) fn wants_more(&self) -> bool {
        self.left > 0
    }

    /// Merges the next row of the store.
    pub(crate) fn stored(&mut self, key: &[u8], value: &[u8]) -> Walk {
        while let Some((address, _)) = &self.ahead {
            let over = address[self.scan.prefix.len()..].cmp(key);
            match if self.scan.backward { over.reverse() } else { over } {
                Ordering::Greater => break,
                Ordering::Equal => return self.visit_over(),
                Ordering::Less => self.visit_over()?,
            }
        }
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        let visit = &mut *self.visit;
        let failed = |error: CodecError| PathError::storage(ViewError::Codec(error));
        self.scan.kind.lend(value, &mut |row| visit(key, row)).map_err(failed)?
    }

    /// Visits what is left over the store.
    pub(crate) fn rest(mut self) -> Walk {
        while self.ahead.is_some() {
            self.visit_over()?;
        }
        Ok(())
    }

    fn visit_over(&mut self) -> Walk {
        let next = self.next_over();
        match std::mem::replace(&mut self.ahead, next) {
            Some((address, Some(row))) if self.left > 0 => {
                self.left -= 1;
                (self.visit)(&address[self.scan.prefix.len()..], row.as_ref())
            }
            _ => Ok(()),
        }
    }

    fn next_over(&mut self) -> Option<(RowKey, Row)> {
        if self.scan.backward { self.over.next_back() } else { self.over.next() }
    }
}
