//! How many branches of trees wait on a task, by what they wait for, and how many may.

use std::{iter::Sum, ops::Add};

use super::Awaits;

/// Futures of a module that parked trees wait for, after which no record begins: what is parked goes on first, or fails
/// by its time limit. Each holds its future and a frame, some kilobytes, so all of them together some hundred
/// megabytes at most. Within a batch of work every task stops at its share.
pub(crate) const FUTURES_MAX: usize = 16_384;

/// Trees that wait for records they appended, more or less one batch of work, after which no new record begins. The
/// appended ones do begin: they are what is waited for. A wait without a future takes some hundred bytes.
pub(crate) const APPENDS_MAX: usize = 65_536;

/// Trees of one task that wait for records they appended, after which a further one fails. New records do not begin
/// long before that, so only trees get here that wait for each other's appends in a circle, or one event that appends
/// that many.
pub(super) const WAITS_MAX: usize = 262_144;

/// How many branches of trees wait, by what they wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waits {
    pub(crate) futures: usize,
    pub(crate) appends: usize,
}

/// The waits of one task.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Of futures that run.
    pub(super) running: usize,
    /// Of futures that have ended.
    answered: usize,
    pub(super) appends: usize,
}

impl Counts {
    pub(super) fn waits(self) -> Waits {
        let Self { running, answered, appends } = self;
        Waits { futures: running + answered, appends }
    }

    pub(super) fn enter(&mut self, awaits: &Awaits) {
        self.of(awaits).into_iter().for_each(|count| *count += 1);
    }

    pub(super) fn leave(&mut self, awaits: &Awaits) {
        self.of(awaits).into_iter().for_each(|count| *count -= 1);
    }

    fn of(&mut self, awaits: &Awaits) -> Option<&mut usize> {
        match awaits {
            Awaits::Future(_) => Some(&mut self.running),
            Awaits::Answered => Some(&mut self.answered),
            Awaits::Append => Some(&mut self.appends),
            Awaits::NextStart => None,
        }
    }
}

impl Add for Waits {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { futures: self.futures + other.futures, appends: self.appends + other.appends }
    }
}

impl Sum for Waits {
    fn sum<I: Iterator<Item = Self>>(waits: I) -> Self {
        waits.fold(Self::default(), |sum, one| sum + one)
    }
}
