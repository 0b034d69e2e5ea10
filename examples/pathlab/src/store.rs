//! Where the data of a schema is kept.

use rama_core::dynamic::{DynamicError, MemoryStructure, Type, WriteStructure};

/// An empty PState of this schema. It is gone with the program.
pub(crate) fn open_schema(_schema: &Type) -> Result<Box<dyn WriteStructure>, DynamicError> {
    Ok(Box::new(MemoryStructure::new()))
}
