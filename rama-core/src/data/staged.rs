//! A copy that is not finished: it lies in `NAME.unfinished` until it may have its name.
//!
//! A process that is killed leaves it there. The next copy of that name takes its place, if all that is in there is ours:
//! the mark says that a copy was being made, its lock that nobody is making it any more. Nothing else is ever removed.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    DataError, Report, check_unused,
    copy::{failed, sync_directory},
    verify,
};
use crate::{
    disk::{FileDisk, LockError},
    engine::{NOTES, STORE_FILE},
    log::is_log_file,
};

/// The file that stands beside the folders of the modules until the copy has its name.
const MARK: &str = "UNFINISHED";

/// What it says to whoever finds it.
const MARK_TEXT: &[u8] =
    b"A backup that was not finished. The next one to the same place removes it.\n";

/// A directory that gets its name when it is complete, and is removed if it never is.
pub(super) struct Staged {
    path: PathBuf,
    to: PathBuf,
    /// An unfinished copy was there before.
    replaced: bool,
    /// The mark, locked: whoever has it makes the copy.
    _mark: File,
}

impl Staged {
    /// An empty directory for what is to have that name. What a killed process left of an earlier copy is removed.
    pub(super) fn new(to: &Path) -> Result<Self, DataError> {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let path = to.with_file_name(name);
        if !is_marked(&path) {
            check_unused(&path)?;
            FileDisk::create(&path).map_err(failed(&path))?;
        }
        let mut mark = lock_mark(&path)?;
        let replaced = clear(&path)?;
        mark.write_all(MARK_TEXT).map_err(failed(&path))?;
        Ok(Self { path, to: to.to_owned(), replaced, _mark: mark })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What a check of the copy says, when it is whole.
    pub(super) fn checked(&self) -> Result<Report, DataError> {
        let mut report = verify(&self.path)?;
        if !report.is_whole() {
            return Err(DataError::Damaged(Box::new(report)));
        }
        report.replaced = self.replaced.then(|| self.path.clone());
        Ok(report)
    }

    pub(super) fn finish(self) -> Result<(), DataError> {
        sync_directory(&self.path)?;
        fs::rename(&self.path, &self.to).map_err(failed(&self.to))?;
        let mark = self.to.join(MARK);
        fs::remove_file(&mark).map_err(failed(&mark))?;
        sync_directory(&self.to)?;
        let parent = self.to.parent().filter(|parent| *parent != Path::new(""));
        sync_directory(parent.unwrap_or(Path::new(".")))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What was staged is ours alone; after it got its name there is nothing here.
        let _: io::Result<()> = fs::remove_dir_all(&self.path);
    }
}

/// Whether a copy was begun there.
fn is_marked(path: &Path) -> bool {
    let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) && is_file(&path.join(MARK))
}

fn lock_mark(path: &Path) -> Result<File, DataError> {
    let mut options = OpenOptions::new();
    let mark = options.write(true).create(true).truncate(false).open(path.join(MARK));
    let mark = mark.map_err(failed(path))?;
    match mark.try_lock() {
        Ok(()) => Ok(mark),
        Err(TryLockError::WouldBlock) => {
            let source = LockError::InUse { process: None };
            Err(DataError::InUse { path: path.to_owned(), source })
        }
        Err(TryLockError::Error(source)) => Err(DataError::Io { path: path.to_owned(), source }),
    }
}

/// Removes what an earlier copy left, all but its mark. Refuses, and removes nothing, when something is not ours. Tells
/// whether there was anything.
fn clear(path: &Path) -> Result<bool, DataError> {
    let not_ours = || DataError::NotEmpty { path: path.to_owned() };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for (folder, is_folder) in entries(path)? {
        if !is_folder {
            if folder.file_name().is_none_or(|name| name != MARK) {
                return Err(not_ours());
            }
            continue;
        }
        for (file, is_folder) in entries(&folder)? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if is_folder || !is_ours(name) {
                return Err(not_ours());
            }
            files.push(file);
        }
        folders.push(folder);
    }
    // One by one: what appears in a folder meanwhile keeps it.
    files.iter().try_for_each(|file| fs::remove_file(file).map_err(failed(file)))?;
    folders.iter().try_for_each(|folder| fs::remove_dir(folder).map_err(failed(folder)))?;
    Ok(!folders.is_empty())
}

/// What is in a directory, and whether it is a folder.
fn entries(path: &Path) -> Result<Vec<(PathBuf, bool)>, DataError> {
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.path(), entry.file_type()?.is_dir()))
    };
    let entries = fs::read_dir(path).and_then(|entries| entries.map(entry).collect());
    entries.map_err(failed(path))
}

/// Whether a module gives such a name to one of its files.
fn is_ours(name: &str) -> bool {
    let is_store = name.strip_suffix(".tmp").unwrap_or(name) == STORE_FILE;
    is_store || NOTES.contains(&name) || is_log_file(name)
}
