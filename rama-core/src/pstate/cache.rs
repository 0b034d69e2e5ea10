//! A bounded cache of decoded rows.

use std::collections::BTreeMap;

use super::{Row, RowKey, layer::drop_under};

/// Rows of one partition in two generations: what was not asked for while a generation filled up is
/// dropped with the generation before it. Keys need no hash, only the order they have anyway.
#[derive(Debug)]
pub(crate) struct RowCache {
    young: Generation,
    old: Generation,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Generation {
    rows: BTreeMap<RowKey, (Row, usize)>,
    bytes: usize,
}

impl RowCache {
    /// A cache of rows that take at most `bytes_max` bytes, by their encoded size; misses are cached too.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { young: Generation::default(), old: Generation::default(), bytes_max }
    }

    /// The cached row: `Some(None)` is known to be missing, `None` is not known.
    pub(crate) fn get(&mut self, key: &[u8]) -> Option<Row> {
        if let Some((row, _)) = self.young.rows.get(key) {
            return Some(row.clone());
        }
        let (key, (row, bytes)) = self.old.rows.remove_entry(key)?;
        self.insert(key, row.clone(), bytes);
        Some(row)
    }

    /// Remembers a row that takes so many bytes.
    pub(crate) fn insert(&mut self, key: RowKey, row: Row, bytes: usize) {
        if self.young.bytes >= self.bytes_max / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.rows.remove(&key);
        self.young.bytes += bytes + key.len();
        self.young.rows.insert(key, (row, bytes));
    }

    /// Forgets the rows under a prefix.
    pub(crate) fn wipe(&mut self, prefix: &[u8], deepest: u8) {
        drop_under(&mut self.young.rows, prefix, deepest);
        drop_under(&mut self.old.rows, prefix, deepest);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn key(number: u16) -> RowKey {
        number.to_be_bytes().as_slice().into()
    }

    fn number(row: Option<Row>) -> Option<u16> {
        let row = row??;
        (row.as_ref() as &dyn std::any::Any).downcast_ref().copied()
    }

    #[test]
    fn the_bound_holds_and_rows_in_use_stay() {
        let mut cache = RowCache::new(1_000);
        for at in 0..1_000 {
            cache.insert(key(at), Some(Arc::new(at)), 98);
            assert_eq!(number(cache.get(&key(0))), Some(0), "asked for all the time");
            assert!(cache.young.rows.len() + cache.old.rows.len() <= 12);
        }
        assert!(cache.get(&key(500)).is_none(), "dropped");
    }

    #[test]
    fn a_newer_row_replaces_an_older_one_in_any_generation() {
        let mut cache = RowCache::new(20);
        cache.insert(key(1), Some(Arc::new(1_u16)), 4);
        cache.insert(key(2), None, 4);
        cache.insert(key(3), None, 4);
        cache.insert(key(1), None, 4);
        assert!(matches!(cache.get(&key(1)), Some(None)));
    }
}
