//! What somebody is answered whose record is finished with a group: what topologies returned for it, or that one of them
//! failed.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    gate::Group,
    unfinished::{Closed, Held, Judged, NotDone},
};
use crate::{
    depot::{AckLevel, AckReturns, Answer, SealedRecords},
    error::AppendError,
    flow::{AckReturn, Fold, Place, Program},
    id::{DepotId, Offset, TaskId, TopologyId},
    panic::panic_message,
};

/// What answers are made with.
pub(crate) struct Answers {
    /// By number.
    topologies: Vec<&'static str>,
    folds: BTreeMap<(TopologyId, DepotId), Fold>,
}

/// What was returned for one record so far.
type Returned = Result<AckReturns, Unfolded>;

/// Why several values were not put together.
#[derive(Clone)]
struct Unfolded {
    topology: &'static str,
    reason: Arc<str>,
}

impl Answers {
    pub(crate) fn new(topologies: Vec<&'static str>, program: &Program) -> Self {
        Self { topologies, folds: program.folds().collect() }
    }

    /// Answers everybody whose record is finished with the group.
    pub(super) fn give(&self, group: Group) {
        let returned = self.returned(&group);
        let Closed { failed, answers, orders, .. } = group.closed;
        let failures: BTreeMap<Place, &Judged> =
            failed.iter().map(|judged| (judged.origin.place(), judged)).collect();
        answers.into_iter().for_each(|held| self.give_held(held));
        for (reply, outcome) in orders {
            // Whoever gave the order may be gone.
            let _ = reply.send(outcome);
        }
        for SealedRecords { depot, name, task, replies, .. } in
            group.tasks.into_iter().flat_map(|task| task.records)
        {
            for (offset, reply) in replies {
                let place = (depot, task, offset);
                let answer = match failures.get(&place) {
                    Some(Judged { origin, reason, fate, .. }) if reply.level == AckLevel::Ack => {
                        let topology = self.name(origin.topology);
                        let (reason, fate) = (Arc::clone(reason), *fate);
                        Err(AppendError::Failed { depot: name, topology, reason, fate })
                    }
                    // Somebody else may wait for the same record by its key, until it is processed.
                    _ => {
                        let returned = returned.get(&place).cloned();
                        told(name, returned.unwrap_or_else(|| Ok(AckReturns::at(task, offset))))
                    }
                };
                reply.send(answer);
            }
        }
    }

    /// What was returned for the records of a group.
    fn returned(&self, group: &Group) -> BTreeMap<Place, Returned> {
        let mut returned: BTreeMap<Place, Returned> = BTreeMap::new();
        let mut acks: Vec<&AckReturn> = group.tasks.iter().flat_map(|task| &task.acks).collect();
        // Tasks stand one behind the other here, while a tree may return a value on task 1 and, further on,
        // the one that counts on task 0. Stable: what a task returned in one place keeps its order.
        acks.sort_by_key(|ack| ack.hops);
        for ack in acks {
            let (_, task, offset) = ack.origin.place();
            let before = returned
                .entry(ack.origin.place())
                .or_insert_with(|| Ok(AckReturns::at(task, offset)));
            self.add(ack, before);
        }
        returned
    }

    /// Answers somebody who has waited for longer than one group.
    fn give_held(&self, held: Held) {
        let Held { place: (_, task, offset), depot, reply, returns, not_done, .. } = held;
        let refused = match not_done {
            Some(NotDone::Failed(topology, reason, fate)) => {
                AppendError::Failed { depot, topology: self.name(topology), reason, fate }
            }
            Some(NotDone::Trimmed(topology)) => {
                AppendError::Trimmed { depot, task, offset, topology: self.name(topology) }
            }
            None => return reply.send(told(depot, self.returned_to((task, offset), &returns))),
        };
        reply.send(Err(refused));
    }

    /// What was returned over several groups.
    fn returned_to(&self, (task, offset): (TaskId, Offset), returns: &[AckReturn]) -> Returned {
        let mut returned = Ok(AckReturns::at(task, offset));
        returns.iter().for_each(|ack| self.add(ack, &mut returned));
        returned
    }

    fn name(&self, topology: TopologyId) -> &'static str {
        self.topologies[usize::from(topology.0)]
    }

    /// Adds a value to what was returned before it. Putting two together is the user's code (DP-28).
    fn add(&self, ack: &AckReturn, to: &mut Returned) {
        let Ok(returns) = to else { return };
        let topology = self.name(ack.origin.topology);
        let fold = self.folds.get(&(ack.origin.topology, ack.origin.depot));
        let (Some(fold), Some(before)) = (fold, returns.encoded(topology)) else {
            return returns.set(topology, Arc::clone(&ack.value));
        };
        let folded = catch_unwind(AssertUnwindSafe(|| fold(before, &ack.value)));
        let reason = match folded {
            Ok(Ok(value)) => return returns.set(topology, value.into()),
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("panic: {}", panic_message(panic.as_ref())),
        };
        *to = Err(Unfolded { topology, reason: reason.into() });
    }
}

fn told(depot: &'static str, returned: Returned) -> Answer {
    returned.map_err(|Unfolded { topology, reason }| AppendError::Returned {
        depot,
        topology,
        reason,
    })
}
