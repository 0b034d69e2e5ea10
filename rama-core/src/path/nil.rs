//! `nil_to_val` and `NIL_TO_SET`: a default for what is missing (NV-60, NV-61).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Present, Shape};
use super::step::{step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Visitor, Walk};
use std::collections::BTreeSet;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Stays, and puts a default where the value is missing (NV-60).
    ///
    /// In a write the default is only stored as part of what the rest of the path makes of it.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    /// assert_eq!(select_one(&counts, |path| path.keypath("tea").nil_to_val(0))?, 0);
    /// transform(&mut counts, |path| path.keypath("tea").nil_to_val(0).term(|n| n + 1))?;
    /// assert_eq!(counts["tea"], 1);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn nil_to_val<To, N>(self, default: S::Value) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsMaybe<To = To, Step<NilToVal<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(NilToVal(default)))
    }

    /// Stays, and puts an empty set where the set is missing (NV-61).
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::{BTreeMap, BTreeSet};
    /// let mut follows: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    /// assert_eq!(select_one(&follows, |path| path.keypath(1).NIL_TO_SET())?, BTreeSet::new());
    /// transform(&mut follows, |path| path.keypath(1).NIL_TO_SET().NONE_ELEM().termval(2))?;
    /// assert_eq!(follows[&1], BTreeSet::from([2]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn NIL_TO_SET<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsMaybeSet<To = To, Step<NilToSet> = N>,
    {
        self.then(S::step(NilToSet))
    }
}

/// The place of a value that may be missing.
#[diagnostic::on_unimplemented(
    message = "`nil_to_val` has nothing to do: the value on `{Self}` is never missing",
    label = "remove this step",
    note = "`nil_to_val` follows `keypath`, whose key may have no value yet"
)]
pub trait IsMaybe: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsMaybe for Maybe<T> {
    type To = Present<T>;
    step_itself!();
}

/// The place of a set that may be missing.
#[diagnostic::on_unimplemented(
    message = "`NIL_TO_SET` needs the place of a set that may be missing, and the path stands on `{Self}` \
               here",
    label = "there is no missing set",
    note = "`Maybe<BTreeSet<E>>` is where `keypath` leads in a map of sets"
)]
pub trait IsMaybeSet: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<E: Ord + Clone + 'static> IsMaybeSet for Maybe<BTreeSet<E>> {
    type To = Present<BTreeSet<E>>;
    step_itself!();
}

through_collected! {
    IsMaybe { => To }
    IsMaybeSet { => To }
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
