//! What a point of a path stands on, as a type.
//!
//! A shape says whether a value is surely there. It holds nothing itself: how a shape is seen by a select
//! is its [`Shape::Ref`], how it is handed to a transform its [`Writable::Place`].

use super::edit::Change;
use std::marker::PhantomData;

/// What a point of a path stands on.
pub trait Shape: Sized + 'static {
    /// How a select sees it: something small, which several steps may look at.
    type Ref<'a>: Copy;
    /// The type of the value that stands here or would stand here.
    type Value;

    /// The same for a shorter time: what the compiler does by itself where it knows the shape.
    fn shorten<'short, 'long: 'short>(at: Self::Ref<'long>) -> Self::Ref<'short>;
}

/// In an implementation of [`Shape`].
macro_rules! shorten {
    () => {
        #[inline]
        fn shorten<'short, 'long: 'short>(at: Self::Ref<'long>) -> Self::Ref<'short> {
            at
        }
    };
}

/// In an implementation of [`Writable`].
macro_rules! shorten_place {
    () => {
        #[inline]
        fn shorten_place<'short, 'long: 'short>(at: Self::Place<'long>) -> Self::Place<'short> {
            at
        }
    };
}

pub(super) use shorten;

/// A value that is surely there.
pub struct Present<T>(PhantomData<fn() -> T>);

/// The place of a value that may be missing ("nil").
pub struct Maybe<T>(PhantomData<fn() -> T>);

/// An entry of a map: its key, and the shape of its value.
pub struct Pair<K, S>(PhantomData<fn() -> (K, S)>);

/// The place of a new element: there is nothing to read, and what is written is added.
pub struct Void<T>(PhantomData<fn() -> T>);

impl<T: 'static> Shape for Present<T> {
    type Ref<'a> = &'a T;
    type Value = T;
    shorten!();
}

impl<T: 'static> Shape for Maybe<T> {
    type Ref<'a> = Option<&'a T>;
    type Value = T;
    shorten!();
}

impl<K: 'static, S: Shape> Shape for Pair<K, S> {
    type Ref<'a> = (&'a K, S::Ref<'a>);
    type Value = (K, S::Value);

    #[inline]
    fn shorten<'short, 'long: 'short>(
        (key, value): (&'long K, S::Ref<'long>),
    ) -> (&'short K, S::Ref<'short>) {
        (key, S::shorten(value))
    }
}

impl<T: 'static> Shape for Void<T> {
    type Ref<'a> = ();
    type Value = T;
    shorten!();
}

/// A shape that a transform can stand on.
#[diagnostic::on_unimplemented(
    message = "a path cannot write to `{Self}`",
    label = "this path cannot write"
)]
pub trait Writable: Shape {
    /// How a transform gets it.
    type Place<'a>;
    /// What a transform did to it.
    type Change;

    /// The same for a shorter time: what the compiler does by itself where it knows the shape.
    fn shorten_place<'short, 'long: 'short>(at: Self::Place<'long>) -> Self::Place<'short>;
}

impl<T: 'static> Writable for Present<T> {
    type Place<'a> = Hold<'a, T>;
    type Change = Change<T>;
    shorten_place!();
}

impl<T: 'static> Writable for Maybe<T> {
    type Place<'a> = Option<Hold<'a, T>>;
    type Change = Change<T>;
    shorten_place!();
}

impl<T: 'static> Writable for Void<T> {
    type Place<'a> = ();
    type Change = Change<T>;
    shorten_place!();
}

impl<K: 'static, S: Writable> Writable for Pair<K, S> {
    type Place<'a> = (&'a K, S::Place<'a>);
    type Change = PairChange<K, S>;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(
        (key, value): (&'long K, S::Place<'long>),
    ) -> (&'short K, S::Place<'short>) {
        (key, S::shorten_place(value))
    }
}

/// What becomes of an entry of a map.
pub enum PairChange<K: 'static, S: Writable> {
    /// It stays as it was.
    Kept,
    /// This happened to its value, under the same key.
    Value(S::Change),
    /// Its value, as it is, moves to this key.
    Key(K),
    /// This entry takes its place.
    Set(K, S::Value),
    /// It leaves the map.
    Removed,
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

impl<T: Clone> Hold<'_, T> {
    /// The value itself; a copy of one that is lent.
    pub fn into_owned(self) -> T {
        match self {
            Self::Lent(value) => value.clone(),
            Self::Given(value) => value,
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
