//! `compact`: what a write empties disappears.

use super::builder::{Origin, Path};
use super::edit::{Change, Editor, Transform};
use super::removes::Removes;
use super::rows::LeadingKey;
use super::sequence::Sequence;
use super::shape::{Maybe, Present, Shape};
use super::walk::Then;
use super::{Cardinality, Inner, Navigator, PathError, SubPath, Visitor, Walk, With};
use std::collections::{BTreeMap, BTreeSet};

impl<R: Origin, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes where a path leads. When a write through that path leaves the value here empty, the value is
    /// removed from the collection around it.
    ///
    /// The original looks behind every step of the path; here a `compact` stands wherever something may
    /// become empty, and so it says which collections disappear. What was empty before and is not written to
    /// stays.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut tags = BTreeMap::from([(1, BTreeMap::from([("db", vec![7])])), (2, BTreeMap::new())]);
    /// assert_eq!(select(&tags, |path| path.must(1).compact(|path| path.must("db")))?, [[7]]);
    /// transform(&mut tags, |path| path.must(1).compact(|path| path.must("db").compact(|path| path.ALL())).NONE())?;
    /// assert_eq!(tags, BTreeMap::from([(2, BTreeMap::new())]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn compact<Q, D, To, E>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, Compact<D>>, To, C::And<E>>
    where
        P: RemovesEmpty<R::Root>,
        S: Compactable,
        Q: SubPath<S, Navigator = D, To = To, Count = E>,
        E: Cardinality,
    {
        self.then(Compact(Inner::steps(path)))
    }
}

/// A path that leads to places in something that can do without them.
#[diagnostic::on_unimplemented(
    message = "there is nothing around this value that `compact` could remove it from",
    label = "this cannot be removed when it is empty",
    note = "`compact` follows `keypath`, `must`, `ALL`, `MAP_VALS` or another step into a collection"
)]
pub trait RemovesEmpty<S> {}

#[diagnostic::do_not_recommend]
impl<S, P: Removes<S>> RemovesEmpty<S> for P {}

/// A value that may be empty.
#[diagnostic::on_unimplemented(
    message = "`compact` needs a collection, and `{Self}` is none",
    label = "this is never empty",
    note = "`Vec`, `BTreeMap`, `BTreeSet`, `String` and `Option` are collections; for others implement `Emptiness`"
)]
pub trait Emptiness {
    /// Whether it is.
    fn is_empty(&self) -> bool;
}

macro_rules! collections {
    ($([$($parameter:tt)*] $collection:ty: $empty:path;)*) => {$(
        impl<$($parameter)*> Emptiness for $collection {
            #[inline]
            fn is_empty(&self) -> bool {
                $empty(self)
            }
        }
    )*};
}

collections! {
    [T] Vec<T>: Vec::is_empty;
    [K, V] BTreeMap<K, V>: BTreeMap::is_empty;
    [T] BTreeSet<T>: BTreeSet::is_empty;
    [] String: String::is_empty;
    [T] Option<T>: Option::is_none;
}

/// A shape that a write may leave empty.
#[diagnostic::on_unimplemented(
    message = "`compact` needs a collection, and the path stands on `{Self}` here",
    label = "there is no collection here"
)]
pub trait Compactable: Sequence {
    /// Whether there is nothing in it.
    ///
    /// # Errors
    /// [`PathError::Storage`].
    fn is_empty(at: Self::Ref<'_>) -> Result<bool, PathError>;

    /// The change that removes it.
    fn removed() -> Self::Change;
}

#[diagnostic::do_not_recommend]
impl<T: Emptiness + 'static> Compactable for Present<T> {
    #[inline]
    fn is_empty(at: &T) -> Result<bool, PathError> {
        Ok(at.is_empty())
    }

    #[inline]
    fn removed() -> Change<T> {
        Change::Removed
    }
}

/// Where nothing is, nothing has to disappear.
#[diagnostic::do_not_recommend]
impl<T: Emptiness + 'static> Compactable for Maybe<T> {
    #[inline]
    fn is_empty(at: Option<&T>) -> Result<bool, PathError> {
        Ok(at.is_some_and(Emptiness::is_empty))
    }

    #[inline]
    fn removed() -> Change<T> {
        Change::Removed
    }
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Compactable> Compactable for With<L, S> {
    #[inline]
    fn is_empty((_, at): (&L, S::Ref<'_>)) -> Result<bool, PathError> {
        S::is_empty(at)
    }

    #[inline]
    fn removed() -> S::Change {
        S::removed()
    }
}

/// Navigator of [`Path::compact`].
#[derive(Clone, Copy, Debug)]
pub struct Compact<D>(pub(super) D);

impl<S: Shape, D: Navigator<S>> Navigator<S> for Compact<D> {
    type To = D::To;
    type Count = D::Count;
    const STAYS: bool = D::STAYS;

    #[inline]
    fn select<N: Visitor<D::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.0.select(at, next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Compactable, D: Transform<S>> Transform<S> for Compact<D> {
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let mut held = S::hold(at);
        let change = self.0.transform(S::lend(&mut held), next)?;
        let left = S::meet(&mut held, change);
        if left && S::is_changed(&held) && S::is_empty(S::look(&S::lend(&mut held)))? {
            return Ok(S::removed());
        }
        Ok(S::finish(held))
    }
}

#[cfg(test)]
#[path = "tests/compact.rs"]
mod tests;
