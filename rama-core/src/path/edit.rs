//! Writing along a path.
//!
//! The end of the path says what becomes of the value it got, each step before it puts that into the
//! value around it, and the rows of the PState come last. So an edit that changes nothing leaves no trace,
//! and parents come into being only when something is set in them.

use super::shape::Writable;
use super::walk::{Again, Start, Step, Then};
use super::{Navigator, PathError};

/// What a whole transform did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Nothing was written.
    Kept,
    /// Something was written.
    Changed,
}

impl From<bool> for Edit {
    fn from(changed: bool) -> Self {
        if changed { Self::Changed } else { Self::Kept }
    }
}

/// What becomes of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub enum Change<T> {
    /// It stays as it was.
    Kept,
    /// It was edited where it stands.
    InPlace,
    /// This value takes its place, also when there was none.
    Set(T),
    /// It leaves the collection around it.
    Removed,
}

/// How much of a value an [`Editor`] needs, so that nothing is read or copied in vain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// Nothing: a place that may be missing is given as missing, unread. Answers `Set` or `Removed`.
    Nothing,
    /// The value, where it stands.
    Lent,
    /// The value itself, if it can be moved out more cheaply than copied. Answers `Set` or `InPlace`.
    Given,
}

impl Want {
    /// Whether a value of type `T` should be moved out of its place: not when a copy costs nothing.
    pub(super) const fn moves<T>(self) -> bool {
        matches!(self, Self::Given) && std::mem::needs_drop::<T>()
    }
}

/// What waits at the end of a navigator in a transform.
pub trait Editor<S: Writable> {
    /// How much of the value it needs.
    const WANTS: Want;
    /// Whether it removes whatever it gets, so that nobody need look whether there is something.
    const REMOVES: bool = false;

    /// Called once for each place; says what becomes of it.
    ///
    /// # Errors
    /// [`PathError`] ends the transform. What was edited before stays edited: whoever keeps the rows
    /// throws them away.
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError>;
}

/// A navigator that can also write.
#[diagnostic::on_unimplemented(
    message = "this path cannot write: one of its steps can only read",
    label = "nothing can be written here",
    note = "`view` can only write when its function gives back the type it was given"
)]
pub trait Transform<S: Writable>: Navigator<S, To: Writable> {
    /// Whether it always leads to the value it stands on, so that what is not needed after it need not be read
    /// before it. Not for steps that may stop, such as filters: a value that was moved out must be given back.
    const SAME_VALUE: bool = false;

    /// Calls `next` with each place the step leads to and puts the changes into the value it stands on.
    ///
    /// # Errors
    /// Those of `next`, and failing stores.
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError>;
}

impl<S: Writable> Transform<S> for Start {
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

impl<S: Writable> Transform<S> for Again {
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

impl<S: Writable, A: Transform<S>, B: Transform<A::To>> Transform<S> for Then<A, B> {
    const SAME_VALUE: bool = A::SAME_VALUE && B::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<B::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.0.transform(at, &mut Step { navigator: &self.1, next })
    }
}

impl<S: Writable, B: Transform<S>, E: Editor<B::To>> Editor<S> for Step<'_, B, E> {
    const WANTS: Want = if B::SAME_VALUE { E::WANTS } else { Want::Lent };
    const REMOVES: bool = B::SAME_VALUE && E::REMOVES;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        self.navigator.transform(at, self.next)
    }
}
