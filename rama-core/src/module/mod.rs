//! What a module declares, and how its declarations become the parts of a running engine.

mod depot;
mod opening;
mod pstate;

pub(crate) use self::{
    depot::{DepotDoor, DepotShared},
    opening::{Opened, Opening},
    pstate::PStateShared,
};

pub use self::pstate::PStateOptions;
pub use crate::flow::{ModuleInstanceInfo, TopologyType};

use std::collections::BTreeSet;

use self::{depot::DepotDecl, opening::Declaration, pstate::PStateDecl};
use crate::{
    client::Link,
    codec::Key,
    depot::{DepotOptions, Event, Partitioning},
    engine::Catalog,
    flow::{DepotRef, Facts, Flow, PStateRef, Program, Reader},
    id::{DepotId, PStateId, TopologyId},
    partition::KeyHash,
    schema::Schema,
};

/// A module: depots, PStates and topologies that are deployed together (C-02). Made by
/// [`defmodule!`](crate::defmodule).
pub trait Module: Send + Sync + 'static {
    /// Typed handles on everything a client may reach.
    type Client: Clone + Send + Sync + 'static;

    /// The module's name: its identity across restarts and updates (DP-12).
    fn name(&self) -> &'static str;

    /// Declares everything the module consists of.
    fn define(&self, module: &mut ModuleBuilder);

    /// The handles of a client that is linked to the running module.
    fn client(link: &Link) -> Self::Client;
}

/// Collects the declarations of a module, in source order.
#[derive(Default)]
pub struct ModuleBuilder {
    flow: Flow,
    depots: Vec<Box<dyn Declaration>>,
    pstates: Vec<Box<dyn Declaration>>,
    topologies: Vec<&'static str>,
}

/// Declares one stream topology (TP-01 to TP-06).
pub struct StreamBuilder<'a> {
    module: &'a mut ModuleBuilder,
    id: TopologyId,
}

/// A module's declarations, complete and checked.
pub(crate) struct Definition {
    pub(crate) program: Program,
    pub(crate) depots: Vec<Box<dyn Declaration>>,
    pub(crate) pstates: Vec<Box<dyn Declaration>>,
    /// By number, those of sources with an id included.
    pub(crate) topologies: Vec<&'static str>,
    /// What their progress is kept under.
    names: Vec<String>,
}

/// Between the name of a topology and the id of a source: no name has it.
pub(crate) const READER: char = '#';

impl ModuleBuilder {
    /// Declares a depot.
    pub fn depot<E: Event>(
        &mut self,
        name: &'static str,
        partitioning: Partitioning<E>,
    ) -> DepotRef<E> {
        self.depot_with(name, partitioning, DepotOptions::new())
    }

    /// Declares a depot, in another way than usual.
    pub fn depot_with<E: Event>(
        &mut self,
        name: &'static str,
        partitioning: Partitioning<E>,
        options: DepotOptions,
    ) -> DepotRef<E> {
        let id = DepotId(number(self.depots.len()));
        self.depots.push(Box::new(DepotDecl { name, id, partitioning, options }));
        DepotRef::new(id)
    }

    /// Declares a stream topology.
    pub fn stream(&mut self, name: &'static str) -> StreamBuilder<'_> {
        let id = TopologyId(number(self.topologies.len()));
        self.topologies.push(name);
        StreamBuilder { module: self, id }
    }

    /// The dataflow of a topology that was declared before.
    pub fn flow(&mut self, topology: TopologyId) -> &mut Flow {
        self.flow.topology = topology;
        &mut self.flow
    }

    /// The operations that all topologies share.
    pub fn ops(&mut self) -> &mut Flow {
        &mut self.flow
    }

    /// Checks what the macro could not, and closes the definition.
    pub(crate) fn finish(self) -> Result<Definition, String> {
        unique("depot", self.depots.iter().map(|depot| depot.name()))?;
        self.depots.iter().try_for_each(|depot| depot.check())?;
        unique("PState", self.pstates.iter().map(|pstate| pstate.name()))?;
        unique("topology", self.topologies.iter().copied())?;
        let program = self.flow.compile(number(self.topologies.len()));
        if let Some(id) = program.doubled() {
            return Err(format!(
                "two sources on one depot have the id `{id}`: give each of them its own"
            ));
        }
        let mut topologies = self.topologies;
        let mut names: Vec<String> = topologies.iter().map(|name| (*name).to_owned()).collect();
        for Reader { topology, id } in program.readers() {
            let owner = topologies[usize::from(topology.0)];
            names.push(format!("{owner}{READER}{id}"));
            topologies.push(owner);
        }
        Ok(Definition { program, names, depots: self.depots, pstates: self.pstates, topologies })
    }
}

impl StreamBuilder<'_> {
    /// Declares a PState that this topology writes (C-12).
    pub fn pstate<S: Schema>(&mut self, name: &'static str) -> PStateRef<S> {
        self.pstate_with(name, PStateOptions::new())
    }

    /// Declares a PState that this topology writes, in another way than usual.
    pub fn pstate_with<S: Schema>(
        &mut self,
        name: &'static str,
        options: PStateOptions<S>,
    ) -> PStateRef<S> {
        let id = PStateId(number(self.module.pstates.len()));
        self.module.pstates.push(Box::new(PStateDecl::new(name, id, options)));
        PStateRef::new(id, self.id)
    }

    /// The topology's dataflow.
    pub fn flow(&mut self) -> &mut Flow {
        self.module.flow(self.id)
    }

    /// What [`ModuleBuilder::flow`] knows the topology by.
    #[must_use]
    pub fn id(&self) -> TopologyId {
        self.id
    }
}

impl Definition {
    /// What dataflow may know about the instance. All topologies are streams.
    pub(crate) fn facts(&self, info: ModuleInstanceInfo) -> Facts {
        let topologies = self.topologies.iter().map(|name| (*name, TopologyType::Stream));
        Facts::new(info, topologies, self.depots.iter().map(|depot| depot.name()))
    }

    pub(crate) fn catalog(&self) -> Catalog {
        let names = |declarations: &[Box<dyn Declaration>]| {
            declarations.iter().map(|declaration| declaration.name().to_owned()).collect()
        };
        Catalog {
            depots: names(&self.depots),
            pstates: names(&self.pstates),
            keys: self.pstates.iter().map(|pstate| pstate.layout()).collect(),
            topologies: self.names.clone(),
        }
    }
}

/// The hash of a key that a record is partitioned by.
pub fn key_hash<K: Key>(key: &K) -> KeyHash {
    KeyHash::of(key)
}

fn number(count: usize) -> u16 {
    u16::try_from(count).expect("a module has fewer than 65,536 declarations of a kind")
}

fn unique(what: &str, names: impl Iterator<Item = &'static str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!(
                "{what} `{name}` is declared twice: give one of them another name"
            ));
        }
    }
    Ok(())
}
