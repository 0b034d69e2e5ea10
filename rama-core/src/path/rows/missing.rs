//! `NIL_TO_SET` and its kin on structures: nothing to do, since a missing structure is an empty one (PA-05).

use super::map::{Rows, RowsMut, RowsRef};
use super::{Fate, RowList, RowSet};
use crate::path::edit::{Editor, Transform};
use crate::path::nil::{IsMaybeList, IsMaybeMap, IsMaybeSet, NilToList, NilToMap, NilToSet};
use crate::path::step::step_itself;
use crate::path::{Navigator, One, PathError, Visitor, Walk};

macro_rules! never_missing {
    ($([$($parameter:tt)*] $navigator:ident, $capability:ident: $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> $capability for $shape {
            type To = Self;
            step_itself!();
        }

        impl<$($parameter)*> Navigator<$shape> for $navigator {
            type To = $shape;
            type Count = One;
            const STAYS: bool = true;

            #[inline]
            fn select<N: Visitor<$shape>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                next.visit(at)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Transform<$shape> for $navigator {
            const SAME_VALUE: bool = true;

            #[inline]
            fn transform<E: Editor<$shape>>(
                &self,
                at: RowsMut<'_>,
                next: &mut E,
            ) -> Result<Fate, PathError> {
                next.edit(at)
            }
        }
    )*};
}

never_missing! {
    [T: 'static, C: 'static] NilToSet, IsMaybeSet: RowSet<T, C>;
    [S: 'static] NilToList, IsMaybeList: RowList<S>;
    [K: 'static, S: 'static, C: 'static] NilToMap, IsMaybeMap: Rows<K, S, C>;
}
