//! `BEFORE_ELEM`, `AFTER_ELEM`, `before_index`, `BEGINNING` and `END`: to the places of new elements of a list
//! (NV-25 to NV-27).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Holder, Present, Shape, Void};
use super::step::{of_holders, step, step_itself, through_collected};
use super::sublist::edit_sublist;
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, One, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the place of a new first element of a list (NV-25). There is nothing to read; `termval` adds the
    /// element, to a new list if there was none.
    ///
    /// In a subindexed list whose elements are structures, it leads to a new structure. The path goes on into it,
    /// and the element comes into being when something is set inside.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![2, 3];
    /// transform(&mut list, |path| path.BEFORE_ELEM().termval(1))?;
    /// assert_eq!(select(&list, |path| path.ALL())?, [1, 2, 3]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn BEFORE_ELEM<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: GrowsByOne<New = To, Step<BeforeElem> = N>,
    {
        self.then(S::step(BeforeElem))
    }

    /// Goes to the place of a new last element of a list (NV-25). There is nothing to read; `termval` adds the
    /// element, to a new list if there was none.
    ///
    /// In a subindexed list whose elements are structures, it leads to a new structure. The path goes on into it,
    /// and the element comes into being when something is set inside.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut posts: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    /// transform(&mut posts, |path| path.keypath(7).AFTER_ELEM().termval("hello".to_owned()))?;
    /// assert_eq!(select(&posts, |path| path.keypath(7).ALL())?, ["hello"]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn AFTER_ELEM<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: GrowsByOne<New = To, Step<AfterElem> = N>,
    {
        self.then(S::step(AfterElem))
    }

    /// Goes to the place of a new element before the one at a position (NV-26); the length of the list is a
    /// position too. A transform that adds beyond that fails with [`PathError::OutOfRange`]. A select finds
    /// nothing there.
    ///
    /// ```
    /// use rama_core::path::{selected_any, transform};
    /// let mut list = vec![1, 3];
    /// transform(&mut list, |path| path.before_index(1).termval(2))?;
    /// assert_eq!(list, [1, 2, 3]);
    /// assert!(!selected_any(&list, |path| path.before_index(1))?);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn before_index<To, N>(self, index: usize) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: GrowsByOne<New = To, Step<BeforeIndex> = N>,
    {
        self.then(S::step(BeforeIndex(index)))
    }

    /// Goes to the empty list before the first element of a list (NV-27): what is set there comes before it, in
    /// its order.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![3];
    /// transform(&mut list, |path| path.BEGINNING().termval(vec![1, 2]))?;
    /// assert_eq!(list, [1, 2, 3]);
    /// assert!(select_one(&list, |path| path.BEGINNING())?.is_empty());
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn BEGINNING<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: GrowsByMany<New = To, Step<Beginning> = N>,
    {
        self.then(S::step(Beginning))
    }

    /// Goes to the empty list behind the last element of a list (NV-27): what is set there comes behind it, in
    /// its order.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![1];
    /// transform(&mut list, |path| path.END().termval(vec![2, 3]))?;
    /// assert_eq!(list, [1, 2, 3]);
    /// assert!(select_one(&list, |path| path.END())?.is_empty());
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn END<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: GrowsByMany<New = To, Step<End> = N>,
    {
        self.then(S::step(End))
    }
}

/// A shape to which elements can be added one by one.
#[diagnostic::on_unimplemented(
    message = "`BEFORE_ELEM`, `AFTER_ELEM` and `before_index` need a list, and the path stands on `{Self}` here",
    label = "there is no list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing; `NONE_ELEM` adds \
            to sets"
)]
pub trait GrowsByOne: Shape {
    /// The place of a new element.
    type New: Shape;
    step!();
}

/// A shape to which any number of elements can be added at once.
#[diagnostic::on_unimplemented(
    message = "`BEGINNING` and `END` need a list of values, and the path stands on `{Self}` here",
    label = "there is no list of values here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait GrowsByMany: Shape {
    /// The list of new elements.
    type New: Shape;
    step!();
}

of_holders! {
    [T: 'static] GrowsByOne for Vec<T> { type New = Void<T>; }
    [T: 'static] GrowsByMany for Vec<T> { type New = Present<Vec<T>>; }
}

through_collected! {
    GrowsByOne { => New }
    GrowsByMany { => New }
}

/// Navigator of [`Path::BEFORE_ELEM`](super::Path::BEFORE_ELEM).
#[derive(Clone, Copy, Debug)]
pub struct BeforeElem;

/// Navigator of [`Path::AFTER_ELEM`](super::Path::AFTER_ELEM).
#[derive(Clone, Copy, Debug)]
pub struct AfterElem;

/// Navigator of [`Path::before_index`](super::Path::before_index).
#[derive(Clone, Copy, Debug)]
pub struct BeforeIndex(pub(super) usize);

/// Navigator of [`Path::BEGINNING`](super::Path::BEGINNING).
#[derive(Clone, Copy, Debug)]
pub struct Beginning;

/// Navigator of [`Path::END`](super::Path::END).
#[derive(Clone, Copy, Debug)]
pub struct End;

/// `BEFORE_ELEM` and `AFTER_ELEM`, and `BEGINNING` and `END`, which differ in where they add.
macro_rules! at_both_ends {
    ($($one:ident, $many:ident: |$len:ident| $index:expr;)*) => {$(
        impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for $one {
            type To = Void<T>;
            type Count = One;

            #[inline]
            fn select<N: Visitor<Void<T>>>(&self, _: S::Ref<'_>, next: &mut N) -> Walk {
                next.visit(())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for $one {
            #[inline]
            fn transform<E: Editor<Void<T>>>(
                &self,
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                let Some(list) = S::held(at) else { return first_element(next) };
                list.edit(|list| {
                    let $len = list.len();
                    insert(list, $index, next)
                })
            }
        }

        impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for $many {
            type To = Present<Vec<T>>;
            type Count = One;

            #[inline]
            fn select<N: Visitor<Self::To>>(&self, _: S::Ref<'_>, next: &mut N) -> Walk {
                next.visit(&Vec::new())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for $many {
            #[inline]
            fn transform<E: Editor<Present<Vec<T>>>>(
                &self,
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                S::held(at).unwrap_or(Hold::Given(Vec::new())).edit(|list| {
                    let $len = list.len();
                    edit_sublist(list, $index..$index, next)
                })
            }
        }
    )*};
}

at_both_ends! {
    BeforeElem, Beginning: |_len| 0;
    AfterElem, End: |len| len;
}

impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for BeforeIndex {
    type To = Void<T>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Void<T>>>(&self, _: S::Ref<'_>, _: &mut N) -> Walk {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for BeforeIndex {
    #[inline]
    fn transform<E: Editor<Void<T>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let index = self.0;
        let Some(list) = S::held(at) else {
            return if index == 0 {
                first_element(next)
            } else {
                Err(PathError::OutOfRange { index, len: 0 })
            };
        };
        list.edit(|list| {
            if index > list.len() {
                return Err(PathError::OutOfRange { index, len: list.len() });
            }
            insert(list, index, next)
        })
    }
}

/// Adds an element to a list that is missing.
#[inline]
fn first_element<T: 'static, E: Editor<Void<T>>>(
    next: &mut E,
) -> Result<Change<Vec<T>>, PathError> {
    Ok(match next.edit(())? {
        Change::Set(element) => Change::Set(vec![element]),
        Change::Kept | Change::InPlace | Change::Removed => Change::Kept,
    })
}

/// Adds an element. Says whether there is one.
#[inline]
fn insert<T: 'static, E: Editor<Void<T>>>(
    list: &mut Vec<T>,
    index: usize,
    next: &mut E,
) -> Result<bool, PathError> {
    let Change::Set(element) = next.edit(())? else { return Ok(false) };
    list.insert(index, element);
    Ok(true)
}

#[cfg(test)]
#[path = "tests/insert.rs"]
mod tests;
