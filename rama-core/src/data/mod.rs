//! Data directories as they lie on the disk, without a module that runs on them: checked, copied, put back.
//!
//! A data directory has a folder for each module. Nothing here changes the directory that it reads, and nothing that
//! exists is overwritten, but for a copy of ours that was not finished.

mod copy;
mod error;
mod report;
mod staged;
mod verify;

pub(crate) use self::copy::copy_store;
pub use self::{
    copy::{backup, restore},
    error::DataError,
    report::{Damage, ModuleReport, Report},
    verify::verify,
};

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    disk::{Disk, DiskLock, FileDisk},
    engine::STORE_FILE,
};

/// The files of one module.
struct ModuleFiles {
    name: String,
    path: PathBuf,
    disk: Arc<dyn Disk>,
    /// Nobody else uses them meanwhile.
    _lock: Option<DiskLock>,
}

/// The modules of a data directory, each of them locked against whoever would run on it. Nothing is written.
fn modules(data: &Path) -> Result<Vec<ModuleFiles>, DataError> {
    let failed = |source| DataError::Io { path: data.to_owned(), source };
    let mut modules = Vec::new();
    let no_data = || DataError::NoData { path: data.to_owned() };
    let entries = fs::read_dir(data).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => no_data(),
        _ => failed(error),
    });
    for entry in entries? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = name.to_owned();
        if path.is_dir() && !name.contains('.') {
            modules.extend(ModuleFiles::open(name, path)?);
        }
    }
    modules.sort_by(|one, other| one.name.cmp(&other.name));
    if modules.is_empty() {
        return Err(no_data());
    }
    Ok(modules)
}

impl ModuleFiles {
    /// `None` when the folder is not that of a module.
    fn open(name: String, path: PathBuf) -> Result<Option<Self>, DataError> {
        let failed = |source| DataError::Io { path: path.clone(), source };
        let disk: Arc<dyn Disk> = Arc::new(FileDisk::read_only(&path).map_err(failed)?);
        let is_data = |name: &String| name == STORE_FILE || name.starts_with("commit-");
        if !disk.list().map_err(failed)?.iter().any(is_data) {
            return Ok(None);
        }
        // Whoever runs on the data has made this file; a backup is left without it.
        let lock = if path.join("LOCK").exists() {
            let in_use = |error| DataError::InUse { path: path.clone(), source: error };
            Some(disk.lock().map_err(in_use)?)
        } else {
            None
        };
        Ok(Some(Self { name, path, disk, _lock: lock }))
    }
}

/// Refuses a directory with something in it.
fn check_unused(path: &Path) -> Result<(), DataError> {
    match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(DataError::Io { path: path.to_owned(), source }),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(DataError::NotEmpty { path: path.to_owned() }),
        },
    }
}
