//! How a depot chooses the partition of a record (DP-01 to DP-05). Runs on the client.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{id::TaskId, partition::KeyHash};

/// The rule of one depot.
pub struct Partitioning<E> {
    rule: Rule<E>,
}

enum Rule<E> {
    HashBy(Arc<dyn Fn(&E) -> KeyHash + Send + Sync>),
    Random(Arc<AtomicU32>),
    Global,
    Disallow,
}

impl<E> Partitioning<E> {
    /// The home of a key of the record (DP-02).
    pub fn hash_by(key: impl Fn(&E) -> KeyHash + Send + Sync + 'static) -> Self {
        Self { rule: Rule::HashBy(Arc::new(key)) }
    }

    /// Any partition, evenly: one after the other (DP-01).
    #[must_use]
    pub fn random() -> Self {
        Self { rule: Rule::Random(Arc::default()) }
    }

    /// One partition, on task 0 (DP-05).
    #[must_use]
    pub fn global() -> Self {
        Self { rule: Rule::Global }
    }

    /// Clients may not append (DP-03).
    #[must_use]
    pub fn disallow() -> Self {
        Self { rule: Rule::Disallow }
    }

    /// The partition of this record; `None` when clients may not append.
    pub(crate) fn place(&self, record: &E, tasks: u32) -> Option<TaskId> {
        match &self.rule {
            Rule::HashBy(key) => Some(key(record).task(tasks)),
            Rule::Random(turn) => Some(TaskId(turn.fetch_add(1, Ordering::Relaxed) % tasks)),
            Rule::Global => Some(TaskId(0)),
            Rule::Disallow => None,
        }
    }

    /// The partition of a record that is appended under a key: when any will do, where the key says, so that the record is
    /// looked for where it was.
    pub(crate) fn place_keyed(&self, record: &E, key: &[u8], tasks: u32) -> Option<TaskId> {
        match &self.rule {
            Rule::Random(_) => Some(KeyHash::of_encoded(key).task(tasks)),
            _ => self.place(record, tasks),
        }
    }

    /// The only partition where a topology finds the record by the rule; `None` when any will do.
    pub(crate) fn home(&self, record: &E, tasks: u32) -> Option<TaskId> {
        match &self.rule {
            Rule::HashBy(key) => Some(key(record).task(tasks)),
            Rule::Global => Some(TaskId(0)),
            Rule::Random(_) | Rule::Disallow => None,
        }
    }

    pub(crate) fn is_global(&self) -> bool {
        matches!(self.rule, Rule::Global)
    }
}

impl<E> Clone for Partitioning<E> {
    fn clone(&self) -> Self {
        let rule = match &self.rule {
            Rule::HashBy(key) => Rule::HashBy(Arc::clone(key)),
            Rule::Random(turn) => Rule::Random(Arc::clone(turn)),
            Rule::Global => Rule::Global,
            Rule::Disallow => Rule::Disallow,
        };
        Self { rule }
    }
}

impl<E> fmt::Debug for Partitioning<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.rule {
            Rule::HashBy(_) => "hash_by",
            Rule::Random(_) => "random",
            Rule::Global => "global",
            Rule::Disallow => "disallow",
        })
    }
}
