//! Trees that wait for something outside of the module's tasks: parked until it comes, and then going on where they
//! were, on the task where they were.
//!
//! A parked tree is not in flight, so commit groups do not wait for it. This is one task's side: which trees wait here,
//! what has come for them, and what was made of it in this attempt. How records with parked trees are kept and
//! acknowledged is the engine's business.

mod counts;
mod delivery;
mod future;

pub(crate) use self::counts::{APPENDS_MAX, FUTURES_MAX, Waits};
pub(super) use self::delivery::{Comes, Ticket};

use std::{
    any::Any,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use self::{
    counts::{Counts, WAITS_MAX},
    delivery::Arrivals,
};
use super::{Cx, Identity, Origin, Outcome, Returns};
use crate::{
    driver::{Outside, RunningFuture, Signal},
    error::EventError,
    planted::Mistake,
};

/// Why a module ends.
const RUNTIME_ENDED: &str = "the runtime that launched the module has ended, and the futures that its topologies \
     await have ended with it: launch the module in a runtime that lives as long as the module does, and start it \
     again, then their records are run again";

/// What a topology may get from a future.
#[diagnostic::on_unimplemented(
    message = "a topology cannot get a `{Self}` from a future",
    label = "what this future gives must be `Clone` and `Send`, and own its data",
    note = "it is kept until it is durable, since the work that follows may have to be repeated: clone out of it what is needed, and make an error \
            text with `.map_err(|error| error.to_string())`"
)]
pub trait Awaited: Clone + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + 'static> Awaited for T {}

/// Names a wait among those of its task, for the life of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WaitId(u64);

/// The trees that are parked on one task.
pub(crate) struct Parking {
    outside: Outside,
    arrivals: Arc<Arrivals>,
    waits: BTreeMap<WaitId, Wait>,
    /// The waits from this one on were begun in this attempt.
    forming: WaitId,
    next: WaitId,
    counts: Counts,
    /// Futures after which nothing begins here.
    futures_max: usize,
    /// Whether the module stops.
    stops: bool,
    arrived: VecDeque<(WaitId, Comes)>,
    /// What went on in this attempt and was begun before it, for a repetition.
    gone_on: Vec<(Wait, Comes)>,
    /// The same of an attempt that was dropped.
    to_repeat: Vec<(Wait, Comes)>,
    changes: Changes,
}

/// What changed since the last cut: an origin for each wait.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) begun: Vec<Origin>,
    pub(crate) ended: Vec<Origin>,
    /// Those of them whose record was trimmed before it could be run again.
    pub(crate) gone: Vec<Origin>,
}

/// A branch of a tree that waits.
struct Wait {
    origin: Origin,
    hops: u32,
    identity: Identity,
    label: &'static str,
    frame: Box<dyn Frame>,
    awaits: Awaits,
}

/// What a branch waits for.
pub(super) enum Awaits {
    Future(#[expect(dead_code, reason = "dropping it ends the future")] RunningFuture),
    /// To go on: the future has ended.
    Answered,
    Append,
    /// The module stops, and the next start runs the record again.
    NextStart,
}

/// What a branch goes on with; the types are known inside.
trait Frame: Send {
    /// The frame stays, for the case that the attempt is repeated.
    fn go_on(&self, value: &(dyn Any + Send), cx: &mut Cx<'_>) -> Outcome;
}

struct Left<U, F> {
    at: Returns<U, F>,
    frame: F,
}

impl<U: Awaited, F: Clone + Send + 'static> Frame for Left<U, F> {
    fn go_on(&self, value: &(dyn Any + Send), cx: &mut Cx<'_>) -> Outcome {
        let value: &U = value.downcast_ref().expect("a wait gets what its place takes");
        cx.return_to(self.at, value.clone(), self.frame.clone())
    }
}

impl Parking {
    /// One of as many as the module has `tasks`; `signal` wakes the lane of this one.
    pub(crate) fn new(outside: Outside, signal: Arc<Signal>, tasks: u32) -> Self {
        Self {
            outside,
            arrivals: Arc::new(Arrivals::new(signal)),
            waits: BTreeMap::new(),
            forming: WaitId(0),
            next: WaitId(0),
            counts: Counts::default(),
            futures_max: FUTURES_MAX.div_ceil(tasks as usize),
            stops: false,
            arrived: VecDeque::new(),
            gone_on: Vec::new(),
            to_repeat: Vec::new(),
            changes: Changes::default(),
        }
    }

    /// A tree that the engine counts as parked has ended its wait, without one here.
    pub(crate) fn note_end(&mut self, origin: Origin) {
        self.changes.ended.push(origin);
    }

    /// The same, because the record is not there any more.
    pub(crate) fn note_gone(&mut self, origin: Origin) {
        self.note_end(origin);
        self.changes.gone.push(origin);
    }

    pub(crate) fn waits(&self) -> Waits {
        self.counts.waits()
    }

    /// Whether a stored record may begin: they wait for futures, which end by themselves, by their time limits at the
    /// latest.
    pub(crate) fn may_begin(&self) -> bool {
        self.room() > 0
    }

    /// Records that may begin at once, when each waits for a future like those before them.
    pub(crate) fn room(&self) -> usize {
        match self.waits().futures {
            0 => usize::MAX,
            futures => self.futures_max.saturating_sub(futures),
        }
    }

    /// Whether a new record may begin.
    pub(crate) fn may_begin_new(&self) -> bool {
        self.stops || (self.may_begin() && self.waits().appends < APPENDS_MAX)
    }

    /// Whether a parked tree may go on. Answers wait, like stored records, while too many futures run: those end by
    /// themselves, where this one may begin others.
    fn may_go_on(&self) -> bool {
        self.counts.running < self.futures_max
    }

    /// Whether something has come that nothing was made of.
    pub(crate) fn has_arrivals(&self) -> bool {
        !self.arrived.is_empty() || self.arrivals.has_some()
    }

    /// The module stops: what waits for a future, now or from now on, is left to the next start, and the futures end.
    pub(crate) fn stop(&mut self) {
        if std::mem::replace(&mut self.stops, true) {
            return;
        }
        for Wait { awaits, .. } in self.waits.values_mut() {
            if !matches!(awaits, Awaits::Append) {
                self.counts.leave(awaits);
                *awaits = Awaits::NextStart;
            }
        }
    }

    /// Everything since the last cut is in a commit group now.
    pub(crate) fn seal(&mut self) -> Changes {
        self.forming = self.next;
        self.gone_on.clear();
        std::mem::take(&mut self.changes)
    }

    /// The attempt is dropped: its waits have not begun and those that went on in it have not; what has come is kept.
    /// Of records that failed nothing is left.
    pub(crate) fn drop_attempt(&mut self, failed: impl Fn(&Origin) -> bool) {
        self.changes = Changes::default();
        if !Mistake::LateAnswerTaken.is_made() {
            drop(self.waits.split_off(&self.forming));
        }
        self.waits.retain(|_, wait| !failed(&wait.origin));
        self.counts = Counts::default();
        self.waits.values().for_each(|wait| self.counts.enter(&wait.awaits));
        self.to_repeat.append(&mut self.gone_on);
        self.to_repeat.retain(|(wait, _)| !failed(&wait.origin));
    }

    /// Ends everything that waits; nothing goes on any more.
    pub(crate) fn close(&mut self) {
        self.arrivals.close();
        self.waits.clear();
        self.counts = Counts::default();
        self.arrived.clear();
        self.gone_on.clear();
        self.to_repeat.clear();
    }

    /// A number for a wait that begins now, and what is to be brought to it.
    pub(super) fn ticket(&mut self) -> (WaitId, Ticket) {
        let wait = self.next;
        self.next = WaitId(wait.0 + 1);
        (wait, Ticket { wait, arrivals: Arc::clone(&self.arrivals) })
    }

    fn collect(&mut self) {
        for (id, comes) in self.arrivals.take() {
            // It may have been dropped meanwhile.
            let Some(wait) = self.waits.get_mut(&id) else { continue };
            if matches!(wait.awaits, Awaits::Future(_)) {
                self.counts.leave(&wait.awaits);
                wait.awaits = Awaits::Answered;
                self.counts.enter(&wait.awaits);
            }
            self.arrived.push_back((id, comes));
        }
    }

    /// Whose branch goes on next, if one may.
    pub(crate) fn next_to_go_on(&mut self) -> Option<Origin> {
        self.collect();
        let waits = self.arrived.iter().filter_map(|(id, _)| self.waits.get(id));
        let mut able = waits.filter(|wait| !matches!(wait.awaits, Awaits::NextStart));
        able.next().map(|wait| wait.origin).filter(|_| self.may_go_on())
    }

    /// Takes out a wait for which something has come; `None` when it goes on no more.
    fn take(&mut self, id: WaitId) -> Option<Wait> {
        if matches!(self.waits.get(&id)?.awaits, Awaits::NextStart) {
            return None;
        }
        let wait = self.waits.remove(&id)?;
        self.counts.leave(&wait.awaits);
        Some(wait)
    }
}

impl Cx<'_> {
    /// Parks this branch of the tree until something comes for it.
    ///
    /// # Errors
    /// When too many wait for appends on this task.
    pub(super) fn park<U: Awaited, F: Clone + Send + 'static>(
        &mut self,
        wait: WaitId,
        at: Returns<U, F>,
        frame: F,
        awaits: Awaits,
    ) -> Outcome {
        let (origin, hops, label) =
            (self.origin, self.hops.saturating_add(1), at.label(self.program));
        if matches!(awaits, Awaits::Append) && self.parking.counts.appends >= WAITS_MAX {
            return Err(EventError::new(format!(
                "{WAITS_MAX} branches of records wait on task {} (at `{label}`): do topologies wait for appends of \
                 each other in a circle?",
                self.task
            )));
        }
        self.parking.counts.enter(&awaits);
        self.parking.changes.begun.push(origin);
        let (identity, frame) = (self.next_step(), Box::new(Left { at, frame }));
        let parked = Wait { origin, hops, identity, label, frame, awaits };
        self.parking.waits.insert(wait, parked);
        Ok(())
    }

    /// Goes on with up to `count` branches for which something has come. Tells how many did, and whether more
    /// could.
    pub(crate) fn go_on(&mut self, count: usize) -> (usize, bool) {
        self.parking.collect();
        let mut went_on = 0;
        while went_on < count && self.parking.may_go_on() {
            let Some((id, comes)) = self.parking.arrived.pop_front() else {
                return (went_on, false);
            };
            let Some(wait) = self.parking.take(id) else { continue };
            self.go_on_with(&wait, &comes);
            if id < self.parking.forming {
                self.parking.gone_on.push((wait, comes));
            }
            went_on += 1;
        }
        (went_on, !self.parking.arrived.is_empty() && self.parking.may_go_on())
    }

    /// Goes on once more with everything that went on in the attempt that was dropped.
    pub(crate) fn go_on_again(&mut self) {
        for (wait, comes) in std::mem::take(&mut self.parking.to_repeat) {
            self.go_on_with(&wait, &comes);
            self.parking.gone_on.push((wait, comes));
        }
    }

    fn go_on_with(&mut self, wait: &Wait, comes: &Comes) {
        let Wait { origin, hops, identity, label, ref frame, .. } = *wait;
        self.parking.changes.ended.push(origin);
        self.event(origin, hops, identity, label, |cx| match comes {
            Comes::Value(value) => frame.go_on(&**value, cx),
            Comes::Failed(reason) => Err(EventError::new(&**reason)),
            Comes::CutOff => {
                cx.fatal = Some(RUNTIME_ENDED.to_owned());
                Ok(())
            }
        });
    }
}
