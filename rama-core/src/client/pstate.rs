//! The client's side of a PState (CL-04, PS-44): committed rows, read in process without a task.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::Link;
use crate::{
    error::ReadError,
    id::TaskId,
    module::PStateShared,
    path::{
        Bare, One, Path, ReadPath, SelectPath, Start,
        rows::{self, Cursor, LeadingKey, Page},
    },
    pstate::{CommittedRows, Home, PStateView},
    schema::Schema,
};

/// A handle on a PState. Cheap to clone.
///
/// A path is given with [`path!`](crate::path!); its leading key chooses the partition. What is read is
/// committed and never moves backwards (C-11).
pub struct PState<S> {
    link: Link,
    name: &'static str,
    schema: PhantomData<fn(S)>,
}

/// The beginning of a path into a PState.
pub type PStatePath<S> = Path<Bare<<S as Schema>::Root>, Start, <S as Schema>::Root, One>;

/// The reads of a handle: `open` says on which partition, from the path.
macro_rules! reads {
    ($open:ident: $where:literal) => {
        #[doc = concat!("All values that a path finds ", $where, ".")]
        ///
        /// # Errors
        /// When the path has no home here, the path or the storage fails, or the module is not running.
        pub async fn select<Q, T>(
            &self,
            path: impl FnOnce(PStatePath<S>) -> Q,
        ) -> Result<Vec<T>, ReadError>
        where
            Q: SelectPath<From = S::Root, Out = T>,
        {
            let path = begin::<S, _>(path);
            self.$open(&path)?.read(|found| rows::select(found, &path))
        }

        #[doc = concat!("The one value that a path finds ", $where, " (PA-06).")]
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
            let path = begin::<S, _>(path);
            self.$open(&path)?.read(|found| rows::select_one(found, &path))
        }

        #[doc = concat!("The first value that a path finds ", $where, ", if there is one.")]
        ///
        /// # Errors
        /// As [`Self::select`].
        pub async fn select_any<Q, T>(
            &self,
            path: impl FnOnce(PStatePath<S>) -> Q,
        ) -> Result<Option<T>, ReadError>
        where
            Q: SelectPath<From = S::Root, Out = T>,
        {
            let path = begin::<S, _>(path);
            self.$open(&path)?.read(|found| rows::select_any(found, &path))
        }

        #[doc = concat!("A page of what a path finds ", $where, ": `size` rows of its first scan (PS-45).")]
        ///
        /// It begins behind `cursor`, which the page before it gave, or at the beginning. Each page is read from
        /// what is committed then; a row is in one page at most, and in one surely if it was there all the time.
        ///
        /// # Errors
        /// As [`Self::select`].
        pub async fn select_page<Q, T>(
            &self,
            path: impl FnOnce(PStatePath<S>) -> Q,
            cursor: Option<Cursor>,
            size: usize,
        ) -> Result<Page<T>, ReadError>
        where
            Q: SelectPath<From = S::Root, Out = T>,
        {
            let path = begin::<S, _>(path);
            self.$open(&path)?.read(|found| rows::select_page(found, &path, cursor, size))
        }

        #[doc = concat!("Whether a path finds anything ", $where, ".")]
        ///
        /// # Errors
        /// As [`Self::select`].
        pub async fn selected_any<Q>(
            &self,
            path: impl FnOnce(PStatePath<S>) -> Q,
        ) -> Result<bool, ReadError>
        where
            Q: ReadPath<From = S::Root>,
        {
            let path = begin::<S, _>(path);
            self.$open(&path)?.read(|found| rows::selected_any(found, &path))
        }
    };
}

impl<S> PState<S> {
    pub(crate) fn new(link: Link, name: &'static str) -> Self {
        Self { link, name, schema: PhantomData }
    }
}

impl<S: Schema> PState<S> {
    reads!(home: "in the partition where its leading key is at home");

    /// One partition, whatever its keys are: for paths without a leading key.
    #[must_use]
    pub fn partition(&self, task: TaskId) -> Partition<S> {
        Partition { pstate: self.clone(), task }
    }

    /// The partition where a key is at home: for paths that begin elsewhere (PS-44, `pkey`).
    #[must_use]
    pub fn partition_of<K: crate::codec::Key>(&self, key: &K) -> KeyPartition<S> {
        KeyPartition { pstate: self.clone(), key: Arc::new(key.clone()) }
    }

    /// All partitions, one after the other: for paths without a leading key.
    #[must_use]
    pub fn all_partitions(&self) -> AllPartitions<S> {
        AllPartitions { pstate: self.clone() }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn shared(&self) -> Result<Arc<PStateShared<S>>, ReadError> {
        let shared = self.link.shared_pstate(self.name);
        shared.map_err(|gone| gone.read(self.link.module()))
    }

    /// The partition where the leading key of a path is at home. Where there is only one partition,
    /// everything is.
    fn home<Q: ReadPath>(&self, path: &Q) -> Result<Opened<S>, ReadError> {
        let shared = self.shared()?;
        let task = match shared.home.of(path.home(), shared.task_count()) {
            Some(task) => task,
            None if shared.task_count() == 1 => TaskId(0),
            None => return Err(ReadError::NoHome { pstate: self.name }),
        };
        Ok(Opened { shared, task, anywhere: false })
    }
}

/// One partition of a PState.
#[derive(Clone, Debug)]
pub struct Partition<S> {
    pstate: PState<S>,
    task: TaskId,
}

impl<S: Schema> Partition<S> {
    reads!(open: "in this partition");

    fn open<Q: ReadPath>(&self, path: &Q) -> Result<Opened<S>, ReadError> {
        self.opened(|shared| shared.home.of(path.home(), shared.task_count()))
    }

    /// The partition, for a path that is at home where the function says.
    pub(super) fn opened(
        &self,
        home: impl FnOnce(&PStateShared<S>) -> Option<TaskId>,
    ) -> Result<Opened<S>, ReadError> {
        let shared = self.pstate.shared()?;
        let (task, tasks) = (self.task, shared.task_count());
        if task.0 >= tasks {
            return Err(ReadError::NoSuchTask { task, tasks });
        }
        if let Some(home) = home(&shared)
            && home != task
        {
            return Err(ReadError::NotAtHome { pstate: self.pstate.name, home, task });
        }
        Ok(Opened { shared, task, anywhere: false })
    }
}

/// The partition of a PState where a key is at home.
#[derive(Clone, Debug)]
pub struct KeyPartition<S> {
    pstate: PState<S>,
    key: Arc<dyn LeadingKey + Send + Sync>,
}

impl<S: Schema> KeyPartition<S> {
    reads!(open: "in this partition");

    fn open<Q: ReadPath>(&self, _: &Q) -> Result<Opened<S>, ReadError> {
        self.opened()
    }

    pub(super) fn opened(&self) -> Result<Opened<S>, ReadError> {
        let shared = self.pstate.shared()?;
        let tasks = shared.task_count();
        let task = match &shared.home {
            // Where keys have no home of their own, the topology partitions by the hash of something.
            Home::Everywhere => Some(self.key.hash().task(tasks)),
            home => home.of(Some(&*self.key), tasks),
        };
        let task = task.ok_or(ReadError::NoHome { pstate: self.pstate.name })?;
        Ok(Opened { shared, task, anywhere: true })
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
    /// When the path or the storage fails, or the module is not running.
    pub async fn select<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<Vec<T>, ReadError>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = begin::<S, _>(path);
        let mut values = Vec::new();
        for opened in self.open(&path)? {
            values.extend(opened.read(|found| rows::select(found, &path))?);
        }
        Ok(values)
    }

    /// The first value that a path finds, if there is one.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub async fn select_any<Q, T>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<Option<T>, ReadError>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = begin::<S, _>(path);
        for opened in self.open(&path)? {
            if let Some(value) = opened.read(|found| rows::select_any(found, &path))? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Whether a path finds anything in any partition.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub async fn selected_any<Q>(
        &self,
        path: impl FnOnce(PStatePath<S>) -> Q,
    ) -> Result<bool, ReadError>
    where
        Q: ReadPath<From = S::Root>,
    {
        let path = begin::<S, _>(path);
        for opened in self.open(&path)? {
            if opened.read(|found| rows::selected_any(found, &path))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Those where the path can find something.
    fn open<Q: ReadPath>(&self, path: &Q) -> Result<Vec<Opened<S>>, ReadError> {
        self.opened(|shared| shared.home.of(path.home(), shared.task_count()))
    }

    /// The partitions, for a path that is at home where the function says.
    pub(super) fn opened(
        &self,
        home: impl FnOnce(&PStateShared<S>) -> Option<TaskId>,
    ) -> Result<Vec<Opened<S>>, ReadError> {
        let shared = self.pstate.shared()?;
        let tasks = match home(&shared) {
            Some(home) => home.0..home.0 + 1,
            None => 0..shared.task_count(),
        };
        Ok(tasks
            .map(|task| Opened { shared: Arc::clone(&shared), task: TaskId(task), anywhere: false })
            .collect())
    }
}

/// A partition that exists.
pub(super) struct Opened<S> {
    pub(super) shared: Arc<PStateShared<S>>,
    pub(super) task: TaskId,
    /// Whether the caller said where to read, whatever the keys of the path say.
    pub(super) anywhere: bool,
}

impl<S> Opened<S> {
    pub(super) fn view(&self) -> &PStateView {
        &self.shared.views[self.task.0 as usize]
    }

    fn read<R>(
        &self,
        read: impl FnOnce(&CommittedRows<'_>) -> Result<R, crate::path::PathError>,
    ) -> Result<R, ReadError> {
        let rows = if self.anywhere {
            CommittedRows::new(self.view())
        } else {
            CommittedRows::routed(self.view(), self.shared.task_count())
        };
        Ok(read(&rows)?)
    }
}

impl<S> PStateShared<S> {
    pub(super) fn task_count(&self) -> u32 {
        u32::try_from(self.views.len()).expect("tasks are counted in u32")
    }
}

fn begin<S: Schema, Q>(path: impl FnOnce(PStatePath<S>) -> Q) -> Q {
    path(Path::start(Bare::new()))
}

impl<S> Clone for PState<S> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), name: self.name, schema: PhantomData }
    }
}

impl<S> fmt::Debug for PState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$${}", self.name)
    }
}
