//! A declared PState becomes views and partitions.

use std::{marker::PhantomData, sync::Arc};

use super::opening::{Declaration, Opened, Opening};
use crate::{
    codec::{Key, Value},
    engine::View,
    error::LaunchError,
    id::{Epoch, PStateId},
    pstate::{PStatePartition, PStateView},
    schema::{Schema, short_name},
    store::Snapshot,
};

/// A declared PState.
pub(crate) struct PStateDecl<S> {
    name: &'static str,
    id: PStateId,
    schema: PhantomData<fn() -> S>,
}

/// What clients of a running PState share.
pub(crate) struct PStateShared<S: Schema> {
    pub(crate) views: Vec<Arc<PStateView<S::Key, S::Row>>>,
}

impl<S: Schema> PStateDecl<S> {
    pub(crate) fn new(name: &'static str, id: PStateId) -> Self {
        Self { name, id, schema: PhantomData }
    }
}

impl<S: Schema> Declaration for PStateDecl<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn key_type(&self) -> String {
        short_name::<S::Key>()
    }

    fn open(&self, at: &Opening<'_>) -> Result<Opened, LaunchError> {
        let table = at.recovered.tables.pstate(self.id).expect("the catalog has every PState");
        let mut opened = Opened::default();
        let mut views = Vec::new();
        for task in at.task_ids() {
            let snapshot = Arc::clone(&at.recovered.snapshot);
            let view = Arc::new(PStateView::new(
                self.id,
                task,
                table.clone(),
                at.moment.clone(),
                snapshot,
            ));
            let partition = PStatePartition::<S::Key, S::Row>::new(self.name, Arc::clone(&view));
            opened.slots.push(Box::new(partition));
            opened.pstate_views.push(Arc::clone(&view) as Arc<dyn View>);
            views.push(view);
        }
        opened.shared = Some(Arc::new(PStateShared::<S> { views }));
        Ok(opened)
    }
}

impl<K: Key, V: Value> View for PStateView<K, V> {
    fn checkpointed(&self, through: Epoch, snapshot: Arc<Snapshot>) {
        Self::checkpointed(self, through, snapshot);
    }
}
