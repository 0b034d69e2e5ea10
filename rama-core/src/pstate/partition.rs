//! The owner's side of one PState partition: uncommitted writes over committed rows.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    PStateView, Row,
    view::{Overlay, ViewError},
};
use crate::{
    codec::{CodecError, Key, Value, encode_value},
    group::GroupWriter,
    id::Epoch,
};

/// One partition of a PState, owned by its task.
#[derive(Debug)]
pub(crate) struct PStatePartition<K, V> {
    pub(crate) name: &'static str,
    pub(crate) view: Arc<PStateView<K, V>>,
    pending: BTreeMap<K, Pending<V>>,
    sealed: Option<Arc<SealedRows<K, V>>>,
}

/// A row that was read for writing or written since the last cut.
#[derive(Debug)]
struct Pending<V> {
    row: Row<V>,
    changed: bool,
}

impl<K: Key, V: Value> PStatePartition<K, V> {
    pub(crate) fn new(name: &'static str, view: Arc<PStateView<K, V>>) -> Self {
        Self { name, view, pending: BTreeMap::new(), sealed: None }
    }

    /// The row as its topology sees it.
    pub(crate) fn get(&self, key: &K) -> Result<Row<V>, ViewError> {
        match self.pending.get(key) {
            Some(pending) => Ok(pending.row.clone()),
            None => self.settled(key),
        }
    }

    /// The row for editing in place; the edit counts once [`Self::changed`] is called.
    pub(crate) fn load(&mut self, key: &K) -> Result<Option<&mut V>, ViewError> {
        if !self.pending.contains_key(key) {
            let row = self.settled(key)?;
            self.pending.insert(key.clone(), Pending { row, changed: false });
        }
        let pending = self.pending.get_mut(key).expect("it was inserted when it was missing");
        Ok(pending.row.as_mut().map(Arc::make_mut))
    }

    /// The row, moved out as far as nobody else holds it. A [`Self::set`] follows, unless the event fails.
    pub(crate) fn take(&mut self, key: &K) -> Result<Option<V>, ViewError> {
        let row = match self.pending.get_mut(key) {
            Some(pending) => pending.row.take(),
            None => self.settled(key)?,
        };
        Ok(row.map(Arc::unwrap_or_clone))
    }

    /// The row handed out by [`Self::load`] was edited.
    pub(crate) fn changed(&mut self, key: &K) {
        if let Some(pending) = self.pending.get_mut(key) {
            pending.changed = true;
        }
    }

    /// Sets the row without reading it; `None` removes it.
    pub(crate) fn set(&mut self, key: &K, value: Option<V>) {
        let row = value.map(Arc::new);
        self.pending.insert(key.clone(), Pending { row, changed: true });
    }

    /// Rows that differ from the committed ones, for a scan.
    pub(crate) fn overlay(&self) -> Overlay<K, V> {
        let mut over = self.settled_overlay();
        let pending = self.pending.iter().map(|(key, pending)| (key.clone(), pending.row.clone()));
        over.extend(pending);
        over
    }

    /// Rows of the last cut that may differ from the committed ones, for a scan.
    pub(crate) fn settled_overlay(&self) -> Overlay<K, V> {
        let sealed = self.sealed.iter().flat_map(|sealed| &sealed.rows);
        sealed.map(|(key, row)| (key.clone(), row.clone())).collect()
    }

    /// What the rows in the write layer will take when they are encoded, roughly, in bytes.
    pub(crate) fn pending_bytes(&self) -> usize {
        self.pending.len().saturating_mul(self.view.row_bytes())
    }

    /// Hands the changes since the last cut to the commit group. `None` when there are none.
    pub(crate) fn seal(&mut self) -> Option<Arc<SealedRows<K, V>>> {
        let changed = std::mem::take(&mut self.pending)
            .into_iter()
            .filter(|(_, pending)| pending.changed)
            .map(|(key, pending)| (key, pending.row));
        let rows: BTreeMap<K, Row<V>> = changed.collect();
        if rows.is_empty() {
            return None;
        }
        let sealed = Arc::new(SealedRows { view: Arc::clone(&self.view), rows });
        self.sealed = Some(Arc::clone(&sealed));
        Some(sealed)
    }

    /// Forgets everything written since the last cut.
    pub(crate) fn drop_pending(&mut self) {
        self.pending.clear();
    }

    /// The row as of the last cut.
    pub(crate) fn settled(&self, key: &K) -> Result<Row<V>, ViewError> {
        match self.sealed.as_ref().and_then(|sealed| sealed.rows.get(key)) {
            Some(row) => Ok(row.clone()),
            None => self.view.get(key),
        }
    }
}

/// The changed rows of one partition in a commit group.
#[derive(Debug)]
pub(crate) struct SealedRows<K, V> {
    view: Arc<PStateView<K, V>>,
    rows: BTreeMap<K, Row<V>>,
}

impl<K: Key, V: Value> SealedRows<K, V> {
    pub(crate) fn encode(&self, group: &mut GroupWriter) -> Result<(), CodecError> {
        let before = group.size();
        let rows = self.rows.iter();
        group.rows(self.view.pstate, self.view.task, rows, |(key, row), bytes| match row {
            Some(value) => {
                bytes.put(|out| key.encode_key(out), |out| encode_value(value.as_ref(), out))
            }
            None => {
                bytes.removed(|out| key.encode_key(out));
                Ok(())
            }
        })?;
        self.view.measured((group.size() - before) / self.rows.len().max(1));
        Ok(())
    }

    pub(crate) fn publish(&self, epoch: Epoch) {
        self.view.publish(epoch, self.rows.iter());
    }
}
