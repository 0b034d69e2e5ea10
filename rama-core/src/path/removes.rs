//! From what `NONE` can remove: which steps lead to something that what is around it can do without.

use super::each::{All, MapVals};
use super::indexed::IndexedVals;
use super::key::{Keypath, Must};
use super::keyed::KeyedVals;
use super::list::{First, Last, Nthpath};
use super::map::{MapKey, MapKeys};
use super::nil::{NilToList, NilToMap, NilToSet, NilToVal, NoneToVal};
use super::range::SortedRange;
use super::set::{NoneElem, SetElem};
use super::shape::{Maybe, Writable};
use super::sublist::{ContinuousSubseqs, Srange, SrangeDynamic};
use super::upsert::UpsertBy;
use super::view::View;
use super::walk::{Start, Then};
use super::{
    Both, Collect, CollectOne, CollectedKey, Compact, Dispense, Distinct, HandlesRemoval, IfPath,
    IsCollected, IsSome, IsThere, Nav, NotSelected, Nowhere, PageSize, Parser, Pred, PredEq,
    PredGe, PredGt, PredLe, PredLt, PredNe, Putval, Recursion, Recursive, RichNav, Selected, Take,
    Transformed, Under, Val, WithFreshCollected,
};

/// A path that leads to places in something that can do without them.
#[diagnostic::on_unimplemented(
    message = "there is nothing around this value that `NONE` could remove it from",
    label = "nothing can be removed here",
    note = "`NONE` removes what `keypath`, `must`, `ALL`, `MAP_VALS` or `set_elem` lead to"
)]
pub trait Removes<S> {}

#[diagnostic::do_not_recommend]
impl<T> Removes<Maybe<T>> for Start {}

/// Steps into a collection: what they lead to can be removed from it.
macro_rules! steps_into_collections {
    ($($step:ident $(<$($argument:ident),*>)?),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, P $($(, $argument)*)?> Removes<S> for Then<P, $step $(<$($argument),*>)?> {}
    )*};
}

steps_into_collections!(Keypath<K>, Must<K>, All, MapVals, SetElem<T>, NoneElem, MapKey<K>, MapKeys, SortedRange<K>, KeyedVals,
    Nthpath, First, Last, UpsertBy<F, K>, IndexedVals, Srange, SrangeDynamic<F, G>, ContinuousSubseqs<F>);

/// Steps that stay: what they lead to can be removed when what they come from can.
macro_rules! steps_that_stay {
    ($($step:ident $(<$($argument:ident),*>)?),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, P: Removes<S> $($(, $argument)*)?> Removes<S> for Then<P, $step $(<$($argument),*>)?> {}
    )*};
}

steps_that_stay!(NilToVal<T>, View<F, U>);

steps_that_stay!(
    Pred<F>, PredEq<T>, PredNe<T>, PredLt<T>, PredLe<T>, PredGt<T>, PredGe<T>, Selected<D>, NotSelected<D>,
    IsCollected<F>, IsThere, PageSize, Val, Putval<V>, Collect<D>, CollectOne<D>, Dispense,
    NilToSet, NilToList, NilToMap, NoneToVal<T>, Transformed<T>, Parser<F, G, U>, Start
);
// What leads nowhere removes nothing.
steps_into_collections!(IsSome, CollectedKey<F>, Nowhere<T>);

/// Steps that are paths: what they lead to can be removed when it can at the end of those.
macro_rules! steps_that_are_paths {
    ($($step:ident: $($path:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, P, $($path),+> Removes<S> for Then<P, $step<$($path),+>>
        where
            $(Then<P, $path>: Removes<S>),+
        {
        }
    )*};
}

steps_that_are_paths! {
    Both: A B;
    Compact: D;
    WithFreshCollected: D;
}

// The condition leads nowhere.
#[diagnostic::do_not_recommend]
impl<S, P, I, T, O> Removes<S> for Then<P, IfPath<I, T, O>>
where
    Then<P, T>: Removes<S>,
    Then<P, O>: Removes<S>,
{
}

#[diagnostic::do_not_recommend]
impl<S, P, A, B> Removes<S> for Then<P, Then<A, B>> where Then<Then<P, A>, B>: Removes<S> {}

#[diagnostic::do_not_recommend]
impl<S, P, Q> Removes<S> for Then<P, Take<Q>> where Then<P, Q>: Removes<S> {}

#[diagnostic::do_not_recommend]
impl<S, P, Q> Removes<S> for Then<P, Distinct<Q>> where Then<P, Q>: Removes<S> {}

#[diagnostic::do_not_recommend]
impl<S, P, A: Writable, B: Writable, D> Removes<S> for Then<P, Recursive<'_, A, B, D>> where
    Then<P, D>: Removes<S>
{
}

// Wherever the path goes on with itself, it stands on something that can be removed.
#[diagnostic::do_not_recommend]
impl<S, P: Removes<S>, A: Writable, B: Writable> Removes<S> for Then<P, Recursion<'_, A, B>> {}

#[diagnostic::do_not_recommend]
impl<S, P: Removes<S>> Removes<S> for Take<P> {}

#[diagnostic::do_not_recommend]
impl<S, P: Removes<S>> Removes<S> for Distinct<P> {}

#[diagnostic::do_not_recommend]
impl<S, P, N: HandlesRemoval> Removes<S> for Then<P, Nav<N>> {}

#[diagnostic::do_not_recommend]
impl<S, P, N: HandlesRemoval> Removes<S> for Then<P, RichNav<N>> {}

#[diagnostic::do_not_recommend]
impl<S, P, N> Removes<S> for Then<P, Under<N>> where Then<P, N>: Removes<S> {}
