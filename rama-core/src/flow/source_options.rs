//! How a source reads its depot, and what happens to records on which it fails (DP-28, DP-80 to DP-85).

use std::{fmt, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use super::StartFrom;
use crate::codec::{CodecError, decode_value, encode_value};

/// Attempts of a record when nothing is said: what fails for a moment, such as another system, is well again by the
/// third one, and what is wrong with the record itself stays wrong.
const ATTEMPTS: u32 = 3;

/// How long a tree may take when nothing is said, waits included. As long as a future may take that says nothing
/// else: whatever waits for longer has its own, longer time.
const TREE_TIME: Duration = Duration::from_secs(60);

/// When a record that failed is run again (DP-83, ST-05).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retry {
    /// Alone, while the records behind it go on.
    #[default]
    Individual,
    /// With all records behind it in its partition, in their order: nothing behind it begins until it is done or
    /// given up. Those of them that were finished already, because the record waited outside, are run once more.
    AllAfter,
    /// Never: at most once. The client is told, and nothing is kept of it.
    None,
}

/// How a source reads its depot.
#[derive(Clone, Default)]
pub struct SourceOptions {
    pub(crate) id: Option<&'static str>,
    pub(crate) start_from: StartFrom,
    pub(crate) retries: Retries,
    pub(crate) fold: Option<Fold>,
}

/// What happens to the records on which a source fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retries {
    pub(crate) mode: Retry,
    /// How often a record is tried, the first time included.
    pub(crate) attempts: u32,
    /// How long one attempt may take.
    pub(crate) timeout: Duration,
}

/// What becomes of two encoded values that were returned for one record.
pub(crate) type Fold = Arc<dyn Fn(&[u8], &[u8]) -> Result<Vec<u8>, CodecError> + Send + Sync>;

impl Default for Retries {
    fn default() -> Self {
        Self { mode: Retry::default(), attempts: ATTEMPTS, timeout: TREE_TIME }
    }
}

impl SourceOptions {
    /// What a source does that says nothing else: new records only, and three attempts of each, alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a record that failed is run again.
    #[must_use]
    pub fn retry(mut self, mode: Retry) -> Self {
        self.retries.mode = mode;
        self
    }

    /// How often a record is tried, the first time included, before it becomes a dead letter. Zero is one.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.retries.attempts = attempts.max(1);
        self
    }

    /// How long all that a record causes may take in one attempt: hops, and waits for futures and appends (ST-07).
    /// When it takes longer, the attempt has failed, and whatever comes of it later is ignored. At least a millisecond.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.retries.timeout = timeout.max(Duration::from_millis(1));
        self
    }

    /// Where the topology begins when it reads the depot for the first time.
    #[must_use]
    pub fn start_from(mut self, start: StartFrom) -> Self {
        self.start_from = start;
        self
    }

    pub(crate) fn start(&self) -> StartFrom {
        self.start_from
    }

    /// What becomes of several values that are returned for one record: `fold` gets what there is and the next one,
    /// in the order in which they are returned (DP-28, DP-85). Without it, the last one counts.
    #[must_use]
    pub fn ack_return<T: Serialize + DeserializeOwned>(
        mut self,
        fold: impl Fn(T, T) -> T + Send + Sync + 'static,
    ) -> Self {
        self.fold = Some(Arc::new(move |before, next| {
            let folded = fold(decode_value(before)?, decode_value(next)?);
            let mut bytes = Vec::new();
            encode_value(&folded, &mut bytes)?;
            Ok(bytes)
        }));
        self
    }

    /// The name of one of several sources on the same depot, each with its own progress, kept under it (DP-84).
    #[must_use]
    pub fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }
}

impl fmt::Debug for SourceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, start_from, retries, fold } = self;
        f.debug_struct("SourceOptions")
            .field("id", id)
            .field("start_from", start_from)
            .field("retries", retries)
            .field("folds", &fold.is_some())
            .finish()
    }
}

/// Why a record failed that was not done in time.
pub(crate) fn too_long(timeout: Duration) -> Arc<str> {
    format!(
        "the record was not done within {timeout:?}, with all that it causes: give its source a longer `timeout`, or \
         find out what it waits for"
    )
    .into()
}
