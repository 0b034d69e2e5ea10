//! Paths that branch: `if_path`, `if_else_path`, `cond_path`, `multi_path`, `continue_then_stay`,
//! `stay_then_continue`, and a path as one step, `then_path` (NV-71 to NV-73, NV-76).
//!
//! All branches of a path lead to the same shape. Conditions see what is collected, and what they collect
//! themselves is forgotten.

#![expect(clippy::type_complexity, reason = "nobody writes the type of a path")]

use super::branches::{Branch, Branches, Conditions};
use super::control::Nowhere;
use super::edit::{Editor, Transform};
use super::filter::finds;
use super::rows::LeadingKey;
use super::sequence::Sequence;
use super::shape::Shape;
use super::walk::{Start, Then};
use super::{Bare, Cardinality, Inner, Many, Navigator, Path, PathError, SubPath, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes where a path leads: many steps as one, for instance those of a function that several paths share.
    ///
    /// ```
    /// use rama_core::path::{Inner, Present, SubPath, select, transform};
    /// fn small(path: Inner<Present<Vec<u64>>>) -> impl SubPath<Present<Vec<u64>>, To = Present<u64>> {
    ///     path.ALL().pred_lt(3)
    /// }
    /// let lists = vec![vec![1, 2], vec![3]];
    /// assert_eq!(select(&lists, |path| path.ALL().then_path(small))?, [1, 2]);
    /// let mut lists = lists;
    /// transform(&mut lists, |path| path.ALL().then_path(|path| path.ALL().take(1)).term(|n| n * 10))?;
    /// assert_eq!(lists, [vec![10, 2], vec![30]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn then_path<Q, D, To, E>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, D>, To, C::And<E>>
    where
        Q: SubPath<S, Navigator = D, To = To, Count = E>,
        E: Cardinality,
    {
        self.then(Inner::steps(path))
    }

    /// Goes where `then` leads if the condition finds something from here, and nowhere otherwise (NV-71).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3]];
    /// let found = select(&lists, |path| path.ALL().if_path(|path| path.ALL().pred_eq(2), |path| path.ALL()))?;
    /// assert_eq!(found, [1, 2]);
    /// transform(&mut lists, |path| path.ALL().if_path(|path| path.ALL().pred_eq(2), |path| path.ALL()).termval(0))?;
    /// assert_eq!(lists, [vec![0, 0], vec![3]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn if_path<I, T, DI, DT, To, E>(
        self,
        condition: impl FnOnce(Inner<S>) -> I,
        then: impl FnOnce(Inner<S>) -> T,
    ) -> Path<R, Then<P, IfPath<DI, DT, Nowhere<To>>>, To, C::And<E::Perhaps>>
    where
        I: SubPath<S, Navigator = DI>,
        T: SubPath<S, Navigator = DT, To = To, Count = E>,
        E: Cardinality,
    {
        let (condition, then) = (Inner::steps(condition), Inner::steps(then));
        self.then(IfPath { condition, then, otherwise: Nowhere::new() })
    }

    /// Goes where `then` leads if the condition finds something from here, and where `otherwise` leads if it
    /// finds nothing (NV-71).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, -2, 3];
    /// let sizes = select(&list, |path| {
    ///     path.ALL().if_else_path(|path| path.pred_lt(0), |path| path.view(|n| -n), |path| path.STAY())
    /// })?;
    /// assert_eq!(sizes, [1, 2, 3]);
    /// transform(&mut list, |path| {
    ///     path.ALL().if_else_path(|path| path.pred_lt(0), |path| path.STAY(), |path| path.pred_gt(2)).termval(0)
    /// })?;
    /// assert_eq!(list, [1, 0, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn if_else_path<I, T, O, DI, DT, DO, To, E, F>(
        self,
        condition: impl FnOnce(Inner<S>) -> I,
        then: impl FnOnce(Inner<S>) -> T,
        otherwise: impl FnOnce(Inner<S>) -> O,
    ) -> Path<R, Then<P, IfPath<DI, DT, DO>>, To, C::And<E::And<F>>>
    where
        I: SubPath<S, Navigator = DI>,
        T: SubPath<S, Navigator = DT, To = To, Count = E>,
        O: Branch<S, To, Navigator = DO, Count = F>,
        To: Shape,
        E: Cardinality,
        F: Cardinality,
    {
        let (condition, then) = (Inner::steps(condition), Inner::steps(then));
        let otherwise = otherwise(Inner::start(Bare::new())).into_branch();
        self.then(IfPath { condition, then, otherwise })
    }

    /// Goes where the first path leads whose condition finds something from here, and nowhere if none does
    /// (NV-72). The closure returns pairs of a condition and a path, two to six of them.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, -2, 30];
    /// transform(&mut list, |path| {
    ///     path.ALL().cond_path(|path| ((path.pred_lt(0), path), (path.pred_gt(9), path.pred_lt(50)))).termval(0)
    /// })?;
    /// assert_eq!(list, [1, 0, 0]);
    /// let sizes = select(&list, |path| {
    ///     path.ALL().cond_path(|path| ((path.pred_eq(0), path.view(|_| "none")), (path, path.view(|_| "some"))))
    /// })?;
    /// assert_eq!(sizes, ["some", "none", "none"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn cond_path<Q, D, To, E>(
        self,
        pairs: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, D>, To, C::And<E>>
    where
        Q: Conditions<S, Navigator = D, To = To, Count = E>,
        E: Cardinality,
    {
        self.then(pairs(Inner::start(Bare::new())).into_conditions())
    }

    /// Goes where each of several paths leads, one after the other (NV-73). The closure returns the paths, two
    /// to eight of them.
    ///
    /// A write goes through them in the same order, each on what the one before it left. When what the path
    /// stands on is removed on the way, it ends there.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36), ("bob", 7)]);
    /// assert_eq!(select(&ages, |path| path.multi_path(|path| (path.must("bob"), path.must("ada"))))?, [7, 36]);
    /// transform(&mut ages, |path| path.multi_path(|path| (path.must("ada"), path.MAP_VALS())).term(|age| age + 1))?;
    /// assert_eq!((ages["ada"], ages["bob"]), (38, 8));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn multi_path<Q, D, To>(
        self,
        paths: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, D>, To, C::And<Many>>
    where
        Q: Branches<S, Navigator = D, To = To>,
    {
        self.then(paths(Inner::start(Bare::new())).into_branches())
    }

    /// Goes where a path leads, and then here (NV-76): children before their parents. The path has to lead to
    /// what it begins on.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut n = 7;
    /// assert_eq!(select(&n, |path| path.continue_then_stay(|path| path.view(|n| n * 10)))?, [70, 7]);
    /// transform(&mut n, |path| path.continue_then_stay(|path| path.pred_gt(5)).term(|n| n - 2))?;
    /// assert_eq!(n, 3);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn continue_then_stay<Q, D>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, Both<D, Start>>, S, C::And<Many>>
    where
        Q: Branch<S, S, Navigator = D>,
    {
        self.then(Both(path(Inner::start(Bare::new())).into_branch(), Start))
    }

    /// Goes here, and then where a path leads (NV-76): parents before their children, and a write goes through
    /// the children that it left. The path has to lead to what it begins on.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut n = 7;
    /// assert_eq!(select(&n, |path| path.stay_then_continue(|path| path.view(|n| n * 10)))?, [7, 70]);
    /// transform(&mut n, |path| path.stay_then_continue(|path| path.pred_gt(5)).term(|n| n - 2))?;
    /// assert_eq!(n, 5);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn stay_then_continue<Q, D>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, Both<Start, D>>, S, C::And<Many>>
    where
        Q: Branch<S, S, Navigator = D>,
    {
        self.then(Both(Start, path(Inner::start(Bare::new())).into_branch()))
    }
}

/// One path or another.
#[derive(Clone, Copy, Debug)]
pub struct IfPath<I, T, O> {
    pub(super) condition: I,
    pub(super) then: T,
    pub(super) otherwise: O,
}

impl<S, I, T, O> Navigator<S> for IfPath<I, T, O>
where
    S: Shape,
    I: Navigator<S>,
    T: Navigator<S>,
    O: Navigator<S, To = T::To>,
{
    type To = T::To;
    // "One, and if so at most one" is the same as "one or at most one".
    type Count = <T::Count as Cardinality>::And<O::Count>;

    #[inline]
    fn select<N: Visitor<T::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        if finds(&self.condition, at)? {
            self.then.select(at, next)
        } else {
            self.otherwise.select(at, next)
        }
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.condition.home().or_else(|| self.then.home()).or_else(|| self.otherwise.home())
    }
}

#[diagnostic::do_not_recommend]
impl<S, I, T, O> Transform<S> for IfPath<I, T, O>
where
    S: Sequence,
    I: Navigator<S>,
    T: Transform<S>,
    O: Transform<S> + Navigator<S, To = <T as Navigator<S>>::To>,
{
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        if finds(&self.condition, S::look(&at))? {
            self.then.transform(at, next)
        } else {
            self.otherwise.transform(at, next)
        }
    }
}

/// One path, and then another from the same place.
#[derive(Clone, Copy, Debug)]
pub struct Both<A, B>(pub(super) A, pub(super) B);

impl<S, A, B> Navigator<S> for Both<A, B>
where
    S: Shape,
    A: Navigator<S>,
    B: Navigator<S, To = A::To>,
{
    type To = A::To;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<A::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.0.select(at, next)?;
        self.1.select(at, next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home().or_else(|| self.1.home())
    }
}

#[diagnostic::do_not_recommend]
impl<S, A, B> Transform<S> for Both<A, B>
where
    S: Sequence,
    A: Transform<S>,
    B: Transform<S> + Navigator<S, To = <A as Navigator<S>>::To>,
{
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let mut held = S::hold(at);
        let first = self.0.transform(S::lend(&mut held), next)?;
        if S::meet(&mut held, first) {
            let second = self.1.transform(S::lend(&mut held), next)?;
            S::meet(&mut held, second);
        }
        Ok(S::finish(held))
    }
}

#[cfg(test)]
#[path = "tests/branch.rs"]
mod tests;
