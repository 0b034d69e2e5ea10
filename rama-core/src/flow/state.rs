//! Reading and writing PStates from running dataflow (PS-40, PS-50 to PS-53).

use std::sync::Arc;

use super::{Cx, Outcome, PStateRef};
use crate::{
    error::EventError,
    path::{
        One, Origin, Path, PathError, SelectPath, Start, TransformPath,
        rows::{self, Cursor, ReadRows},
    },
    pstate::{
        Home, LocalRows, Locality, PStatePartition, PinnedRows, SettledRows, SourceLine, ViewError,
    },
    schema::Schema,
};

/// Rows that one event of a select in pages reads: a millisecond or so of work, after which others run.
const PAGE_ROWS: usize = 1_024;

/// How far a select in pages is. It travels from event to event on one task.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    pinned: Option<Arc<PinnedRows>>,
    cursor: Option<Cursor>,
}

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

    /// A page of the values that a path finds on this task, in the rows as they were when the first page was read
    /// (PS-42). What is left is for another event.
    ///
    /// # Errors
    /// As [`Self::local_select`].
    pub fn yielding_select<S, P, T>(
        &mut self,
        at: SourceLine,
        path: P,
        paging: Paging,
    ) -> Result<(Vec<T>, Option<Paging>), EventError>
    where
        S: Schema,
        P: SelectPath<Origin = PStateRef<S>, From = S::Root, Out = T>,
    {
        let pstate = *path.origin();
        let locality = self.locality(at, pstate)?;
        let owner = self.program.owner(self.origin.topology) == pstate.owner;
        let Paging { pinned, cursor } = paging;
        let pinned =
            pinned.unwrap_or_else(|| Arc::new(self.partition(pstate).pin(owner, locality)));
        let page = rows::select_page(&*pinned, &path, cursor, PAGE_ROWS);
        let page = self.noticed(page)?;
        let rest = page.next.map(|cursor| Paging { pinned: Some(pinned), cursor: Some(cursor) });
        Ok((page.values, rest))
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
        let locality = self.locality(at, pstate)?;
        let mut local = LocalRows::new(self.partition(pstate), locality);
        let outcome = rows::transform(&mut local, path);
        self.noticed(outcome)?;
        Ok(())
    }

    /// Brings a PState on this task back to what it was before anything was written (PS-52).
    ///
    /// # Errors
    /// When the PState is not on this task.
    pub fn local_clear<S: Schema>(&mut self, at: SourceLine, pstate: PStateRef<S>) -> Outcome {
        self.locality(at, pstate)?;
        self.partition(pstate).clear();
        Ok(())
    }

    /// The owning topology reads its own writes, every other one the state of the last cut (C-11, C-36).
    fn read<S: Schema, R>(
        &mut self,
        at: SourceLine,
        pstate: PStateRef<S>,
        read: impl FnOnce(&dyn ReadRows) -> Result<R, PathError>,
    ) -> Result<R, PathError> {
        let locality = self.locality(at, pstate)?;
        let owner = self.program.owner(self.origin.topology) == pstate.owner;
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

    fn partition<S: Schema>(&mut self, pstate: PStateRef<S>) -> &mut PStatePartition {
        &mut self.pstates[usize::from(pstate.id.0)]
    }

    /// What checks keys at `at`, if they are to be checked.
    fn locality<S: Schema>(
        &mut self,
        at: SourceLine,
        pstate: PStateRef<S>,
    ) -> Result<Option<Locality>, PathError> {
        if !self.check_locality {
            return Ok(None);
        }
        let (task, tasks) = (self.task, self.tasks);
        let view = &self.partition(pstate).view;
        if matches!(view.home, Home::Everywhere) {
            return Ok(None);
        }
        let (pstate, home) = (view.name, view.home.clone());
        let locality = Locality { pstate, home, task, tasks, at };
        locality.enter()?;
        Ok(Some(locality))
    }
}
