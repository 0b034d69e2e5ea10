//! Brings the store up to date in the background, so that the log can be given back.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::oneshot;

use super::{
    Engine,
    gate::Ending,
    redo::{Applied, Redo, RedoError},
    tables::{Meta, Tables},
    trim::Trims,
};
use crate::{
    driver::{Actor, Step},
    planted::Mistake,
    store::{Snapshot, Store},
};

/// How far checkpoints are.
#[derive(Debug, Default)]
pub(crate) struct CheckpointProgress {
    /// The store contains every group up to this one.
    pub(crate) covered: AtomicU64,
    /// How many jobs were finished.
    pub(crate) jobs: AtomicU64,
}

/// Groups to bring into the store.
pub(crate) struct Job {
    pub(crate) redo: Redo,
    pub(crate) progress: Arc<CheckpointProgress>,
    /// Who waits for a snapshot of the store that contains these groups.
    pub(crate) waiting: Vec<oneshot::Sender<Arc<Snapshot>>>,
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

    fn checkpoint(&mut self, job: Job) -> Result<(), RedoError> {
        if !job.redo.is_empty() {
            self.apply(&job)?;
        }
        let snapshot = Arc::new(self.store.snapshot()?);
        for waiting in job.waiting {
            // Who asked may have given up.
            let _ = waiting.send(Arc::clone(&snapshot));
        }
        job.progress.jobs.fetch_add(1, Ordering::AcqRel);
        self.engine.groups.signal.raise();
        Ok(())
    }

    fn apply(&mut self, job: &Job) -> Result<(), RedoError> {
        let through = job.redo.through();
        self.meta.covered = through.0 + u64::from(Mistake::CoversTooMuch.is_made());
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
        self.engine.letters.checkpointed(through, Arc::clone(&snapshot));
        job.progress.covered.store(through.0, Ordering::Release);
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
        if let Err(error) = self.checkpoint(job) {
            self.engine.disk_failed(&format!("the store cannot be written: {error}"));
        }
        Step::Again
    }
}
