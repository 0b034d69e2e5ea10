//! Elements of lists in storage with their indexes (NV-23, NV-24).

use super::Fate;
use super::list::{RowList, scan};
use super::map::{RowsMut, RowsRef};
use super::positions::{Came, Extent, discard, edit_at, relocate, row_kind, visit_row};
use super::stored::{Outcome, Stored};
use crate::path::edit::{Edit, Editor, Transform, Want};
use crate::path::indexed::{IndexNav, IndexedVals, Round};
use crate::path::shape::{Pair, PairChange, Present, Shape};
use crate::path::{AtMostOne, Many, Navigator, PathError, Visitor, Walk};

impl<S: Stored> Navigator<RowList<S>> for IndexNav {
    type To = Present<usize>;
    type Count = AtMostOne;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let extent = Extent::of(at.structure, at.rows)?;
        if self.0 < extent.len { next.visit(&self.0) } else { Ok(()) }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for IndexNav {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        let Some(to) = self.moves(extent.len, next)? else { return Ok(Fate::Kept) };
        relocate(&mut at, extent, self.0, to, row_kind::<S>())?;
        Ok(Fate::Changed)
    }
}

impl<S: Stored> Navigator<RowList<S>> for IndexedVals {
    type To = Pair<usize, S>;
    type Count = Many;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let mut index = self.start;
        scan::<S>(at, |address, row| {
            visit_row::<S, _>(at, address, row, &mut AtIndex { index, next })?;
            index += 1;
            Ok(())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stored> Transform<RowList<S>> for IndexedVals {
    fn transform<E: Editor<Self::To>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let extent = Extent::of(at.structure, at.rows)?;
        let mut round = Round::new(extent.len, self.start);
        let outcome = edit_round::<S, E>(&mut at, extent, &mut round, next);
        let gone: Vec<usize> = round.into_gone().into_iter().collect();
        discard::<S>(&mut at, extent, &gone)?;
        outcome.map(|fate| if gone.is_empty() { fate } else { Fate::Changed })
    }
}

/// Edits every element with its index. Those that leave are in `round`.
fn edit_round<S: Stored, E: Editor<Pair<usize, S>>>(
    at: &mut RowsMut<'_>,
    extent: Extent,
    round: &mut Round,
    next: &mut E,
) -> Result<Fate, PathError> {
    let mut fate = Fate::Kept;
    while let Some(index) = round.next() {
        let mut entry = Entry { index: round.shown(index), to: None, left: false, next };
        let came = edit_at::<S, _>(at, extent.position(index), &mut entry)?;
        if matches!(came, Came::Stayed(Edit::Changed)) {
            fate = Fate::Changed;
        }
        if entry.left {
            round.removed(index);
        }
        let Some(shown) = entry.to else { continue };
        if let Some(to) = round.moved(index, shown)? {
            relocate(at, extent, index, to, row_kind::<S>())?;
            fate = Fate::Changed;
        }
    }
    Ok(fate)
}

/// What comes after an element with its index, as what comes after the element.
struct AtIndex<'a, N> {
    index: usize,
    next: &'a mut N,
}

impl<S: Shape, N: Visitor<Pair<usize, S>>> Visitor<S> for AtIndex<'_, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.next.visit((&self.index, S::shorten(at)))
    }
}

/// The same in a transform, which also says where the element is to go.
struct Entry<'a, E> {
    index: usize,
    to: Option<usize>,
    left: bool,
    next: &'a mut E,
}

impl<S: Stored, E: Editor<Pair<usize, S>>> Editor<S> for Entry<'_, E> {
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        let change = match self.next.edit((&self.index, S::shorten_place(at)))? {
            PairChange::Kept => S::Change::kept(),
            PairChange::Value(change) => change,
            PairChange::Key(to) => {
                self.to = Some(to);
                S::Change::kept()
            }
            PairChange::Set(to, value) => {
                self.to = Some(to);
                S::Change::set(value)
            }
            PairChange::Removed => {
                self.left = true;
                S::Change::kept()
            }
        };
        self.left |= change.is_removed();
        Ok(change)
    }
}
