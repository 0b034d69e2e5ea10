//! Maps whose entries are rows: the PState itself, and subindexed maps (PS-02, PS-20).

use super::keys::rewrite_entries;
use super::structure::{Address, Element, Structure, Uncounted};
use super::{Fate, Pager, ReadRows, RowKind, RowValue, Scan, Stored, WriteRows};
use crate::codec::{Key, decode_whole_key};
use crate::path::each::{All, HasElements, HasValues, MapVals};
use crate::path::edit::{Edit, Editor, Transform};
use crate::path::key::{Keyed, Keypath, Must};
use crate::path::shape::{Pair, Shape, Writable, shorten};
use crate::path::step::step_itself;
use crate::path::{AtMostOne, Many, Navigator, One, PathError, Visitor, Walk};
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;
use std::ops::Bound;

/// How many keys a transform of many rows holds at a time.
const PAGE_KEYS: usize = 1_024;

/// A map of keys `K` to elements of the shape `S`, never in memory as a whole.
#[expect(clippy::type_complexity, reason = "three parameters that are only names")]
pub struct Rows<K, S, C = Uncounted>(PhantomData<fn() -> (K, S, C)>);

/// Edits one element.
type EditElement<'a> = dyn FnMut(&mut dyn WriteRows, &Element<'_>) -> Result<Edit, PathError> + 'a;

/// A structure as a select sees it.
#[derive(Clone, Copy)]
pub struct RowsRef<'a> {
    pub(super) rows: &'a dyn ReadRows,
    pub(super) structure: &'a Structure<'a>,
}

/// A structure in the hands of a transform.
pub struct RowsMut<'a> {
    pub(super) rows: &'a mut dyn WriteRows,
    pub(super) structure: &'a Structure<'a>,
}

impl RowsRef<'_> {
    /// Visits rows with their keys, in order.
    pub(super) fn each<K: Key>(
        self,
        kind: &'static RowKind,
        range: &Range<'_>,
        visit: &mut dyn FnMut(&K, &Element<'_>, &dyn RowValue) -> Walk,
    ) -> Walk {
        let Self { rows, structure } = self;
        let scan = Scan { from: range.from, to: range.to, ..Scan::all(structure.prefix, kind) };
        let scan = Scan { backward: range.backward, most: range.most, ..scan };
        rows.scan(&scan, &mut |bytes, row| {
            let key = decode_whole_key(bytes).map_err(PathError::storage)?;
            let address = structure.address_of(bytes);
            visit(&key, &Element::new(&address, structure), row)
        })
    }

    /// How many rows there are in a range. Of the whole of a counted structure this is known; a PState itself is
    /// not counted.
    pub(super) fn count(self, counted: bool, range: &Range<'_>) -> Result<u64, PathError> {
        if counted && range.is_all() && !self.structure.is_root() {
            return Ok(self.structure.read_head(self.rows)?.unwrap_or_default().len);
        }
        let scan = Scan::all(self.structure.prefix, RowKind::UNREAD);
        let scan = Scan { from: range.from, to: range.to, most: range.most, ..scan };
        let mut count = 0;
        finished(self.rows.scan(&scan, &mut |_, _| {
            count += 1;
            Ok(())
        }))?;
        Ok(count)
    }

    /// Calls `visit` with the encoded keys in a range, the last one first if it is counted backward.
    pub(super) fn each_key(
        self,
        range: &Range<'_>,
        visit: &mut dyn FnMut(&[u8]),
    ) -> Result<(), PathError> {
        let scan = Scan::all(self.structure.prefix, RowKind::UNREAD);
        let scan = Scan { from: range.from, to: range.to, ..scan };
        let scan = Scan { backward: range.backward, most: range.most, ..scan };
        finished(self.rows.scan(&scan, &mut |key, _| {
            visit(key);
            Ok(())
        }))
    }

    /// The encoded keys in a range, in order.
    pub(super) fn keys(self, range: &Range<'_>) -> Result<Vec<Vec<u8>>, PathError> {
        let mut keys = Vec::new();
        self.each_key(range, &mut |key| keys.push(key.to_vec()))?;
        if range.backward {
            keys.reverse();
        }
        Ok(keys)
    }
}

impl<'long> RowsMut<'long> {
    /// The same for a shorter time.
    #[inline]
    pub(super) fn shorten<'short>(self) -> RowsMut<'short>
    where
        'long: 'short,
    {
        RowsMut { rows: self.rows, structure: self.structure }
    }
}

impl RowsMut<'_> {
    /// The same for a while.
    pub(super) fn lend(&mut self) -> RowsMut<'_> {
        RowsMut { rows: self.rows, structure: self.structure }
    }

    /// The same, only to look at.
    pub(super) fn look(&self) -> RowsRef<'_> {
        RowsRef { rows: self.rows, structure: self.structure }
    }

    /// Calls `edit` with every element that is there now and was there when this began, page by
    /// page; those of a range that is counted backward all at once.
    pub(super) fn edit_each(
        &mut self,
        range: &Range<'_>,
        edit: &mut EditElement<'_>,
    ) -> Result<Edit, PathError> {
        if range.backward {
            let keys = self.look().keys(range)?;
            return self.edit_page(&keys, edit);
        }
        let mut outcome = Edit::Kept;
        let mut after: Option<Vec<u8>> = None;
        let mut left = range.most;
        while left > 0 {
            let from = after.as_deref().map_or(range.from, Bound::Excluded);
            let page = self.look().keys(&Range { from, most: left.min(PAGE_KEYS), ..*range })?;
            left -= page.len().min(left);
            if self.edit_page(&page, edit)? == Edit::Changed {
                outcome = Edit::Changed;
            }
            if page.len() < PAGE_KEYS {
                break;
            }
            after = page.into_iter().next_back();
        }
        Ok(outcome)
    }

    fn edit_page(
        &mut self,
        keys: &[Vec<u8>],
        edit: &mut EditElement<'_>,
    ) -> Result<Edit, PathError> {
        let mut outcome = Edit::Kept;
        for key in keys {
            let address = self.structure.address_of(key);
            let element = Element::new(&address, self.structure);
            if edit(self.rows, &element)? == Edit::Changed {
                outcome = Edit::Changed;
            }
        }
        Ok(outcome)
    }
}

impl Debug for RowsRef<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "rows under {:?}", self.structure.prefix)
    }
}

impl Debug for RowsMut<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.look().fmt(f)
    }
}

/// A range of encoded keys.
#[derive(Clone, Copy)]
pub(super) struct Range<'a> {
    pub(super) from: Bound<&'a [u8]>,
    pub(super) to: Bound<&'a [u8]>,
    pub(super) backward: bool,
    pub(super) most: usize,
}

impl Range<'_> {
    /// Everything.
    pub(super) const ALL: Range<'static> =
        Range { from: Bound::Unbounded, to: Bound::Unbounded, backward: false, most: usize::MAX };

    fn is_all(&self) -> bool {
        matches!((self.from, self.to, self.most), (Bound::Unbounded, Bound::Unbounded, usize::MAX))
    }
}

/// The result of a walk that nobody ends early.
pub(super) fn finished(walk: Walk) -> Result<(), PathError> {
    match walk {
        Ok(()) | Err(crate::path::Halt::Enough) => Ok(()),
        Err(crate::path::Halt::Failed(error)) => Err(*error),
    }
}

impl<K: 'static, S: 'static, C: 'static> Shape for Rows<K, S, C> {
    type Ref<'a> = RowsRef<'a>;
    type Value = ();
    shorten!();
}

impl<K: 'static, S: 'static, C: 'static> Writable for Rows<K, S, C> {
    type Place<'a> = RowsMut<'a>;
    type Change = Fate;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(at: RowsMut<'long>) -> RowsMut<'short> {
        at.shorten()
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: 'static> Keyed for Rows<K, S, C> {
    type Key = K;
    type Perhaps = S::Perhaps;
    type There = S;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: 'static> HasElements for Rows<K, S, C> {
    type To = Pair<K, S>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: 'static> HasValues for Rows<K, S, C> {
    type To = S;
    step_itself!();
}

/// Only the first key of a path has a home.
pub(super) fn at_home<K: Key>(
    rows: &dyn ReadRows,
    at: &Structure<'_>,
    key: &K,
) -> Result<(), PathError> {
    if !at.is_root() { Ok(()) } else { rows.at_home(key) }
}

macro_rules! by_key {
    ($navigator:ident: $to:ident, $count:ident, $read:ident, $write:ident, [$($shape:tt)+]) => {
        impl<K: Key, S: Stored, C: 'static> Navigator<Rows<K, S, C>> for $navigator<K> {
            type To = $($shape)+;
            type Count = $count;

            #[inline]
            fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
                at_home(at.rows, at.structure, &self.0)?;
                let address = at.structure.address(&self.0);
                S::$read(at.rows, &Element::new(&address, at.structure), next)
            }

            fn home(&self) -> Option<&dyn super::LeadingKey> {
                Some(&self.0)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<K: Key, S: Stored, C: 'static> Transform<Rows<K, S, C>> for $navigator<K> {
            #[inline]
            fn transform<E: Editor<Self::To>>(
                &self,
                at: RowsMut<'_>,
                next: &mut E,
            ) -> Result<Fate, PathError> {
                let RowsMut { rows, structure } = at;
                at_home(rows, structure, &self.0)?;
                let address = structure.address(&self.0);
                S::$write(rows, &Element::new(&address, structure), next).map(Fate::from)
            }
        }
    };
}

by_key!(Keypath: Perhaps, One, read_perhaps, write_perhaps, [S::Perhaps]);
by_key!(Must: There, AtMostOne, read, write, [S]);

impl<K: Key, S: Stored, C: 'static> Navigator<Rows<K, S, C>> for All {
    type To = Pair<K, S>;
    type Count = Many;

    const SCANS: bool = true;

    fn select<N: Visitor<Pair<K, S>>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        entries::<K, S, N>(at, &Range::ALL, next)
    }

    fn select_page<N: Visitor<Pair<K, S>>>(
        &self,
        at: RowsRef<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        page_of_entries::<K, S, N>(at, &Range::ALL, pager, next)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: 'static> Transform<Rows<K, S, C>> for All {
    fn transform<E: Editor<Pair<K, S>>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        edit_entries(&mut at, &Range::ALL, next).map(Fate::from)
    }
}

impl<K: Key, S: Stored, C: 'static> Navigator<Rows<K, S, C>> for MapVals {
    type To = S;
    type Count = Many;

    const SCANS: bool = true;

    fn select<N: Visitor<S>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        values(at, &Range::ALL, next)
    }

    fn select_page<N: Visitor<S>>(&self, at: RowsRef<'_>, pager: &mut Pager, next: &mut N) -> Walk {
        page_of_values(at, &Range::ALL, pager, next)
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key, S: Stored, C: 'static> Transform<Rows<K, S, C>> for MapVals {
    fn transform<E: Editor<S>>(
        &self,
        mut at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        edit_values(&mut at, &Range::ALL, next).map(Fate::from)
    }
}

/// Visits the entries of a range.
pub(super) fn entries<K: Key, S: Stored, N: Visitor<Pair<K, S>>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    next: &mut N,
) -> Walk {
    at.each::<K>(S::SCANNED, range, &mut |key, element, row| {
        S::scanned(at.rows, element, row, &mut OfKey { key, next })
    })
}

/// Visits the values of a range.
pub(super) fn values<S: Stored, N: Visitor<S>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    next: &mut N,
) -> Walk {
    let RowsRef { rows, structure } = at;
    let scan = Scan { from: range.from, to: range.to, ..Scan::all(structure.prefix, S::SCANNED) };
    let scan = Scan { backward: range.backward, most: range.most, ..scan };
    rows.scan(&scan, &mut |key, row| {
        let address = if S::INDEXED { structure.address_of(key) } else { Address::new() };
        S::scanned(rows, &Element::new(&address, structure), row, next)
    })
}

/// Visits the entries of a page.
pub(super) fn page_of_entries<K: Key, S: Stored, N: Visitor<Pair<K, S>>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    pager: &mut Pager,
    next: &mut N,
) -> Walk {
    pager.scan(at, S::SCANNED, range, &mut |bytes, element, row| {
        let key = decode_whole_key(bytes).map_err(PathError::storage)?;
        S::scanned(at.rows, element, row, &mut OfKey { key: &key, next })
    })
}

/// Visits the values of a page.
pub(super) fn page_of_values<S: Stored, N: Visitor<S>>(
    at: RowsRef<'_>,
    range: &Range<'_>,
    pager: &mut Pager,
    next: &mut N,
) -> Walk {
    pager
        .scan(at, S::SCANNED, range, &mut |_, element, row| S::scanned(at.rows, element, row, next))
}

/// Edits the values of a range.
pub(super) fn edit_values<S: Stored, E: Editor<S>>(
    at: &mut RowsMut<'_>,
    range: &Range<'_>,
    next: &mut E,
) -> Result<Edit, PathError> {
    at.edit_each(range, &mut |rows, element| S::write(rows, element, next))
}

/// Edits the entries of a range, all at once: one that gets another key is not edited again under that one.
pub(super) fn edit_entries<K: Key, S: Stored, E: Editor<Pair<K, S>>>(
    at: &mut RowsMut<'_>,
    range: &Range<'_>,
    next: &mut E,
) -> Result<Edit, PathError> {
    rewrite_entries(at, range, |rows, element, key: K| S::write_entry(rows, element, &key, next))
}

/// What comes after an entry, as what comes after its value.
pub(super) struct OfKey<'a, K, N> {
    pub(super) key: &'a K,
    pub(super) next: &'a mut N,
}

impl<K: 'static, S: Shape, N: Visitor<Pair<K, S>>> Visitor<S> for OfKey<'_, K, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.next.visit((self.key, S::shorten(at)))
    }
}
