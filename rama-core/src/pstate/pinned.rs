//! The rows of one partition as they were at one moment, for reads that take several events (PS-42).

use super::{
    Locality, Row,
    layer::{Layer, Overlay},
    view::{Committed, PStateView, ViewError},
};
use crate::{
    id::Epoch,
    path::{
        PathError, Walk,
        rows::{AnyRow, LeadingKey, ReadRows, RowKind, Scan, VisitRow},
    },
};
use std::sync::Arc;

/// Rows that stay as they are while others are written.
#[derive(Debug)]
pub(crate) struct PinnedRows {
    view: Arc<PStateView>,
    /// What the topology had written and not committed, the newest first.
    over: Vec<Arc<Layer<Row>>>,
    committed: Committed,
    locality: Option<Locality>,
}

impl PinnedRows {
    pub(crate) fn new(
        view: Arc<PStateView>,
        over: Vec<Arc<Layer<Row>>>,
        committed: Committed,
        locality: Option<Locality>,
    ) -> Self {
        Self { view, over, committed, locality }
    }

    fn find(&self, address: &[u8], kind: &RowKind) -> Result<Row, ViewError> {
        for layer in &self.over {
            if let Some(row) = layer.rows.get(address) {
                return Ok(row.clone());
            }
            if layer.wipes.cover(address) {
                return Ok(None);
            }
        }
        if let Some((_, row)) = self.committed.recent.get(address) {
            return Ok(row.clone());
        }
        if self.committed.wipes.cover(address) {
            return Ok(None);
        }
        self.view.stored(&self.committed.snapshot, address, kind)
    }

    fn overlay(&self, scan: &Scan<'_>) -> Overlay {
        let mut over = Overlay::default();
        for layer in &self.over {
            over.add(scan, &layer.rows, |row| row);
            over.below(scan, &layer.wipes);
        }
        let recent: &dyn Fn(&(Epoch, Row)) -> &Row = &|(_, row)| row;
        over.add(scan, &self.committed.recent, recent);
        over.below(scan, &self.committed.wipes);
        over
    }
}

impl ReadRows for PinnedRows {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        let row = self.find(address, kind).map_err(PathError::storage)?;
        Ok(row.or_else(|| self.view.initial.clone()))
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        let row = self.find(address, RowKind::UNREAD).map_err(PathError::storage)?;
        Ok(row.is_some())
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.view.merge(scan, self.overlay(scan), &self.committed.snapshot, visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        self.locality.as_ref().map_or(Ok(()), |locality| locality.check(key))
    }
}
