//! `recursive_path`: a path that goes on with itself (NV-76).
//!
//! For values of recursive types, such as trees. A path that contains itself has no finite type, so where it
//! goes on with itself there is a dynamic call; everything else is compiled as in any path. There is no
//! `walker`: it would look into values of all types, and here the type says where the children are.

#![expect(clippy::type_complexity, reason = "nobody writes the type of a path")]

use super::edit::{Editor, Transform, Want};
use super::shape::{Shape, Writable};
use super::walk::Then;
use super::{Bare, Cardinality, Inner, Many, Navigator, Path, PathError, SubPath, Visitor, Walk};
use std::cell::{Cell, OnceCell};
use std::marker::PhantomData;
use std::rc::{Rc, Weak};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes where a path leads that may go on with itself (NV-76). The closure gets the beginning of the path and
    /// `again`, which [`Path::recur`] takes; all its branches end on one shape.
    ///
    /// A select or transform fails with [`PathError::TooDeep`] when the path goes on with itself more than
    /// `depth_max` times on the way to a place.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// struct Tree { n: u64, children: Vec<Tree> }
    /// let leaf = |n| Tree { n, children: vec![] };
    /// let mut tree = Tree { n: 1, children: vec![leaf(2), Tree { n: 3, children: vec![leaf(4)] }] };
    ///
    /// let all = select(&tree, |path| {
    ///     path.recursive_path(100, |path, again| {
    ///         path.stay_then_continue(|path| path.field(|t| &t.children, |t| &mut t.children).ALL().recur(&again))
    ///     })
    ///     .field(|t| &t.n, |t| &mut t.n)
    /// })?;
    /// assert_eq!(all, [1, 2, 3, 4]);
    ///
    /// transform(&mut tree, |path| {
    ///     path.recursive_path(100, |path, again| {
    ///         path.if_else_path(
    ///             |path| path.pred(|tree| tree.children.is_empty()),
    ///             |path| path.field(|t| &t.n, |t| &mut t.n),
    ///             |path| path.field(|t| &t.children, |t| &mut t.children).ALL().recur(&again),
    ///         )
    ///     })
    ///     .term(|n| n * 10)
    /// })?;
    /// assert_eq!((tree.n, tree.children[0].n, tree.children[1].children[0].n), (1, 20, 40));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn recursive_path<'a, Q, D, To>(
        self,
        depth_max: usize,
        path: impl FnOnce(Inner<S>, Recursion<'a, S, To>) -> Q,
    ) -> Path<R, Then<P, Recursive<'a, S, To, D>>, To, C::And<Many>>
    where
        S: Writable,
        To: Writable,
        Q: SubPath<S, Navigator = D, To = To>,
        D: 'a,
    {
        let knot = Rc::new(Knot::new(depth_max));
        let again = Recursion(Rc::clone(&knot));
        let body = path(Inner::start(Bare::new()), again).into_navigator();
        self.then(Recursive { body: Rc::new(body), knot })
    }
}

impl<R, P, S: Writable, C: Cardinality> Path<R, P, S, C> {
    /// Goes on with the [`Path::recursive_path`] around it.
    pub fn recur<'a, To: Writable>(
        self,
        again: &Recursion<'a, S, To>,
    ) -> Path<R, Then<P, Recursion<'a, S, To>>, To, C::And<Many>> {
        self.then(again.clone())
    }
}

/// A path that may go on with itself, as a step inside itself.
pub struct Recursion<'a, S: Writable, To: Writable>(Rc<Knot<'a, S, To>>);

impl<S: Writable, To: Writable> Clone for Recursion<'_, S, To> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// Navigator of [`Path::recursive_path`].
pub struct Recursive<'a, S: Writable, To: Writable, D> {
    pub(super) body: Rc<D>,
    knot: Rc<Knot<'a, S, To>>,
}

impl<S: Writable, To: Writable> Recursion<'_, S, To> {
    /// Tells the path that goes on with itself from all others.
    pub(super) fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl<S: Writable, To: Writable, D> Recursive<'_, S, To, D> {
    /// As [`Recursion::identity`].
    pub(super) fn identity(&self) -> usize {
        Rc::as_ptr(&self.knot).addr()
    }
}

/// What a path that goes on with itself knows of itself. It does not own itself.
struct Knot<'a, S: Writable, To: Writable> {
    depth: Cell<usize>,
    depth_max: usize,
    reads: OnceCell<Weak<dyn Reads<S, To> + 'a>>,
    writes: OnceCell<Weak<dyn Writes<S, To> + 'a>>,
}

impl<S: Writable, To: Writable> Knot<'_, S, To> {
    fn new(depth_max: usize) -> Self {
        Self { depth: Cell::new(0), depth_max, reads: OnceCell::new(), writes: OnceCell::new() }
    }

    /// One level deeper, until the result is dropped.
    fn deeper(&self) -> Result<Level<'_>, PathError> {
        let depth = self.depth.get();
        if depth == self.depth_max {
            return Err(PathError::TooDeep { limit: self.depth_max });
        }
        self.depth.set(depth + 1);
        Ok(Level(&self.depth))
    }
}

/// A level of a recursion.
struct Level<'a>(&'a Cell<usize>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A navigator behind a dynamic call.
trait Reads<S: Shape, To: Shape> {
    fn select(&self, at: S::Ref<'_>, next: &mut dyn Visitor<To>) -> Walk;
}

impl<S: Shape, To: Shape, D: Navigator<S, To = To>> Reads<S, To> for D {
    fn select(&self, at: S::Ref<'_>, next: &mut dyn Visitor<To>) -> Walk {
        Navigator::select(self, at, &mut Next { next, to: PhantomData })
    }
}

/// The same for writing.
trait Writes<S: Writable, To: Writable> {
    fn transform(&self, at: S::Place<'_>, next: &mut dyn Edits<To>)
    -> Result<S::Change, PathError>;
}

impl<S: Writable, To: Writable, D> Writes<S, To> for D
where
    D: Transform<S> + Navigator<S, To = To>,
{
    fn transform(
        &self,
        at: S::Place<'_>,
        next: &mut dyn Edits<To>,
    ) -> Result<S::Change, PathError> {
        Transform::transform(self, at, &mut Next { next, to: PhantomData })
    }
}

/// An editor behind a dynamic call.
trait Edits<To: Writable> {
    fn edit(&mut self, at: To::Place<'_>) -> Result<To::Change, PathError>;
}

impl<To: Writable, E: Editor<To>> Edits<To> for E {
    fn edit(&mut self, at: To::Place<'_>) -> Result<To::Change, PathError> {
        Editor::edit(self, at)
    }
}

/// What comes next, behind a dynamic call.
struct Next<'a, T: ?Sized, To> {
    next: &'a mut T,
    to: PhantomData<fn() -> To>,
}

impl<To: Shape> Visitor<To> for Next<'_, dyn Visitor<To> + '_, To> {
    fn visit(&mut self, at: To::Ref<'_>) -> Walk {
        self.next.visit(at)
    }
}

impl<To: Writable> Editor<To> for Next<'_, dyn Edits<To> + '_, To> {
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, at: To::Place<'_>) -> Result<To::Change, PathError> {
        self.next.edit(at)
    }
}

impl<'a, S, To, D> Navigator<S> for Recursive<'a, S, To, D>
where
    S: Writable,
    To: Writable,
    D: Navigator<S, To = To> + 'a,
{
    type To = To;
    type Count = Many;

    fn select<N: Visitor<To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.knot
            .reads
            .get_or_init(|| Rc::<D>::downgrade(&self.body) as Weak<dyn Reads<S, To> + 'a>);
        Reads::select(&*self.body, at, next)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, S, To, D> Transform<S> for Recursive<'a, S, To, D>
where
    S: Writable,
    To: Writable,
    D: Transform<S> + Navigator<S, To = To> + 'a,
{
    fn transform<E: Editor<To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        // A condition in the path may read, and go on with the path for that.
        self.knot
            .reads
            .get_or_init(|| Rc::<D>::downgrade(&self.body) as Weak<dyn Reads<S, To> + 'a>);
        self.knot
            .writes
            .get_or_init(|| Rc::<D>::downgrade(&self.body) as Weak<dyn Writes<S, To> + 'a>);
        Writes::transform(&*self.body, at, next)
    }
}

impl<S: Writable, To: Writable> Navigator<S> for Recursion<'_, S, To> {
    type To = To;
    type Count = Many;

    fn select<N: Visitor<To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let Some(body) = self.0.reads.get().and_then(Weak::upgrade) else {
            return Err(PathError::AgainOutside.into());
        };
        let _level = self.0.deeper()?;
        body.select(at, next)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Writable, To: Writable> Transform<S> for Recursion<'_, S, To> {
    fn transform<E: Editor<To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(body) = self.0.writes.get().and_then(Weak::upgrade) else {
            return Err(PathError::AgainOutside);
        };
        let _level = self.0.deeper()?;
        body.transform(at, next)
    }
}

#[cfg(test)]
#[path = "tests/recursive.rs"]
mod tests;
