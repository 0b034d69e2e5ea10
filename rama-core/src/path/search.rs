//! The visitors at the end of a select: what is collected and when the walk may stop.

use super::shape::{Maybe, Pair, Present, Shape};
use super::{Cardinality, Collected, Halt, PathError, Visitor, Walk, With};

/// A shape on which a select can end: it hands out an owned value.
#[diagnostic::on_unimplemented(
    message = "a select cannot end on `{Self}`",
    label = "this path ends where there is no value to hand out",
    note = "go on to a value: from the rows of a PState with `keypath`, `must`, `ALL` or `MAP_VALS`; \
            `NONE_ELEM` is only for writing",
    note = "what is handed out is a copy, so its type must be `Clone`"
)]
pub trait Found: Shape {
    /// What is handed out: `T`, `Option<T>` for a value that may be missing, `(K, V)` for an entry.
    type Out;

    /// Copies it out.
    ///
    /// # Errors
    /// [`PathError::Storage`] where rows are read only now: a range of rows in storage.
    fn found(at: Self::Ref<'_>) -> Result<Self::Out, PathError>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Found for Present<T> {
    type Out = T;

    #[inline]
    fn found(at: &T) -> Result<T, PathError> {
        Ok(at.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Found for Maybe<T> {
    type Out = Option<T>;

    #[inline]
    fn found(at: Option<&T>) -> Result<Option<T>, PathError> {
        Ok(at.cloned())
    }
}

#[diagnostic::do_not_recommend]
impl<K: Clone + 'static, S: Found> Found for Pair<K, S> {
    type Out = (K, S::Out);

    #[inline]
    fn found((key, value): (&K, S::Ref<'_>)) -> Result<Self::Out, PathError> {
        Ok((key.clone(), S::found(value)?))
    }
}

#[diagnostic::do_not_recommend]
impl<L: Collected, S: Found> Found for With<L, S> {
    type Out = L::Owned<S::Out>;

    #[inline]
    fn found((list, at): (&L, S::Ref<'_>)) -> Result<Self::Out, PathError> {
        Ok(list.owned(S::found(at)?))
    }
}

/// Takes everything.
pub(super) struct Every<S: Found>(Vec<S::Out>);

/// Takes the first value and counts up to `wanted` of them.
pub(super) struct First<S: Found> {
    first: Option<S::Out>,
    found: usize,
    wanted: usize,
}

/// Takes nothing, but knows whether something was there.
pub(super) struct Something(bool);

impl<S: Found> Visitor<S> for Every<S> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.0.push(S::found(at)?);
        Ok(())
    }
}

impl<S: Found> Visitor<S> for First<S> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.found += 1;
        if self.first.is_none() {
            self.first = Some(S::found(at)?);
        }
        if self.found < self.wanted { Ok(()) } else { Err(Halt::Enough) }
    }
}

impl<S: Shape> Visitor<S> for Something {
    #[inline]
    fn visit(&mut self, _: S::Ref<'_>) -> Walk {
        self.0 = true;
        Err(Halt::Enough)
    }
}

/// All values that the walk finds, in its order.
#[inline]
pub(super) fn every<S: Found>(
    walk: impl FnOnce(&mut Every<S>) -> Walk,
) -> Result<Vec<S::Out>, PathError> {
    let mut every = Every(Vec::new());
    finish(walk(&mut every))?;
    Ok(every.0)
}

/// The only value, as the number of places promises it. Stops at the second one.
#[inline]
pub(super) fn one<S: Found, C: Cardinality>(
    walk: impl FnOnce(&mut First<S>) -> Walk,
) -> Result<C::Picked<S::Out>, PathError> {
    let mut first = First { first: None, found: 0, wanted: 2 };
    finish(walk(&mut first))?;
    C::pick(first.first, first.found)
}

/// The first value. Stops there.
#[inline]
pub(super) fn any<S: Found>(
    walk: impl FnOnce(&mut First<S>) -> Walk,
) -> Result<Option<S::Out>, PathError> {
    let mut first = First { first: None, found: 0, wanted: 1 };
    finish(walk(&mut first))?;
    Ok(first.first)
}

/// Whether there is a value. Stops at the first one and copies nothing.
#[inline]
pub(super) fn something(walk: impl FnOnce(&mut Something) -> Walk) -> Result<bool, PathError> {
    let mut something = Something(false);
    finish(walk(&mut something))?;
    Ok(something.0)
}

/// The result of a walk that its end may have ended early.
#[inline]
pub(super) fn finish(walk: Walk) -> Result<(), PathError> {
    match walk {
        Ok(()) | Err(Halt::Enough) => Ok(()),
        Err(Halt::Failed(error)) => Err(*error),
    }
}
