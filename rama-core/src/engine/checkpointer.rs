//! Brings the store up to date in the background, so that the log can be given back.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::{
    Engine,
    gate::Ending,
    redo::{Applied, Redo, RedoError},
    tables::{Meta, Tables},
    trim::Trims,
};
use crate::{
    driver::{Actor, Step},
    store::Store,
};

/// Groups to bring into the store.
pub(crate) struct Job {
    pub(crate) redo: Redo,
    /// Set to the last group when it is done.
    pub(crate) done: Arc<AtomicU64>,
}

/// Writes checkpoints. The only writer of the store.
pub(crate) struct Checkpointer {
    engine: Arc<Engine>,
    store: Arc<Store>,
    tables: Tables,
    meta: Meta,
    trims: Trims,
}

impl Checkpointer {
    pub(crate) fn new(
        engine: Arc<Engine>,
        store: Arc<Store>,
        (tables, meta): (Tables, Meta),
        trims: Trims,
    ) -> Self {
        Self { engine, store, tables, meta, trims }
    }

    fn checkpoint(&mut self, job: &Job) -> Result<(), RedoError> {
        let through = job.redo.through();
        self.meta.covered = through.0;
        let Applied { ends, starts } =
            job.redo.apply(&self.store, &self.tables, &self.meta, &mut self.trims)?;
        let snapshot = Arc::new(self.store.snapshot()?);
        for view in &self.engine.shared.pstate_views {
            view.checkpointed(through, Arc::clone(&snapshot));
        }
        for (depot, task, view) in &self.engine.shared.depot_views {
            let stored = ends.get(&(*depot, *task)).map(|(end, _)| *end);
            let start = starts.get(&(*depot, *task)).copied();
            view.checkpointed(stored, start, Arc::clone(&snapshot));
        }
        job.done.store(through.0, Ordering::Release);
        self.engine.groups.signal.raise();
        Ok(())
    }
}

impl Actor for Checkpointer {
    fn step(&mut self) -> Step {
        let Some(job) = self.engine.checkpoints.take() else {
            return match self.engine.gate.ending() {
                None => Step::Idle,
                Some(Ending::Stopped { checkpoint: true }) if !self.engine.committer_is_done() => {
                    Step::Idle
                }
                Some(_) => Step::Done,
            };
        };
        if let Err(error) = self.checkpoint(&job) {
            self.engine.break_down(&format!("the store cannot be written: {error}"));
        }
        Step::Again
    }
}
