//! One task: a state machine over its depot partitions, PState partitions and outbox. It runs records
//! and frames, hands its changes to a commit group when the engine cuts, and repeats an attempt when a
//! record failed. It does no waiting, reads no clock and knows nothing of threads.

mod again;
mod failed;
mod guard;
mod intake;
mod reading;
mod stored;
mod suspects;

pub(crate) use self::{
    failed::{Failed, Next, Verdict},
    guard::Guard,
    intake::{BATCH_BYTES_MAX, Intake, IntakeSlot, SourceProgress},
    reading::Start,
    suspects::Suspected,
};

use std::{ops::Range, sync::Arc, time::Duration};

use crate::{
    clock::{Clock, Now, Timestamp},
    depot::SealedRecords,
    flow::{
        AckReturn, Appends, Changes, Cx, Deferred, Facts, Failure, Identity, Origin, Outbox,
        Parcel, Parking, Program, Pulse, Waits,
    },
    id::{DepotId, Offset, TaskId, TopologyId},
    planted::Mistake,
    pstate::{PStatePartition, SealedRows},
};

/// One task of a module.
pub(crate) struct Task {
    id: TaskId,
    instance: TaskInstance,
    pulse: Arc<Pulse>,
    intakes: Vec<Box<dyn IntakeSlot>>,
    pstates: Vec<PStatePartition>,
    outbox: Outbox,
    deferred: Deferred,
    appends: Appends,
    parking: Parking,
    shuffled: u32,
    failures: Vec<Failure>,
    acks: Vec<AckReturn>,
    /// Whether an attempt was dropped and its work not done again yet.
    was_dropped: bool,
}

/// What all tasks of a module instance share.
#[derive(Clone)]
pub(crate) struct TaskInstance {
    pub(crate) tasks: u32,
    pub(crate) check_locality: bool,
    pub(crate) program: Arc<Program>,
    pub(crate) facts: Arc<Facts>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The ways out of a task, other than its PStates.
pub(crate) struct Exits {
    pub(crate) appends: Appends,
    pub(crate) parking: Parking,
}

/// What one task contributes to a commit group.
#[derive(Default)]
pub(crate) struct SealedTask {
    pub(crate) records: Vec<SealedRecords>,
    pub(crate) rows: Vec<Arc<SealedRows>>,
    pub(crate) progress: Vec<SourceProgress>,
    /// Of depot partitions in which some topology went on: everything before has been run by all of them.
    pub(crate) settled: Vec<(DepotId, TaskId, Offset)>,
    /// Whether there are records with an offset that some topology has not run.
    pub(crate) lags: bool,
    /// Whether records are to be run alone, before which nothing stands any more.
    pub(crate) has_suspects: bool,
    pub(crate) skipped: Vec<Skipped>,
    /// Branches of trees that were parked, and that went on.
    pub(crate) parked: Changes,
    pub(crate) acks: Vec<AckReturn>,
}

/// Records that were trimmed before a topology could run them.
#[derive(Clone, Debug)]
pub(crate) struct Skipped {
    pub(crate) topology: TopologyId,
    pub(crate) depot: DepotId,
    pub(crate) task: TaskId,
    pub(crate) records: Range<Offset>,
}

impl SealedTask {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.rows.is_empty() && self.progress.is_empty()
    }
}

/// What a task may begin in a batch of work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin<'a> {
    /// Records that topologies have not run, and not only those that are run again.
    pub(crate) stored: bool,
    /// Records out of queues, and not only stored ones.
    pub(crate) new: bool,
    /// The module stops: nothing but what somebody waits for.
    pub(crate) closing: bool,
    /// One record at most.
    pub(crate) alone: Option<Alone<'a>>,
}

/// Of which records one is run alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alone<'a> {
    /// Of those that the last life of the module left, if it is admitted.
    Left(&'a dyn Guard),
    /// Of those that may have failed on what another one left.
    Suspects,
}

/// What a batch of records did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    /// Records that were run.
    pub(crate) records: usize,
    /// Whether more are waiting.
    pub(crate) more: bool,
}

impl Task {
    pub(crate) fn new(
        id: TaskId,
        instance: TaskInstance,
        intakes: Vec<Box<dyn IntakeSlot>>,
        pstates: Vec<PStatePartition>,
        exits: Exits,
    ) -> Self {
        let outbox = Outbox::new(&instance.program, instance.tasks);
        let Exits { appends, parking } = exits;
        Self {
            id,
            instance,
            pulse: Arc::default(),
            intakes,
            pstates,
            outbox,
            deferred: Deferred::default(),
            appends,
            parking,
            shuffled: 0,
            failures: Vec::new(),
            acks: Vec::new(),
            was_dropped: false,
        }
    }

    /// What runs here, for others to see.
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    /// Runs frames that arrived from other tasks; those that are overdue fail.
    pub(crate) fn run_parcel(&mut self, parcel: Parcel, overdue: Option<Duration>) {
        self.with_cx(|_, cx| parcel.run(overdue, cx));
    }

    /// Goes on with up to `count` parked branches for which something has come.
    pub(crate) fn go_on(&mut self, count: usize) -> Took {
        let (records, more) = self.with_cx(|_, cx| cx.go_on(count));
        Took { records, more }
    }

    /// Goes on with one of them, which the guard takes note of.
    pub(crate) fn go_on_alone(&mut self, guard: &dyn Guard) -> Took {
        let records = self.with_cx(|_, cx| {
            let Some(origin) = cx.parking.next_to_go_on() else { return 0 };
            // One that is given up was not begun in this life, so it has nothing that could go on.
            guard.admits(origin);
            cx.go_on(1).0
        });
        Took { records, more: false }
    }

    /// Takes up to `count` new records from each of its depot partitions and runs them, behind those that are
    /// stored and have not run.
    pub(crate) fn run_records(&mut self, count: usize, begin: Begin<'_>, now: Now) -> Took {
        self.with_cx(|intakes, cx| {
            let mut took = Took::default();
            for intake in intakes {
                if begin.alone.is_some() && took.records > 0 {
                    break;
                }
                let one = intake.run(count, begin, now, cx);
                took.records += one.records;
                took.more |= one.more;
            }
            took
        })
    }

    /// Does the work of the forming group once more, without the records that failed. Does nothing when
    /// no attempt was dropped.
    pub(crate) fn repeat(&mut self, failed: &Failed) -> bool {
        if !std::mem::take(&mut self.was_dropped) {
            return false;
        }
        self.with_cx(|intakes, cx| {
            cx.go_on_again();
            for intake in intakes {
                intake.repeat(failed, cx);
            }
        });
        true
    }

    /// The frames that the last batch of work sends.
    pub(crate) fn outgoing(&mut self) -> impl Iterator<Item = Parcel> {
        let outbox = &mut self.outbox;
        (0..self.instance.tasks).filter_map(move |task| outbox.take(TaskId(task)))
    }

    /// Takes what failed in this attempt.
    pub(crate) fn failures(&mut self) -> impl Iterator<Item = Failure> {
        self.failures.drain(..)
    }

    /// Drops everything this attempt changed; [`Self::repeat`] will do its work again.
    pub(crate) fn drop_attempt(&mut self, failed: &Failed) {
        if !Mistake::AttemptKept.is_made() {
            self.pstates.iter_mut().for_each(PStatePartition::drop_pending);
        }
        self.outbox.clear();
        self.appends.clear();
        self.parking.drop_attempt(|origin| failed.leaves_out(origin));
        for held in failed.held_from().filter(|origin| origin.task == self.id) {
            self.intakes[usize::from(held.depot.0)].hold(*held);
        }
        self.failures.clear();
        self.acks.clear();
        self.was_dropped = true;
    }

    /// Hands everything since the last cut to a commit group; `now` is the time of day.
    pub(crate) fn seal(&mut self, now: Timestamp) -> SealedTask {
        let mut group = SealedTask {
            rows: self.pstates.iter_mut().filter_map(|pstate| pstate.seal()).collect(),
            parked: self.parking.seal(),
            acks: std::mem::take(&mut self.acks),
            ..SealedTask::default()
        };
        // A depot has the same number among both.
        for (intake, appended) in self.intakes.iter_mut().zip(self.appends.seal()) {
            intake.seal(appended, now, &mut group);
        }
        group
    }

    /// Takes note of what becomes of a record that failed in the group that is about to be sealed.
    pub(crate) fn judge(&mut self, origin: Origin, verdict: Verdict) {
        self.intakes[usize::from(origin.depot.0)].judge(origin, verdict);
    }

    /// Takes note of a record that may have failed on what another one left. `None` when it cannot be run alone.
    pub(crate) fn suspect(&mut self, origin: Origin) -> Option<Suspected> {
        self.intakes[usize::from(origin.depot.0)].suspect(origin)
    }

    /// What stood before it is about to be sealed.
    pub(crate) fn resume(&mut self, origin: Origin) {
        self.intakes[usize::from(origin.depot.0)].resume(origin);
    }

    /// From now on rows are checked as soon as they are written.
    pub(crate) fn check_rows(&mut self) {
        self.pstates.iter_mut().for_each(PStatePartition::check_rows);
    }

    /// Whether a row could not be encoded while rows were checked, or a record is left that may write one.
    pub(crate) fn may_refuse_rows(&self) -> bool {
        let is_left = self.resting() > 0 || self.has_left() || self.is_waiting();
        is_left || self.pstates.iter().any(PStatePartition::has_refused)
    }

    /// Records that wait to be run again.
    pub(crate) fn resting(&self) -> usize {
        self.intakes.iter().map(|intake| intake.resting()).sum()
    }

    /// When something may go on here that rests until then.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.intakes.iter().filter_map(|intake| intake.next_due()).min()
    }

    /// Whether records that the last life of the module left are in no commit group yet.
    pub(crate) fn has_left(&self) -> bool {
        self.intakes.iter().any(|intake| intake.has_left())
    }

    /// Branches that wait here.
    pub(crate) fn waits(&self) -> Waits {
        self.parking.waits()
    }

    /// The module stops: what waits for futures is left to the next start.
    pub(crate) fn stop_futures(&mut self) {
        self.parking.stop();
    }

    /// Whether a tree could go on, or a topology run a record that a tree waits for.
    pub(crate) fn is_awaited(&self) -> bool {
        self.parking.has_arrivals() || self.intakes.iter().any(|intake| intake.is_awaited())
    }

    /// Whether records were taken in that have not run yet.
    pub(crate) fn is_waiting(&self) -> bool {
        self.intakes.iter().any(|intake| intake.is_waiting())
    }

    /// Forgets everything that is not in a commit group; whoever waits for it learns that the outcome is
    /// unknown.
    pub(crate) fn abandon(&mut self) {
        drop(self.seal(Timestamp::default()));
        self.parking.close();
        self.intakes.iter_mut().for_each(|intake| intake.abandon());
    }

    /// Size of what the next commit group will contain, roughly, in bytes.
    pub(crate) fn forming_bytes(&self) -> usize {
        let records: usize = self.intakes.iter().map(|intake| intake.forming_bytes()).sum();
        let rows: usize = self.pstates.iter().map(|pstate| pstate.pending_bytes()).sum();
        records + rows + self.appends.bytes()
    }

    fn with_cx<R>(&mut self, run: impl FnOnce(&mut [Box<dyn IntakeSlot>], &mut Cx<'_>) -> R) -> R {
        let TaskInstance { tasks, check_locality, program, facts, clock } = &self.instance;
        let mut cx = Cx {
            task: self.id,
            tasks: *tasks,
            check_locality: *check_locality,
            program,
            pulse: &self.pulse,
            facts,
            clock: clock.as_ref(),
            pstates: &mut self.pstates,
            outbox: &mut self.outbox,
            deferred: &mut self.deferred,
            appends: &mut self.appends,
            parking: &mut self.parking,
            shuffled: &mut self.shuffled,
            fatal: None,
            failures: &mut self.failures,
            acks: &mut self.acks,
            origin: Origin::default(),
            hops: 0,
            identity: Identity::default(),
            steps: 0,
            sent: 0,
            level: 0,
            since: None,
        };
        run(&mut self.intakes, &mut cx)
    }
}
