//! `KEYED_VALS` on structures: the keys of rows, and the positions of elements.

use super::span::InSpan;
use super::structure::Counting;
use super::{RowList, Rows, Stored};
use crate::codec::Key;
use crate::path::each::All;
use crate::path::indexed::IndexedVals;
use crate::path::keyed::{Keyable, keyable};
use crate::path::span::Span;

keyable! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>: K, S, All = All;
    [K: Key, S: InSpan, C: Counting] Span<K, Rows<K, S, C>>: K, S, All = All;
    [S: Stored] RowList<S>: usize, S, IndexedVals = IndexedVals { start: 0 };
}
