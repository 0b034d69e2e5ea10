//! A declared depot becomes queues, views and intakes.

use std::{collections::BTreeMap, sync::Arc};

use super::opening::{Declaration, Opened, Opening};
use crate::{
    clock::Timestamp,
    depot::{
        AppendQueue, Bounds, DepotOptions, DepotPartition, DepotReadError, DepotTarget, DepotView,
        Event, Keys, Partitioning,
    },
    driver::Signal,
    engine::{Left, Queue, Readers},
    error::{AppendError, LaunchError},
    flow::{Origin, StartFrom},
    id::{DepotId, Offset, TaskId, TopologyId},
    task::{Intake, Start},
};

/// A declared depot.
pub(crate) struct DepotDecl<E> {
    pub(crate) name: &'static str,
    pub(crate) id: DepotId,
    pub(crate) partitioning: Partitioning<E>,
    pub(crate) options: DepotOptions,
}

/// What clients of a running depot share.
pub(crate) struct DepotShared<E> {
    pub(crate) partitioning: Partitioning<E>,
    pub(crate) partitions: Vec<Arc<DepotDoor<E>>>,
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

    fn check(&self) -> Result<(), String> {
        self.options.check().map_err(|reason| format!("depot `*{}`: {reason}", self.name))
    }

    fn open(&self, at: &Opening<'_>) -> Result<Opened, LaunchError> {
        let table = at.recovered.tables.depot(self.id).expect("the catalog has every depot");
        let mut opened = Opened::default();
        let mut partitions = Vec::new();
        for task in at.task_ids() {
            let bounds = at.recovered.bounds(self.id, task)?;
            let (moment, snapshot) = (at.moment.clone(), Arc::clone(&at.recovered.snapshot));
            let view = Arc::new(DepotView::new(table.clone(), task, bounds, moment, snapshot));
            let starts = self.starts(&view, task, at)?;
            let left = self.left(&starts, (task, bounds), at)?;
            let again = left.iter().filter(|left| !left.holds);
            let unfinished: Vec<Origin> = again.map(|left| left.origin).collect();
            opened.unfinished.extend(left);
            opened.lags |= starts.values().any(|start| start.next < bounds.end);
            let readers = Readers {
                reached: starts.iter().map(|(topology, start)| (*topology, start.next)).collect(),
                parked: unfinished.iter().map(|one| (one.offset, one.topology)).collect(),
            };
            opened.trims.watch((self.id, task), &self.options, bounds, readers);
            let queue = Arc::new(AppendQueue::new());
            let keys = Keys::new(&self.options, task, at.recovered.keys(self.id, task)?);
            let partition =
                DepotPartition::new(self.name, self.id, task, Arc::clone(&queue), bounds, keys);
            let view_of = Arc::clone(&view);
            let intake = Intake::new(partition, view_of, at.program, &starts, unfinished);
            opened.intakes.push(Box::new(intake));
            opened.depot_views.push(Arc::clone(&view));
            opened.queues.push(Arc::clone(&queue) as Arc<dyn Queue>);
            let wake = Arc::clone(&at.wakes[task.0 as usize]);
            partitions.push(Arc::new(DepotDoor { queue, wake, view }));
        }
        let partitioning = self.partitioning.clone();
        opened.target = Some(DepotTarget::new(self.name, partitioning.clone()));
        opened.shared = Some(Arc::new(DepotShared { partitioning, partitions }));
        Ok(opened)
    }
}

impl<E: Event> DepotDecl<E> {
    /// Where the topologies that read a partition go on, or begin.
    fn starts(
        &self,
        view: &DepotView,
        task: TaskId,
        at: &Opening<'_>,
    ) -> Result<BTreeMap<TopologyId, Start>, LaunchError> {
        let (mut starts, mut wanted) = (BTreeMap::new(), BTreeMap::new());
        for source in at.program.sources::<E>(self.id) {
            let from = source.options.start();
            if *wanted.entry(source.topology).or_insert(from) != from {
                let reason = format!(
                    "the sources of a topology on depot `*{}` go on together, so they begin at the same place: \
                     give all of them the same `start_from`",
                    self.name
                );
                return Err(LaunchError::Module { module: at.module, reason });
            }
            let stored = at.recovered.progress(source.topology, self.id, task)?;
            let next = match stored {
                Some(next) => next,
                None => self.first(from, view, at.now)?,
            };
            self.exists(next, task, view.bounds(), at)?;
            starts.insert(source.topology, Start { next, is_stored: stored.is_some() });
        }
        Ok(starts)
    }

    /// The first record for a topology that has never read the partition.
    fn first(
        &self,
        from: StartFrom,
        view: &DepotView,
        now: Timestamp,
    ) -> Result<Offset, LaunchError> {
        let Bounds { start, end, .. } = view.bounds();
        let ago = |records| Offset(end.0.saturating_sub(records));
        let offset = match from {
            StartFrom::End => end,
            StartFrom::Beginning => self.options.entries().map_or(start, ago),
            StartFrom::RecordsAgo(records) => ago(records),
            StartFrom::Ago(duration) => {
                let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
                view.offset_at(Timestamp(now.0.saturating_sub(micros))).map_err(unread)?
            }
            StartFrom::Since(time) => view.offset_at(time).map_err(unread)?,
            StartFrom::Offset(offset) => Offset(offset),
        };
        Ok(offset.clamp(start, end))
    }

    /// Data of which a part is older than the rest is not gone on with (C15): a topology would leave out the records that
    /// get the missing offsets.
    fn exists(
        &self,
        reached: Offset,
        task: TaskId,
        Bounds { end, .. }: Bounds,
        at: &Opening<'_>,
    ) -> Result<(), LaunchError> {
        if reached <= end {
            return Ok(());
        }
        let reason = format!(
            "depot `*{}` of task {task} ends at offset {end}, and a topology has processed it up to {reached}: the \
             records between are gone, so some of the files are older than the others; restore all of them from \
             the same backup",
            self.name
        );
        Err(LaunchError::Mismatch { module: at.module, reason })
    }

    /// What topologies have begun in a partition and are not done with, in the order of the records.
    fn left(
        &self,
        starts: &BTreeMap<TopologyId, Start>,
        (task, bounds): (TaskId, Bounds),
        at: &Opening<'_>,
    ) -> Result<Vec<Left>, LaunchError> {
        let mut left = Vec::new();
        for (topology, start) in starts {
            let (topology, depot) = (*topology, self.id);
            for (offset, failed) in at.recovered.parked(topology, depot, task)? {
                self.exists(offset.next(), task, bounds, at)?;
                let origin = Origin { topology, depot, task, offset };
                // A topology that went back to a record begins it in its turn.
                let holds = start.is_stored && offset >= start.next;
                left.push(Left { origin, failed, holds });
            }
        }
        Ok(left)
    }
}

fn unread(error: DepotReadError) -> LaunchError {
    match error {
        DepotReadError::Store(error) => LaunchError::Store(error),
        DepotReadError::Codec(error) => LaunchError::Codec(error),
        DepotReadError::Trimmed { .. } => {
            unreachable!("nothing is trimmed before a module runs, and it asks for what is there")
        }
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

    fn places(&self) -> usize {
        Self::places(self)
    }
}
