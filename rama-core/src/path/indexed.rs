//! `index_nav`, `INDEXED_VALS` and `indexed_vals`: to elements of a list together with where they stand, and to
//! where they stand alone (NV-23, NV-24).

use super::edit::{Change, Editor, Transform};
use super::list::seen;
use super::shape::{Hold, Holder, Pair, PairChange, Present, Shape};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{AtMostOne, Cardinality, Many, Navigator, Path, PathError, Visitor, Walk};
use std::collections::BTreeSet;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to a position of a list itself, if the list has it (NV-23).
    ///
    /// Writing another position moves the element there, and those between make room. A position that the list
    /// does not have fails with [`PathError::OutOfRange`].
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec!['a', 'b', 'c', 'd'];
    /// assert_eq!(select_one(&list, |path| path.index_nav(3))?, Some(3));
    /// assert_eq!(select_one(&list, |path| path.index_nav(4))?, None);
    /// transform(&mut list, |path| path.index_nav(3).termval(0))?;
    /// assert_eq!(list, ['d', 'a', 'b', 'c']);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn index_nav<To, N>(self, index: usize) -> Path<R, Then<P, N>, To, C::And<AtMostOne>>
    where
        S: HasIndexes<Index = To, Step<IndexNav> = N>,
    {
        self.then(S::step(IndexNav(index)))
    }

    /// Goes to every element of a list as a pair of its index, counted from 0, and the element (NV-24). `FIRST`
    /// goes on to the index and `LAST` to the element. A missing list has none.
    ///
    /// Writing another index moves the element there, and the indexes that are visited later count this move.
    /// An element that is removed with `NONE` keeps its index until all are visited. An index that the list does
    /// not have fails with [`PathError::OutOfRange`].
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec!['a', 'b'];
    /// assert_eq!(select(&list, |path| path.INDEXED_VALS())?, [(0, 'a'), (1, 'b')]);
    /// transform(&mut list, |path| path.INDEXED_VALS().term(|(_, letter)| (0, letter)))?;
    /// assert_eq!(list, ['b', 'a']);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn INDEXED_VALS<To, N>(self) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasIndexes<Entry = To, Step<IndexedVals> = N>,
    {
        self.then(S::step(IndexedVals { start: 0 }))
    }

    /// Goes to every element of a list with its index, as [`Path::INDEXED_VALS`] does, with indexes counted from
    /// `start` (NV-24).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec!['a', 'b', 'c'];
    /// assert_eq!(select(&list, |path| path.indexed_vals(1))?, [(1, 'a'), (2, 'b'), (3, 'c')]);
    /// transform(&mut list, |path| path.indexed_vals(1).term(|(_, letter)| (1, letter)))?;
    /// assert_eq!(list, ['c', 'b', 'a']);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn indexed_vals<To, N>(self, start: usize) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasIndexes<Entry = To, Step<IndexedVals> = N>,
    {
        self.then(S::step(IndexedVals { start }))
    }
}

/// A shape whose elements have indexes.
#[diagnostic::on_unimplemented(
    message = "`index_nav`, `INDEXED_VALS` and `indexed_vals` need a list, and the path stands on `{Self}` here",
    label = "there is no list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasIndexes: Shape {
    /// An index.
    type Index: Shape;
    /// An index and the element there.
    type Entry: Shape;
    step!();
}

of_holders! {
    [T: 'static] HasIndexes for Vec<T> {
        type Index = Present<usize>;
        type Entry = Pair<usize, Present<T>>;
    }
}

through_collected! {
    HasIndexes { => Index, Entry }
}

/// Navigator of [`Path::index_nav`](super::Path::index_nav).
#[derive(Clone, Copy, Debug)]
pub struct IndexNav(pub(super) usize);

/// Navigator of [`Path::INDEXED_VALS`](super::Path::INDEXED_VALS) and
/// [`Path::indexed_vals`](super::Path::indexed_vals).
#[derive(Clone, Copy, Debug)]
pub struct IndexedVals {
    pub(super) start: usize,
}

impl IndexNav {
    /// Where the element moves, if it does.
    pub(super) fn moves<E: Editor<Present<usize>>>(
        self,
        len: usize,
        next: &mut E,
    ) -> Result<Option<usize>, PathError> {
        if self.0 >= len {
            return Ok(None);
        }
        // An index cannot be removed: a path that would does not compile.
        let Change::Set(to) = next.edit(Hold::Given(self.0))? else { return Ok(None) };
        if to >= len {
            return Err(PathError::OutOfRange { index: to, len });
        }
        Ok((to != self.0).then_some(to))
    }
}

impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for IndexNav {
    type To = Present<usize>;
    type Count = AtMostOne;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        if self.0 < seen::<T, S>(at).len() { next.visit(&self.0) } else { Ok(()) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for IndexNav {
    fn transform<E: Editor<Present<usize>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(list) = S::held(at) else { return Ok(Change::Kept) };
        list.edit(|list| {
            let to = self.moves(list.len(), next)?;
            if let Some(to) = to {
                relocate(list, self.0, to);
            }
            Ok(to.is_some())
        })
    }
}

impl<T: 'static, S: Holder<Value = Vec<T>>> Navigator<S> for IndexedVals {
    type To = Pair<usize, Present<T>>;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        (self.start..).zip(seen::<T, S>(at)).try_for_each(|(index, it)| next.visit((&index, it)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, S: Holder<Value = Vec<T>>> Transform<S> for IndexedVals {
    fn transform<E: Editor<Pair<usize, Present<T>>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(list) = S::held(at) else { return Ok(Change::Kept) };
        list.edit(|list| {
            let mut round = Round::new(list.len(), self.start);
            let outcome = edit_round(list, &mut round, next);
            let gone = round.into_gone();
            let mut index = 0..;
            list.retain(|_| index.next().is_none_or(|index| !gone.contains(&index)));
            outcome.map(|changed| changed || !gone.is_empty())
        })
    }
}

/// Edits every element with its index. Says whether one changed or moved; those that leave are in `round`.
fn edit_round<T: 'static, E: Editor<Pair<usize, Present<T>>>>(
    list: &mut [T],
    round: &mut Round,
    next: &mut E,
) -> Result<bool, PathError> {
    let mut changed = false;
    while let Some(index) = round.next() {
        let shown = round.shown(index);
        let (value, key) = match next.edit((&shown, Hold::Lent(&mut list[index])))? {
            PairChange::Kept => continue,
            PairChange::Value(change) => (change, None),
            PairChange::Key(key) => (Change::Kept, Some(key)),
            PairChange::Set(key, value) => (Change::Set(value), Some(key)),
            PairChange::Removed => (Change::Removed, None),
        };
        match value {
            Change::Kept => {}
            Change::InPlace => changed = true,
            Change::Set(value) => {
                list[index] = value;
                changed = true;
            }
            Change::Removed => round.removed(index),
        }
        if let Some(to) = key.map(|key| round.moved(index, key)).transpose()?.flatten() {
            relocate(list, index, to);
            changed = true;
        }
    }
    Ok(changed)
}

/// Moves an element to another index.
fn relocate<T>(list: &mut [T], from: usize, to: usize) {
    if from < to {
        list[from..=to].rotate_left(1);
    } else {
        list[to..=from].rotate_right(1);
    }
}

/// The elements of a list being visited in order while they move and leave. Those that leave stay until the end.
pub(super) struct Round {
    len: usize,
    start: usize,
    /// Everything before it was visited.
    cursor: usize,
    /// What was visited and moved to behind the cursor.
    ahead: BTreeSet<usize>,
    gone: BTreeSet<usize>,
}

impl Round {
    /// The beginning, in a list of this length whose indexes are shown from `start` on.
    pub(super) fn new(len: usize, start: usize) -> Self {
        Self { len, start, cursor: 0, ahead: BTreeSet::new(), gone: BTreeSet::new() }
    }

    /// Where the next element is that was not visited.
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.ahead.remove(&self.cursor) {
            self.cursor += 1;
        }
        let index = self.cursor;
        self.cursor += 1;
        (index < self.len).then_some(index)
    }

    /// An index as the path sees it.
    pub(super) fn shown(&self, index: usize) -> usize {
        index.saturating_add(self.start)
    }

    /// The element at an index leaves.
    pub(super) fn removed(&mut self, index: usize) {
        self.gone.insert(index);
    }

    /// The element just visited moves to an index as the path sees it. Where that is, unless it is there already.
    pub(super) fn moved(&mut self, from: usize, shown: usize) -> Result<Option<usize>, PathError> {
        let to = shown.checked_sub(self.start).filter(|to| *to < self.len);
        let to = to.ok_or(PathError::OutOfRange { index: shown, len: self.len })?;
        if to == from {
            return Ok(None);
        }
        let follow = |index: &usize| match *index {
            index if index == from => to,
            index if from < index && index <= to => index - 1,
            index if to <= index && index < from => index + 1,
            index => index,
        };
        self.gone = self.gone.iter().map(follow).collect();
        self.ahead = self.ahead.iter().map(follow).collect();
        if from < to {
            self.ahead.insert(to);
            self.cursor = from;
        }
        Ok(Some(to))
    }

    /// The indexes of what leaves, at the end.
    pub(super) fn into_gone(self) -> BTreeSet<usize> {
        self.gone
    }
}

#[cfg(test)]
#[path = "tests/indexed.rs"]
mod tests;
