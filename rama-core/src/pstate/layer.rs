//! Rows that lie over other rows.

use super::wipes::{Wipes, ranges};
use super::{Row, RowKey};
use crate::path::rows::Scan;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Rows that changed, and what was wiped before they did.
#[derive(Debug)]
pub(crate) struct Layer<R> {
    pub(crate) rows: BTreeMap<RowKey, R>,
    pub(crate) wipes: Wipes<()>,
}

impl<R> Default for Layer<R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), wipes: Wipes::default() }
    }
}

impl<R> Layer<R> {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.wipes.is_empty()
    }

    /// Removes everything under a prefix, here and below.
    pub(crate) fn wipe(&mut self, prefix: &[u8], deepest: u8) {
        drop_under(&mut self.rows, prefix, deepest);
        self.wipes.add(prefix, ());
    }
}

/// Drops the rows under a prefix.
pub(crate) fn drop_under<R>(rows: &mut BTreeMap<RowKey, R>, prefix: &[u8], deepest: u8) {
    for (from, to) in ranges(prefix, deepest) {
        let to = to.map_or(Bound::Unbounded, |to| Bound::Excluded(RowKey::from(to)));
        rows.extract_if((Bound::Included(RowKey::from(from)), to), |_, _| true).for_each(drop);
    }
}

/// What lies over the store in the range of a scan.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    pub(crate) rows: BTreeMap<RowKey, Row>,
    /// Whether nothing of the store is seen.
    pub(crate) hides_store: bool,
}

impl Overlay {
    /// Adds what the next layer below has in the range of the scan, as far as the scan can come to it: behind as
    /// many rows as the scan takes, nothing matters.
    pub(crate) fn add<'a, R: 'a>(
        &mut self,
        scan: &Scan<'_>,
        rows: &'a BTreeMap<RowKey, R>,
        row: impl Fn(&'a R) -> &'a Row,
    ) {
        if self.hides_store {
            return;
        }
        let Some((from, to)) = scan.bounds() else { return };
        let bounds = (from.as_ref().map(Vec::as_slice), to.as_ref().map(Vec::as_slice));
        let mut range = rows.range::<[u8], _>(bounds);
        let mut taken = 0;
        while taken < scan.most {
            let next = if scan.backward { range.next_back() } else { range.next() };
            let Some((key, value)) = next else { return };
            if !self.rows.contains_key(key) {
                let value = row(value);
                taken += usize::from(value.is_some());
                self.rows.insert(key.clone(), value.clone());
            }
        }
    }

    /// What is under a wipe of the layer just added is not seen.
    pub(crate) fn below<T: Copy>(&mut self, scan: &Scan<'_>, wipes: &Wipes<T>) {
        self.hides_store |= wipes.cover(scan.prefix);
    }
}
