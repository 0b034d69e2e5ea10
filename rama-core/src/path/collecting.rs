//! What shapes know about the values that a path collects.

use super::collected::{Collected, With};
use super::edit::Editor;
use super::rows::{Fields, RowList, RowSet, Rows};
use super::sequence::Sequence;
use super::shape::{Maybe, Pair, Present, Shape, Void, Writable};
use super::span::{Ranged, Span};
use super::step::{step, step_itself};
use super::{PathError, Visitor, Walk};

/// A shape on which values can be collected: every shape.
pub trait Collecting: Sequence + Writable<Change = <Self::Bare as Writable>::Change> {
    /// The list of what is collected already.
    type List: Clone + 'static;
    /// The shape without it.
    type Bare: Sequence;
    /// Another shape with the same list.
    type Over<S: Sequence>: Sequence + Writable<Change = S::Change>;

    /// The list, and what the path stands on.
    fn parts<'a>(at: Self::Ref<'a>) -> (&'a Self::List, <Self::Bare as Shape>::Ref<'a>);

    /// The list, and the place.
    fn place_parts<'a>(
        at: Self::Place<'a>,
    ) -> (&'a Self::List, <Self::Bare as Writable>::Place<'a>);

    /// Visits another shape with the list.
    ///
    /// # Errors
    /// Those of `next`.
    fn visit_over<S: Sequence, N: Visitor<Self::Over<S>>>(
        list: &Self::List,
        at: S::Ref<'_>,
        next: &mut N,
    ) -> Walk;

    /// Edits another shape with the list.
    ///
    /// # Errors
    /// Those of `next`.
    fn edit_over<S: Sequence, E: Editor<Self::Over<S>>>(
        list: &Self::List,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError>;
}

macro_rules! nothing_collected {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Collecting for $shape {
            type List = ();
            type Bare = Self;
            type Over<S: Sequence> = S;

            #[inline]
            fn parts<'a>(at: Self::Ref<'a>) -> (&'a (), Self::Ref<'a>) {
                (&(), at)
            }

            #[inline]
            fn place_parts<'a>(at: Self::Place<'a>) -> (&'a (), Self::Place<'a>) {
                (&(), at)
            }

            #[inline]
            fn visit_over<S: Sequence, N: Visitor<S>>(
                (): &(),
                at: S::Ref<'_>,
                next: &mut N,
            ) -> Walk {
                next.visit(at)
            }

            #[inline]
            fn edit_over<S: Sequence, E: Editor<S>>(
                (): &(),
                at: S::Place<'_>,
                next: &mut E,
            ) -> Result<S::Change, PathError> {
                next.edit(at)
            }
        }
    )*};
}

nothing_collected! {
    [T: 'static] Present<T>;
    [T: 'static] Maybe<T>;
    [T: 'static] Void<T>;
    [K: 'static, V: Sequence] Pair<K, V>;
    [K: 'static, V: 'static, C: 'static] Rows<K, V, C>;
    [T: 'static, C: 'static] RowSet<T, C>;
    [K: 'static, V: Ranged<Key = K>] Span<K, V>;
    [V: 'static] RowList<V>;
    [F: 'static] Fields<F>;
}

#[diagnostic::do_not_recommend]
impl<L: Clone + 'static, B: Sequence> Collecting for With<L, B> {
    type List = L;
    type Bare = B;
    type Over<S: Sequence> = With<L, S>;

    #[inline]
    fn parts<'a>(at: Self::Ref<'a>) -> (&'a L, B::Ref<'a>) {
        at
    }

    #[inline]
    fn place_parts<'a>(at: Self::Place<'a>) -> (&'a L, B::Place<'a>) {
        at
    }

    #[inline]
    fn visit_over<S: Sequence, N: Visitor<With<L, S>>>(
        list: &L,
        at: S::Ref<'_>,
        next: &mut N,
    ) -> Walk {
        next.visit((list, S::shorten(at)))
    }

    #[inline]
    fn edit_over<S: Sequence, E: Editor<With<L, S>>>(
        list: &L,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        next.edit((list, S::shorten_place(at)))
    }
}

/// A list of collected values that functions can see without what the path stands on.
pub trait Recalled: Collected {
    /// What a function gets: a reference to the only value, or a tuple of references.
    type Refs<'a>;

    /// The references.
    fn refs(&self) -> Self::Refs<'_>;
}

/// From `(((), A), B)` to `(&A, &B)`.
macro_rules! recalled {
    ($([$($name:ident)+] $list:ty, $pattern:tt, $refs:ty, $value:expr;)*) => {$(
        impl<$($name: Clone + 'static),+> Recalled for $list {
            type Refs<'a> = $refs;

            #[inline]
            #[expect(non_snake_case, reason = "values are named like their types")]
            fn refs(&self) -> Self::Refs<'_> {
                let $pattern = self;
                $value
            }
        }
    )*};
}

recalled! {
    [A] ((), A), ((), A), &'a A, A;
    [A B] (((), A), B), (((), A), B), (&'a A, &'a B), (A, B);
    [A B C] ((((), A), B), C), ((((), A), B), C), (&'a A, &'a B, &'a C), (A, B, C);
    [A B C D] (((((), A), B), C), D), (((((), A), B), C), D),
        (&'a A, &'a B, &'a C, &'a D), (A, B, C, D);
    [A B C D E] ((((((), A), B), C), D), E), ((((((), A), B), C), D), E),
        (&'a A, &'a B, &'a C, &'a D, &'a E), (A, B, C, D, E);
    [A B C D E F] (((((((), A), B), C), D), E), F), (((((((), A), B), C), D), E), F),
        (&'a A, &'a B, &'a C, &'a D, &'a E, &'a F), (A, B, C, D, E, F);
}

/// A shape with collected values that a function can see.
#[diagnostic::on_unimplemented(
    message = "this step needs collected values, and the path has collected none on `{Self}`",
    label = "nothing is collected here",
    note = "collect something first, with `VAL`, `collect`, `collect_one` or `putval`; six values at most"
)]
pub trait HasCollected: Shape {
    /// What the function gets: a reference to the only value, or a tuple of references.
    type Refs<'a>;
    step!();
}

#[diagnostic::do_not_recommend]
impl<L: Recalled, S: Shape> HasCollected for With<L, S> {
    type Refs<'a> = L::Refs<'a>;
    step_itself!();
}
