//! What clients want done with dead letters. They leave orders, and the next cut does them, so that what it changes is
//! in its group.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::flow::Origin;

/// Something to be done with a dead letter.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) origin: Origin,
    pub(crate) what: What,
    pub(crate) reply: OrderReply,
}

/// Answered when it is done and durable; dropped when the module ends before.
pub(crate) type OrderReply = oneshot::Sender<Result<(), OrderError>>;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The record is run again from its source.
    Replay,
    /// The letter is removed.
    Discard,
}

/// Why it was not done.
#[derive(Clone, Debug)]
pub(crate) enum OrderError {
    /// There is no such letter any more.
    NoSuchLetter,
    /// The topology does not read the depot any more.
    NotRead,
    /// The record is not in its depot any more.
    Trimmed,
    /// It is being replayed.
    RunsAgain,
    /// The disk is full: nothing was begun.
    DiskFull,
    /// The record failed once more, in all its attempts.
    FailedAgain { reason: Arc<str> },
}

impl Order {
    /// Answers that it is not done.
    pub(super) fn refuse(self, refusal: OrderError) {
        // Whoever gave it may be gone.
        let _ = self.reply.send(Err(refusal));
    }
}
