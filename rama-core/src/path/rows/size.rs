//! `SIZE` on structures: known where they count, and else the number of their rows.

use super::map::{Range, RowsRef};
use super::structure::Counting;
use super::{RowList, RowSet, Rows, Stored};
use crate::codec::Key;
use crate::path::shape::Present;
use crate::path::size::{HasSize, Size};
use crate::path::step::step_itself;
use crate::path::{Navigator, One, Visitor, Walk};

macro_rules! sized_structures {
    ($([$($parameter:tt)*] $shape:ty, counted: $counted:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> HasSize for $shape {
            type To = Present<u64>;
            step_itself!();
        }

        impl<$($parameter)*> Navigator<$shape> for Size {
            type To = Present<u64>;
            type Count = One;

            fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                next.visit(&at.count($counted, &Range::ALL)?)
            }
        }
    )*};
}

sized_structures! {
    [K: Key, S: Stored, C: Counting] Rows<K, S, C>, counted: C::COUNTED;
    [T: Key, C: Counting] RowSet<T, C>, counted: C::COUNTED;
    [S: Stored] RowList<S>, counted: true;
}
