//! Navigators that collect values: `putval` (NV-82).

use super::collected::With;
use super::edit::{Editor, Transform};
use super::shape::{Maybe, Present, Shape, Writable};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Visitor, Walk};

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Stays, and collects a constant (NV-82).
    ///
    /// ```
    /// use rama_core::path::{select, transform};
    /// use std::collections::BTreeMap;
    /// let mut ages = BTreeMap::from([("ada".to_owned(), 36)]);
    /// assert_eq!(select(&ages, |path| path.putval(1).must("ada"))?, [(1, 36)]);
    /// transform(&mut ages, |path| path.putval(10).must("ada").term(|(ten, age)| age - ten))?;
    /// assert_eq!(ages["ada"], 26);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn putval<V, To, N>(self, value: V) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Collecting<Plus<V> = To, Step<Putval<V>> = N>,
        V: Clone + 'static,
    {
        self.then(S::step(Putval(value)))
    }
}

/// A shape on which values can be collected.
pub trait Collecting: Shape {
    /// The list of what is collected already.
    type List: Clone + 'static;
    /// The shape without it.
    type Inner: Shape;
    /// The shape with one value more.
    type Plus<V: Clone + 'static>: Shape;
    step!();

    /// What is collected and what the path stands on.
    fn parts<'a>(at: Self::Ref<'a>) -> (Option<&'a Self::List>, <Self::Inner as Shape>::Ref<'a>);
}

macro_rules! nothing_collected {
    ($([$($parameter:tt)*] $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> Collecting for $shape {
            type List = ();
            type Inner = Self;
            type Plus<V: Clone + 'static> = With<((), V), Self>;
            step_itself!();

            #[inline]
            fn parts<'a>(at: Self::Ref<'a>) -> (Option<&'a ()>, Self::Ref<'a>) {
                (None, at)
            }
        }
    )*};
}

nothing_collected! {
    [T: 'static] Present<T>;
    [T: 'static] Maybe<T>;
}

#[diagnostic::do_not_recommend]
impl<L: Clone + 'static, S: Shape> Collecting for With<L, S> {
    type List = L;
    type Inner = S;
    type Plus<V: Clone + 'static> = With<(L, V), S>;
    step_itself!();

    #[inline]
    fn parts<'a>(at: Self::Ref<'a>) -> (Option<&'a L>, S::Ref<'a>) {
        (Some(at.0), at.1)
    }
}

/// Navigator of [`Path::putval`].
#[derive(Clone, Debug)]
pub struct Putval<V>(V);

impl<T: 'static, V: Clone + 'static> Navigator<Present<T>> for Putval<V> {
    type To = With<((), V), Present<T>>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Self::To>>(&self, at: &T, next: &mut N) -> Walk {
        next.visit((&((), self.0.clone()), at))
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, V: Clone + 'static> Transform<Present<T>> for Putval<V> {
    const SAME_VALUE: bool = true;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: <Present<T> as Writable>::Place<'_>,
        next: &mut E,
    ) -> Result<<Present<T> as Writable>::Change, PathError> {
        next.edit((&((), self.0.clone()), at))
    }
}

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on if a path finds something from here.
    pub fn selected<Q, To, N, D>(self, path: impl FnOnce(super::Inner<S>) -> Q) -> Path<R, Then<P, N>, To, C::And<super::AtMostOne>>
    where
        S: Staying<Step<Selected<D>> = N, To = To>,
        Q: super::SubPath<S, Navigator = D>,
    {
        self.then(S::step(Selected(super::Inner::steps(path))))
    }
}

/// x
pub trait Staying: Shape { 
    /// x
    type To: Shape;
    step!(); }
impl<T: 'static> Staying for Present<T> { type To = Self; step_itself!(); }
impl<L: 'static, S: Shape> Staying for With<L, S> { type To = Self; step_itself!(); }

/// x
pub struct Selected<D>(D);
struct Some_(bool);
impl<S: Shape> Visitor<S> for Some_ {
    fn visit(&mut self, _: S::Ref<'_>) -> Walk { self.0 = true; Err(super::Halt::Enough) }
}
impl<S: Shape, D: Navigator<S>> Navigator<S> for Selected<D> {
    type To = S;
    type Count = super::AtMostOne;
    fn select<N: Visitor<S>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        let mut s = Some_(false);
        match self.0.select(at, &mut s) { Err(super::Halt::Failed(e)) => return Err(super::Halt::Failed(e)), _ => {} }
        if s.0 { next.visit(at) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::path::{select, transform};
    #[test]
    fn works() {
        let ages = vec![1, 2, 3];
        assert_eq!(select(&ages, |path| path.putval(1).ALL().selected(|path| path.view(|n| n + 1))).unwrap().len(), 3);
        assert_eq!(select(&ages, |path| path.ALL().selected(|path| path.view(|n| n + 1))).unwrap().len(), 3);
        let _ = transform(&mut vec![1], |p| p.putval(1).ALL().update(|(a, b)| *b += *a));
    }
}
