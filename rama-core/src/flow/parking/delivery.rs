//! How what comes for a wait gets to its task: tickets go out, and what they bring is left in an inbox until the task
//! looks. Does not know what waits.

use std::{
    any::Any,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::WaitId;
use crate::driver::Signal;

/// What comes for a wait.
pub(in crate::flow) enum Comes {
    /// Of the type it knows.
    Value(Box<dyn Any + Send>),
    /// Why there is no value: the record fails.
    Failed(Arc<str>),
    /// What it waited for was cut off, which says nothing about the record: the module cannot go on.
    CutOff,
}

/// Where whatever comes for a task is left.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// `None` when the task has ended.
    inbox: Mutex<Option<Vec<(WaitId, Comes)>>>,
    /// Whether there may be something inside: most tasks never wait, and look with every batch of their work.
    any: AtomicBool,
    signal: Arc<Signal>,
}

/// Brings one thing to a wait.
///
/// Dropping it brings nothing. That happens to the ticket of an append when the attempt that appends is dropped, its
/// wait included, and when the module ends.
pub(in crate::flow) struct Ticket {
    pub(super) wait: WaitId,
    pub(super) arrivals: Arc<Arrivals>,
}

impl Arrivals {
    /// `signal` wakes the lane of the task.
    pub(super) fn new(signal: Arc<Signal>) -> Self {
        Self { inbox: Mutex::new(Some(Vec::new())), any: AtomicBool::new(false), signal }
    }

    /// Whether something has come.
    pub(super) fn has_some(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Takes what has come.
    pub(super) fn take(&self) -> Vec<(WaitId, Comes)> {
        if !self.has_some() {
            return Vec::new();
        }
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        self.any.store(false, Ordering::Release);
        inbox.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Nothing is taken any more.
    pub(super) fn close(&self) {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(inbox);
    }
}

impl Ticket {
    /// Brings what the wait is for. The task is woken.
    pub(in crate::flow) fn arrive(self, comes: Comes) {
        let mut inbox = self.arrivals.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(inbox) = inbox.as_mut() {
            inbox.push((self.wait, comes));
            self.arrivals.any.store(true, Ordering::Release);
        }
        drop(inbox);
        self.arrivals.signal.raise();
    }
}

impl std::fmt::Debug for Comes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "Value",
            Self::Failed(_) => "Failed",
            Self::CutOff => "CutOff",
        })
    }
}
