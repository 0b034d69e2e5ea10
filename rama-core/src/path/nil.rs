//! `nil_to_val` and `NIL_TO_SET`: a default for what is missing (NV-60, NV-61).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Present, Shape};
use super::{Navigator, One, PathError, Visitor, Walk};
use std::collections::BTreeSet;

/// The place of a value that may be missing.
#[diagnostic::on_unimplemented(
    message = "`nil_to_val` has nothing to do: the value on `{Self}` is never missing",
    label = "remove this step",
    note = "`nil_to_val` follows `keypath`, whose key may have no value yet"
)]
pub trait IsMaybe: Shape {
    /// The type of the value.
    type Inner: 'static;
    /// The step itself, so that its type is unknown after a step that does not fit: then one message is all
    /// that rustc has to say about the path.
    type Step<N>;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsMaybe for Maybe<T> {
    type Inner = T;
    type Step<N> = N;
}

/// The place of a set that may be missing.
#[diagnostic::on_unimplemented(
    message = "`NIL_TO_SET` needs the place of a set that may be missing, and the path stands on `{Self}` \
               here",
    label = "there is no missing set",
    note = "`Maybe<BTreeSet<E>>` is where `keypath` leads in a map of sets"
)]
pub trait IsMaybeSet: Shape {
    /// The type of the set's elements.
    type Elem: Ord + Clone + 'static;
    /// The step itself, so that its type is unknown after a step that does not fit: then one message is all
    /// that rustc has to say about the path.
    type Step<N>;
}

#[diagnostic::do_not_recommend]
impl<E: Ord + Clone + 'static> IsMaybeSet for Maybe<BTreeSet<E>> {
    type Elem = E;
    type Step<N> = N;
}

/// Navigator of [`Path::nil_to_val`](super::Path::nil_to_val).
#[derive(Clone, Debug)]
pub struct NilToVal<T>(pub(super) T);

/// Navigator of [`Path::NIL_TO_SET`](super::Path::NIL_TO_SET).
#[derive(Clone, Copy, Debug)]
pub struct NilToSet;

impl<T: 'static> Navigator<Maybe<T>> for NilToVal<T> {
    type To = Present<T>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, at: Option<&T>, next: &mut N) -> Walk {
        next.visit(at.unwrap_or(&self.0))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Transform<Maybe<T>> for NilToVal<T> {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Option<Hold<'_, T>>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        next.edit(at.unwrap_or_else(|| Hold::Given(self.0.clone())))
    }
}

impl<T: Ord + 'static> Navigator<Maybe<BTreeSet<T>>> for NilToSet {
    type To = Present<BTreeSet<T>>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: Option<&BTreeSet<T>>, next: &mut N) -> Walk {
        next.visit(at.unwrap_or(&BTreeSet::new()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + 'static> Transform<Maybe<BTreeSet<T>>> for NilToSet {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: Option<Hold<'_, BTreeSet<T>>>,
        next: &mut E,
    ) -> Result<Change<BTreeSet<T>>, PathError> {
        next.edit(at.unwrap_or_else(|| Hold::Given(BTreeSet::new())))
    }
}
