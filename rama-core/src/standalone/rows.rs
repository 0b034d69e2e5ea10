//! The rows of a PState on its own: what a module's engine does with a partition, done at once.

use std::{path::Path, sync::Arc};

use crate::{
    codec::CodecError,
    disk::{Disk, DiskLock, FileDisk},
    engine::{Catalog, Meta, Recovered, Redo, Tables, Trims, Tuning, recover},
    error::{Error, LaunchError, ReadError},
    group::GroupWriter,
    id::{Epoch, PStateId, TaskId},
    moment::Moment,
    path::{
        PathError,
        rows::{ReadRows, WriteRows},
    },
    pstate::{Home, LocalRows, PStatePartition, PStateView, StoreCounts, Viewed},
    store::Store,
};

/// Bytes of changes after which they are brought into the store. More is faster, and is held in memory twice.
const FLUSH_BYTES: usize = 8 * 1024 * 1024;

/// What the PState is called where names are needed.
const NAME: &str = "standalone";

/// One partition over a store.
pub(super) struct StandaloneRows {
    store: Store,
    tables: Tables,
    meta: Meta,
    _lock: DiskLock,
    partition: PStatePartition,
    redo: Redo,
    epoch: Epoch,
}

/// The disk in a directory, which is created when it does not exist.
pub(super) fn in_directory(directory: &Path) -> Result<Arc<dyn Disk>, Error> {
    match FileDisk::create(directory) {
        Ok(disk) => Ok(Arc::new(disk)),
        Err(error) => {
            let (path, reason) = (directory.to_owned(), error.to_string());
            Err(LaunchError::Directory { path, reason }.into())
        }
    }
}

impl StandaloneRows {
    /// The rows on a disk, of a schema with this layout and depth.
    pub(super) fn on(disk: &Arc<dyn Disk>, layout: String, deepest: u8) -> Result<Self, Error> {
        let catalog =
            Catalog { pstates: vec![NAME.to_owned()], keys: vec![layout], ..Catalog::default() };
        // The snapshot goes on into the view alone: one that is kept would keep every page of that state.
        let recovered = recover(disk, NAME, 1, catalog, &Tuning::default())?;
        let Recovered { store, meta, tables, snapshot, lock, .. } = recovered;
        let viewed = Viewed {
            name: NAME,
            pstate: PStateId(0),
            task: TaskId(0),
            home: Home::Everywhere,
            deepest,
            table: tables.pstate(PStateId(0)).expect("the catalog has it"),
            initial: None,
        };
        let view = Arc::new(PStateView::new(viewed, Moment::default(), snapshot));
        let partition = PStatePartition::new(view);
        let (redo, epoch) = (Redo::default(), Epoch(meta.covered));
        Ok(Self { store, tables, meta, _lock: lock, partition, redo, epoch })
    }

    /// Brings everything into the store, durably.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        if self.redo.is_empty() {
            return Ok(());
        }
        let (store, tables, meta) = (&self.store, &self.tables, &mut self.meta);
        let meta_then = Meta { covered: self.redo.through().0, ..meta.clone() };
        self.redo
            .apply(store, tables, &meta_then, &mut Trims::default())
            .map_err(LaunchError::from)?;
        *meta = meta_then;
        let redo = std::mem::take(&mut self.redo);
        let snapshot = Arc::new(store.snapshot().map_err(LaunchError::from)?);
        self.partition.view.checkpointed(redo.through(), snapshot);
        Ok(())
    }

    /// What was read from the store since the last call.
    pub(super) fn counts(&self) -> StoreCounts {
        self.partition.view.counts.take()
    }

    /// Reads.
    pub(super) fn read<R>(
        &mut self,
        read: impl FnOnce(&dyn ReadRows) -> Result<R, PathError>,
    ) -> Result<R, Error> {
        let found = read(&LocalRows::new(&mut self.partition, None));
        // Rows that were only looked at are in the cache as well.
        self.partition.drop_pending();
        Ok(found.map_err(ReadError::from)?)
    }

    /// Writes, or leaves everything as it was when that fails.
    pub(super) fn write<R>(
        &mut self,
        write: impl FnOnce(&mut dyn WriteRows) -> Result<R, PathError>,
    ) -> Result<R, Error> {
        // What a panic left behind is nobody's.
        self.undo();
        match write(&mut LocalRows::new(&mut self.partition, None)) {
            Ok(written) => {
                self.keep()?;
                Ok(written)
            }
            Err(error) => {
                self.undo();
                Err(ReadError::from(error).into())
            }
        }
    }

    /// What was written since the last call stays.
    pub(super) fn keep(&mut self) -> Result<(), Error> {
        if let Some(sealed) = self.partition.seal() {
            self.epoch = self.epoch.next();
            let mut group = GroupWriter::new();
            if let Err(error) = sealed.encode(&mut group) {
                self.partition.drop_sealed();
                return Err(CodecError::from(error).into());
            }
            self.redo.push(self.epoch, group.finish());
            sealed.publish(self.epoch, self.epoch);
        }
        if self.redo.bytes() >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// What was written since the last [`StandaloneRows::keep`] is gone.
    pub(super) fn undo(&mut self) {
        self.partition.drop_pending();
    }

    /// The rows, to be read.
    pub(super) fn partition(&self) -> &PStatePartition {
        &self.partition
    }

    /// The rows, to be written.
    pub(super) fn partition_mut(&mut self) -> &mut PStatePartition {
        &mut self.partition
    }
}
