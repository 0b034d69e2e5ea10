//! Where the data of a schema is kept.

use rama_core::{Error, dynamic::Type, dynamic::WriteStructure, standalone::Untyped};

/// An empty PState of this schema, in the same store as that of a module. It is gone with the program.
pub(crate) fn open_schema(schema: Type) -> Result<Box<dyn WriteStructure>, Error> {
    Ok(Box::new(Untyped::in_memory(schema)?))
}
