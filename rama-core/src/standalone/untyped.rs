//! A PState whose schema is known only at run time.

use std::{path::Path as FilePath, sync::Arc};

use super::rows::{StandaloneRows, in_directory};
use crate::{
    disk::{Disk, MemoryDisk},
    dynamic::{
        Address, DynamicError, ReadStructure, Row, Scan, Stored, StoredMut, Type, VisitRow,
        WriteStructure,
    },
    error::Error,
    pstate::LocalRows,
};

/// A PState on its own, of a schema that is data: what tools work on.
///
/// The bytes are those of the typed PState of the same schema.
pub struct Untyped {
    rows: StandaloneRows,
    schema: Type,
}

impl Untyped {
    /// An empty PState in memory.
    ///
    /// # Errors
    /// When the type is no schema, and those of the store.
    pub fn in_memory(schema: Type) -> Result<Self, Error> {
        let disk: Arc<dyn Disk> = Arc::new(MemoryDisk::new());
        Self::on(&disk, schema)
    }

    /// The PState in a directory, which is created when it does not exist.
    ///
    /// # Errors
    /// When the type is no schema, the directory cannot be used, or its data is damaged or of another schema.
    pub fn in_directory(directory: &FilePath, schema: Type) -> Result<Self, Error> {
        Self::on(&in_directory(directory)?, schema)
    }

    fn on(disk: &Arc<dyn Disk>, schema: Type) -> Result<Self, Error> {
        schema.check_schema()?;
        let rows = StandaloneRows::on(disk, schema.layout(), schema.deepest())?;
        Ok(Self { rows, schema })
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Type {
        &self.schema
    }

    /// Brings everything into the store, durably.
    ///
    /// # Errors
    /// Those of the store.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.rows.flush()
    }

    fn reader(&self) -> Stored<'_, '_> {
        Stored::new(self.rows.partition(), &self.schema)
    }

    fn write<R>(&mut self, write: impl FnOnce(&mut StoredMut<'_, '_>) -> R) -> R {
        let mut rows = LocalRows::new(self.rows.partition_mut(), None);
        write(&mut StoredMut::new(&mut rows, &self.schema))
    }
}

impl ReadStructure for Untyped {
    fn get(&self, at: &Address, key: &[u8]) -> Result<Option<Row>, DynamicError> {
        self.reader().get(at, key)
    }

    fn scan(
        &self,
        at: &Address,
        scan: &Scan,
        visit: &mut VisitRow<'_>,
    ) -> Result<(), DynamicError> {
        self.reader().scan(at, scan, visit)
    }

    fn size(&self, at: &Address) -> Result<usize, DynamicError> {
        self.reader().size(at)
    }
}

impl WriteStructure for Untyped {
    fn put(&mut self, at: &Address, key: &[u8], value: Vec<u8>) -> Result<(), DynamicError> {
        self.write(|rows| rows.put(at, key, value))
    }

    fn make(&mut self, at: &Address) -> Result<(), DynamicError> {
        self.write(|rows| rows.make(at))
    }

    fn remove(&mut self, at: &Address, key: &[u8]) -> Result<(), DynamicError> {
        self.write(|rows| rows.remove(at, key))
    }

    fn clear(&mut self, at: &Address) -> Result<(), DynamicError> {
        self.write(|rows| rows.clear(at))
    }

    fn keep(&mut self) -> Result<(), DynamicError> {
        let kept = self.rows.keep();
        kept.map_err(|error| DynamicError::Storage { reason: error.to_string() })
    }

    fn undo(&mut self) -> Result<(), DynamicError> {
        self.rows.undo();
        Ok(())
    }
}
