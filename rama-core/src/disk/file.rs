//! A directory of the operating system.
//!
//! Interrupted and short reads and writes are continued by the standard library; every other error
//! goes up. Errors of the directory name the path, errors of open files are named by their users.

use super::{Disk, DiskFile, DiskLock, LOCK_NAME, LockError, Open, RESERVE_NAME, check_name};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Only the owner may look into a data directory (scenario F16).
const DIRECTORY_MODE: u32 = 0o700;
/// A process number has at most 10 digits; a longer text is not ours.
const PROCESS_TEXT_BYTES_MAX: u64 = 16;

/// The files of one directory.
#[derive(Debug)]
pub struct FileDisk {
    path: PathBuf,
    /// Kept open, so that a directory that is moved away is not mixed up with its successor.
    directory: File,
    /// Whether files may be changed; if not, not even the lock file is.
    writable: bool,
}

impl FileDisk {
    /// Uses the directory, creating it with mode 0700 when it does not exist. Its name is durable then.
    ///
    /// # Errors
    /// When the path is not a directory or the system refuses; the message names the path.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_path_buf();
        create_directory(&path).map_err(|error| named(&path, &error))?;
        let directory = File::open(&path).map_err(|error| named(&path, &error))?;
        Ok(Self { path, directory, writable: true })
    }

    /// Looks at a directory that exists and changes nothing in it, so that it may be one that cannot be changed. Files
    /// are opened for reading, and the lock is one that others who only look can have, too; its file must be there.
    ///
    /// # Errors
    /// As [`Self::create`], and when there is no such directory.
    pub(crate) fn read_only(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_path_buf();
        let directory = File::open(&path).map_err(|error| named(&path, &error))?;
        Ok(Self { path, directory, writable: false })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn full(&self, name: &str) -> io::Result<PathBuf> {
        check_name(name).map(|name| self.path.join(name))
    }

    /// The path of a file that is to be made, renamed, removed, or was.
    fn changed(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.full(name)?;
        if self.writable {
            Ok(path)
        } else {
            Err(named(&path, &io::ErrorKind::ReadOnlyFilesystem.into()))
        }
    }
}

impl Disk for FileDisk {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let path = if how == Open::New { self.changed(name)? } else { self.full(name)? };
        let file = OpenOptions::new()
            .read(true)
            .write(self.writable)
            .create_new(how == Open::New)
            .open(&path)
            .map_err(|error| named(&path, &error))?;
        Ok(Arc::new(OpenFile(file)))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        let path = self.full(name)?;
        path.try_exists().map_err(|error| named(&path, &error))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.changed(from)?, self.changed(to)?);
        fs::rename(&from, to).map_err(|error| named(&from, &error))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.changed(name)?;
        fs::remove_file(&path).map_err(|error| named(&path, &error))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(|error| named(&self.path, &error))? {
            let entry = entry.map_err(|error| named(&self.path, &error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // What we could not have created, such as `lost+found`, is none of our business.
            if check_name(&name).is_ok() && !entry.file_type()?.is_dir() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.directory.sync_all().map_err(|error| named(&self.path, &error))
    }

    fn reserve(&self, bytes: u64) -> io::Result<()> {
        let path = self.path.join(RESERVE_NAME);
        if !self.writable {
            return Err(named(&path, &io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        if bytes == 0 {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(&path, &error)),
                _ => Ok(()),
            };
        }
        let held = path.metadata().map_or(0, |metadata| metadata.len());
        // Asking for more than there is would take all of it first.
        if self.free_bytes()?.is_some_and(|free| free.saturating_add(held) < bytes) {
            return Err(named(&path, &io::ErrorKind::StorageFull.into()));
        }
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| named(&path, &error))?;
        allocate(&file, bytes).and_then(|()| file.set_len(bytes)).map_err(|error| {
            // Whatever it got is of no use.
            let _: io::Result<()> = fs::remove_file(&path);
            named(&path, &error)
        })
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        let system = rustix::fs::fstatvfs(&self.directory).map_err(io::Error::from);
        let system = system.map_err(|error| named(&self.path, &error))?;
        Ok(Some(system.f_bavail.saturating_mul(system.f_frsize)))
    }

    fn forget_cached(&self) -> io::Result<()> {
        for name in self.list()? {
            let path = self.path.join(name);
            let forgotten = File::open(&path).and_then(|file| forget(&file));
            forgotten.map_err(|error| named(&path, &error))?;
        }
        Ok(())
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        let path = self.path.join(LOCK_NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .write(self.writable)
            .create(self.writable)
            .truncate(false)
            .open(&path)
            .map_err(|error| named(&path, &error))?;
        let locked = if self.writable { file.try_lock() } else { file.try_lock_shared() };
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::InUse { process: read_process(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(named(&path, &error).into()),
        }
        if self.writable {
            // The number only informs: the lock itself dies with the process (scenario C8).
            file.set_len(0)?;
            writeln!(file, "{}", std::process::id())?;
        }
        Ok(DiskLock::new(file))
    }
}

#[derive(Debug)]
struct OpenFile(File);

impl DiskFile for OpenFile {
    fn len(&self) -> io::Result<u64> {
        self.0.metadata().map(|metadata| metadata.len())
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// Creates the directory and its missing parents, each durable before the next. One that exists is made durable, too, and
/// the parent that it is in: whoever created them may have been killed before that.
fn create_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        sync_name(path)?;
        return parent_of(path).map_or(Ok(()), sync_name);
    }
    create_directory(parent_of(path).unwrap_or(Path::new(".")))?;
    match DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
        // Created by somebody else meanwhile.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        created => created?,
    }
    sync_name(path)
}

/// The directory with the name of a path, when it can be told from the path.
fn parent_of(path: &Path) -> Option<&Path> {
    let parent = path.parent()?;
    Some(if parent == Path::new("") { Path::new(".") } else { parent })
}

/// Makes the name of a directory durable, unless its parent may not be looked into: then it is not ours, and was there
/// before us.
fn sync_name(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    tests::SYNCED.with_borrow_mut(|synced| synced.push(path.to_owned()));
    let Some(Ok(parent)) = parent_of(path).map(File::open) else { return Ok(()) };
    match parent.sync_all() {
        // What cannot be written has nothing to be made durable, and some systems sync no directories.
        Err(error) if is_not_synced(error.kind()) => Ok(()),
        synced => synced,
    }
}

fn is_not_synced(error: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidInput, ReadOnlyFilesystem, Unsupported};
    matches!(error, InvalidInput | ReadOnlyFilesystem | Unsupported)
}

/// Gives the file its blocks, where the file system can do that without writing them.
#[cfg(target_os = "linux")]
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    use rustix::{
        fs::{FallocateFlags, fallocate},
        io::Errno,
    };
    match fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn allocate(_file: &File, _bytes: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn forget(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?)
}

#[cfg(not(target_os = "linux"))]
fn forget(_file: &File) -> io::Result<()> {
    Ok(())
}

fn read_process(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(PROCESS_TEXT_BYTES_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    thread_local! {
        /// The directories whose names were made durable by this test.
        pub(super) static SYNCED: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    }

    /// What making a disk there makes durable.
    fn synced(path: &Path) -> Vec<PathBuf> {
        SYNCED.take();
        FileDisk::create(path).unwrap();
        SYNCED.take()
    }

    #[test]
    fn each_start_makes_the_name_of_its_directory_durable() {
        let directory = tempfile::tempdir().unwrap();
        let (data, module) = (directory.path().join("data"), directory.path().join("data/Module"));
        let made = synced(&module);
        assert!(made.ends_with(&[data.clone(), module.clone()]), "the parent before: {made:?}");
        // As a process left them that was killed between making them and the sync.
        let again = synced(&module);
        assert!(again.contains(&data) && again.contains(&module), "{again:?}");
        let [relative, above] = ["data", "/"].map(|path| parent_of(Path::new(path)));
        assert_eq!((relative, above), (Some(Path::new(".")), None));
    }

    #[test]
    fn who_only_looks_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let missing = FileDisk::read_only(directory.path().join("missing")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        let disk = FileDisk::create(directory.path()).unwrap();
        disk.open("a", Open::New).unwrap().write_all_at(b"abc", 0).unwrap();
        let looking = FileDisk::read_only(directory.path()).unwrap();
        assert!(looking.lock().is_err(), "the file of the lock is not made");
        fs::write(directory.path().join(LOCK_NAME), "1\n").unwrap();
        let locks = [looking.lock().unwrap(), looking.lock().unwrap()];
        assert!(matches!(disk.lock(), Err(LockError::InUse { .. })), "nobody runs meanwhile");
        drop(locks);
        assert_eq!(fs::read(directory.path().join(LOCK_NAME)).unwrap(), b"1\n");
        let lock = disk.lock().unwrap();
        assert!(matches!(looking.lock(), Err(LockError::InUse { .. })), "nobody looks meanwhile");
        drop(lock);
        let file = looking.open("a", Open::Existing).unwrap();
        file.write_all_at(b"x", 0).unwrap_err();
        file.set_len(1).unwrap_err();
        let refused = [
            looking.open("b", Open::New).map(drop),
            looking.rename("a", "b"),
            looking.remove("a"),
            looking.reserve(0),
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::ReadOnlyFilesystem);
        }
        assert_eq!(disk.list().unwrap(), ["a"]);
    }
}
