//! `ALL` and `MAP_VALS`: to every element, entry or value (NV-03, NV-06, NV-22, NV-43).

use super::edit::{Change, Editor, Transform, Want};
use super::shape::{Hold, Holder, Pair, PairChange, Present, Shape, Writable};
use super::sorted::each;
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Many, Navigator, Path, PathError, Visitor, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to every element of a list or set, and to every entry of a map, as a pair of key and value
    /// (NV-06, NV-22, NV-43). A missing collection has none.
    ///
    /// Writing replaces the elements, and `NONE` removes them; in a set, elements that become equal become
    /// one. In a map an entry can get another key: of entries whose keys become equal the last one stays.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut list = vec![1, 2, 3];
    /// transform(&mut list, |path| path.ALL().term(|n| n * 2))?;
    /// assert_eq!(select(&list, |path| path.ALL())?, [2, 4, 6]);
    /// let ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.ALL())?, [("ada".to_owned(), 36)]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn ALL<To, N>(self) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasElements<To = To, Step<All> = N>,
    {
        self.then(S::step(All))
    }

    /// Goes to every value of a map (NV-03). A missing map has none.
    ///
    /// Writing replaces the values, and `NONE` removes the entries.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada", 36), ("bob", 7)]);
    /// transform(&mut ages, |path| path.MAP_VALS().update(|age| *age += 1))?;
    /// assert_eq!(select(&ages, |path| path.MAP_VALS())?, [37, 8]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    #[expect(non_snake_case, reason = "navigators are named as in the language")]
    pub fn MAP_VALS<To, N>(self) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasValues<To = To, Step<MapVals> = N>,
    {
        self.then(S::step(MapVals))
    }
}

/// A shape that has elements or entries.
#[diagnostic::on_unimplemented(
    message = "`ALL` needs a list, a set or a map, and the path stands on `{Self}` here",
    label = "there are no elements here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasElements: Shape {
    /// Where `ALL` leads.
    type To: Shape;
    step!();
}

of_holders! {
    [T: 'static] HasElements for Vec<T> { type To = Present<T>; }
    [T: 'static] HasElements for BTreeSet<T> { type To = Present<T>; }
    [K: 'static, V: 'static] HasElements for BTreeMap<K, V> { type To = Pair<K, Present<V>>; }
}

/// A shape that has values under keys.
#[diagnostic::on_unimplemented(
    message = "`MAP_VALS` needs a map, and the path stands on `{Self}` here",
    label = "there are no values of keys here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing"
)]
pub trait HasValues: Shape {
    /// Where `MAP_VALS` leads.
    type To: Shape;
    step!();
}

of_holders! {
    [K: 'static, V: 'static] HasValues for BTreeMap<K, V> { type To = Present<V>; }
}

through_collected! {
    HasElements { => To }
    HasValues { => To }
}

/// Navigator of [`Path::ALL`](super::Path::ALL).
#[derive(Clone, Copy, Debug, Default)]
pub struct All;

/// Navigator of [`Path::MAP_VALS`](super::Path::MAP_VALS).
#[derive(Clone, Copy, Debug)]
pub struct MapVals;

impl<K, V, S> Navigator<S> for MapVals
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    type To = Present<V>;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Present<V>>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let Some(map) = S::seen(at) else { return Ok(()) };
        each(map.values(), |value| next.visit(value))
    }
}

#[diagnostic::do_not_recommend]
impl<K, V, S> Transform<S> for MapVals
where
    K: Ord + 'static,
    V: 'static,
    S: Holder<Value = BTreeMap<K, V>>,
{
    #[inline]
    fn transform<E: Editor<Present<V>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::held(at).map_or(Ok(Change::Kept), |map| map.edit(|map| edit_values(map, next)))
    }
}

/// A collection whose elements or entries `ALL` goes to.
pub trait Elements: 'static {
    /// Where `ALL` leads.
    type Element: Shape;

    /// Visits every element.
    ///
    /// # Errors
    /// Those of `next`.
    fn each<N: Visitor<Self::Element>>(&self, next: &mut N) -> Walk;
}

/// A collection whose elements can be replaced and removed.
pub trait EditElements: Elements<Element: Writable> {
    /// Edits every element. Says whether the collection changed.
    ///
    /// # Errors
    /// Those of `next`.
    fn edit_each<E: Editor<Self::Element>>(&mut self, next: &mut E) -> Result<bool, PathError>;
}

impl<S: Holder<Value: Elements>> Navigator<S> for All {
    type To = <S::Value as Elements>::Element;
    type Count = Many;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        S::seen(at).map_or(Ok(()), |collection| collection.each(next))
    }
}

#[diagnostic::do_not_recommend]
impl<S: Holder<Value: EditElements>> Transform<S> for All
where
    Self: Navigator<S, To = <S::Value as Elements>::Element>,
{
    #[inline]
    fn transform<E: Editor<<S::Value as Elements>::Element>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::held(at).map_or(Ok(Change::Kept), |collection| {
            collection.edit(|collection| collection.edit_each(next))
        })
    }
}

impl<T: 'static> Elements for Vec<T> {
    type Element = Present<T>;

    fn each<N: Visitor<Present<T>>>(&self, next: &mut N) -> Walk {
        each(self.iter(), |element| next.visit(element))
    }
}

impl<T: 'static> EditElements for Vec<T> {
    fn edit_each<E: Editor<Present<T>>>(&mut self, next: &mut E) -> Result<bool, PathError> {
        if E::WANTS.moves::<T>() {
            let elements = mem::take(self).into_iter();
            *self =
                elements.filter_map(|element| given(element, next)).collect::<Result<_, _>>()?;
            return Ok(true);
        }
        let mut outcome = Ok(false);
        self.retain_mut(|element| lent(element, next, &mut outcome));
        outcome
    }
}

impl<T: Ord + Clone + 'static> Elements for BTreeSet<T> {
    type Element = Present<T>;

    fn each<N: Visitor<Present<T>>>(&self, next: &mut N) -> Walk {
        each(self.iter(), |element| next.visit(element))
    }
}

impl<T: Ord + Clone + 'static> EditElements for BTreeSet<T> {
    fn edit_each<E: Editor<Present<T>>>(&mut self, next: &mut E) -> Result<bool, PathError> {
        let mut changed = false;
        let mut elements = mem::take(self).into_iter();
        while let Some(element) = elements.next() {
            match edit_element(self, element, next) {
                Ok(edited) => changed |= edited,
                Err(error) => {
                    self.extend(elements);
                    return Err(error);
                }
            }
        }
        Ok(changed)
    }
}

impl<K: Ord + 'static, V: 'static> Elements for BTreeMap<K, V> {
    type Element = Pair<K, Present<V>>;

    fn each<N: Visitor<Self::Element>>(&self, next: &mut N) -> Walk {
        each(self.iter(), |entry| next.visit(entry))
    }
}

impl<K: Ord + Clone + 'static, V: 'static> EditElements for BTreeMap<K, V> {
    fn edit_each<E: Editor<Self::Element>>(&mut self, next: &mut E) -> Result<bool, PathError> {
        let mut changed = false;
        let mut entries = mem::take(self).into_iter();
        while let Some((key, mut value)) = entries.next() {
            let change = match next.edit((&key, Hold::Lent(&mut value))) {
                Ok(change) => change,
                Err(error) => {
                    self.insert(key, value);
                    self.extend(entries);
                    return Err(error);
                }
            };
            changed |= !matches!(change, PairChange::Kept | PairChange::Value(Change::Kept));
            match change {
                PairChange::Kept | PairChange::Value(Change::Kept | Change::InPlace) => {
                    self.insert(key, value)
                }
                PairChange::Value(Change::Set(value)) => self.insert(key, value),
                PairChange::Key(key) => self.insert(key, value),
                PairChange::Set(key, value) => self.insert(key, value),
                PairChange::Removed | PairChange::Value(Change::Removed) => None,
            };
        }
        Ok(changed)
    }
}

/// Edits an element that was just taken out of a set and puts back what becomes of it. Says whether that is
/// something else. Elements of a set never change where they stand: that would break its order.
pub(super) fn edit_element<T: Ord + Clone + 'static, E: Editor<Present<T>>>(
    set: &mut BTreeSet<T>,
    element: T,
    next: &mut E,
) -> Result<bool, PathError> {
    let spare = (E::WANTS == Want::Lent).then(|| element.clone());
    let change = next.edit(Hold::Given(element));
    let Ok(change) = change else {
        set.extend(spare);
        return change.map(|_| false);
    };
    match change {
        Change::Kept | Change::InPlace => set.extend(spare),
        Change::Set(element) => {
            set.insert(element);
            return Ok(true);
        }
        Change::Removed => return Ok(true),
    }
    Ok(false)
}

pub(super) fn edit_values<K: Ord, V: 'static, E: Editor<Present<V>>>(
    map: &mut BTreeMap<K, V>,
    next: &mut E,
) -> Result<bool, PathError> {
    if E::WANTS.moves::<V>() {
        let entries = mem::take(map).into_iter();
        *map = entries
            .filter_map(|(key, value)| Some(given(value, next)?.map(|value| (key, value))))
            .collect::<Result<_, _>>()?;
        return Ok(true);
    }
    let mut changed = false;
    // Few edits remove anything: the common loop is the plain one over values, and what goes, goes after it.
    let mut removed = Vec::new();
    for (at, value) in map.values_mut().enumerate() {
        match next.edit(Hold::Lent(value))? {
            Change::Kept => continue,
            Change::InPlace => {}
            Change::Set(new) => *value = new,
            Change::Removed => removed.push(at),
        }
        changed = true;
    }
    if !removed.is_empty() {
        let (mut at, mut removed) = (0, removed.into_iter().peekable());
        map.retain(|_, _| {
            let stays = removed.next_if_eq(&at).is_none();
            at += 1;
            stays
        });
    }
    Ok(changed)
}

/// Edits a value that was taken out of its collection. What becomes of it, if it stays.
fn given<T: 'static, E: Editor<Present<T>>>(
    value: T,
    next: &mut E,
) -> Option<Result<T, PathError>> {
    match next.edit(Hold::Given(value)) {
        Ok(Change::Set(value)) => Some(Ok(value)),
        Ok(Change::Kept | Change::InPlace | Change::Removed) => None,
        Err(error) => Some(Err(error)),
    }
}

/// Edits a value in its collection, unless an edit before it failed. Says whether it stays.
pub(super) fn lent<T: 'static, E: Editor<Present<T>>>(
    value: &mut T,
    next: &mut E,
    outcome: &mut Result<bool, PathError>,
) -> bool {
    let Ok(changed) = outcome else { return true };
    match next.edit(Hold::Lent(value)) {
        Ok(Change::Kept) => return true,
        Ok(Change::InPlace) => {}
        Ok(Change::Set(new)) => *value = new,
        Ok(Change::Removed) => {
            *changed = true;
            return false;
        }
        Err(error) => {
            *outcome = Err(error);
            return true;
        }
    }
    *changed = true;
    true
}
