//! The path under construction: one method per navigator, and terminals that turn it into a [`WritePath`].

use super::PathError;
use super::count::{Cardinality, Many, One};
use super::edit::{Editor, Transform, Want};
use super::rows::{LeadingKey, Pager};
use super::search::Found;
use super::shape::{Shape, Writable};
use super::walk::{Again, Navigator, Start, Then, Visitor, Walk};
use std::marker::PhantomData;

/// Where a path begins: a handle of a PState in dataflow, or just a shape ([`Bare`]).
pub trait Origin {
    /// The shape that the path begins on.
    type Root: Shape;
}

/// An origin that is only the shape `S`: the path is applied to something given elsewhere.
pub struct Bare<S>(PhantomData<fn() -> S>);

impl<S> Bare<S> {
    /// The origin.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S> Clone for Bare<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Bare<S> {}

impl<S> Default for Bare<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Shape> Origin for Bare<S> {
    type Root = S;
}

/// A path from the origin `R` along the navigators `P`, which stands on the shape `S` at `C` places.
///
/// Nobody writes this type: a path begins at a handle or as the argument of a closure, and each method
/// returns the longer path.
#[must_use = "a path does nothing until it is given to a select"]
pub struct Path<R, P, S, C> {
    origin: R,
    pub(super) navigator: P,
    stands_on: PhantomData<fn() -> (S, C)>,
}

// The beginning of a path inside a path can begin several branches.
impl<R: Copy, P: Copy, S, C> Clone for Path<R, P, S, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, P: Copy, S, C> Copy for Path<R, P, S, C> {}

/// A path that ends in the terminal `T`: only a transform takes it.
#[must_use = "a path does nothing until it is given to a transform"]
pub struct WritePath<R, P, T> {
    origin: R,
    pub(super) navigator: P,
    pub(super) terminal: T,
}

/// A path that reads.
#[diagnostic::on_unimplemented(
    message = "this path cannot be given to a select",
    label = "a path that ends in `termval`, `term`, `update` or `NONE` writes",
    note = "remove the terminal, or give the path to a transform"
)]
pub trait ReadPath {
    /// What the path was made with.
    type Origin: Origin<Root = Self::From>;
    /// The shape it begins on.
    type From: Shape;
    /// The shape it ends on.
    type To: Shape;
    /// How many places it leads to.
    type Count: Cardinality;

    /// What the path was made with.
    fn origin(&self) -> &Self::Origin;

    /// The leading key, if the path begins with one: it has the values at home.
    fn home(&self) -> Option<&dyn LeadingKey>;

    /// Calls `end` with every place the path leads to.
    ///
    /// # Errors
    /// Those of `end`, and failing stores.
    fn walk<N: Visitor<Self::To>>(&self, at: <Self::From as Shape>::Ref<'_>, end: &mut N) -> Walk;

    /// Calls `end` with the places of a page.
    ///
    /// # Errors
    /// As [`ReadPath::walk`].
    fn walk_page<N: Visitor<Self::To>>(
        &self,
        at: <Self::From as Shape>::Ref<'_>,
        pager: &mut Pager,
        end: &mut N,
    ) -> Walk;
}

/// A path that reads and ends on something that a select can hand out.
#[diagnostic::on_unimplemented(
    message = "this path cannot be given to a select",
    label = "a path that ends in `termval`, `term`, `update` or `NONE` writes",
    note = "remove the terminal, or give the path to a transform"
)]
pub trait SelectPath:
    ReadPath<To: Found<Out = Self::Out>, Count: Cardinality<Picked<Self::Out> = Self::One>>
{
    /// What a select hands out for each place.
    type Out;
    /// What `select_one` answers.
    type One;
}

impl<R, P, S, C> ReadPath for Path<R, P, S, C>
where
    R: Origin,
    P: Navigator<R::Root, To = S, Count = C>,
    S: Shape,
    C: Cardinality,
{
    type Origin = R;
    type From = R::Root;
    type To = S;
    type Count = C;

    fn origin(&self) -> &R {
        &self.origin
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.navigator.home()
    }

    #[inline]
    fn walk<N: Visitor<S>>(&self, at: <R::Root as Shape>::Ref<'_>, end: &mut N) -> Walk {
        self.navigator.select(at, end)
    }

    fn walk_page<N: Visitor<S>>(
        &self,
        at: <R::Root as Shape>::Ref<'_>,
        pager: &mut Pager,
        end: &mut N,
    ) -> Walk {
        self.navigator.select_page(at, pager, end)
    }
}

impl<R, P, S, C> SelectPath for Path<R, P, S, C>
where
    Self: ReadPath<To = S, Count = C>,
    S: Found,
    C: Cardinality,
{
    type Out = S::Out;
    type One = C::Picked<S::Out>;
}

/// A path that can be given to a transform.
#[diagnostic::on_unimplemented(
    message = "this path does not say what to write",
    label = "a path for a transform ends in a terminal",
    note = "end it with `termval(value)`, `term(function)`, `update(function)` or `NONE`"
)]
pub trait TransformPath {
    /// What the path was made with.
    type Origin: Origin<Root = Self::From>;
    /// The shape it begins on.
    type From: Writable;

    /// What the path was made with.
    fn origin(&self) -> &Self::Origin;

    /// The leading key, if the path begins with one: it has the values at home.
    fn home(&self) -> Option<&dyn LeadingKey>;

    /// The path as the editor of what it begins on. It edits once.
    type Editor: Editor<Self::From>;

    /// As that editor.
    fn into_editor(self) -> Self::Editor;
}

impl<R, P, T> TransformPath for WritePath<R, P, T>
where
    R: Origin<Root: Writable>,
    P: Transform<R::Root>,
    T: Editor<P::To>,
{
    type Origin = R;
    type From = R::Root;
    type Editor = Self;

    fn origin(&self) -> &R {
        &self.origin
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.navigator.home()
    }

    #[inline]
    fn into_editor(self) -> Self {
        self
    }
}

impl<S, R, P, T> Editor<S> for WritePath<R, P, T>
where
    S: Writable,
    P: Transform<S>,
    T: Editor<P::To>,
{
    const WANTS: Want = if P::SAME_VALUE { T::WANTS } else { Want::Lent };
    const REMOVES: bool = P::SAME_VALUE && T::REMOVES;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        self.navigator.transform(at, &mut self.terminal)
    }
}

impl<R: Origin> Path<R, Start, R::Root, One> {
    /// The path that stands where it begins.
    pub fn start(origin: R) -> Self {
        Self { origin, navigator: Start, stands_on: PhantomData }
    }
}

// A method of a navigator takes the types that follow from `S` as parameters, not as projections in its
// result: with a projection rustc would say "method not found" where the shape does not fit, instead of our
// message. Even the type of the step is found in this way (`N`), because where it is unknown rustc says
// nothing more.

impl<R, P, S, C> Path<R, P, S, C> {
    /// One step further.
    pub(super) fn then<N, To, D>(self, step: N) -> Path<R, Then<P, N>, To, D> {
        self.over(|navigator| Then(navigator, step))
    }

    /// The same beginning, and a navigator made of the one so far.
    pub(super) fn over<N, To, D>(self, make: impl FnOnce(P) -> N) -> Path<R, N, To, D> {
        Path { origin: self.origin, navigator: make(self.navigator), stands_on: PhantomData }
    }

    /// Ends the path; `way` says what becomes of its navigator.
    pub(super) fn end<W, T>(self, way: impl FnOnce(P) -> W, terminal: T) -> WritePath<R, W, T> {
        WritePath { origin: self.origin, navigator: way(self.navigator), terminal }
    }
}

/// A path inside a path: what a closure makes of the beginning that it gets. It begins on the shape `S`, where
/// the path around it stands, collected values included.
#[diagnostic::on_unimplemented(
    message = "this is no path from where the path around it stands",
    label = "a path inside a path goes on from what the closure gets, and does not write",
    note = "write `|path| path.keypath(..)`; in `path!` just the list of navigators, `[keypath(..)]`"
)]
pub trait SubPath<S: Shape> {
    /// Its steps.
    type Navigator: Navigator<S, To = Self::To, Count = Self::Count>;
    /// Where they lead.
    type To: Shape;
    /// To how many places.
    type Count: Cardinality;

    /// Its steps.
    fn into_navigator(self) -> Self::Navigator;
}

#[diagnostic::do_not_recommend]
impl<S, P, To, C> SubPath<S> for Path<Bare<S>, P, To, C>
where
    S: Shape,
    P: Navigator<S, To = To, Count = C>,
    To: Shape,
    C: Cardinality,
{
    type Navigator = P;
    type To = To;
    type Count = C;

    fn into_navigator(self) -> P {
        self.navigator
    }
}

/// The beginning of a path inside a path that stands on `S`.
pub type Inner<S> = Path<Bare<S>, Start, S, One>;

/// The beginning of a path that writes inside a path: it may run any number of times.
pub type InnerWrite<S> = Path<Bare<S>, Again, S, Many>;

impl<S: Shape> Inner<S> {
    /// The steps of what `path` makes of the beginning.
    pub(super) fn steps<Q: SubPath<S>>(path: impl FnOnce(Self) -> Q) -> Q::Navigator {
        path(Self::start(Bare::new())).into_navigator()
    }
}

impl<S: Writable> InnerWrite<S> {
    /// What `path` makes of the beginning, as an editor that may run any number of times.
    pub(super) fn editor<Q: TransformPath<From = S>>(path: impl FnOnce(Self) -> Q) -> Q::Editor {
        let start = Path { origin: Bare::new(), navigator: Again, stands_on: PhantomData };
        path(start).into_editor()
    }
}
