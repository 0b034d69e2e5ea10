//! The moment between declaration and running: what a declaration gets, and what it gives.

use std::{any::Any, sync::Arc};

use crate::{
    clock::Timestamp,
    depot::{DepotTarget, DepotView},
    driver::Signal,
    engine::{Left, Queue, Recovered, Trims},
    error::LaunchError,
    flow::Program,
    id::TaskId,
    moment::Moment,
    pstate::{PStatePartition, PStateView},
    task::IntakeSlot,
};

/// What declarations are opened with.
pub(crate) struct Opening<'a> {
    pub(crate) module: &'static str,
    /// When the module starts, by the time of day.
    pub(crate) now: Timestamp,
    pub(crate) tasks: u32,
    /// At which everything of a commit group becomes visible.
    pub(crate) moment: &'a Moment,
    pub(crate) program: &'a Program,
    pub(crate) recovered: &'a Recovered,
    /// Wakes the lane of each task.
    pub(crate) wakes: &'a [Arc<Signal>],
}

/// The parts of one declaration.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) shared: Option<Arc<dyn Any + Send + Sync>>,
    pub(crate) queues: Vec<Arc<dyn Queue>>,
    pub(crate) depot_views: Vec<Arc<DepotView>>,
    /// How topologies append to a depot.
    pub(crate) target: Option<DepotTarget>,
    /// Records of a depot that topologies have begun and are not done with.
    pub(crate) unfinished: Vec<Left>,
    /// Whether topologies have not run all records of it.
    pub(crate) lags: bool,
    /// What a depot may be trimmed to.
    pub(crate) trims: Trims,
    pub(crate) pstate_views: Vec<Arc<PStateView>>,
    /// One for each task, of a depot.
    pub(crate) intakes: Vec<Box<dyn IntakeSlot>>,
    /// One for each task, of a PState.
    pub(crate) partitions: Vec<PStatePartition>,
}

/// A depot or PState whose types only its own code knows.
pub(crate) trait Declaration: Send {
    fn name(&self) -> &'static str;

    /// What the bytes that lead to the rows of a PState are made of, as text; nothing for a depot. It cannot
    /// change while there are rows.
    fn layout(&self) -> String;

    /// What contradicts itself in the declaration, and what to write instead.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    fn open(&self, at: &Opening<'_>) -> Result<Opened, LaunchError>;
}

impl Opening<'_> {
    pub(crate) fn task_ids(&self) -> impl Iterator<Item = TaskId> + use<> {
        (0..self.tasks).map(TaskId)
    }
}
