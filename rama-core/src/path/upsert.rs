//! `upsert_by`: to the element of a list that a key belongs to.

use super::edit::{Change, Editor, Transform};
use super::key::KeyOf;
use super::list::{edit_at, seen};
use super::shape::{Holder, Maybe, Shape};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the place of the element that a key belongs to: the first one for which `key_of` answers `key`,
    /// there or not. The original has nothing like it.
    ///
    /// Reading gives `Some(element)` or `None`. Writing replaces the element, or appends one if there is none, to
    /// a new list if there was no list. `NONE` removes the element.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut scores = vec![("ada".to_owned(), 3)];
    /// for name in ["ada", "bob"] {
    ///     transform(&mut scores, |path| {
    ///         path.upsert_by(|score| score.0.clone(), name)
    ///             .nil_to_val((name.to_owned(), 0))
    ///             .update(|score| score.1 += 1)
    ///     })?;
    /// }
    /// assert_eq!(scores, [("ada".to_owned(), 4), ("bob".to_owned(), 1)]);
    /// let ada = select_one(&scores, |path| path.upsert_by(|score| score.0.clone(), "ada"))?;
    /// assert_eq!(ada.map(|score| score.1), Some(4));
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn upsert_by<T, F, K, Q, To, N>(
        self,
        key_of: F,
        key: Q,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Upserts<Elem = T, Perhaps = To, Step<UpsertBy<F, K>> = N>,
        F: Fn(&T) -> K,
        K: PartialEq,
        Q: KeyOf<K>,
    {
        self.then(S::step(UpsertBy { key_of, key: key.into_key() }))
    }
}

/// A shape in which `upsert_by` finds elements.
#[diagnostic::on_unimplemented(
    message = "`upsert_by` needs a list in one value, and the path stands on `{Self}` here",
    label = "there is no such list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing; for a subindexed \
            list a map with the keys is the better schema"
)]
pub trait Upserts: Shape {
    /// The type of the elements.
    type Elem: 'static;
    /// The place of an element.
    type Perhaps: Shape;
    step!();
}

of_holders! {
    [T: 'static] Upserts for Vec<T> { type Elem = T; type Perhaps = Maybe<T>; }
}

through_collected! {
    Upserts { Elem => Perhaps }
}

/// Navigator of [`Path::upsert_by`](super::Path::upsert_by).
#[derive(Clone, Copy)]
pub struct UpsertBy<F, K> {
    key_of: F,
    key: K,
}

impl<T, K, F, S> Navigator<S> for UpsertBy<F, K>
where
    T: 'static,
    K: PartialEq,
    F: Fn(&T) -> K,
    S: Holder<Value = Vec<T>>,
{
    type To = Maybe<T>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Maybe<T>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(seen::<T, S>(at).iter().find(|element| (self.key_of)(element) == self.key))
    }
}

#[diagnostic::do_not_recommend]
impl<T, K, F, S> Transform<S> for UpsertBy<F, K>
where
    T: 'static,
    K: PartialEq,
    F: Fn(&T) -> K,
    S: Holder<Value = Vec<T>>,
{
    #[inline]
    fn transform<E: Editor<Maybe<T>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(list) = S::held(at) else {
            return Ok(match next.edit(None)? {
                Change::Set(element) => Change::Set(vec![element]),
                Change::Kept | Change::InPlace | Change::Removed => Change::Kept,
            });
        };
        list.edit(|list| {
            let found = list.iter().position(|element| (self.key_of)(element) == self.key);
            if let Some(index) = found {
                let moves = E::WANTS.moves::<T>();
                return edit_at(list, index, moves, |element| next.edit(Some(element)));
            }
            let Change::Set(element) = next.edit(None)? else { return Ok(false) };
            list.push(element);
            Ok(true)
        })
    }
}

#[cfg(test)]
#[path = "tests/upsert.rs"]
mod tests;
