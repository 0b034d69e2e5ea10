//! The path under construction: one method per navigator, and terminals that turn it into a [`WritePath`].

use super::PathError;
use super::count::{AtMostOne, Cardinality, Many, One};
use super::each::{All, HasElements, HasValues, MapVals};
use super::edit::{Editor, Transform, Want};
use super::key::{KeyOf, Keyed, Keypath, Must};
use super::nil::{IsMaybe, IsMaybeSet, NilToSet, NilToVal};
use super::search::Found;
use super::set::{IsSet, NoneElem, SetElem};
use super::shape::{Maybe, Present, Shape, Void, Writable};
use super::view::{View, Visible};
use super::walk::{Navigator, Start, Then, Visitor, Walk};
use crate::partition::KeyHash;
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// Where a path begins: a handle of a PState in dataflow, or just a shape ([`Bare`]).
pub trait Origin {
    /// The shape that the path begins on.
    type Root: Writable;
}

/// An origin that is only the shape `S`: the path is applied to something given elsewhere.
pub struct Bare<S>(PhantomData<fn() -> S>);

impl<S> Bare<S> {
    /// The origin.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S> Default for Bare<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Writable> Origin for Bare<S> {
    type Root = S;
}

/// A path from the origin `R` along the navigators `P`, which stands on the shape `S` at `C` places.
///
/// Nobody writes this type: a path begins at a handle or as the argument of a closure, and each method
/// returns the longer path.
#[must_use = "a path does nothing until it is given to a select"]
pub struct Path<R, P, S, C> {
    origin: R,
    navigator: P,
    stands_on: PhantomData<fn() -> (S, C)>,
}

/// A path that ends in the terminal `T`: only a transform takes it.
#[must_use = "a path does nothing until it is given to a transform"]
pub struct WritePath<R, P, T> {
    origin: R,
    navigator: P,
    terminal: T,
}

/// A path that can be given to a select.
#[diagnostic::on_unimplemented(
    message = "this path cannot be given to a select",
    label = "a path that ends in `termval`, `term`, `update` or `NONE` writes",
    note = "remove the terminal, or give the path to a transform"
)]
pub trait SelectPath {
    /// What the path was made with.
    type Origin: Origin<Root = Self::From>;
    /// The shape it begins on.
    type From: Writable;
    /// The shape it ends on.
    type To: Found<Out = Self::Out>;
    /// How many places it leads to.
    type Count: Cardinality<Picked<Self::Out> = Self::One>;
    /// What a select hands out for each place.
    type Out;
    /// What `select_one` answers.
    type One;

    /// What the path was made with.
    fn origin(&self) -> &Self::Origin;

    /// The hash of the leading key, if the path begins with one: it has the values at home.
    fn home(&self) -> Option<KeyHash>;

    /// Calls `end` with every place the path leads to.
    ///
    /// # Errors
    /// Those of `end`, and failing stores.
    fn walk<N: Visitor<Self::To>>(&self, at: <Self::From as Shape>::Ref<'_>, end: &mut N) -> Walk;
}

impl<R, P, S, C> SelectPath for Path<R, P, S, C>
where
    R: Origin,
    P: Navigator<R::Root, To = S, Count = C>,
    S: Found,
    C: Cardinality,
{
    type Origin = R;
    type From = R::Root;
    type To = S;
    type Count = C;
    type Out = S::Out;
    type One = C::Picked<S::Out>;

    fn origin(&self) -> &R {
        &self.origin
    }

    fn home(&self) -> Option<KeyHash> {
        self.navigator.home()
    }

    #[inline]
    fn walk<N: Visitor<S>>(&self, at: <R::Root as Shape>::Ref<'_>, end: &mut N) -> Walk {
        self.navigator.select(at, end)
    }
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

    /// The hash of the leading key, if the path begins with one: it has the values at home.
    fn home(&self) -> Option<KeyHash>;

    /// The path as the editor of what it begins on. It edits once.
    fn into_editor(self) -> impl Editor<Self::From>;
}

impl<R, P, T> TransformPath for WritePath<R, P, T>
where
    R: Origin,
    P: Transform<R::Root>,
    T: Editor<P::To>,
{
    type Origin = R;
    type From = R::Root;

    fn origin(&self) -> &R {
        &self.origin
    }

    fn home(&self) -> Option<KeyHash> {
        self.navigator.home()
    }

    #[inline]
    fn into_editor(self) -> impl Editor<R::Root> {
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

impl<R, P, S, C> Path<R, P, S, C> {
    pub(super) fn end<W: From<P>, T>(self, terminal: T) -> WritePath<R, W, T> {
        WritePath { origin: self.origin, navigator: self.navigator.into(), terminal }
    }
}

// The types that follow from `S` are parameters of the methods, not projections in their results: with a
// projection rustc would say "method not found" where the shape does not fit, instead of our message. Even
// the type of the step is found in this way (`N`), because where it is unknown rustc says nothing more.

/// Navigators.
impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    fn then<N, To, D>(self, step: N) -> Path<R, Then<P, N>, To, D> {
        let navigator = Then(self.navigator, step);
        Path { origin: self.origin, navigator, stands_on: PhantomData }
    }

    /// Goes to the place of a key's value, also when there is none yet (NV-01). As the first step into a
    /// PState it chooses the partition.
    ///
    /// Reading gives `Some(value)` or `None`. Writing a value creates the entry, and the maps around it as
    /// far as they are missing; `NONE` removes the entry. With `termval` or `NONE` right after it, the row
    /// of a PState is written without being read.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut likes: BTreeMap<String, BTreeMap<u64, bool>> = BTreeMap::new();
    /// assert_eq!(select_one(&likes, |path| path.keypath("ada").keypath(1))?, None);
    /// transform(&mut likes, |path| path.keypath("ada").keypath(1).termval(true))?;
    /// assert_eq!(select_one(&likes, |path| path.keypath("ada").keypath(1))?, Some(true));
    /// transform(&mut likes, |path| path.keypath("ada").NONE())?;
    /// assert!(likes.is_empty());
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn keypath<Q, K, V, N>(self, key: Q) -> Path<R, Then<P, N>, Maybe<V>, C::And<One>>
    where
        S: Keyed<Key = K, Entry = V, Step<Keypath<K>> = N>,
        N: From<Keypath<K>>,
        Q: KeyOf<K>,
    {
        self.then(Keypath(key.into_key()).into())
    }

    /// Goes to the value of a key if there is one, and nowhere otherwise (NV-02). As the first step into a
    /// PState it chooses the partition.
    ///
    /// Writing changes values that exist and creates none; `NONE` removes the entry.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.must("ada"))?, [36]);
    /// assert_eq!(select(&ages, |path| path.must("bob"))?, []);
    /// transform(&mut ages, |path| path.must("ada").term(|age| age + 1))?;
    /// transform(&mut ages, |path| path.must("bob").termval(7))?;
    /// assert_eq!(ages, BTreeMap::from([("ada".to_owned(), 37)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn must<Q, K, V, N>(self, key: Q) -> Path<R, Then<P, N>, Present<V>, C::And<AtMostOne>>
    where
        S: Keyed<Key = K, Entry = V, Step<Must<K>> = N>,
        N: From<Must<K>>,
        Q: KeyOf<K>,
    {
        self.then(Must(key.into_key()).into())
    }

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
    pub fn nil_to_val<T, N>(self, default: S::Value) -> Path<R, Then<P, N>, Present<T>, C::And<One>>
    where
        S: IsMaybe<Inner = T, Step<NilToVal<<S as Shape>::Value>> = N>,
        N: From<NilToVal<<S as Shape>::Value>>,
    {
        self.then(NilToVal(default).into())
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
    #[expect(clippy::type_complexity, reason = "an alias would hide where the path leads")]
    pub fn NIL_TO_SET<T, N>(self) -> Path<R, Then<P, N>, Present<BTreeSet<T>>, C::And<One>>
    where
        S: IsMaybeSet<Elem = T, Step<NilToSet> = N>,
        N: From<NilToSet>,
    {
        self.then(NilToSet.into())
    }

    /// Goes to every element of a list or set, and to every entry of a map, as a pair of key and value
    /// (NV-06, NV-22, NV-43). A missing collection has none.
    ///
    /// Writing replaces elements in lists and sets, and `NONE` removes them; in a set, elements that become
    /// equal become one. Entries of maps can only be read: [`Path::MAP_VALS`] writes.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut list = vec![1, 2, 3];
    /// transform(&mut list, |path| path.ALL().term(|n| n * 2))?;
    /// assert_eq!(select(&list, |path| path.ALL())?, [2, 4, 6]);
    /// let ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.ALL())?, [("ada".to_owned(), 36)]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn ALL<T, N>(self) -> Path<R, Then<P, N>, T, C::And<Many>>
    where
        S: HasElements<Element = T, Step<All> = N>,
        N: From<All>,
    {
        self.then(All.into())
    }

    /// Goes to every value of a map (NV-03). A missing map has none.
    ///
    /// Writing replaces the values, and `NONE` removes the entries.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36), ("bob", 7)]);
    /// transform(&mut ages, |path| path.MAP_VALS().update(|age| *age += 1))?;
    /// assert_eq!(select(&ages, |path| path.MAP_VALS())?, [37, 8]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn MAP_VALS<V, N>(self) -> Path<R, Then<P, N>, Present<V>, C::And<Many>>
    where
        S: HasValues<Entry = V, Step<MapVals> = N>,
        N: From<MapVals>,
    {
        self.then(MapVals.into())
    }

    /// Goes to an element of a set if it is there, and nowhere otherwise (NV-40).
    ///
    /// Writing replaces the element, and `NONE` removes it.
    ///
    /// ```
    /// use rama_core::path::{selected_any, transform};
    /// use std::collections::BTreeSet;
    /// let mut tags = BTreeSet::from(["db".to_owned(), "rust".to_owned()]);
    /// assert!(selected_any(&tags, |path| path.set_elem("db"))?);
    /// transform(&mut tags, |path| path.set_elem("db").NONE())?;
    /// assert_eq!(tags, BTreeSet::from(["rust".to_owned()]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn set_elem<Q, T, N>(self, element: Q) -> Path<R, Then<P, N>, Present<T>, C::And<AtMostOne>>
    where
        S: IsSet<Elem = T, Step<SetElem<T>> = N>,
        N: From<SetElem<T>>,
        Q: KeyOf<T>,
    {
        self.then(SetElem(element.into_key()).into())
    }

    /// Goes to the place of a new element of a set (NV-41). There is nothing to read; `termval` adds the
    /// element, to a new set if there was none.
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeSet;
    /// let mut tags: BTreeSet<String> = BTreeSet::new();
    /// transform(&mut tags, |path| path.NONE_ELEM().termval("rust".to_owned()))?;
    /// assert_eq!(tags, BTreeSet::from(["rust".to_owned()]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn NONE_ELEM<T, N>(self) -> Path<R, Then<P, N>, Void<T>, C::And<One>>
    where
        S: IsSet<Elem = T, Step<NoneElem> = N>,
        N: From<NoneElem>,
    {
        self.then(NoneElem.into())
    }

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
    pub fn view<U, F, N>(self, function: F) -> Path<R, Then<P, N>, Present<U>, C::And<One>>
    where
        S: Visible<Step<View<F, U>> = N>,
        N: From<View<F, U>>,
        F: Fn(S::Ref<'_>) -> U,
        U: 'static,
    {
        self.then(View::new(function).into())
    }
}
