//! `transformed` and `parser`: to another form of the value (NV-63, NV-65).

use super::edit::{Change, Editor, Transform};
use super::sequence::Copied;
use super::shape::{Hold, Present, Shape};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{
    Cardinality, InnerWrite, Navigator, One, Path, PathError, TransformPath, Under, Visitor, Walk,
    With,
};
use std::cell::RefCell;
use std::marker::PhantomData;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to what a write path would make of the value (NV-63). Nothing is stored by that.
    ///
    /// Writing is one-way, as with [`Path::view`]: the value is replaced by what the rest of the path makes of
    /// the transformed one.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![1, 2, 3];
    /// let odd = select_one(&list, |path| path.transformed(|path| path.ALL().pred(|n| n % 2 == 0).NONE()))?;
    /// assert_eq!((odd, list.len()), (vec![1, 3], 3));
    /// transform(&mut list, |path| path.transformed(|path| path.ALL().term(|n| n * 2)).update(|list| list.push(0)))?;
    /// assert_eq!(list, [2, 4, 6, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn transformed<Q, D>(
        self,
        path: impl FnOnce(InnerWrite<S>) -> Q,
    ) -> Path<R, Then<P, Transformed<D>>, S, C::And<One>>
    where
        S: Copied,
        Q: TransformPath<From = S, Editor = D>,
        D: Editor<S>,
    {
        self.then(Transformed(RefCell::new(InnerWrite::editor(path))))
    }

    /// Goes to what one function makes of the value, and writes what another one makes of the result (NV-65):
    /// unlike [`Path::view`] it goes both ways.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut words = vec!["1 2".to_owned()];
    /// let parse = |line: &String| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    /// let unparse = |words: Vec<String>| words.join(" ");
    /// assert_eq!(select(&words, |path| path.ALL().parser(parse, unparse).ALL())?, ["1", "2"]);
    /// transform(&mut words, |path| path.ALL().parser(parse, unparse).update(|words| words.push("3".to_owned())))?;
    /// assert_eq!(words, ["1 2 3"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn parser<U, F, G, To, N>(
        self,
        parse: F,
        unparse: G,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Parsed<To<U> = To, Step<Parser<F, G, U>> = N>,
        F: Fn(&S::Value) -> U,
        G: Fn(U) -> S::Value,
        U: 'static,
    {
        self.then(S::step(Parser { parse, unparse, parsed: PhantomData }))
    }
}

/// Navigator of [`Path::transformed`].
// The editor of a path needs `&mut`, and a select has only `&`. It never runs inside itself.
pub struct Transformed<T>(pub(super) RefCell<T>);

impl<T> Transformed<T> {
    /// The place after the path inside.
    fn run<'a, S: Copied>(&self, at: S::Place<'a>) -> Result<S::Place<'a>, PathError>
    where
        T: Editor<S>,
    {
        let mut held = S::hold(at);
        let change = self.0.borrow_mut().edit(S::lend(&mut held))?;
        S::meet(&mut held, change);
        Ok(S::release(held))
    }
}

impl<S: Copied, T: Editor<S>> Navigator<S> for Transformed<T> {
    type To = S;
    type Count = One;

    #[inline]
    fn select<N: Visitor<S>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let place = self.run(S::copied(at))?;
        next.visit(S::look(&place))
    }
}

#[diagnostic::do_not_recommend]
impl<S: Copied, T: Editor<S>> Transform<S> for Transformed<T> {
    #[inline]
    fn transform<E: Editor<S>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        // The value itself stays until something is written after this.
        let place = self.run(S::copied(S::look(&at)))?;
        next.edit(S::shorten_place(place))
    }
}

/// A value that `parser` can bring into another form.
#[diagnostic::on_unimplemented(
    message = "`parser` needs a value that is there, and the path stands on `{Self}` here",
    label = "there is no value to parse",
    note = "over the place of a value that may be missing (`Maybe<T>`) insert `nil_to_val(default)` before \
            this, or use `must` instead of `keypath`"
)]
pub trait Parsed: Shape {
    /// Where the step leads.
    type To<U: 'static>: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Parsed for Present<T> {
    type To<U: 'static> = Present<U>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Parsed> Parsed for With<L, S> {
    type To<U: 'static> = With<L, S::To<U>>;
    type Step<N> = Under<S::Step<N>>;

    #[inline]
    fn step<N>(navigator: N) -> Self::Step<N> {
        Under(S::step(navigator))
    }
}

/// Navigator of [`Path::parser`].
#[derive(Clone, Copy)]
pub struct Parser<F, G, U> {
    parse: F,
    unparse: G,
    parsed: PhantomData<fn() -> U>,
}

impl<T: 'static, U: 'static, F: Fn(&T) -> U, G> Navigator<Present<T>> for Parser<F, G, U> {
    type To = Present<U>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<U>>>(&self, at: &T, next: &mut N) -> Walk {
        next.visit(&(self.parse)(at))
    }
}

#[diagnostic::do_not_recommend]
impl<T, U, F, G> Transform<Present<T>> for Parser<F, G, U>
where
    T: 'static,
    U: 'static,
    F: Fn(&T) -> U,
    G: Fn(U) -> T,
{
    #[inline]
    fn transform<E: Editor<Present<U>>>(
        &self,
        at: Hold<'_, T>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        Ok(match next.edit(Hold::Given((self.parse)(at.as_ref())))? {
            // A value that was given comes in only as a new one.
            Change::Kept | Change::InPlace => Change::Kept,
            Change::Set(parsed) => Change::Set((self.unparse)(parsed)),
            Change::Removed => Change::Removed,
        })
    }
}
