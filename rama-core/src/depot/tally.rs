//! Records of one client that are answered together: it learns of the first error among them when all are answered.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;

use super::{AckLevel, Answer, Reply};
use crate::error::AppendError;

/// What became of the records that are answered together. Every record has a share in it, and what the last of them leaves
/// goes to the client: so an answer costs no allocation and wakes nobody, but the last one.
#[derive(Debug)]
pub(crate) struct Tally {
    first: Mutex<Option<FirstError>>,
    client: Option<oneshot::Sender<Option<FirstError>>>,
}

/// The first record, in the order in which the client gave them, that was not stored and processed.
#[derive(Debug)]
pub(crate) struct FirstError {
    pub(crate) number: u64,
    /// `None` when nobody said what became of it.
    pub(crate) error: Option<AppendError>,
}

/// The answer to one of the records.
#[derive(Debug)]
pub(super) struct Share {
    tally: Arc<Tally>,
    number: u64,
    is_answered: bool,
}

impl Tally {
    /// Without a record yet, and where its client waits.
    pub(crate) fn new() -> (Arc<Self>, oneshot::Receiver<Option<FirstError>>) {
        let (client, outcome) = oneshot::channel();
        (Arc::new(Self { first: Mutex::default(), client: Some(client) }), outcome)
    }

    /// Where the answer to a record goes. Numbers say what is first.
    pub(crate) fn reply(self: &Arc<Self>, number: u64, level: AckLevel) -> Reply {
        let tally = Arc::clone(self);
        Reply::to_share(level, Share { tally, number, is_answered: false })
    }

    fn note(&self, error: FirstError) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|first| error.number < first.number) {
            *first = Some(error);
        }
    }
}

impl FirstError {
    /// The first of two.
    pub(crate) fn earlier(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        one.into_iter().chain(other).min_by_key(|error| error.number)
    }
}

impl Share {
    pub(super) fn is_given_up(&self) -> bool {
        self.tally.client.as_ref().is_some_and(oneshot::Sender::is_closed)
    }

    pub(super) fn send(mut self, answer: Answer) {
        self.is_answered = true;
        if let Err(error) = answer {
            self.tally.note(FirstError { number: self.number, error: Some(error) });
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if !self.is_answered {
            self.tally.note(FirstError { number: self.number, error: None });
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let first = self.first.get_mut().unwrap_or_else(PoisonError::into_inner);
        let first = mem::take(first);
        // A client that went away is no error.
        let _ = self.client.take().map(|client| client.send(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> AppendError {
        AppendError::Full { depot: "orders" }
    }

    #[test]
    fn the_client_learns_of_the_first_error_when_all_are_answered() {
        let (tally, mut outcome) = Tally::new();
        let mut replies: Vec<_> = (0..4).map(|at| tally.reply(at, AckLevel::Ack)).collect();
        drop(tally);
        replies.pop().unwrap().send(Err(full()));
        replies.pop().unwrap().send(Err(AppendError::Disallowed { depot: "orders" }));
        replies.pop().unwrap().send(Ok(Default::default()));
        assert!(outcome.try_recv().is_err(), "one is left");
        replies.pop().unwrap().send(Ok(Default::default()));
        let first = outcome.try_recv().unwrap().unwrap();
        assert_eq!(first.number, 2);
        assert!(matches!(first.error, Some(AppendError::Disallowed { .. })));
    }

    #[test]
    fn a_record_without_an_answer_is_not_taken_for_stored() {
        let (tally, mut outcome) = Tally::new();
        let (stored, dropped) = (tally.reply(0, AckLevel::Ack), tally.reply(1, AckLevel::Ack));
        drop((tally, dropped));
        assert!(!stored.is_given_up());
        stored.send(Ok(Default::default()));
        let first = outcome.try_recv().unwrap().unwrap();
        assert_eq!((first.number, first.error.is_none()), (1, true));
    }

    #[test]
    fn a_client_that_went_away_is_noticed() {
        let (tally, outcome) = Tally::new();
        let reply = tally.reply(0, AckLevel::Ack);
        drop(outcome);
        assert!(reply.is_given_up());
        reply.send(Ok(Default::default()));
    }
}
