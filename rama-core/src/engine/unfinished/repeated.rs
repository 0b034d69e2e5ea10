//! Records of which somebody asks once more, by the key of their append, what became of them.

use std::sync::Arc;

use super::{Closed, Held, NotDone, Unfinished};
use crate::{
    depot::{AckLevel, Reply},
    error::Fate,
    id::{Epoch, Offset},
    task::SealedTask,
};

/// What somebody is told who asks once more for a record that is a dead letter.
const GIVEN_UP: &str = "it failed before, and is a dead letter, which says why";

impl Unfinished {
    /// Answers whoever asks for a record, by its key, that a topology has given up: it is not processed.
    pub(super) fn refuse_given_up(
        &self,
        tasks: &mut [SealedTask],
        closed: &mut Closed,
        epoch: Epoch,
    ) {
        if self.given.is_empty() {
            return;
        }
        for records in tasks.iter_mut().flat_map(|task| &mut task.records) {
            let (depot, task, name) = (records.depot, records.task, records.name);
            let first = records.first();
            let asks = |(offset, reply): &mut (Offset, Reply)| {
                reply.level == AckLevel::Ack
                    && *offset < first
                    && self.given.topology_of((depot, task, *offset)).is_some()
            };
            for (offset, reply) in records.replies.extract_if(.., asks) {
                let place = (depot, task, offset);
                let topology = self.given.topology_of(place).expect("it was asked for it");
                let failed = NotDone::Failed(topology, Arc::from(GIVEN_UP), Fate::DeadLetter);
                let (returns, not_done) = (Vec::new(), Some(failed));
                let held = Held { place, depot: name, reply, returns, not_done, since: epoch };
                closed.answers.push(held);
            }
        }
    }
}

/// Whether somebody asks a task once more for a record of an earlier group.
pub(super) fn is_asked_again(task: &SealedTask) -> bool {
    task.records.iter().any(|records| {
        let first = records.first();
        records.replies.iter().any(|(offset, _)| *offset < first)
    })
}
