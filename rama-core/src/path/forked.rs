//! Ends of paths that branch, where each branch has a terminal of its own: `multi_term`, `if_term`,
//! `if_else_term` (PA-04).
//!
//! In the macros they are written like the navigators: `multi_path([must(1), term(f)], [must(2), NONE])`.
//! Branches without terminals are in `branch.rs`.

use super::builder::{Bare, InnerWrite, Origin, WritePath};
use super::edit::{Editor, Want};
use super::filter::finds;
use super::sequence::Sequence;
use super::shape::Writable;
use super::{Again, Cardinality, Inner, Navigator, Path, PathError, SubPath, TransformPath};

impl<R: Origin, P, S: Sequence, C: Cardinality> Path<R, P, S, C> {
    /// Ends the path in several paths that write, one after the other, each on what the one before it left
    /// (NV-73, PA-04). The closure returns two to eight of them. When what the path stands on is removed on the
    /// way, it ends there.
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36), ("bob", 7)]);
    /// transform(&mut ages, |path| {
    ///     path.multi_term(|path| (path.must("ada").term(|age| age + 1), path.must("bob").NONE()))
    /// })?;
    /// assert_eq!(ages, BTreeMap::from([("ada", 37)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn multi_term<Q, T>(self, paths: impl FnOnce(InnerWrite<S>) -> Q) -> WritePath<R, P, T>
    where
        Q: Terms<S, Terminal = T>,
    {
        self.end(|navigator| navigator, paths(begin()).into_terminal())
    }

    /// Ends the path in a path that writes, where the condition finds something (NV-71, PA-04).
    ///
    /// ```
    /// use rama_core::path::transform;
    /// let mut list = vec![1, -2, 3];
    /// transform(&mut list, |path| path.ALL().if_term(|path| path.pred_lt(0), |path| path.termval(0)))?;
    /// assert_eq!(list, [1, 0, 3]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn if_term<I, T, D>(
        self,
        condition: impl FnOnce(Inner<S>) -> I,
        then: impl FnOnce(InnerWrite<S>) -> T,
    ) -> WritePath<R, P, IfTerm<D, T, Leave>>
    where
        I: SubPath<S, Navigator = D>,
        T: TransformPath<From = S> + Editor<S>,
    {
        let (condition, then) = (Inner::steps(condition), then(begin()));
        self.end(|navigator| navigator, IfTerm { condition, then, otherwise: Leave })
    }

    /// Ends the path in one path that writes where the condition finds something, and in another one where it
    /// finds nothing (NV-71, PA-04).
    ///
    /// ```
    /// use rama_core::path::transform;
    /// let mut list = vec![1, -2, 3];
    /// transform(&mut list, |path| {
    ///     path.ALL().if_else_term(|path| path.pred_lt(0), |path| path.termval(0), |path| path.term(|n| n * 2))
    /// })?;
    /// assert_eq!(list, [2, 0, 6]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn if_else_term<I, T, O, D>(
        self,
        condition: impl FnOnce(Inner<S>) -> I,
        then: impl FnOnce(InnerWrite<S>) -> T,
        otherwise: impl FnOnce(InnerWrite<S>) -> O,
    ) -> WritePath<R, P, IfTerm<D, T, O>>
    where
        I: SubPath<S, Navigator = D>,
        T: TransformPath<From = S> + Editor<S>,
        O: TransformPath<From = S> + Editor<S>,
    {
        let (condition, then) = (Inner::steps(condition), then(begin()));
        let otherwise = otherwise(begin());
        self.end(|navigator| navigator, IfTerm { condition, then, otherwise })
    }
}

/// The beginning of a path that may write any number of times.
fn begin<S: Writable>() -> InnerWrite<S> {
    Inner::start(Bare::new()).over(|_| Again)
}

/// Several paths that write inside a path, for `multi_term`.
#[diagnostic::on_unimplemented(
    message = "`multi_term` needs two to eight paths from where it stands, each with a terminal",
    label = "this is no tuple of paths that write",
    note = "write `|path| (path.must(1).termval(2), path.must(3).NONE())`"
)]
pub trait Terms<S: Writable> {
    /// What writes.
    type Terminal: Editor<S>;

    /// What writes.
    fn into_terminal(self) -> Self::Terminal;
}

/// From a tuple to nested pairs.
macro_rules! in_turn {
    ($last:expr) => { $last };
    ($first:expr, $($rest:expr),+) => { InTurn($first, in_turn!($($rest),+)) };
}

/// The same for types.
macro_rules! in_turn_type {
    ($last:ty) => { $last };
    ($first:ty, $($rest:ty),+) => { InTurn<$first, in_turn_type!($($rest),+)> };
}

macro_rules! terms {
    ($($($path:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Sequence, $($path: TransformPath<From = S> + Editor<S>),+> Terms<S> for ($($path),+) {
            type Terminal = in_turn_type!($($path),+);

            #[expect(non_snake_case, reason = "paths are named like their types")]
            fn into_terminal(self) -> Self::Terminal {
                let ($($path),+) = self;
                in_turn!($($path),+)
            }
        }
    )*};
}

terms! {
    A B; A B D; A B D E; A B D E F; A B D E F G; A B D E F G H; A B D E F G H I;
}

/// One edit, and then another of what it left.
pub struct InTurn<A, B>(pub(super) A, pub(super) B);

impl<S: Sequence, A: Editor<S>, B: Editor<S>> Editor<S> for InTurn<A, B> {
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        let mut held = S::hold(at);
        let first = self.0.edit(S::lend(&mut held))?;
        if S::meet(&mut held, first) {
            let second = self.1.edit(S::lend(&mut held))?;
            S::meet(&mut held, second);
        }
        Ok(S::finish(held))
    }
}

/// One edit or another.
pub struct IfTerm<I, T, O> {
    pub(super) condition: I,
    pub(super) then: T,
    pub(super) otherwise: O,
}

impl<S, I, T, O> Editor<S> for IfTerm<I, T, O>
where
    S: Sequence,
    I: Navigator<S>,
    T: Editor<S>,
    O: Editor<S>,
{
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        if finds(&self.condition, S::look(&at))? {
            self.then.edit(at)
        } else {
            self.otherwise.edit(at)
        }
    }
}

/// The edit that leaves everything as it is.
#[derive(Clone, Copy, Debug)]
pub struct Leave;

impl<S: Sequence> Editor<S> for Leave {
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, _: S::Place<'_>) -> Result<S::Change, PathError> {
        Ok(S::kept())
    }
}
