//! Ranges as one value: what a select hands out, and what terminals and `view` work on.

use super::edit::{Change, Editor, Transform, Want};
use super::range::KeyRange;
use super::search::Found;
use super::shape::{Hold, Present, Writable};
use super::span::{Ranged, Span, Whole};
use super::step::step_itself;
use super::terminal::{Assignable, IsPresent, Removable, Remove};
use super::view::Visible;
use super::walk::Step;
use super::{Collected, Navigator, PathError, Visitor, Walk, With};

/// A navigator or terminal that runs on what is in a range, as one value.
#[derive(Clone, Copy, Debug)]
pub struct OnWhole<N>(pub(super) N);

/// In an implementation: the step runs on the range as one value.
macro_rules! step_on_whole {
    () => {
        type Step<N> = OnWhole<N>;

        #[inline]
        fn step<N>(navigator: N) -> OnWhole<N> {
            OnWhole(navigator)
        }
    };
}

/// In an implementation of a terminal's capability: the way is the path itself.
macro_rules! way_itself {
    () => {
        type Way<P> = P;

        #[inline]
        fn way<P>(navigator: P) -> P {
            navigator
        }
    };
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Whole<Key = K>> Found for Span<K, S> {
    type Out = S::Whole;

    fn found((at, range): Self::Ref<'_>) -> Result<S::Whole, PathError> {
        S::whole(at, range)
    }
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Whole<Key = K>> Visible for Span<K, S> {
    type Seen<'a> = &'a S::Whole;
    type To<U: 'static> = Present<U>;
    step_on_whole!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Whole<Key = K>> Assignable for Span<K, S> {
    way_itself!();
    step_on_whole!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Whole<Key = K>> IsPresent for Span<K, S> {
    type Args<'a, V> = V;
    way_itself!();
    step_on_whole!();
}

#[diagnostic::do_not_recommend]
impl<L: Collected, K: 'static, S: Whole<Key = K>> IsPresent for With<L, Span<K, S>> {
    type Args<'a, V> = L::Args<'a, V>;
    way_itself!();
    step_on_whole!();
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Ranged<Key = K>> Removable for Span<K, S> {
    way_itself!();
    step_itself!();
}

impl<K: 'static, S: Ranged<Key = K>> Editor<Span<K, S>> for Remove {
    const WANTS: Want = Want::Nothing;

    #[inline]
    fn edit(&mut self, (at, range): (S::Place<'_>, &KeyRange<K>)) -> Result<S::Change, PathError> {
        S::erase(at, range)
    }
}

impl<K, S, N> Navigator<Span<K, S>> for OnWhole<N>
where
    K: 'static,
    S: Whole<Key = K>,
    N: Navigator<Present<S::Whole>>,
{
    type To = N::To;
    type Count = N::Count;

    fn select<V: Visitor<N::To>>(
        &self,
        (at, range): (S::Ref<'_>, &KeyRange<K>),
        next: &mut V,
    ) -> Walk {
        self.0.select(&S::whole(at, range)?, next)
    }
}

#[diagnostic::do_not_recommend]
impl<K, S, N> Transform<Span<K, S>> for OnWhole<N>
where
    K: 'static,
    S: Whole<Key = K>,
    N: Transform<Present<S::Whole>>,
{
    fn transform<E: Editor<N::To>>(
        &self,
        (at, range): (S::Place<'_>, &KeyRange<K>),
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        S::rewrite(at, range, &mut Step { navigator: &self.0, next })
    }
}

impl<K, S, T> Editor<Span<K, S>> for OnWhole<T>
where
    K: 'static,
    S: Whole<Key = K>,
    T: Editor<Present<S::Whole>>,
{
    const WANTS: Want = Want::Lent;

    fn edit(&mut self, (at, range): (S::Place<'_>, &KeyRange<K>)) -> Result<S::Change, PathError> {
        S::rewrite(at, range, &mut self.0)
    }
}

impl<L, K, S, T> Editor<With<L, Span<K, S>>> for OnWhole<T>
where
    L: 'static,
    K: 'static,
    S: Whole<Key = K>,
    T: Editor<With<L, Present<S::Whole>>>,
{
    const WANTS: Want = Want::Lent;

    fn edit(
        &mut self,
        (list, (at, range)): (&L, (S::Place<'_>, &KeyRange<K>)),
    ) -> Result<S::Change, PathError> {
        S::rewrite(at, range, &mut Beside { list, next: &mut self.0 })
    }
}

/// A terminal with the collected values that it works with.
struct Beside<'a, L, T> {
    list: &'a L,
    next: &'a mut T,
}

impl<L, W, T> Editor<Present<W>> for Beside<'_, L, T>
where
    L: 'static,
    W: 'static,
    T: Editor<With<L, Present<W>>>,
{
    const WANTS: Want = T::WANTS;

    #[inline]
    fn edit(&mut self, at: Hold<'_, W>) -> Result<Change<W>, PathError> {
        self.next.edit((self.list, <Present<W> as Writable>::shorten_place(at)))
    }
}
