//! Filters that compare with a constant: `pred_eq`, `pred_ne`, `pred_lt`, `pred_le`, `pred_gt`, `pred_ge`
//! (NV-51, NV-52).

use super::edit::{Editor, Transform};
use super::filter::filters;
use super::sequence::Sequence;
use super::shape::{Maybe, Present, Shape};
use super::step::{step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on where the value equals a constant (NV-51). What is missing equals nothing.
    ///
    /// ```
    /// use rama_core::path::{select, selected_any, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36), ("bob", 7)]);
    /// assert!(!selected_any(&ages, |path| path.keypath("eve").pred_eq(7))?);
    /// assert_eq!(select(&ages, |path| path.MAP_VALS().pred_eq(7))?, [7]);
    /// transform(&mut ages, |path| path.keypath("bob").pred_eq(7).termval(8))?;
    /// assert_eq!(ages["bob"], 8);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_eq<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Equated<Step<PredEq<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredEq(value)))
    }

    /// Goes on where the value does not equal a constant (NV-51); also where it is missing.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 1];
    /// assert_eq!(select(&list, |path| path.ALL().pred_ne(1))?, [2]);
    /// transform(&mut list, |path| path.ALL().pred_ne(1).NONE())?;
    /// assert_eq!(list, [1, 1]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_ne<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Equated<Step<PredNe<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredNe(value)))
    }

    /// Goes on where the value is less than a constant (NV-52).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select(&list, |path| path.ALL().pred_lt(2))?, [1]);
    /// transform(&mut list, |path| path.ALL().pred_lt(2).termval(0))?;
    /// assert_eq!(list, [0, 2, 3]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_lt<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Ordered<Step<PredLt<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredLt(value)))
    }

    /// Goes on where the value is at most a constant (NV-52).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select(&list, |path| path.ALL().pred_le(2))?, [1, 2]);
    /// transform(&mut list, |path| path.ALL().pred_le(2).termval(0))?;
    /// assert_eq!(list, [0, 0, 3]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_le<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Ordered<Step<PredLe<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredLe(value)))
    }

    /// Goes on where the value is greater than a constant (NV-52).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select(&list, |path| path.ALL().pred_gt(2))?, [3]);
    /// transform(&mut list, |path| path.ALL().pred_gt(2).termval(0))?;
    /// assert_eq!(list, [1, 2, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_gt<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Ordered<Step<PredGt<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredGt(value)))
    }

    /// Goes on where the value is at least a constant (NV-52).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select(&list, |path| path.ALL().pred_ge(2))?, [2, 3]);
    /// transform(&mut list, |path| path.ALL().pred_ge(2).termval(0))?;
    /// assert_eq!(list, [1, 0, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred_ge<N>(self, value: S::Value) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Ordered<Step<PredGe<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(PredGe(value)))
    }
}

/// A shape whose value can be equal to a constant.
#[diagnostic::on_unimplemented(
    message = "`pred_eq` and `pred_ne` need a value of a type that is `PartialEq`, and the path stands on \
               `{Self}` here",
    label = "there is no value to compare"
)]
pub trait Equated: Shape {
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: PartialEq + 'static> Equated for Present<T> {
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: PartialEq + 'static> Equated for Maybe<T> {
    step_itself!();
}

/// A shape whose value can be less or greater than a constant.
#[diagnostic::on_unimplemented(
    message = "`pred_lt`, `pred_le`, `pred_gt` and `pred_ge` need a value that is there, of a type that is \
               `PartialOrd`, and the path stands on `{Self}` here",
    label = "there is no value to compare",
    note = "over the place of a value that may be missing (`Maybe<T>`) insert `PRESENT` or \
            `nil_to_val(default)` before this, or use `must` instead of `keypath`"
)]
pub trait Ordered: Shape {
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: PartialOrd + 'static> Ordered for Present<T> {
    step_itself!();
}

through_collected! {
    Equated { => }
    Ordered { => }
}

/// A filter that compares with a constant.
macro_rules! comparisons {
    ($($navigator:ident: $method:ident, $bound:ident, $operator:tt;)*) => {$(
        #[doc = concat!("Navigator of [`Path::", stringify!($method), "`].")]
        #[derive(Clone, Copy, Debug)]
        pub struct $navigator<T>(pub(super) T);

        filters! {
            [T: $bound + 'static] $navigator<T>, on Present<T>, in Present<T>,
                if |self, at| at $operator &self.0, [T: $bound + 'static];
        }
    )*};
}

comparisons! {
    PredEq: pred_eq, PartialEq, ==;
    PredNe: pred_ne, PartialEq, !=;
    PredLt: pred_lt, PartialOrd, <;
    PredLe: pred_le, PartialOrd, <=;
    PredGt: pred_gt, PartialOrd, >;
    PredGe: pred_ge, PartialOrd, >=;
}

filters! {
    [T: PartialEq + 'static] PredEq<T>, on Maybe<T>, in Maybe<T>,
        if |self, at| at == Some(&self.0), [T: PartialEq + 'static];
    [T: PartialEq + 'static] PredNe<T>, on Maybe<T>, in Maybe<T>,
        if |self, at| at != Some(&self.0), [T: PartialEq + 'static];
}
