//! A running module: tasks on lanes (threads), the gate that cuts consistent commit groups out of their
//! work, the committer that makes a group durable, and the checkpointer that brings the store up to date.
//!
//! ```text
//! clients ─▶ queues ─▶ lane 0: task 0, task 2 ─┐  cut   ┌─▶ committer ─▶ commit log ─▶ views, replies
//!                      lane 1: task 1, task 3 ─┴─ gate ─┘        └─▶ checkpointer ─▶ store
//! ```

mod answers;
mod checkpointer;
mod committer;
mod forgotten;
mod gate;
mod lane;
mod letters;
mod levels;
mod orders;
mod policy;
mod quarantine;
mod recovery;
mod row_checks;
mod redo;
mod space;
mod suspicion;
mod tables;
mod trim;
mod tuning;
mod unfinished;
mod watchdog;

pub(crate) use self::{
    answers::Answers,
    checkpointer::Checkpointer,
    committer::Committer,
    gate::{Ending, Gate, Group},
    lane::{Lane, LaneDoor},
    letters::{Letter, Letters, LettersError},
    orders::{Order, OrderError, What},
    policy::Policies,
    quarantine::Quarantine,
    recovery::{Recovered, STORE_FILE, recover},
    redo::Redo,
    tables::{Catalog, ENDS, META, META_KEY, Meta, PROGRESS, STARTS, STORE_FORMAT, Tables},
    trim::{Readers, Trims},
    unfinished::{Left, Unfinished},
    watchdog::{Patience, Watch, Watchdog},
};

pub use self::{levels::Level, tuning::Tuning, watchdog::StuckEvent};

/// What modules leave beside their store and their log.
pub(crate) const NOTES: [&str; 3] = [quarantine::FILE, suspicion::FILE, row_checks::FILE];

use self::{levels::Backlog, space::Space};

use std::{
    any::Any,
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::oneshot;

use crate::{
    clock::Clock,
    depot::DepotView,
    disk::Disk,
    driver::{Outside, Signal},
    error::AppendError,
    id::{DepotId, TaskId},
    moment::Moment,
    pstate::PStateView,
    store::Snapshot,
    task::Task,
};

/// The shared side of a running module.
pub(crate) struct Engine {
    pub(crate) module: &'static str,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outside: Outside,
    pub(crate) tasks: Vec<Mutex<Task>>,
    pub(crate) lanes: Vec<LaneDoor>,
    pub(crate) gate: Gate,
    pub(crate) groups: Door<Group>,
    pub(crate) checkpoints: Door<checkpointer::Job>,
    pub(crate) shared: Shared,
    pub(crate) watch: Watch,
    pub(crate) space: Space,
    backlog: Backlog,
    disk: Arc<dyn Disk>,
    /// Who wants a snapshot of the store that contains everything that is durable now.
    snapshot_wishes: Mutex<Vec<oneshot::Sender<Arc<Snapshot>>>>,
    pub(crate) letters: Letters,
    pub(crate) quarantine: Quarantine,
    committer_done: AtomicBool,
}

/// What clients reach without going through a task.
#[derive(Default)]
pub(crate) struct Shared {
    /// By name; the type is known to the client made for it.
    pub(crate) depots: BTreeMap<&'static str, Arc<dyn Any + Send + Sync>>,
    /// By name; the type is known to the client made for it.
    pub(crate) pstates: BTreeMap<&'static str, Arc<dyn Any + Send + Sync>>,
    pub(crate) queues: Vec<Arc<dyn Queue>>,
    pub(crate) depot_views: Vec<(DepotId, TaskId, Arc<DepotView>)>,
    pub(crate) pstate_views: Vec<Arc<PStateView>>,
    /// At which everything of a commit group becomes visible.
    pub(crate) moment: Moment,
}

/// A queue of appends, whatever its records are.
pub(crate) trait Queue: Send + Sync {
    fn close(&self);
    /// Drops what is queued; whoever waits for it is told why.
    fn refuse_all(&self, refusal: &AppendError);
    fn is_empty(&self) -> bool;
    /// How many places are taken in it.
    fn places(&self) -> usize;
}

/// The entrance of an actor that takes one thing at a time.
#[derive(Debug)]
pub(crate) struct Door<T> {
    pub(crate) signal: Arc<Signal>,
    slot: Mutex<Option<T>>,
}

impl<T> Door<T> {
    pub(crate) fn new() -> Self {
        Self { signal: Arc::default(), slot: Mutex::new(None) }
    }

    /// Hands something over. There is never a second one before the first is taken.
    pub(crate) fn put(&self, thing: T) {
        let before = self.slot().replace(thing);
        assert!(before.is_none(), "one at a time is handed over");
        self.signal.raise();
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.slot().take()
    }

    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// `doors` are the lanes; task i belongs to lane i modulo their number.
    pub(crate) fn new(
        module: &'static str,
        (clock, outside): (Arc<dyn Clock>, Outside),
        tasks: Vec<Task>,
        doors: Vec<LaneDoor>,
        gate: Gate,
        shared: Shared,
        (watch, disk, letters, quarantine): (Watch, Arc<dyn Disk>, Letters, Quarantine),
    ) -> Self {
        Self {
            space: Space::new(Arc::clone(&disk)),
            backlog: Backlog::default(),
            disk,
            snapshot_wishes: Mutex::default(),
            module,
            clock,
            outside,
            tasks: tasks.into_iter().map(Mutex::new).collect(),
            gate,
            lanes: doors,
            groups: Door::new(),
            checkpoints: Door::new(),
            shared,
            letters,
            quarantine,
            watch,
            committer_done: AtomicBool::new(false),
        }
    }

    /// Refuses appends, and orders about dead letters, from now on, until there is space again; those that wait in queues
    /// are refused as well, since nothing of them is done yet.
    pub(crate) fn runs_full(&self) {
        if self.space.runs_full() {
            let refusal = AppendError::DiskFull { module: self.module };
            self.shared.queues.iter().for_each(|queue| queue.refuse_all(&refusal));
            self.refuse_orders(&OrderError::DiskFull);
        }
    }

    /// The state of a commit point, not before the last group that is durable now, as the store has it. Nothing waits for
    /// whoever reads it. `None` when the module ends before.
    pub(crate) async fn snapshot(&self) -> Option<Arc<Snapshot>> {
        let (wish, snapshot) = oneshot::channel();
        self.snapshot_wishes().push(wish);
        self.groups.signal.raise();
        if self.gate.ending().is_some() {
            self.snapshot_wishes().clear();
        }
        snapshot.await.ok()
    }

    fn snapshot_is_wanted(&self) -> bool {
        !self.snapshot_wishes().is_empty()
    }

    fn take_snapshot_wishes(&self) -> Vec<oneshot::Sender<Arc<Snapshot>>> {
        std::mem::take(&mut *self.snapshot_wishes())
    }

    fn snapshot_wishes(&self) -> MutexGuard<'_, Vec<oneshot::Sender<Arc<Snapshot>>>> {
        self.snapshot_wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the module because its disk failed, and leaves a note for the next start.
    pub(crate) fn disk_failed(&self, reason: &str) {
        suspicion::raise(&self.disk, reason);
        self.break_down(reason);
    }

    pub(crate) fn committer_is_done(&self) -> bool {
        self.committer_done.load(Ordering::Acquire)
    }

    /// The committer ends; the checkpointer may end too.
    pub(crate) fn committer_ends(&self) {
        self.snapshot_wishes().clear();
        self.committer_done.store(true, Ordering::Release);
        self.checkpoints.signal.raise();
    }

    /// A task, for the lane that owns it or for a cut.
    pub(crate) fn task(&self, id: TaskId) -> MutexGuard<'_, Task> {
        self.tasks[id.0 as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The readers' side of a depot partition.
    pub(crate) fn depot_view(&self, depot: DepotId, task: TaskId) -> &DepotView {
        let views = &self.shared.depot_views;
        let view = views.iter().find(|(of, at, _)| (*of, *at) == (depot, task));
        let (.., view) = view.expect("every depot partition has its view");
        view
    }

    pub(crate) fn task_count(&self) -> u32 {
        u32::try_from(self.tasks.len()).expect("the launch configuration counts tasks in u32")
    }

    /// The lane that runs a task.
    pub(crate) fn lane_of(&self, task: TaskId) -> &LaneDoor {
        &self.lanes[task.0 as usize % self.lanes.len()]
    }

    pub(crate) fn wake_lanes(&self) {
        self.lanes.iter().for_each(|lane| lane.signal.raise());
    }

    /// Wakes everything, so that it sees that the module stops.
    pub(crate) fn wake_all(&self) {
        self.wake_lanes();
        self.groups.signal.raise();
        self.checkpoints.signal.raise();
        self.watch.signal.raise();
    }

    /// Drops what waits to be made durable; whoever waits for it learns that the outcome is unknown.
    pub(crate) fn abandon(&self) {
        drop(self.groups.take());
        for task in (0..self.task_count()).map(TaskId) {
            self.task(task).abandon();
        }
    }

    pub(crate) fn close_queues(&self) {
        self.shared.queues.iter().for_each(|queue| queue.close());
    }

    pub(crate) fn queues_are_empty(&self) -> bool {
        self.shared.queues.iter().all(|queue| queue.is_empty())
    }
}
