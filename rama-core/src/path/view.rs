//! `view`: to what a function makes of the value (NV-62).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Pair, Present, Shape};
use super::{Navigator, One, PathError, Visitor, Walk};
use std::marker::PhantomData;

/// A shape that `view` can look at.
#[diagnostic::on_unimplemented(
    message = "`view` needs a value, and the path stands on `{Self}` here",
    label = "there is no value to look at",
    note = "go to a value first, with `keypath`, `must`, `ALL` or `MAP_VALS`"
)]
pub trait Visible: Shape {
    /// The step itself, so that its type is unknown after a step that does not fit: then one message is all
    /// that rustc has to say about the path.
    type Step<N>;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Visible for Present<T> {
    type Step<N> = N;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Visible for Maybe<T> {
    type Step<N> = N;
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> Visible for Pair<K, V> {
    type Step<N> = N;
}

/// Navigator of [`Path::view`](super::Path::view).
#[derive(Clone, Copy)]
pub struct View<F, U> {
    function: F,
    result: PhantomData<fn() -> U>,
}

impl<F, U> View<F, U> {
    pub(super) fn new(function: F) -> Self {
        Self { function, result: PhantomData }
    }
}

impl<S: Shape, U: 'static, F: Fn(S::Ref<'_>) -> U> Navigator<S> for View<F, U> {
    type To = Present<U>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<U>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(&(self.function)(at))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, F: Fn(&T) -> T> Transform<Present<T>> for View<F, T> {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Hold<'_, T>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        next.edit(Hold::Given((self.function)(at.as_ref())))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, F: Fn(Option<&T>) -> T> Transform<Maybe<T>> for View<F, T> {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Option<Hold<'_, T>>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        next.edit(Hold::Given((self.function)(at.as_ref().map(AsRef::as_ref))))
    }
}
