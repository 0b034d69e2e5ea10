//! A declared depot becomes queues, views and intakes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::opening::{Declaration, Opened, Opening};
use crate::{
    depot::{AppendQueue, DepotPartition, DepotTarget, DepotView, Event, Partitioning},
    driver::Signal,
    engine::Queue,
    error::{AppendError, LaunchError},
    flow::Origin,
    id::{DepotId, TaskId, TopologyId},
    task::Intake,
};

/// A declared depot.
pub(crate) struct DepotDecl<E> {
    pub(crate) name: &'static str,
    pub(crate) id: DepotId,
    pub(crate) partitioning: Partitioning<E>,
}

/// What clients of a running depot share.
pub(crate) struct DepotShared<E> {
    pub(crate) partitioning: Partitioning<E>,
    pub(crate) partitions: Vec<DepotDoor<E>>,
}

/// The entrance of one partition.
pub(crate) struct DepotDoor<E> {
    pub(crate) queue: Arc<AppendQueue<E>>,
    pub(crate) wake: Arc<Signal>,
    pub(crate) view: Arc<DepotView>,
}

impl<E: Event> Declaration for DepotDecl<E> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn layout(&self) -> String {
        String::new()
    }

    fn open(&self, at: &Opening<'_>) -> Result<Opened, LaunchError> {
        let table = at.recovered.tables.depot(self.id).expect("the catalog has every depot");
        let mut opened = Opened::default();
        let mut partitions = Vec::new();
        for task in at.task_ids() {
            let end = at.recovered.end(self.id, task)?;
            let mut progress = BTreeMap::new();
            for source in at.program.sources::<E>(self.id) {
                let next = at.recovered.progress(source.topology, self.id, task)?;
                progress.insert(source.topology, next);
            }
            let unfinished = self.unfinished(progress.keys(), task, at)?;
            opened.unfinished.extend(&unfinished);
            let queue = Arc::new(AppendQueue::new());
            let snapshot = Arc::clone(&at.recovered.snapshot);
            let view =
                Arc::new(DepotView::new(table.clone(), task, end, at.moment.clone(), snapshot));
            let partition = DepotPartition::new(self.name, self.id, task, Arc::clone(&queue), end);
            let view_of = Arc::clone(&view);
            let intake = Intake::new(partition, view_of, at.program, &progress, unfinished);
            opened.intakes.push(Box::new(intake));
            opened.depot_views.push(Arc::clone(&view));
            opened.queues.push(Arc::clone(&queue) as Arc<dyn Queue>);
            let wake = Arc::clone(&at.wakes[task.0 as usize]);
            partitions.push(DepotDoor { queue, wake, view });
        }
        let partitioning = self.partitioning.clone();
        opened.target = Some(DepotTarget::new(self.name, partitioning.clone()));
        opened.shared = Some(Arc::new(DepotShared { partitioning, partitions }));
        Ok(opened)
    }
}

impl<E> DepotDecl<E> {
    /// What topologies have begun in a partition and are not done with, in the order of the records.
    fn unfinished<'a>(
        &self,
        topologies: impl Iterator<Item = &'a TopologyId>,
        task: TaskId,
        at: &Opening<'_>,
    ) -> Result<VecDeque<Origin>, LaunchError> {
        let mut unfinished = Vec::new();
        for topology in topologies.copied() {
            let depot = self.id;
            let offsets = at.recovered.parked(topology, depot, task)?.into_iter();
            unfinished.extend(offsets.map(|offset| Origin { topology, depot, task, offset }));
        }
        unfinished.sort_by_key(|origin| origin.offset);
        Ok(unfinished.into())
    }
}

impl<E: Event> Queue for AppendQueue<E> {
    fn close(&self) {
        Self::close(self);
    }

    fn refuse_all(&self, refusal: &AppendError) {
        for reply in self.drain().into_iter().filter_map(|append| append.reply) {
            reply.send(Err(refusal.clone()));
        }
    }

    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }
}
