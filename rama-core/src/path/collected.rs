//! Collected values: what a path takes along (PA-10).
//!
//! A path that collected something stands on [`With<L, S>`]: the shape `S`, and beside it the list `L` of
//! values. The list is a pair of the list before it and the last value, `(((), A), B)`. Navigators know
//! nothing of it: [`Under`] lets any of them run on `S` and hands the list past it.

use super::edit::{Editor, Transform, Want};
use super::rows::{LeadingKey, Pager};
use super::shape::{Shape, Writable};
use super::{Navigator, PathError, Visitor, Walk};
use std::marker::PhantomData;

/// The shape `S` with the collected values `L`.
pub struct With<L, S>(PhantomData<fn() -> (L, S)>);

impl<L: 'static, S: Shape> Shape for With<L, S> {
    type Ref<'a> = (&'a L, S::Ref<'a>);
    type Value = S::Value;

    #[inline]
    fn shorten<'short, 'long: 'short>(
        (list, at): (&'long L, S::Ref<'long>),
    ) -> (&'short L, S::Ref<'short>) {
        (list, S::shorten(at))
    }
}

impl<L: 'static, S: Writable> Writable for With<L, S> {
    type Place<'a> = (&'a L, S::Place<'a>);
    type Change = S::Change;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(
        (list, at): (&'long L, S::Place<'long>),
    ) -> (&'short L, S::Place<'short>) {
        (list, S::shorten_place(at))
    }
}

/// A list of collected values.
pub trait Collected: Clone + 'static {
    /// The arguments of a function that gets references to the values and then `V`.
    type Args<'a, V>;
    /// What a select hands out: the values and then `V`.
    type Owned<V>;

    /// The values and `last`, as arguments.
    fn args<V>(&self, last: V) -> Self::Args<'_, V>;

    /// The values and `last`, copied out.
    fn owned<V>(&self, last: V) -> Self::Owned<V>;
}

/// From `(((), A), B)` to `(A, B, V)`.
macro_rules! collected_lists {
    ($([$($name:ident)+] $list:ty, $pattern:tt;)*) => {$(
        impl<$($name: Clone + 'static),+> Collected for $list {
            type Args<'a, V> = ($(&'a $name,)+ V);
            type Owned<V> = ($($name,)+ V);

            #[inline]
            #[expect(non_snake_case, reason = "values are named like their types")]
            fn args<V>(&self, last: V) -> Self::Args<'_, V> {
                let $pattern = self;
                ($($name,)+ last)
            }

            #[inline]
            #[expect(non_snake_case, reason = "values are named like their types")]
            fn owned<V>(&self, last: V) -> Self::Owned<V> {
                let $pattern = self;
                ($($name.clone(),)+ last)
            }
        }
    )*};
}

collected_lists! {
    [A] ((), A), ((), A);
    [A B] (((), A), B), (((), A), B);
    [A B C] ((((), A), B), C), ((((), A), B), C);
    [A B C D] (((((), A), B), C), D), (((((), A), B), C), D);
    [A B C D E] ((((((), A), B), C), D), E), ((((((), A), B), C), D), E);
    [A B C D E F] (((((((), A), B), C), D), E), F), (((((((), A), B), C), D), E), F);
}

/// A navigator or terminal that runs on the shape under the collected values.
#[derive(Clone, Copy, Debug)]
pub struct Under<N>(pub(super) N);

impl<L: 'static, S: Shape, P: Navigator<S>> Navigator<With<L, S>> for Under<P> {
    type To = With<L, P::To>;
    type Count = P::Count;
    const STAYS: bool = P::STAYS;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, (list, at): (&L, S::Ref<'_>), next: &mut N) -> Walk {
        self.0.select(at, &mut Beside { list, next })
    }

    const SCANS: bool = P::SCANS;

    fn select_page<N: Visitor<Self::To>>(
        &self,
        (list, at): (&L, S::Ref<'_>),
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        self.0.select_page(at, pager, &mut Beside { list, next })
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.0.home()
    }
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Writable, P: Transform<S>> Transform<With<L, S>> for Under<P> {
    const SAME_VALUE: bool = P::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        (list, at): (&L, S::Place<'_>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.0.transform(at, &mut Beside { list, next })
    }
}

impl<L: 'static, S: Writable, T: Editor<S>> Editor<With<L, S>> for Under<T> {
    const WANTS: Want = T::WANTS;
    const REMOVES: bool = T::REMOVES;

    #[inline]
    fn edit(&mut self, (_, at): (&L, S::Place<'_>)) -> Result<S::Change, PathError> {
        self.0.edit(at)
    }
}

/// What comes after a navigator, with the list that went past it.
struct Beside<'a, L, N> {
    list: &'a L,
    next: &'a mut N,
}

impl<L: 'static, S: Shape, N: Visitor<With<L, S>>> Visitor<S> for Beside<'_, L, N> {
    #[inline]
    fn visit(&mut self, at: S::Ref<'_>) -> Walk {
        self.next.visit((self.list, S::shorten(at)))
    }
}

impl<L: 'static, S: Writable, E: Editor<With<L, S>>> Editor<S> for Beside<'_, L, E> {
    const WANTS: Want = E::WANTS;
    const REMOVES: bool = E::REMOVES;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        self.next.edit((self.list, S::shorten_place(at)))
    }
}
