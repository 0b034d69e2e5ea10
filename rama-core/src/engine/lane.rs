//! A lane: the thread's view of its tasks. Each step is one batch of work between entering and leaving
//! the gate.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Engine,
    gate::{Only, Permit, Report, Takes},
};
use crate::{
    clock::{Now, Timestamp},
    driver::{Actor, Signal, Step},
    flow::Parcel,
    id::TaskId,
    task::{Alone, Begin, Task, Took},
};

/// Records a task takes from one depot partition in a batch: enough to share the cost of passing the
/// gate, few enough that frames from other tasks do not wait long.
const RECORDS_PER_BATCH: usize = 256;

/// Branches of parked trees that go on on a task in a batch, for the same reasons.
const PARKED_PER_BATCH: usize = 256;

/// Parcels a lane runs in a batch before it looks who else wants to go on.
const PARCELS_PER_BATCH: usize = 64;

/// Where other lanes leave parcels. Its length is bounded by the records of a group and the frames one
/// event may send: parcels come only from records that were let in.
#[derive(Default)]
pub(crate) struct LaneDoor {
    pub(crate) signal: Arc<Signal>,
    inbox: Mutex<Vec<Parcel>>,
}

impl LaneDoor {
    fn deliver(&self, parcel: Parcel) {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).push(parcel);
        self.signal.raise();
    }

    fn collect(&self, into: &mut VecDeque<Parcel>) {
        into.extend(self.inbox.lock().unwrap_or_else(PoisonError::into_inner).drain(..));
    }
}

/// Runs the tasks of one thread.
pub(crate) struct Lane {
    index: usize,
    tasks: Vec<TaskId>,
    engine: Arc<Engine>,
    ready: VecDeque<Parcel>,
}

impl Lane {
    pub(crate) fn new(index: usize, engine: Arc<Engine>) -> Self {
        let tasks = (0..engine.task_count()).map(TaskId);
        let tasks = tasks
            .filter(|task| std::ptr::eq(engine.lane_of(*task), &engine.lanes[index]))
            .collect();
        Self { index, tasks, engine, ready: VecDeque::new() }
    }

    fn work(&mut self, permit: &Permit) -> Report {
        let mut report = Report::default();
        if permit.closing {
            self.tasks.iter().for_each(|task| self.engine.task(*task).stop_futures());
        }
        if let Some(failed) = &permit.repeat {
            report.repeated = self.each_task(&mut report, |task, _| task.repeat(failed));
        }
        self.engine.lanes[self.index].collect(&mut self.ready);
        for _ in 0..PARCELS_PER_BATCH {
            let Some(parcel) = self.ready.pop_front() else { break };
            report.parcels_run += 1;
            let to = parcel.to;
            self.with_task(to, &mut report, |task| task.run_parcel(parcel, permit.overdue));
        }
        match permit.alone {
            Some(Only::Left) => self.work_alone(permit, &mut report),
            Some(Only::Suspects) => self.run_suspect(permit, &mut report),
            None => self.take_on(permit, &mut report),
        }
        for task in &self.tasks {
            let task = self.engine.task(*task);
            report.forming_bytes += task.forming_bytes();
            report.parked = report.parked + task.waits();
            report.resting += task.resting();
        }
        report
    }

    /// Goes on with what waited, and begins what may begin.
    fn take_on(&mut self, permit: &Permit, report: &mut Report) {
        // Looked at once: trees that go on from task to task for ever must not keep records waiting.
        let is_free = self.ready.is_empty();
        if is_free && permit.takes >= Takes::Parked {
            self.each_task(report, |task, report| report.add(task.go_on(PARKED_PER_BATCH)));
        }
        if is_free && permit.takes >= Takes::Again {
            let takes = permit.takes;
            let (stored, new) = (takes >= Takes::Stored, takes >= Takes::New);
            let begin = Begin { stored, new, closing: permit.closing, alone: None };
            let now = Now::of(&*self.engine.clock);
            self.each_task(report, |task, report| {
                report.add(task.run_records(RECORDS_PER_BATCH, begin, now))
            });
        }
    }

    /// Does one thing, on one task: a branch goes on, or a record begins that was left.
    fn work_alone(&mut self, permit: &Permit, report: &mut Report) {
        let engine = Arc::clone(&self.engine);
        let (guard, now) = (&engine.quarantine, Now::of(&*engine.clock));
        let alone = Some(Alone::Left(guard));
        let begin = Begin { stored: true, new: false, closing: permit.closing, alone };
        for (takes, begins) in [(Takes::Parked, false), (Takes::Stored, true)] {
            for index in 0..self.tasks.len() {
                if permit.takes < takes || report.records > 0 {
                    return;
                }
                let took = self.with_task(self.tasks[index], report, |task| {
                    if begins { task.run_records(1, begin, now) } else { task.go_on_alone(guard) }
                });
                report.add(took);
            }
        }
    }

    /// Runs one record that may have failed on what another one left.
    fn run_suspect(&mut self, permit: &Permit, report: &mut Report) {
        let (now, alone) = (Now::of(&*self.engine.clock), Some(Alone::Suspects));
        let begin = Begin { stored: true, new: false, closing: permit.closing, alone };
        for index in 0..self.tasks.len() {
            if permit.takes < Takes::Stored || report.records > 0 {
                return;
            }
            let run = |task: &mut Task| task.run_records(1, begin, now);
            let took = self.with_task(self.tasks[index], report, run);
            report.add(took);
        }
    }

    /// Runs something on every task of the lane; counts those that say that they did something.
    fn each_task(
        &mut self,
        report: &mut Report,
        mut run: impl FnMut(&mut Task, &mut Report) -> bool,
    ) -> usize {
        let mut count = 0;
        for index in 0..self.tasks.len() {
            let mut inner = Report::default();
            let did = self.with_task(self.tasks[index], report, |task| run(task, &mut inner));
            report.records += inner.records;
            report.more |= inner.more;
            count += usize::from(did);
        }
        count
    }

    /// Runs something on a task and sends the frames it leaves.
    fn with_task<R>(
        &mut self,
        id: TaskId,
        report: &mut Report,
        run: impl FnOnce(&mut Task) -> R,
    ) -> R {
        let engine = Arc::clone(&self.engine);
        let mut task = engine.task(id);
        let result = run(&mut task);
        for parcel in task.outgoing() {
            report.parcels_sent += 1;
            let door = engine.lane_of(parcel.to);
            if std::ptr::eq(door, &engine.lanes[self.index]) {
                self.ready.push_back(parcel);
            } else {
                door.deliver(parcel);
            }
        }
        result
    }
}

impl Lane {
    /// Nothing to do until somebody wakes the lane, or until the first time at which something may go on. What could
    /// have gone on when the lane looked waits for somebody, too; what could since then, it has not seen.
    fn rest(&self, deadline: Option<Timestamp>, looked: Timestamp) -> Step {
        let due = self.tasks.iter().filter_map(|task| self.engine.task(*task).next_due());
        let due = due.chain(deadline).filter(|due| *due > looked);
        due.min().map_or(Step::Idle, Step::Until)
    }
}

impl Report {
    /// Whether anything was taken.
    fn add(&mut self, took: Took) -> bool {
        self.records += took.records;
        self.more |= took.more;
        took.records > 0
    }
}

impl Actor for Lane {
    fn step(&mut self) -> Step {
        let Some(permit) = self.engine.gate.enter(self.index) else {
            // Whoever waits for a record of the group that was forming learns that it is unknown.
            self.tasks.iter().for_each(|task| self.engine.task(*task).abandon());
            return Step::Done;
        };
        let engine = Arc::clone(&self.engine);
        let looked = engine.clock.now();
        let within = engine.outside.enter();
        let report = self.work(&permit);
        drop(within);
        let deadline = self.engine.leave(self.index, &report);
        if report.more || !self.ready.is_empty() {
            Step::Again
        } else {
            self.rest(deadline, looked)
        }
    }
}
