//! All that rows hold, as one value: for tests and tools that know it to be little.

use super::{Address, ReadStructure, Row, Scan};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::types::{Shape, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// The content of a PState of this schema. It is held in memory as a whole, which is what paths avoid.
///
/// # Errors
/// When rows cannot be reached or do not fit the schema.
pub fn read_whole(rows: &dyn ReadStructure, schema: &Type) -> Result<Data, DynamicError> {
    let top = Address::default();
    if schema.is_stored_by_rows() {
        return structure(rows, &top, schema);
    }
    match rows.get(&top, &[])? {
        Some(Row::Value(bytes)) => schema.decode_row(&bytes),
        Some(Row::Structure) | None => Ok(Data::Null),
    }
}

fn structure(rows: &dyn ReadStructure, at: &Address, ty: &Type) -> Result<Data, DynamicError> {
    let (mut map, mut set, mut list) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    rows.scan(at, &Scan::default(), &mut |bytes, row| {
        let key = ty.structure_key_of(bytes)?;
        let value = match (row, ty.structure_child(&key)) {
            (Row::Structure, Some(child)) => structure(rows, &at.child(bytes), child)?,
            (Row::Value(value), Some(child)) if !value.is_empty() => child.decode_row(&value)?,
            _ => Data::Null,
        };
        match ty.shape() {
            Shape::Set(_) => _ = set.insert(key),
            Shape::List(_) => list.push(value),
            _ => _ = map.insert(key, value),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(match ty.shape() {
        Shape::Set(_) => Data::Set(set),
        Shape::List(_) => Data::List(list),
        _ => Data::Map(map),
    })
}
