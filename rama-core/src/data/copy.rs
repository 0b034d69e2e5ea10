//! Copies of data: of a directory that nobody runs on, file by file, and of the store of a module that runs.
//!
//! A copy has its name only when it is complete, durable and checked: until then it is staged (`staged.rs`).

use std::{
    fs::{self, File},
    io,
    ops::ControlFlow,
    path::Path,
    sync::Arc,
};

use super::{DataError, Report, check_unused, modules, staged::Staged};
use crate::{
    disk::{Disk, FileDisk},
    engine::{META, STORE_FILE},
    store::{Snapshot, Store, StoreError},
};

/// What is written to the copy of a store at once: bounds the memory of a backup.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Copies the data of all modules in a directory that nobody runs on to a directory that is empty or not there, and checks
/// the copy.
///
/// # Errors
/// When the data is damaged or in use, something is in the way, or the system refuses. There is no copy then.
pub fn backup(data: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Report, DataError> {
    copy_directory(data.as_ref(), to.as_ref())
}

/// Puts a backup back as a data directory, which must be empty or not there, and checks it.
///
/// # Errors
/// As [`backup`].
pub fn restore(from: impl AsRef<Path>, data: impl AsRef<Path>) -> Result<Report, DataError> {
    copy_directory(from.as_ref(), data.as_ref())
}

fn copy_directory(from: &Path, to: &Path) -> Result<Report, DataError> {
    check_unused(to)?;
    let modules = modules(from)?;
    let staged = Staged::new(to)?;
    for module in &modules {
        let target = staged.path().join(&module.name);
        FileDisk::create(&target).map_err(failed(&target))?;
        for name in module.disk.list().map_err(failed(&module.path))? {
            copy_file(&module.path.join(&name), &target.join(&name))?;
        }
        sync_directory(&target)?;
    }
    let report = staged.checked()?;
    staged.finish()?;
    Ok(report)
}

/// Writes what a snapshot of a store contains into the folder of a module, which must not exist.
pub(crate) fn copy_store(
    snapshot: &Snapshot,
    module: &str,
    directory: &Path,
) -> Result<Report, DataError> {
    let to = directory.join(module);
    check_unused(&to)?;
    // The folder that is checked has the module's one in it, as a data directory has.
    let staged = Staged::new(&directory.join(format!("{module}.backup")))?;
    let folder = staged.path().join(module);
    let disk: Arc<dyn Disk> = Arc::new(FileDisk::create(&folder).map_err(failed(&folder))?);
    let store = Store::open(Arc::clone(&disk), STORE_FILE)?;
    // What makes the store a module's comes last: half a copy is none.
    let tables = snapshot.tables().filter(|table| *table != META).chain([META]);
    tables.into_iter().try_for_each(|table| copy_table(snapshot, table, &store))?;
    store.close()?;
    let report = staged.checked()?;
    fs::rename(&folder, &to).map_err(failed(&to))?;
    sync_directory(directory)?;
    Ok(report)
}

fn copy_table(snapshot: &Snapshot, table: &str, store: &Store) -> Result<(), StoreError> {
    let mut from: Vec<u8> = Vec::new();
    loop {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        snapshot.scan(table, &from, None, &mut |key, value| {
            bytes += key.len() + value.len();
            rows.push((key.to_vec(), value.to_vec()));
            if bytes < BATCH_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let mut batch = store.batch()?;
        batch
            .table(table, |table| rows.iter().try_for_each(|(key, value)| table.put(key, value)))?;
        batch.commit()?;
        match rows.pop() {
            Some((last, _)) if bytes >= BATCH_BYTES => {
                // The key behind it.
                from = last;
                from.push(0);
            }
            _ => return Ok(()),
        }
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<(), DataError> {
    fs::copy(from, to).map_err(failed(from))?;
    File::open(to).and_then(|file| file.sync_all()).map_err(failed(to))
}

pub(super) fn sync_directory(path: &Path) -> Result<(), DataError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(failed(path))
}

pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |source| DataError::Io { path, source }
}
