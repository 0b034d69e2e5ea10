//! Appending to depots from running dataflow (OP-33, DP-40 to DP-42).
//!
//! A record is encoded at once and collected; it gets its offset at the cut and is in the same commit group as every
//! other effect of the record that appends it. So it is there exactly once, where the original repeats it with
//! every retry.

use std::sync::Arc;

use super::{
    Cx, DepotRef, Outcome, Returns,
    parking::{Awaits, Comes},
};
use crate::{
    depot::{AckLevel, Appended, DepotTarget, Event, Reply, encode_record},
    error::EventError,
    id::{DepotId, TaskId},
};

/// What the topologies on one task append until the next cut.
pub(crate) struct Appends {
    targets: Arc<[DepotTarget]>,
    /// By depot.
    collected: Vec<Appended>,
    bytes: usize,
    scratch: Vec<u8>,
}

/// A record was appended on a task where nobody looks for it.
#[derive(Debug, thiserror::Error)]
#[error(
    "depot `*{depot}`: the record is at home on task {home}, but this event runs on task {task}: add \
     {way} before it"
)]
struct NotAtHome {
    depot: &'static str,
    home: TaskId,
    task: TaskId,
    way: &'static str,
}

impl Appends {
    /// `targets` are the depots of the module, by number.
    pub(crate) fn new(targets: Arc<[DepotTarget]>) -> Self {
        let collected = targets.iter().map(|_| Appended::default()).collect();
        Self { targets, collected, bytes: 0, scratch: Vec::new() }
    }

    /// Encoded bytes that were collected.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets what was collected.
    pub(crate) fn clear(&mut self) {
        if self.bytes > 0 {
            self.bytes = 0;
            self.collected.iter_mut().for_each(Appended::clear);
        }
    }

    /// What was collected, by depot; the group has it now.
    pub(crate) fn seal(&mut self) -> &mut [Appended] {
        self.bytes = 0;
        &mut self.collected
    }

    fn push<E: Event>(
        &mut self,
        depot: DepotId,
        event: &E,
        reply: Option<Reply>,
    ) -> Result<(), EventError> {
        let depot = usize::from(depot.0);
        encode_record(event, &mut self.scratch).map_err(|reason| {
            let name = self.targets[depot].name;
            EventError::new(format!("depot `*{name}`: the record cannot be stored: {reason}"))
        })?;
        self.bytes += self.scratch.len();
        self.collected[depot].push(&self.scratch, reply);
        Ok(())
    }
}

impl Cx<'_> {
    /// Appends a record to the partition of this task (DP-40), and goes on at once.
    ///
    /// # Errors
    /// When the record is not at home on this task, or cannot be encoded.
    pub fn depot_append<E: Event>(&mut self, depot: DepotRef<E>, event: &E) -> Outcome {
        self.append(depot, event, None)
    }

    /// Appends a record to the partition of this task and goes on at `at` when what `level` says is done: when the
    /// record is durable, or when every stream topology that reads the depot has finished it, too. The tree that
    /// appends is parked until then. It fails when a topology fails on the record.
    ///
    /// # Errors
    /// As [`Self::depot_append`], and when too many trees are parked on this task.
    pub fn depot_append_acked<E: Event, F: Clone + Send + 'static>(
        &mut self,
        depot: DepotRef<E>,
        event: &E,
        level: AckLevel,
        at: Returns<(), F>,
        frame: F,
    ) -> Outcome {
        if level == AckLevel::None {
            self.depot_append(depot, event)?;
            return self.return_to(at, (), frame);
        }
        let (wait, ticket) = self.parking.ticket();
        let reply = Reply::to_tree(level, move |answer| match answer {
            Ok(_) => ticket.arrive(Comes::Value(Box::new(()))),
            Err(error) => ticket.arrive(Comes::Failed(error.to_string().into())),
        });
        self.append(depot, event, Some(reply))?;
        self.park(wait, at, frame, Awaits::Append)
    }

    fn append<E: Event>(&mut self, depot: DepotRef<E>, event: &E, reply: Option<Reply>) -> Outcome {
        self.may_append(depot, event)?;
        if self.sends_one_more() {
            self.appends.push(depot.id, event, reply)?;
        }
        Ok(())
    }

    /// A global depot has one partition. Other records are looked for by nobody but topologies, so it is only a
    /// mistake to have them elsewhere, and checked with the other ones of this kind.
    fn may_append<E: Event>(&self, depot: DepotRef<E>, event: &E) -> Outcome {
        let target = &self.appends.targets[usize::from(depot.id.0)];
        let partitioning = target.partitioning::<E>();
        let is_global = partitioning.is_global();
        if !is_global && !self.check_locality {
            return Ok(());
        }
        match partitioning.home(event, self.tasks) {
            Some(home) if home != self.task => {
                let way = if is_global { "`|global()`" } else { "`|hash(..)` with its key" };
                Err(NotAtHome { depot: target.name, home, task: self.task, way }.into())
            }
            _ => Ok(()),
        }
    }
}
