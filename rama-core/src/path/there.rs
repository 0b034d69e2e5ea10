//! `PRESENT` and `SOME`: to a value if it is there.

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Present, Shape};
use super::step::{step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on if there is a value (NV-50): after it the value is surely there. `keypath(k).PRESENT()` is
    /// `must(k)`.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36)]);
    /// assert!(select(&ages, |path| path.keypath("bob").PRESENT())?.is_empty());
    /// transform(&mut ages, |path| path.keypath("ada").PRESENT().term(|age| age + 1))?;
    /// transform(&mut ages, |path| path.keypath("bob").PRESENT().termval(7))?;
    /// assert_eq!(ages, BTreeMap::from([("ada", 37)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn PRESENT<To, N>(self) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: MayBeThere<To = To, Step<IsThere> = N>,
    {
        self.then(S::step(IsThere))
    }

    /// Goes into an `Option` if there is something in it (NV-50). `NONE` empties it.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![Some(1), None, Some(3)];
    /// assert_eq!(select(&list, |path| path.ALL().SOME())?, [1, 3]);
    /// transform(&mut list, |path| path.ALL().SOME().pred_eq(1).NONE())?;
    /// transform(&mut list, |path| path.ALL().SOME().term(|n| n * 2))?;
    /// assert_eq!(list, [None, None, Some(6)]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn SOME<To, N>(self) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: IsOption<To = To, Step<IsSome> = N>,
    {
        self.then(S::step(IsSome))
    }
}

/// The place of a value that may be missing.
#[diagnostic::on_unimplemented(
    message = "`PRESENT` has nothing to do: the value on `{Self}` is never missing",
    label = "remove this step",
    note = "`PRESENT` follows `keypath`, whose key may have no value; into an `Option` goes `SOME`"
)]
pub trait MayBeThere: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> MayBeThere for Maybe<T> {
    type To = Present<T>;
    step_itself!();
}

/// An `Option` that is there.
#[diagnostic::on_unimplemented(
    message = "`SOME` needs an `Option`, and the path stands on `{Self}` here",
    label = "there is no `Option` here",
    note = "for the place of a value that may be missing (`Maybe<T>`) there is `PRESENT`"
)]
pub trait IsOption: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsOption for Present<Option<T>> {
    type To = Present<T>;
    step_itself!();
}

through_collected! {
    MayBeThere { => To }
    IsOption { => To }
}

/// Navigator of [`Path::PRESENT`].
#[derive(Clone, Copy, Debug)]
pub struct IsThere;

/// Navigator of [`Path::SOME`].
#[derive(Clone, Copy, Debug)]
pub struct IsSome;

impl<T: 'static> Navigator<Maybe<T>> for IsThere {
    type To = Present<T>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, at: Option<&T>, next: &mut N) -> Walk {
        at.map_or(Ok(()), |value| next.visit(value))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Transform<Maybe<T>> for IsThere {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Option<Hold<'_, T>>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        at.map_or(Ok(Change::Kept), |value| next.edit(value))
    }
}

impl<T: 'static> Navigator<Present<Option<T>>> for IsSome {
    type To = Present<T>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, at: &Option<T>, next: &mut N) -> Walk {
        at.as_ref().map_or(Ok(()), |value| next.visit(value))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Transform<Present<Option<T>>> for IsSome {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Hold<'_, Option<T>>,
        next: &mut E,
    ) -> Result<Change<Option<T>>, PathError> {
        at.edit(|option| {
            let Some(value) = option else { return Ok(false) };
            match next.edit(Hold::Lent(value))? {
                Change::Kept => return Ok(false),
                Change::InPlace => {}
                Change::Set(new) => *option = Some(new),
                Change::Removed => *option = None,
            }
            Ok(true)
        })
    }
}
