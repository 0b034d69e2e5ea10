//! Filters: they stay where they are, or stop (NV-50, NV-53, NV-85).
//!
//! What a filter stops is left as it is: filters never remove.

use super::collecting::{HasCollected, Recalled};
use super::edit::{Editor, Transform};
use super::search::{Something, something};
use super::sequence::Sequence;
use super::shape::{Maybe, Pair, Present, Shape};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{
    AtMostOne, Cardinality, Inner, Navigator, Path, PathError, SubPath, Under, Visitor, Walk, With,
};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on where a function says so (NV-50). It gets what [`Path::view`] would give it: a `&T`, an
    /// `Option<&T>` where the value may be missing, and a pair of references for an entry.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2, 3, 4];
    /// assert_eq!(select(&list, |path| path.ALL().pred(|n| n % 2 == 0))?, [2, 4]);
    /// transform(&mut list, |path| path.ALL().pred(|n| n % 2 == 0).term(|n| n * 10))?;
    /// assert_eq!(list, [1, 20, 3, 40]);
    /// transform(&mut list, |path| path.ALL().pred(|n| *n > 9).NONE())?;
    /// assert_eq!(list, [1, 3]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn pred<F, N>(self, function: F) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Tested<Step<Pred<F>> = N>,
        F: Fn(S::Seen<'_>) -> bool,
    {
        self.then(S::step(Pred(function)))
    }

    /// Goes on if a path finds something from here (NV-53). Where that is, and what it collects, is forgotten;
    /// the search ends at the first find. A `keypath` always finds its place, vacant or not: mostly `must` is
    /// meant.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3], vec![]];
    /// assert_eq!(select(&lists, |path| path.ALL().selected(|path| path.ALL().pred_ge(2)))?.len(), 2);
    /// transform(&mut lists, |path| path.ALL().selected(|path| path.ALL().pred_eq(3)).NONE())?;
    /// assert_eq!(lists, [vec![1, 2], vec![]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn selected<Q, D>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, Selected<D>>, S, C::And<AtMostOne>>
    where
        Q: SubPath<S, Navigator = D>,
    {
        self.then(Selected(Inner::steps(path)))
    }

    /// Goes on if a path finds nothing from here (NV-53).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3], vec![]];
    /// assert_eq!(select(&lists, |path| path.ALL().not_selected(|path| path.ALL()))?, [Vec::<i32>::new()]);
    /// transform(&mut lists, |path| path.ALL().not_selected(|path| path.ALL()).termval(vec![0]))?;
    /// assert_eq!(lists, [vec![1, 2], vec![3], vec![0]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn not_selected<Q, D>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, NotSelected<D>>, S, C::And<AtMostOne>>
    where
        Q: SubPath<S, Navigator = D>,
    {
        self.then(NotSelected(Inner::steps(path)))
    }

    /// Goes on where a function of the collected values says so (NV-85). It gets a reference to the value, or a
    /// tuple of references when there are several; what the path stands on it does not see.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3]];
    /// let long = |list: &Vec<i32>| list.len() > 1;
    /// assert_eq!(select(&lists, |path| path.ALL().VAL().is_collected(long).ALL().DISPENSE())?, [1, 2]);
    /// transform(&mut lists, |path| path.ALL().VAL().is_collected(long).ALL().termval(0))?;
    /// assert_eq!(lists, [vec![0, 0], vec![3]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn is_collected<F, N>(self, function: F) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: HasCollected<Step<IsCollected<F>> = N>,
        F: Fn(S::Refs<'_>) -> bool,
    {
        self.then(S::step(IsCollected(function)))
    }
}

/// A shape that `pred` can look at.
#[diagnostic::on_unimplemented(
    message = "`pred` needs a value, and the path stands on `{Self}` here",
    label = "there is no value to look at",
    note = "go to a value first, with `keypath`, `must`, `ALL` or `MAP_VALS`"
)]
pub trait Tested: Shape {
    /// What the function gets.
    type Seen<'a>;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Tested for Present<T> {
    type Seen<'a> = &'a T;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Tested for Maybe<T> {
    type Seen<'a> = Option<&'a T>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Shape> Tested for Pair<K, S> {
    type Seen<'a> = (&'a K, S::Ref<'a>);
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Tested> Tested for With<L, S> {
    type Seen<'a> = S::Seen<'a>;
    type Step<N> = Under<S::Step<N>>;

    #[inline]
    fn step<N>(navigator: N) -> Self::Step<N> {
        Under(S::step(navigator))
    }
}

/// Navigator of [`Path::pred`].
#[derive(Clone, Copy)]
pub struct Pred<F>(pub(super) F);

/// Navigator of [`Path::selected`].
#[derive(Clone, Copy, Debug)]
pub struct Selected<D>(pub(super) D);

/// Navigator of [`Path::not_selected`].
#[derive(Clone, Copy, Debug)]
pub struct NotSelected<D>(pub(super) D);

/// Navigator of [`Path::is_collected`].
#[derive(Clone, Copy)]
pub struct IsCollected<F>(F);

/// Whether a path finds something.
#[inline]
pub(super) fn finds<S: Shape, D: Navigator<S>>(
    path: &D,
    at: S::Ref<'_>,
) -> Result<bool, PathError> {
    something(|end: &mut Something| path.select(at, end))
}

/// Navigators that stay where a condition is met.
macro_rules! filters {
    ($([$($parameter:tt)*] $navigator:ty, on $shape:ty, in $sequence:ty,
       if |$self:ident, $at:ident| $condition:expr, [$($write:tt)*];)*) => {$(
        impl<$($parameter)*> Navigator<$shape> for $navigator {
            type To = $shape;
            type Count = AtMostOne;
            const STAYS: bool = true;

            #[inline]
            fn select<N: Visitor<$shape>>(
                &$self,
                $at: <$shape as Shape>::Ref<'_>,
                next: &mut N,
            ) -> Walk {
                if $condition { next.visit($at) } else { Ok(()) }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($write)*> Transform<$sequence> for $navigator {
            #[inline]
            fn transform<E: Editor<$sequence>>(
                &$self,
                place: <$sequence as super::Writable>::Place<'_>,
                next: &mut E,
            ) -> Result<<$sequence as super::Writable>::Change, PathError> {
                let $at = <$sequence>::look(&place);
                if $condition { next.edit(place) } else { Ok(<$sequence>::kept()) }
            }
        }
    )*};
}

pub(super) use filters;

filters! {
    [S: Shape, F: Fn(S::Ref<'_>) -> bool] Pred<F>, on S, in S,
        if |self, at| (self.0)(at), [S: Sequence, F: Fn(S::Ref<'_>) -> bool];
    [S: Shape, D: Navigator<S>] Selected<D>, on S, in S,
        if |self, at| finds(&self.0, at)?, [S: Sequence, D: Navigator<S>];
    [S: Shape, D: Navigator<S>] NotSelected<D>, on S, in S,
        if |self, at| !finds(&self.0, at)?, [S: Sequence, D: Navigator<S>];
    [L: Recalled, S: Shape, F: Fn(L::Refs<'_>) -> bool] IsCollected<F>, on With<L, S>, in With<L, S>,
        if |self, at| (self.0)(at.0.refs()), [L: Recalled, S: Sequence, F: Fn(L::Refs<'_>) -> bool];
}

#[cfg(test)]
#[path = "tests/filter.rs"]
mod tests;
