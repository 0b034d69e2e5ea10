//! `set_elem`, `NONE_ELEM` and `subset`: to one element of a set, to the place of a new one, and to some of the
//! elements as one set (NV-40 to NV-42).

use super::each::edit_element;
use super::edit::{Change, Editor, Transform};
use super::key::KeyOf;
use super::shape::{Holder, Present, Shape, Void};
use super::sorted::edit_part;
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Navigator, One, Path, PathError, Visitor, Walk};
use std::collections::BTreeSet;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
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
    pub fn set_elem<Q, T, To, N>(self, element: Q) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: IsSet<Elem = T, There = To, Step<SetElem<T>> = N>,
        Q: KeyOf<T>,
    {
        self.then(S::step(SetElem(element.into_key())))
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
    pub fn NONE_ELEM<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: IsSet<New = To, Step<NoneElem> = N>,
    {
        self.then(S::step(NoneElem))
    }

    /// Goes to a set of those of these elements that are in the set (NV-42). It may be empty.
    ///
    /// Writing removes all these elements and then puts in what the set has become, other elements included.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// use std::collections::BTreeSet;
    /// let mut ids = BTreeSet::from([1, 2, 3]);
    /// assert_eq!(select_one(&ids, |path| path.subset([2, 3, 5]))?, BTreeSet::from([2, 3]));
    /// transform(&mut ids, |path| path.subset([1, 2]).termval(BTreeSet::from([7])))?;
    /// assert_eq!(ids, BTreeSet::from([3, 7]));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn subset<I, T, To, N>(self, elements: I) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: HasSubsets<Elem = T, To = To, Step<Subset<T>> = N>,
        I: IntoIterator<Item: KeyOf<T>>,
        T: Ord,
    {
        self.then(S::step(Subset(elements.into_iter().map(KeyOf::into_key).collect())))
    }
}

/// A shape in which `set_elem` finds elements and to which `NONE_ELEM` adds them.
#[diagnostic::on_unimplemented(
    message = "`set_elem` and `NONE_ELEM` need a set, and the path stands on `{Self}` here",
    label = "there is no set here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait IsSet: Shape {
    /// The type of the elements.
    type Elem: 'static;
    /// An element that is there.
    type There: Shape;
    /// The place of a new one.
    type New: Shape;
    step!();
}

/// A shape in which `subset` finds elements.
#[diagnostic::on_unimplemented(
    message = "`subset` needs a set, and the path stands on `{Self}` here",
    label = "there is no set here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasSubsets: Shape {
    /// The type of the elements.
    type Elem: 'static;
    /// Where the step leads: to a set in memory.
    type To: Shape;
    step!();
}

of_holders! {
    [T: Ord + Clone + 'static] HasSubsets for BTreeSet<T> {
        type Elem = T;
        type To = Present<BTreeSet<T>>;
    }
    [T: 'static] IsSet for BTreeSet<T> {
        type Elem = T;
        type There = Present<T>;
        type New = Void<T>;
    }
}

through_collected! {
    IsSet { Elem => There, New }
    HasSubsets { Elem => To }
}

/// Navigator of [`Path::set_elem`](super::Path::set_elem).
#[derive(Clone, Debug)]
pub struct SetElem<T>(pub(super) T);

/// Navigator of [`Path::NONE_ELEM`](super::Path::NONE_ELEM).
#[derive(Clone, Copy, Debug)]
pub struct NoneElem;

/// Navigator of [`Path::subset`](super::Path::subset).
#[derive(Clone, Debug)]
pub struct Subset<T>(pub(super) BTreeSet<T>);

impl<T: Ord + Clone + 'static, S: Holder<Value = BTreeSet<T>>> Navigator<S> for Subset<T> {
    type To = Present<BTreeSet<T>>;
    type Count = One;

    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let elements = S::seen(at).into_iter().flat_map(|set| set.intersection(&self.0));
        next.visit(&elements.cloned().collect())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + 'static, S: Holder<Value = BTreeSet<T>>> Transform<S> for Subset<T> {
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let cut =
            |set: &mut BTreeSet<T>| self.0.iter().filter_map(|element| set.take(element)).collect();
        edit_part(S::held(at), cut, next)
    }
}

impl<T: Ord + 'static, S: Holder<Value = BTreeSet<T>>> Navigator<S> for SetElem<T> {
    type To = Present<T>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Present<T>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        S::seen(at).and_then(|set| set.get(&self.0)).map_or(Ok(()), |element| next.visit(element))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + 'static, S: Holder<Value = BTreeSet<T>>> Transform<S> for SetElem<T> {
    #[inline]
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(set) = S::held(at) else { return Ok(Change::Kept) };
        set.edit(|set| match set.take(&self.0) {
            Some(element) => edit_element(set, element, next),
            None => Ok(false),
        })
    }
}

impl<T: Ord + 'static, S: Holder<Value = BTreeSet<T>>> Navigator<S> for NoneElem {
    type To = Void<T>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Void<T>>>(&self, _: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Ord + 'static, S: Holder<Value = BTreeSet<T>>> Transform<S> for NoneElem {
    #[inline]
    fn transform<E: Editor<Void<T>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Change::Set(element) = next.edit(())? else { return Ok(Change::Kept) };
        match S::held(at) {
            Some(set) => set.edit(|set| Ok(set.insert(element))),
            None => Ok(Change::Set(BTreeSet::from([element]))),
        }
    }
}
