//! The indexed store: tables of bytes behind [`Store`], [`Batch`] and [`Snapshot`].
//!
//! redb does the work and is named nowhere else. One file holds any number of tables; a table that
//! was never written reads as empty. Only checkpoints write, one batch at a time, and user code
//! never runs while a batch is open (finding 13). redb does not verify what it reads (finding 1):
//! every row carries a checksum of its own.

mod backend;
mod batch;
mod error;
mod seal;
mod snapshot;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;

pub use batch::{Batch, BatchTable};
pub use error::StoreError;
pub use snapshot::{Snapshot, Visit};

use crate::disk::{Disk, DiskFile, MemoryDisk, Open};
use backend::Backend;
use error::{Failed, guarded};
use redb::{Builder, Database, ReadableDatabase, TableDefinition};
use std::sync::{Arc, OnceLock};

/// A table as redb sees it. Bytes only, so that renaming a Rust type never bricks a file.
type Definition<'a> = TableDefinition<'a, &'static [u8], &'static [u8]>;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Memory for pages of the file, in bytes.
    pub cache_bytes: usize,
    /// Whether to verify every page first, which reads the whole file: about 2 s for a gigabyte.
    pub verify: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        // The inner pages of some ten million rows; hot rows are cached above the store.
        Self { cache_bytes: 64 * 1024 * 1024, verify: false }
    }
}

/// An indexed store in one file.
///
/// The caller holds the lock of the directory; a second store on the same file is not noticed.
#[derive(Debug)]
pub struct Store {
    /// Taken only by closing.
    database: Option<Database>,
    name: String,
    /// The first failure of a write: what the file contains is unknown after it (finding 2).
    stopped: OnceLock<StoreError>,
}

impl Store {
    /// Opens the store in the file `name`, or creates it, with the usual options.
    ///
    /// # Errors
    /// As [`Store::open_with`].
    pub fn open(disk: Arc<dyn Disk>, name: &str) -> Result<Self, StoreError> {
        Self::open_with(disk, name, &StoreOptions::default())
    }

    /// Opens the store in the file `name`, or creates it.
    ///
    /// # Errors
    /// When the system refuses, or when the file is damaged or not a store; it is left as it is.
    #[expect(clippy::needless_pass_by_value, reason = "opened like the log, which keeps the disk")]
    pub fn open_with(
        disk: Arc<dyn Disk>,
        name: &str,
        options: &StoreOptions,
    ) -> Result<Self, StoreError> {
        let disk = &*disk;
        let failed = Failed::new(name);
        remove_unfinished(disk, name).map_err(failed.io("remove the unfinished file of"))?;
        if !disk.exists(name).map_err(failed.io("look for"))? {
            create(disk, name, options)?;
        }
        let file = disk.open(name, Open::Existing).map_err(failed.io("open"))?;
        // redb would take an empty file for a new one: acknowledged data would silently be gone.
        if file.len().map_err(failed.io("measure"))? == 0 {
            return Err(failed.damaged("the file is empty"));
        }
        // What a process wrote that died before its sync is seen here and may still be lost; the log gives back what
        // the store is seen to have.
        file.sync_data().map_err(failed.io("sync"))?;
        let database = database(file, name, options)?;
        Ok(Self { database: Some(database), name: name.to_owned(), stopped: OnceLock::new() })
    }

    /// Begins to write. Blocks while another batch is open.
    ///
    /// # Errors
    /// When a write failed before, with that error; or when the system refuses.
    pub fn batch(&self) -> Result<Batch<'_>, StoreError> {
        self.check_running()?;
        Batch::begin(self)
    }

    /// The state of the last commit. It stays as it is while later batches commit; the pages it
    /// holds are not used again until it is dropped.
    ///
    /// # Errors
    /// When a write failed before, with that error; or when the system refuses.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.check_running()?;
        let failed = Failed::new(&self.name);
        guarded(&self.name, || {
            let transaction = self.database().begin_read().map_err(|error| failed.redb(error))?;
            Snapshot::new(transaction, self.name.clone())
        })
    }

    /// Closes the file and tells what dropping the store would hide. Snapshots end with it.
    ///
    /// # Errors
    /// When the system refuses; everything that was committed is durable nevertheless.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.close_file()
    }

    fn close_file(&mut self) -> Result<(), StoreError> {
        let Some(database) = self.database.take() else { return Ok(()) };
        let failed = Failed::new(&self.name);
        guarded(&self.name, || database.close().map_err(|error| failed.redb(error)))
    }

    fn database(&self) -> &Database {
        self.database.as_ref().expect("a store is used until it is closed")
    }

    fn check_running(&self) -> Result<(), StoreError> {
        self.stopped.get().cloned().map_or(Ok(()), Err)
    }

    /// Lets nothing be written or read any more.
    fn stop(&self, error: StoreError) -> StoreError {
        self.stopped.get_or_init(|| error).clone()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nobody is left who could be told; what matters is that damage does not panic here.
        drop(self.close_file());
    }
}

/// A store has its name only when it is complete: creating one is not atomic (finding 4).
///
/// redb makes the empty file in memory and a single write brings it to the disk, which saves the
/// many syncs that redb would ask for on the way.
fn create(disk: &dyn Disk, name: &str, options: &StoreOptions) -> Result<(), StoreError> {
    let failed = Failed::new(name);
    let content = empty(name, options)?;
    let unfinished = unfinished(name);
    let file = disk.open(&unfinished, Open::New).map_err(failed.io("create"))?;
    file.write_all_at(&content, 0).map_err(failed.io("write"))?;
    file.sync_data().map_err(failed.io("sync"))?;
    disk.rename(&unfinished, name).map_err(failed.io("rename"))?;
    disk.sync_dir().map_err(failed.io("sync the directory of"))
}

/// The bytes of a store without tables.
fn empty(name: &str, options: &StoreOptions) -> Result<Vec<u8>, StoreError> {
    let failed = Failed::new(name);
    let file = MemoryDisk::new().open(name, Open::New).map_err(failed.io("prepare"))?;
    let database = database(Arc::clone(&file), name, options)?;
    guarded(name, || database.close().map_err(|error| failed.redb(error)))?;
    let length = file.len().map_err(failed.io("prepare"))?;
    let mut content = vec![0; usize::try_from(length).expect("it is in memory already")];
    file.read_exact_at(&mut content, 0).map_err(failed.io("prepare"))?;
    Ok(content)
}

fn database(
    file: Arc<dyn DiskFile>,
    name: &str,
    options: &StoreOptions,
) -> Result<Database, StoreError> {
    guarded(name, || {
        Builder::new()
            .set_cache_size(options.cache_bytes)
            .set_check_integrity_on_open(options.verify)
            .create_with_backend(Backend::new(file))
            .map_err(|error| Failed::new(name).opening(error))
    })
}

fn remove_unfinished(disk: &dyn Disk, name: &str) -> std::io::Result<()> {
    let unfinished = unfinished(name);
    if disk.exists(&unfinished)? { disk.remove(&unfinished) } else { Ok(()) }
}

fn unfinished(name: &str) -> String {
    format!("{name}.tmp")
}
