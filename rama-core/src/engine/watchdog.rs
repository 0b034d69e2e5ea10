//! Notices events that do not end: an endless loop in a topology keeps its thread for ever, and with it every commit.
//! Nothing can stop such an event but the end of the process; what can be done is to say which record it is.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::Engine;
use crate::{
    clock::Timestamp,
    driver::{Actor, Signal, Step},
    flow::{Origin, Pulse},
    id::{Offset, TaskId},
};

/// An event that has run for longer than the watchdog waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckEvent {
    /// The task that it keeps.
    pub task: TaskId,
    /// The topology whose code runs.
    pub topology: &'static str,
    /// The depot of its record.
    pub depot: &'static str,
    /// The partition of its record.
    pub partition: TaskId,
    /// The offset of its record.
    pub offset: Offset,
    /// When the watchdog saw it for the first time.
    pub since: Timestamp,
}

/// What a watchdog watches, and what it has found.
#[derive(Debug)]
pub(crate) struct Watch {
    /// By task.
    pub(crate) pulses: Vec<Arc<Pulse>>,
    pub(crate) topologies: Vec<&'static str>,
    pub(crate) depots: Vec<&'static str>,
    pub(crate) patience: Patience,
    /// Wakes the watchdog.
    pub(crate) signal: Arc<Signal>,
    stuck: Mutex<Vec<StuckEvent>>,
}

/// How long events may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Until they count as stuck.
    pub(crate) reports: Duration,
    /// Until the process ends because of them, if it does.
    pub(crate) aborts: Option<Duration>,
}

/// Looks after the tasks of a module.
pub(crate) struct Watchdog {
    engine: Arc<Engine>,
    /// By task: the event that ran at the last look, and since when.
    seen: Vec<Option<(u64, Timestamp)>>,
}

impl Watch {
    pub(crate) fn new(
        pulses: Vec<Arc<Pulse>>,
        topologies: Vec<&'static str>,
        depots: Vec<&'static str>,
        patience: Patience,
    ) -> Self {
        let (signal, stuck) = (Arc::default(), Mutex::default());
        Self { pulses, topologies, depots, patience, signal, stuck }
    }

    /// The events that are stuck now.
    pub(crate) fn stuck(&self) -> Vec<StuckEvent> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn describe(&self, task: TaskId, origin: Origin, since: Timestamp) -> StuckEvent {
        StuckEvent {
            task,
            topology: self.topologies[usize::from(origin.topology.0)],
            depot: self.depots[usize::from(origin.depot.0)],
            partition: origin.task,
            offset: origin.offset,
            since,
        }
    }
}

impl Watchdog {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let seen = vec![None; engine.watch.pulses.len()];
        Self { engine, seen }
    }

    fn look(&mut self, now: Timestamp) {
        let watch = &self.engine.watch;
        let mut stuck = Vec::new();
        for (task, (pulse, seen)) in (0..).map(TaskId).zip(watch.pulses.iter().zip(&mut self.seen))
        {
            let Some((number, origin)) = pulse.running() else {
                *seen = None;
                continue;
            };
            let (_, since) =
                *seen.insert(seen.filter(|(seen, _)| *seen == number).unwrap_or((number, now)));
            let lasts = now.since(since);
            if lasts >= watch.patience.reports {
                stuck.push(watch.describe(task, origin, since));
            }
            if watch.patience.aborts.is_some_and(|limit| lasts >= limit) {
                abort(self.engine.module, &watch.describe(task, origin, since), lasts);
            }
        }
        *watch.stuck.lock().unwrap_or_else(PoisonError::into_inner) = stuck;
    }
}

impl Actor for Watchdog {
    fn step(&mut self) -> Step {
        if self.engine.gate.ending().is_some() {
            return Step::Done;
        }
        let now = self.engine.clock.now();
        self.look(now);
        let Patience { reports, aborts } = self.engine.watch.patience;
        // An event is noticed when it has run for so long and a quarter, at the latest.
        Step::Until(now.after(aborts.unwrap_or(reports).min(reports) / 4))
    }
}

#[expect(clippy::print_stderr, reason = "there is no later to tell it")]
fn abort(module: &str, event: &StuckEvent, lasts: Duration) {
    eprintln!("module {module}: {event} for {lasts:?}; the process ends, as it was told to");
    std::process::abort();
}

impl std::fmt::Display for StuckEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { task, topology, depot, partition, offset, .. } = self;
        write!(
            f,
            "topology `{topology}` has kept task {task} busy with record {offset} of partition {partition} of depot \
             `*{depot}`"
        )
    }
}
