//! A declared PState becomes views and partitions.

use std::{marker::PhantomData, sync::Arc};

use super::opening::{Declaration, Opened, Opening};
use crate::{
    codec::{Key, Value},
    error::LaunchError,
    id::{PStateId, TaskId},
    path::rows::AnyRow,
    pstate::{Home, PStatePartition, PStateView, Viewed},
    schema::{Initial, Map, Schema},
};

/// How a PState is declared (PS-30, PS-31, PS-33).
pub struct PStateOptions<S> {
    home: Home,
    initial: Option<AnyRow>,
    schema: PhantomData<fn() -> S>,
}

/// A declared PState.
pub(crate) struct PStateDecl<S> {
    name: &'static str,
    id: PStateId,
    options: PStateOptions<S>,
}

/// What clients of a running PState share.
pub(crate) struct PStateShared<S> {
    pub(crate) views: Vec<Arc<PStateView>>,
    pub(crate) home: Home,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> PStateOptions<S> {
    /// Keys at home where their hash says, if the schema has keys.
    #[must_use]
    pub fn new() -> Self {
        let home = if S::HAS_HOMES { Home::Hash } else { Home::Everywhere };
        Self { home, initial: None, schema: PhantomData }
    }

    /// Everything on task 0 (PS-30).
    #[must_use]
    pub fn global(mut self) -> Self {
        self.home = Home::Global;
        self
    }

    /// Every key may be on any task: the topology partitions by something else than the leading key, and readers say
    /// which partition they mean.
    #[must_use]
    pub fn partitioned_by_any(mut self) -> Self {
        self.home = Home::Everywhere;
        self
    }
}

impl<K: Key, V> PStateOptions<Map<K, V>> {
    /// Keys at home where this function says: it gets the key and the number of tasks (PS-33). A number behind the
    /// last task counts from the first one again.
    #[must_use]
    pub fn key_partitioner(
        mut self,
        task: impl Fn(&K, u32) -> u32 + Send + Sync + 'static,
    ) -> Self {
        self.home = Home::Custom(Arc::new(move |key, tasks| {
            let key = key.downcast_ref()?;
            Some(TaskId(task(key, tasks)))
        }));
        self
    }
}

impl<T: Value> PStateOptions<Initial<T>> {
    /// What every partition holds in the beginning (PS-31).
    #[must_use]
    pub fn initial(mut self, value: T) -> Self {
        self.initial = Some(Arc::new(value));
        self
    }
}

impl<S: Schema> Default for PStateOptions<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Schema> PStateDecl<S> {
    pub(crate) fn new(name: &'static str, id: PStateId, options: PStateOptions<S>) -> Self {
        Self { name, id, options }
    }
}

impl<S: Schema> Declaration for PStateDecl<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn layout(&self) -> String {
        S::layout()
    }

    fn open(&self, at: &Opening<'_>) -> Result<Opened, LaunchError> {
        let table = at.recovered.tables.pstate(self.id).expect("the catalog has every PState");
        let PStateOptions { home, initial, .. } = &self.options;
        let views: Vec<_> = at
            .task_ids()
            .map(|task| {
                let viewed = Viewed {
                    name: self.name,
                    pstate: self.id,
                    task,
                    home: home.clone(),
                    deepest: S::DEPTH,
                    table: table.clone(),
                    initial: initial.clone(),
                };
                let snapshot = Arc::clone(&at.recovered.snapshot);
                Arc::new(PStateView::new(viewed, at.moment.clone(), snapshot))
            })
            .collect();
        let shared =
            PStateShared::<S> { views: views.clone(), home: home.clone(), schema: PhantomData };
        Ok(Opened {
            shared: Some(Arc::new(shared)),
            partitions: views.iter().cloned().map(PStatePartition::new).collect(),
            pstate_views: views,
            ..Opened::default()
        })
    }
}
