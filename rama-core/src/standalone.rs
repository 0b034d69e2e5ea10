//! A PState on its own: paths against real storage, without a module around it.
//!
//! For tests and tools. One partition, in memory or in a directory; there is no commit log, so what was not
//! [flushed](Standalone::flush) is gone after a crash.

use std::{marker::PhantomData, path::Path as FilePath, sync::Arc};

use crate::{
    disk::{Disk, FileDisk, MemoryDisk},
    engine::{Catalog, Recovered, Redo, recover},
    error::{Error, LaunchError, ReadError},
    group::GroupWriter,
    id::{Epoch, PStateId, TaskId},
    log::LogOptions,
    moment::Moment,
    path::{
        Bare, Edit, One, Path, PathError, ReadPath, SelectPath, Start, TransformPath,
        rows::{self, ReadRows},
    },
    pstate::{Home, LocalRows, PStatePartition, PStateView, StoreCounts, Viewed},
    schema::Schema,
};

/// Bytes of changes after which they are brought into the store. More is faster, and is held in memory twice.
const FLUSH_BYTES: usize = 8 * 1024 * 1024;

/// What the PState is called where names are needed.
const NAME: &str = "standalone";

/// A PState of the schema `S`, with one partition.
pub struct Standalone<S> {
    recovered: Recovered,
    partition: PStatePartition,
    redo: Redo,
    epoch: Epoch,
    schema: PhantomData<fn() -> S>,
}

/// The beginning of a path into a PState.
pub type RootPath<S> = Path<Bare<<S as Schema>::Root>, Start, <S as Schema>::Root, One>;

impl<S: Schema> Standalone<S> {
    /// An empty PState in memory: in the same store as on a disk.
    ///
    /// # Errors
    /// Those of the store.
    pub fn in_memory() -> Result<Self, Error> {
        Self::on(Arc::new(MemoryDisk::new()))
    }

    /// The PState in a directory, which is created when it does not exist.
    ///
    /// # Errors
    /// When the directory cannot be used, its data is damaged, or it holds another schema.
    pub fn in_directory(directory: &FilePath) -> Result<Self, Error> {
        let disk = FileDisk::create(directory).map_err(|error| LaunchError::Directory {
            path: directory.to_owned(),
            reason: error.to_string(),
        })?;
        Self::on(Arc::new(disk))
    }

    /// The PState on a disk.
    ///
    /// # Errors
    /// When its data is damaged or of another schema.
    pub fn on(disk: Arc<dyn Disk>) -> Result<Self, Error> {
        let catalog = Catalog {
            pstates: vec![NAME.to_owned()],
            keys: vec![S::layout()],
            ..Catalog::default()
        };
        let recovered = recover(&disk, NAME, 1, catalog, LogOptions::default())?;
        let viewed = Viewed {
            name: NAME,
            pstate: PStateId(0),
            task: TaskId(0),
            home: Home::Everywhere,
            deepest: S::DEPTH,
            table: recovered.tables.pstate(PStateId(0)).expect("the catalog has it"),
            initial: None,
        };
        let snapshot = Arc::clone(&recovered.snapshot);
        let view = Arc::new(PStateView::new(viewed, Moment::default(), snapshot));
        let partition = PStatePartition::new(view);
        let (redo, epoch) = (Redo::default(), Epoch(recovered.meta.covered));
        Ok(Self { recovered, partition, redo, epoch, schema: PhantomData })
    }

    /// All values that a path finds.
    ///
    /// # Errors
    /// Those of the path, and of the store.
    pub fn select<Q, T>(&mut self, path: impl FnOnce(RootPath<S>) -> Q) -> Result<Vec<T>, Error>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.read(|found| rows::select(found, &path))
    }

    /// The one value that a path finds.
    ///
    /// # Errors
    /// As [`Self::select`], and when a path to many places finds none or several.
    pub fn select_one<Q, T>(&mut self, path: impl FnOnce(RootPath<S>) -> Q) -> Result<T, Error>
    where
        Q: SelectPath<From = S::Root, One = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.read(|found| rows::select_one(found, &path))
    }

    /// The first value that a path finds, if there is one.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn select_any<Q, T>(
        &mut self,
        path: impl FnOnce(RootPath<S>) -> Q,
    ) -> Result<Option<T>, Error>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.read(|found| rows::select_any(found, &path))
    }

    /// Whether a path finds anything.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn selected_any<Q>(&mut self, path: impl FnOnce(RootPath<S>) -> Q) -> Result<bool, Error>
    where
        Q: ReadPath<From = S::Root>,
    {
        let path = path(Path::start(Bare::new()));
        self.read(|found| rows::selected_any(found, &path))
    }

    /// Writes to every place that a path finds, or nowhere when it fails.
    ///
    /// # Errors
    /// Those of the path, and of the store.
    pub fn transform<Q>(&mut self, path: impl FnOnce(RootPath<S>) -> Q) -> Result<Edit, Error>
    where
        Q: TransformPath<From = S::Root>,
    {
        let path = path(Path::start(Bare::new()));
        self.write(|found| rows::transform(found, path))
    }

    /// Brings everything into the store, durably.
    ///
    /// # Errors
    /// Those of the store.
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.redo.is_empty() {
            return Ok(());
        }
        let Recovered { store, tables, meta, .. } = &mut self.recovered;
        let redo = std::mem::take(&mut self.redo);
        meta.covered = redo.through().0;
        redo.apply(store, tables, meta).map_err(LaunchError::from)?;
        let snapshot = Arc::new(store.snapshot().map_err(LaunchError::from)?);
        self.partition.view.checkpointed(redo.through(), snapshot);
        Ok(())
    }

    /// What was read from the store since the last call.
    pub fn counts(&self) -> StoreCounts {
        self.partition.view.counts.take()
    }

    pub(crate) fn read<R>(
        &mut self,
        read: impl FnOnce(&dyn ReadRows) -> Result<R, PathError>,
    ) -> Result<R, Error> {
        let found = read(&LocalRows::new(&mut self.partition, None));
        // Rows that were only looked at are in the cache as well.
        self.partition.drop_pending();
        Ok(found.map_err(ReadError::from)?)
    }

    pub(crate) fn write<R>(
        &mut self,
        write: impl FnOnce(&mut dyn rows::WriteRows) -> Result<R, PathError>,
    ) -> Result<R, Error> {
        let written = write(&mut LocalRows::new(&mut self.partition, None));
        let written = match written {
            Ok(written) => written,
            Err(error) => {
                self.partition.drop_pending();
                return Err(ReadError::from(error).into());
            }
        };
        if let Some(sealed) = self.partition.seal() {
            self.epoch = self.epoch.next();
            let mut group = GroupWriter::new();
            sealed.encode(&mut group)?;
            self.redo.push(self.epoch, group.finish());
            sealed.publish(self.epoch);
        }
        if self.redo.bytes() >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(written)
    }
}
