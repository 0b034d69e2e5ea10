//! The rows of a store, in memory or in a directory where they are opened again.

use crate::naive::Value;
use rama_core::dynamic::{Path, ReadStructure, SubjectMut, Type, read_whole};
use rama_core::standalone::Untyped;
use serde_json::Value as Json;
use std::ops::{Deref, DerefMut};
use tempfile::TempDir;

pub(crate) struct Rows {
    open: Option<Untyped>,
    schema: Type,
    directory: Option<TempDir>,
}

impl Rows {
    /// Rows with this content.
    pub(crate) fn new(schema: &Type, data: &Json, on_disk: bool) -> Self {
        let directory = on_disk.then(|| tempfile::tempdir().unwrap());
        let mut rows = Self { open: None, schema: schema.clone(), directory };
        rows.open = Some(rows.opened());
        rows.fill(schema, data);
        rows
    }

    pub(crate) fn fill(&mut self, schema: &Type, data: &Json) {
        let here: Path = "[]".parse().unwrap();
        let fill = here.to_setval(data, schema).unwrap();
        fill.transform(SubjectMut::Rows(&mut **self)).unwrap();
    }

    pub(crate) fn reopen(&mut self) {
        self.flush();
        // Two cannot have one directory open.
        self.open = None;
        self.open = Some(self.opened());
    }

    fn opened(&self) -> Untyped {
        match &self.directory {
            Some(directory) => Untyped::in_directory(directory.path(), self.schema.clone()),
            None => Untyped::in_memory(self.schema.clone()),
        }
        .unwrap()
    }

    pub(crate) fn flush(&mut self) {
        self.open.as_mut().unwrap().flush().unwrap();
    }
}

impl Deref for Rows {
    type Target = Untyped;

    fn deref(&self) -> &Untyped {
        self.open.as_ref().unwrap()
    }
}

impl DerefMut for Rows {
    fn deref_mut(&mut self) -> &mut Untyped {
        self.open.as_mut().unwrap()
    }
}

/// All that rows hold.
pub(crate) fn whole(rows: &dyn ReadStructure, schema: &Type) -> Value {
    (&read_whole(rows, schema).unwrap()).into()
}
