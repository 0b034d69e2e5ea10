//! The client's side of a PState (CL-04, PS-44): committed rows, read in process without a task.

use std::{fmt, sync::Arc};

use super::Link;
use crate::{
    error::ReadError,
    id::TaskId,
    module::PStateShared,
    path::{Bare, One, Path, SelectPath, Start, rows},
    pstate::CommittedRows,
    schema::Schema,
};

/// A handle on a PState. Cheap to clone.
///
/// A path is given with [`path!`](crate::path!); its leading key chooses the partition. What is read is
/// committed and never moves backwards (C-11).
pub struct PState<S> {
    link: Link,
    name: &'static str,
    schema: std::marker::PhantomData<fn(S)>,
}

/// The beginning of a path into a PState.
pub type PStatePath<S> = Path<Bare<<S as Schema>::Root>, Start, <S as Schema>::Root, One>;

impl<S> PState<S> {
    pub(crate) fn new(link: Link, name: &'static str) -> Self {
        Self { link, name, schema: std::marker::PhantomData }
    }
}

impl<S: Schema> PState<S> {
    /// All values that a path finds.
    ///
    /// # Errors
    /// When the path does not start at a key, the storage fails, or the module is not running.
    pub async fn select<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<Vec<T>, ReadError>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.home(&path)?.read(|found| rows::select(found, &path))
    }

    /// The one value that a path finds (PA-06).
    ///
    /// # Errors
    /// As [`Self::select`], and when a path to many places finds none or several.
    pub async fn select_one<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<T, ReadError>
    where
        Q: SelectPath<From = S::Root, One = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.home(&path)?.read(|found| rows::select_one(found, &path))
    }

    /// One partition, whatever its keys are: for paths without a leading key.
    #[must_use]
    pub fn partition(&self, task: TaskId) -> Partition<S> {
        Partition { pstate: self.clone(), task }
    }

    /// All partitions, one after the other: for paths without a leading key.
    #[must_use]
    pub fn all_partitions(&self) -> AllPartitions<S> {
        AllPartitions { pstate: self.clone() }
    }

    fn shared(&self) -> Result<Arc<PStateShared<S>>, ReadError> {
        let shared = self.link.shared_pstate(self.name);
        shared.map_err(|gone| gone.read(self.link.module()))
    }

    /// The partition where the leading key of a path is at home. Where there is only one partition,
    /// everything is.
    fn home<Q: SelectPath>(&self, path: &Q) -> Result<Opened<S>, ReadError> {
        let shared = self.shared()?;
        let task = match shared.home.of(path.home(), shared.task_count()) {
            Some(task) => task,
            None if shared.task_count() == 1 => TaskId(0),
            None => return Err(ReadError::NoHome { pstate: self.name }),
        };
        Ok(Opened { shared, task })
    }
}

/// One partition of a PState.
#[derive(Clone, Debug)]
pub struct Partition<S> {
    pstate: PState<S>,
    task: TaskId,
}

impl<S: Schema> Partition<S> {
    /// All values that a path finds in this partition.
    ///
    /// # Errors
    /// When there is no such task, the storage fails, or the module is not running.
    pub async fn select<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<Vec<T>, ReadError>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.open(&path)?.read(|found| rows::select(found, &path))
    }

    /// The one value that a path finds in this partition.
    ///
    /// # Errors
    /// As [`Self::select`], and when a path to many places finds none or several.
    pub async fn select_one<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<T, ReadError>
    where
        Q: SelectPath<From = S::Root, One = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.open(&path)?.read(|found| rows::select_one(found, &path))
    }

    fn open<Q: SelectPath>(&self, path: &Q) -> Result<Opened<S>, ReadError> {
        let shared = self.pstate.shared()?;
        let (task, tasks) = (self.task, shared.task_count());
        if task.0 >= tasks {
            return Err(ReadError::NoSuchTask { task, tasks });
        }
        if let Some(home) = shared.home.of(path.home(), tasks)
            && home != task
        {
            return Err(ReadError::NotAtHome { pstate: self.pstate.name, home, task });
        }
        Ok(Opened { shared, task })
    }
}

/// All partitions of a PState.
#[derive(Clone, Debug)]
pub struct AllPartitions<S> {
    pstate: PState<S>,
}

impl<S: Schema> AllPartitions<S> {
    /// All values that a path finds, partition by partition; within one in the order of its keys.
    ///
    /// # Errors
    /// When the storage fails, or the module is not running.
    pub async fn select<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<Vec<T>, ReadError>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        let shared = self.pstate.shared()?;
        if shared.home.of(path.home(), shared.task_count()).is_some() {
            // Only the partition where the key is at home can have it.
            return self.pstate.home(&path)?.read(|found| rows::select(found, &path));
        }
        let mut values = Vec::new();
        for task in 0..shared.task_count() {
            let opened = Opened { shared: Arc::clone(&shared), task: TaskId(task) };
            values.extend(opened.read(|found| rows::select(found, &path))?);
        }
        Ok(values)
    }
}

/// A partition that exists.
struct Opened<S> {
    shared: Arc<PStateShared<S>>,
    task: TaskId,
}

impl<S> Opened<S> {
    fn read<R>(
        &self,
        read: impl FnOnce(&CommittedRows<'_>) -> Result<R, crate::path::PathError>,
    ) -> Result<R, ReadError> {
        let view = &self.shared.views[self.task.0 as usize];
        Ok(read(&CommittedRows::new(view))?)
    }
}

impl<S> PStateShared<S> {
    fn task_count(&self) -> u32 {
        u32::try_from(self.views.len()).expect("tasks are counted in u32")
    }
}

impl<S> Clone for PState<S> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), name: self.name, schema: std::marker::PhantomData }
    }
}

impl<S> fmt::Debug for PState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$${}", self.name)
    }
}
