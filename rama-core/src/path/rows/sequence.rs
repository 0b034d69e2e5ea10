//! Structures as places of several edits, and as what `compact` may find empty.

use super::map::{Range, Rows, RowsMut, RowsRef};
use super::structure::Counting;
use super::{Fate, FieldNames, Fields, RowList, RowSet};
use crate::codec::Key;
use crate::path::PathError;
use crate::path::compact::Compactable;
use crate::path::sequence::Sequence;

macro_rules! structures {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Sequence for $shape {
            type Held<'a> = (RowsMut<'a>, Fate);

            #[inline]
            fn look<'a>(at: &'a RowsMut<'_>) -> RowsRef<'a> {
                at.look()
            }

            #[inline]
            fn kept() -> Fate {
                Fate::Kept
            }

            #[inline]
            fn hold<'a>(at: Self::Place<'a>) -> Self::Held<'a> {
                (at, Fate::Kept)
            }

            #[inline]
            fn lend<'a>((at, _): &'a mut Self::Held<'_>) -> RowsMut<'a> {
                at.lend()
            }

            #[inline]
            fn meet((_, so_far): &mut Self::Held<'_>, fate: Fate) -> bool {
                if fate != Fate::Kept {
                    *so_far = fate;
                }
                fate != Fate::Removed
            }

            #[inline]
            fn is_changed((_, fate): &Self::Held<'_>) -> bool {
                *fate != Fate::Kept
            }

            #[inline]
            fn finish((_, fate): Self::Held<'_>) -> Fate {
                fate
            }

            #[inline]
            fn replace(_: &mut Self::Held<'_>, (): ()) {}

            #[inline]
            fn into_new(_: Self::Held<'_>) -> Option<()> {
                None
            }
        }
    )*};
}

structures! {
    [K: 'static, S: 'static, C: 'static] Rows<K, S, C>;
    [T: 'static, C: 'static] RowSet<T, C>;
    [S: 'static] RowList<S>;
    [F: 'static] Fields<F>;
}

macro_rules! may_be_empty {
    ($([$($parameter:tt)*] $shape:ty, counted: $counted:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Compactable for $shape {
            fn is_empty(at: RowsRef<'_>) -> Result<bool, PathError> {
                // What knows its size need not be searched; elsewhere one row says enough.
                let range = if $counted { Range::ALL } else { Range { most: 1, ..Range::ALL } };
                Ok(at.count($counted, &range)? == 0)
            }

            #[inline]
            fn removed() -> Fate {
                Fate::Removed
            }
        }
    )*};
}

may_be_empty! {
    [K: Key, S: 'static, C: Counting] Rows<K, S, C>, counted: C::COUNTED;
    [T: Key, C: Counting] RowSet<T, C>, counted: C::COUNTED;
    [S: 'static] RowList<S>, counted: true;
    [F: FieldNames] Fields<F>, counted: false;
}
