//! Keys of a PState before a move to their home, and keys that are said to be at home already.

use super::{Cx, Outcome, PStateRef};
use crate::{
    codec::Key,
    error::EventError,
    partition::KeyHash,
    path::{KeyOf, Keyed},
    pstate::SourceLine,
    schema::Schema,
};

/// A leading key of a PState, made of whatever is accepted where one is expected. It can travel.
pub fn key_of<S: Schema, Q>(_: PStateRef<S>, key: Q) -> <S::Root as Keyed>::Key
where
    S::Root: Keyed,
    Q: KeyOf<<S::Root as Keyed>::Key>,
{
    key.into_key()
}

impl Cx<'_> {
    /// Checks that this task is the home of a key, for dataflow that knows it and cannot show it to the compiler.
    ///
    /// Unlike the check of every read and write, this one was asked for where it stands, and does not go away with
    /// `check_locality(false)`.
    ///
    /// # Errors
    /// When the key is at home on another task.
    pub fn assume_home<K: Key>(&mut self, at: SourceLine, key: &K) -> Outcome {
        let home = KeyHash::of(key).task(self.tasks);
        if home == self.task {
            return Ok(());
        }
        Err(EventError::new(format!(
            "`assume_home`: key `{key:?}` is at home on task {home}, but this event runs on task {} ({at}): move \
             there with `|hash(..)` and this key",
            self.task
        )))
    }
}
