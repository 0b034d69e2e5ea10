//! `srange`, `srange_dynamic` and `continuous_subseqs`: to parts of a list as lists (NV-28, NV-29, NV-31).

use super::edit::{Change, Editor, Transform};
use super::list::seen;
use super::shape::{Hold, Holder, Present, Shape};
use super::step::{of_holders, step, step_itself, through_collected};
use super::walk::Then;
use super::{Cardinality, Many, Navigator, One, Path, PathError, Visitor, Walk};
use std::mem;
use std::ops::{Bound, Range, RangeBounds};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to a part of a list, as one list (NV-28). A range that goes beyond the list fails with
    /// [`PathError::OutOfRange`]; a missing list has only the range `0..0`.
    ///
    /// What is written takes the place of the part and may be shorter or longer. Setting an empty list removes
    /// the part, as `NONE` does.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![1, 2, 3, 4];
    /// assert_eq!(select_one(&list, |path| path.srange(1..3))?, [2, 3]);
    /// transform(&mut list, |path| path.srange(1..3).termval(vec![9]))?;
    /// assert_eq!(list, [1, 9, 4]);
    /// transform(&mut list, |path| path.srange(..=1).NONE())?;
    /// assert_eq!(list, [4]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn srange<To, N>(
        self,
        range: impl RangeBounds<usize>,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: HasParts<Part = To, Step<Srange> = N>,
    {
        self.then(S::step(Srange::new(&range)))
    }

    /// Goes to a part of a list, as [`Path::srange`] does, with bounds that are computed from the list (NV-29).
    /// `from` gets the list, `to` gets the list and what `from` answered. A missing list is an empty one.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// let mut list = vec![1, 2, 3, 4, 5];
    /// let halves = select_one(&list, |path| {
    ///     path.srange_dynamic(|list| list.len() / 2, |(list, _)| list.len())
    /// })?;
    /// assert_eq!(halves, [3, 4, 5]);
    /// transform(&mut list, |path| path.srange_dynamic(|_| 1, |(_, from)| from + 2).NONE())?;
    /// assert_eq!(list, [1, 4, 5]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn srange_dynamic<T, F, G, To, N>(
        self,
        from: F,
        to: G,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: HasRuns<Elem = T, Run = To, Step<SrangeDynamic<F, G>> = N>,
        F: Fn(&[T]) -> usize,
        G: Fn((&[T], usize)) -> usize,
    {
        self.then(S::step(SrangeDynamic { from, to }))
    }

    /// Goes to every run of neighbouring elements that satisfy a predicate, each as one list and as long as it
    /// can be (NV-31). A missing list has none.
    ///
    /// What is written takes the place of the run. A transform goes from the last run to the first.
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// let mut list = vec![1, 3, 4, 5, 7, 8];
    /// assert_eq!(select(&list, |path| path.continuous_subseqs(|n| n % 2 == 1))?, [[1, 3], [5, 7]]);
    /// transform(&mut list, |path| {
    ///     path.continuous_subseqs(|n| n % 2 == 1).term(|run| vec![run.iter().sum()])
    /// })?;
    /// assert_eq!(list, [4, 4, 12, 8]);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn continuous_subseqs<T, F, To, N>(
        self,
        predicate: F,
    ) -> Path<R, Then<P, N>, To, C::And<Many>>
    where
        S: HasRuns<Elem = T, Run = To, Step<ContinuousSubseqs<F>> = N>,
        F: Fn(&T) -> bool,
    {
        self.then(S::step(ContinuousSubseqs(predicate)))
    }
}

/// A shape that has parts by position.
#[diagnostic::on_unimplemented(
    message = "`srange` needs a list of values, and the path stands on `{Self}` here",
    label = "there is no list of values here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing; parts of a list \
            are copied out, so its elements must be `Clone`"
)]
pub trait HasParts: Shape {
    /// A part of the list.
    type Part: Shape;
    step!();
}

/// A shape that has parts by what its elements are.
#[diagnostic::on_unimplemented(
    message = "`srange_dynamic` and `continuous_subseqs` need a list in one value, and the path stands on `{Self}` \
               here",
    label = "there is no such list here",
    note = "`Present<T>` is a value of type `T`, `Maybe<T>` the place of one that may be missing; parts of a list \
            are copied out, so its elements must be `Clone`"
)]
pub trait HasRuns: Shape {
    /// The type of the elements.
    type Elem: 'static;
    /// A part of the list.
    type Run: Shape;
    step!();
}

of_holders! {
    [T: Clone + 'static] HasParts for Vec<T> { type Part = Present<Vec<T>>; }
    [T: Clone + 'static] HasRuns for Vec<T> { type Elem = T; type Run = Present<Vec<T>>; }
}

through_collected! {
    HasParts { => Part }
    HasRuns { Elem => Run }
}

/// Navigator of [`Path::srange`](super::Path::srange).
#[derive(Clone, Copy, Debug)]
pub struct Srange {
    pub(super) from: usize,
    pub(super) to: Option<usize>,
}

impl Srange {
    fn new(range: &impl RangeBounds<usize>) -> Self {
        let from = match range.start_bound() {
            Bound::Included(from) => *from,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(last) => Some(last.saturating_add(1)),
            Bound::Excluded(to) => Some(*to),
            Bound::Unbounded => None,
        };
        Self { from, to }
    }

    /// The range in a list of this length.
    pub(super) fn within(self, len: usize) -> Result<Range<usize>, PathError> {
        within(self.from, self.to.unwrap_or(len.max(self.from)), len)
    }
}

/// Navigator of [`Path::srange_dynamic`](super::Path::srange_dynamic).
#[derive(Clone, Copy)]
pub struct SrangeDynamic<F, G> {
    from: F,
    to: G,
}

impl<F, G> SrangeDynamic<F, G> {
    fn within<T>(&self, list: &[T]) -> Result<Range<usize>, PathError>
    where
        F: Fn(&[T]) -> usize,
        G: Fn((&[T], usize)) -> usize,
    {
        let from = (self.from)(list);
        within(from, (self.to)((list, from)), list.len())
    }
}

/// Navigator of [`Path::continuous_subseqs`](super::Path::continuous_subseqs).
#[derive(Clone, Copy)]
pub struct ContinuousSubseqs<F>(F);

impl<F> ContinuousSubseqs<F> {
    /// The first run from `from` on.
    fn run<T>(&self, list: &[T], from: usize) -> Option<Range<usize>>
    where
        F: Fn(&T) -> bool,
    {
        let start = from + list[from..].iter().position(&self.0)?;
        let end = list[start..].iter().position(|element| !(self.0)(element));
        Some(start..end.map_or(list.len(), |len| start + len))
    }
}

macro_rules! one_part {
    ($([$($parameter:tt)*] $navigator:ty, |$this:ident, $list:ident| $range:expr;)*) => {$(
        impl<T: Clone + 'static, S: Holder<Value = Vec<T>>, $($parameter)*> Navigator<S> for $navigator {
            type To = Present<Vec<T>>;
            type Count = One;

            #[inline]
            fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
                let ($this, $list) = (self, seen::<T, S>(at));
                next.visit(&$list[$range?].to_vec())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: Clone + 'static, S: Holder<Value = Vec<T>>, $($parameter)*> Transform<S> for $navigator {
            #[inline]
            fn transform<E: Editor<Present<Vec<T>>>>(
                &self,
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                S::held(at).unwrap_or(Hold::Given(Vec::new())).edit(|list| {
                    let ($this, $list) = (self, list.as_slice());
                    let range = $range?;
                    edit_sublist(list, range, next)
                })
            }
        }
    )*};
}

one_part! {
    [] Srange, |this, list| this.within(list.len());
    [F: Fn(&[T]) -> usize, G: Fn((&[T], usize)) -> usize]
        SrangeDynamic<F, G>, |this, list| this.within(list);
}

impl<T, F, S> Navigator<S> for ContinuousSubseqs<F>
where
    T: Clone + 'static,
    F: Fn(&T) -> bool,
    S: Holder<Value = Vec<T>>,
{
    type To = Present<Vec<T>>;
    type Count = Many;

    fn select<N: Visitor<Self::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let list = seen::<T, S>(at);
        let mut from = 0;
        while let Some(run) = self.run(list, from) {
            from = run.end;
            next.visit(&list[run].to_vec())?;
        }
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T, F, S> Transform<S> for ContinuousSubseqs<F>
where
    T: Clone + 'static,
    F: Fn(&T) -> bool,
    S: Holder<Value = Vec<T>>,
{
    fn transform<E: Editor<Present<Vec<T>>>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        let Some(list) = S::held(at) else { return Ok(Change::Kept) };
        list.edit(|list| {
            let mut runs = Vec::new();
            while let Some(run) = self.run(list, runs.last().map_or(0, |run: &Range<_>| run.end)) {
                runs.push(run);
            }
            let mut changed = false;
            for run in runs.into_iter().rev() {
                changed |= edit_sublist(list, run, next)?;
            }
            Ok(changed)
        })
    }
}

/// A range, if a list of this length has it.
fn within(from: usize, to: usize, len: usize) -> Result<Range<usize>, PathError> {
    if from > len {
        return Err(PathError::OutOfRange { index: from, len });
    }
    if to > len {
        return Err(PathError::OutOfRange { index: to, len });
    }
    if from > to {
        return Err(PathError::Reversed { from, to });
    }
    Ok(from..to)
}

/// Edits a part of a list that it has. Says whether the list changed.
pub(super) fn edit_sublist<T: 'static, E: Editor<Present<Vec<T>>>>(
    list: &mut Vec<T>,
    range: Range<usize>,
    next: &mut E,
) -> Result<bool, PathError> {
    let (start, vacant) = (range.start, range.is_empty());
    let mut part: Vec<T> = list.drain(range).collect();
    let outcome = edit_part(&mut part, next);
    let changed = matches!(outcome, Ok(true)) && !(vacant && part.is_empty());
    list.splice(start..start, part);
    outcome.map(|_| changed)
}

/// Edits a part that was taken out of its list. Says whether it changed.
pub(super) fn edit_part<T: 'static, E: Editor<Present<Vec<T>>>>(
    part: &mut Vec<T>,
    next: &mut E,
) -> Result<bool, PathError> {
    let hold = if E::WANTS.moves::<Vec<T>>() {
        Hold::Given(mem::take(part))
    } else {
        Hold::Lent(&mut *part)
    };
    match next.edit(hold)? {
        Change::Kept => return Ok(false),
        Change::InPlace => {}
        Change::Set(new) => *part = new,
        Change::Removed => part.clear(),
    }
    Ok(true)
}

#[cfg(test)]
#[path = "tests/sublist.rs"]
mod tests;
