//! Frames on their way to other tasks: typed, in batches, in the order they were sent.

use std::{any::Any, time::Duration};

use super::{
    Blame, Cx, Failure, Identity, Origin,
    program::{PortId, Program},
    source_options::too_long,
};
use crate::id::TaskId;

/// A frame with what must travel along: where it comes from, and its turn among all frames between the
/// same two tasks, so that batching by port does not change their order (C-30).
pub(crate) struct Envelope<T> {
    pub(crate) origin: Origin,
    pub(crate) turn: u32,
    pub(crate) hops: u32,
    pub(crate) identity: Identity,
    pub(crate) frame: T,
}

/// Everything one batch of work sends to one task.
pub(crate) struct Parcel {
    pub(crate) to: TaskId,
    parts: Vec<Box<dyn Frames>>,
}

/// The frames for one port in a parcel; the type of the frames is known inside.
pub(crate) trait Frames: Send {
    /// The turn of the next frame.
    fn next_turn(&self) -> Option<u32>;

    /// Runs the frames whose turn is before `end`.
    fn run(&mut self, end: u32, cx: &mut Cx<'_>);

    /// Fails the frames of records that should have been done within this time, and leaves the others.
    fn fail_overdue(&mut self, passed: Duration, cx: &mut Cx<'_>);
}

impl Parcel {
    /// Runs all frames in the order they were sent. With `overdue`, the time for which a cut has waited for frames, those
    /// fail that have no more time.
    pub(crate) fn run(mut self, overdue: Option<Duration>, cx: &mut Cx<'_>) {
        if let Some(passed) = overdue {
            self.parts.iter_mut().for_each(|part| part.fail_overdue(passed, cx));
        }
        if let [only] = self.parts.as_mut_slice() {
            return only.run(u32::MAX, cx);
        }
        loop {
            let mut turns: Vec<(u32, usize)> = (self.parts.iter().enumerate())
                .filter_map(|(part, frames)| Some((frames.next_turn()?, part)))
                .collect();
            turns.sort_unstable();
            match turns.as_slice() {
                [] => return,
                [(_, part)] => self.parts[*part].run(u32::MAX, cx),
                [(_, part), (end, _), ..] => self.parts[*part].run(*end, cx),
            }
        }
    }
}

/// Frames of one type in the order they were sent.
struct FrameBatch<T> {
    port: PortId,
    frames: std::vec::IntoIter<Envelope<T>>,
}

impl<T: Send + 'static> Frames for FrameBatch<T> {
    fn next_turn(&self) -> Option<u32> {
        self.frames.as_slice().first().map(|envelope| envelope.turn)
    }

    fn run(&mut self, end: u32, cx: &mut Cx<'_>) {
        let segment = cx.program.segment::<T>(self.port);
        while self.next_turn().is_some_and(|turn| turn < end) {
            let Some(envelope) = self.frames.next() else { return };
            let Envelope { origin, hops, identity, frame, .. } = envelope;
            cx.event(origin, hops, identity, segment.label, |cx| (segment.body)(cx, frame));
        }
    }

    fn fail_overdue(&mut self, passed: Duration, cx: &mut Cx<'_>) {
        let mut left = Vec::new();
        for envelope in self.frames.by_ref() {
            let origin = envelope.origin;
            let timeout = cx.program.timeout(origin);
            if timeout > passed {
                left.push(envelope);
            } else if cx.failures.last().is_none_or(|last| last.origin != origin) {
                let reason = too_long(timeout);
                cx.failures.push(Failure { origin, reason, blame: Blame::Record });
            }
        }
        self.frames = left.into_iter();
    }
}

/// What the frames for one port wait in until the batch of work ends.
pub(crate) struct PortOutbox<T> {
    port: PortId,
    to: Vec<Vec<Envelope<T>>>,
}

/// The outbox of a port that nothing hops to.
pub(crate) struct NothingWaits;

impl Waiting for NothingWaits {
    fn take(&mut self, _: usize) -> Option<Box<dyn Frames>> {
        None
    }

    fn clear(&mut self) {}
}

impl<T> PortOutbox<T> {
    pub(crate) fn new(port: PortId, tasks: u32) -> Self {
        Self { port, to: (0..tasks).map(|_| Vec::new()).collect() }
    }
}

/// A [`PortOutbox`] whose type is known to the segments that send and receive.
pub(crate) trait Waiting: Any + Send {
    fn take(&mut self, task: usize) -> Option<Box<dyn Frames>>;
    fn clear(&mut self);
}

impl<T: Send + 'static> Waiting for PortOutbox<T> {
    fn take(&mut self, task: usize) -> Option<Box<dyn Frames>> {
        let frames = &mut self.to[task];
        if frames.is_empty() {
            return None;
        }
        let frames = std::mem::take(frames).into_iter();
        Some(Box::new(FrameBatch { port: self.port, frames }))
    }

    fn clear(&mut self) {
        self.to.iter_mut().for_each(Vec::clear);
    }
}

/// All frames that a task sends in one batch of work, by port and destination.
pub(crate) struct Outbox {
    ports: Vec<Box<dyn Waiting>>,
    turns: Vec<u32>,
}

impl Outbox {
    pub(crate) fn new(program: &Program, tasks: u32) -> Self {
        let ports = program.outboxes(tasks);
        Self { ports, turns: vec![0; tasks as usize] }
    }

    pub(crate) fn push<T: Send + 'static>(
        &mut self,
        port: PortId,
        to: TaskId,
        origin: Origin,
        hops: u32,
        identity: Identity,
        frame: T,
    ) {
        let task = to.0 as usize;
        let turn = self.turns[task];
        self.turns[task] += 1;
        let waiting: &mut dyn Any = self.ports[port.0].as_mut();
        let port: &mut PortOutbox<T> =
            waiting.downcast_mut().expect("a port has the type of its segment");
        port.to[task].push(Envelope { origin, turn, hops, identity, frame });
    }

    /// The frames waiting for one task, as one parcel.
    pub(crate) fn take(&mut self, to: TaskId) -> Option<Parcel> {
        let task = to.0 as usize;
        if self.turns[task] == 0 {
            return None;
        }
        self.turns[task] = 0;
        let parts = self.ports.iter_mut().filter_map(|port| port.take(task)).collect();
        Some(Parcel { to, parts })
    }

    /// Forgets everything that waits.
    pub(crate) fn clear(&mut self) {
        self.turns.fill(0);
        self.ports.iter_mut().for_each(|port| port.clear());
    }
}
