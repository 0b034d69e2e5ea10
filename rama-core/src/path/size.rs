//! `SIZE`: to the number of elements.

use super::range::KeyRange;
use super::shape::{Holder, Present, Shape};
use super::span::{Ranged, Span};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to the number of elements of a list or set, or of entries of a map. A missing collection has none.
    /// Only for reading.
    ///
    /// A structure in storage that counts its elements knows their number; of one that does not, and of a range,
    /// the rows are counted, without decoding them.
    ///
    /// ```
    /// use rama_core::path::{select, select_one};
    /// use std::collections::BTreeMap;
    /// let likes = BTreeMap::from([(1, vec!["tea"]), (2, vec![]), (5, vec!["rain", "sun"])]);
    /// assert_eq!(select_one(&likes, |path| path.SIZE())?, 3);
    /// assert_eq!(select_one(&likes, |path| path.keypath(7).SIZE())?, 0);
    /// assert_eq!(select_one(&likes, |path| path.sorted_map_range(2..).SIZE())?, 2);
    /// assert_eq!(select(&likes, |path| path.MAP_VALS().SIZE())?, [1, 0, 2]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn SIZE<To, N>(self) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: HasSize<To = To, Step<Size> = N>,
    {
        self.then(S::step(Size))
    }
}

/// A shape that has a number of elements.
#[diagnostic::on_unimplemented(
    message = "`SIZE` needs a list, a set or a map, and the path stands on `{Self}` here",
    label = "there are no elements to count",
    note = "of other values `view(|value| ..)` can take the size"
)]
pub trait HasSize: Shape {
    /// Where the step leads: to a `u64`.
    type To: Shape;
    step!();
}

of_holders! {
    [T: 'static] HasSize for Vec<T> { type To = Present<u64>; }
    [T: 'static] HasSize for BTreeSet<T> { type To = Present<u64>; }
    [K: 'static, V: 'static] HasSize for BTreeMap<K, V> { type To = Present<u64>; }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Ranged<Key = K>> HasSize for Span<K, S> {
    type To = Present<u64>;
    step_itself!();
}

through_collected! {
    HasSize { => To }
}

/// Navigator of [`Path::SIZE`](super::Path::SIZE).
#[derive(Clone, Copy, Debug)]
pub struct Size;

/// A collection in memory that knows how many elements it has.
pub trait Countable: 'static {
    /// How many.
    fn size(&self) -> usize;
}

impl<T: 'static> Countable for Vec<T> {
    fn size(&self) -> usize {
        self.len()
    }
}

impl<T: 'static> Countable for BTreeSet<T> {
    fn size(&self) -> usize {
        self.len()
    }
}

impl<K: 'static, V: 'static> Countable for BTreeMap<K, V> {
    fn size(&self) -> usize {
        self.len()
    }
}

impl<S: Holder<Value: Countable>> Navigator<S> for Size {
    type To = Present<u64>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        next.visit(&(S::seen(at).map_or(0, Countable::size) as u64))
    }
}

impl<K: 'static, S: Ranged<Key = K>> Navigator<Span<K, S>> for Size {
    type To = Present<u64>;
    type Count = One;

    fn select<N: Visitor<Self::To>>(
        &self,
        (at, range): (S::Ref<'_>, &KeyRange<K>),
        next: &mut N,
    ) -> Walk {
        next.visit(&S::count(at, range)?)
    }
}
