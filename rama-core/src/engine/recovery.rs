//! From a directory to a state that a module can go on from: open the store, redo the log, compare what
//! is stored with what the module declares.

use std::{ops::ControlFlow, sync::Arc};

use serde::de::DeserializeOwned;

use super::{
    redo::{Redo, RedoError},
    suspicion,
    tables::{Catalog, ENDS, META, META_KEY, Meta, PARKED, PROGRESS, STARTS, STORE_FORMAT, Tables},
    trim::Trims,
    tuning::Tuning,
};
use crate::{
    clock::Timestamp,
    codec::{CodecError, bytes::Reader, decode_value},
    depot::{Bounds, KeyNote, block_key},
    disk::{Disk, DiskLock, LockError, Open, overlay::Overlay},
    dynamic::layout_finds,
    error::LaunchError,
    id::{DepotId, Epoch, Offset, TaskId, TopologyId},
    log::{self, CommitLog, LogOptions, SegmentedLog},
    partition::PARTITION_FORMAT,
    planted::Mistake,
    store::{Snapshot, Store, StoreError, StoreOptions},
};

/// Name of the store's file.
pub(crate) const STORE_FILE: &str = "store.redb";

/// Stores up to this length are checked page by page at each start: some 50 ms. Larger ones are when the last run has
/// left a doubt, and by `verify`; a row that damage has made unfindable is noticed only so (finding 1).
const VERIFIED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Log bytes that are applied to the store at once during recovery: bounds the memory of a start.
const REDO_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a module goes on from.
pub(crate) struct Recovered {
    pub(crate) store: Store,
    pub(crate) log: Box<dyn CommitLog>,
    pub(crate) meta: Meta,
    pub(crate) tables: Tables,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) lock: DiskLock,
}

/// Opens the data of a module on a disk, or creates it.
///
/// # Errors
/// When the disk fails, the data is damaged, in use, or belongs to something else. Nothing is lost then. Behind a write or a
/// sync that failed there is a note for the next start.
pub(crate) fn recover(
    disk: &Arc<dyn Disk>,
    module: &'static str,
    tasks: u32,
    catalog: Catalog,
    tuning: &Tuning,
) -> Result<Recovered, LaunchError> {
    let mismatch = |reason: String| LaunchError::Mismatch { module, reason };
    let in_use = |error: LockError| LaunchError::InUse { module, reason: error.to_string() };
    let lock = disk.lock().map_err(in_use)?;
    let failed = |error: std::io::Error| LaunchError::Data { module, reason: error.to_string() };
    let suspect =
        suspicion::is_raised(disk).map_err(failed)? && !Mistake::SuspicionIgnored.is_made();
    if suspect {
        disk.forget_cached().map_err(failed)?;
    }
    // What a start could not make durable is as doubtful as what a running module could not.
    let disk = &suspicion::watched(disk);
    // Before anything is opened for writing: what does not fit stays as it is, byte for byte.
    log::check_formats(&**disk)?;
    if let Some(meta) = peek_meta(disk)? {
        fits(&meta, module, tasks, &catalog).map_err(mismatch)?;
    }
    let store = open_store(disk, suspect, tuning.cache_bytes)?;
    let stored = read_meta(&store)?;
    let fresh = stored.is_none();
    let mut meta = stored.unwrap_or_else(|| Meta {
        format: STORE_FORMAT,
        partition_format: PARTITION_FORMAT,
        module: module.to_owned(),
        tasks,
        covered: 0,
        catalog: catalog.clone(),
    });
    let (mut log, redo) = replay(disk, tuning.log.clone(), &store, &mut meta)?;
    let renumbered = meta.catalog != catalog;
    if fresh || renumbered || !redo.is_empty() {
        // The log is empty behind this, so the numbers of groups may change their meaning here.
        let old = Tables::new(std::mem::replace(&mut meta.catalog, catalog));
        meta.covered = meta.covered.max(redo.through().0);
        redo.apply(&store, &old, &meta, &mut Trims::default()).map_err(LaunchError::from)?;
    }
    log.release(Epoch(meta.covered))?;
    if suspect {
        suspicion::settle(disk).map_err(failed)?;
    }
    let snapshot = Arc::new(store.snapshot()?);
    let tables = Tables::new(meta.catalog.clone());
    Ok(Recovered { store, log: Box::new(log), meta, tables, snapshot, lock })
}

fn open_store(
    disk: &Arc<dyn Disk>,
    suspect: bool,
    cache_bytes: usize,
) -> Result<Store, StoreError> {
    let is_small = || {
        let length = disk.open(STORE_FILE, Open::Existing)?.len()?;
        Ok::<_, std::io::Error>(length <= VERIFIED_BYTES_MAX)
    };
    // What cannot be measured is told by opening it.
    let verify = suspect || is_small().unwrap_or(false);
    Store::open_with(Arc::clone(disk), STORE_FILE, &StoreOptions { verify, cache_bytes })
}

fn replay(
    disk: &Arc<dyn Disk>,
    options: LogOptions,
    store: &Store,
    meta: &mut Meta,
) -> Result<(SegmentedLog, Redo), LaunchError> {
    let tables = Tables::new(meta.catalog.clone());
    let mut redo = Redo::default();
    let after = Epoch(meta.covered);
    let (log, _) = SegmentedLog::open(Arc::clone(disk), options, after, &mut |epoch, payload| {
        redo.push(epoch, payload.to_vec());
        if redo.bytes() >= REDO_BYTES_MAX {
            meta.covered = epoch.0;
            std::mem::take(&mut redo).apply(store, &tables, meta, &mut Trims::default())?;
        }
        Ok::<(), LaunchError>(())
    })?;
    Ok((log, redo))
}

/// What the store says about itself, without changing the file; opening it would.
fn peek_meta(disk: &Arc<dyn Disk>) -> Result<Option<Meta>, LaunchError> {
    if !disk.exists(STORE_FILE).unwrap_or(false) {
        return Ok(None);
    }
    let overlay: Arc<dyn Disk> = Arc::new(Overlay::new(Arc::clone(disk)));
    read_meta(&Store::open(overlay, STORE_FILE)?)
}

fn read_meta(store: &Store) -> Result<Option<Meta>, LaunchError> {
    let meta = store.snapshot()?.get(META, META_KEY, decode_value)?;
    Ok(meta.transpose()?)
}

/// Whether a module may go on from stored data (scenarios C12, D2, D3).
fn fits(meta: &Meta, module: &str, tasks: u32, catalog: &Catalog) -> Result<(), String> {
    if meta.format > STORE_FORMAT || meta.partition_format > PARTITION_FORMAT {
        return Err(format!(
            "it has format {}.{}, this program reads up to {STORE_FORMAT}.{PARTITION_FORMAT}: run \
             a newer version",
            meta.format, meta.partition_format
        ));
    }
    if meta.format < STORE_FORMAT {
        return Err(format!(
            "it has format {}, and this program reads {STORE_FORMAT}: read it with the version that wrote it, or \
             start with another directory",
            meta.format
        ));
    }
    if meta.module != module {
        return Err(format!("it belongs to module `{}`: use another directory", meta.module));
    }
    if meta.tasks != tasks {
        return Err(format!(
            "it has {} tasks and the launch asks for {tasks}: the number of tasks is fixed at the \
             first launch, because keys live on tasks",
            meta.tasks
        ));
    }
    missing("depot `*", &meta.catalog.depots, &catalog.depots)?;
    missing("PState `$$", &meta.catalog.pstates, &catalog.pstates)?;
    for (name, stored) in meta.catalog.pstates.iter().zip(&meta.catalog.keys) {
        let mut declared = catalog.pstates.iter().zip(&catalog.keys);
        if let Some((_, layout)) =
            declared.find(|(pstate, layout)| *pstate == name && !layout_finds(layout, stored))
        {
            return Err(format!(
                "PState `$${name}` is stored as `{stored}`, and the module declares `{layout}`: rows are found by \
                 the bytes of their keys, so declare a PState with another name"
            ));
        }
    }
    Ok(())
}

fn missing(what: &str, stored: &[String], declared: &[String]) -> Result<(), String> {
    match stored.iter().find(|name| !declared.contains(name)) {
        None => Ok(()),
        Some(name) => Err(format!(
            "{what}{name}` is stored, but the module declares no such thing any more: declare it \
             again, or start with another directory"
        )),
    }
}

impl Recovered {
    /// Which records a depot partition has.
    pub(crate) fn bounds(&self, depot: DepotId, task: TaskId) -> Result<Bounds, LaunchError> {
        let key = self.tables.end_key(depot, task).expect("the catalog was made from the module");
        let (end, last) = self.value(ENDS, &key)?.unwrap_or_default();
        let start = self.value(STARTS, &key)?.unwrap_or_default();
        Ok(Bounds { start, end, last: Timestamp(last) })
    }

    /// Where a topology goes on in a depot partition; `None` when it has never read it.
    pub(crate) fn progress(
        &self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
    ) -> Result<Option<Offset>, LaunchError> {
        let key = self.tables.progress_key(topology, depot, task);
        self.value(PROGRESS, &key.expect("the catalog was made from the module"))
    }

    /// The records of a depot partition that a topology has begun and is not done with, in their order, and how often
    /// it failed on each. Those of a
    /// topology that the module does not declare any more stay, like its progress: it has not finished them, and when
    /// it comes back, it goes on where it was.
    pub(crate) fn parked(
        &self,
        topology: TopologyId,
        depot: DepotId,
        task: TaskId,
    ) -> Result<Vec<(Offset, u32)>, LaunchError> {
        let key = |offset| {
            let key = self.tables.parked_key(topology, depot, task, offset);
            key.expect("the catalog was made from the module")
        };
        let mut decoded = Vec::new();
        let (from, last) = (key(None), key(Some(Offset(u64::MAX))));
        self.snapshot.scan(PARKED, &from, Some(&last), &mut |_, row| {
            decoded.push(decode_value(row));
            ControlFlow::Continue(())
        })?;
        Ok(decoded.into_iter().collect::<Result<_, CodecError>>()?)
    }

    /// The keys that a depot partition remembers, in the order of their records.
    pub(crate) fn keys(&self, depot: DepotId, task: TaskId) -> Result<Vec<KeyNote>, LaunchError> {
        let table = self.tables.keys(depot).expect("the catalog was made from the module");
        let (from, to) = (block_key(task, Offset(0)), block_key(TaskId(task.0 + 1), Offset(0)));
        let mut notes = Vec::new();
        self.snapshot.scan(&table, &from, Some(&to), &mut |key, value| {
            let offset = key.last_chunk().map_or(0, |offset| u64::from_be_bytes(*offset));
            notes.push(KeyNote::read(Offset(offset), &mut Reader::new(value)));
            ControlFlow::Continue(())
        })?;
        Ok(notes.into_iter().collect::<Result<_, CodecError>>()?)
    }

    fn value<T: DeserializeOwned>(
        &self,
        table: &str,
        key: &[u8],
    ) -> Result<Option<T>, LaunchError> {
        let value = self.snapshot.get(table, key, decode_value)?;
        Ok(value.transpose()?)
    }
}

impl From<RedoError> for LaunchError {
    fn from(error: RedoError) -> Self {
        match error {
            RedoError::Store(error) => Self::Store(error),
            RedoError::Codec(error) => Self::Codec(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_another_format_is_refused() {
        let catalog = Catalog::default();
        let meta = |format| Meta {
            format,
            partition_format: PARTITION_FORMAT,
            module: "m".to_owned(),
            tasks: 1,
            covered: 0,
            catalog: Catalog::default(),
        };
        assert_eq!(fits(&meta(STORE_FORMAT), "m", 1, &catalog), Ok(()));
        for format in [STORE_FORMAT - 1, STORE_FORMAT + 1] {
            let refused = fits(&meta(format), "m", 1, &catalog).unwrap_err();
            assert!(refused.contains(&format!("format {format}")), "{refused}");
        }
    }
}
