//! What an append waits for and what it is answered.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::tally::Share;
use crate::{
    codec::{CodecError, decode_value},
    error::AppendError,
    id::{Offset, TaskId},
};

/// When an append is answered (DP-20 to DP-22).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AckLevel {
    /// When the record is durable, every stream topology of the module has finished it, and its
    /// effects are durable and visible (DP-20).
    #[default]
    Ack,
    /// When the record is durable (DP-21).
    AppendAck,
    /// At once: fire and forget (DP-22). Lost when the module stops before the next commit group.
    None,
}

/// What the stream topologies gave back for one record through `ack_return` (DP-27), by topology.
#[derive(Clone, Debug, Default)]
pub struct AckReturns {
    values: BTreeMap<&'static str, Arc<[u8]>>,
    place: Option<(TaskId, Offset)>,
}

impl AckReturns {
    pub(crate) fn at(task: TaskId, offset: Offset) -> Self {
        Self { values: BTreeMap::new(), place: Some((task, offset)) }
    }

    pub(crate) fn set(&mut self, topology: &'static str, value: Arc<[u8]>) {
        self.values.insert(topology, value);
    }

    /// Without what topologies returned, when that takes more bytes.
    pub(super) fn kept(mut self, bytes: usize) -> Self {
        if self.bytes() > bytes {
            self.values.clear();
        }
        self
    }

    /// Of what topologies returned.
    pub(super) fn bytes(&self) -> usize {
        self.values.values().map(|value| value.len()).sum()
    }

    /// What a topology returned so far, encoded.
    pub(crate) fn encoded(&self, topology: &str) -> Option<&[u8]> {
        self.values.get(topology).map(|value| &**value)
    }

    /// What `topology` returned last for the record; `None` when it returned nothing.
    ///
    /// # Errors
    /// When the returned value is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, topology: &str) -> Result<Option<T>, CodecError> {
        self.values.get(topology).map(|bytes| decode_value(bytes)).transpose()
    }

    /// The partition and the offset the record got; `None` for an append that did not wait.
    #[must_use]
    pub fn place(&self) -> Option<(TaskId, Offset)> {
        self.place
    }
}

/// Where the answer to one append goes.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) level: AckLevel,
    to: Waiting,
}

/// Who waits for the answer.
enum Waiting {
    Client(oneshot::Sender<Answer>),
    /// A client, for this record and others.
    Share(Share),
    /// A tree that appended the record. Dropping it without an answer is noticed there.
    Tree(Box<dyn FnOnce(Answer) + Send>),
}

pub(crate) type Answer = Result<AckReturns, AppendError>;

impl Reply {
    /// For a client, and where the client waits.
    pub(crate) fn to_client(level: AckLevel) -> (Self, oneshot::Receiver<Answer>) {
        let (to, answer) = oneshot::channel();
        (Self { level, to: Waiting::Client(to) }, answer)
    }

    /// For a client that waits for several records together.
    pub(super) fn to_share(level: AckLevel, share: Share) -> Self {
        Self { level, to: Waiting::Share(share) }
    }

    /// For a tree of a topology.
    pub(crate) fn to_tree(level: AckLevel, go_on: impl FnOnce(Answer) + Send + 'static) -> Self {
        Self { level, to: Waiting::Tree(Box::new(go_on)) }
    }

    /// Whether nobody waits any more.
    pub(super) fn is_given_up(&self) -> bool {
        match &self.to {
            Waiting::Client(to) => to.is_closed(),
            Waiting::Share(share) => share.is_given_up(),
            Waiting::Tree(_) => false,
        }
    }

    /// Whether a tree waits, and not a client.
    pub(crate) fn is_of_tree(&self) -> bool {
        matches!(self.to, Waiting::Tree(_))
    }

    /// Answers. A client that went away is no error.
    pub(crate) fn send(self, answer: Answer) {
        match self.to {
            Waiting::Client(to) => {
                let _ = to.send(answer);
            }
            Waiting::Share(share) => share.send(answer),
            Waiting::Tree(go_on) => go_on(answer),
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client(_) => "Client",
            Self::Share(_) => "Share",
            Self::Tree(_) => "Tree",
        })
    }
}
