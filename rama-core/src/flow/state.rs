//! Reading and writing PStates from running dataflow (PS-40, PS-50).

use std::{
    any::{Any, TypeId},
    sync::Arc,
};

use super::{Cx, Outcome, PStateRef};
use crate::{
    codec::{CodecError, Key, Value},
    error::EventError,
    group::GroupWriter,
    id::Epoch,
    path::{One, Origin, Path, PathError, ReadRows, SelectPath, Start, TransformPath, rows},
    pstate::{
        LocalRows, Locality, PStatePartition, SealedRows, SettledRows, SourceLine, ViewError,
    },
    schema::Schema,
};

impl<S: Schema> Origin for PStateRef<S> {
    type Root = S::Root;
}

impl<S: Schema> PStateRef<S> {
    /// The beginning of a path into this PState.
    pub fn path(self) -> Path<Self, Start, S::Root, One> {
        Path::start(self)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a path is made for one use where it stands")]
impl Cx<'_> {
    /// All values that a path finds on this task. One emit for each (PA-03).
    ///
    /// # Errors
    /// When a key is not at home here, or the storage fails.
    pub fn local_select<S, P, T>(&mut self, at: SourceLine, path: P) -> Result<Vec<T>, EventError>
    where
        S: Schema,
        P: SelectPath<Origin = PStateRef<S>, From = S::Root, Out = T>,
    {
        Ok(self.read(at, *path.origin(), |found| rows::select(found, &path))?)
    }

    /// The one value that a path finds on this task.
    ///
    /// # Errors
    /// As [`Self::local_select`].
    pub fn local_select_one<S, P, T>(&mut self, at: SourceLine, path: P) -> Result<T, EventError>
    where
        S: Schema,
        P: SelectPath<Origin = PStateRef<S>, From = S::Root, Count = One, One = T>,
    {
        Ok(self.read(at, *path.origin(), |found| rows::select_one(found, &path))?)
    }

    /// The first value that a path finds on this task, if there is one.
    ///
    /// # Errors
    /// As [`Self::local_select`].
    pub fn local_select_any<S, P, T>(
        &mut self,
        at: SourceLine,
        path: P,
    ) -> Result<Option<T>, EventError>
    where
        S: Schema,
        P: SelectPath<Origin = PStateRef<S>, From = S::Root, Out = T>,
    {
        Ok(self.read(at, *path.origin(), |found| rows::select_any(found, &path))?)
    }

    /// Writes to every place that a path finds on this task.
    ///
    /// # Errors
    /// As [`Self::local_select`].
    pub fn local_transform<S, P>(&mut self, at: SourceLine, path: P) -> Outcome
    where
        S: Schema,
        P: TransformPath<Origin = PStateRef<S>, From = S::Root>,
    {
        let pstate = *path.origin();
        let locality = self.locality::<S>(at);
        let mut local = LocalRows::new(self.partition(pstate), locality);
        let outcome = rows::transform(&mut local, path);
        self.noticed(outcome)?;
        Ok(())
    }

    /// The owning topology reads its own writes, every other one the state of the last cut (C-11, C-36).
    fn read<S: Schema, R>(
        &mut self,
        at: SourceLine,
        pstate: PStateRef<S>,
        read: impl FnOnce(&dyn ReadRows<S::Key, S::Row>) -> Result<R, PathError>,
    ) -> Result<R, PathError> {
        let locality = self.locality::<S>(at);
        let owner = self.origin.topology == pstate.owner;
        let partition = self.partition(pstate);
        let outcome = if owner {
            read(&LocalRows::new(partition, locality))
        } else {
            read(&SettledRows::new(partition, locality))
        };
        self.noticed(outcome)
    }

    /// A failing store is not the record's fault: going on without it would lose the record's effects.
    fn noticed<R>(&mut self, outcome: Result<R, PathError>) -> Result<R, PathError> {
        if let Err(PathError::Storage(error)) = &outcome
            && error.downcast_ref().is_some_and(ViewError::is_damage)
        {
            self.fatal = Some(error.to_string());
        }
        outcome
    }

    fn partition<S: Schema>(
        &mut self,
        pstate: PStateRef<S>,
    ) -> &mut PStatePartition<S::Key, S::Row> {
        let slot: &mut dyn Any = self.pstates[usize::from(pstate.id.0)].as_mut();
        slot.downcast_mut().expect("a PState has the type of its declaration")
    }

    /// What checks keys at `at`, if they are to be checked. A plain value has its one row on every task.
    fn locality<S: Schema>(&self, at: SourceLine) -> Option<Locality> {
        let has_homes = TypeId::of::<S::Key>() != TypeId::of::<()>();
        (self.check_locality && has_homes).then_some(Locality {
            task: self.task,
            tasks: self.tasks,
            at,
        })
    }
}

/// A PState partition whose types only its own topology knows.
pub(crate) trait PStateSlot: Any + Send {
    fn seal(&mut self) -> Option<Arc<dyn SealedState>>;
    fn drop_pending(&mut self);
    fn pending_bytes(&self) -> usize;
}

/// Changed rows in a commit group, whatever they are.
pub(crate) trait SealedState: Send + Sync {
    fn encode(&self, group: &mut GroupWriter) -> Result<(), CodecError>;
    fn publish(&self, epoch: Epoch);
}

impl<K: Key, V: Value> PStateSlot for PStatePartition<K, V> {
    fn seal(&mut self) -> Option<Arc<dyn SealedState>> {
        Some(Self::seal(self)?)
    }

    fn drop_pending(&mut self) {
        Self::drop_pending(self);
    }

    fn pending_bytes(&self) -> usize {
        Self::pending_bytes(self)
    }
}

impl<K: Key, V: Value> SealedState for SealedRows<K, V> {
    fn encode(&self, group: &mut GroupWriter) -> Result<(), CodecError> {
        Self::encode(self, group)
    }

    fn publish(&self, epoch: Epoch) {
        Self::publish(self, epoch);
    }
}
