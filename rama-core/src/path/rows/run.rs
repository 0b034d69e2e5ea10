//! Whole paths over rows.

use super::map::{Rows, RowsMut, RowsRef};
use super::stored::Stored;
use super::structure::{Element, Structure};
use super::{Cursor, Fate, Fields, Page, Pager, ReadRows, WriteRows};
use crate::codec::Value;
use crate::path::builder::{ReadPath, SelectPath, TransformPath};
use crate::path::edit::{Edit, Editor};
use crate::path::search;
use crate::path::shape::{Maybe, Present, Shape, Writable};
use crate::path::{PathError, Visitor, Walk};

/// The shape on which the paths of a PState start: [`Rows`] for a map, [`Fields`] for fixed keys, and [`Maybe`]
/// for a plain value, which is a single row.
pub trait Root: Writable {
    /// Starts a select.
    ///
    /// # Errors
    /// Those of the walk.
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows, next: &mut N) -> Walk;

    /// Starts a transform.
    ///
    /// # Errors
    /// Those of the transform.
    fn rewrite<E: Editor<Self>>(rows: &mut dyn WriteRows, next: &mut E) -> Result<Edit, PathError>;
}

macro_rules! root_structure {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        impl<$($parameter)*> Root for $shape {
            #[inline]
            fn enter<N: Visitor<Self>>(rows: &dyn ReadRows, next: &mut N) -> Walk {
                next.visit(RowsRef { rows, structure: &Structure::root() })
            }

            #[inline]
            fn rewrite<E: Editor<Self>>(
                rows: &mut dyn WriteRows,
                next: &mut E,
            ) -> Result<Edit, PathError> {
                let fate = next.edit(RowsMut { rows, structure: &Structure::root() })?;
                Ok(Edit::from(fate != Fate::Kept))
            }
        }
    )*};
}

root_structure! {
    [K: 'static, S: 'static, C: 'static] Rows<K, S, C>;
    [F: 'static] Fields<F>;
}

/// A plain value is the row of the key `()`.
impl<V: Value> Root for Maybe<V> {
    #[inline]
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows, next: &mut N) -> Walk {
        let root = Structure::root();
        Present::<V>::read_perhaps(rows, &Element::new(root.prefix, &root), next)
    }

    #[inline]
    fn rewrite<E: Editor<Self>>(rows: &mut dyn WriteRows, next: &mut E) -> Result<Edit, PathError> {
        let root = Structure::root();
        Present::<V>::write_perhaps(rows, &Element::new(root.prefix, &root), next)
    }
}

/// A plain value with an initial value is always there: whoever keeps the rows gives the initial one.
impl<V: Value> Root for Present<V> {
    #[inline]
    fn enter<N: Visitor<Self>>(rows: &dyn ReadRows, next: &mut N) -> Walk {
        let root = Structure::root();
        Self::read(rows, &Element::new(root.prefix, &root), next)
    }

    #[inline]
    fn rewrite<E: Editor<Self>>(rows: &mut dyn WriteRows, next: &mut E) -> Result<Edit, PathError> {
        let root = Structure::root();
        Self::write(rows, &Element::new(root.prefix, &root), next)
    }
}

/// What a path finds in rows.
///
/// # Errors
/// [`PathError::Storage`].
#[inline]
pub fn select<Q, Out>(rows: &dyn ReadRows, path: &Q) -> Result<Vec<Out>, PathError>
where
    Q: SelectPath<From: Root, Out = Out>,
{
    search::every(|end| enter(rows, path, end))
}

/// A page of what a path finds in rows: `size` rows of its first scan, behind `cursor` or from the beginning. A path
/// that does not scan is one page.
///
/// # Errors
/// [`PathError::Storage`].
pub fn select_page<Q, Out>(
    rows: &dyn ReadRows,
    path: &Q,
    cursor: Option<Cursor>,
    size: usize,
) -> Result<Page<Out>, PathError>
where
    Q: SelectPath<From: Root, Out = Out>,
{
    let mut pager = Pager::new(cursor, size);
    let values = search::every(|end| {
        Q::From::enter(rows, &mut PageWalker { path, pager: &mut pager, end })
    })?;
    Ok(Page { values, next: pager.next() })
}

/// The one value that a path finds in rows, as [`select_one`](crate::path::select_one) says.
///
/// # Errors
/// [`PathError::Storage`], and [`PathError::NotExactlyOne`] when a path to many places finds none or several.
pub fn select_one<Q, One>(rows: &dyn ReadRows, path: &Q) -> Result<One, PathError>
where
    Q: SelectPath<From: Root, One = One>,
{
    search::one::<Q::To, Q::Count>(|end| enter(rows, path, end))
}

/// The first value that a path finds in rows, if there is one. The search stops there.
///
/// # Errors
/// [`PathError::Storage`].
pub fn select_any<Q, Out>(rows: &dyn ReadRows, path: &Q) -> Result<Option<Out>, PathError>
where
    Q: SelectPath<From: Root, Out = Out>,
{
    search::any(|end| enter(rows, path, end))
}

/// Whether a path finds anything in rows. The search stops there and copies nothing.
///
/// # Errors
/// [`PathError::Storage`].
pub fn selected_any<Q>(rows: &dyn ReadRows, path: &Q) -> Result<bool, PathError>
where
    Q: ReadPath<From: Root>,
{
    search::something(|end| enter(rows, path, end))
}

/// Hands everything that a path finds in rows to a visitor.
///
/// # Errors
/// Those of the visitor, and [`PathError::Storage`].
pub fn visit<Q, N>(rows: &dyn ReadRows, path: &Q, end: &mut N) -> Walk
where
    Q: ReadPath<From: Root>,
    N: Visitor<Q::To>,
{
    enter(rows, path, end)
}

/// Writes to every place in rows that a path leads to, and says whether anything was written.
///
/// # Errors
/// [`PathError::Storage`]; what was written before the failure stays written.
#[inline]
pub fn transform<Q>(rows: &mut dyn WriteRows, path: Q) -> Result<Edit, PathError>
where
    Q: TransformPath<From: Root>,
{
    Q::From::rewrite(rows, &mut path.into_editor())
}

fn enter<Q, N>(rows: &dyn ReadRows, path: &Q, end: &mut N) -> Walk
where
    Q: ReadPath<From: Root>,
    N: Visitor<Q::To>,
{
    Q::From::enter(rows, &mut Walker { path, end })
}

/// A whole path as the visitor that stands at its root.
struct Walker<'a, Q, N> {
    path: &'a Q,
    end: &'a mut N,
}

impl<Q: ReadPath, N: Visitor<Q::To>> Visitor<Q::From> for Walker<'_, Q, N> {
    #[inline]
    fn visit(&mut self, at: <Q::From as Shape>::Ref<'_>) -> Walk {
        self.path.walk(at, self.end)
    }
}

/// A whole path as the visitor that stands at its root, for a page.
struct PageWalker<'a, Q, N> {
    path: &'a Q,
    pager: &'a mut Pager,
    end: &'a mut N,
}

impl<Q: ReadPath, N: Visitor<Q::To>> Visitor<Q::From> for PageWalker<'_, Q, N> {
    fn visit(&mut self, at: <Q::From as Shape>::Ref<'_>) -> Walk {
        self.path.walk_page(at, self.pager, self.end)
    }
}
