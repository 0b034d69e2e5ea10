//! Places that may be looked at before they are edited, and edited several times.
//!
//! What a filter looks at, the branches of a `multi_path`, and the value that `compact` checks: all of them
//! need a place more than once, while an [`Editor`](super::Editor) gets it only once.

use super::collected::With;
use super::edit::Change;
use super::shape::{Hold, Maybe, Pair, PairChange, Present, Void, Writable};

/// A shape on whose places several editors can run one after the other, each on what the one before it left.
#[diagnostic::on_unimplemented(
    message = "a path cannot write through this step on `{Self}`",
    label = "this step has to look at what it stands on before anything is written"
)]
pub trait Sequence: Writable {
    /// A place between two edits.
    type Held<'a>;

    /// What stands at the place.
    fn look<'a>(at: &'a Self::Place<'_>) -> Self::Ref<'a>;

    /// The change that is none.
    fn kept() -> Self::Change;

    /// Begins.
    fn hold<'a>(at: Self::Place<'a>) -> Self::Held<'a>;

    /// The place for the next edit.
    fn lend<'a>(held: &'a mut Self::Held<'_>) -> Self::Place<'a>;

    /// Takes in what an edit did. Says whether anything is left to be edited: not when it was removed.
    fn meet(held: &mut Self::Held<'_>, change: Self::Change) -> bool;

    /// Whether an edit so far changed anything.
    fn is_changed(held: &Self::Held<'_>) -> bool;

    /// What all edits together did.
    fn finish(held: Self::Held<'_>) -> Self::Change;

    /// Puts another value there, as the new value of an entry.
    fn replace(held: &mut Self::Held<'_>, value: Self::Value);

    /// The value, if it is no longer the one that stood at the place.
    fn into_new(held: Self::Held<'_>) -> Option<Self::Value>;
}

/// A shape whose value can be copied out of its place.
#[diagnostic::on_unimplemented(
    message = "this step needs a copy of the value, and there is none of `{Self}`",
    label = "no value that can be copied stands here",
    note = "structures in storage are never copied; the type of a value must be `Clone`"
)]
pub trait Copied: Sequence {
    /// A place that holds a copy.
    fn copied<'a>(at: Self::Ref<'a>) -> Self::Place<'a>;

    /// A place that holds what the edits left.
    fn release<'a>(held: Self::Held<'a>) -> Self::Place<'a>;
}

/// What the edits did to a value so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Kept,
    Changed,
    Removed,
}

/// A value between two edits.
pub struct HeldValue<V> {
    value: V,
    outcome: Outcome,
}

impl<T> Hold<'_, T> {
    /// The same for a while.
    #[inline]
    pub(super) fn lend(&mut self) -> Hold<'_, T> {
        Hold::Lent(match self {
            Self::Lent(value) => value,
            Self::Given(value) => value,
        })
    }
}

impl<V> HeldValue<V> {
    #[inline]
    fn begin(value: V) -> Self {
        Self { value, outcome: Outcome::Kept }
    }

    /// Takes in a change, `wrap` puts a new value there.
    #[inline]
    fn meet<T>(&mut self, change: Change<T>, wrap: impl FnOnce(T) -> V) -> bool {
        match change {
            Change::Kept => return true,
            Change::InPlace => {}
            Change::Set(value) => self.value = wrap(value),
            Change::Removed => {
                self.outcome = Outcome::Removed;
                return false;
            }
        }
        self.outcome = Outcome::Changed;
        true
    }

    /// What happened to the value, if it is there.
    #[inline]
    fn finish<T>(outcome: Outcome, value: Option<Hold<'_, T>>) -> Change<T> {
        match (outcome, value) {
            (Outcome::Kept, _) | (Outcome::Changed, None) => Change::Kept,
            (Outcome::Removed, _) => Change::Removed,
            (Outcome::Changed, Some(Hold::Lent(_))) => Change::InPlace,
            (Outcome::Changed, Some(Hold::Given(value))) => Change::Set(value),
        }
    }
}

/// The value that is not the one that was lent.
#[inline]
fn given<T>(value: Hold<'_, T>) -> Option<T> {
    match value {
        Hold::Lent(_) => None,
        Hold::Given(value) => Some(value),
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Sequence for Present<T> {
    type Held<'a> = HeldValue<Hold<'a, T>>;

    #[inline]
    fn look<'a>(at: &'a Hold<'_, T>) -> &'a T {
        at.as_ref()
    }

    #[inline]
    fn kept() -> Change<T> {
        Change::Kept
    }

    #[inline]
    fn hold<'a>(at: Self::Place<'a>) -> Self::Held<'a> {
        HeldValue::begin(at)
    }

    #[inline]
    fn lend<'a>(held: &'a mut Self::Held<'_>) -> Hold<'a, T> {
        held.value.lend()
    }

    #[inline]
    fn meet(held: &mut Self::Held<'_>, change: Change<T>) -> bool {
        held.meet(change, Hold::Given)
    }

    #[inline]
    fn is_changed(held: &Self::Held<'_>) -> bool {
        held.outcome != Outcome::Kept
    }

    #[inline]
    fn finish(held: Self::Held<'_>) -> Change<T> {
        HeldValue::<Hold<'_, T>>::finish(held.outcome, Some(held.value))
    }

    #[inline]
    fn replace(held: &mut Self::Held<'_>, value: T) {
        held.meet(Change::Set(value), Hold::Given);
    }

    #[inline]
    fn into_new(held: Self::Held<'_>) -> Option<T> {
        given(held.value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Sequence for Maybe<T> {
    type Held<'a> = HeldValue<Option<Hold<'a, T>>>;

    #[inline]
    fn look<'a>(at: &'a Option<Hold<'_, T>>) -> Option<&'a T> {
        at.as_ref().map(AsRef::as_ref)
    }

    #[inline]
    fn kept() -> Change<T> {
        Change::Kept
    }

    #[inline]
    fn hold<'a>(at: Self::Place<'a>) -> Self::Held<'a> {
        HeldValue::begin(at)
    }

    #[inline]
    fn lend<'a>(held: &'a mut Self::Held<'_>) -> Option<Hold<'a, T>> {
        held.value.as_mut().map(Hold::lend)
    }

    #[inline]
    fn meet(held: &mut Self::Held<'_>, change: Change<T>) -> bool {
        held.meet(change, |value| Some(Hold::Given(value)))
    }

    #[inline]
    fn is_changed(held: &Self::Held<'_>) -> bool {
        held.outcome != Outcome::Kept
    }

    #[inline]
    fn finish(held: Self::Held<'_>) -> Change<T> {
        HeldValue::<Option<Hold<'_, T>>>::finish(held.outcome, held.value)
    }

    #[inline]
    fn replace(held: &mut Self::Held<'_>, value: T) {
        Self::meet(held, Change::Set(value));
    }

    #[inline]
    fn into_new(held: Self::Held<'_>) -> Option<T> {
        held.value.and_then(given)
    }
}

/// The place of a new element stays void: of several values the last one is added.
#[diagnostic::do_not_recommend]
impl<T: 'static> Sequence for Void<T> {
    type Held<'a> = HeldValue<Option<T>>;

    #[inline]
    fn look((): &()) {}

    #[inline]
    fn kept() -> Change<T> {
        Change::Kept
    }

    #[inline]
    fn hold<'a>((): Self::Place<'a>) -> Self::Held<'a> {
        HeldValue::begin(None)
    }

    #[inline]
    fn lend(_: &mut Self::Held<'_>) {}

    #[inline]
    fn meet(held: &mut Self::Held<'_>, change: Change<T>) -> bool {
        held.meet(change, Some)
    }

    #[inline]
    fn is_changed(held: &Self::Held<'_>) -> bool {
        held.outcome != Outcome::Kept
    }

    #[inline]
    fn finish(held: Self::Held<'_>) -> Change<T> {
        HeldValue::<Option<T>>::finish(held.outcome, held.value.map(Hold::Given))
    }

    #[inline]
    fn replace(held: &mut Self::Held<'_>, value: T) {
        Self::meet(held, Change::Set(value));
    }

    #[inline]
    fn into_new(held: Self::Held<'_>) -> Option<T> {
        held.value
    }
}

/// An entry between two edits.
pub struct HeldPair<'a, K, V> {
    key: &'a K,
    other_key: Option<K>,
    value: V,
    removed: bool,
}

#[diagnostic::do_not_recommend]
impl<K: 'static, S: Sequence> Sequence for Pair<K, S> {
    type Held<'a> = HeldPair<'a, K, S::Held<'a>>;

    #[inline]
    fn look<'a>((key, value): &'a (&K, S::Place<'_>)) -> (&'a K, S::Ref<'a>) {
        (key, S::look(value))
    }

    #[inline]
    fn kept() -> PairChange<K, S> {
        PairChange::Kept
    }

    #[inline]
    fn hold<'a>((key, value): Self::Place<'a>) -> Self::Held<'a> {
        HeldPair { key, other_key: None, value: S::hold(value), removed: false }
    }

    #[inline]
    fn lend<'a>(held: &'a mut Self::Held<'_>) -> (&'a K, S::Place<'a>) {
        (held.other_key.as_ref().unwrap_or(held.key), S::lend(&mut held.value))
    }

    fn meet(held: &mut Self::Held<'_>, change: PairChange<K, S>) -> bool {
        match change {
            PairChange::Kept => {}
            PairChange::Value(change) => held.removed = !S::meet(&mut held.value, change),
            PairChange::Key(key) => held.other_key = Some(key),
            PairChange::Set(key, value) => {
                held.other_key = Some(key);
                S::replace(&mut held.value, value);
            }
            PairChange::Removed => held.removed = true,
        }
        !held.removed
    }

    fn is_changed(held: &Self::Held<'_>) -> bool {
        held.removed || held.other_key.is_some() || S::is_changed(&held.value)
    }

    fn finish(held: Self::Held<'_>) -> PairChange<K, S> {
        if held.removed {
            return PairChange::Removed;
        }
        let Some(key) = held.other_key else { return PairChange::Value(S::finish(held.value)) };
        match S::into_new(held.value) {
            Some(value) => PairChange::Set(key, value),
            None => PairChange::Key(key),
        }
    }

    fn replace(held: &mut Self::Held<'_>, (key, value): (K, S::Value)) {
        Self::meet(held, PairChange::Set(key, value));
    }

    fn into_new(held: Self::Held<'_>) -> Option<(K, S::Value)> {
        match Self::finish(held) {
            PairChange::Set(key, value) => Some((key, value)),
            _ => None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Sequence> Sequence for With<L, S> {
    type Held<'a> = (&'a L, S::Held<'a>);

    #[inline]
    fn look<'a>((list, at): &'a (&L, S::Place<'_>)) -> (&'a L, S::Ref<'a>) {
        (list, S::look(at))
    }

    #[inline]
    fn kept() -> S::Change {
        S::kept()
    }

    #[inline]
    fn hold<'a>((list, at): Self::Place<'a>) -> Self::Held<'a> {
        (list, S::hold(at))
    }

    #[inline]
    fn lend<'a>((list, held): &'a mut Self::Held<'_>) -> (&'a L, S::Place<'a>) {
        (list, S::lend(held))
    }

    #[inline]
    fn meet((_, held): &mut Self::Held<'_>, change: S::Change) -> bool {
        S::meet(held, change)
    }

    #[inline]
    fn is_changed((_, held): &Self::Held<'_>) -> bool {
        S::is_changed(held)
    }

    #[inline]
    fn finish((_, held): Self::Held<'_>) -> S::Change {
        S::finish(held)
    }

    #[inline]
    fn replace((_, held): &mut Self::Held<'_>, value: S::Value) {
        S::replace(held, value);
    }

    #[inline]
    fn into_new((_, held): Self::Held<'_>) -> Option<S::Value> {
        S::into_new(held)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Copied for Present<T> {
    #[inline]
    fn copied<'a>(at: Self::Ref<'a>) -> Self::Place<'a> {
        Hold::Given(at.clone())
    }

    #[inline]
    fn release<'a>(held: Self::Held<'a>) -> Self::Place<'a> {
        held.value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> Copied for Maybe<T> {
    #[inline]
    fn copied<'a>(at: Self::Ref<'a>) -> Self::Place<'a> {
        at.cloned().map(Hold::Given)
    }

    #[inline]
    fn release<'a>(held: Self::Held<'a>) -> Self::Place<'a> {
        if held.outcome == Outcome::Removed { None } else { held.value }
    }
}

#[diagnostic::do_not_recommend]
impl<L: 'static, S: Copied> Copied for With<L, S> {
    #[inline]
    fn copied<'a>((list, at): Self::Ref<'a>) -> Self::Place<'a> {
        (list, S::copied(at))
    }

    #[inline]
    fn release<'a>((list, held): Self::Held<'a>) -> Self::Place<'a> {
        (list, S::release(held))
    }
}
