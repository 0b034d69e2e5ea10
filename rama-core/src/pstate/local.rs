//! Rows as paths see them: those of the task that runs, those of the last cut, and those that are committed.

use std::fmt;

use super::{Home, PStatePartition, PStateView, layer::Overlay};
use crate::{
    id::TaskId,
    path::{
        PathError, Walk,
        rows::{AnyRow, LeadingKey, ReadRows, RowKind, Scan, VisitRow, WriteRows},
    },
};

/// A place in the user's source, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLine {
    file: &'static str,
    line: u32,
}

impl SourceLine {
    /// Emitted by the macro with the place of the operator.
    #[must_use]
    pub fn new(file: &'static str, line: u32) -> Self {
        Self { file, line }
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Checks that keys are at home where they are used.
#[derive(Clone, Debug)]
pub(crate) struct Locality {
    pub(crate) pstate: &'static str,
    pub(crate) home: Home,
    pub(crate) task: TaskId,
    pub(crate) tasks: u32,
    pub(crate) at: SourceLine,
}

/// A key was used on a task that is not its home: what would be silent data loss.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}`: key `{key}` is at home on task {home}, but this event runs on task {task} \
     ({at}): add `|hash($${pstate}, ..)` with this key before it"
)]
pub(crate) struct NotAtHome {
    pstate: &'static str,
    key: String,
    home: TaskId,
    task: TaskId,
    at: SourceLine,
}

/// A global PState was used on a task that does not have it.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}` is global: it is on task 0, but this event runs on task {task} ({at}): add `|global()` \
     before it"
)]
pub(crate) struct NotGlobal {
    pstate: &'static str,
    task: TaskId,
    at: SourceLine,
}

impl Locality {
    /// Checks that an event on this task may use the PState at all.
    pub(crate) fn enter(&self) -> Result<(), PathError> {
        let Self { pstate, task, at, .. } = *self;
        match self.home {
            Home::Global if task != TaskId(0) => {
                Err(PathError::storage(NotGlobal { pstate, task, at }))
            }
            _ => Ok(()),
        }
    }

    /// Checks that the leading key of a path is at home on this task.
    pub(crate) fn check(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        let Self { pstate, task, at, .. } = *self;
        match self.home.of(Some(key), self.tasks) {
            Some(home) if home != task => Err(PathError::storage(NotAtHome {
                pstate,
                key: format!("{key:?}"),
                home,
                task,
                at,
            })),
            _ => Ok(()),
        }
    }
}

/// The rows of a partition as its owner sees them, read where nothing has to be checked.
impl ReadRows for PStatePartition {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        Self::get(self, address, kind).map_err(PathError::storage)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        Self::has(self, address).map_err(PathError::storage)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.view.scan(scan, self.overlay(scan), visit)
    }

    fn at_home(&self, _: &dyn LeadingKey) -> Result<(), PathError> {
        Ok(())
    }
}

/// The rows of the task that runs, with the uncommitted ones of the owning topology.
pub(crate) struct LocalRows<'a> {
    partition: &'a mut PStatePartition,
    locality: Option<Locality>,
}

impl<'a> LocalRows<'a> {
    /// Without `locality` nothing is checked.
    pub(crate) fn new(partition: &'a mut PStatePartition, locality: Option<Locality>) -> Self {
        Self { partition, locality }
    }
}

impl ReadRows for LocalRows<'_> {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.partition.get(address, kind).map_err(PathError::storage)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.partition.has(address).map_err(PathError::storage)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.partition.view.scan(scan, self.partition.overlay(scan), visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        match &self.locality {
            Some(locality) => locality.check(key),
            None => Ok(()),
        }
    }
}

impl WriteRows for LocalRows<'_> {
    fn load(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError> {
        self.partition.load(address, kind).map_err(PathError::storage)
    }

    fn take(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<AnyRow>, PathError> {
        self.partition.take(address, kind).map_err(PathError::storage)
    }

    fn changed(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.partition.changed(address);
        Ok(())
    }

    fn put(&mut self, address: &[u8], row: AnyRow) -> Result<(), PathError> {
        self.partition.set(address, Some(row));
        Ok(())
    }

    fn remove(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.partition.set(address, None);
        Ok(())
    }

    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError> {
        self.partition.wipe(prefix);
        Ok(())
    }
}

/// The rows of the task that runs as of the last cut: what topologies see that do not own them.
///
/// A commit is published while events run. These rows change at a cut only, so that all reads of an event
/// see the same (C-33, C-36). They may be on their way to the log still; what the event makes of them
/// is in a later group, which nobody sees before.
pub(crate) struct SettledRows<'a> {
    partition: &'a PStatePartition,
    locality: Option<Locality>,
}

impl<'a> SettledRows<'a> {
    /// Without `locality` nothing is checked.
    pub(crate) fn new(partition: &'a PStatePartition, locality: Option<Locality>) -> Self {
        Self { partition, locality }
    }
}

impl ReadRows for SettledRows<'_> {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.partition.settled(address, kind).map_err(PathError::storage)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.partition.settled_has(address).map_err(PathError::storage)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.partition.view.scan(scan, self.partition.settled_overlay(scan), visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        match &self.locality {
            Some(locality) => locality.check(key),
            None => Ok(()),
        }
    }
}

/// The committed rows of one partition: what clients see.
pub(crate) struct CommittedRows<'a> {
    view: &'a PStateView,
    /// How many tasks there are, when the first key of the path chose this one.
    routed: Option<u32>,
}

/// A path was sent where its first key is at home, and another one is not.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}`: key `{key}` is at home on task {home}, but the path is read on task {task}, where its first \
     key is: read keys of different homes with a select each"
)]
pub(crate) struct NotRouted {
    pstate: &'static str,
    key: String,
    home: TaskId,
    task: TaskId,
}

impl<'a> CommittedRows<'a> {
    /// For whoever says where to read: nothing is checked.
    pub(crate) fn new(view: &'a PStateView) -> Self {
        Self { view, routed: None }
    }

    /// For a path that was sent here by its first key, of so many tasks.
    pub(crate) fn routed(view: &'a PStateView, tasks: u32) -> Self {
        Self { view, routed: Some(tasks) }
    }
}

impl ReadRows for CommittedRows<'_> {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.view.get(address, kind).map_err(PathError::storage)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.view.has(address).map_err(PathError::storage)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.view.scan(scan, Overlay::default(), visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        let PStateView { name: pstate, task, ref home, .. } = *self.view;
        match self.routed.and_then(|tasks| home.of(Some(key), tasks)) {
            Some(home) if home != task => {
                let key = format!("{key:?}");
                Err(PathError::storage(NotRouted { pstate, key, home, task }))
            }
            _ => Ok(()),
        }
    }
}
