//! `take` and `distinct`: navigators that remember what the path came upon.
//!
//! What they remember belongs to one run of the path around them, so a path can run any number of times. They
//! look at everything that the path so far leads to, from where it begins; inside a
//! [`then_path`](super::Path::then_path) that is from where the inner path begins.

use super::edit::{Editor, Transform, Want};
use super::rows::LeadingKey;
use super::search::Found;
use super::sequence::Sequence;
use super::shape::{Shape, Writable};
use super::{Cardinality, Halt, Navigator, Path, PathError, Visitor, Walk};
use std::collections::BTreeSet;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on at the first `places` places that the path so far leads to.
    ///
    /// A select looks no further after them. A transform leaves the places after them alone.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2, 3], vec![4]];
    /// assert_eq!(select(&lists, |path| path.ALL().ALL().take(2))?, [1, 2]);
    /// assert_eq!(select(&lists, |path| path.ALL().then_path(|path| path.ALL().take(1)))?, [1, 4]);
    /// transform(&mut lists, |path| path.ALL().ALL().take(2).NONE())?;
    /// assert_eq!(lists, [[3], [4]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn take(self, places: usize) -> Path<R, Take<P>, S, C::Perhaps> {
        self.over(|path| Take { path, places })
    }

    /// Goes on where the path so far comes upon a value, collected ones included, for the first time.
    ///
    /// A transform looks at the values as they were before it wrote to them.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![2, 1, 2, 2];
    /// assert_eq!(select(&list, |path| path.ALL().distinct())?, [2, 1]);
    /// transform(&mut list, |path| path.ALL().distinct().termval(0))?;
    /// assert_eq!(list, [0, 0, 2, 2]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn distinct<O>(self) -> Path<R, Distinct<P>, S, C>
    where
        S: Found<Out = O>,
        O: Ord,
    {
        self.over(|path| Distinct { path })
    }
}

/// Navigator of [`Path::take`], with the path before it.
#[derive(Clone, Copy, Debug)]
pub struct Take<P> {
    pub(super) path: P,
    pub(super) places: usize,
}

/// Navigator of [`Path::distinct`], with the path before it.
#[derive(Clone, Copy, Debug)]
pub struct Distinct<P> {
    pub(super) path: P,
}

impl<S: Shape, P: Navigator<S>> Navigator<S> for Take<P> {
    type To = P::To;
    type Count = <P::Count as Cardinality>::Perhaps;
    const STAYS: bool = P::STAYS;

    fn select<N: Visitor<P::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        if self.places == 0 {
            return Ok(());
        }
        let mut taking = Taking { left: self.places, ended: false, next };
        let walk = self.path.select(at, &mut taking);
        // What ends here is only the path so far, not the walk around it.
        if taking.ended { Ok(()) } else { walk }
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.path.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Writable, P: Transform<S> + Navigator<S, To: Sequence>> Transform<S> for Take<P> {
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.path.transform(at, &mut Taking { left: self.places, ended: false, next })
    }
}

/// Lets the first places pass.
struct Taking<'a, N> {
    left: usize,
    ended: bool,
    next: &'a mut N,
}

impl<S: Shape, N: Visitor<S>> Visitor<S> for Taking<'_, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.left -= 1;
        self.next.visit(at)?;
        if self.left == 0 {
            self.ended = true;
            return Err(Halt::Enough);
        }
        Ok(())
    }
}

// A place that is left alone has to keep its value: nothing may be moved out of it.
impl<S: Sequence, E: Editor<S>> Editor<S> for Taking<'_, E> {
    const WANTS: Want = Want::Lent;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(S::kept()) };
        self.left = left;
        self.next.edit(at)
    }
}

impl<S, P> Navigator<S> for Distinct<P>
where
    S: Shape,
    P: Navigator<S, To: Found<Out: Ord>>,
{
    type To = P::To;
    type Count = P::Count;
    const STAYS: bool = P::STAYS;

    fn select<N: Visitor<P::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.path.select(at, &mut Seen { values: BTreeSet::new(), next })
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.path.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S, P> Transform<S> for Distinct<P>
where
    S: Writable,
    P: Transform<S> + Navigator<S, To: Sequence + Found<Out: Ord>>,
{
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.path.transform(at, &mut Seen { values: BTreeSet::new(), next })
    }
}

/// Lets values pass that it has not seen.
struct Seen<'a, O, N> {
    values: BTreeSet<O>,
    next: &'a mut N,
}

impl<S: Found<Out: Ord>, N: Visitor<S>> Visitor<S> for Seen<'_, S::Out, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        if self.values.insert(S::found(at)?) { self.next.visit(at) } else { Ok(()) }
    }
}

impl<S: Sequence + Found<Out: Ord>, E: Editor<S>> Editor<S> for Seen<'_, S::Out, E> {
    const WANTS: Want = Want::Lent;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        if self.values.insert(S::found(S::look(&at))?) { self.next.edit(at) } else { Ok(S::kept()) }
    }
}

#[cfg(test)]
#[path = "tests/limit.rs"]
mod tests;
