//! Trees that wait for something outside of the module's tasks: parked until it comes, and then going on where they
//! were, on the task where they were (OP-36).
//!
//! A parked tree is not in flight, so commit groups do not wait for it. This is one task's side: which trees wait here,
//! what has come for them, and what was made of it in this attempt. How records with parked trees are kept and
//! acknowledged is the engine's business.

use std::{
    any::Any,
    collections::{BTreeMap, VecDeque},
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use super::{Cx, Identity, Origin, Outcome, Returns, panic_message};
use crate::{
    clock::Sleep,
    driver::{Outside, RunningFuture, Signal},
    error::EventError,
};

/// How long a future may take that says nothing else. Calls to other systems give up after 30 seconds by most
/// conventions, and whoever makes one wants its own error rather than this one.
pub(crate) const FUTURE_TIME: Duration = Duration::from_secs(60);

/// Waits of one task after which further ones fail. Futures are bounded long before that (see the engine's gate), so
/// only trees get here that wait for each other's appends in a circle, or one event that opens that many.
const WAITS_MAX: usize = 262_144;

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

/// What comes for a wait: a value of the type it knows, or why none comes.
type Comes = Result<Box<dyn Any + Send>, Arc<str>>;

/// Where whatever comes for a task is left.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// `None` when the task has ended.
    inbox: Mutex<Option<Vec<(WaitId, Comes)>>>,
    /// Whether there may be something inside: most tasks never wait, and look with every batch of their work.
    any: AtomicBool,
    signal: Arc<Signal>,
}

/// Brings one thing to a wait, or the news that nothing comes.
pub(crate) struct Ticket {
    wait: WaitId,
    arrivals: Option<Arc<Arrivals>>,
}

/// The trees that are parked on one task.
pub(crate) struct Parking {
    outside: Outside,
    arrivals: Arc<Arrivals>,
    waits: BTreeMap<WaitId, Wait>,
    /// The waits from this one on were begun in this attempt.
    forming: WaitId,
    next: WaitId,
    /// How many of the waits are for futures.
    futures: usize,
    arrived: VecDeque<(WaitId, Comes)>,
    /// What ended in this attempt and was begun before it, for a repetition.
    ended: Vec<(Wait, Comes)>,
    /// The same of an attempt that was dropped.
    repeated: Vec<(Wait, Comes)>,
    changes: Changes,
}

/// What changed since the last cut: an origin for each wait.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) begun: Vec<Origin>,
    pub(crate) ended: Vec<Origin>,
}

/// A branch of a tree that waits.
struct Wait {
    origin: Origin,
    hops: u32,
    identity: Identity,
    label: &'static str,
    frame: Box<dyn Frame>,
    future: Option<RunningFuture>,
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
    /// `signal` wakes the lane of the task.
    pub(crate) fn new(outside: Outside, signal: Arc<Signal>) -> Self {
        let (inbox, any) = (Mutex::new(Some(Vec::new())), AtomicBool::new(false));
        let arrivals = Arc::new(Arrivals { inbox, any, signal });
        Self {
            outside,
            arrivals,
            waits: BTreeMap::new(),
            forming: WaitId(0),
            next: WaitId(0),
            futures: 0,
            arrived: VecDeque::new(),
            ended: Vec::new(),
            repeated: Vec::new(),
            changes: Changes::default(),
        }
    }

    /// A tree that the engine counts as parked has ended its wait, without one here.
    pub(crate) fn ended(&mut self, origin: Origin) {
        self.changes.ended.push(origin);
    }

    /// Trees that wait for futures, and those that wait for appends.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.futures, self.waits.len() - self.futures)
    }

    /// Everything since the last cut is in a commit group now.
    pub(crate) fn seal(&mut self) -> Changes {
        self.forming = self.next;
        self.ended.clear();
        std::mem::take(&mut self.changes)
    }

    /// The attempt is dropped: its waits have not begun and those that ended in it have not; what has come is kept. Of
    /// records that failed nothing is left.
    pub(crate) fn drop_attempt(&mut self, failed: impl Fn(&Origin) -> bool) {
        self.changes = Changes::default();
        drop(self.waits.split_off(&self.forming));
        self.waits.retain(|_, wait| !failed(&wait.origin));
        self.futures = self.waits.values().filter(|wait| wait.future.is_some()).count();
        self.repeated.append(&mut self.ended);
        self.repeated.retain(|(wait, _)| !failed(&wait.origin));
    }

    /// Ends everything that waits; nothing goes on any more.
    pub(crate) fn close(&mut self) {
        let inbox = self.arrivals.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(inbox);
        self.waits.clear();
        self.futures = 0;
        self.arrived.clear();
        self.ended.clear();
        self.repeated.clear();
    }

    /// A number for a wait that begins now, and what is to be brought to it.
    pub(super) fn ticket(&mut self) -> (WaitId, Ticket) {
        let wait = self.next;
        self.next = WaitId(wait.0 + 1);
        (wait, Ticket { wait, arrivals: Some(Arc::clone(&self.arrivals)) })
    }

    fn collect(&mut self) {
        if !self.arrivals.any.load(Ordering::Acquire) {
            return;
        }
        let mut inbox = self.arrivals.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        self.arrivals.any.store(false, Ordering::Release);
        self.arrived.extend(inbox.iter_mut().flat_map(|inbox| inbox.drain(..)));
    }
}

impl Ticket {
    /// Brings what the wait is for. The task is woken.
    pub(super) fn arrive(mut self, comes: Comes) {
        self.deliver(comes);
    }

    fn deliver(&mut self, comes: Comes) {
        let Some(arrivals) = self.arrivals.take() else { return };
        let mut inbox = arrivals.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(inbox) = inbox.as_mut() {
            inbox.push((self.wait, comes));
            arrivals.any.store(true, Ordering::Release);
        }
        drop(inbox);
        arrivals.signal.raise();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let reason =
            "the awaited future was cancelled: the runtime that launched the module has ended";
        self.deliver(Err(reason.into()));
    }
}

impl Cx<'_> {
    /// Runs a future outside of the tasks, and goes on at `at`, on this task, with what it gives (OP-36). The tree is
    /// parked until then: other records go on and are committed, and so is what this one has done so far. A crash or
    /// a stop in between runs the record again from its source.
    ///
    /// The record fails when the future panics, or takes longer than `timeout`, one minute when nothing is said.
    ///
    /// # Errors
    /// When the module was launched outside of a tokio runtime, or too many trees are parked on this task.
    pub fn await_future<Fut, F>(
        &mut self,
        future: Fut,
        timeout: Option<Duration>,
        at: Returns<Fut::Output, F>,
        frame: F,
    ) -> Outcome
    where
        Fut: Future + Send + 'static,
        Fut::Output: Awaited,
        F: Clone + Send + 'static,
    {
        if !self.sends_one_more() {
            return Ok(());
        }
        let limit = timeout.unwrap_or(FUTURE_TIME);
        let timer = self.parking.outside.sleep(limit);
        let (wait, ticket) = self.parking.ticket();
        let running = self.parking.outside.spawn(async move {
            let comes = outcome(future, limit, timer).await;
            ticket.arrive(comes.map(|value| Box::new(value) as Box<dyn Any + Send>));
        })?;
        self.park(wait, at, frame, Some(running))
    }

    /// Parks this branch of the tree until something comes for it.
    pub(super) fn park<U: Awaited, F: Clone + Send + 'static>(
        &mut self,
        wait: WaitId,
        at: Returns<U, F>,
        frame: F,
        future: Option<RunningFuture>,
    ) -> Outcome {
        let (origin, hops, label) =
            (self.origin, self.hops.saturating_add(1), at.label(self.program));
        if self.parking.waits.len() >= WAITS_MAX {
            return Err(EventError::new(format!(
                "{WAITS_MAX} branches of records wait on task {} (at `{label}`): do topologies wait for appends of \
                 each other in a circle?",
                self.task
            )));
        }
        self.parking.futures += usize::from(future.is_some());
        self.parking.changes.begun.push(origin);
        let (identity, frame) = (self.next_step(), Box::new(Left { at, frame }));
        let parked = Wait { origin, hops, identity, label, frame, future };
        self.parking.waits.insert(wait, parked);
        Ok(())
    }

    /// Goes on with up to `count` branches for which something has come. Tells how many did, and whether more
    /// could.
    pub(crate) fn go_on(&mut self, count: usize) -> (usize, bool) {
        self.parking.collect();
        let mut went_on = 0;
        while went_on < count {
            let Some((id, comes)) = self.parking.arrived.pop_front() else {
                return (went_on, false);
            };
            // It may have been dropped meanwhile.
            let Some(wait) = self.parking.waits.remove(&id) else { continue };
            self.parking.futures -= usize::from(wait.future.is_some());
            self.go_on_with(&wait, &comes);
            if id < self.parking.forming {
                self.parking.ended.push((wait, comes));
            }
            went_on += 1;
        }
        (went_on, !self.parking.arrived.is_empty())
    }

    /// Goes on once more with everything that ended in the attempt that was dropped.
    pub(crate) fn go_on_again(&mut self) {
        for (wait, comes) in std::mem::take(&mut self.parking.repeated) {
            self.go_on_with(&wait, &comes);
            self.parking.ended.push((wait, comes));
        }
    }

    fn go_on_with(&mut self, wait: &Wait, comes: &Comes) {
        let Wait { origin, hops, identity, label, ref frame, .. } = *wait;
        self.parking.changes.ended.push(origin);
        self.event(origin, hops, identity, label, |cx| match comes {
            Ok(value) => frame.go_on(&**value, cx),
            Err(reason) => Err(EventError::new(&**reason)),
        });
    }
}

/// Runs a future until it ends, panics or takes too long.
async fn outcome<Fut: Future>(
    future: Fut,
    limit: Duration,
    mut timer: Sleep,
) -> Result<Fut::Output, Arc<str>> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let polled = future.as_mut().poll(cx).map(Ok);
            if polled.is_pending() { timer.as_mut().poll(cx).map(Err) } else { polled }
        }));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(value))) => Poll::Ready(Ok(value)),
            Ok(Poll::Ready(Err(()))) => Poll::Ready(Err(format!(
                "the awaited future took longer than {limit:?}: give it a longer timeout, or find out what it waits for"
            )
            .into())),
            Err(panic) => {
                let message = panic_message(panic.as_ref());
                Poll::Ready(Err(format!("the awaited future panicked: {message}").into()))
            }
        }
    })
    .await
}
