//! The consistent cut: a commit group contains whole event trees and nothing else.
//!
//! Lanes pass the gate for every batch of work. When a group is to be cut, they take no new records but
//! finish the frames in flight; at the moment when nobody is inside and nothing is on its way, whoever
//! notices seals the forming group of every task. That takes microseconds, and a record that arrives
//! later belongs to the next group. So a group that reaches the log contains each finished record with
//! all of its effects, and nothing of any other record, except of those that are parked: a tree that
//! waits for something outside is not in flight, and the group says so.

mod doubt;
mod life;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use self::doubt::Doubt;
use super::{
    Engine,
    orders::{Order, OrderError},
    quarantine::{Care, LeftWork},
    unfinished::{Closed, Judged, Unfinished},
};
use crate::{
    clock::{Now, Timestamp},
    flow::{APPENDS_MAX, Blame, FUTURES_MAX, Failure, Waits},
    id::{Epoch, TaskId},
    task::{Failed, Next, SealedTask, Verdict},
};

/// Bytes after which a forming group takes no further records until it is cut: bounds the memory of the
/// write layer and the size of one write to the log.
pub(super) const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Records after which a group is cut although more are waiting: keeps the latency of an
/// acknowledgement low under load, and is enough to share the cost of a sync.
const GROUP_RECORDS: usize = 4_096;

/// Records a forming group takes at most, however long the group before it is being written. Also bounds
/// what one group keeps of records whose frames and rows are larger than they are themselves.
pub(super) const GROUP_RECORDS_MAX: usize = 8 * GROUP_RECORDS;

/// Parcels on their way after which no further records are taken: frames are finished first.
const PARCELS_MAX: i64 = 1_024;

/// Records that rest until they are run again, after which no others begin: more, and too much of the module's memory
/// and time would go into failing. Each takes some hundred bytes.
pub(super) const RESTING_MAX: usize = 65_536;

/// Groups that a module that stops cuts so that trees get the answers to their appends. Each gets what it waits for with
/// the next group or two, and waits for a handful one behind the other, so usual trees need a few; those that append
/// again and again for ever are ended here, after a second or two on a slow disk.
const CLOSING_GROUPS: usize = 128;

/// How long a group takes to become durable when something is wrong with the disk, and not with the records: what passes
/// then does not count against their time.
const STALL: Duration = Duration::from_secs(1);

/// Guards the forming group.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Notified when the module may have come to rest or has failed.
    rest: Notify,
    /// The last group that is known to be in the log.
    durable: AtomicU64,
}

#[derive(Debug)]
struct State {
    epoch: Epoch,
    phase: Phase,
    /// Lanes that are inside with a batch of work.
    busy: usize,
    /// Parcels sent and not run yet. Below zero for moments while their sender is still inside.
    in_flight: i64,
    /// Tasks that have not repeated the dropped attempt yet.
    repeating: usize,
    cut_wanted: bool,
    /// Since when a cut has waited for frames in flight.
    cut_waits: Option<Timestamp>,
    /// For how long, when that is long.
    overdue: Option<Duration>,
    committing: bool,
    /// When the last group was cut.
    cut_at: Timestamp,
    /// Whether the forming group contains anything.
    dirty: bool,
    records: usize,
    forming_bytes: Vec<usize>,
    /// Branches of trees that wait, by lane.
    parked: Vec<Waits>,
    /// Records that rest until they are run again, by lane.
    resting: Vec<usize>,
    /// What lanes were let in for, by index; everything again once they were told that there is more.
    granted: Vec<Takes>,
    failed: Arc<Failed>,
    doubt: Doubt,
    unfinished: Unfinished,
    /// What clients want of dead letters.
    orders: Vec<Order>,
    /// Whether some topology can go on with stored records when the group in the committer's hands is visible.
    lags: bool,
    /// Groups that may still be cut for trees when the module stops.
    closing_groups: usize,
    /// What the last life of the module left.
    left: LeftWork,
}

#[derive(Clone, Debug)]
enum Phase {
    Running,
    /// No more records come in; what is there is finished.
    Closing,
    /// Every actor ends.
    Halted {
        checkpoint: bool,
    },
    /// A group could not be made durable, or the store failed.
    Broken(Arc<str>),
}

/// What a lane may begin, beyond the frames in flight: each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Takes {
    Nothing,
    /// Parked trees go on.
    Parked,
    /// Records that failed are run again.
    Again,
    /// Topologies go on with stored records.
    Stored,
    /// New records come out of the queues.
    New,
}

/// What a lane may do in its batch of work.
#[derive(Debug)]
pub(crate) struct Permit {
    pub(crate) takes: Takes,
    /// Whether the module stops.
    pub(crate) closing: bool,
    /// One thing at most, of these.
    pub(crate) alone: Option<Only>,
    /// For how long a cut has waited for frames in flight, when that is long.
    pub(crate) overdue: Option<Duration>,
    pub(crate) repeat: Option<Arc<Failed>>,
}

/// What is done alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Only {
    /// What the last life of the module left.
    Left,
    /// Records of which it is not known whether they failed by themselves.
    Suspects,
}

/// What a lane did in its batch of work.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) parcels_sent: usize,
    pub(crate) parcels_run: usize,
    pub(crate) records: usize,
    /// Tasks that did the work of a dropped attempt again.
    pub(crate) repeated: usize,
    /// Whether more records wait in the queues of the lane, as far as it looked.
    pub(crate) more: bool,
    pub(crate) forming_bytes: usize,
    /// Branches of trees that wait.
    pub(crate) parked: Waits,
    /// Records that rest until they are run again.
    pub(crate) resting: usize,
}

/// A consistent cut on its way to the log.
pub(crate) struct Group {
    pub(crate) epoch: Epoch,
    pub(crate) tasks: Vec<SealedTask>,
    pub(crate) closed: Closed,
}

/// How a module ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Stopped { checkpoint: bool },
    Broken(Arc<str>),
}

impl Gate {
    /// `unfinished` is what the last life of the module left.
    pub(crate) fn new(lanes: usize, epoch: Epoch, unfinished: Unfinished, care: Care) -> Self {
        let state = State {
            epoch,
            phase: Phase::Running,
            busy: 0,
            in_flight: 0,
            repeating: 0,
            cut_wanted: false,
            cut_waits: None,
            overdue: None,
            committing: false,
            cut_at: Timestamp(0),
            dirty: false,
            records: 0,
            forming_bytes: vec![0; lanes],
            parked: vec![Waits::default(); lanes],
            resting: vec![0; lanes],
            granted: vec![Takes::New; lanes],
            failed: Arc::default(),
            doubt: Doubt::new(lanes),
            unfinished,
            orders: Vec::new(),
            lags: false,
            closing_groups: CLOSING_GROUPS,
            left: LeftWork::new(care, lanes),
        };
        let durable = AtomicU64::new(epoch.0 - 1);
        Self { state: Mutex::new(state), rest: Notify::new(), durable }
    }

    /// Lets a lane in with a batch of work; `None` when the module has ended.
    pub(crate) fn enter(&self, lane: usize) -> Option<Permit> {
        let mut state = self.state();
        if matches!(state.phase, Phase::Halted { .. } | Phase::Broken(_)) {
            return None;
        }
        let (takes, closing) = (state.takes(), state.is_closing());
        let alone = state.only();
        state.busy += 1;
        state.granted[lane] = takes;
        let repeat = (state.repeating > 0).then(|| Arc::clone(&state.failed));
        Some(Permit { takes, closing, alone, overdue: state.overdue, repeat })
    }

    /// Everything up to this group is in the log.
    pub(crate) fn is_durable(&self, epoch: Epoch) {
        self.durable.store(epoch.0, Ordering::Release);
    }

    /// How the module ended; `None` while it runs.
    pub(crate) fn ending(&self) -> Option<Ending> {
        match &self.state().phase {
            Phase::Running | Phase::Closing => None,
            Phase::Halted { checkpoint } => Some(Ending::Stopped { checkpoint: *checkpoint }),
            Phase::Broken(reason) => Some(Ending::Broken(Arc::clone(reason))),
        }
    }

    /// Whether the module finishes what it has taken, and takes nothing more.
    pub(crate) fn is_closing(&self) -> bool {
        self.state().is_closing()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Lets a lane out, and cuts when its work was the last to wait for. Tells when to look again for trees that take
    /// too long.
    pub(crate) fn leave(&self, lane: usize, report: &Report) -> Option<Timestamp> {
        let mut state = self.gate.state();
        state.busy -= 1;
        let signed = |count| i64::try_from(count).expect("counts of one batch are small");
        state.in_flight += signed(report.parcels_sent) - signed(report.parcels_run);
        state.repeating -= report.repeated;
        state.records += report.records;
        state.dirty |= report.records > 0 || report.parcels_run > 0;
        state.forming_bytes[lane] = report.forming_bytes;
        state.parked[lane] = report.parked;
        state.resting[lane] = report.resting;
        state.dirty |= self.is_overdue(&state);
        let enough = !report.more || state.records >= GROUP_RECORDS || state.is_full();
        if enough && state.dirty && !state.committing {
            state.cut_wanted = true;
        }
        self.watch_frames(&mut state);
        self.cut_when_quiet(&mut state);
        match state.only() {
            Some(Only::Left) => self.look_for_left(&mut state, lane, report),
            Some(Only::Suspects) => self.look_for_suspects(&mut state, lane, report),
            None => {}
        }
        self.wake_denied(&mut state);
        if state.is_closing() {
            self.gate.rest.notify_waiters();
        }
        let deadline = state.left.waits_until().or(state.unfinished.deadline())?;
        // Nothing comes of looking before the group on its way is durable, however long that takes.
        let earliest = state.committing.then(|| self.clock.now().after(STALL));
        Some(earliest.map_or(deadline, |earliest| deadline.max(earliest)))
    }

    /// Whether it is time to look for trees that take too long. A module that stops leaves them to its next start.
    fn is_overdue(&self, state: &State) -> bool {
        let deadline = state.unfinished.deadline();
        deadline.is_some_and(|deadline| deadline <= self.clock.now()) && !state.is_closing()
    }

    /// Notices frames that are in flight for ever: nothing begins while a cut waits for them, so whatever is there then
    /// has been there for as long as the cut has waited. Usually that is microseconds, and nobody looks twice.
    fn watch_frames(&self, state: &mut State) {
        // Below zero for moments, and not for good before the cut.
        if !state.cut_wanted || state.in_flight <= 0 {
            return;
        }
        let now = self.clock.now();
        let passed = now.since(*state.cut_waits.get_or_insert(now));
        let is_long = passed >= state.unfinished.policies().shortest();
        state.overdue = is_long.then_some(passed);
    }

    /// Takes an order of a client. Dropped when the module has ended; refused while the disk is full, as appends are,
    /// since no group could be cut that does it, and orders would pile up.
    pub(crate) fn order(&self, order: Order) {
        let mut state = self.gate.state();
        if !matches!(state.phase, Phase::Running) {
            return;
        }
        if self.space.is_full() {
            return order.refuse(OrderError::DiskFull);
        }
        state.orders.push(order);
        state.dirty = true;
        state.cut_wanted |= !state.committing;
        self.cut_when_quiet(&mut state);
    }

    /// Refuses the orders that no cut has done.
    pub(super) fn refuse_orders(&self, refusal: &OrderError) {
        let orders = std::mem::take(&mut self.gate.state().orders);
        orders.into_iter().for_each(|order| order.refuse(refusal.clone()));
    }

    /// The group in the committer's hands is durable and visible: the next one may be cut.
    /// It has been so since `at`.
    pub(crate) fn committed(&self, at: Timestamp) {
        let mut state = self.gate.state();
        state.committing = false;
        let stalled = at.since(state.cut_at);
        if stalled >= STALL {
            state.unfinished.forgive(stalled);
        }
        // Lanes that looked meanwhile did not ask for the deadline.
        let soon = self.clock.now().after(STALL);
        let is_soon = state.unfinished.deadline().is_some_and(|deadline| deadline <= soon);
        let alone = state.only().is_some();
        if std::mem::take(&mut state.lags) || is_soon || alone {
            self.wake_lanes();
        }
        if state.left.is_through {
            state.left.settle(&self.quarantine);
        }
        state.cut_wanted |= state.dirty;
        self.cut_when_quiet(&mut state);
        self.gate.rest.notify_waiters();
    }

    fn cut_when_quiet(&self, state: &mut State) {
        let ended = matches!(state.phase, Phase::Halted { .. } | Phase::Broken(_));
        let quiet = state.busy == 0 && state.in_flight == 0 && state.repeating == 0;
        if quiet && !ended && state.cut_wanted && !state.committing {
            self.cut(state);
        }
    }

    /// Nobody is inside and nothing is on its way: the forming group is consistent.
    fn cut(&self, state: &mut State) {
        let mut failures: Vec<Failure> = self
            .all_tasks()
            .flat_map(|task| self.task(task).failures().collect::<Vec<_>>())
            .collect();
        if let Some(fatal) = failures.iter().find(|failure| failure.blame == Blame::Module) {
            return self.end(state, Phase::Broken(Arc::clone(&fatal.reason)));
        }
        let now = Now::of(&*self.clock);
        if !state.is_closing() {
            failures.extend(state.unfinished.overdue(now.steady));
        }
        if !failures.is_empty() {
            return self.repeat_without(state, failures);
        }
        let failed = std::mem::take(&mut state.failed);
        failed.suspects().for_each(|origin| self.task(origin.task).resume(*origin));
        let failed =
            state.unfinished.judge(&failed, now, |origin| self.quarantine.gives_up(origin));
        for Judged { origin, verdict, .. } in &failed {
            self.task(origin.task).judge(*origin, *verdict);
        }
        let mut tasks: Vec<SealedTask> =
            self.all_tasks().map(|task| self.task(task).seal(now.wall)).collect();
        let deadline = state.unfinished.deadline();
        // What is run again is read when this group is visible.
        state.lags = tasks.iter().any(|task| task.lags) || !failed.is_empty();
        let mut closed = state.unfinished.close(&mut tasks, failed, state.epoch, now.steady);
        for origin in state.unfinished.obey(std::mem::take(&mut state.orders), &mut closed) {
            let verdict = Verdict { next: Next::Again(now.steady), holds: false };
            self.task(origin.task).judge(origin, verdict);
            state.lags = true;
        }
        let sooner = |new: Timestamp| deadline.is_none_or(|deadline| new < deadline);
        if state.unfinished.deadline().is_some_and(sooner) {
            self.wake_lanes();
        }
        state.cut_wanted = false;
        (state.cut_waits, state.overdue) = (None, None);
        state.dirty = false;
        state.records = 0;
        state.forming_bytes.fill(0);
        if tasks.iter().any(|task| task.has_suspects) {
            state.doubt.begin();
        }
        if state.is_closing() && !self.clients_wait() {
            state.closing_groups = state.closing_groups.saturating_sub(1);
        }
        if !closed.is_empty() || tasks.iter().any(|task| !task.is_empty()) {
            self.groups.put(Group { epoch: state.epoch, tasks, closed });
            state.epoch = state.epoch.next();
            (state.committing, state.cut_at) = (true, now.steady);
        } else if state.only().is_some() {
            self.wake_lanes();
        }
        if state.left.care == Care::Watched {
            let on_tasks = self.all_tasks().any(|task| self.task(task).has_left());
            state.left.is_through = !on_tasks && !state.unfinished.has_left();
        }
        self.wake_denied(state);
    }

    /// Drops the attempt and runs its records again without those that failed, so that a failing record
    /// fails alone and leaves no trace.
    fn repeat_without(&self, state: &mut State, failures: Vec<Failure>) {
        let doubtful = Self::is_doubtful(&failures);
        let failed = Arc::make_mut(&mut state.failed);
        let certain = failures.iter().filter(|failure| failure.blame == Blame::Record);
        let certain: BTreeSet<_> = certain.map(|failure| failure.origin).collect();
        for Failure { origin, reason, blame } in failures {
            let is_suspect = doubtful && blame == Blame::Perhaps && !certain.contains(&origin);
            match is_suspect.then(|| self.task(origin.task).suspect(origin)).flatten() {
                Some(how) => failed.suspect(origin, reason, how),
                None => failed.add(origin, reason, state.unfinished.holds(origin)),
            }
        }
        self.all_tasks().for_each(|task| self.task(task).drop_attempt(&state.failed));
        state.repeating = self.tasks.len();
        (state.cut_waits, state.overdue) = (None, None);
        self.wake_lanes();
    }

    /// What was left is done alone until no lane finds any more of it: the rest rests, or waits.
    fn look_for_left(&self, state: &mut State, lane: usize, report: &Report) {
        if report.records + report.parcels_run > 0 {
            state.left.found();
        } else if state.granted[lane] == Takes::Stored {
            state.left.found_nothing(lane);
        }
        let futures = state.waits().futures;
        state.left.wait_for(futures, || self.clock.now());
        if state.left.is_done_alone() && state.takes_alone() == Takes::Stored {
            state.left.settle(&self.quarantine);
            self.wake_lanes();
        }
    }

    /// Wakes the lanes that were let in for less than they would be now.
    fn wake_denied(&self, state: &mut State) {
        let takes = state.takes();
        for (granted, lane) in state.granted.iter_mut().zip(&self.lanes) {
            if *granted < takes {
                *granted = Takes::New;
                lane.signal.raise();
            }
        }
    }

    fn all_tasks(&self) -> impl Iterator<Item = TaskId> + use<> {
        (0..self.task_count()).map(TaskId)
    }
}

impl State {
    fn is_full(&self) -> bool {
        let bytes: usize = self.forming_bytes.iter().sum();
        bytes >= GROUP_BYTES_MAX || self.records >= GROUP_RECORDS_MAX
    }

    fn is_closing(&self) -> bool {
        matches!(self.phase, Phase::Closing)
    }

    /// What may begin now. A module that stops takes in what is queued, which is bounded, and begins no futures.
    fn takes(&self) -> Takes {
        if self.cut_wanted || self.is_full() || self.in_flight >= PARCELS_MAX {
            return Takes::Nothing;
        }
        match self.only() {
            Some(Only::Left) => return self.takes_alone(),
            Some(Only::Suspects) if self.nothing_forms() => return Takes::Stored,
            Some(Only::Suspects) => return Takes::Nothing,
            None => {}
        }
        let parked = self.waits();
        match self.phase {
            Phase::Closing if self.closing_groups == 0 => Takes::Nothing,
            Phase::Closing => Takes::New,
            _ if parked.futures >= FUTURES_MAX => Takes::Parked,
            _ if self.resting.iter().sum::<usize>() >= RESTING_MAX => Takes::Again,
            _ if parked.appends >= APPENDS_MAX => Takes::Stored,
            _ => Takes::New,
        }
    }

    /// What is done alone, if something is.
    fn only(&self) -> Option<Only> {
        match self.left.care {
            Care::Wary => Some(Only::Left),
            _ => self.doubt.is_resolved_now().then_some(Only::Suspects),
        }
    }

    /// What may begin where one thing is done after the other, each in a group of its own.
    fn takes_alone(&self) -> Takes {
        match self.waits().futures {
            _ if !self.nothing_forms() => Takes::Nothing,
            1.. if self.left.is_patient() => Takes::Parked,
            _ => Takes::Stored,
        }
    }

    fn waits(&self) -> Waits {
        self.parked.iter().copied().sum()
    }

    fn nothing_forms(&self) -> bool {
        let nothing_runs = self.busy == 0 && self.in_flight == 0 && self.repeating == 0;
        nothing_runs && !self.dirty && !self.committing && !self.cut_wanted
    }
}
