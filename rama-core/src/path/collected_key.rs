//! `collected_key`: to the value of a key that is made of collected values.

use super::collecting::Recalled;
use super::edit::{Editor, Transform};
use super::key::{Keyed, Keypath};
use super::shape::{Shape, Writable};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Under, Visitor, Walk, With};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the place of a key's value, like [`Path::keypath`]; the key is what a function makes of the
    /// collected values. The original has nothing like it.
    ///
    /// Such a key chooses no partition: it has to live where the path runs.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut names = BTreeMap::from([("first", "ada"), ("ada", "Ada Lovelace")]);
    /// let first = select(&names, |path| {
    ///     path.collect_one(|path| path.must("first")).collected_key(|name| *name).DISPENSE()
    /// })?;
    /// assert_eq!(first, [Some("Ada Lovelace")]);
    /// transform(&mut names, |path| {
    ///     path.collect_one(|path| path.must("first")).collected_key(|name| *name).termval("Ada")
    /// })?;
    /// assert_eq!(names["ada"], "Ada");
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn collected_key<F, K, To, N>(self, key: F) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: KeyedByCollected<Key = K, Perhaps = To, Step<CollectedKey<F>> = N>,
        F: Fn(S::Refs<'_>) -> K,
    {
        self.then(S::step(CollectedKey(key)))
    }
}

/// A shape in which `collected_key` finds values.
#[diagnostic::on_unimplemented(
    message = "`collected_key` needs collected values and a map, and the path stands on `{Self}` here",
    label = "nothing is collected here",
    note = "collect something first, with `VAL`, `collect`, `collect_one` or `putval`; six values at most"
)]
pub trait KeyedByCollected: Shape {
    /// What the function gets: a reference to the only value, or a tuple of references.
    type Refs<'a>;
    /// The type of the keys.
    type Key: 'static;
    /// The place of a value.
    type Perhaps: Shape;
    step!();
}

impl<L: Recalled, S: Keyed> KeyedByCollected for With<L, S> {
    type Refs<'a> = L::Refs<'a>;
    type Key = S::Key;
    type Perhaps = With<L, S::Perhaps>;
    step_itself!();
}

/// Navigator of [`Path::collected_key`].
#[derive(Clone, Copy)]
pub struct CollectedKey<F>(F);

impl<L, S, K, F> Navigator<With<L, S>> for CollectedKey<F>
where
    L: Recalled,
    S: Keyed<Key = K>,
    F: Fn(L::Refs<'_>) -> K,
    Keypath<K>: Navigator<S>,
{
    type To = With<L, <Keypath<K> as Navigator<S>>::To>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, (list, at): (&L, S::Ref<'_>), next: &mut N) -> Walk {
        Under(Keypath((self.0)(list.refs()))).select((list, S::shorten(at)), next)
    }
}

#[diagnostic::do_not_recommend]
impl<L, S, K, F> Transform<With<L, S>> for CollectedKey<F>
where
    L: Recalled,
    S: Keyed<Key = K> + Writable,
    F: Fn(L::Refs<'_>) -> K,
    Keypath<K>: Transform<S>,
{
    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        (list, at): (&L, S::Place<'_>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        Under(Keypath((self.0)(list.refs()))).transform((list, S::shorten_place(at)), next)
    }
}
