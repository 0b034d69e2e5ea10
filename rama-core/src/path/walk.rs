//! Reading along a path: navigators in continuation style.
//!
//! A navigator hands every place it leads to to its visitor, which may be the next navigator. No closures
//! and no boxes, so a path compiles to the loop one would have written by hand, and whatever guards a
//! store needs live on the stack of the walk.

use super::rows::{LeadingKey, Pager};
use super::{Cardinality, Many, One, PathError, Shape};

/// Goes on, or ends the whole walk.
pub type Walk = Result<(), Halt>;

/// Why a walk ended before its end.
#[derive(Debug)]
pub enum Halt {
    /// The visitor has what it wanted.
    Enough,
    /// The walk failed. In a box, so that a walk that goes on is one word to hand back.
    Failed(Box<PathError>),
}

impl From<PathError> for Halt {
    fn from(error: PathError) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// What waits at the end of a navigator.
pub trait Visitor<S: Shape> {
    /// Called once for each place.
    ///
    /// # Errors
    /// [`Halt`] ends the walk; navigators pass it up at once.
    fn visit(&mut self, at: S::Ref<'_>) -> Walk;
}

/// One step of a path, standing on the shape `S`.
pub trait Navigator<S: Shape> {
    /// What the step leads to.
    type To: Shape;
    /// How many places it leads to.
    type Count: Cardinality;

    /// Calls `next` with each place the step leads to.
    ///
    /// # Errors
    /// Whatever `next` returns, and failing stores.
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk;

    /// Whether it stays on the structure where it stands, so that the key of the step after it is the leading
    /// key just as well.
    const STAYS: bool = false;

    /// Whether it scans the rows of a structure, so that a select can run in pages.
    const SCANS: bool = false;

    /// As [`Navigator::select`], for the rows of a page only.
    ///
    /// # Errors
    /// As [`Navigator::select`]; a full page ends the walk with [`Halt::Enough`].
    fn select_page<N: Visitor<Self::To>>(
        &self,
        at: S::Ref<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        let _ = pager;
        self.select(at, next)
    }

    /// The leading key, when the path starts in the rows of a PState and its first step goes to one of them: it
    /// chooses the task that has the row.
    fn home(&self) -> Option<&dyn LeadingKey> {
        None
    }
}

/// The path that stays where it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start;

impl<S: Shape> Navigator<S> for Start {
    type To = S;
    type Count = One;
    const STAYS: bool = true;

    #[inline]
    fn select<N: Visitor<S>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(at)
    }
}

/// The path that stays where it is, and comes there any number of times.
#[derive(Clone, Copy, Debug, Default)]
pub struct Again;

impl<S: Shape> Navigator<S> for Again {
    type To = S;
    type Count = Many;
    const STAYS: bool = true;

    #[inline]
    fn select<N: Visitor<S>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(at)
    }
}

/// One path, and another from wherever the first one leads.
#[derive(Clone, Copy, Debug)]
pub struct Then<A, B>(pub(super) A, pub(super) B);

impl<S: Shape, A: Navigator<S>, B: Navigator<A::To>> Navigator<S> for Then<A, B> {
    type To = B::To;
    type Count = <A::Count as Cardinality>::And<B::Count>;

    #[inline]
    fn select<N: Visitor<B::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.0.select(at, &mut Step { navigator: &self.1, next })
    }

    const STAYS: bool = A::STAYS && B::STAYS;
    const SCANS: bool = A::SCANS || <A::Count as Cardinality>::SINGLE && B::SCANS;

    fn select_page<N: Visitor<B::To>>(
        &self,
        at: S::Ref<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        let Self(first, second) = self;
        if A::SCANS {
            first.select_page(at, pager, &mut Step { navigator: second, next })
        } else if <A::Count as Cardinality>::SINGLE && B::SCANS {
            first.select(at, &mut PageStep { navigator: second, pager, next })
        } else {
            self.select(at, next)
        }
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        if A::STAYS { self.1.home() } else { self.0.home() }
    }
}

/// A navigator and what comes after it, as what comes after the navigator before it.
pub(super) struct Step<'a, B, N> {
    pub(super) navigator: &'a B,
    pub(super) next: &'a mut N,
}

impl<S: Shape, B: Navigator<S>, N: Visitor<B::To>> Visitor<S> for Step<'_, B, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.navigator.select(at, self.next)
    }
}

/// As [`Step`], where the next navigator is the one whose scan has the pages.
struct PageStep<'a, B, N> {
    navigator: &'a B,
    pager: &'a mut Pager,
    next: &'a mut N,
}

impl<S: Shape, B: Navigator<S>, N: Visitor<B::To>> Visitor<S> for PageStep<'_, B, N> {
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.navigator.select_page(at, self.pager, self.next)
    }
}
