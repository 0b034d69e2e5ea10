//! Paths on plain Rust values (PA-02).
//!
//! The same paths as on PStates, in any Rust code. Nothing is stored and nothing can fail, except that
//! `select_one` on a path to many places checks their number.

use super::builder::{Bare, Path, ReadPath, SelectPath, TransformPath};
use super::edit::{Change, Edit, Editor};
use super::search;
use super::shape::{Hold, Present};
use super::walk::Start;
use super::{One, PathError};

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

fn start<T: 'static>() -> ValuePath<T> {
    Path::start(Bare::new())
}
