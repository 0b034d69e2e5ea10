//! Reads everything and compares every checksum: the groups of the log, the pages of the store, each row, each block of
//! records, and how many records there should be.
//!
//! A row of a PState is compared as bytes; whether it decodes as the type that the module declares, only the module knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
    sync::Arc,
};

use serde::de::DeserializeOwned;

use super::{Damage, DataError, ModuleFiles, ModuleReport, Report, modules};
use crate::{
    codec::decode_value,
    depot::{RecordBatch, block_key, read_block},
    disk::{Disk, overlay::Overlay},
    engine::{ENDS, META, META_KEY, Meta, PROGRESS, STARTS, STORE_FILE, STORE_FORMAT, Tables},
    group::{Entry, read_group},
    id::{Epoch, Offset, TaskId},
    log::{self, LogError},
    store::{Snapshot, Store, StoreError, StoreOptions},
};

/// Damaged rows that a report names of one table; how many more there are is said, too.
const NAMED_MAX: usize = 20;

/// Checks the data of all modules in a directory that nobody runs on. Changes nothing.
///
/// # Errors
/// When the directory cannot be read, is in use, or has no data. Damage is no error: the report says it.
pub fn verify(data: impl AsRef<Path>) -> Result<Report, DataError> {
    let modules = modules(data.as_ref())?;
    let reports = modules.iter().map(verify_module);
    Ok(Report { modules: reports.collect::<Result<_, _>>()?, replaced: None })
}

fn verify_module(files: &ModuleFiles) -> Result<ModuleReport, DataError> {
    let report = ModuleReport { module: files.name.clone(), ..ModuleReport::default() };
    let mut check = Check {
        report,
        ends: BTreeMap::new(),
        unknown: BTreeSet::new(),
        reached: None,
        tables: None,
        covered: Epoch(0),
    };
    let failed = |source| DataError::Io { path: files.path.clone(), source };
    if files.disk.exists(STORE_FILE).map_err(failed)? {
        check.store(&files.disk);
    } else {
        check.damaged(STORE_FILE, "", "the file is missing");
    }
    check.log(&files.disk);
    check.reached();
    Ok(check.report)
}

/// What is known while a module is checked.
struct Check {
    report: ModuleReport,
    /// Where each depot partition ends, by its key in [`ENDS`].
    ends: BTreeMap<Vec<u8>, Offset>,
    /// The partitions of which that cannot be read.
    unknown: BTreeSet<Vec<u8>>,
    /// Where each topology goes on in each depot partition, by its key in [`PROGRESS`]; `None` when it is not known where
    /// the partitions end.
    reached: Option<BTreeMap<Vec<u8>, Offset>>,
    tables: Option<Tables>,
    /// The store contains every group up to this one.
    covered: Epoch,
}

impl Check {
    fn damaged(&mut self, file: &str, place: impl Into<String>, found: impl Into<String>) {
        let (file, place, found) = (file.to_owned(), place.into(), found.into());
        self.report.damage.push(Damage { file, place, found });
    }

    fn store(&mut self, disk: &Arc<dyn Disk>) {
        let open = |verify| {
            let overlay = Arc::new(Overlay::new(Arc::clone(disk)));
            Store::open_with(
                overlay,
                STORE_FILE,
                &StoreOptions { verify, ..StoreOptions::default() },
            )
        };
        let opened = open(true).or_else(|error| {
            self.damaged(STORE_FILE, "", error.to_string());
            // What can still be read tells where the damage is.
            open(false)
        });
        let Ok(store) = opened else { return };
        if let Err(error) = store.snapshot().and_then(|snapshot| self.rows(&snapshot)) {
            self.damaged(STORE_FILE, "", error.to_string());
        }
    }

    fn rows(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        for table in snapshot.tables() {
            let mut damaged = Vec::new();
            let mut rows = 0;
            let scrubbed = snapshot.scrub(table, &mut |key, value| match value {
                Some(_) => rows += 1,
                None => damaged.push(key.to_vec()),
            });
            self.report.rows += rows;
            for key in damaged.iter().take(NAMED_MAX) {
                let place = format!("table {table}, key {}", hex(key));
                self.damaged(STORE_FILE, place, "the row fails its checksum");
            }
            if let Some(more) = damaged.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
                self.damaged(
                    STORE_FILE,
                    format!("table {table}"),
                    format!("{more} more such rows"),
                );
            }
            if let Err(error) = scrubbed {
                let place = format!("table {table}, after {rows} rows");
                self.damaged(STORE_FILE, place, error.to_string());
            }
        }
        self.meta(snapshot)?;
        self.records(snapshot)
    }

    fn meta(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let place = format!("table {META}");
        match snapshot.get(META, META_KEY, decode_value::<Meta>)? {
            // A store that was created and never written.
            None => {}
            Some(Err(error)) => self.damaged(STORE_FILE, place, error.to_string()),
            Some(Ok(meta)) if meta.format != STORE_FORMAT => {
                let found = format!(
                    "it has format {}, and this program reads {STORE_FORMAT}: check it with the version that wrote it",
                    meta.format
                );
                self.damaged(STORE_FILE, place, found);
            }
            Some(Ok(meta)) => {
                self.covered = Epoch(meta.covered);
                self.tables = Some(Tables::new(meta.catalog));
            }
        }
        Ok(())
    }

    /// The blocks of each depot partition follow each other, from where the partition begins to where it ends.
    fn records(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut stored = BTreeMap::new();
        for table in snapshot.tables().filter(|table| table.starts_with("depot:")) {
            self.blocks(snapshot, table, &mut stored)?;
        }
        let starts: BTreeMap<_, Option<Offset>> = self.bounds(snapshot, STARTS)?;
        for (key, end) in self.bounds::<(Offset, u64)>(snapshot, ENDS)? {
            let stored = stored.remove(&key);
            let Some((end, _)) = end else {
                self.unknown.insert(key);
                continue;
            };
            let start = match (starts.get(&key), &stored) {
                (None, _) => Offset(0),
                (Some(Some(start)), _) => *start,
                // Of which nothing is known but what is there.
                (Some(None), stored) => stored.as_ref().map_or(end, |stored| stored.start),
            };
            for found in bounds_found(stored, start..end) {
                let place = format!("table {ENDS}, key {}", String::from_utf8_lossy(&key));
                self.damaged(STORE_FILE, place, found);
            }
            self.ends.insert(key, end);
        }
        for (key, range) in stored {
            let place = format!("table {ENDS}, key {}", String::from_utf8_lossy(&key));
            let found = format!("there are records up to {}, and no row says so", range.end);
            self.damaged(STORE_FILE, place, found);
        }
        let reached = self.bounds::<Offset>(snapshot, PROGRESS)?.into_iter();
        self.reached = Some(reached.filter_map(|(key, next)| Some((key, next?))).collect());
        Ok(())
    }

    /// Notes from where to where the blocks of each partition of a depot go.
    fn blocks(
        &mut self,
        snapshot: &Snapshot,
        table: &str,
        stored: &mut BTreeMap<Vec<u8>, Range<Offset>>,
    ) -> Result<(), StoreError> {
        let depot = table.trim_start_matches("depot:");
        snapshot.scrub(table, &mut |key, block| {
            let Some(block) = block else { return };
            let (task, range) = match block_of(key, block) {
                Ok(block) => block,
                Err(found) => {
                    let place = format!("table {table}, key {}", hex(key));
                    return self.damaged(STORE_FILE, place, found);
                }
            };
            self.report.records += range.end.0 - range.start.0;
            let key = format!("{depot}/{task}").into_bytes();
            let before = stored.entry(key).or_insert_with(|| range.start..range.start);
            if before.end != range.start {
                let place = format!("table {table}, task {task}, offset {}", range.start);
                self.damaged(STORE_FILE, place, "records before this one are missing");
            }
            before.end = range.end;
        })
    }

    /// What a table says of each depot partition; `None` where that cannot be read.
    fn bounds<T: DeserializeOwned>(
        &mut self,
        snapshot: &Snapshot,
        table: &str,
    ) -> Result<BTreeMap<Vec<u8>, Option<T>>, StoreError> {
        let mut bounds = BTreeMap::new();
        snapshot.scrub(table, &mut |key, row| {
            let bound = row.map(decode_value).transpose().unwrap_or_else(|error| {
                let place = format!("table {table}, key {}", String::from_utf8_lossy(key));
                self.damaged(STORE_FILE, place, error.to_string());
                None
            });
            bounds.insert(key.to_vec(), bound);
        })?;
        Ok(bounds)
    }

    fn log(&mut self, disk: &Arc<dyn Disk>) {
        let covered = self.covered;
        let checked = log::check(&**disk, covered, &mut |file, epoch, payload| {
            if let Err(found) = self.group(epoch, payload) {
                self.damaged(file, format!("group {epoch}"), found);
            }
        });
        match checked {
            Err(error) => self.damaged("the commit log", "", error.to_string()),
            Ok(checked) => {
                self.report.groups = checked.groups;
                self.report.torn_bytes = checked.torn_bytes;
                if !checked.damage.is_empty() {
                    // Ends and progress of the groups in there are not known.
                    self.reached = None;
                }
                for error in checked.damage {
                    match error {
                        LogError::Damaged { file, position, found } => {
                            self.damaged(&file, format!("byte {position}"), found);
                        }
                        error => self.damaged("the commit log", "", error.to_string()),
                    }
                }
            }
        }
    }

    /// A group that the store does not contain goes on where its depots end.
    fn group(&mut self, epoch: Epoch, payload: &[u8]) -> Result<(), String> {
        let (mut batches, mut progress) = (Vec::new(), Vec::new());
        let read = read_group(payload, &mut |entry| match entry {
            Entry::Records { depot, task, batch } => batches.push((depot, task, batch)),
            Entry::Progress { topology, depot, task, next } => {
                progress.push((topology, depot, task, next));
            }
            _ => {}
        });
        read.map_err(|error| error.to_string())?;
        let Some(tables) = self.tables.as_ref().filter(|_| epoch > self.covered) else {
            return Ok(());
        };
        for (topology, depot, task, next) in progress {
            let key = tables.progress_key(topology, depot, task);
            let key = key.ok_or("it names a topology or a depot that the store does not know")?;
            if let Some(reached) = &mut self.reached {
                reached.insert(key, next);
            }
        }
        for (depot, task, batch) in batches {
            let key = tables
                .end_key(depot, task)
                .ok_or("it names a depot that the store does not know")?;
            let before = self.ends.insert(key, batch.end()).unwrap_or_default();
            if before != batch.first() {
                let (first, task) = (batch.first(), task.0);
                return Err(format!(
                    "records of task {task} begin at {first}, and the ones before end with {before}"
                ));
            }
        }
        Ok(())
    }

    /// No topology has processed what is not there: then some of the data is older than the rest (C15), and a start is
    /// refused.
    fn reached(&mut self) {
        for (key, next) in self.reached.take().into_iter().flatten() {
            let key = String::from_utf8_lossy(&key);
            // A depot and a task stand behind; the id of a source may have anything in it.
            let Some((at, _)) = key.rmatch_indices('/').nth(1) else { continue };
            let (topology, partition) = (&key[..at], &key[at + 1..]);
            if self.unknown.contains(partition.as_bytes()) {
                continue;
            }
            let end = self.ends.get(partition.as_bytes()).copied().unwrap_or_default();
            if next > end {
                let found = format!(
                    "topology `{topology}` has processed records up to {next}, and those that are there end with \
                     {end}: some of the data is older than the rest"
                );
                self.damaged(STORE_FILE, format!("table {PROGRESS}, key {key}"), found);
            }
        }
    }
}

/// What is wrong with the blocks of a partition that should have these records. The block with the first one may begin
/// before it.
fn bounds_found(stored: Option<Range<Offset>>, should: Range<Offset>) -> Vec<String> {
    let Range { start, end } = should;
    let Some(stored) = stored else {
        let none = (start < end).then(|| format!("the records from {start} to {end} are missing"));
        return none.into_iter().collect();
    };
    let mut found = Vec::new();
    if stored.start > start {
        found.push(format!("the records begin with {}, and should with {start}", stored.start));
    }
    if stored.end != end {
        found.push(format!("the records end with {}, and should with {end}", stored.end));
    }
    found
}

/// Of which task a block is, and which offsets it has.
fn block_of(key: &[u8], block: &[u8]) -> Result<(TaskId, Range<Offset>), String> {
    let batches = read_block(block).map_err(|error| error.to_string())?;
    let (Some(first), Some(last)) = (batches.first(), batches.last()) else {
        return Err("the block has no records".to_owned());
    };
    if batches.windows(2).any(|pair| pair[0].end() != pair[1].first()) {
        return Err("the block has a gap between its records".to_owned());
    }
    let task = key.first_chunk().map(|task| TaskId(u32::from_be_bytes(*task)));
    let Some(task) = task.filter(|task| block_key(*task, last.end()) == key) else {
        return Err("the block is not where it belongs".to_owned());
    };
    Ok((task, first.first()..RecordBatch::end(last)))
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
