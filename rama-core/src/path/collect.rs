//! Navigators that collect values, and forget them: `VAL`, `putval`, `collect`, `collect_one`, `DISPENSE`,
//! `with_fresh_collected` (NV-80 to NV-86).
//!
//! A path that collected `a` and `b` hands out `(a, b, value)`, and functions at its end get the same:
//! `term(|(a, b, value)| ..)` and `update(|(a, b, value)| ..)`, where `a` and `b` are references.

#![expect(clippy::type_complexity, reason = "nobody writes the type of a path")]

use super::collected::With;
use super::collecting::Collecting;
use super::edit::{Editor, Transform, Want};
use super::rows::LeadingKey;
use super::search::{self, Found};
use super::sequence::Sequence;
use super::shape::{Shape, Writable};
use super::walk::Then;
use super::{Cardinality, Inner, Many, Navigator, One, Path, PathError, SubPath, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Stays, and collects the value that the path stands on, as a select would hand it out (NV-83).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3]];
    /// assert_eq!(select(&lists, |path| path.ALL().VAL().view(|list| list.len()))?, [(vec![1, 2], 2), (vec![3], 1)]);
    /// transform(&mut lists, |path| path.ALL().VAL().ALL().term(|(list, n)| n + list[0]))?;
    /// assert_eq!(lists, [vec![2, 3], vec![6]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn VAL<L, B, O>(self) -> Path<R, Then<P, Val>, With<(L, O), B>, C::And<One>>
    where
        S: Collecting<List = L, Bare = B>,
        B: Sequence + Found<Out = O>,
        O: Clone + 'static,
    {
        self.then(Val)
    }

    /// Stays, and collects a constant (NV-82).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.putval(1).must("ada"))?, [(1, 36)]);
    /// transform(&mut ages, |path| path.putval(10).must("ada").term(|(ten, age)| age - ten))?;
    /// assert_eq!(ages["ada"], 26);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn putval<V, L, B>(
        self,
        value: V,
    ) -> Path<R, Then<P, Putval<V>>, With<(L, V), B>, C::And<One>>
    where
        S: Collecting<List = L, Bare = B>,
        B: Sequence,
        V: Clone + 'static,
    {
        self.then(Putval(value))
    }

    /// Stays, and collects the list of everything that a path finds from here (NV-80). That path begins with
    /// nothing collected; what it collects itself is in the elements of the list.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut parts = BTreeMap::from([("a", vec![1, 2]), ("b", vec![3])]);
    /// let found = select(&parts, |path| path.collect(|path| path.MAP_VALS().ALL()).must("b"))?;
    /// assert_eq!(found, [(vec![1, 2, 3], vec![3])]);
    /// transform(&mut parts, |path| {
    ///     path.collect(|path| path.must("a").ALL()).must("b").ALL().term(|(a, n)| n + a.len() as i32)
    /// })?;
    /// assert_eq!(parts["b"], [5]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn collect<Q, D, L, B, T, O>(
        self,
        path: impl FnOnce(Inner<B>) -> Q,
    ) -> Path<R, Then<P, Collect<D>>, With<(L, Vec<O>), B>, C::And<One>>
    where
        S: Collecting<List = L, Bare = B>,
        B: Sequence,
        Q: SubPath<B, Navigator = D, To = T>,
        T: Found<Out = O>,
        O: Clone + 'static,
    {
        self.then(Collect(Inner::steps(path)))
    }

    /// Stays, and collects the one value that a path finds from here (NV-81). That path begins with nothing
    /// collected. A `keypath` always finds one: an `Option`.
    ///
    /// A select or transform fails with [`PathError::NotOneToCollect`] where the path finds none or several.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut counts = BTreeMap::from([("all", 10), ("tea", 4)]);
    /// assert_eq!(select(&counts, |path| path.collect_one(|path| path.must("all")).must("tea"))?, [(10, 4)]);
    /// transform(&mut counts, |path| {
    ///     path.collect_one(|path| path.must("all")).must("tea").term(|(all, tea)| 100 * tea / all)
    /// })?;
    /// assert_eq!(counts["tea"], 40);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn collect_one<Q, D, L, B, T, O>(
        self,
        path: impl FnOnce(Inner<B>) -> Q,
    ) -> Path<R, Then<P, CollectOne<D>>, With<(L, O), B>, C::And<One>>
    where
        S: Collecting<List = L, Bare = B>,
        B: Sequence,
        Q: SubPath<B, Navigator = D, To = T>,
        T: Found<Out = O>,
        O: Clone + 'static,
    {
        self.then(CollectOne(Inner::steps(path)))
    }

    /// Stays, and forgets everything collected so far (NV-84).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3]];
    /// let long = |list: &Vec<i32>| list.len() > 1;
    /// assert_eq!(select(&lists, |path| path.ALL().VAL().is_collected(long).DISPENSE())?, [[1, 2]]);
    /// transform(&mut lists, |path| path.putval(7).ALL().DISPENSE().ALL().term(|n| n + 1))?;
    /// assert_eq!(lists, [vec![2, 3], vec![4]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn DISPENSE<B>(self) -> Path<R, Then<P, Dispense>, B, C::And<One>>
    where
        S: Collecting<Bare = B>,
        B: Sequence,
    {
        self.then(Dispense)
    }

    /// Goes where a path leads that begins with nothing collected, and forgets what that path collects: what was
    /// collected before it is there again (NV-86).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut lists = vec![vec![1, 2], vec![3]];
    /// let found = select(&lists, |path| {
    ///     path.putval("x").with_fresh_collected(|path| path.ALL().VAL().is_collected(|list| list.len() > 1).ALL())
    /// })?;
    /// assert_eq!(found, [("x", 1), ("x", 2)]);
    /// transform(&mut lists, |path| {
    ///     path.putval(10).with_fresh_collected(|path| path.ALL().VAL().ALL()).term(|(ten, n)| n + ten)
    /// })?;
    /// assert_eq!(lists, [vec![11, 12], vec![13]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn with_fresh_collected<Q, D, B, T, X, To, E>(
        self,
        path: impl FnOnce(Inner<B>) -> Q,
    ) -> Path<R, Then<P, WithFreshCollected<D>>, To, C::And<E>>
    where
        S: Collecting<Bare = B, Over<X> = To>,
        B: Sequence,
        To: Sequence,
        Q: SubPath<B, Navigator = D, To = T, Count = E>,
        T: Collecting<Bare = X>,
        X: Sequence,
        E: Cardinality,
    {
        self.then(WithFreshCollected(Inner::steps(path)))
    }
}

/// Navigator of [`Path::VAL`].
#[derive(Clone, Copy, Debug)]
pub struct Val;

/// Navigator of [`Path::putval`].
#[derive(Clone, Copy, Debug)]
pub struct Putval<V>(pub(super) V);

/// Navigator of [`Path::collect`].
#[derive(Clone, Copy, Debug)]
pub struct Collect<D>(pub(super) D);

/// Navigator of [`Path::collect_one`].
#[derive(Clone, Copy, Debug)]
pub struct CollectOne<D>(pub(super) D);

/// Navigator of [`Path::DISPENSE`].
#[derive(Clone, Copy, Debug)]
pub struct Dispense;

/// Navigator of [`Path::with_fresh_collected`].
#[derive(Clone, Copy, Debug)]
pub struct WithFreshCollected<D>(pub(super) D);

/// What a path finds, as it is handed out.
type Out<D, B> = <<D as Navigator<B>>::To as Found>::Out;

/// What `collect` collects.
#[inline]
fn all<B: Shape, D: Navigator<B, To: Found>>(
    path: &D,
    at: B::Ref<'_>,
) -> Result<Vec<Out<D, B>>, PathError> {
    search::every(|end| path.select(at, end))
}

/// What `collect_one` collects.
#[inline]
fn only<B: Shape, D: Navigator<B, To: Found>>(
    path: &D,
    at: B::Ref<'_>,
) -> Result<Out<D, B>, PathError> {
    search::one::<D::To, Many>(|end| path.select(at, end)).map_err(|error| match error {
        PathError::NotExactlyOne { found } => PathError::NotOneToCollect { found },
        error => error,
    })
}

/// Navigators that stay and collect something.
macro_rules! collectors {
    ($([$($parameter:tt)*] $navigator:ty: $value:ty, in vain: $same:literal,
       |$self:ident, $at:ident| $collect:expr;)*) => {$(
        impl<$($parameter)*> Navigator<S> for $navigator {
            type To = With<(S::List, $value), S::Bare>;
            type Count = One;
            const STAYS: bool = true;

            #[inline]
            fn select<N: Visitor<Self::To>>(&$self, at: S::Ref<'_>, next: &mut N) -> Walk {
                let (list, $at) = S::parts(at);
                let list = (list.clone(), $collect);
                next.visit((&list, S::Bare::shorten($at)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Transform<S> for $navigator {
            const SAME_VALUE: bool = $same;

            #[inline]
            fn transform<E: Editor<Self::To>>(
                &$self,
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                let (list, place) = S::place_parts(at);
                let $at = S::Bare::look(&place);
                let list = (list.clone(), $collect);
                next.edit((&list, S::Bare::shorten_place(place)))
            }
        }
    )*};
}

// What is collected has to be read, even where what follows has no use for it; a constant need not.
collectors! {
    [S: Collecting, V: Clone + 'static] Putval<V>: V, in vain: true, |self, _at| self.0.clone();
    [S: Collecting<Bare: Found<Out: Clone + 'static>>] Val: <S::Bare as Found>::Out, in vain: false,
        |self, at| S::Bare::found(at)?;
    [S: Collecting, D: Navigator<S::Bare, To: Found<Out: Clone + 'static>>]
        Collect<D>: Vec<Out<D, S::Bare>>, in vain: false, |self, at| all(&self.0, at)?;
    [S: Collecting, D: Navigator<S::Bare, To: Found<Out: Clone + 'static>>]
        CollectOne<D>: Out<D, S::Bare>, in vain: false, |self, at| only(&self.0, at)?;
}

impl<S: Collecting> Navigator<S> for Dispense {
    type To = S::Bare;
    type Count = One;
    const STAYS: bool = true;

    #[inline]
    fn select<N: Visitor<S::Bare>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(S::parts(at).1)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Collecting> Transform<S> for Dispense {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<S::Bare>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        next.edit(S::place_parts(at).1)
    }
}

impl<S, D> Navigator<S> for WithFreshCollected<D>
where
    S: Collecting,
    D: Navigator<S::Bare, To: Collecting>,
{
    type To = S::Over<<D::To as Collecting>::Bare>;
    type Count = D::Count;
    const STAYS: bool = D::STAYS;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let (list, at) = S::parts(at);
        self.0.select(at, &mut Outer::<S, N> { list, next })
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S, D> Transform<S> for WithFreshCollected<D>
where
    S: Collecting,
    D: Transform<S::Bare> + Navigator<S::Bare, To: Collecting>,
{
    const SAME_VALUE: bool = D::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let (list, at) = S::place_parts(at);
        self.0.transform(at, &mut Outer::<S, E> { list, next })
    }
}

/// What comes after a path, with the list from before it instead of its own.
pub(super) struct Outer<'a, S: Collecting, N> {
    pub(super) list: &'a S::List,
    pub(super) next: &'a mut N,
}

impl<S, T, N> Visitor<T> for Outer<'_, S, N>
where
    S: Collecting,
    T: Collecting,
    N: Visitor<S::Over<T::Bare>>,
{
    #[inline]
    fn visit(&mut self, at: T::Ref<'_>) -> Walk {
        S::visit_over::<T::Bare, N>(self.list, T::parts(at).1, self.next)
    }
}

impl<S, T, E> Editor<T> for Outer<'_, S, E>
where
    S: Collecting,
    T: Collecting,
    E: Editor<S::Over<T::Bare>>,
{
    const WANTS: Want = E::WANTS;
    const REMOVES: bool = E::REMOVES;

    #[inline]
    fn edit(&mut self, at: T::Place<'_>) -> Result<T::Change, PathError> {
        S::edit_over::<T::Bare, E>(self.list, T::place_parts(at).1, self.next)
    }
}

#[cfg(test)]
#[path = "tests/collect.rs"]
mod tests;
