//! Records that were trimmed before a topology could run them, in depots that do not wait for their topologies (DP-64):
//! whoever waits for one learns it. Who asks for it later, by its key, is told what is known then: that nothing of it is left to do.

use super::{Closed, Held, NotDone, Unfinished};
use crate::{
    depot::{AckLevel, Reply},
    id::{Epoch, Offset},
    task::{SealedTask, Skipped},
};

impl Unfinished {
    /// Answers whoever waits for a record that a topology did not find any more.
    pub(super) fn refuse_trimmed(
        &mut self,
        tasks: &mut [SealedTask],
        closed: &mut Closed,
        epoch: Epoch,
    ) {
        for task in tasks {
            for skipped in &task.skipped {
                self.refuse_waiting(skipped, closed);
            }
            refuse_asking(task, closed, epoch);
        }
    }

    fn refuse_waiting(&mut self, skipped: &Skipped, closed: &mut Closed) {
        let Skipped { topology, depot, task, records } = skipped;
        let places = (*depot, *task, records.start)..(*depot, *task, records.end);
        let ahead = self.ahead.extract_if(places.clone(), |_, _| true);
        let waiting = self.waiting.extract_if(places, |_, _| true);
        closed.answers.extend(
            ahead
                .chain(waiting)
                .map(|(_, held)| Held { not_done: Some(NotDone::Trimmed(*topology)), ..held }),
        );
    }
}

/// Answers whoever asks for such a record, by its key, in the group in which it is skipped.
fn refuse_asking(task: &mut SealedTask, closed: &mut Closed, epoch: Epoch) {
    for records in &mut task.records {
        let (depot, on, name) = (records.depot, records.task, records.name);
        let skipped = |offset: Offset| {
            let has = |one: &&Skipped| (one.depot, one.task) == (depot, on);
            task.skipped.iter().filter(has).find(|one| one.records.contains(&offset))
        };
        let asks = |(offset, reply): &mut (Offset, Reply)| {
            reply.level == AckLevel::Ack && skipped(*offset).is_some()
        };
        for (offset, reply) in records.replies.extract_if(.., asks) {
            let not_done = skipped(offset).map(|one| NotDone::Trimmed(one.topology));
            let (place, returns) = ((depot, on, offset), Vec::new());
            closed.answers.push(Held {
                place,
                depot: name,
                reply,
                returns,
                not_done,
                since: epoch,
            });
        }
    }
}
