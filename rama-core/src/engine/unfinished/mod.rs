//! Records that outlive the group they began in: those with parked trees, those that failed and are run again, and those
//! whose client waits for topologies that have not reached them yet. Changed at cuts only, when every task stands still.
//!
//! Records that are finished in their group, which is nearly all of them, never come here.

mod repeated;
mod trimmed;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use super::{
    letters::Given,
    orders::{Order, OrderError, OrderReply, What},
    policy::{Policies, due},
    quarantine::CRASHES,
};
use crate::{
    clock::{Now, Timestamp},
    depot::{AckLevel, Reply},
    error::{AppendError, Fate},
    flow::{AckReturn, Blame, Failure, Origin, Place, Retries, Retry, too_long},
    id::{Epoch, Offset, TopologyId},
    task::{Failed, Next, SealedTask, Verdict},
};

/// What a replay is told that was cut short.
const INTERRUPTED: &str =
    "a record before it failed, and the topology went back to that one: replay it again";

/// Dead letters of one group: each has its record, which the group was not planned for. What fails besides is tried once
/// more, and is given up with a later group.
const GROUP_LETTERS_MAX: usize = 256;

/// A record and a topology that works on it.
type Key = (Place, TopologyId);

/// What is not finished.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    policies: Policies,
    /// Durable with the group that was cut last.
    begun: BTreeMap<Key, Begun>,
    /// How often records failed that hold those behind them; the topology begins them once more. Durable as well.
    holding: BTreeMap<Key, u32>,
    /// Who waits for a record that not every topology has run.
    ahead: BTreeMap<Place, Held>,
    /// Who waits for a record that every topology has run, and of which a tree is parked.
    waiting: BTreeMap<Place, Held>,
    given: Given,
    /// Who waits for dead letters that are run again.
    replays: BTreeMap<Key, OrderReply>,
    /// Before it, no tree has taken too long.
    deadline: Option<Timestamp>,
    /// What the last life of the module left, as far as it is known not to be through.
    left: BTreeSet<Key>,
}

/// A record that a topology has begun and is not done with.
#[derive(Clone, Copy, Debug, Default)]
struct Begun {
    /// How many branches of its tree wait; one when it waits to be run again.
    branches: u64,
    /// How often it failed.
    failed: u32,
    /// When its attempt began; `None` while it waits to be run again.
    since: Option<Timestamp>,
}

/// A record that the last life of the module left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    pub(crate) origin: Origin,
    pub(crate) failed: u32,
    /// Whether the topology has gone back to it, and begins it in its turn.
    pub(crate) holds: bool,
}

/// An answer that waits.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) place: Place,
    pub(crate) depot: &'static str,
    pub(crate) reply: Reply,
    /// In the order in which they count.
    pub(crate) returns: Vec<AckReturn>,
    pub(crate) not_done: Option<NotDone>,
    /// The group that has the record.
    since: Epoch,
}

/// Why a topology has not done a record.
#[derive(Debug)]
pub(crate) enum NotDone {
    Failed(TopologyId, Arc<str>, Fate),
    /// It was not there any more.
    Trimmed(TopologyId),
}

/// A record that failed in a group, and what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) origin: Origin,
    pub(crate) reason: Arc<str>,
    /// How often it failed, this time included.
    pub(crate) times: u32,
    pub(crate) fate: Fate,
    pub(crate) verdict: Verdict,
    /// By the time of day.
    pub(crate) at: Timestamp,
}

/// What a cut makes of it.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// Trees that are parked now and were not before.
    pub(crate) parked: Vec<Origin>,
    /// Trees that were parked and have ended.
    pub(crate) done: Vec<Origin>,
    /// Records that are run again, and how often they failed.
    pub(crate) again: Vec<(Origin, u32)>,
    /// All that failed.
    pub(crate) failed: Vec<Judged>,
    /// Letters that were replayed with success, or discarded.
    pub(crate) letters_gone: Vec<Origin>,
    /// Answers that may be given when the group is durable and visible.
    pub(crate) answers: Vec<Held>,
    pub(crate) orders: Vec<(OrderReply, Result<(), OrderError>)>,
}

impl Judged {
    /// Whether a record has to wait for this one.
    fn holds(&self, origin: &Origin) -> bool {
        let partition = |one: &Origin| (one.topology, one.depot, one.task);
        let is_behind = partition(&self.origin) == partition(origin) && self.origin < *origin;
        self.verdict.holds && is_behind
    }
}

impl Closed {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { parked, done, again, failed, letters_gone, answers, orders } = self;
        let nothing_durable =
            parked.is_empty() && done.is_empty() && again.is_empty() && letters_gone.is_empty();
        nothing_durable && failed.is_empty() && answers.is_empty() && orders.is_empty()
    }

    /// The records whose dead letter is written with the group.
    pub(crate) fn letters(&self) -> impl Iterator<Item = &Judged> {
        self.failed.iter().filter(|judged| judged.fate == Fate::DeadLetter)
    }
}

impl Unfinished {
    /// Each record that was left counts as one branch, until it was run again from its source.
    pub(crate) fn new(
        policies: Policies,
        left: impl IntoIterator<Item = Left>,
        given: Given,
    ) -> Self {
        let (mut begun, mut holding) = (BTreeMap::new(), BTreeMap::new());
        for Left { origin, failed, holds } in left {
            if holds {
                holding.insert(key(origin), failed);
            } else {
                begun.insert(key(origin), Begun { branches: 1, failed, since: None });
            }
        }
        let left = begun.keys().chain(holding.keys()).copied().collect();
        Self { policies, begun, holding, given, left, ..Self::default() }
    }

    /// Whether records that the last life of the module left are not done, nor given up.
    pub(super) fn has_left(&mut self) -> bool {
        while let Some(first) = self.left.first() {
            if self.begun.contains_key(first) || self.holding.contains_key(first) {
                return true;
            }
            self.left.pop_first();
        }
        false
    }

    pub(super) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Whether the records behind this one wait when it fails. What is replayed is run out of its turn.
    pub(super) fn holds(&self, origin: Origin) -> bool {
        self.policies.of(origin).mode == Retry::AllAfter && !self.given.contains(&origin)
    }

    /// When it is time to look for trees that take too long.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// Trees that take too long.
    pub(super) fn overdue(&mut self, now: Timestamp) -> Vec<Failure> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        self.deadline = None;
        let (mut overdue, mut next) = (Vec::new(), None::<Timestamp>);
        for (key, Begun { since, .. }) in &self.begun {
            let Some(since) = since else { continue };
            let origin = origin(*key);
            let timeout = self.policies.of(origin).timeout;
            let ends = since.after(timeout);
            if ends <= now {
                let reason = too_long(timeout);
                overdue.push(Failure { origin, reason, blame: Blame::Record });
            } else {
                next = Some(next.map_or(ends, |next| next.min(ends)));
            }
        }
        self.deadline = next;
        overdue
    }

    /// Nothing could be committed for so long: that is no fault of the trees that wait.
    pub(super) fn forgive(&mut self, stalled: Duration) {
        for begun in self.begun.values_mut() {
            begun.since = begun.since.map(|since| since.after(stalled));
        }
        self.deadline = self.deadline.map(|deadline| deadline.after(stalled));
    }

    /// What becomes of the records that failed in the group that is about to be closed. Those that end the process are
    /// given up, whatever their source says.
    pub(super) fn judge(
        &mut self,
        failed: &Failed,
        now: Now,
        ends_the_process: impl Fn(Origin) -> bool,
    ) -> Vec<Judged> {
        let (mut judged, mut letters) = (Vec::new(), 0);
        for (origin, record) in failed.certain() {
            let before = self.begun.get(&key(*origin)).map(|begun| begun.failed);
            let before = before.or_else(|| self.holding.get(&key(*origin)).copied());
            let is_last = ends_the_process(*origin);
            let attempts = if is_last { CRASHES } else { 1 };
            let times = before.unwrap_or_default().saturating_add(attempts);
            let fate = match is_last {
                true => Fate::DeadLetter,
                false => self.fate(*origin, times, letters),
            };
            let next = match fate {
                Fate::Again { .. } => Next::Again(due(*origin, times, now.steady)),
                Fate::NoRoom => Next::Again(due(*origin, u32::MAX, now.steady)),
                _ => Next::Never,
            };
            if fate == Fate::DeadLetter {
                self.given.insert(*origin);
                letters += 1;
            }
            let verdict = Verdict { next, holds: record.holds };
            let reason = Arc::clone(&record.reason);
            judged.push(Judged { origin: *origin, reason, times, fate, verdict, at: now.wall });
        }
        judged
    }

    /// What becomes of a record that failed so often, in a group that has so many letters.
    fn fate(&self, origin: Origin, times: u32, letters: usize) -> Fate {
        let Retries { mode, attempts, .. } = self.policies.of(origin);
        let is_letter = self.given.contains(&origin);
        match mode {
            Retry::None if !is_letter => Fate::Dropped,
            Retry::Individual | Retry::AllAfter if times < attempts => {
                Fate::Again { attempt: times.saturating_add(1), of: attempts }
            }
            _ if letters >= GROUP_LETTERS_MAX => {
                Fate::Again { attempt: times.saturating_add(1), of: attempts }
            }
            _ if is_letter || self.given.has_room(origin.topology) => Fate::DeadLetter,
            _ => Fate::NoRoom,
        }
    }

    /// Takes out of a group what is not finished with it, and gives back what is.
    pub(super) fn close(
        &mut self,
        tasks: &mut [SealedTask],
        failed: Vec<Judged>,
        epoch: Epoch,
        now: Timestamp,
    ) -> Closed {
        let is_asked = !self.given.is_empty() && tasks.iter().any(repeated::is_asked_again);
        if failed.is_empty() && self.is_empty() && !is_asked && tasks.iter().all(is_finished) {
            return Closed::default();
        }
        let mut closed = Closed { failed, ..Closed::default() };
        self.count(tasks, now, &mut closed);
        self.settle_failed(&mut closed);
        self.pass(tasks, &mut closed);
        self.refuse_trimmed(tasks, &mut closed, epoch);
        self.hold(tasks, epoch);
        self.refuse_given_up(tasks, &mut closed, epoch);
        self.collect_returns(tasks);
        self.answer_failed(&mut closed);
        self.release(tasks, &mut closed);
        self.end_replays(tasks, &mut closed);
        closed
    }

    /// Does what clients want of dead letters. Gives back the records that are to be run again.
    pub(super) fn obey(&mut self, orders: Vec<Order>, closed: &mut Closed) -> Vec<Origin> {
        let mut again = Vec::new();
        for Order { origin, what, reply } in orders {
            let refused = if !self.given.contains(&origin) {
                Some(OrderError::NoSuchLetter)
            } else if self.begun.contains_key(&key(origin)) {
                Some(OrderError::RunsAgain)
            } else if what == What::Replay && !self.policies.has(origin) {
                Some(OrderError::NotRead)
            } else {
                None
            };
            match (refused, what) {
                (Some(refused), _) => closed.orders.push((reply, Err(refused))),
                (None, What::Discard) => {
                    self.given.remove(&origin);
                    closed.letters_gone.push(origin);
                    closed.orders.push((reply, Ok(())));
                }
                (None, What::Replay) => {
                    self.begun.insert(key(origin), Begun { branches: 1, ..Begun::default() });
                    self.replays.insert(key(origin), reply);
                    closed.parked.push(origin);
                    again.push(origin);
                }
            }
        }
        again
    }

    /// Nothing goes on any more. Whoever waits for a record that is in the log, up to this group, learns that it
    /// is; the others learn that they cannot know.
    pub(crate) fn abandon(&mut self, durable: Epoch) {
        self.replays.clear();
        let ahead = std::mem::take(&mut self.ahead);
        let waiting = std::mem::take(&mut self.waiting);
        for Held { reply, depot, since, .. } in ahead.into_values().chain(waiting.into_values()) {
            if since <= durable {
                reply.send(Err(AppendError::Unfinished { depot }));
            }
        }
    }

    fn is_empty(&self) -> bool {
        let nothing_waits = self.ahead.is_empty() && self.waiting.is_empty();
        nothing_waits && self.begun.is_empty() && self.holding.is_empty()
    }

    /// Counts the branches of parked trees. Those of records that failed do not count.
    fn count(&mut self, tasks: &[SealedTask], now: Timestamp, closed: &mut Closed) {
        let mut changes: BTreeMap<Origin, (u64, u64)> = BTreeMap::new();
        for task in tasks {
            task.parked.begun.iter().for_each(|origin| changes.entry(*origin).or_default().0 += 1);
            task.parked.ended.iter().for_each(|origin| changes.entry(*origin).or_default().1 += 1);
        }
        for failed in &closed.failed {
            changes.remove(&failed.origin);
        }
        for (origin, (begun, ended)) in changes {
            let known = self.begun.get(&key(origin)).copied();
            let before = known.unwrap_or_default();
            let after = (before.branches + begun)
                .checked_sub(ended)
                .expect("a branch ends once, and after it began");
            if after == 0 {
                self.begun.remove(&key(origin));
                closed.done.extend(known.map(|_| origin));
                continue;
            }
            let failed = self.holding.remove(&key(origin));
            match (known, failed) {
                (None, None) => closed.parked.push(origin),
                (None, Some(failed)) => closed.again.push((origin, failed)),
                (Some(_), _) => {}
            }
            let failed = failed.unwrap_or(before.failed);
            let since = before.since.unwrap_or(now);
            self.expect_by(since.after(self.policies.of(origin).timeout));
            let begun = Begun { branches: after, failed, since: Some(since) };
            self.begun.insert(key(origin), begun);
        }
    }

    fn expect_by(&mut self, ends: Timestamp) {
        self.deadline = Some(self.deadline.map_or(ends, |deadline| deadline.min(ends)));
    }

    /// Keeps what is run again, and forgets what is not.
    fn settle_failed(&mut self, closed: &mut Closed) {
        let Closed { failed, again, done, letters_gone, .. } = closed;
        for Judged { origin, times, verdict, .. } in failed {
            match *verdict {
                Verdict { next: Next::Again(_), holds: false } => {
                    let begun = Begun { branches: 1, failed: *times, since: None };
                    self.begun.insert(key(*origin), begun);
                    again.push((*origin, *times));
                }
                Verdict { next: Next::Again(_), holds: true } => {
                    self.go_back(*origin, done, letters_gone);
                    self.holding.insert(key(*origin), *times);
                    again.push((*origin, *times));
                }
                Verdict { next: Next::Never, holds } => {
                    let known = self.begun.remove(&key(*origin)).is_some();
                    if holds {
                        self.go_back(*origin, done, letters_gone);
                    }
                    let held = self.holding.remove(&key(*origin)).is_some();
                    done.extend((known || held).then_some(*origin));
                }
            }
        }
    }

    /// A topology goes back to a record: what it has begun or given up behind it is begun once more, in its turn.
    fn go_back(&mut self, to: Origin, done: &mut Vec<Origin>, letters_gone: &mut Vec<Origin>) {
        let behind = Origin { offset: to.offset.next(), ..to };
        for letter in self.given.behind(behind) {
            self.given.remove(&letter);
            letters_gone.push(letter);
        }
        let last = (to.depot, to.task, Offset(u64::MAX));
        let behind = (to.place(), TopologyId(0))..=(last, TopologyId(u16::MAX));
        let gone = self.begun.extract_if(behind, |(_, topology), _| *topology == to.topology);
        for (key, _) in gone {
            done.extend((origin(key) != to).then_some(origin(key)));
            if let Some(mut held) = self.waiting.remove(&key.0) {
                held.returns.retain(|ack| ack.origin.topology != to.topology);
                self.ahead.insert(key.0, held);
            }
        }
    }

    /// Records that held others, and that topologies have run now.
    fn pass(&mut self, tasks: &[SealedTask], closed: &mut Closed) {
        if self.holding.is_empty() {
            return;
        }
        for progress in tasks.iter().flat_map(|task| &task.progress) {
            let (depot, task) = (progress.depot, progress.task);
            let first = ((depot, task, Offset(0)), TopologyId(0));
            let end = ((depot, task, progress.next), TopologyId(0));
            let is_its = |(_, topology): &Key, _: &mut u32| *topology == progress.topology;
            let passed = self.holding.extract_if(first..end, is_its);
            closed.done.extend(passed.map(|(key, _)| origin(key)));
        }
    }

    /// Keeps the answers that have to wait.
    fn hold(&mut self, tasks: &mut [SealedTask], epoch: Epoch) {
        for records in tasks.iter_mut().flat_map(|task| &mut task.records) {
            let (depot, task, settled) = (records.depot, records.task, records.settled);
            let replies = records.replies.extract_if(.., |(offset, reply)| {
                let place = (depot, task, *offset);
                reply.level == AckLevel::Ack && (*offset >= settled || is_begun(&self.begun, place))
            });
            for (offset, reply) in replies {
                let place = (depot, task, offset);
                let depot = records.name;
                let held =
                    Held { place, depot, reply, returns: Vec::new(), not_done: None, since: epoch };
                let to = if offset >= settled { &mut self.ahead } else { &mut self.waiting };
                to.insert(place, held);
            }
        }
    }

    /// Values that were returned in this group to somebody who is answered later.
    fn collect_returns(&mut self, tasks: &mut [SealedTask]) {
        let mut returns: Vec<AckReturn> = tasks
            .iter_mut()
            .flat_map(|task| {
                task.acks.extract_if(.., |ack| {
                    let place = ack.origin.place();
                    self.ahead.contains_key(&place) || self.waiting.contains_key(&place)
                })
            })
            .collect();
        returns.sort_by_key(|ack| ack.hops);
        for ack in returns {
            if let Some(held) = self.held(ack.origin.place()) {
                held.returns.push(ack);
            }
        }
    }

    /// Whoever waits for a record that failed is told at once; a tree only when the record is not run again.
    fn answer_failed(&mut self, closed: &mut Closed) {
        let Closed { failed, answers, .. } = closed;
        for Judged { origin, reason, fate, verdict, .. } in failed {
            let place = origin.place();
            let Some(held) = self.held(place) else { continue };
            held.returns.retain(|ack| ack.origin.topology != origin.topology);
            if held.reply.is_of_tree() && verdict.next != Next::Never {
                continue;
            }
            held.not_done = Some(NotDone::Failed(origin.topology, Arc::clone(reason), *fate));
            answers.extend(self.ahead.remove(&place).or_else(|| self.waiting.remove(&place)));
        }
    }

    fn release(&mut self, tasks: &[SealedTask], closed: &mut Closed) {
        for (depot, task, settled) in tasks.iter().flat_map(|task| &task.settled) {
            let reached = (*depot, *task, Offset(0))..(*depot, *task, *settled);
            for (place, held) in self.ahead.extract_if(reached, |_, _| true) {
                if is_begun(&self.begun, place) {
                    self.waiting.insert(place, held);
                } else {
                    closed.answers.push(held);
                }
            }
        }
        for place in closed.done.iter().map(|origin| origin.place()) {
            if !is_begun(&self.begun, place) {
                closed.answers.extend(self.waiting.remove(&place));
            }
        }
    }

    /// Dead letters that were run again, and are gone or dead once more.
    fn end_replays(&mut self, tasks: &[SealedTask], closed: &mut Closed) {
        if self.given.is_empty() {
            return;
        }
        let gone: Vec<&Origin> = tasks.iter().flat_map(|task| &task.parked.gone).collect();
        let Closed { failed, done, letters_gone, orders, .. } = closed;
        for judged in failed.iter().filter(|judged| judged.verdict.next == Next::Never) {
            if let Some(reply) = self.replays.remove(&key(judged.origin)) {
                let reason = Arc::clone(&judged.reason);
                orders.push((reply, Err(OrderError::FailedAgain { reason })));
            }
        }
        for origin in done {
            let is_held = failed.iter().any(|judged| judged.holds(origin));
            let outcome = match failed.iter().any(|judged| judged.origin == *origin) {
                true => continue,
                false if gone.contains(&&*origin) => Err(OrderError::Trimmed),
                false if is_held => Err(OrderError::FailedAgain { reason: INTERRUPTED.into() }),
                false => Ok(()),
            };
            if outcome.is_ok() && self.given.remove(origin) {
                letters_gone.push(*origin);
            }
            if let Some(reply) = self.replays.remove(&key(*origin)) {
                orders.push((reply, outcome));
            }
        }
    }

    fn held(&mut self, place: Place) -> Option<&mut Held> {
        self.ahead.get_mut(&place).or_else(|| self.waiting.get_mut(&place))
    }
}

fn key(origin: Origin) -> Key {
    (origin.place(), origin.topology)
}

fn origin(((depot, task, offset), topology): Key) -> Origin {
    Origin { topology, depot, task, offset }
}

/// Whether some topology has begun the record and is not done with it.
fn is_begun(begun: &BTreeMap<Key, Begun>, place: Place) -> bool {
    let topologies = (place, TopologyId(0))..=(place, TopologyId(u16::MAX));
    begun.range(topologies).next().is_some()
}

/// Whether a task leaves nothing behind with this group.
fn is_finished(task: &SealedTask) -> bool {
    let nothing_parked = task.parked.begun.is_empty() && task.parked.ended.is_empty();
    let is_ahead = || task.records.iter().any(|records| records.is_ahead());
    nothing_parked && task.skipped.is_empty() && !is_ahead()
}
