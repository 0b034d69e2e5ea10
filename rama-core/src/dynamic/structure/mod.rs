//! The seam to stored data: structures whose rows are not in memory.
//!
//! A structure is stored row by row when it is the map or record at the top of a schema, when it is
//! `Subindexed`, and when it contains something that is (PS-20). Everything else is one value in a row. Paths are
//! evaluated on [`ReadStructure`] and [`WriteStructure`] without loading a structure as a whole. Who implements
//! them knows bytes only; keys and values are encoded by [`Type`].

mod memory;
mod stored;
mod whole;

use super::data::Data;
use super::error::DynamicError;
use super::types::{Shape, Type};
use std::ops::{Bound, ControlFlow};

pub use memory::{Counts, MemoryStructure};
pub(crate) use stored::{Stored, StoredMut};
pub use whole::read_whole;

/// Where a structure is: the keys that lead to it from the top, each in its bytes.
///
/// The structure at the top has no keys. The key of a record is the name of the field, as a `String`; the key of a
/// list is the index, as a `u64`. The value of a set's row is empty. A schema that is a plain value is one row at
/// the top, with an empty key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Address(Vec<Vec<u8>>);

impl Address {
    /// The keys from the top on.
    pub fn keys(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// The structure around this one, and the key at which this one stands there.
    pub(super) fn around(&self) -> Option<(Self, &[u8])> {
        let (key, keys) = self.0.split_last()?;
        Some((Self(keys.to_vec()), key))
    }

    /// The structure that stands at a key of this one.
    pub fn child(&self, key: &[u8]) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.to_owned());
        Self(keys)
    }
}

/// What stands at a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// One value, in the bytes of [`Type::encode_row`]; empty in a set.
    Value(Vec<u8>),
    /// A structure with rows of its own.
    Structure,
}

/// Which rows to visit, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scan {
    /// Where the range of keys begins.
    pub from: Bound<Vec<u8>>,
    /// Where the range of keys ends.
    pub to: Bound<Vec<u8>>,
    /// From the end to the beginning.
    pub backward: bool,
    /// No more rows than this.
    pub rows_max: Option<usize>,
    /// How many rows to fetch at a time, where the path says it (`with_page_size`).
    pub page_rows: Option<usize>,
}

impl Scan {
    /// Whether no key can be in the range, whatever rows there are.
    pub(super) fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (
                Bound::Included(from) | Bound::Excluded(from),
                Bound::Included(to) | Bound::Excluded(to),
            ) => from >= to,
            _ => self.rows_max == Some(0),
        }
    }
}

impl Default for Scan {
    /// All rows, in order.
    fn default() -> Self {
        Self {
            from: Bound::Unbounded,
            to: Bound::Unbounded,
            backward: false,
            rows_max: None,
            page_rows: None,
        }
    }
}

/// A visitor of rows: their keys, and what stands there.
pub type VisitRow<'v> = dyn FnMut(&[u8], Row) -> Result<ControlFlow<()>, DynamicError> + 'v;

/// Rows that can be read, as of one moment.
///
/// Every method fails with [`DynamicError::Storage`] when the rows cannot be reached.
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait ReadStructure {
    /// What stands at a key of a structure.
    fn get(&self, at: &Address, key: &[u8]) -> Result<Option<Row>, DynamicError>;

    /// Visits rows of a structure in the order of their keys until the visitor breaks off or fails. The visitor
    /// may read other rows meanwhile.
    fn scan(&self, at: &Address, scan: &Scan, visit: &mut VisitRow<'_>)
    -> Result<(), DynamicError>;

    /// How many rows a structure has; 0 when there is none. Costs one read where sizes are kept (PS-23).
    fn size(&self, at: &Address) -> Result<usize, DynamicError>;
}

/// Rows that can be written. What was written is read again at once.
///
/// Every method fails with [`DynamicError::Storage`] when the rows cannot be reached.
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait WriteStructure: ReadStructure {
    /// Writes a row, without a read. Makes the structure, and those around it, where they are missing.
    fn put(&mut self, at: &Address, key: &[u8], value: Vec<u8>) -> Result<(), DynamicError>;

    /// Makes a structure without rows, where there is none.
    fn make(&mut self, at: &Address) -> Result<(), DynamicError>;

    /// Removes what stands at a key, with all rows beneath it (PS-25). Nothing may stand there.
    fn remove(&mut self, at: &Address, key: &[u8]) -> Result<(), DynamicError>;

    /// Removes an element of a list, which is there; those behind it close the gap. By default [`Self::remove`] is
    /// taken to do that in a list.
    fn remove_element(&mut self, at: &Address, index: usize) -> Result<(), DynamicError> {
        let mut key = Vec::new();
        crate::codec::Key::encode_key(&(index as u64), &mut key);
        self.remove(at, &key)
    }

    /// Removes all rows of a structure, with all beneath them. The structure stays.
    fn clear(&mut self, at: &Address) -> Result<(), DynamicError>;

    /// Everything written since the last call is to stay: a transform succeeded.
    fn keep(&mut self) -> Result<(), DynamicError>;

    /// Everything written since the last [`WriteStructure::keep`] is taken back: a transform failed.
    fn undo(&mut self) -> Result<(), DynamicError>;
}

impl Type {
    /// The bytes of a key of this structure. Only keys that fit its type have some.
    pub(super) fn structure_key(&self, key: &Data) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let done = match self.shape() {
            Shape::Map(ty, _) | Shape::Set(ty) => ty.encode_key(key, &mut out),
            Shape::Record(_) => Self::Text.encode_key(key, &mut out),
            Shape::List(_) => Self::INDEX.encode_key(key, &mut out),
            Shape::Any | Shape::Tuple(_) | Shape::Array(..) | Shape::Plain => return None,
        };
        done.is_ok().then_some(out)
    }

    /// The key that these bytes of a row stand for.
    pub(super) fn structure_key_of(&self, bytes: &[u8]) -> Result<Data, DynamicError> {
        let ty = match self.shape() {
            Shape::Map(ty, _) | Shape::Set(ty) => ty,
            Shape::Record(_) => &Self::Text,
            Shape::Any | Shape::List(_) | Shape::Tuple(_) | Shape::Array(..) | Shape::Plain => {
                &Self::INDEX
            }
        };
        Ok(ty.decode_whole_key(bytes)?)
    }

    /// The type of what stands at a key of this structure.
    pub(super) fn structure_child(&self, key: &Data) -> Option<&Self> {
        match self.shape() {
            Shape::Map(_, value) => Some(value),
            Shape::List(element) | Shape::Set(element) => Some(element),
            Shape::Record(_) => match key {
                Data::Text(name) => self.field(name),
                _ => None,
            },
            Shape::Any | Shape::Tuple(_) | Shape::Array(..) | Shape::Plain => None,
        }
    }

    const INDEX: Self = Self::Int(super::types::Int::U64);
}
