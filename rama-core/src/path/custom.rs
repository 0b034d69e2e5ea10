//! Navigators of one's own (NV-95, NV-96).

use super::collecting::Collecting;
use super::edit::{Editor, Transform, Want};
use super::rows::LeadingKey;
use super::sequence::Sequence;
use super::shape::{Shape, Writable};
use super::walk::Then;
use super::{Cardinality, Navigator, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes where a navigator of one's own leads (NV-95). It is a value, so it may hold whatever is known only
    /// at run time (NV-96), and it may be generic.
    ///
    /// A navigator implements [`Navigator`] to be read through, and [`Transform`] to be written through. It sees
    /// the shape without the collected values, which are there again after it. What it leads to can be removed
    /// with `NONE` if it also has [`HandlesRemoval`].
    ///
    /// ```
    /// use rama_core::path::{
    ///     AtMostOne, Change, Editor, HandlesRemoval, Hold, Navigator, PathError, Present, Transform, Visitor, Walk,
    ///     select, transform,
    /// };
    ///
    /// /// To the largest number of a list.
    /// struct Largest;
    ///
    /// impl Largest {
    ///     fn of(list: &[i64]) -> Option<usize> {
    ///         (0..list.len()).max_by_key(|i| list[*i])
    ///     }
    /// }
    ///
    /// impl Navigator<Present<Vec<i64>>> for Largest {
    ///     type To = Present<i64>;
    ///     type Count = AtMostOne;
    ///
    ///     fn select<N: Visitor<Present<i64>>>(&self, at: &Vec<i64>, next: &mut N) -> Walk {
    ///         Largest::of(at).map_or(Ok(()), |i| next.visit(&at[i]))
    ///     }
    /// }
    ///
    /// impl Transform<Present<Vec<i64>>> for Largest {
    ///     fn transform<E: Editor<Present<i64>>>(
    ///         &self,
    ///         at: Hold<'_, Vec<i64>>,
    ///         next: &mut E,
    ///     ) -> Result<Change<Vec<i64>>, PathError> {
    ///         at.edit(|list| {
    ///             let Some(i) = Largest::of(list) else { return Ok(false) };
    ///             match next.edit(Hold::Lent(&mut list[i]))? {
    ///                 Change::Kept => return Ok(false),
    ///                 Change::InPlace => {}
    ///                 Change::Set(number) => list[i] = number,
    ///                 Change::Removed => drop(list.remove(i)),
    ///             }
    ///             Ok(true)
    ///         })
    ///     }
    /// }
    ///
    /// impl HandlesRemoval for Largest {}
    ///
    /// let mut lists = vec![vec![1, 3, 2], vec![]];
    /// assert_eq!(select(&lists, |path| path.ALL().nav(Largest))?, [3]);
    /// transform(&mut lists, |path| path.ALL().nav(Largest).term(|n| n * 10))?;
    /// assert_eq!(lists[0], [1, 30, 2]);
    /// transform(&mut lists, |path| path.ALL().nav(Largest).NONE())?;
    /// assert_eq!(lists[0], [1, 2]);
    /// # Ok::<(), PathError>(())
    /// ```
    pub fn nav<N, B, T, D, To>(self, navigator: N) -> Path<R, Then<P, Nav<N>>, To, C::And<D>>
    where
        S: Collecting<Bare = B, Over<T> = To>,
        B: Sequence,
        To: Sequence,
        N: Navigator<B, To = T, Count = D>,
        T: Sequence,
        D: Cardinality,
    {
        self.then(Nav(navigator))
    }

    /// The same for a navigator that has to do with collected values itself: it stands on the shape with them,
    /// [`With`](super::With)`<L, S>`.
    ///
    /// ```
    /// use rama_core::path::{Navigator, One, Present, Visitor, Walk, With, select};
    ///
    /// /// From a number to the sum of it and the collected one.
    /// struct Sum;
    ///
    /// impl Navigator<With<((), u64), Present<u64>>> for Sum {
    ///     type To = Present<u64>;
    ///     type Count = One;
    ///
    ///     fn select<N: Visitor<Present<u64>>>(&self, (list, n): (&((), u64), &u64), next: &mut N) -> Walk {
    ///         next.visit(&(list.1 + n))
    ///     }
    /// }
    ///
    /// assert_eq!(select(&vec![1, 2], |path| path.putval(10).ALL().rich_nav(Sum))?, [11, 12]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn rich_nav<N, D, To>(self, navigator: N) -> Path<R, Then<P, RichNav<N>>, To, C::And<D>>
    where
        N: Navigator<S, To = To, Count = D>,
        To: Shape,
        D: Cardinality,
    {
        self.then(RichNav(navigator))
    }
}

/// A navigator of one's own after which `NONE` is allowed: it removes the place it leads to when it is told so
/// by [`Change::Removed`](super::Change::Removed).
pub trait HandlesRemoval {}

/// Step of [`Path::nav`].
#[derive(Clone, Copy, Debug)]
pub struct Nav<N>(N);

/// Step of [`Path::rich_nav`].
#[derive(Clone, Copy, Debug)]
pub struct RichNav<N>(N);

impl<S, M> Navigator<S> for Nav<M>
where
    S: Collecting,
    M: Navigator<S::Bare, To: Sequence>,
{
    type To = S::Over<M::To>;
    type Count = M::Count;
    const STAYS: bool = M::STAYS;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let (list, at) = S::parts(at);
        self.0.select(at, &mut Carried::<S, N> { list, next })
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S, M> Transform<S> for Nav<M>
where
    S: Collecting,
    M: Transform<S::Bare> + Navigator<S::Bare, To: Sequence>,
{
    const SAME_VALUE: bool = M::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let (list, at) = S::place_parts(at);
        self.0.transform(at, &mut Carried::<S, E> { list, next })
    }
}

/// What comes after a navigator, with the list that goes past it.
struct Carried<'a, S: Collecting, N> {
    list: &'a S::List,
    next: &'a mut N,
}

impl<S, T, N> Visitor<T> for Carried<'_, S, N>
where
    S: Collecting,
    T: Sequence,
    N: Visitor<S::Over<T>>,
{
    #[inline]
    fn visit(&mut self, at: T::Ref<'_>) -> Walk {
        S::visit_over::<T, N>(self.list, at, self.next)
    }
}

impl<S, T, E> Editor<T> for Carried<'_, S, E>
where
    S: Collecting,
    T: Sequence,
    E: Editor<S::Over<T>>,
{
    const WANTS: Want = E::WANTS;
    const REMOVES: bool = E::REMOVES;

    #[inline]
    fn edit(&mut self, at: T::Place<'_>) -> Result<T::Change, PathError> {
        S::edit_over::<T, E>(self.list, at, self.next)
    }
}

impl<S: Shape, M: Navigator<S>> Navigator<S> for RichNav<M> {
    type To = M::To;
    type Count = M::Count;
    const STAYS: bool = M::STAYS;

    #[inline]
    fn select<N: Visitor<M::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.0.select(at, next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Writable, M: Transform<S>> Transform<S> for RichNav<M> {
    const SAME_VALUE: bool = M::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.0.transform(at, next)
    }
}

#[cfg(test)]
#[path = "tests/custom.rs"]
mod tests;
