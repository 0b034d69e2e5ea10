//! The files of a log: their names, how one is made, how one is used again.

use super::error::LogError;
use super::format::{HEADER_BYTES, Header};
use crate::disk::{Disk, DiskFile, Open, is_full};
use crate::id::Epoch;
use crate::planted::Mistake;
use std::io;
use std::sync::Arc;

/// Two used files wait for their next life: one is taken while the other is being filled; more
/// would only hold space.
const SPARES_MAX: usize = 2;
const SEGMENT: &str = "commit-";
const SPARE: &str = "spare-";
const SUFFIX: &str = ".log";
/// A file under this name was not finished when the program stopped.
const UNFINISHED: &str = ".log.tmp";

/// A segment whose groups are complete.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sealed {
    pub(super) number: u64,
    /// Its last group.
    pub(super) last: Epoch,
}

/// The segment that is being appended to.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) number: u64,
    pub(super) file: Arc<dyn DiskFile>,
    /// Where the next group goes.
    pub(super) position: u64,
    /// Length of the file: written with zeros at least.
    pub(super) allocated: u64,
}

impl Active {
    pub(super) fn write(
        &self,
        action: &'static str,
        bytes: &[u8],
        position: u64,
    ) -> Result<(), LogError> {
        let written = self.file.write_all_at(bytes, position);
        written.map_err(|error| failed(action, segment_name(self.number))(error))
    }

    pub(super) fn sync(&self) -> Result<(), LogError> {
        self.file.sync_data().map_err(|error| failed("sync", segment_name(self.number))(error))
    }
}

/// The directory as the log uses it.
#[derive(Debug)]
pub(super) struct Files {
    disk: Arc<dyn Disk>,
    /// Segment numbers under which used files wait.
    spares: Vec<u64>,
    /// Longer files are not kept.
    segment_bytes: u64,
}

/// The names that a log finds in its directory.
pub(super) struct Found {
    pub(super) segments: Vec<u64>,
    pub(super) spares: Vec<u64>,
    pub(super) unfinished: Vec<String>,
}

/// Name of a segment file.
pub(super) fn segment_name(number: u64) -> String {
    format!("{SEGMENT}{number:016x}{SUFFIX}")
}

fn spare_name(number: u64) -> String {
    format!("{SPARE}{number:016x}{SUFFIX}")
}

/// Whether a log gives such a name to one of its files.
pub(crate) fn is_log_file(name: &str) -> bool {
    let unfinished = || name.strip_suffix(UNFINISHED).map(|stem| format!("{stem}{SUFFIX}"));
    let segment = |name: &str| number(name, SEGMENT).is_some();
    segment(name)
        || number(name, SPARE).is_some()
        || unfinished().is_some_and(|name| segment(&name))
}

/// Sorts the directory's names; those of others are left alone.
pub(super) fn find(disk: &dyn Disk) -> Result<Found, LogError> {
    let names = disk.list().map_err(failed("list the files of", "the commit log"))?;
    let mut found = Found { segments: Vec::new(), spares: Vec::new(), unfinished: Vec::new() };
    for name in names {
        if let Some(number) = number(&name, SEGMENT) {
            found.segments.push(number);
        } else if let Some(number) = number(&name, SPARE) {
            found.spares.push(number);
        } else if name.starts_with(SEGMENT) && name.ends_with(UNFINISHED) {
            found.unfinished.push(name);
        }
    }
    Ok(found)
}

fn number(name: &str, prefix: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?.strip_suffix(SUFFIX)?;
    let canonical = digits.len() == 16 && !digits.bytes().any(|byte| byte.is_ascii_uppercase());
    if canonical { u64::from_str_radix(digits, 16).ok() } else { None }
}

/// Says what failed, and on which file.
pub(super) fn failed(
    action: &'static str,
    file: impl Into<String>,
) -> impl FnOnce(io::Error) -> LogError {
    let file = file.into();
    move |source| LogError::Io { action, file, source: Arc::new(source) }
}

impl Files {
    pub(super) fn new(disk: Arc<dyn Disk>, spares: Vec<u64>, segment_bytes: u64) -> Self {
        Self { disk, spares, segment_bytes }
    }

    /// Makes an empty segment and its name durable. It has its name only when it is complete, so a
    /// crash at any point leaves the old state or the new one (finding 4).
    pub(super) fn create(&mut self, header: Header) -> Result<Active, LogError> {
        let name = segment_name(header.segment);
        let (file, from) = match self.spares.pop() {
            Some(spare) => self.reuse(spare, header)?,
            None => self.make(header)?,
        };
        file.sync_data().map_err(failed("sync", &from))?;
        self.disk.rename(&from, &name).map_err(failed("rename", &from))?;
        if !Mistake::NameNotSynced.is_made() {
            self.disk.sync_dir().map_err(failed("sync the directory of", &name))?;
        }
        let allocated = file.len().map_err(failed("measure", &name))?;
        Ok(Active { number: header.segment, file, position: HEADER_BYTES as u64, allocated })
    }

    fn reuse(&self, spare: u64, header: Header) -> Result<(Arc<dyn DiskFile>, String), LogError> {
        let from = spare_name(spare);
        let file = self.disk.open(&from, Open::Existing).map_err(failed("open", &from))?;
        file.write_all_at(&header.with_end(), 0).map_err(failed("write", &from))?;
        Ok((file, from))
    }

    /// A new file under the name of an unfinished one. Without space for it there is none.
    fn make(&self, header: Header) -> Result<(Arc<dyn DiskFile>, String), LogError> {
        let from = format!("{SEGMENT}{:016x}{UNFINISHED}", header.segment);
        let full = |source| LogError::Full { file: from.clone(), source: Arc::new(source) };
        let file = match self.disk.open(&from, Open::New) {
            Err(error) if is_full(&error) => return Err(full(error)),
            opened => opened.map_err(failed("create", &from))?,
        };
        match file.write_all_at(&header.with_end(), 0) {
            Err(error) if is_full(&error) => {
                self.remove(&from)?;
                Err(full(error))
            }
            written => {
                written.map_err(failed("write", &from))?;
                Ok((file, from))
            }
        }
    }

    /// Takes segments out of the log that are not needed any more.
    pub(super) fn retire(&mut self, numbers: &[u64]) -> Result<(), LogError> {
        for &number in numbers {
            let name = segment_name(number);
            let file = self.disk.open(&name, Open::Existing).map_err(failed("open", &name))?;
            let length = file.len().map_err(failed("measure", &name))?;
            if self.spares.len() < SPARES_MAX && length <= self.segment_bytes {
                let spare = spare_name(number);
                self.disk.rename(&name, &spare).map_err(failed("rename", &name))?;
                self.spares.push(number);
            } else {
                self.remove(&name)?;
            }
        }
        // A spare is overwritten later: by then the directory must not call it a segment any more.
        if numbers.is_empty() { Ok(()) } else { self.sync_names() }
    }

    /// Makes the names durable that the directory has now.
    pub(super) fn sync_names(&self) -> Result<(), LogError> {
        self.disk.sync_dir().map_err(failed("sync the directory of", "the commit log"))
    }

    /// Removes what an interrupted start or an earlier configuration left behind.
    pub(super) fn tidy(&mut self, unfinished: &[String]) -> Result<(), LogError> {
        for name in unfinished {
            self.remove(name)?;
        }
        while self.spares.len() > SPARES_MAX {
            let spare = self.spares.pop().expect("there are more than two");
            self.remove(&spare_name(spare))?;
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), LogError> {
        self.disk.remove(name).map_err(failed("remove", name))
    }
}
