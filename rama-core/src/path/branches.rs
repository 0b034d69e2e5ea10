//! Tuples of paths inside a path, for the steps that branch.

use super::branch::{Both, IfPath};
use super::control::Nowhere;
use super::shape::Shape;
use super::{Bare, Cardinality, Many, Navigator, Path, SubPath};

/// A path inside a path that leads to the shape `To`.
#[diagnostic::on_unimplemented(
    message = "all branches must lead to `{To}`, and one of them does not",
    label = "not all branches lead to the same shape",
    note = "the shape is what a branch stands on at its end: `view`, `PRESENT` or `nil_to_val(default)` change it"
)]
pub trait Branch<S: Shape, To: Shape> {
    /// Its steps.
    type Navigator: Navigator<S, To = To, Count = Self::Count>;
    /// To how many places they lead.
    type Count: Cardinality;

    /// Its steps.
    fn into_branch(self) -> Self::Navigator;
}

#[diagnostic::do_not_recommend]
impl<S, P, To, C> Branch<S, To> for Path<Bare<S>, P, To, C>
where
    S: Shape,
    P: Navigator<S, To = To, Count = C>,
    To: Shape,
    C: Cardinality,
{
    type Navigator = P;
    type Count = C;

    fn into_branch(self) -> P {
        self.into_navigator()
    }
}

/// Several paths inside a path, for `multi_path`.
#[diagnostic::on_unimplemented(
    message = "`multi_path` needs two to eight paths from where it stands",
    label = "this is no tuple of paths",
    note = "write `|path| (path.must(1), path.must(2))`"
)]
pub trait Branches<S: Shape> {
    /// Their steps.
    type Navigator: Navigator<S, To = Self::To, Count = Many>;
    /// Where they all lead.
    type To: Shape;

    /// Their steps.
    fn into_branches(self) -> Self::Navigator;
}

/// Several paths with conditions inside a path, for `cond_path`.
#[diagnostic::on_unimplemented(
    message = "`cond_path` needs two to six pairs of a condition and a path from where it stands",
    label = "this is no tuple of pairs of paths",
    note = "write `|path| ((path.pred_lt(0), path.STAY()), (path.pred_gt(9), path.STOP()))`"
)]
pub trait Conditions<S: Shape> {
    /// Their steps.
    type Navigator: Navigator<S, To = Self::To, Count = Self::Count>;
    /// Where they all lead.
    type To: Shape;
    /// To how many places one of them leads.
    type Count: Cardinality;

    /// Their steps.
    fn into_conditions(self) -> Self::Navigator;
}

/// From a tuple to nested pairs.
macro_rules! nested {
    ($wrap:ident: $last:expr) => { $last };
    ($wrap:ident: $first:expr, $($rest:expr),+) => { $wrap($first, nested!($wrap: $($rest),+)) };
}

/// The same for types.
macro_rules! nested_type {
    ($wrap:ident: $last:ty) => { $last };
    ($wrap:ident: $first:ty, $($rest:ty),+) => { $wrap<$first, nested_type!($wrap: $($rest),+)> };
}

macro_rules! branches {
    ($($first:ident $($rest:ident)+;)*) => {$(
        impl<S: Shape, $first: SubPath<S>, $($rest: Branch<S, $first::To>),+> Branches<S>
            for ($first, $($rest),+)
        {
            type Navigator =
                nested_type!(Both: $first::Navigator, $($rest::Navigator),+);
            type To = $first::To;

            #[expect(non_snake_case, reason = "paths are named like their types")]
            fn into_branches(self) -> Self::Navigator {
                let ($first, $($rest),+) = self;
                nested!(Both: $first.into_navigator(), $($rest.into_branch()),+)
            }
        }
    )*};
}

branches! {
    A B; A B D; A B D E; A B D E F; A B D E F G; A B D E F G H; A B D E F G H I;
}

/// From pairs to nested conditions.
macro_rules! nested_conditions {
    () => { Nowhere::new() };
    (($condition:expr, $then:expr) $($rest:tt)*) => {
        IfPath { condition: $condition, then: $then, otherwise: nested_conditions!($($rest)*) }
    };
}

/// The same for types.
macro_rules! nested_condition_type {
    ($to:ty;) => { Nowhere<$to> };
    ($to:ty; ($condition:ty, $then:ty) $($rest:tt)*) => {
        IfPath<$condition, $then, nested_condition_type!($to; $($rest)*)>
    };
}

macro_rules! conditions {
    ($(($if:ident $first:ident) $(($also:ident $then:ident))+;)*) => {$(
        impl<S, $if, $first, $($also, $then),+> Conditions<S>
            for (($if, $first), $(($also, $then)),+)
        where
            S: Shape,
            $if: SubPath<S>,
            $first: SubPath<S>,
            $($also: SubPath<S>, $then: Branch<S, $first::To>),+
        {
            type Navigator = nested_condition_type!(
                $first::To;
                ($if::Navigator, $first::Navigator) $(($also::Navigator, $then::Navigator))+
            );
            type To = $first::To;
            type Count = <Self::Navigator as Navigator<S>>::Count;

            #[expect(non_snake_case, reason = "paths are named like their types")]
            fn into_conditions(self) -> Self::Navigator {
                let (($if, $first), $(($also, $then)),+) = self;
                nested_conditions!(
                    ($if.into_navigator(), $first.into_navigator())
                    $(($also.into_navigator(), $then.into_branch()))+
                )
            }
        }
    )*};
}

conditions! {
    (A B) (D E);
    (A B) (D E) (F G);
    (A B) (D E) (F G) (H I);
    (A B) (D E) (F G) (H I) (J K);
    (A B) (D E) (F G) (H I) (J K) (L M);
}
