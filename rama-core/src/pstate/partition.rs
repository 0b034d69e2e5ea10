//! The owner's side of one PState partition: uncommitted writes over committed rows.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    Locality, PStateView, PinnedRows, Row, RowKey,
    layer::{Layer, Overlay},
    view::ViewError,
};
use crate::{
    codec::CodecError,
    group::GroupWriter,
    id::Epoch,
    panic::panic_message,
    path::rows::{AnyRow, RowKind, Scan},
};

/// One partition of a PState, owned by its task.
#[derive(Debug)]
pub(crate) struct PStatePartition {
    pub(crate) view: Arc<PStateView>,
    pending: Layer<Pending>,
    sealed: Option<Arc<SealedRows>>,
    checks: Option<RowChecks>,
}

impl From<RowError> for CodecError {
    fn from(error: RowError) -> Self {
        Self::Serialize { reason: error.to_string() }
    }
}

/// What is checked of rows as soon as an event has written them.
#[derive(Debug, Default)]
struct RowChecks {
    /// Written since the last look.
    written: Vec<RowKey>,
    /// Whether one did not pass.
    has_refused: bool,
    scratch: Vec<u8>,
}

/// A row that cannot be stored. Its type is the user's code.
#[derive(Debug, thiserror::Error)]
#[error(
    "a row of `$${pstate}` cannot be stored: {reason}; mend the type's `Serialize`, or do not write such a value"
)]
pub(crate) struct RowError {
    pstate: &'static str,
    reason: String,
}

/// A row that was read for writing or written since the last cut.
#[derive(Debug)]
struct Pending {
    row: Row,
    changed: bool,
}

impl PStatePartition {
    pub(crate) fn new(view: Arc<PStateView>) -> Self {
        Self { view, pending: Layer::default(), sealed: None, checks: None }
    }

    /// From now on rows are encoded as soon as an event has written them, so that one that cannot be is known with its
    /// event. That costs the encoding twice.
    pub(crate) fn check_rows(&mut self) {
        self.checks = Some(RowChecks::default());
    }

    /// Checks what was written since the last look, if rows are checked.
    pub(crate) fn check_written(&mut self) -> Result<(), RowError> {
        let Some(RowChecks { written, has_refused, scratch }) = &mut self.checks else {
            return Ok(());
        };
        for address in written.drain(..) {
            let pending = self.pending.rows.get(&address);
            let Some(row) = pending.and_then(|pending| pending.row.as_ref()) else { continue };
            scratch.clear();
            encode_row(self.view.name, row, scratch).inspect_err(|_| *has_refused = true)?;
        }
        Ok(())
    }

    /// The event that wrote has failed.
    pub(crate) fn forget_written(&mut self) {
        self.checks.iter_mut().for_each(|checks| checks.written.clear());
    }

    /// Whether rows are checked, and one did not pass.
    pub(crate) fn has_refused(&self) -> bool {
        self.checks.as_ref().is_some_and(|checks| checks.has_refused)
    }

    fn note_written(&mut self, address: &[u8]) {
        if let Some(checks) = &mut self.checks {
            checks.written.push(address.into());
        }
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
        self.note_written(address);
    }

    /// Sets the row without reading it; `None` removes it.
    pub(crate) fn set(&mut self, address: &[u8], row: Row) {
        match self.pending.rows.get_mut(address) {
            Some(pending) => *pending = Pending { row, changed: true },
            None => {
                self.pending.rows.insert(address.into(), Pending { row, changed: true });
            }
        }
        self.note_written(address);
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
        self.forget_written();
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
    pub(crate) fn encode(&self, group: &mut GroupWriter) -> Result<(), RowError> {
        let (before, Layer { rows, wipes }) = (group.size(), &*self.layer);
        group.rows(self.view.pstate, self.view.task, |group| {
            // What was wiped was wiped before the rows were written.
            for prefix in wipes.prefixes() {
                group.wiped(&prefix, self.view.deepest);
            }
            rows.iter().try_for_each(|(key, row)| match row {
                Some(row) => group.put(key, |out| encode_row(self.view.name, row, out)),
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

/// A panic in the user's `Serialize` is an error like others.
fn encode_row(pstate: &'static str, row: &AnyRow, out: &mut Vec<u8>) -> Result<(), RowError> {
    let reason = match catch_unwind(AssertUnwindSafe(|| row.encode(out))) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => format!("panic: {}", panic_message(panic.as_ref())),
    };
    Err(RowError { pstate, reason })
}
