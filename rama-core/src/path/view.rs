//! `view`: to what a function makes of the value (NV-62).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Pair, Present, Shape};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Under, Visitor, Walk, With};
use std::marker::PhantomData;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to what a function makes of the value: it gets a `&T`, an `Option<&T>` where the value may be
    /// missing, and a pair of references for an entry (NV-62).
    ///
    /// Writing is one-way: the value of the path so far is replaced by what the rest of the path makes of
    /// the function's result, which must be of the same type for that.
    ///
    /// ```
    /// use rama_core::path::{select, select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([(1, "ada".to_owned())]);
    /// assert_eq!(select_one(&names, |path| path.keypath(2).view(|name| name.is_none()))?, true);
    /// assert_eq!(select(&names, |path| path.MAP_VALS().view(|name| name.len()))?, [3]);
    /// assert_eq!(select(&names, |path| path.ALL().view(|(id, name)| format!("{id} {name}")))?, ["1 ada"]);
    /// transform(&mut names, |path| path.must(1).view(|name| name.to_uppercase()).term(|name| name + "!"))?;
    /// assert_eq!(names[&1], "ADA!");
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn view<U, F, To, N>(self, function: F) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Visible<Step<View<F, U>> = N, To<U> = To>,
        F: Fn(S::Seen<'_>) -> U,
        U: 'static,
    {
        self.then(S::step(View::new(function)))
    }
}

/// A shape that `view` can look at.
#[diagnostic::on_unimplemented(
    message = "`view` needs a value, and the path stands on `{Self}` here",
    label = "there is no value to look at",
    note = "go to a value first, with `keypath`, `must`, `ALL` or `MAP_VALS`"
)]
pub trait Visible: Shape {
    /// What the function gets.
    type Seen<'a>;
    /// Where the step leads.
    type To<U: 'static>: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Visible for Present<T> {
    type Seen<'a> = &'a T;
    type To<U: 'static> = Present<U>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Visible for Maybe<T> {
    type Seen<'a> = Option<&'a T>;
    type To<U: 'static> = Present<U>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Shape> Visible for Pair<K, S> {
    type Seen<'a> = (&'a K, S::Ref<'a>);
    type To<U: 'static> = Present<U>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Visible> Visible for With<L, S> {
    type Seen<'a> = S::Seen<'a>;
    type To<U: 'static> = With<L, S::To<U>>;
    type Step<N> = Under<S::Step<N>>;

    fn step<N>(navigator: N) -> Self::Step<N> {
        Under(S::step(navigator))
    }
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
