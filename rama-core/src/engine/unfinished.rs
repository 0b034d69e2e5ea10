//! Records that outlive the group they began in: those with parked trees, and those whose client waits for
//! topologies that have not reached them yet. Changed at cuts only, when every task stands still.
//!
//! Records that are finished in their group, which is nearly all of them, never come here.

use std::collections::BTreeMap;

use crate::{
    depot::{AckLevel, Reply},
    error::AppendError,
    flow::{AckReturn, Origin, Place},
    id::{Epoch, Offset, TopologyId},
    task::{Failed, SealedTask},
};

/// What is not finished.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    /// How many branches of a tree wait, by record and topology. Durable with the group that was cut last.
    parked: BTreeMap<(Place, TopologyId), u64>,
    /// Who waits for a record that not every topology has run.
    ahead: BTreeMap<Place, Held>,
    /// Who waits for a record that every topology has run, and of which a tree is parked.
    waiting: BTreeMap<Place, Held>,
}

/// An answer that waits.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) place: Place,
    pub(crate) depot: &'static str,
    pub(crate) reply: Reply,
    /// In the order in which they count.
    pub(crate) returns: Vec<AckReturn>,
    pub(crate) failure: Option<(TopologyId, std::sync::Arc<str>)>,
    /// The group that has the record.
    since: Epoch,
}

/// What a cut makes of it.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// Trees that are parked now and were not before.
    pub(crate) parked: Vec<Origin>,
    /// Trees that were parked and have ended.
    pub(crate) done: Vec<Origin>,
    /// Answers that may be given when the group is durable and visible.
    pub(crate) answers: Vec<Held>,
}

impl Closed {
    pub(crate) fn is_empty(&self) -> bool {
        self.parked.is_empty() && self.done.is_empty() && self.answers.is_empty()
    }
}

impl Unfinished {
    /// `parked` are the records that the last life of the module left. Each counts as one branch, until it was run
    /// again from its source.
    pub(crate) fn new(parked: impl IntoIterator<Item = Origin>) -> Self {
        let parked = parked.into_iter().map(|origin| (key(origin), 1)).collect();
        Self { parked, ..Self::default() }
    }

    /// Takes out of a group what is not finished with it, and gives back what is.
    pub(crate) fn close(
        &mut self,
        tasks: &mut [SealedTask],
        failed: &Failed,
        epoch: Epoch,
    ) -> Closed {
        let nothing_before =
            self.parked.is_empty() && self.ahead.is_empty() && self.waiting.is_empty();
        if nothing_before && tasks.iter().all(is_finished) {
            return Closed::default();
        }
        let mut closed = Closed::default();
        self.count(tasks, failed, &mut closed);
        self.hold(tasks, epoch);
        self.collect_returns(tasks);
        for (origin, reason) in failed {
            if let Some(held) = self.held(origin.place()) {
                held.failure = Some((origin.topology, reason.clone()));
            }
        }
        self.release(tasks, &mut closed);
        closed
    }

    /// Nothing goes on any more. Whoever waits for a record that is in the log, up to this group, learns that it
    /// is; the others learn that they cannot know.
    pub(crate) fn abandon(&mut self, durable: Epoch) {
        let ahead = std::mem::take(&mut self.ahead);
        let waiting = std::mem::take(&mut self.waiting);
        for Held { reply, depot, since, .. } in ahead.into_values().chain(waiting.into_values()) {
            if since <= durable {
                reply.send(Err(AppendError::Unfinished { depot }));
            }
        }
    }

    /// Counts the branches of parked trees. Of a record that failed none is left.
    fn count(&mut self, tasks: &[SealedTask], failed: &Failed, closed: &mut Closed) {
        let mut changes: BTreeMap<Origin, (u64, u64)> = BTreeMap::new();
        for task in tasks {
            task.parked.begun.iter().for_each(|origin| changes.entry(*origin).or_default().0 += 1);
            task.parked.ended.iter().for_each(|origin| changes.entry(*origin).or_default().1 += 1);
        }
        for origin in failed.keys().filter(|origin| self.parked.contains_key(&key(**origin))) {
            changes.entry(*origin).or_default();
        }
        for (origin, (begun, ended)) in changes {
            let before = self.parked.get(&key(origin)).copied().unwrap_or_default();
            let after = if failed.contains_key(&origin) {
                0
            } else {
                (before + begun).checked_sub(ended).expect("a branch ends once, and after it began")
            };
            match (before, after) {
                (0, 0) => {}
                (_, 0) => {
                    self.parked.remove(&key(origin));
                    closed.done.push(origin);
                }
                (before, after) => {
                    self.parked.insert(key(origin), after);
                    closed.parked.extend((before == 0).then_some(origin));
                }
            }
        }
    }

    /// Keeps the answers that have to wait.
    fn hold(&mut self, tasks: &mut [SealedTask], epoch: Epoch) {
        for records in tasks.iter_mut().flat_map(|task| &mut task.records) {
            let (depot, task, settled) = (records.depot, records.task, records.settled);
            let replies = records.replies.extract_if(.., |(offset, reply)| {
                let place = (depot, task, *offset);
                reply.level == AckLevel::Ack
                    && (*offset >= settled || is_parked(&self.parked, place))
            });
            for (offset, reply) in replies {
                let place = (depot, task, offset);
                let depot = records.name;
                let held =
                    Held { place, depot, reply, returns: Vec::new(), failure: None, since: epoch };
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

    fn release(&mut self, tasks: &[SealedTask], closed: &mut Closed) {
        for (depot, task, settled) in tasks.iter().flat_map(|task| &task.settled) {
            let reached = (*depot, *task, Offset(0))..(*depot, *task, *settled);
            for (place, held) in self.ahead.extract_if(reached, |_, _| true) {
                if is_parked(&self.parked, place) {
                    self.waiting.insert(place, held);
                } else {
                    closed.answers.push(held);
                }
            }
        }
        for place in closed.done.iter().map(|origin| origin.place()) {
            if !is_parked(&self.parked, place) {
                closed.answers.extend(self.waiting.remove(&place));
            }
        }
    }

    fn held(&mut self, place: Place) -> Option<&mut Held> {
        self.ahead.get_mut(&place).or_else(|| self.waiting.get_mut(&place))
    }
}

fn key(origin: Origin) -> (Place, TopologyId) {
    (origin.place(), origin.topology)
}

/// Whether a tree of the record is parked, of whatever topology.
fn is_parked(parked: &BTreeMap<(Place, TopologyId), u64>, place: Place) -> bool {
    let topologies = (place, TopologyId(0))..=(place, TopologyId(u16::MAX));
    parked.range(topologies).next().is_some()
}

/// Whether a task leaves nothing behind with this group.
fn is_finished(task: &SealedTask) -> bool {
    let nothing_parked = task.parked.begun.is_empty() && task.parked.ended.is_empty();
    nothing_parked && !task.records.iter().any(|records| records.is_ahead())
}
