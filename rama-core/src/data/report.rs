//! What a check of data found.

use std::{fmt, path::PathBuf};

/// What [`verify`](super::verify) found in a data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The modules, by name.
    pub modules: Vec<ModuleReport>,
    /// Where a copy lay that was never finished, when one had to make room for this one.
    pub replaced: Option<PathBuf>,
}

/// What was found of one module. Counts are of what is whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleReport {
    /// The module's name.
    pub module: String,
    /// Commit groups in the log, also those that the store contains already.
    pub groups: u64,
    /// Bytes of an unfinished group at the end of the log, which the next start cuts off: what a kill leaves.
    pub torn_bytes: u64,
    /// Rows of the store, records and what the module knows about itself included.
    pub rows: u64,
    /// Records in the store. Those of groups that no checkpoint covers yet are not among them.
    pub records: u64,
    /// Everything that is not as it was written.
    pub damage: Vec<Damage>,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file, within the module's folder.
    pub file: String,
    /// Where in the file: a table and a key, a byte, or nothing when it is the file as a whole.
    pub place: String,
    /// What was found there.
    pub found: String,
}

impl Report {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.modules.iter().all(|module| module.damage.is_empty())
    }
}

/// What to do about damage.
const DAMAGED: &str = "what is damaged is refused when it is needed; put a backup back into another directory with \
                       `restore`, and keep this one until that one runs";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.replaced {
            writeln!(f, "an unfinished backup was removed first: {}", path.display())?;
        }
        for (index, module) in self.modules.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{module}")?;
        }
        if self.is_whole() { Ok(()) } else { write!(f, "\n{DAMAGED}") }
    }
}

impl fmt::Display for ModuleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, groups, torn_bytes, rows, records, damage } = self;
        write!(f, "module {module}: {rows} rows, {records} records, {groups} groups in the log")?;
        if *torn_bytes > 0 {
            write!(f, ", {torn_bytes} bytes of an unfinished group")?;
        }
        match damage.len() {
            0 => write!(f, ": whole"),
            count => write!(f, ": DAMAGED in {count} places"),
        }?;
        damage.iter().try_for_each(|damage| write!(f, "\n  {damage}"))
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place, found } = self;
        if place.is_empty() {
            write!(f, "{file}: {found}")
        } else {
            write!(f, "{file}, {place}: {found}")
        }
    }
}
