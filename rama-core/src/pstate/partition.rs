//! The owner's side of one PState partition: uncommitted writes over committed rows.

use std::sync::Arc;

use super::{
    Locality, PStateView, PinnedRows, Row,
    layer::{Layer, Overlay},
    view::ViewError,
};
use crate::{
    codec::CodecError,
    group::GroupWriter,
    id::Epoch,
    path::rows::{AnyRow, RowKind, Scan},
};

/// One partition of a PState, owned by its task.
#[derive(Debug)]
pub(crate) struct PStatePartition {
    pub(crate) view: Arc<PStateView>,
    pending: Layer<Pending>,
    sealed: Option<Arc<SealedRows>>,
}

/// A row that was read for writing or written since the last cut.
#[derive(Debug)]
struct Pending {
    row: Row,
    changed: bool,
}

impl PStatePartition {
    pub(crate) fn new(view: Arc<PStateView>) -> Self {
        Self { view, pending: Layer::default(), sealed: None }
    }

    /// The row as its topology sees it.
    pub(crate) fn get(&self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        match self.pending.rows.get(address) {
            Some(pending) => Ok(pending.row.clone().or_else(|| self.view.initial.clone())),
            None if self.pending.wipes.cover(address) => Ok(self.view.initial.clone()),
            None => self.settled(address, kind),
        }
    }

    /// Whether there is a row, as its topology sees it.
    pub(crate) fn has(&self, address: &[u8]) -> Result<bool, ViewError> {
        match self.pending.rows.get(address) {
            Some(pending) => Ok(pending.row.is_some()),
            None if self.pending.wipes.cover(address) => Ok(false),
            None => self.settled_has(address),
        }
    }

    /// The row for editing in place; the edit counts once [`Self::changed`] is called.
    pub(crate) fn load(
        &mut self,
        address: &[u8],
        kind: &RowKind,
    ) -> Result<Option<&mut AnyRow>, ViewError> {
        if !self.pending.rows.contains_key(address) {
            let wiped = self.pending.wipes.cover(address);
            let row = if wiped { None } else { self.settled(address, kind)? };
            self.pending.rows.insert(address.into(), Pending { row, changed: false });
        }
        let pending = self.pending.rows.get_mut(address);
        let row = &mut pending.expect("it was inserted when it was missing").row;
        if row.is_none() {
            row.clone_from(&self.view.initial);
        }
        Ok(row.as_mut())
    }

    /// The row, moved out as far as nobody else holds it. A [`Self::set`] follows, unless the event fails.
    pub(crate) fn take(&mut self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        match self.pending.rows.get_mut(address) {
            Some(pending) => Ok(pending.row.take().or_else(|| self.view.initial.clone())),
            None => self.get(address, kind),
        }
    }

    /// The row handed out by [`Self::load`] was edited.
    pub(crate) fn changed(&mut self, address: &[u8]) {
        if let Some(pending) = self.pending.rows.get_mut(address) {
            pending.changed = true;
        }
    }

    /// Sets the row without reading it; `None` removes it.
    pub(crate) fn set(&mut self, address: &[u8], row: Row) {
        match self.pending.rows.get_mut(address) {
            Some(pending) => *pending = Pending { row, changed: true },
            None => {
                self.pending.rows.insert(address.into(), Pending { row, changed: true });
            }
        }
    }

    /// Removes all rows under a prefix without reading them.
    pub(crate) fn wipe(&mut self, prefix: &[u8]) {
        self.pending.wipe(prefix, self.view.deepest);
    }

    /// Removes all rows.
    pub(crate) fn clear(&mut self) {
        self.wipe(&[0]);
    }

    /// Rows in the range of a scan that differ from the committed ones.
    pub(crate) fn overlay(&self, scan: &Scan<'_>) -> Overlay {
        let mut over = Overlay::default();
        over.add(scan, &self.pending.rows, |pending| &pending.row);
        over.below(scan, &self.pending.wipes);
        self.settle(scan, &mut over);
        over
    }

    /// Rows in the range of a scan, of the last cut, that may differ from the committed ones.
    pub(crate) fn settled_overlay(&self, scan: &Scan<'_>) -> Overlay {
        let mut over = Overlay::default();
        self.settle(scan, &mut over);
        over
    }

    fn settle(&self, scan: &Scan<'_>, over: &mut Overlay) {
        if let Some(sealed) = &self.sealed {
            over.add(scan, &sealed.layer.rows, |row| row);
            over.below(scan, &sealed.layer.wipes);
        }
    }

    /// The rows as they are now: as their topology sees them, or those of the last cut.
    pub(crate) fn pin(&self, owner: bool, locality: Option<Locality>) -> PinnedRows {
        let mut over = Vec::new();
        if owner {
            let rows = self.pending.rows.iter();
            let rows = rows.map(|(key, pending)| (key.clone(), pending.row.clone())).collect();
            over.push(Arc::new(Layer { rows, wipes: self.pending.wipes.clone() }));
        }
        over.extend(self.sealed.iter().map(|sealed| Arc::clone(&sealed.layer)));
        PinnedRows::new(Arc::clone(&self.view), over, self.view.pin(), locality)
    }

    /// What the rows in the write layer will take when they are encoded, roughly, in bytes.
    pub(crate) fn pending_bytes(&self) -> usize {
        self.pending.rows.len().saturating_mul(self.view.row_bytes())
    }

    /// Hands the changes since the last cut to the commit group. `None` when there are none.
    pub(crate) fn seal(&mut self) -> Option<Arc<SealedRows>> {
        let Layer { rows, wipes } = std::mem::take(&mut self.pending);
        let changed = rows.into_iter().filter(|(_, pending)| pending.changed);
        let rows = changed.map(|(key, pending)| (key, pending.row)).collect();
        let layer = Layer { rows, wipes };
        if layer.is_empty() {
            return None;
        }
        let layer = Arc::new(layer);
        let sealed = Arc::new(SealedRows { view: Arc::clone(&self.view), layer });
        self.sealed = Some(Arc::clone(&sealed));
        Some(sealed)
    }

    /// Forgets what the last cut contained: it will not be committed.
    pub(crate) fn drop_sealed(&mut self) {
        self.sealed = None;
    }

    /// Forgets everything written since the last cut.
    pub(crate) fn drop_pending(&mut self) {
        self.pending = Layer::default();
    }

    /// The row as of the last cut.
    pub(crate) fn settled(&self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        if let Some(SealedRows { layer, .. }) = self.sealed.as_deref() {
            if let Some(row) = layer.rows.get(address) {
                return Ok(row.clone().or_else(|| self.view.initial.clone()));
            }
            if layer.wipes.cover(address) {
                return Ok(self.view.initial.clone());
            }
        }
        self.view.get(address, kind)
    }

    /// Whether there is a row, as of the last cut.
    pub(crate) fn settled_has(&self, address: &[u8]) -> Result<bool, ViewError> {
        if let Some(SealedRows { layer, .. }) = self.sealed.as_deref() {
            if let Some(row) = layer.rows.get(address) {
                return Ok(row.is_some());
            }
            if layer.wipes.cover(address) {
                return Ok(false);
            }
        }
        self.view.has(address)
    }
}

/// The changed rows of one partition in a commit group.
#[derive(Debug)]
pub(crate) struct SealedRows {
    view: Arc<PStateView>,
    layer: Arc<Layer<Row>>,
}

impl SealedRows {
    pub(crate) fn encode(&self, group: &mut GroupWriter) -> Result<(), CodecError> {
        let (before, Layer { rows, wipes }) = (group.size(), &*self.layer);
        group.rows(self.view.pstate, self.view.task, |group| {
            // What was wiped was wiped before the rows were written.
            for prefix in wipes.prefixes() {
                group.wiped(&prefix, self.view.deepest);
            }
            rows.iter().try_for_each(|(key, row)| match row {
                Some(row) => group.put(key, |out| row.encode(out)),
                None => {
                    group.removed(key);
                    Ok(())
                }
            })
        })?;
        self.view.measured((group.size() - before) / rows.len().max(1));
        Ok(())
    }

    /// Tells how many of the rows did not change in the groups before, from `since` on.
    pub(crate) fn publish(&self, epoch: Epoch, since: Epoch) -> usize {
        self.view.publish(epoch, since, &self.layer)
    }
}
