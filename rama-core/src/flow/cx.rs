//! The context of running dataflow: the one argument that every segment gets.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use serde::Serialize;

use super::{
    Appends, Deferred, Facts, Identity, Origin, Outbox, Parking, Port, Program, Pulse, Route,
    TaskIndex,
};
use crate::{
    clock::{Clock, Timestamp},
    codec::{Key, encode_value},
    error::EventError,
    id::TaskId,
    panic::panic_message,
    partition::KeyHash,
    pstate::PStatePartition,
};

/// How an event ends: an error fails the record it comes from, and none of its effects are kept that
/// were not committed before it waited.
pub type Outcome = Result<(), EventError>;

/// Frames one event may send or defer, counted together with the records it appends and the branches it parks. An
/// event that explodes into more is a mistake in the program, or work for several events; without this bound it
/// could fill the memory before anything can push back.
const EVENT_FRAMES_MAX: u32 = 1_000_000;

/// What a segment works with while it runs: the state of its task, and the ways out of it.
pub struct Cx<'a> {
    pub(crate) task: TaskId,
    pub(crate) tasks: u32,
    pub(crate) check_locality: bool,
    pub(crate) program: &'a Program,
    pub(crate) pulse: &'a Pulse,
    pub(crate) facts: &'a Facts,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) pstates: &'a mut [PStatePartition],
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) deferred: &'a mut Deferred,
    pub(crate) appends: &'a mut Appends,
    pub(crate) parking: &'a mut Parking,
    pub(crate) shuffled: &'a mut u32,
    /// Why the module cannot go on, whatever the event makes of it.
    pub(crate) fatal: Option<String>,
    pub(crate) failures: &'a mut Vec<Failure>,
    pub(crate) acks: &'a mut Vec<AckReturn>,
    pub(crate) origin: Origin,
    /// Hops between the source and the event that runs.
    pub(crate) hops: u32,
    /// Of the event, or of that part of it that runs.
    pub(crate) identity: Identity,
    /// What it has begun and drawn so far.
    pub(crate) steps: u64,
    pub(crate) sent: u32,
    /// Calls, emits and entered segments that nest here.
    pub(crate) level: u32,
    /// When the event asked for the first time whether it takes too long.
    pub(crate) since: Option<Timestamp>,
}

/// An event that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) origin: Origin,
    pub(crate) reason: Arc<str>,
    pub(crate) blame: Blame,
}

/// What a failure says of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// It has failed, whatever others did.
    Record,
    /// It has failed, unless that comes from what another record left that failed in the same attempt.
    Perhaps,
    /// Nothing: it is the module that cannot go on.
    Module,
}

/// A value on its way back to the client that appended the record (DP-27).
#[derive(Debug)]
pub(crate) struct AckReturn {
    pub(crate) origin: Origin,
    /// Hops behind the source: of two values that one event tree returns one after the other on
    /// different tasks, the later one has more.
    pub(crate) hops: u32,
    pub(crate) value: Arc<[u8]>,
}

impl Cx<'_> {
    /// The task this code runs on.
    #[must_use]
    pub fn task(&self) -> TaskId {
        self.task
    }

    /// The home of a key (PT-01).
    pub fn hash<K: Key>(&mut self, key: &K) -> Route {
        Route::One(KeyHash::of(key).task(self.tasks))
    }

    /// Every task (PT-03).
    #[must_use]
    pub fn all(&mut self) -> Route {
        Route::All
    }

    /// Task 0 (PT-04).
    #[must_use]
    pub fn global(&mut self) -> Route {
        Route::One(TaskId(0))
    }

    /// The task with this number (PT-05).
    ///
    /// # Errors
    /// When there is no such task.
    pub fn direct(&mut self, task: impl TaskIndex) -> Result<Route, EventError> {
        let task = task.task(self.tasks);
        Ok(Route::One(task.map_err(|no_task| no_task.asked_by("|direct"))?))
    }

    /// One task after the other, evenly (PT-06).
    pub fn shuffle(&mut self) -> Route {
        *self.shuffled = self.shuffled.wrapping_add(1);
        Route::One(TaskId(self.shuffled.wrapping_add(self.task.0) % self.tasks))
    }

    /// Goes on at `port` on another task, with these variables.
    pub fn hop<T: Clone + Send + 'static>(&mut self, route: Route, port: Port<T>, frame: T) {
        match route {
            Route::One(task) => self.send(task, port, frame),
            Route::All => {
                for task in 1..self.tasks {
                    self.send(TaskId(task), port, frame.clone());
                }
                self.send(TaskId(0), port, frame);
            }
        }
    }

    fn send<T: Send + 'static>(&mut self, to: TaskId, port: Port<T>, frame: T) {
        if !self.sends_one_more() {
            return;
        }
        let (origin, hops) = (self.origin, self.hops.saturating_add(1));
        let identity = self.next_step();
        self.outbox.push(port.id(), to, origin, hops, identity, frame);
    }

    /// The identity of what the event begins next.
    pub(super) fn next_step(&mut self) -> Identity {
        let step = self.steps;
        self.steps += 1;
        self.identity.step(step)
    }

    fn sends_too_much(&self) -> bool {
        self.sent > EVENT_FRAMES_MAX
    }

    /// Counts what leaves the event; past the bound nothing does, and the event fails when it ends.
    pub(super) fn sends_one_more(&mut self) -> bool {
        self.sent = self.sent.saturating_add(1);
        !self.sends_too_much()
    }

    /// Goes on at `port` on this task, in an event of its own behind those that wait already.
    pub fn again<T: Clone + Send + 'static>(&mut self, port: Port<T>, frame: T) {
        self.hop(Route::One(self.task), port, frame);
    }

    /// Goes on at `port` at once, in the same event: where branches meet.
    ///
    /// # Errors
    /// What the segment behind the port fails with.
    pub fn enter<T: 'static>(&mut self, port: Port<T>, frame: T) -> Outcome {
        let segment = self.program.segment::<T>(port.id());
        self.deeper(segment.label)?;
        let outcome = (segment.body)(self, frame);
        self.level -= 1;
        outcome
    }

    /// Gives a value back to the client that appended the record; the last one counts (DP-27, DP-28).
    ///
    /// # Errors
    /// When the value cannot be serialised.
    pub fn ack_return<T: Serialize>(&mut self, value: &T) -> Outcome {
        let mut bytes = Vec::new();
        encode_value(value, &mut bytes)?;
        let (origin, hops) = (self.origin, self.hops);
        self.acks.push(AckReturn { origin, hops, value: bytes.into() });
        Ok(())
    }

    /// Where rows are checked, those that the event wrote.
    fn check_written(&mut self) -> Outcome {
        self.pstates
            .iter_mut()
            .try_for_each(PStatePartition::check_written)
            .map_err(EventError::from)
    }

    /// Runs one event and keeps its failure, a panic included, to itself.
    pub(crate) fn event(
        &mut self,
        origin: Origin,
        hops: u32,
        identity: Identity,
        label: &'static str,
        body: impl FnOnce(&mut Self) -> Outcome,
    ) {
        self.origin = origin;
        self.hops = hops;
        (self.identity, self.steps) = (identity, 0);
        (self.sent, self.level, self.since) = (0, 0, None);
        self.pulse.begin(origin);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            body(self)?;
            self.settle_all()?;
            self.check_written()
        }));
        self.pulse.end();
        let fatal = self.fatal.take();
        let blame = if fatal.is_some() { Blame::Module } else { Blame::Perhaps };
        let reason = match (fatal, outcome) {
            (Some(fatal), _) => fatal,
            (None, Ok(Ok(()))) if !self.sends_too_much() => return,
            (None, Ok(Ok(()))) => format!(
                "one event sent {} frames, at most {EVENT_FRAMES_MAX} are allowed, rounds of loops included: \
                 split the record, or let the loop yield with `yield_if_overtime()`",
                self.sent
            ),
            (None, Ok(Err(error))) => error.to_string(),
            (None, Err(panic)) => format!("panic: {}", panic_message(panic.as_ref())),
        };
        self.deferred.clear();
        self.pstates.iter_mut().for_each(PStatePartition::forget_written);
        let reason = format!("{reason} (in `{label}`)").into();
        self.failures.push(Failure { origin, reason, blame });
    }
}
