//! `nthpath`, `FIRST` and `LAST`: to one element of a list (NV-20, NV-21).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Holder, Pair, PairChange, Present, Shape, Writable};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, One, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the element at a position, counted from 0 (NV-20). A path that reads or writes beyond the list
    /// fails with [`PathError::OutOfRange`].
    ///
    /// Writing replaces the element. `NONE` removes it, and those behind it move up.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![10, 20, 30];
    /// assert_eq!(select_one(&list, |path| path.nthpath(1))?, 20);
    /// transform(&mut list, |path| path.nthpath(1).term(|n| n + 1))?;
    /// transform(&mut list, |path| path.nthpath(0).NONE())?;
    /// assert_eq!(list, [21, 30]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn nthpath<To, N>(self, index: usize) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsList<There = To, Step<Nthpath> = N>,
    {
        self.then(S::step(Nthpath(index)))
    }

    /// Goes to the first element of a list, or nowhere if there is none (NV-21). From an entry, which `ALL`
    /// finds in a map, it goes to the key; from a place that `INDEXED_VALS` finds, to the index.
    ///
    /// Writing replaces the element, renames the key or moves the element to another index. `NONE` removes the
    /// element or entry.
    ///
    /// ```
    /// use rama_core::path::{select, select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select_one(&list, |path| path.FIRST())?, Some(1));
    /// transform(&mut list, |path| path.FIRST().NONE())?;
    /// assert_eq!(list, [2, 3]);
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// transform(&mut ages, |path| path.ALL().FIRST().term(|name| name + "!"))?;
    /// assert_eq!(select(&ages, |path| path.ALL().FIRST())?, ["ada!"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn FIRST<To, D, N>(self) -> Path<R, Then<P, N>, To, C::And<D>>
    where
        S: HasEnds<First = To, Reach = D, Step<First> = N>,
        D: Cardinality,
    {
        self.then(S::step(First))
    }

    /// Goes to the last element of a list, or nowhere if there is none (NV-21). From an entry, which `ALL` finds
    /// in a map, it goes to the value; from a place that `INDEXED_VALS` finds, to the element.
    ///
    /// Writing replaces the element or value, and `NONE` removes the element or entry.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeMap;
    /// let mut list = vec![1, 2, 3];
    /// assert_eq!(select_one(&list, |path| path.LAST())?, Some(3));
    /// transform(&mut list, |path| path.LAST().termval(9))?;
    /// assert_eq!(list, [1, 2, 9]);
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// transform(&mut ages, |path| path.ALL().LAST().term(|age| age + 1))?;
    /// assert_eq!(ages["ada"], 37);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn LAST<To, D, N>(self) -> Path<R, Then<P, N>, To, C::And<D>>
    where
        S: HasEnds<Last = To, Reach = D, Step<Last> = N>,
        D: Cardinality,
    {
        self.then(S::step(Last))
    }
}

/// A shape in which `nthpath` finds elements.
#[diagnostic::on_unimplemented(
    message = "`nthpath` needs a list, and the path stands on `{Self}` here",
    label = "there is no list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait IsList: Shape {
    /// An element that is there.
    type There: Shape;
    step!();
}

/// A shape that has a first and a last part.
#[diagnostic::on_unimplemented(
    message = "`FIRST` and `LAST` need a list or an entry of a map, and the path stands on `{Self}` here",
    label = "there is no list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing; the entry of a \
            map is a `Pair<K, V>`"
)]
pub trait HasEnds: Shape {
    /// The first element, or the key.
    type First: Shape;
    /// The last element, or the value.
    type Last: Shape;
    /// A list may be empty, an entry is not.
    type Reach: Cardinality;
    step!();
}

of_holders! {
    [T: 'static] IsList for Vec<T> { type There = Present<T>; }
    [T: 'static] HasEnds for Vec<T> {
        type First = Present<T>;
        type Last = Present<T>;
        type Reach = AtMostOne;
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Shape> HasEnds for Pair<K, S> {
    type First = Present<K>;
    type Last = S;
    type Reach = One;
    step_itself!();
}

through_collected! {
    IsList { => There }
    HasEnds { Reach => First, Last }
}

/// Navigator of [`Path::nthpath`](super::Path::nthpath).
#[derive(Clone, Copy, Debug)]
pub struct Nthpath(pub(super) usize);

/// Navigator of [`Path::FIRST`](super::Path::FIRST).
#[derive(Clone, Copy, Debug)]
pub struct First;

/// Navigator of [`Path::LAST`](super::Path::LAST).
#[derive(Clone, Copy, Debug)]
pub struct Last;

impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for Nthpath {
    type To = Present<T>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let list = seen::<T, S>(at);
        match list.get(self.0) {
            Some(element) => next.visit(element),
            None => Err(PathError::OutOfRange { index: self.0, len: list.len() }.into()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for Nthpath {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let index = self.0;
        let Some(list) = S::held(at) else { return Err(PathError::OutOfRange { index, len: 0 }) };
        list.edit(|list| {
            if index >= list.len() {
                return Err(PathError::OutOfRange { index, len: list.len() });
            }
            edit_at(list, index, E::WANTS.moves::<T>(), |element| next.edit(element))
        })
    }
}

/// `FIRST` and `LAST` in lists, which differ in where that is.
macro_rules! ends_of_lists {
    ($($navigator:ident: $seen:ident, |$len:ident| $index:expr;)*) => {$(
        impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for $navigator {
            type To = Present<T>;
            type Count = AtMostOne;

            #[inline]
            fn select<N: Visitor<Present<T>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
                seen::<T, S>(at).$seen().map_or(Ok(()), |element| next.visit(element))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for $navigator {
            #[inline]
            fn transform<E: Editor<Present<T>>>(
                &self,
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                let Some(list) = S::held(at) else { return Ok(Change::Kept) };
                list.edit(|list| {
                    let $len = list.len();
                    if $len == 0 {
                        return Ok(false);
                    }
                    edit_at(list, $index, E::WANTS.moves::<T>(), |element| next.edit(element))
                })
            }
        }
    )*};
}

ends_of_lists! {
    First: first, |len| 0;
    Last: last, |len| len - 1;
}

impl<K: 'static, S: Shape> Navigator<Pair<K, S>> for First {
    type To = Present<K>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<K>>>(&self, (key, _): (&K, S::Ref<'_>), next: &mut N) -> Walk {
        next.visit(key)
    }
}

/// Only values in memory can get another key: structures cannot be moved (PS-26).
#[diagnostic::do_not_recommend]
impl<K: Clone + 'static, S: Holder> Transform<Pair<K, S>> for First {
    #[inline]
    fn transform<E: Editor<Present<K>>>(
        &self,
        (key, _): (&K, S::Place<'_>),
        next: &mut E,
    ) -> Result<PairChange<K, S>, PathError> {
        Ok(match next.edit(Hold::Given(key.clone()))? {
            Change::Kept | Change::InPlace => PairChange::Kept,
            Change::Set(key) => PairChange::Key(key),
            Change::Removed => PairChange::Removed,
        })
    }
}

impl<K: 'static, S: Shape> Navigator<Pair<K, S>> for Last {
    type To = S;
    type Count = One;

    #[inline]
    fn select<N: Visitor<S>>(&self, (_, value): (&K, S::Ref<'_>), next: &mut N) -> Walk {
        next.visit(value)
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Writable> Transform<Pair<K, S>> for Last {
    #[inline]
    fn transform<E: Editor<S>>(
        &self,
        (_, value): (&K, S::Place<'_>),
        next: &mut E,
    ) -> Result<PairChange<K, S>, PathError> {
        next.edit(value).map(PairChange::Value)
    }
}

/// The list; a missing one is an empty one.
#[inline]
pub(super) fn seen<'a, T: 'static, S: Holder<Value = Vec<T>>>(at: S::Ref<'a>) -> &'a [T] {
    S::seen(at).map_or(&[], Vec::as_slice)
}

/// Edits the element at an index that exists. Says whether the list changed.
#[inline]
pub(super) fn edit_at<T>(
    list: &mut Vec<T>,
    index: usize,
    moves: bool,
    edit: impl FnOnce(Hold<'_, T>) -> Result<Change<T>, PathError>,
) -> Result<bool, PathError> {
    if moves {
        return edit_given(list, index, edit);
    }
    match edit(Hold::Lent(&mut list[index]))? {
        Change::Kept => return Ok(false),
        Change::InPlace => {}
        Change::Set(element) => list[index] = element,
        Change::Removed => {
            list.remove(index);
        }
    }
    Ok(true)
}

/// The same with the element moved out; the last one keeps its place meanwhile.
fn edit_given<T>(
    list: &mut Vec<T>,
    index: usize,
    edit: impl FnOnce(Hold<'_, T>) -> Result<Change<T>, PathError>,
) -> Result<bool, PathError> {
    let change = edit(Hold::Given(list.swap_remove(index)));
    if let Ok(Change::Set(element)) = change {
        list.push(element);
        let last = list.len() - 1;
        list.swap(index, last);
        return Ok(true);
    }
    if index < list.len() {
        list[index..].rotate_left(1);
    }
    change.map(|_| true)
}

#[cfg(test)]
#[path = "tests/list.rs"]
mod tests;
