//! A disk that fails, or ends the process, at a chosen operation.

use std::{
    io,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rama_core::disk::{Disk, DiskFile, DiskLock, LockError, Open};

/// What happens, and at which operation. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    fault: Option<(Fault, u64)>,
    operations: Arc<AtomicU64>,
    reads: Arc<AtomicU64>,
}

/// What goes wrong at the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process ends before it.
    AbortBefore,
    /// The process ends after it.
    AbortAfter,
    /// It fails, and is not done.
    Error,
    /// It and all later ones fail.
    ErrorForever,
    /// There is no space for it, if it needs some.
    Full,
    /// There is no space from then on.
    FullForever,
    /// Reading fails; here reads are counted, and nothing else.
    Read,
}

impl Plan {
    /// The fault strikes at this operation, from 1, which changes something.
    #[must_use]
    pub fn new(fault: Fault, at: u64) -> Self {
        Self { fault: Some((fault, at)), ..Self::default() }
    }

    /// How many operations there were that change something.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// How many reads there were.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Does an operation, unless the fault strikes.
    fn run<R>(&self, kind: Kind, run: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        let now = self.operations.fetch_add(1, Ordering::Relaxed) + 1;
        let Some((fault, at)) = self.fault else { return run() };
        match fault {
            Fault::AbortBefore if now == at => std::process::abort(),
            Fault::AbortAfter if now == at => {
                let _done = run();
                std::process::abort();
            }
            Fault::Error if now == at => Err(io::Error::other("an injected fault")),
            Fault::ErrorForever if now >= at => Err(io::Error::other("an injected fault")),
            Fault::Full if now == at && kind.needs_space() => {
                Err(io::ErrorKind::StorageFull.into())
            }
            Fault::FullForever if now >= at && kind.needs_space() => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => run(),
        }
    }

    fn read<R>(&self, run: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        let now = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        match self.fault {
            Some((Fault::Read, at)) if now == at => Err(io::Error::other("an injected fault")),
            _ => run(),
        }
    }
}

/// What an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Create,
    Write,
    Other,
}

impl Kind {
    fn needs_space(self) -> bool {
        matches!(self, Self::Create | Self::Write)
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no plan: write `abort-before:N` or `abort-after:N`");
        let (fault, at) = text.split_once(':').ok_or_else(wrong)?;
        let fault = match fault {
            "abort-before" => Fault::AbortBefore,
            "abort-after" => Fault::AbortAfter,
            _ => return Err(wrong()),
        };
        Ok(Self::new(fault, at.parse().map_err(|_| wrong())?))
    }
}

/// Another disk, with faults.
#[derive(Debug)]
pub struct FaultDisk {
    disk: Arc<dyn Disk>,
    plan: Plan,
}

impl FaultDisk {
    /// The disk, on which the plan happens.
    #[must_use]
    pub fn new(disk: Arc<dyn Disk>, plan: Plan) -> Self {
        Self { disk, plan }
    }
}

impl Disk for FaultDisk {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        let file = match how {
            Open::Existing => self.disk.open(name, how),
            Open::New => self.plan.run(Kind::Create, || self.disk.open(name, how)),
        };
        Ok(Arc::new(FaultFile { file: file?, plan: self.plan.clone() }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        self.disk.exists(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.plan.run(Kind::Other, || self.disk.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.plan.run(Kind::Other, || self.disk.remove(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.plan.run(Kind::Other, || self.disk.sync_dir())
    }

    fn reserve(&self, bytes: u64) -> io::Result<()> {
        let kind = if bytes > 0 { Kind::Write } else { Kind::Other };
        self.plan.run(kind, || self.disk.reserve(bytes))
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        self.disk.free_bytes()
    }

    fn forget_cached(&self) -> io::Result<()> {
        self.disk.forget_cached()
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        self.disk.lock()
    }
}

#[derive(Debug)]
struct FaultFile {
    file: Arc<dyn DiskFile>,
    plan: Plan,
}

impl DiskFile for FaultFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.plan.read(|| self.file.read_exact_at(out, offset))
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.plan.run(Kind::Write, || self.file.write_all_at(bytes, offset))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.plan.run(Kind::Write, || self.file.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.plan.run(Kind::Other, || self.file.sync_data())
    }
}
