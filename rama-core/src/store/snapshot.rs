//! Reading: a state of the store that does not move.

use super::Definition;
use super::error::{Failed, StoreError, guarded};
use super::seal::Seal;
use redb::{ReadOnlyTable, ReadTransaction, TableHandle};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::ops::{Bound, ControlFlow, RangeBounds};

/// Takes rows, key and value, until it breaks.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// Takes rows, also those that are damaged: they have no value then.
pub(crate) type Scrub<'a> = dyn FnMut(&[u8], Option<&[u8]>) + 'a;

/// A table of a snapshot.
struct Rows {
    rows: ReadOnlyTable<&'static [u8], &'static [u8]>,
    seal: Seal,
}

/// The state of one commit. Any number of threads read it at once, without locks of ours.
pub struct Snapshot {
    /// Opened once, since finding a table costs as much as finding a row.
    tables: BTreeMap<String, Rows>,
    file: String,
    /// Keeps the pages of this state from being used again.
    _transaction: ReadTransaction,
}

impl Snapshot {
    pub(super) fn new(transaction: ReadTransaction, file: String) -> Result<Self, StoreError> {
        let failed = Failed::new(&file);
        let mut tables = BTreeMap::new();
        for table in transaction.list_tables().map_err(|error| failed.redb(error))? {
            let name = table.name();
            let rows = transaction.open_table(Definition::new(name));
            let rows = rows.map_err(|error| failed.redb(error))?;
            tables.insert(name.to_owned(), Rows { rows, seal: Seal::new(name) });
        }
        Ok(Self { tables, file, _transaction: transaction })
    }

    /// Hands the value of a key to `read`; `None` when there is no such key or table.
    ///
    /// # Errors
    /// When the file is damaged or the system refuses.
    pub fn get<R>(
        &self,
        table: &str,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> R,
    ) -> Result<Option<R>, StoreError> {
        let Some(Rows { rows, seal }) = self.tables.get(table) else { return Ok(None) };
        let found = guarded(&self.file, || {
            let found = rows.get(key).map_err(|error| Failed::new(&self.file).redb(error))?;
            // The slice is cut out of its page here, where a damaged page is an error and no panic.
            if let Some(value) = &found {
                let _ = value.value();
            }
            Ok(found)
        })?;
        let Some(sealed) = found else { return Ok(None) };
        let value = seal.open(key, sealed.value()).ok_or_else(|| self.damaged(table))?;
        Ok(Some(read(value)))
    }

    /// Hands the rows with `from <= key < to` to `visit`, in the order of their keys, until it
    /// breaks; `None` for `to` means up to the last row.
    ///
    /// # Errors
    /// When the file is damaged or the system refuses.
    pub fn scan(
        &self,
        table: &str,
        from: &[u8],
        to: Option<&[u8]>,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let bounds = (Bound::Included(from), to.map_or(Bound::Unbounded, Bound::Excluded));
        self.scan_between(table, bounds, false, visit)
    }

    /// Hands the rows between two bounds to `visit`, in the order of their keys or backward, until it breaks.
    ///
    /// # Errors
    /// When the file is damaged or the system refuses.
    pub fn scan_between(
        &self,
        table: &str,
        bounds: (Bound<&[u8]>, Bound<&[u8]>),
        backward: bool,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let Some(Rows { rows, seal }) = self.tables.get(table) else { return Ok(()) };
        if is_empty(bounds) {
            return Ok(());
        }
        let failed = Failed::new(&self.file);
        let mut range = guarded(&self.file, || {
            rows.range::<&[u8]>(bounds).map_err(|error| failed.redb(error))
        })?;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let row = guarded(&self.file, || {
                let row = if backward { range.next_back() } else { range.next() };
                let row = row.transpose().map_err(|error| failed.redb(error))?;
                if let Some((key, value)) = &row {
                    let _ = (key.value(), value.value());
                }
                Ok(row)
            })?;
            let Some((key, sealed)) = row else { return Ok(()) };
            let key = key.value();
            // A damaged tree may lead anywhere, also in circles.
            let in_order = RangeBounds::<[u8]>::contains(&bounds, key)
                && last
                    .as_deref()
                    .is_none_or(|last| if backward { key < last } else { last < key });
            let value = seal.open(key, sealed.value()).filter(|_| in_order);
            let value = value.ok_or_else(|| self.damaged(table))?;
            if visit(key, value).is_break() {
                return Ok(());
            }
            let last = last.get_or_insert_default();
            last.clear();
            last.extend_from_slice(key);
        }
    }

    /// The names of all tables, sorted.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Hands every row of a table to `visit`, also those that are damaged: without a value then.
    ///
    /// # Errors
    /// When the rest of the table cannot be found.
    pub(crate) fn scrub(&self, table: &str, visit: &mut Scrub<'_>) -> Result<(), StoreError> {
        let Some(Rows { rows, seal }) = self.tables.get(table) else { return Ok(()) };
        let failed = Failed::new(&self.file);
        let mut range =
            guarded(&self.file, || rows.range::<&[u8]>(..).map_err(|error| failed.redb(error)))?;
        let mut last: Option<Vec<u8>> = None;
        loop {
            let row = guarded(&self.file, || {
                let row = range.next().transpose().map_err(|error| failed.redb(error))?;
                if let Some((key, value)) = &row {
                    let _ = (key.value(), value.value());
                }
                Ok(row)
            })?;
            let Some((key, sealed)) = row else { return Ok(()) };
            let key = key.value();
            // A damaged tree may lead in circles.
            if last.as_deref().is_some_and(|last| key <= last) {
                return Err(self.damaged(table));
            }
            visit(key, seal.open(key, sealed.value()));
            last = Some(key.to_vec());
        }
    }

    fn damaged(&self, table: &str) -> StoreError {
        Failed::new(&self.file).damaged(format!(
            "a row of table `{table}` is not where it belongs or fails its checksum"
        ))
    }
}

/// redb takes an inverted range for a mistake; here it is an empty one.
fn is_empty(bounds: (Bound<&[u8]>, Bound<&[u8]>)) -> bool {
    match bounds {
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
        | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
        _ => false,
    }
}

impl Debug for Snapshot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("store", &self.file).finish_non_exhaustive()
    }
}
