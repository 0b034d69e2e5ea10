//! Rows in a map in memory, which count what is done with them: for tests of paths.

use super::{AnyRow, LeadingKey, ReadRows, RowKind, Scan, VisitRow, WriteRows};
use crate::path::{PathError, Walk};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Rows in memory. What paths do with them is what they would do with rows in a store, so the [`Counts`] say what
/// they would cost there.
#[derive(Debug, Default)]
pub struct MemoryRows {
    rows: BTreeMap<Vec<u8>, AnyRow>,
    counts: Cell<Counts>,
}

/// What was done with rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Rows looked up, with their values or only to see whether they are there.
    pub reads: usize,
    /// Scans begun: each is one seek.
    pub seeks: usize,
    /// Rows that scans came upon.
    pub steps: usize,
    /// Rows written or removed.
    pub writes: usize,
    /// Structures removed as a whole.
    pub wipes: usize,
}

impl MemoryRows {
    /// No rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was done since the last call.
    pub fn counts(&self) -> Counts {
        self.counts.take()
    }

    /// How many rows there are, those of structures inside others included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn count(&self, what: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        what(&mut counts);
        self.counts.set(counts);
    }
}

impl ReadRows for MemoryRows {
    fn get(&self, address: &[u8], _: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.count(|counts| counts.reads += 1);
        Ok(self.rows.get(address).cloned())
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.count(|counts| counts.reads += 1);
        Ok(self.rows.contains_key(address))
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.count(|counts| counts.seeks += 1);
        let Some((from, to)) = scan.bounds() else { return Ok(()) };
        let bounds = (from.as_ref().map(Vec::as_slice), to.as_ref().map(Vec::as_slice));
        let mut range = self.rows.range::<[u8], _>(bounds);
        for _ in 0..scan.most {
            let next = if scan.backward { range.next_back() } else { range.next() };
            let Some((address, row)) = next else { break };
            self.count(|counts| counts.steps += 1);
            visit(&address[scan.prefix.len()..], row.as_ref())?;
        }
        Ok(())
    }

    fn at_home(&self, _: &dyn LeadingKey) -> Result<(), PathError> {
        Ok(())
    }
}

impl WriteRows for MemoryRows {
    fn load(
        &mut self,
        address: &[u8],
        _: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError> {
        self.count(|counts| counts.reads += 1);
        Ok(self.rows.get_mut(address))
    }

    fn take(&mut self, address: &[u8], _: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.count(|counts| counts.reads += 1);
        Ok(self.rows.remove(address))
    }

    fn changed(&mut self, _: &[u8]) -> Result<(), PathError> {
        self.count(|counts| counts.writes += 1);
        Ok(())
    }

    fn put(&mut self, address: &[u8], row: AnyRow) -> Result<(), PathError> {
        self.count(|counts| counts.writes += 1);
        self.rows.insert(address.to_vec(), row);
        Ok(())
    }

    fn remove(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.count(|counts| counts.writes += 1);
        self.rows.remove(address);
        Ok(())
    }

    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError> {
        self.count(|counts| counts.wipes += 1);
        let (depth, keys) = prefix.split_at(1);
        self.rows.retain(|address, _| address[0] < depth[0] || !address[1..].starts_with(keys));
        Ok(())
    }
}

/// From one address to another.
pub type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

impl Scan<'_> {
    /// The addresses between which the rows are; `None` when there can be none.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let whole = |key: &[u8]| [self.prefix, key].concat();
        let from = match self.from {
            Bound::Unbounded => Bound::Included(self.prefix.to_vec()),
            Bound::Included(key) => Bound::Included(whole(key)),
            Bound::Excluded(key) => Bound::Excluded(whole(key)),
        };
        let to = match self.to {
            Bound::Unbounded => after(self.prefix).map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Included(key) => Bound::Included(whole(key)),
            Bound::Excluded(key) => Bound::Excluded(whole(key)),
        };
        let empty = match (&from, &to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
            _ => false,
        };
        (!empty).then_some((from, to))
    }
}

/// The first bytes that are greater than everything that begins with `prefix`.
pub(crate) fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut after = prefix[..=last].to_vec();
    after[last] += 1;
    Some(after)
}
