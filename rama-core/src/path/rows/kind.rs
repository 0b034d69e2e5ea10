//! Rows of any type behind one type.

use crate::codec::{CodecError, Value, decode_value, encode_value};
use crate::path::Walk;
use std::any::Any;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

/// A decoded row of some type. Layers share rows and copy them only when one of them writes.
pub type AnyRow = Arc<dyn RowValue>;

/// A value that is a row.
pub trait RowValue: Any + Send + Sync {
    /// Appends the row's durable form.
    ///
    /// # Errors
    /// When the value refuses to be serialised.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError>;

    /// The row's durable form.
    ///
    /// # Errors
    /// As [`RowValue::encode`].
    fn bytes(&self) -> Result<Vec<u8>, CodecError> {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }
}

impl<T: Value> RowValue for T {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        encode_value(self, out)
    }
}

/// A row of which only the durable form is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawRow(pub Vec<u8>);

impl RowValue for RawRow {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

impl Debug for dyn RowValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }
}

/// Gets to see a row.
pub type See<'a> = dyn FnMut(&dyn RowValue) -> Walk + 'a;

/// What rows are, for whoever keeps them.
pub struct RowKind {
    /// Whether rows of this kind may be kept for others, who know what they are.
    pub(crate) is_typed: bool,
    decode: fn(&[u8]) -> Result<AnyRow, CodecError>,
    lend: fn(&[u8], &mut See<'_>) -> Result<Walk, CodecError>,
}

impl RowKind {
    /// Rows whose values nobody looks at: nothing is decoded.
    pub const UNREAD: &'static Self =
        &Self { is_typed: false, decode: |_| Ok(Arc::new(())), lend: |_, visit| Ok(visit(&())) };

    /// Rows in their durable form. A row that somebody has decoded already comes as it is: [`RowValue::bytes`] gives
    /// the durable form of both.
    pub const RAW: &'static Self = &Self {
        is_typed: false,
        decode: |bytes| Ok(Arc::new(RawRow(bytes.to_vec()))),
        lend: |bytes, visit| Ok(visit(&RawRow(bytes.to_vec()))),
    };

    /// Rows of the type `T`.
    #[must_use]
    pub const fn of<T: Value>() -> &'static Self {
        const { &Self { is_typed: true, decode: decode::<T>, lend: lend::<T> } }
    }

    /// The row with this durable form.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(&self, bytes: &[u8]) -> Result<AnyRow, CodecError> {
        (self.decode)(bytes)
    }

    /// Shows the row with this durable form, without keeping it.
    ///
    /// # Errors
    /// When it is none.
    pub fn lend(&self, bytes: &[u8], visit: &mut See<'_>) -> Result<Walk, CodecError> {
        (self.lend)(bytes, visit)
    }
}

impl Debug for RowKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("RowKind")
    }
}

fn decode<T: Value>(bytes: &[u8]) -> Result<AnyRow, CodecError> {
    Ok(Arc::new(decode_value::<T>(bytes)?))
}

fn lend<T: Value>(bytes: &[u8], visit: &mut See<'_>) -> Result<Walk, CodecError> {
    Ok(visit(&decode_value::<T>(bytes)?))
}

/// Why a row has the type that it is taken for.
const OF_ITS_SCHEMA: &str = "the address of a row says by the schema what type it has";

/// A row as what it is.
pub(super) fn seen<T: Value>(row: &dyn RowValue) -> &T {
    (row as &dyn Any).downcast_ref().expect(OF_ITS_SCHEMA)
}

/// A row as what it is.
pub(crate) fn seen_row<T: Value>(row: &AnyRow) -> &T {
    seen::<T>(row.as_ref())
}

/// A row to be edited; a copy if it is shared.
pub(super) fn edited<T: Value>(row: &mut AnyRow) -> &mut T {
    if Arc::get_mut(row).is_none() {
        *row = Arc::new(seen_row::<T>(row).clone());
    }
    let row = Arc::get_mut(row).expect("a shared row was just replaced by a copy");
    (row as &mut dyn Any).downcast_mut().expect(OF_ITS_SCHEMA)
}

/// The row itself; a copy if it is shared.
pub(super) fn owned<T: Value>(row: AnyRow) -> T {
    let row: Arc<dyn Any + Send + Sync> = row;
    match row.downcast::<T>() {
        Ok(row) => Arc::unwrap_or_clone(row),
        Err(_) => unreachable!("{OF_ITS_SCHEMA}"),
    }
}
