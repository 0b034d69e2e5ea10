//! A module's dataflow after compilation: segments behind typed ports, and the sources that feed them.

use std::{any::Any, marker::PhantomData, sync::Arc, time::Duration};

use super::{
    Cx, Fold, Identity, Origin, Outcome, Retries, SourceOptions, StartFrom,
    op::{Bodies, Called},
    outbox::{NothingWaits, PortOutbox, Waiting},
};
use crate::{
    clock::Timestamp,
    depot::Event,
    id::{DepotId, PStateId, TopologyId},
    schema::Schema,
};

/// Number of a port, by order of declaration: stable across builds of the same source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PortId(pub(crate) usize);

/// The entrance of a segment. Its type, the live variables of the cut, is inferred from the first use.
pub struct Port<T> {
    id: PortId,
    frame: PhantomData<fn(T)>,
}

impl<T> Port<T> {
    pub(crate) fn id(self) -> PortId {
        self.id
    }
}

impl<T> Clone for Port<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Port<T> {}

/// A depot as the module's own code names it.
pub struct DepotRef<E> {
    pub(crate) id: DepotId,
    event: PhantomData<fn(E)>,
}

impl<E> DepotRef<E> {
    pub(crate) fn new(id: DepotId) -> Self {
        Self { id, event: PhantomData }
    }
}

impl<E> Clone for DepotRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for DepotRef<E> {}

/// A PState as the module's own code names it.
pub struct PStateRef<S> {
    pub(crate) id: PStateId,
    /// The topology that declares it, and alone writes it (C-12).
    pub(crate) owner: TopologyId,
    schema: PhantomData<fn(S)>,
}

impl<S: Schema> PStateRef<S> {
    pub(crate) fn new(id: PStateId, owner: TopologyId) -> Self {
        Self { id, owner, schema: PhantomData }
    }
}

impl<S> Clone for PStateRef<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for PStateRef<S> {}

/// Collects the ports, segments and sources of a module, in source order.
#[derive(Default)]
pub struct Flow {
    pub(crate) topology: TopologyId,
    labels: Vec<&'static str>,
    segments: Vec<Option<SegmentDecl>>,
    sources: Vec<SourceDecl>,
    pub(super) ops: Bodies,
    pub(super) returns: Bodies,
}

struct SegmentDecl {
    segment: Box<dyn Any + Send + Sync>,
    outbox: fn(PortId, u32) -> Box<dyn Waiting>,
}

struct SourceDecl {
    topology: TopologyId,
    depot: DepotId,
    options: SourceOptions,
    source: Arc<dyn Any + Send + Sync>,
}

/// The code behind a port.
pub(crate) struct Segment<T> {
    pub(crate) label: &'static str,
    pub(crate) body: Body<T>,
}

/// A segment or source as a closure: one virtual call per frame, nothing boxed.
pub(crate) type Body<T> = Box<dyn Fn(&mut Cx<'_>, T) -> Outcome + Send + Sync>;

/// A `source` section: what runs for each record of a depot.
pub(crate) struct Source<E> {
    pub(crate) topology: TopologyId,
    /// Its number among the sources of its topology on its depot.
    number: u64,
    pub(crate) label: &'static str,
    pub(crate) body: Body<E>,
}

impl<E> Source<E> {
    /// Of the event in which this source gets a record.
    pub(crate) fn identity(&self, time: Timestamp) -> Identity {
        Identity::of_record(time, self.number)
    }
}

impl Flow {
    /// Declares the entrance of a segment that is defined further down. The label names it in errors.
    pub fn port<T>(&mut self, label: &'static str) -> Port<T> {
        self.labels.push(label);
        self.segments.push(None);
        Port { id: PortId(self.segments.len() - 1), frame: PhantomData }
    }

    /// Runs `body` for each record of a depot, on the record's partition (OP-01).
    pub fn source<E: Event, F>(&mut self, depot: DepotRef<E>, label: &'static str, body: F)
    where
        F: Fn(&mut Cx<'_>, E) -> Outcome + Send + Sync + 'static,
    {
        self.source_with(depot, label, SourceOptions::new(), body);
    }

    /// Runs `body` for each record of a depot, in the way that the options say. Sources of one topology on one depot
    /// that have no id go on together, as the first of them says.
    pub fn source_with<E: Event, F>(
        &mut self,
        depot: DepotRef<E>,
        label: &'static str,
        options: SourceOptions,
        body: F,
    ) where
        F: Fn(&mut Cx<'_>, E) -> Outcome + Send + Sync + 'static,
    {
        let (topology, depot) = (self.topology, depot.id);
        let before =
            self.sources.iter().filter(|one| (one.topology, one.depot) == (topology, depot));
        let number = before.count() as u64;
        let source: Source<E> = Source { topology, number, label, body: Box::new(body) };
        self.sources.push(SourceDecl { topology, depot, options, source: Arc::new(source) });
    }

    /// Defines what runs for each frame that hops to a port.
    pub fn segment<T: Send + 'static, F>(&mut self, port: Port<T>, body: F)
    where
        F: Fn(&mut Cx<'_>, T) -> Outcome + Send + Sync + 'static,
    {
        let outbox = |port, tasks| Box::new(PortOutbox::<T>::new(port, tasks)) as Box<dyn Waiting>;
        self.define(port, Box::new(body), outbox);
    }

    /// Defines what runs where branches meet: a port that is entered on the task where they end.
    pub fn join<T: 'static, F>(&mut self, port: Port<T>, body: F)
    where
        F: Fn(&mut Cx<'_>, T) -> Outcome + Send + Sync + 'static,
    {
        self.define(port, Box::new(body), |_, _| Box::new(NothingWaits));
    }

    fn define<T: 'static>(
        &mut self,
        port: Port<T>,
        body: Body<T>,
        outbox: fn(PortId, u32) -> Box<dyn Waiting>,
    ) {
        let PortId(index) = port.id;
        let segment: Segment<T> = Segment { label: self.labels[index], body };
        self.segments[index] = Some(SegmentDecl { segment: Box::new(segment), outbox });
    }

    pub(crate) fn compile(self) -> Program {
        let segments = self
            .segments
            .into_iter()
            .map(|segment| segment.expect("every port that is declared gets its segment"))
            .collect();
        let (ops, returns) = (self.ops.compile(), self.returns.compile());
        Program { segments, sources: self.sources, ops, returns }
    }
}

/// The compiled dataflow of a module, shared by all its tasks.
pub(crate) struct Program {
    segments: Vec<SegmentDecl>,
    sources: Vec<SourceDecl>,
    pub(super) ops: Called,
    pub(super) returns: Called,
}

impl Program {
    pub(crate) fn segment<T: 'static>(&self, port: PortId) -> &Segment<T> {
        let segment = &self.segments[port.0].segment;
        segment.downcast_ref().expect("a port has the type of its segment")
    }

    pub(crate) fn outboxes(&self, tasks: u32) -> Vec<Box<dyn Waiting>> {
        (self.segments.iter().enumerate())
            .map(|(index, segment)| (segment.outbox)(PortId(index), tasks))
            .collect()
    }

    /// How long an attempt of a record may take: rarely asked, so looked for.
    pub(super) fn timeout(&self, origin: Origin) -> Duration {
        let (topology, depot) = (origin.topology, origin.depot);
        let mut sources = self.sources.iter();
        let source = sources.find(|source| (source.topology, source.depot) == (topology, depot));
        source.map_or(Duration::MAX, |source| source.options.retries.timeout)
    }

    /// What becomes of several values that a source returns for one record, where it says.
    pub(crate) fn folds(&self) -> impl Iterator<Item = ((TopologyId, DepotId), Fold)> {
        self.sources.iter().filter_map(|source| {
            let fold = Arc::clone(source.options.fold.as_ref()?);
            Some(((source.topology, source.depot), fold))
        })
    }

    /// What sources say about records on which they fail.
    pub(crate) fn retries(&self) -> impl Iterator<Item = (TopologyId, DepotId, Retries)> {
        self.sources.iter().map(|source| (source.topology, source.depot, source.options.retries))
    }

    /// Where topologies begin that have never read a depot, as each of their sources says.
    pub(crate) fn starts(&self, depot: DepotId) -> impl Iterator<Item = (TopologyId, StartFrom)> {
        let sources = self.sources.iter().filter(move |source| source.depot == depot);
        sources.map(|source| (source.topology, source.options.start_from))
    }

    /// The sources that read a depot, in source order.
    pub(crate) fn sources<E: Event>(&self, depot: DepotId) -> impl Iterator<Item = Arc<Source<E>>> {
        self.sources.iter().filter(move |source| source.depot == depot).map(|source| {
            let source = Arc::clone(&source.source).downcast();
            source.unwrap_or_else(|_| unreachable!("a source has the type of its depot's events"))
        })
    }
}
