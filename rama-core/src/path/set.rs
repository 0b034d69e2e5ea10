//! `set_elem` and `NONE_ELEM`: to one element of a set, and to the place of a new one (NV-40, NV-41).

use super::each::edit_element;
use super::edit::{Change, Editor, Transform};
use super::shape::{Holder, Maybe, Present, Shape, Void};
use super::{AtMostOne, Navigator, One, PathError, Visitor, Walk};
use std::collections::BTreeSet;

/// A shape in which `set_elem` finds elements and to which `NONE_ELEM` adds them.
#[diagnostic::on_unimplemented(
    message = "`set_elem` and `NONE_ELEM` need a set, and the path stands on `{Self}` here",
    label = "there is no set here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait IsSet: Shape {
    /// The type of the elements.
    type Elem: 'static;
    /// The step itself, so that its type is unknown after a step that does not fit: then one message is all
    /// that rustc has to say about the path.
    type Step<N>;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsSet for Present<BTreeSet<T>> {
    type Elem = T;
    type Step<N> = N;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsSet for Maybe<BTreeSet<T>> {
    type Elem = T;
    type Step<N> = N;
}

/// Navigator of [`Path::set_elem`](super::Path::set_elem).
#[derive(Clone, Debug)]
pub struct SetElem<T>(pub(super) T);

/// Navigator of [`Path::NONE_ELEM`](super::Path::NONE_ELEM).
#[derive(Clone, Copy, Debug)]
pub struct NoneElem;

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
