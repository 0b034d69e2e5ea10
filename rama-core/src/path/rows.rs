//! The rows of a PState, as paths see them, and the way from them into a path.
//!
//! Whoever keeps rows implements [`ReadRows`] and [`WriteRows`]; these two are the only dynamic calls of a
//! path, one or two for each row it touches.

use super::builder::{SelectPath, TransformPath};
use super::edit::{Change, Edit, Editor, Want};
use super::search;
use super::shape::{Hold, Maybe, Present, Rows, Shape, Writable};
use super::{PathError, Visitor, Walk};
use std::sync::Arc;

/// Rows that can be read.
pub trait ReadRows<K, V> {
    /// The row of a key.
    ///
    /// # Errors
    /// [`PathError::Storage`], also when the key does not live here.
    fn get(&self, key: &K) -> Result<Option<Arc<V>>, PathError>;

    /// Visits all rows in the order of their keys, as of one moment.
    ///
    /// # Errors
    /// The visitor's [`Halt`](super::Halt), at once and unchanged, and failing stores.
    fn scan(&self, visit: &mut dyn FnMut(&K, &V) -> Walk) -> Walk;
}

/// Rows that can be written. Everything written is read again by the calls after it.
///
/// Every method fails with [`PathError::Storage`], also when the key does not live here.
#[expect(clippy::missing_errors_doc, reason = "the trait's own text says it once for all methods")]
pub trait WriteRows<K, V> {
    /// The row of a key, to be edited. After an edit that changed it, [`WriteRows::changed`] follows;
    /// without, the row is as it was.
    fn load(&mut self, key: &K) -> Result<Option<&mut V>, PathError>;

    /// The row of a key, moved out. A [`WriteRows::put`] for the same key always follows, unless the
    /// transform fails or panics. Overriding the default, which copies the row, pays when the row is
    /// owned by the layer that hands it out.
    fn take(&mut self, key: &K) -> Result<Option<V>, PathError>
    where
        V: Clone,
    {
        Ok(self.load(key)?.map(|row| row.clone()))
    }

    /// Writes a whole row, without a read.
    fn put(&mut self, key: &K, row: V) -> Result<(), PathError>;

    /// Removes a row, without a read: it may be missing already.
    fn remove(&mut self, key: &K) -> Result<(), PathError>;

    /// The row that [`WriteRows::load`] handed out last was edited.
    fn changed(&mut self, key: &K) -> Result<(), PathError>;

    /// All keys in their order: those that a transform of every row goes to.
    fn keys(&self) -> Result<Vec<K>, PathError>;
}

/// The shape on which the paths of a PState start: [`Rows`] for a map, and [`Maybe`] for a plain value,
/// which is the row of the key `()`.
pub trait Root<K, V>: Writable {
    /// Starts a select.
    ///
    /// # Errors
    /// Those of the walk.
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows<K, V>, next: &mut N) -> Walk;

    /// Starts a transform.
    ///
    /// # Errors
    /// Those of the transform.
    fn rewrite<E: Editor<Self>>(
        rows: &mut dyn WriteRows<K, V>,
        next: &mut E,
    ) -> Result<Edit, PathError>;
}

impl<K: 'static, V: 'static> Root<K, V> for Rows<K, V> {
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows<K, V>, next: &mut N) -> Walk {
        next.visit(rows)
    }

    fn rewrite<E: Editor<Self>>(
        rows: &mut dyn WriteRows<K, V>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        next.edit(rows)
    }
}

impl<V: Clone + 'static> Root<(), V> for Maybe<V> {
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows<(), V>, next: &mut N) -> Walk {
        next.visit(rows.get(&())?.as_deref())
    }

    fn rewrite<E: Editor<Self>>(
        rows: &mut dyn WriteRows<(), V>,
        next: &mut E,
    ) -> Result<Edit, PathError> {
        edit_row(rows, &(), next)
    }
}

/// Edits the place of one row, reading no more than `next` wants.
pub(super) fn edit_row<K, V: Clone + 'static, E: Editor<Maybe<V>>>(
    rows: &mut dyn WriteRows<K, V>,
    key: &K,
    next: &mut E,
) -> Result<Edit, PathError> {
    let change = match E::WANTS {
        Want::Nothing => next.edit(None),
        wants if wants.moves::<V>() => next.edit(rows.take(key)?.map(Hold::Given)),
        Want::Lent | Want::Given => next.edit(rows.load(key)?.map(Hold::Lent)),
    }?;
    store_row(rows, key, change)
}

/// Edits one row if it is there.
pub(super) fn edit_present_row<K, V: Clone + 'static, E: Editor<Present<V>>>(
    rows: &mut dyn WriteRows<K, V>,
    key: &K,
    next: &mut E,
) -> Result<Edit, PathError> {
    let row = if E::WANTS.moves::<V>() {
        rows.take(key)?.map(Hold::Given)
    } else {
        rows.load(key)?.map(Hold::Lent)
    };
    let Some(row) = row else { return Ok(Edit::Kept) };
    let change = next.edit(row)?;
    store_row(rows, key, change)
}

fn store_row<K, V>(
    rows: &mut dyn WriteRows<K, V>,
    key: &K,
    change: Change<V>,
) -> Result<Edit, PathError> {
    match change {
        Change::Kept => return Ok(Edit::Kept),
        Change::InPlace => rows.changed(key)?,
        Change::Set(row) => rows.put(key, row)?,
        Change::Removed => rows.remove(key)?,
    }
    Ok(Edit::Changed)
}

/// What a path finds in rows.
///
/// # Errors
/// [`PathError::Storage`].
#[inline]
pub fn select<K, V, Q, Out>(rows: &dyn ReadRows<K, V>, path: &Q) -> Result<Vec<Out>, PathError>
where
    Q: SelectPath<From: Root<K, V>, Out = Out>,
{
    search::every(|end| enter(rows, path, end))
}

/// The one value that a path finds in rows, as [`select_one`](super::select_one) says.
///
/// # Errors
/// [`PathError::Storage`], and [`PathError::NotExactlyOne`] when a path to many places finds none or several.
pub fn select_one<K, V, Q, One>(rows: &dyn ReadRows<K, V>, path: &Q) -> Result<One, PathError>
where
    Q: SelectPath<From: Root<K, V>, One = One>,
{
    search::one::<Q::To, Q::Count>(|end| enter(rows, path, end))
}

/// The first value that a path finds in rows, if there is one. The search stops there.
///
/// # Errors
/// [`PathError::Storage`].
pub fn select_any<K, V, Q, Out>(
    rows: &dyn ReadRows<K, V>,
    path: &Q,
) -> Result<Option<Out>, PathError>
where
    Q: SelectPath<From: Root<K, V>, Out = Out>,
{
    search::any(|end| enter(rows, path, end))
}

/// Whether a path finds anything in rows. The search stops there and copies nothing.
///
/// # Errors
/// [`PathError::Storage`].
pub fn selected_any<K, V, Q>(rows: &dyn ReadRows<K, V>, path: &Q) -> Result<bool, PathError>
where
    Q: SelectPath<From: Root<K, V>>,
{
    search::something(|end| enter(rows, path, end))
}

/// Writes to every place in rows that a path leads to, and says whether anything was written.
///
/// # Errors
/// [`PathError::Storage`]; what was written before the failure stays written.
#[inline]
pub fn transform<K, V, Q>(rows: &mut dyn WriteRows<K, V>, path: Q) -> Result<Edit, PathError>
where
    Q: TransformPath<From: Root<K, V>>,
{
    Q::From::rewrite(rows, &mut path.into_editor())
}

fn enter<K, V, Q, N>(rows: &dyn ReadRows<K, V>, path: &Q, end: &mut N) -> Walk
where
    Q: SelectPath<From: Root<K, V>>,
    N: Visitor<Q::To>,
{
    Q::From::enter(rows, &mut Walker { path, end })
}

/// A whole path as the visitor that stands at its root.
struct Walker<'a, Q, N> {
    path: &'a Q,
    end: &'a mut N,
}

impl<Q: SelectPath, N: Visitor<Q::To>> Visitor<Q::From> for Walker<'_, Q, N> {
    #[inline]
    fn visit(&mut self, at: <Q::From as Shape>::Ref<'_>) -> Walk {
        self.path.walk(at, self.end)
    }
}
