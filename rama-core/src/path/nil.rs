//! `nil_to_val`, `NIL_TO_SET`, `NIL_TO_LIST`, `NIL_TO_MAP` and `none_to_val`: a default for what is missing
//! (NV-60, NV-61, NV-64).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Maybe, Present, Shape, Void};
use super::step::{step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};

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

    /// Stays, and puts an empty list where the list is missing (NV-61).
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut posts: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    /// assert!(select_one(&posts, |path| path.keypath(1).NIL_TO_LIST())?.is_empty());
    /// transform(&mut posts, |path| path.keypath(1).NIL_TO_LIST().update(|list| list.push("hello")))?;
    /// assert_eq!(posts[&1], ["hello"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn NIL_TO_LIST<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsMaybeList<To = To, Step<NilToList> = N>,
    {
        self.then(S::step(NilToList))
    }

    /// Stays, and puts an empty map where the map is missing. The original has no such step, because there every
    /// navigator makes of nothing what it needs.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages: BTreeMap<u64, BTreeMap<&str, u8>> = BTreeMap::new();
    /// assert_eq!(select_one(&ages, |path| path.keypath(1).NIL_TO_MAP().view(|map| map.len()))?, 0);
    /// transform(&mut ages, |path| path.keypath(1).NIL_TO_MAP().update(|map| drop(map.insert("ada", 36))))?;
    /// assert_eq!(ages[&1]["ada"], 36);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn NIL_TO_MAP<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsMaybeMap<To = To, Step<NilToMap> = N>,
    {
        self.then(S::step(NilToMap))
    }

    /// Stays at the place of a new element, and puts a value there for the rest of the path to work on (NV-64).
    /// Without a write nothing is added.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeSet;
    /// let mut set = BTreeSet::from([1]);
    /// assert_eq!(select(&set, |path| path.NONE_ELEM().none_to_val(7))?, [7]);
    /// transform(&mut set, |path| path.NONE_ELEM().none_to_val(7).term(|n| n + 1))?;
    /// assert_eq!(set, BTreeSet::from([1, 8]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn none_to_val<To, N>(self, value: S::Value) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsVoid<To = To, Step<NoneToVal<<S as Shape>::Value>> = N>,
    {
        self.then(S::step(NoneToVal(value)))
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

/// The place of a list that may be missing.
#[diagnostic::on_unimplemented(
    message = "`NIL_TO_LIST` needs the place of a list that may be missing, and the path stands on `{Self}` \
               here",
    label = "there is no missing list",
    note = "`Maybe<Vec<T>>` is where `keypath` leads in a map of lists"
)]
pub trait IsMaybeList: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsMaybeList for Maybe<Vec<T>> {
    type To = Present<Vec<T>>;
    step_itself!();
}

/// The place of a map that may be missing.
#[diagnostic::on_unimplemented(
    message = "`NIL_TO_MAP` needs the place of a map that may be missing, and the path stands on `{Self}` here",
    label = "there is no missing map",
    note = "`Maybe<BTreeMap<K, V>>` is where `keypath` leads in a map of maps"
)]
pub trait IsMaybeMap: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> IsMaybeMap for Maybe<BTreeMap<K, V>> {
    type To = Present<BTreeMap<K, V>>;
    step_itself!();
}

/// The place of a new element.
#[diagnostic::on_unimplemented(
    message = "`none_to_val` needs the place of a new element, and the path stands on `{Self}` here",
    label = "this is not the place of a new element",
    note = "`NONE_ELEM` leads to one; for a value that may be missing there is `nil_to_val`"
)]
pub trait IsVoid: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsVoid for Void<T> {
    type To = Present<T>;
    step_itself!();
}

through_collected! {
    IsMaybe { => To }
    IsMaybeSet { => To }
    IsMaybeList { => To }
    IsMaybeMap { => To }
    IsVoid { => To }
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

/// Navigators that put an empty collection where there is none.
macro_rules! to_empty {
    ($([$($parameter:tt)*] $navigator:ident: $collection:ty;)*) => {$(
        impl<$($parameter)*> Navigator<Maybe<$collection>> for $navigator {
            type To = Present<$collection>;
            type Count = One;

            #[inline]
            fn select<N: Visitor<Self::To>>(
                &self,
                at: Option<&$collection>,
                next: &mut N,
            ) -> Walk {
                next.visit(at.unwrap_or(&<$collection>::new()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Transform<Maybe<$collection>> for $navigator {
            const SAME_VALUE: bool = true;

            #[inline]
            fn transform<E: Editor<Self::To>>(
                &self,
                at: Option<Hold<'_, $collection>>,
                next: &mut E,
            ) -> Result<Change<$collection>, PathError> {
                next.edit(at.unwrap_or_else(|| Hold::Given(<$collection>::new())))
            }
        }
    )*};
}

to_empty! {
    [T: Ord + 'static] NilToSet: BTreeSet<T>;
    [T: 'static] NilToList: Vec<T>;
    [K: 'static, V: 'static] NilToMap: BTreeMap<K, V>;
}

/// Navigator of [`Path::NIL_TO_LIST`](super::Path::NIL_TO_LIST).
#[derive(Clone, Copy, Debug)]
pub struct NilToList;

/// Navigator of [`Path::NIL_TO_MAP`](super::Path::NIL_TO_MAP).
#[derive(Clone, Copy, Debug)]
pub struct NilToMap;

/// Navigator of [`Path::none_to_val`](super::Path::none_to_val).
#[derive(Clone, Debug)]
pub struct NoneToVal<T>(pub(super) T);

impl<T: 'static> Navigator<Void<T>> for NoneToVal<T> {
    type To = Present<T>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, (): (), next: &mut N) -> Walk {
        next.visit(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Transform<Void<T>> for NoneToVal<T> {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        (): (),
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        next.edit(Hold::Given(self.0.clone()))
    }
}
