//! The ends of paths that write: `termval`, `term`, `update`, `NONE` (NV-90 to NV-92).

use super::PathError;
use super::builder::{Origin, Path, WritePath};
use super::count::{Cardinality, Many, Single};
use super::edit::{Change, Editor, Want};
use super::removes::Removes;
use super::rows::{Fate, Fields, RowList, RowSet, Rows, RowsMut};
use super::shape::{Hold, Maybe, Pair, PairChange, Present, Shape, Void, Writable};
use super::step::{step, step_itself};
use super::{Collected, Under, With};

/// Terminals of all paths.
impl<R: Origin, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Removes what the path leads to from the collection around it; a row from the PState (NV-92).
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// transform(&mut ages, |path| path.keypath("ada").NONE())?;
    /// assert!(ages.is_empty());
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn NONE<W, T>(self) -> WritePath<R, W, T>
    where
        S: Removable<Step<Remove> = T, Way<P> = W>,
        P: Removes<R::Root>,
    {
        self.end(S::way, S::step(Remove))
    }
}

/// Terminals of paths that lead to one place at most: their functions run at most once, so they may move
/// what they captured.
impl<R: Origin, P, S: Shape, M> Path<R, P, S, Single<M>> {
    /// Writes a value (NV-91).
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::new();
    /// transform(&mut names, |path| path.keypath(1).termval("ada".to_owned()))?;
    /// assert_eq!(names[&1], "ada");
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn termval<W, T>(self, value: S::Value) -> WritePath<R, W, T>
    where
        S: Assignable<Step<Termval<Once<<S as Shape>::Value>>> = T, Way<P> = W>,
    {
        self.end(S::way, S::step(Termval(Once(Some(value)))))
    }

    /// Replaces the value by what a function makes of it (NV-90). A value that may be missing needs
    /// `nil_to_val` before this.
    ///
    /// The function gets the value itself. Where it cannot be moved out of its place it gets a copy; for
    /// big values [`Path::update`] never copies.
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// transform(&mut ages, |path| path.must("ada").term(|age| age + 1))?;
    /// transform(&mut ages, |path| path.keypath("bob").nil_to_val(0).term(|age| age + 1))?;
    /// assert_eq!((ages["ada"], ages["bob"]), (37, 1));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn term<F, W, T>(self, function: F) -> WritePath<R, W, T>
    where
        S: IsPresent<Step<Term<Once<F>>> = T, Way<P> = W>,
        S::Value: Clone,
        F: FnOnce(S::Args<'_, <S as Shape>::Value>) -> S::Value,
    {
        self.end(S::way, S::step(Term(Once(Some(function)))))
    }

    /// Lets a function edit the value where it stands, without a copy. Like [`Path::term`] it needs a
    /// value. The original has only `term`, because its values are immutable.
    ///
    /// ```
    /// use rama_core::path::transform;
    /// use std::collections::BTreeMap;
    /// let mut posts: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    /// let post = "hello".to_owned();
    /// transform(&mut posts, |path| path.keypath(1).nil_to_val(vec![]).update(|list| list.push(post)))?;
    /// assert_eq!(posts[&1], ["hello"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn update<F, W, T>(self, function: F) -> WritePath<R, W, T>
    where
        S: IsPresent<Step<Update<Once<F>>> = T, Way<P> = W>,
        F: FnOnce(S::Args<'_, &mut <S as Shape>::Value>),
    {
        self.end(S::way, S::step(Update(Once(Some(function)))))
    }
}

/// Terminals of paths that may lead to many places: their functions run once for each.
impl<R: Origin, P, S: Shape> Path<R, P, S, Many> {
    /// Writes a copy of a value to each place (NV-91).
    ///
    /// ```
    /// let mut list = vec![1, 2, 3];
    /// rama_core::path::transform(&mut list, |path| path.ALL().termval(0))?;
    /// assert_eq!(list, [0, 0, 0]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn termval<W, T>(self, value: S::Value) -> WritePath<R, W, T>
    where
        S: Assignable<Step<Termval<Each<<S as Shape>::Value>>> = T, Way<P> = W>,
        S::Value: Clone,
    {
        self.end(S::way, S::step(Termval(Each(value))))
    }

    /// Replaces each value by what a function makes of it (NV-90).
    ///
    /// ```
    /// let mut list = vec![1, 2, 3];
    /// rama_core::path::transform(&mut list, |path| path.ALL().term(|n| n * 2))?;
    /// assert_eq!(list, [2, 4, 6]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn term<F, W, T>(self, function: F) -> WritePath<R, W, T>
    where
        S: IsPresent<Step<Term<Each<F>>> = T, Way<P> = W>,
        S::Value: Clone,
        F: FnMut(S::Args<'_, <S as Shape>::Value>) -> S::Value,
    {
        self.end(S::way, S::step(Term(Each(function))))
    }

    /// Lets a function edit each value where it stands, without copies.
    ///
    /// ```
    /// let mut words = vec!["a".to_owned(), "b".to_owned()];
    /// rama_core::path::transform(&mut words, |path| path.ALL().update(|word| word.push('!')))?;
    /// assert_eq!(words, ["a!", "b!"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn update<F, W, T>(self, function: F) -> WritePath<R, W, T>
    where
        S: IsPresent<Step<Update<Each<F>>> = T, Way<P> = W>,
        F: FnMut(S::Args<'_, &mut <S as Shape>::Value>),
    {
        self.end(S::way, S::step(Update(Each(function))))
    }
}

/// In a capability of terminals: the path that leads here, unknown where the terminal does not fit.
macro_rules! way {
    () => {
        /// The path that leads here.
        type Way<P>;

        /// Goes this way.
        fn way<P>(navigator: P) -> Self::Way<P>;
    };
}

/// In an implementation: the way is the path itself.
macro_rules! way_itself {
    () => {
        type Way<P> = P;

        #[inline]
        fn way<P>(navigator: P) -> P {
            navigator
        }
    };
}

/// A shape to which a value can be written.
#[diagnostic::on_unimplemented(
    message = "`termval` needs the place of one value, and the path stands on `{Self}` here",
    label = "this is not the place of a value",
    note = "go to a value first, with `keypath`, `must` or `MAP_VALS`; `LAST` goes from an entry (`Pair<K, V>`) to its value"
)]
pub trait Assignable: Shape {
    way!();
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Assignable for Present<T> {
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Assignable for Maybe<T> {
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> Assignable for Pair<K, Present<V>> {
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Assignable for Void<T> {
    way_itself!();
    step_itself!();
}

/// A shape on which a value surely stands.
#[diagnostic::on_unimplemented(
    message = "there may be no value here: the path stands on `{Self}`",
    label = "insert `nil_to_val(default)` before this, or use `must` instead of `keypath`",
    note = "`term` and `update` work on a value that is there"
)]
pub trait IsPresent: Shape {
    /// What a function gets: the value, and the collected values before it.
    type Args<'a, V>;
    way!();
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsPresent for Present<T> {
    type Args<'a, V> = V;
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, V: 'static> IsPresent for Pair<K, Present<V>> {
    type Args<'a, A> = A;
    way_itself!();
    step_itself!();
}

/// A shape that can be removed from the collection around it.
#[diagnostic::on_unimplemented(
    message = "`NONE` needs the place of one value, and the path stands on `{Self}` here",
    label = "nothing can be removed here",
    note = "`NONE` removes what `keypath`, `must`, `ALL` in lists and sets, `MAP_VALS` or `set_elem` lead to"
)]
pub trait Removable: Shape {
    way!();
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Removable for Present<T> {
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Shape> Removable for Pair<K, S> {
    way_itself!();
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Removable for Maybe<T> {
    way_itself!();
    step_itself!();
}

/// The terminals that have no use for collected values run under them.
macro_rules! ends_under_collected {
    ($($capability:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<L: 'static, S: $capability> $capability for With<L, S> {
            way_itself!();
            type Step<N> = Under<S::Step<N>>;

            #[inline]
            fn step<N>(navigator: N) -> Self::Step<N> {
                Under(S::step(navigator))
            }
        }
    )*};
}

ends_under_collected!(Assignable Removable);

#[diagnostic::do_not_recommend]
impl<L: Collected, T: 'static> IsPresent for With<L, Present<T>> {
    type Args<'a, V> = L::Args<'a, V>;
    way_itself!();
    step_itself!();
}

/// In a terminal: something that is used once at most, and may be moved out.
pub struct Once<T>(pub(super) Option<T>);

/// In a terminal: something that is used any number of times.
pub struct Each<T>(pub(super) T);

/// Gives the value of a `termval`.
pub trait Supply<T> {
    /// The value.
    fn supply(&mut self) -> T;
}

impl<T> Supply<T> for Once<T> {
    #[inline]
    fn supply(&mut self) -> T {
        self.0.take().expect(RUNS_ONCE)
    }
}

impl<T: Clone> Supply<T> for Each<T> {
    #[inline]
    fn supply(&mut self) -> T {
        self.0.clone()
    }
}

/// Runs the function of a `term` or `update`.
pub trait Run<A, O> {
    /// Runs it.
    fn run(&mut self, argument: A) -> O;
}

impl<A, O, F: FnOnce(A) -> O> Run<A, O> for Once<F> {
    #[inline]
    fn run(&mut self, argument: A) -> O {
        self.0.take().expect(RUNS_ONCE)(argument)
    }
}

impl<A, O, F: FnMut(A) -> O> Run<A, O> for Each<F> {
    #[inline]
    fn run(&mut self, argument: A) -> O {
        (self.0)(argument)
    }
}

/// Why what may be used once is still there.
const RUNS_ONCE: &str = "a path to at most one place runs its terminal at most once";

/// Writes a value.
pub struct Termval<G>(pub(super) G);

impl<T: 'static, G: Supply<T>> Editor<Present<T>> for Termval<G> {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, _: Hold<'_, T>) -> Result<Change<T>, PathError> {
        Ok(Change::Set(self.0.supply()))
    }
}

impl<T: 'static, G: Supply<T>> Editor<Maybe<T>> for Termval<G> {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, _: Option<Hold<'_, T>>) -> Result<Change<T>, PathError> {
        Ok(Change::Set(self.0.supply()))
    }
}

impl<T: 'static, G: Supply<T>> Editor<Void<T>> for Termval<G> {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, (): ()) -> Result<Change<T>, PathError> {
        Ok(Change::Set(self.0.supply()))
    }
}

/// Replaces the value by what a function makes of it.
pub struct Term<F>(pub(super) F);

impl<T: Clone + 'static, F: Run<T, T>> Editor<Present<T>> for Term<F> {
    const WANTS: Want = Want::Given;

    #[inline]
    fn edit(&mut self, at: Hold<'_, T>) -> Result<Change<T>, PathError> {
        Ok(match at {
            Hold::Given(value) => Change::Set(self.0.run(value)),
            Hold::Lent(value) => {
                *value = self.0.run(value.clone());
                Change::InPlace
            }
        })
    }
}

impl<L, T, F> Editor<With<L, Present<T>>> for Term<F>
where
    L: Collected,
    T: Clone + 'static,
    F: for<'a> Run<L::Args<'a, T>, T>,
{
    const WANTS: Want = Want::Given;

    #[inline]
    fn edit(&mut self, (list, at): (&L, Hold<'_, T>)) -> Result<Change<T>, PathError> {
        Ok(match at {
            Hold::Given(value) => Change::Set(self.0.run(list.args(value))),
            Hold::Lent(value) => {
                *value = self.0.run(list.args(value.clone()));
                Change::InPlace
            }
        })
    }
}

/// Lets a function edit the value where it stands.
pub struct Update<F>(F);

impl<L, T, F> Editor<With<L, Present<T>>> for Update<F>
where
    L: Collected,
    T: 'static,
    F: for<'a> Run<L::Args<'a, &'a mut T>, ()>,
{
    const WANTS: Want = Want::Lent;

    #[inline]
    fn edit(&mut self, (list, at): (&L, Hold<'_, T>)) -> Result<Change<T>, PathError> {
        at.edit(|value| {
            self.0.run(list.args(value));
            Ok(true)
        })
    }
}

impl<T: 'static, F: for<'a> Run<&'a mut T, ()>> Editor<Present<T>> for Update<F> {
    const WANTS: Want = Want::Lent;

    #[inline]
    fn edit(&mut self, at: Hold<'_, T>) -> Result<Change<T>, PathError> {
        at.edit(|value| {
            self.0.run(value);
            Ok(true)
        })
    }
}

/// Removes the value.
pub struct Remove;

impl<T: 'static> Editor<Present<T>> for Remove {
    const WANTS: Want = Want::Nothing;
    const REMOVES: bool = true;

    #[inline]
    fn edit(&mut self, _: Hold<'_, T>) -> Result<Change<T>, PathError> {
        Ok(Change::Removed)
    }
}

impl<T: 'static> Editor<Maybe<T>> for Remove {
    const WANTS: Want = Want::Nothing;
    const REMOVES: bool = true;

    #[inline]
    fn edit(&mut self, _: Option<Hold<'_, T>>) -> Result<Change<T>, PathError> {
        Ok(Change::Removed)
    }
}

// An entry of a map as a pair of its own values.

impl<K: 'static, V: 'static, G: Supply<(K, V)>> Editor<Pair<K, Present<V>>> for Termval<G> {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, _: (&K, Hold<'_, V>)) -> Result<PairChange<K, Present<V>>, PathError> {
        let (key, value) = self.0.supply();
        Ok(PairChange::Set(key, value))
    }
}

impl<K, V, F> Editor<Pair<K, Present<V>>> for Term<F>
where
    K: Clone + 'static,
    V: Clone + 'static,
    F: Run<(K, V), (K, V)>,
{
    const WANTS: Want = Want::Given;

    #[inline]
    fn edit(
        &mut self,
        (key, value): (&K, Hold<'_, V>),
    ) -> Result<PairChange<K, Present<V>>, PathError> {
        let (key, value) = self.0.run((key.clone(), value.into_owned()));
        Ok(PairChange::Set(key, value))
    }
}

impl<K: Clone + 'static, V: Clone + 'static, F: for<'a> Run<&'a mut (K, V), ()>>
    Editor<Pair<K, Present<V>>> for Update<F>
{
    const WANTS: Want = Want::Given;

    #[inline]
    fn edit(
        &mut self,
        (key, value): (&K, Hold<'_, V>),
    ) -> Result<PairChange<K, Present<V>>, PathError> {
        let mut entry = (key.clone(), value.into_owned());
        self.0.run(&mut entry);
        Ok(PairChange::Set(entry.0, entry.1))
    }
}

impl<K: 'static, S: Writable> Editor<Pair<K, S>> for Remove {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, _: (&K, S::Place<'_>)) -> Result<PairChange<K, S>, PathError> {
        Ok(PairChange::Removed)
    }
}

// Structures: only as a whole can they be removed (PS-26).

/// Structures that can be removed.
macro_rules! removable_structures {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Removable for $shape {
            way_itself!();
            step_itself!();
        }

        impl<$($parameter)*> Editor<$shape> for Remove {
            const WANTS: Want = Want::Nothing;
            const REMOVES: bool = true;

            #[inline]
            fn edit(&mut self, _: RowsMut<'_>) -> Result<Fate, PathError> {
                Ok(Fate::Removed)
            }
        }
    )*};
}

removable_structures! {
    [K: 'static, S: 'static, C: 'static] Rows<K, S, C>;
    [T: 'static, C: 'static] RowSet<T, C>;
    [S: 'static] RowList<S>;
    [F: 'static] Fields<F>;
}
