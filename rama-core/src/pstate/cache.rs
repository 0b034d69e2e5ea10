//! A bounded cache of decoded rows.

use std::collections::BTreeMap;

use super::Row;

/// Rows of one partition in two generations: what was not asked for while a generation filled up is
/// dropped with the generation before it. Keys need no hash, only the order they have anyway.
#[derive(Debug)]
pub(crate) struct RowCache<K, V> {
    young: BTreeMap<K, Row<V>>,
    old: BTreeMap<K, Row<V>>,
    rows_max: usize,
}

impl<K: Ord + Clone, V> RowCache<K, V> {
    /// A cache of at most `rows_max` rows, misses included.
    pub(crate) fn new(rows_max: usize) -> Self {
        Self { young: BTreeMap::new(), old: BTreeMap::new(), rows_max }
    }

    /// The cached row: `Some(None)` is known to be missing, `None` is not known.
    pub(crate) fn get(&mut self, key: &K) -> Option<Row<V>> {
        if let Some(row) = self.young.get(key) {
            return Some(row.clone());
        }
        let (key, row) = self.old.remove_entry(key)?;
        self.insert(key, row.clone());
        Some(row)
    }

    pub(crate) fn insert(&mut self, key: K, row: Row<V>) {
        if self.young.len() >= self.rows_max / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, row);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_bound_holds_and_rows_in_use_stay() {
        let mut cache = RowCache::new(10);
        for key in 0..1_000 {
            cache.insert(key, Some(Arc::new(key)));
            assert_eq!(cache.get(&0), Some(Some(Arc::new(0))), "asked for all the time");
            assert!(cache.young.len() + cache.old.len() <= 10);
        }
        assert_eq!(cache.get(&500), None, "dropped");
    }

    #[test]
    fn a_newer_row_replaces_an_older_one_in_any_generation() {
        let mut cache = RowCache::new(4);
        cache.insert(1, Some(Arc::new('a')));
        cache.insert(2, None);
        cache.insert(3, None);
        cache.insert(1, None);
        assert_eq!(cache.get(&1), Some(None));
    }
}
