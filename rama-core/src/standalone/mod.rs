//! A PState on its own: paths against real storage, without a module around it.
//!
//! For tests and tools. One partition, in memory or in a directory; there is no commit log, so what was not
//! [flushed](Standalone::flush) is gone after a crash.

mod rows;
mod untyped;

pub use self::untyped::Untyped;

use std::{marker::PhantomData, path::Path as FilePath, sync::Arc};

use self::rows::{StandaloneRows, in_directory};
use crate::{
    diff::{Diff, Observed},
    disk::{Disk, MemoryDisk},
    dynamic::Type,
    error::{Error, ReadError},
    path::{
        Bare, Edit, One, Path, ReadPath, SelectPath, Start, TransformPath,
        rows::{self as stored, Cursor, Page},
    },
    pstate::StoreCounts,
    schema::Schema,
};

/// A PState of the schema `S`, with one partition.
pub struct Standalone<S> {
    rows: StandaloneRows,
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
        Self::on(in_directory(directory)?)
    }

    /// The PState on a disk.
    ///
    /// # Errors
    /// When its data is damaged or of another schema.
    #[expect(clippy::needless_pass_by_value, reason = "given away like a directory")]
    pub fn on(disk: Arc<dyn Disk>) -> Result<Self, Error> {
        const {
            assert!(
                !S::HAS_INITIAL,
                "a PState on its own has no initial value: declare the plain type"
            )
        };
        let rows = StandaloneRows::on(&disk, S::layout(), S::DEPTH)?;
        Ok(Self { rows, schema: PhantomData })
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
        self.rows.read(|found| stored::select(found, &path))
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
        self.rows.read(|found| stored::select_one(found, &path))
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
        self.rows.read(|found| stored::select_any(found, &path))
    }

    /// A page of what a path finds: `size` rows of its first scan, behind `cursor` or from the beginning.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn select_page<Q, T>(
        &mut self,
        path: impl FnOnce(RootPath<S>) -> Q,
        cursor: Option<Cursor>,
        size: usize,
    ) -> Result<Page<T>, Error>
    where
        Q: SelectPath<From = S::Root, Out = T>,
    {
        let path = path(Path::start(Bare::new()));
        self.rows.read(|found| stored::select_page(found, &path, cursor, size))
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
        self.rows.read(|found| stored::selected_any(found, &path))
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
        self.rows.write(|found| stored::transform(found, path))
    }

    /// As [`Self::transform`], and says what changed; `None` when nothing did.
    ///
    /// # Errors
    /// As [`Self::transform`].
    pub fn transform_observed<Q>(
        &mut self,
        path: impl FnOnce(RootPath<S>) -> Q,
    ) -> Result<Option<Diff>, Error>
    where
        Q: TransformPath<From = S::Root>,
    {
        let path = path(Path::start(Bare::new()));
        let schema: Type = S::describe().parse().map_err(ReadError::from)?;
        self.rows.write(|found| {
            let mut observed = Observed::new(found);
            stored::transform(&mut observed, path)?;
            observed.diff(&schema)
        })
    }

    /// Brings everything into the store, durably.
    ///
    /// # Errors
    /// Those of the store.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.rows.flush()
    }

    /// What was read from the store since the last call.
    pub fn counts(&self) -> StoreCounts {
        self.rows.counts()
    }
}
