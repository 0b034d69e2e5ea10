//! Writing: one transaction, durable when committed.

use super::error::{Failed, StoreError, guarded};
use super::seal::Seal;
use super::{Definition, Store};
use redb::{Durability, Table, WriteTransaction};
use std::fmt::{self, Debug, Formatter};

/// Changes that become visible and durable together, or not at all when dropped.
pub struct Batch<'store> {
    store: &'store Store,
    /// Taken only by committing.
    transaction: Option<WriteTransaction>,
    failed: bool,
}

impl<'store> Batch<'store> {
    pub(super) fn begin(store: &'store Store) -> Result<Self, StoreError> {
        let failed = Failed::new(&store.name);
        let transaction = guarded(&store.name, || {
            let begun = store.database().begin_write();
            let mut transaction = begun.map_err(|error| failed.redb(error))?;
            transaction
                .set_durability(Durability::Immediate)
                .expect("a transaction without savepoints may be durable");
            // Opening after a crash takes milliseconds instead of seconds per gigabyte (finding 5).
            transaction.set_quick_repair(true);
            Ok(transaction)
        })?;
        Ok(Self { store, transaction: Some(transaction), failed: false })
    }

    /// Writes to one table, which is created when it does not exist. Keys in ascending order are
    /// fastest.
    ///
    /// # Errors
    /// Those of `write`; the batch can then not be committed any more.
    pub fn table<R>(
        &mut self,
        table: &str,
        write: impl FnOnce(&mut BatchTable<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        self.store.check_running()?;
        let file = &self.store.name;
        let opened = guarded(file, || {
            let transaction = self.transaction.as_ref().expect("a batch is used until committed");
            let opened = transaction.open_table(Definition::new(table));
            opened.map_err(|error| Failed::new(file).redb(error))
        });
        let result = opened.and_then(|rows| {
            write(&mut BatchTable { rows, file, seal: Seal::new(table), sealed: Vec::new() })
        });
        self.failed |= result.is_err();
        result.map_err(|error| match error {
            StoreError::Io { .. } | StoreError::Damaged { .. } => self.store.stop(error),
            error => error,
        })
    }

    /// Makes everything durable and visible to later snapshots.
    ///
    /// # Errors
    /// When it is not known to be durable. It may be or not: the store is stopped, and opening it
    /// again decides (finding 2). Only [`StoreError::Abandoned`] is certain, and harmless.
    pub fn commit(mut self) -> Result<(), StoreError> {
        self.store.check_running()?;
        let file = &self.store.name;
        if self.failed {
            return Err(StoreError::Abandoned { file: file.clone() });
        }
        let Some(transaction) = self.transaction.take() else { return Ok(()) };
        guarded(file, || transaction.commit().map_err(|error| Failed::new(file).redb(error)))
            .map_err(|error| self.store.stop(error))
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        // Without a commit this rolls back, which damage must not turn into a panic.
        let Some(transaction) = self.transaction.take() else { return };
        let failed = Failed::new(&self.store.name);
        drop(guarded(&self.store.name, || transaction.abort().map_err(|error| failed.redb(error))));
    }
}

impl Debug for Batch<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("store", &self.store.name).finish_non_exhaustive()
    }
}

/// A table that is being written to.
pub struct BatchTable<'batch> {
    rows: Table<'batch, &'static [u8], &'static [u8]>,
    file: &'batch str,
    seal: Seal,
    sealed: Vec<u8>,
}

impl BatchTable<'_> {
    /// Sets the value of a key.
    ///
    /// # Errors
    /// When the row is too large or the system refuses.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.seal.seal(key, value, &mut self.sealed);
        guarded(self.file, || {
            let old = self.rows.insert(key, self.sealed.as_slice());
            old.map(drop).map_err(|error| Failed::new(self.file).redb(error))
        })
    }

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        guarded(self.file, || {
            let old = self.rows.remove(key);
            old.map(drop).map_err(|error| Failed::new(self.file).redb(error))
        })
    }
}

impl BatchTable<'_> {
    /// Removes the rows with `from <= key < to`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn delete_range(&mut self, from: &[u8], to: &[u8]) -> Result<(), StoreError> {
        // redb takes an inverted range for a mistake; here it is an empty one.
        if to <= from {
            return Ok(());
        }
        guarded(self.file, || {
            let emptied = self.rows.retain_in::<&[u8], _>(from..to, |_, _| false);
            emptied.map_err(|error| Failed::new(self.file).redb(error))
        })
    }
}

impl Debug for BatchTable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchTable").field("store", &self.file).finish_non_exhaustive()
    }
}
