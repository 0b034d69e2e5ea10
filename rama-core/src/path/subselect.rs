//! `subselect` and `filterer`: to everything that a path finds, as one list (NV-30, NV-74).

use super::collecting::Collecting;
use super::each::{All, HasElements};
use super::edit::{Change, Editor, Transform, Want};
use super::filter::Selected;
use super::search::{Found, finish};
use super::sequence::Sequence;
use super::shape::{Hold, Maybe, Pair, PairChange, Present, Shape, Writable};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Inner, Navigator, One, Path, PathError, SubPath, Visitor, Walk};
use std::vec::IntoIter;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the list of everything that a path finds from here (NV-74). The list may be empty. That path sees
    /// what is collected and must not collect anything itself.
    ///
    /// A write deals the new list back, in the order in which the path finds the places. When the list became
    /// shorter, the values at the remaining places are removed, where they stand in something they can be removed
    /// from; so to remove an element is to remove the *last* place. When it became longer, the surplus is dropped.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut lists = vec![vec![3, 1], vec![2]];
    /// assert_eq!(select_one(&lists, |path| path.subselect(|path| path.ALL().ALL()))?, [3, 1, 2]);
    /// transform(&mut lists, |path| path.subselect(|path| path.ALL().ALL()).update(|all| all.sort()))?;
    /// assert_eq!(lists, [vec![1, 2], vec![3]]);
    /// transform(&mut lists, |path| path.subselect(|path| path.ALL().ALL()).update(|all| all.truncate(2)))?;
    /// assert_eq!(lists, [vec![1, 2], vec![]]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn subselect<Q, D, T, L, X, O, To, N>(
        self,
        path: impl FnOnce(Inner<S>) -> Q,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Collecting<List = L, Over<Present<Vec<O>>> = To>,
        Q: SubPath<S, Navigator = D, To = T>,
        T: CollectsNothing<L, Bare = X, Step<Subselect<D>> = N>,
        X: Sequence + Found<Out = O>,
        O: 'static,
    {
        self.then(T::step(Subselect(Inner::steps(path))))
    }

    /// Goes to the list of the elements from which a path finds something (NV-30). The list may be empty.
    ///
    /// A write deals the new list back like [`Path::subselect`]; the other elements stay as they are.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![5, 1, 4, 2];
    /// assert_eq!(select_one(&list, |path| path.filterer(|path| path.pred_gt(1)))?, [5, 4, 2]);
    /// transform(&mut list, |path| path.filterer(|path| path.pred_gt(1)).update(|big| big.sort()))?;
    /// assert_eq!(list, [2, 1, 4, 5]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(clippy::type_complexity, reason = "nobody writes the type of a path")]
    pub fn filterer<Q, D, A, T, L, X, O, To>(
        self,
        path: impl FnOnce(Inner<T>) -> Q,
    ) -> Path<R, Then<P, Subselect<Then<A, Selected<D>>>>, To, C::And<One>>
    where
        S: Collecting<List = L, Over<Present<Vec<O>>> = To> + HasElements<To = T, Step<All> = A>,
        Q: SubPath<T, Navigator = D>,
        T: Collecting<List = L, Bare = X>,
        X: Sequence + Found<Out = O>,
        O: 'static,
    {
        self.then(Subselect(Then(<S as HasElements>::step(All), Selected(Inner::steps(path)))))
    }
}

/// The end of a path inside `subselect`, where the list of collected values is still `L`.
#[diagnostic::on_unimplemented(
    message = "a path inside `subselect` must not collect anything, and this one ends on `{Self}`",
    label = "this path collects",
    note = "put `with_fresh_collected` around what collects, or `collect` outside of `subselect`"
)]
pub trait CollectsNothing<L>: Collecting<List = L> {
    step!();
}

#[diagnostic::do_not_recommend]
impl<L, T: Collecting<List = L>> CollectsNothing<L> for T {
    step_itself!();
}

/// Navigator of [`Path::subselect`].
#[derive(Clone, Copy, Debug)]
pub struct Subselect<D>(pub(super) D);

/// The shape that a path leads to, without what is collected.
type End<D, S> = <<D as Navigator<S>>::To as Collecting>::Bare;

impl<S, D> Navigator<S> for Subselect<D>
where
    S: Collecting,
    D: Navigator<S, To: Collecting<List = S::List, Bare: Found<Out: 'static>>>,
{
    type To = S::Over<Present<Vec<<End<D, S> as Found>::Out>>>;
    type Count = One;
    const STAYS: bool = D::STAYS;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let list = gather(&self.0, at)?;
        S::visit_over::<Present<Vec<_>>, N>(S::parts(at).0, &list, next)
    }
}

#[diagnostic::do_not_recommend]
impl<S, D> Transform<S> for Subselect<D>
where
    S: Collecting,
    D: Transform<S> + Navigator<S, To: Collecting<List = S::List, Bare: Dealt<Out: 'static>>>,
{
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let found = gather(&self.0, S::look(&at))?;
        // What is collected is beside the place, and the place is needed again.
        let list = S::parts(S::look(&at)).0.clone();
        let change = S::edit_over::<Present<Vec<_>>, E>(&list, Hold::Given(found), next)?;
        let Change::Set(values) = change else { return Ok(S::kept()) };
        self.0.transform(at, &mut Deal { values: values.into_iter() })
    }
}

/// Everything that a path finds, without what is collected.
fn gather<S: Shape, D>(
    path: &D,
    at: S::Ref<'_>,
) -> Result<Vec<<End<D, S> as Found>::Out>, PathError>
where
    D: Navigator<S, To: Collecting<Bare: Found>>,
{
    let mut gather = Gather(Vec::new());
    finish(path.select(at, &mut gather))?;
    Ok(gather.0)
}

struct Gather<O>(Vec<O>);

impl<T: Collecting<Bare: Found>> Visitor<T> for Gather<<T::Bare as Found>::Out> {
    #[inline]
    fn visit(&mut self, at: T::Ref<'_>) -> Walk {
        self.0.push(T::Bare::found(T::parts(at).1)?);
        Ok(())
    }
}

/// Deals the values of a list back to the places that a path finds.
struct Deal<O> {
    values: IntoIter<O>,
}

impl<T: Collecting<Bare: Dealt>> Editor<T> for Deal<<T::Bare as Found>::Out> {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, _: T::Place<'_>) -> Result<T::Change, PathError> {
        Ok(T::Bare::dealt(self.values.next()))
    }
}

/// A shape to whose places the values of a `subselect` can be written back.
#[diagnostic::on_unimplemented(
    message = "what `subselect` found on `{Self}` cannot be written back",
    label = "this list can only be read"
)]
pub trait Dealt: Found + Writable {
    /// The change that brings a value to the place, or removes what stands there.
    fn dealt(value: Option<Self::Out>) -> Self::Change;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Dealt for Present<T> {
    #[inline]
    fn dealt(value: Option<T>) -> Change<T> {
        value.map_or(Change::Removed, Change::Set)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Dealt for Maybe<T> {
    #[inline]
    fn dealt(value: Option<Option<T>>) -> Change<T> {
        value.flatten().map_or(Change::Removed, Change::Set)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Clone + 'static, V: Clone + 'static> Dealt for Pair<K, Present<V>> {
    #[inline]
    fn dealt(value: Option<(K, V)>) -> PairChange<K, Present<V>> {
        value.map_or(PairChange::Removed, |(key, value)| PairChange::Set(key, value))
    }
}

#[cfg(test)]
#[path = "tests/subselect.rs"]
mod tests;
