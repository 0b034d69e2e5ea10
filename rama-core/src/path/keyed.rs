//! `KEYED_VALS`: to every value, with its key collected.

use super::collected::With;
use super::each::All;
use super::edit::{Editor, Transform, Want};
use super::indexed::IndexedVals;
use super::rows::Pager;
use super::shape::{Maybe, Pair, PairChange, Present, Shape, Writable};
use super::span::{InMemory, Span};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Many, Navigator, Path, PathError, Visitor, Walk};
use std::collections::BTreeMap;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to every value of a map and every element of a list, and collects its key or its index. A missing
    /// collection has none.
    ///
    /// One after the other they collect the keys that lead to a value. Writing replaces the values, and `NONE`
    /// removes them.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut edges = BTreeMap::from([("a", BTreeMap::from([("b", 1), ("c", 2)]))]);
    /// assert_eq!(
    ///     select(&edges, |path| path.KEYED_VALS().KEYED_VALS())?,
    ///     [("a", "b", 1), ("a", "c", 2)],
    /// );
    /// assert_eq!(select(&vec!['x', 'y'], |path| path.KEYED_VALS())?, [(0, 'x'), (1, 'y')]);
    /// transform(&mut edges, |path| {
    ///     path.KEYED_VALS().KEYED_VALS().term(|(_, to, cost)| if *to == "b" { 0 } else { cost })
    /// })?;
    /// assert_eq!(edges["a"], BTreeMap::from([("b", 0), ("c", 2)]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn KEYED_VALS<To, N>(self) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasKeyedVals<To = To, Step<KeyedVals> = N>,
    {
        self.then(S::step(KeyedVals))
    }
}

/// A shape whose values `KEYED_VALS` goes to.
#[diagnostic::on_unimplemented(
    message = "`KEYED_VALS` needs a map or a list, and the path stands on `{Self}` here",
    label = "there are no values with keys here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasKeyedVals: Shape {
    /// Where the step leads.
    type To: Shape;
    step!();
}

/// A shape whose values have keys.
pub trait Keyable: Shape {
    /// What is collected.
    type Key: Clone + 'static;
    /// What stands there.
    type Val: Shape;
    /// The step to the values with their keys.
    type Entries: Navigator<Self, To = Pair<Self::Key, Self::Val>>;

    /// The step.
    fn entries() -> Self::Entries;
}

#[diagnostic::do_not_recommend]
impl<S: Keyable> HasKeyedVals for S {
    type To = With<((), S::Key), S::Val>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<L: Clone + 'static, S: Keyable> HasKeyedVals for With<L, S> {
    type To = With<(L, S::Key), S::Val>;
    step_itself!();
}

macro_rules! keyable {
    ($([$($parameter:tt)*] $shape:ty: $key:ty, $value:ty, $entries:ty = $step:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Keyable for $shape {
            type Key = $key;
            type Val = $value;
            type Entries = $entries;

            #[inline]
            fn entries() -> $entries {
                $step
            }
        }
    )*};
}

pub(super) use keyable;

keyable! {
    [K: Ord + Clone + 'static, V: 'static] Present<BTreeMap<K, V>>: K, Present<V>, All = All;
    [K: Ord + Clone + 'static, V: 'static] Maybe<BTreeMap<K, V>>: K, Present<V>, All = All;
    [K: Ord + Clone + 'static, V: 'static, S: InMemory<Value = BTreeMap<K, V>>] Span<K, S>: K, Present<V>, All = All;
    [T: 'static] Present<Vec<T>>: usize, Present<T>, IndexedVals = IndexedVals { start: 0 };
    [T: 'static] Maybe<Vec<T>>: usize, Present<T>, IndexedVals = IndexedVals { start: 0 };
}

/// Navigator of [`Path::KEYED_VALS`](super::Path::KEYED_VALS).
#[derive(Clone, Copy, Debug)]
pub struct KeyedVals;

impl<S: Keyable> Navigator<S> for KeyedVals {
    type To = With<((), S::Key), S::Val>;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        S::entries().select(at, &mut Collect { list: &(), next })
    }

    const SCANS: bool = S::Entries::SCANS;

    fn select_page<N: Visitor<Self::To>>(
        &self,
        at: S::Ref<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        S::entries().select_page(at, pager, &mut Collect { list: &(), next })
    }
}

impl<L: Clone + 'static, S: Keyable> Navigator<With<L, S>> for KeyedVals {
    type To = With<(L, S::Key), S::Val>;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, (list, at): (&L, S::Ref<'_>), next: &mut N) -> Walk {
        S::entries().select(at, &mut Collect { list, next })
    }

    const SCANS: bool = S::Entries::SCANS;

    fn select_page<N: Visitor<Self::To>>(
        &self,
        (list, at): (&L, S::Ref<'_>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        S::entries().select_page(at, pager, &mut Collect { list, next })
    }
}

#[diagnostic::do_not_recommend]
impl<S> Transform<S> for KeyedVals
where
    S: Keyable<Val: Writable, Entries: Transform<S>> + Writable,
{
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::entries().transform(at, &mut Collect { list: &(), next })
    }
}

#[diagnostic::do_not_recommend]
impl<L, S> Transform<With<L, S>> for KeyedVals
where
    L: Clone + 'static,
    S: Keyable<Val: Writable, Entries: Transform<S>> + Writable,
{
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        (list, at): (&L, S::Place<'_>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::entries().transform(at, &mut Collect { list, next })
    }
}

/// What comes after a value with its key collected, as what comes after the entry.
struct Collect<'a, L, N> {
    list: &'a L,
    next: &'a mut N,
}

impl<L, K, S, N> Visitor<Pair<K, S>> for Collect<'_, L, N>
where
    L: Clone + 'static,
    K: Clone + 'static,
    S: Shape,
    N: Visitor<With<(L, K), S>>,
{
    #[inline]
    fn visit(&mut self, (key, value): (&K, S::Ref<'_>)) -> Walk {
        self.next.visit((&(self.list.clone(), key.clone()), S::shorten(value)))
    }
}

impl<L, K, S, E> Editor<Pair<K, S>> for Collect<'_, L, E>
where
    L: Clone + 'static,
    K: Clone + 'static,
    S: Writable,
    E: Editor<With<(L, K), S>>,
{
    const WANTS: Want = E::WANTS;

    #[inline]
    fn edit(&mut self, (key, value): (&K, S::Place<'_>)) -> Result<PairChange<K, S>, PathError> {
        let list = (self.list.clone(), key.clone());
        self.next.edit((&list, S::shorten_place(value))).map(PairChange::Value)
    }
}
