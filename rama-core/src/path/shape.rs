//! What a point of a path stands on, as a type.
//!
//! A shape says whether a value is surely there. It holds nothing itself: how a shape is seen by a select
//! is its [`Shape::Ref`], how it is handed to a transform its [`Writable::Place`].

use super::edit::{Change, Edit};
use super::rows::{ReadRows, WriteRows};
use std::marker::PhantomData;

/// What a point of a path stands on.
pub trait Shape: Sized + 'static {
    /// How a select sees it.
    type Ref<'a>;
    /// The type of the value that stands here or would stand here.
    type Value;
}

/// A value that is surely there.
pub struct Present<T>(PhantomData<fn() -> T>);

/// The place of a value that may be missing ("nil").
pub struct Maybe<T>(PhantomData<fn() -> T>);

/// The rows of a PState, which are never in memory as a whole.
pub struct Rows<K, V>(PhantomData<fn() -> (K, V)>);

/// An entry of a map.
pub struct Pair<K, V>(PhantomData<fn() -> (K, V)>);

/// The place of a new element: there is nothing to read, and what is written is added.
pub struct Void<T>(PhantomData<fn() -> T>);

impl<T: 'static> Shape for Present<T> {
    type Ref<'a> = &'a T;
    type Value = T;
}

impl<T: 'static> Shape for Maybe<T> {
    type Ref<'a> = Option<&'a T>;
    type Value = T;
}

impl<K: 'static, V: 'static> Shape for Rows<K, V> {
    type Ref<'a> = &'a dyn ReadRows<K, V>;
    type Value = ();
}

impl<K: 'static, V: 'static> Shape for Pair<K, V> {
    type Ref<'a> = (&'a K, &'a V);
    type Value = (K, V);
}

impl<T: 'static> Shape for Void<T> {
    type Ref<'a> = ();
    type Value = T;
}

/// A shape that a transform can stand on.
#[diagnostic::on_unimplemented(
    message = "a path cannot write to `{Self}`",
    label = "this path cannot write",
    note = "write to the values of a map with `MAP_VALS`"
)]
pub trait Writable: Shape {
    /// How a transform gets it.
    type Place<'a>;
    /// What a transform did to it.
    type Change;
}

impl<T: 'static> Writable for Present<T> {
    type Place<'a> = Hold<'a, T>;
    type Change = Change<T>;
}

impl<T: 'static> Writable for Maybe<T> {
    type Place<'a> = Option<Hold<'a, T>>;
    type Change = Change<T>;
}

impl<T: 'static> Writable for Void<T> {
    type Place<'a> = ();
    type Change = Change<T>;
}

impl<K: 'static, V: 'static> Writable for Rows<K, V> {
    type Place<'a> = &'a mut dyn WriteRows<K, V>;
    type Change = Edit;
}

/// The two shapes that stand on a value in memory: [`Present`] and [`Maybe`]. Lets a navigator treat a
/// missing collection like an empty one.
pub trait Holder: Writable<Change = Change<<Self as Shape>::Value>> {
    /// The value, if it is there.
    fn seen<'a>(at: Self::Ref<'a>) -> Option<&'a Self::Value>;

    /// The value in the hands of a transform, if it is there.
    fn held<'a>(at: Self::Place<'a>) -> Option<Hold<'a, Self::Value>>;
}

impl<T: 'static> Holder for Present<T> {
    #[inline]
    fn seen<'a>(at: Self::Ref<'a>) -> Option<&'a T> {
        Some(at)
    }

    #[inline]
    fn held<'a>(at: Self::Place<'a>) -> Option<Hold<'a, T>> {
        Some(at)
    }
}

impl<T: 'static> Holder for Maybe<T> {
    #[inline]
    fn seen<'a>(at: Self::Ref<'a>) -> Option<&'a T> {
        at
    }

    #[inline]
    fn held<'a>(at: Self::Place<'a>) -> Option<Hold<'a, T>> {
        at
    }
}

/// A value in the hands of a transform.
pub enum Hold<'a, T> {
    /// The value stays where it stands and is edited there.
    Lent(&'a mut T),
    /// The value was taken out of its place or made for it: only [`Change::Set`] brings it in (again).
    Given(T),
}

impl<T> Hold<'_, T> {
    /// Edits the value; `edit` says whether it changed anything.
    ///
    /// # Errors
    /// Those of `edit`.
    #[inline]
    pub fn edit<E>(self, edit: impl FnOnce(&mut T) -> Result<bool, E>) -> Result<Change<T>, E> {
        match self {
            Self::Lent(value) => {
                edit(value).map(|changed| if changed { Change::InPlace } else { Change::Kept })
            }
            Self::Given(mut value) => edit(&mut value)
                .map(|changed| if changed { Change::Set(value) } else { Change::Kept }),
        }
    }
}

impl<T> AsRef<T> for Hold<'_, T> {
    fn as_ref(&self) -> &T {
        match self {
            Self::Lent(value) => value,
            Self::Given(value) => value,
        }
    }
}
