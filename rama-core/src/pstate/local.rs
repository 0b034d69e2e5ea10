//! Rows as paths see them: those of the task that runs, those of the last cut, and those that are committed.

use std::{fmt, ops::ControlFlow, sync::Arc};

use super::{PStatePartition, PStateView, view::Overlay, view::ScanError};
use crate::{
    codec::{Key, Value},
    id::TaskId,
    partition::KeyHash,
    path::{Halt, PathError, ReadRows, Walk, WriteRows},
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locality {
    pub(crate) task: TaskId,
    pub(crate) tasks: u32,
    pub(crate) at: SourceLine,
}

/// A key was used on a task that is not its home: what would be silent data loss.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}`: key `{key}` is at home on task {home}, but this event runs on task {task} \
     ({at}): add `|hash(..)` with this key before it"
)]
pub(crate) struct NotAtHome {
    pstate: &'static str,
    key: String,
    home: TaskId,
    task: TaskId,
    at: SourceLine,
}

impl Locality {
    fn check<K: Key>(&self, pstate: &'static str, key: &K) -> Result<(), PathError> {
        let home = KeyHash::of(key).task(self.tasks);
        if home == self.task {
            return Ok(());
        }
        let Self { task, at, .. } = *self;
        Err(PathError::storage(NotAtHome { pstate, key: format!("{key:?}"), home, task, at }))
    }
}

/// The rows of the task that runs, with the uncommitted ones of the owning topology.
pub(crate) struct LocalRows<'a, K, V> {
    partition: &'a mut PStatePartition<K, V>,
    locality: Option<Locality>,
}

impl<'a, K: Key, V: Value> LocalRows<'a, K, V> {
    /// Without `locality` nothing is checked.
    pub(crate) fn new(
        partition: &'a mut PStatePartition<K, V>,
        locality: Option<Locality>,
    ) -> Self {
        Self { partition, locality }
    }

    fn check(&self, key: &K) -> Result<(), PathError> {
        match &self.locality {
            Some(locality) => locality.check(self.partition.name, key),
            None => Ok(()),
        }
    }
}

impl<K: Key, V: Value> ReadRows<K, V> for LocalRows<'_, K, V> {
    fn get(&self, key: &K) -> Result<Option<Arc<V>>, PathError> {
        self.check(key)?;
        self.partition.get(key).map_err(PathError::storage)
    }

    fn scan(&self, visit: &mut dyn FnMut(&K, &V) -> Walk) -> Walk {
        scan(&self.partition.view, self.partition.overlay(), visit)
    }
}

impl<K: Key, V: Value> WriteRows<K, V> for LocalRows<'_, K, V> {
    fn load(&mut self, key: &K) -> Result<Option<&mut V>, PathError> {
        self.check(key)?;
        self.partition.load(key).map_err(PathError::storage)
    }

    fn take(&mut self, key: &K) -> Result<Option<V>, PathError> {
        self.check(key)?;
        self.partition.take(key).map_err(PathError::storage)
    }

    fn put(&mut self, key: &K, row: V) -> Result<(), PathError> {
        self.check(key)?;
        self.partition.set(key, Some(row));
        Ok(())
    }

    fn remove(&mut self, key: &K) -> Result<(), PathError> {
        self.check(key)?;
        self.partition.set(key, None);
        Ok(())
    }

    fn changed(&mut self, key: &K) -> Result<(), PathError> {
        self.partition.changed(key);
        Ok(())
    }

    fn keys(&self) -> Result<Vec<K>, PathError> {
        let mut keys = Vec::new();
        let walk = self.scan(&mut |key, _| {
            keys.push(key.clone());
            Ok(())
        });
        match walk {
            Err(Halt::Failed(error)) => Err(error),
            Ok(()) | Err(Halt::Enough) => Ok(keys),
        }
    }
}

/// The rows of the task that runs as of the last cut: what topologies see that do not own them.
///
/// A commit is published while events run. These rows change at a cut only, so that all reads of an event
/// see the same (C-33, C-36). They may be on their way to the log still; what the event makes of them
/// is in a later group, which nobody sees before.
pub(crate) struct SettledRows<'a, K, V> {
    partition: &'a PStatePartition<K, V>,
    locality: Option<Locality>,
}

impl<'a, K: Key, V: Value> SettledRows<'a, K, V> {
    /// Without `locality` nothing is checked.
    pub(crate) fn new(partition: &'a PStatePartition<K, V>, locality: Option<Locality>) -> Self {
        Self { partition, locality }
    }
}

impl<K: Key, V: Value> ReadRows<K, V> for SettledRows<'_, K, V> {
    fn get(&self, key: &K) -> Result<Option<Arc<V>>, PathError> {
        if let Some(locality) = &self.locality {
            locality.check(self.partition.name, key)?;
        }
        self.partition.settled(key).map_err(PathError::storage)
    }

    fn scan(&self, visit: &mut dyn FnMut(&K, &V) -> Walk) -> Walk {
        scan(&self.partition.view, self.partition.settled_overlay(), visit)
    }
}

/// The committed rows of one partition: what clients see.
pub(crate) struct CommittedRows<'a, K, V> {
    view: &'a PStateView<K, V>,
}

impl<'a, K: Key, V: Value> CommittedRows<'a, K, V> {
    /// A client routes by the key itself, so there is nothing to check.
    pub(crate) fn new(view: &'a PStateView<K, V>) -> Self {
        Self { view }
    }
}

impl<K: Key, V: Value> ReadRows<K, V> for CommittedRows<'_, K, V> {
    fn get(&self, key: &K) -> Result<Option<Arc<V>>, PathError> {
        self.view.get(key).map_err(PathError::storage)
    }

    fn scan(&self, visit: &mut dyn FnMut(&K, &V) -> Walk) -> Walk {
        scan(self.view, Overlay::new(), visit)
    }
}

fn scan<K: Key, V: Value>(
    view: &PStateView<K, V>,
    over: Overlay<K, V>,
    visit: &mut dyn FnMut(&K, &V) -> Walk,
) -> Walk {
    let scanned = view.scan(over, &mut |key, value| match visit(key, value) {
        Ok(()) => ControlFlow::Continue(()),
        Err(halt) => ControlFlow::Break(halt),
    });
    scanned.map_err(|ended| match ended {
        ScanError::Stopped(halt) => halt,
        ScanError::Failed(error) => Halt::Failed(PathError::storage(error)),
    })
}
