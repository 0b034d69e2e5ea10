//! Paths on plain Rust values (PA-02).
//!
//! The same paths as on PStates, in any Rust code. Nothing is stored and nothing can fail, except that
//! `select_one` on a path to many places checks their number.

use super::builder::{Bare, Path, ReadPath, SelectPath, TransformPath};
use super::edit::{Change, Edit, Editor, Transform};
use super::search::{self, Found};
use super::shape::{Hold, Present, Writable};
use super::terminal::{Each, Termval};
use super::walk::{Halt, Start, Visitor, Walk};
use super::{One, PathError};
use std::ops::ControlFlow;

/// The beginning of a path into a plain value.
pub type ValuePath<T> = Path<Bare<Present<T>>, Start, Present<T>, One>;

/// What a path finds in a value, in the order of the value.
///
/// ```
/// use rama_core::path::select;
/// assert_eq!(select(&vec![1, 2, 3], |path| path.ALL().view(|n| n * 10))?, [10, 20, 30]);
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// None of this stage's navigators fails on a plain value.
#[inline]
pub fn select<T, Q, Out>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<Vec<Out>, PathError>
where
    T: 'static,
    Q: SelectPath<From = Present<T>, Out = Out>,
{
    let path = path(start());
    search::every(|end| path.walk(value, end))
}

/// The one value that a path finds. What that is follows from the path: a path that always leads to one
/// place (`keypath`, `nil_to_val`, `view`) gives what stands there, a path that may lead to none (`must`,
/// `set_elem`) gives an `Option` of it, and a path to many places (`ALL`, `MAP_VALS`) has to find exactly
/// one.
///
/// ```
/// use rama_core::path::{PathError, select_one};
/// use std::collections::BTreeMap;
/// let ages = BTreeMap::from([("ada".to_owned(), 36)]);
/// assert_eq!(select_one(&ages, |path| path.keypath("ada"))?, Some(36));
/// assert_eq!(select_one(&ages, |path| path.keypath("bob").nil_to_val(0))?, 0);
/// assert_eq!(select_one(&ages, |path| path.must("bob").view(|age| age + 1))?, None);
/// assert_eq!(select_one(&ages, |path| path.MAP_VALS())?, 36);
/// # Ok::<(), PathError>(())
/// ```
///
/// # Errors
/// [`PathError::NotExactlyOne`] when a path to many places finds none or several.
#[inline]
pub fn select_one<T, Q, One>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<One, PathError>
where
    T: 'static,
    Q: SelectPath<From = Present<T>, One = One>,
{
    let path = path(start());
    search::one::<Q::To, Q::Count>(|end| path.walk(value, end))
}

/// The first value that a path finds, if there is one. The search stops there.
///
/// ```
/// use rama_core::path::select_any;
/// assert_eq!(select_any(&vec![7, 8], |path| path.ALL())?, Some(7));
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// None of this stage's navigators fails on a plain value.
#[inline]
pub fn select_any<T, Q, Out>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<Option<Out>, PathError>
where
    T: 'static,
    Q: SelectPath<From = Present<T>, Out = Out>,
{
    let path = path(start());
    search::any(|end| path.walk(value, end))
}

/// The first value that a path finds, if there is one: [`select_any`] takes the first one, too.
///
/// # Errors
/// Those of the path's steps.
#[inline]
pub fn select_first<T, Q, Out>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<Option<Out>, PathError>
where
    T: 'static,
    Q: SelectPath<From = Present<T>, Out = Out>,
{
    select_any(value, path)
}

/// Hands what a path finds to a function, one value after the other, until it breaks off; nothing is gathered.
///
/// ```
/// use rama_core::path::traverse;
/// use std::ops::ControlFlow;
/// let mut sum = 0;
/// traverse(&vec![5, 7, 100, 9], |path| path.ALL(), |n| {
///     sum += n;
///     if sum < 50 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// })?;
/// assert_eq!(sum, 112);
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// Those of the path's steps.
pub fn traverse<T, Q, Out>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
    visit: impl FnMut(Out) -> ControlFlow<()>,
) -> Result<(), PathError>
where
    T: 'static,
    Q: SelectPath<From = Present<T>, Out = Out>,
{
    let path = path(start());
    search::finish(path.walk(value, &mut Handing(visit)))
}

/// The end of a traversal.
struct Handing<F>(F);

impl<S: Found, F: FnMut(S::Out) -> ControlFlow<()>> Visitor<S> for Handing<F> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        match (self.0)(S::found(at)?) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Enough),
        }
    }
}

/// Whether a path finds anything. A `keypath` always does: it leads to a place, vacant or not.
///
/// ```
/// use rama_core::path::selected_any;
/// use std::collections::BTreeSet;
/// assert!(selected_any(&BTreeSet::from([1, 2]), |path| path.set_elem(2))?);
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// None of this stage's navigators fails on a plain value.
#[inline]
pub fn selected_any<T, Q>(
    value: &T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<bool, PathError>
where
    T: 'static,
    Q: ReadPath<From = Present<T>>,
{
    let path = path(start());
    search::something(|end| path.walk(value, end))
}

/// Writes to every place that a path leads to, and says whether that was any.
///
/// ```
/// use rama_core::path::{Edit, transform};
/// use std::collections::BTreeMap;
/// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
/// assert_eq!(transform(&mut ages, |path| path.keypath("bob").termval(7))?, Edit::Changed);
/// assert_eq!(transform(&mut ages, |path| path.must("eve").term(|age| age + 1))?, Edit::Kept);
/// assert_eq!(ages["bob"], 7);
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// None of this stage's navigators fails on a plain value.
#[inline]
pub fn transform<T, Q>(
    value: &mut T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<Edit, PathError>
where
    T: 'static,
    Q: TransformPath<From = Present<T>>,
{
    let mut editor = path(start()).into_editor();
    match editor.edit(Hold::Lent(value))? {
        // Nothing is around the value that it could be removed from: such a path does not compile.
        Change::Kept | Change::Removed => return Ok(Edit::Kept),
        Change::InPlace => {}
        Change::Set(new) => *value = new,
    }
    Ok(Edit::Changed)
}

/// Several edits in one path, each branch with a terminal of its own: what [`transform`] does as well.
///
/// ```
/// use rama_core::{path::multi_transform, prelude::*};
/// use std::collections::BTreeMap;
/// let mut ages = BTreeMap::from([("ada".to_owned(), 36), ("bob".to_owned(), 7)]);
/// multi_transform(&mut ages, path![multi_path([must("ada"), term(|n| n + 1)], [keypath("bob"), NONE])])?;
/// assert_eq!(ages, BTreeMap::from([("ada".to_owned(), 37)]));
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// Those of the path's steps.
#[inline]
pub fn multi_transform<T, Q>(
    value: &mut T,
    path: impl FnOnce(ValuePath<T>) -> Q,
) -> Result<Edit, PathError>
where
    T: 'static,
    Q: TransformPath<From = Present<T>>,
{
    transform(value, path)
}

/// Writes a value to every place that a path leads to: [`transform`] with `termval`.
///
/// ```
/// use rama_core::path::setval;
/// use std::collections::BTreeMap;
/// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
/// setval(&mut ages, |path| path.keypath("bob"), 7)?;
/// setval(&mut ages, |path| path.MAP_VALS().pred_gt(30), 30)?;
/// assert_eq!(ages, BTreeMap::from([("ada".to_owned(), 30), ("bob".to_owned(), 7)]));
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
///
/// # Errors
/// Those of the path's steps.
pub fn setval<T, P, S, C>(
    value: &mut T,
    path: impl FnOnce(ValuePath<T>) -> Path<Bare<Present<T>>, P, S, C>,
    new: S::Value,
) -> Result<Edit, PathError>
where
    T: 'static,
    P: Transform<Present<T>, To = S>,
    S: Writable<Value: Clone>,
    Termval<Each<S::Value>>: Editor<S>,
{
    transform(value, |start| path(start).end(|way| way, Termval(Each(new))))
}

fn start<T: 'static>() -> ValuePath<T> {
    Path::start(Bare::new())
}
