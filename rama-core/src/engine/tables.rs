//! What is stored where: the tables of the store, and the names behind the numbers in commit groups.

use serde::{Deserialize, Serialize};

use crate::id::{DepotId, Offset, PStateId, TaskId, TopologyId};

/// Facts about the data itself: format, module, number of tasks, names, and how far the store is.
pub(crate) const META: &str = "meta";
/// Next offset of each topology in each depot partition it reads.
pub(crate) const PROGRESS: &str = "progress";
/// Next offset of each depot partition, and when the record before it was appended.
pub(crate) const ENDS: &str = "ends";

/// First offset of each depot partition that was trimmed.
pub(crate) const STARTS: &str = "starts";

/// Records that a topology has begun and is not done with: a tree of it is parked, or it failed and will be run again.
/// How often it failed, by offset.
pub(crate) const PARKED: &str = "parked";

/// Records that a topology has given up.
pub(crate) const LETTERS: &str = "letters";

/// The row of [`META`] with a [`Meta`].
pub(crate) const META_KEY: &[u8] = b"module";

/// Number of the layout of the tables.
pub(crate) const STORE_FORMAT: u32 = 4;

/// What the store says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// [`STORE_FORMAT`] of the program that wrote it.
    pub(crate) format: u32,
    /// The format of keys and of the partition hash.
    pub(crate) partition_format: u32,
    pub(crate) module: String,
    pub(crate) tasks: u32,
    /// The store contains every group up to this one.
    pub(crate) covered: u64,
    pub(crate) catalog: Catalog,
}

/// The names behind the numbers in commit groups, by number. Written with every checkpoint; numbers are
/// valid for the groups after it, so a module may declare things in another order on its next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Catalog {
    pub(crate) depots: Vec<String>,
    pub(crate) pstates: Vec<String>,
    /// What the rows of each PState lie under, as text.
    #[serde(default)]
    pub(crate) keys: Vec<String>,
    pub(crate) topologies: Vec<String>,
}

/// Names of tables and keys, made from a catalog.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub(crate) catalog: Catalog,
}

impl Tables {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self { catalog }
    }

    /// The table with the rows of a PState; `None` for a number the catalog does not have.
    pub(crate) fn pstate(&self, id: PStateId) -> Option<String> {
        Some(format!("pstate:{}", self.catalog.pstates.get(usize::from(id.0))?))
    }

    /// The table with the records of a depot.
    pub(crate) fn depot(&self, id: DepotId) -> Option<String> {
        Some(format!("depot:{}", self.catalog.depots.get(usize::from(id.0))?))
    }

    /// The table with the keys of a depot's records; its rows are found like single records.
    pub(crate) fn keys(&self, id: DepotId) -> Option<String> {
        Some(format!("keys:{}", self.catalog.depots.get(usize::from(id.0))?))
    }

    /// The key in [`ENDS`] and [`STARTS`] of a depot partition.
    pub(crate) fn end_key(&self, depot: DepotId, task: TaskId) -> Option<Vec<u8>> {
        let depot = self.catalog.depots.get(usize::from(depot.0))?;
        Some(format!("{depot}/{task}").into_bytes())
    }

    /// The key in [`PROGRESS`] of a topology in a depot partition.
    pub(crate) fn progress_key(
        &self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
    ) -> Option<Vec<u8>> {
        let topology = self.catalog.topologies.get(usize::from(topology.0))?;
        let depot = self.catalog.depots.get(usize::from(depot.0))?;
        Some(format!("{topology}/{depot}/{task}").into_bytes())
    }

    /// The number of a topology that the catalog has.
    pub(crate) fn topology(&self, name: &str) -> Option<TopologyId> {
        number(&self.catalog.topologies, name).map(TopologyId)
    }

    /// The number of a depot that the catalog has.
    pub(crate) fn depot_id(&self, name: &str) -> Option<DepotId> {
        number(&self.catalog.depots, name).map(DepotId)
    }

    /// What the keys in [`LETTERS`] of a topology begin with.
    pub(crate) fn letters_of(&self, topology: TopologyId) -> Option<Vec<u8>> {
        let topology = self.catalog.topologies.get(usize::from(topology.0))?;
        Some(format!("{topology}/").into_bytes())
    }

    /// The key in [`LETTERS`] of a dead letter. Those of one depot lie in the order of their tasks and offsets.
    pub(crate) fn letter_key(
        &self,
        topology: TopologyId,
        (depot, task, offset): (DepotId, TaskId, Offset),
    ) -> Option<Vec<u8>> {
        let mut key = self.letters_of(topology)?;
        key.extend_from_slice(self.catalog.depots.get(usize::from(depot.0))?.as_bytes());
        key.push(b'/');
        key.extend(task.0.to_be_bytes());
        key.extend(offset.0.to_be_bytes());
        Some(key)
    }

    /// The record whose letter has this key, when the module still has its topology and its depot.
    pub(crate) fn letter_at(&self, key: &[u8]) -> Option<(TopologyId, (DepotId, TaskId, Offset))> {
        let (names, place) = key.split_last_chunk::<12>()?;
        let names = std::str::from_utf8(names).ok()?.strip_suffix('/')?;
        let (topology, depot) = names.rsplit_once('/')?;
        let (topology, depot) = (self.topology(topology)?, self.depot_id(depot)?);
        let (task, offset) = place.split_first_chunk::<4>()?;
        let offset = u64::from_be_bytes(offset.try_into().ok()?);
        Some((topology, (depot, TaskId(u32::from_be_bytes(*task)), Offset(offset))))
    }

    /// The key in [`PARKED`] of a record that a topology is not done with. Those of one partition lie in the order of
    /// their offsets, behind the key without an offset.
    pub(crate) fn parked_key(
        &self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
        offset: Option<Offset>,
    ) -> Option<Vec<u8>> {
        let mut key = self.progress_key(topology, depot, task)?;
        key.push(b'/');
        key.extend(offset.into_iter().flat_map(|offset| offset.0.to_be_bytes()));
        Some(key)
    }
}

fn number(names: &[String], name: &str) -> Option<u16> {
    u16::try_from(names.iter().position(|known| known == name)?).ok()
}
