//! `STAY`, `STOP` and `with_page_size`: here, nowhere, and a hint (NV-70, NV-75).

use super::edit::{Editor, Transform};
use super::sequence::Sequence;
use super::shape::{Shape, Writable};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, One, Path, PathError, Start, Visitor, Walk};
use std::marker::PhantomData;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Stays (NV-70): for a branch that has nowhere to go.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2];
    /// assert_eq!(select(&list, |path| path.STAY().ALL())?, [1, 2]);
    /// transform(&mut list, |path| path.ALL().STAY().termval(0))?;
    /// assert_eq!(list, [0, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn STAY(self) -> Path<R, Then<P, Start>, S, C::And<One>> {
        self.then(Start)
    }

    /// Goes nowhere (NV-70): a select finds nothing, and a transform leaves everything as it is.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2];
    /// assert!(select(&list, |path| path.ALL().STOP())?.is_empty());
    /// transform(&mut list, |path| path.ALL().STOP().termval(0))?;
    /// assert_eq!(list, [1, 2]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn STOP(self) -> Path<R, Then<P, Nowhere<S>>, S, C::And<AtMostOne>> {
        self.then(Nowhere::new())
    }

    /// Stays, and suggests how many rows a scan behind it should read at a time (NV-75).
    ///
    /// It is a hint, and changes no result. Scans of today read row by row, and so they do not follow it.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 2];
    /// assert_eq!(select(&list, |path| path.with_page_size(100).ALL())?, [1, 2]);
    /// transform(&mut list, |path| path.with_page_size(100).ALL().termval(0))?;
    /// assert_eq!(list, [0, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn with_page_size(self, rows: usize) -> Path<R, Then<P, PageSize>, S, C::And<One>> {
        self.then(PageSize { rows })
    }
}

/// Navigator of [`Path::STOP`], and of branches that are not there. It would lead to the shape `To`.
pub struct Nowhere<To>(PhantomData<fn() -> To>);

impl<To> Nowhere<To> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<To> Clone for Nowhere<To> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<To> Copy for Nowhere<To> {}

impl<S: Shape, To: Shape> Navigator<S> for Nowhere<To> {
    type To = To;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<To>>(&self, _: S::Ref<'_>, _: &mut N) -> Walk {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sequence, To: Writable> Transform<S> for Nowhere<To> {
    #[inline]
    fn transform<E: Editor<To>>(&self, _: S::Place<'_>, _: &mut E) -> Result<S::Change, PathError> {
        Ok(S::kept())
    }
}

/// Navigator of [`Path::with_page_size`].
#[derive(Clone, Copy, Debug)]
pub struct PageSize {
    /// How many rows at a time.
    pub rows: usize,
}

impl<S: Shape> Navigator<S> for PageSize {
    type To = S;
    type Count = One;
    const STAYS: bool = true;

    #[inline]
    fn select<N: Visitor<S>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(at)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Writable> Transform<S> for PageSize {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<S>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        next.edit(at)
    }
}
