//! A module's dataflow after compilation: segments behind typed ports, and the sources that feed them.

use std::{any::Any, marker::PhantomData, sync::Arc, time::Duration};

use super::{
    Cx, Fold, Identity, Origin, Outcome, Retries, SourceOptions,
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
    source: Box<dyn AnySource>,
}

/// A source whose type only its depot knows.
trait AnySource: Send + Sync {
    /// It goes on by itself, under this number.
    fn number(&mut self, topology: TopologyId);
    fn shared(self: Box<Self>) -> Arc<dyn Any + Send + Sync>;
}

/// A source of a compiled module.
struct Compiled {
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
    pub(crate) options: SourceOptions,
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
        let body = Box::new(body);
        let source: Source<E> = Source { topology, number, options: options.clone(), label, body };
        self.sources.push(SourceDecl { topology, depot, options, source: Box::new(source) });
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

    /// The sources that have an id get numbers of their own, behind those of the `declared` topologies.
    pub(crate) fn compile(mut self, declared: u16) -> Program {
        let mut readers: Vec<Reader> = Vec::new();
        for source in &mut self.sources {
            let Some(id) = source.options.id else { continue };
            let reader = Reader { topology: source.topology, id };
            let known = readers.iter().position(|known| *known == reader);
            let place = known.unwrap_or_else(|| {
                readers.push(reader);
                readers.len() - 1
            });
            let place = u16::try_from(place).expect("a module has fewer than 65,536 sources");
            source.topology = TopologyId(declared + place);
            source.source.number(source.topology);
        }
        let sources = self.sources.into_iter().map(|source| {
            let SourceDecl { topology, depot, options, source } = source;
            Compiled { topology, depot, options, source: source.shared() }
        });
        let sources = sources.collect();
        let segments = self
            .segments
            .into_iter()
            .map(|segment| segment.expect("every port that is declared gets its segment"))
            .collect();
        let (ops, returns) = (self.ops.compile(), self.returns.compile());
        Program { segments, sources, declared, readers, ops, returns }
    }
}

/// The compiled dataflow of a module, shared by all its tasks.
pub(crate) struct Program {
    segments: Vec<SegmentDecl>,
    sources: Vec<Compiled>,
    declared: u16,
    readers: Vec<Reader>,
    pub(super) ops: Called,
    pub(super) returns: Called,
}

/// The sources of a topology that have the same id: they go on by themselves, like a topology of their own (DP-84).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) topology: TopologyId,
    pub(crate) id: &'static str,
}

impl<E: Event> AnySource for Source<E> {
    fn number(&mut self, topology: TopologyId) {
        self.topology = topology;
    }

    fn shared(self: Box<Self>) -> Arc<dyn Any + Send + Sync> {
        Arc::from(self as Box<dyn Any + Send + Sync>)
    }
}

impl Program {
    /// The topology that this number, of a topology or of sources with an id, belongs to.
    pub(crate) fn owner(&self, number: TopologyId) -> TopologyId {
        match number.0.checked_sub(self.declared) {
            None => number,
            Some(reader) => self.readers[usize::from(reader)].topology,
        }
    }

    /// Sources with an id, by their numbers behind those of the declared topologies.
    pub(crate) fn readers(&self) -> &[Reader] {
        &self.readers
    }

    /// Whether a depot is read twice under one id.
    pub(crate) fn doubled(&self) -> Option<&'static str> {
        let with_id = |source: &&Compiled| source.options.id.is_some();
        let mut seen = std::collections::BTreeSet::new();
        let mut sources = self.sources.iter().filter(with_id);
        sources.find(|source| !seen.insert((source.topology, source.depot)))?.options.id
    }

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

    /// The sources that read a depot, in source order.
    pub(crate) fn sources<E: Event>(&self, depot: DepotId) -> impl Iterator<Item = Arc<Source<E>>> {
        self.sources.iter().filter(move |source| source.depot == depot).map(|source| {
            let source = Arc::clone(&source.source).downcast();
            source.unwrap_or_else(|_| unreachable!("a source has the type of its depot's events"))
        })
    }
}
