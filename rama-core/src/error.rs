//! Error families of the public API, one enum per kind of operation, and the [`Error`] over all of them.
//! Errors of a layer (codec, log, store, path) are defined beside that layer and wrapped here.

use std::{fmt, path::PathBuf, sync::Arc};

use crate::{
    codec::CodecError,
    dynamic::DynamicError,
    id::{Offset, TaskId},
    log::LogError,
    path::PathError,
    store::StoreError,
};

/// The result of everything that crosses the public API; its error is [`Error`] unless named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong between an application and its modules.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A module could not be started.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// An append was not accepted, or its processing failed.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A read failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something about a dead letter failed.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// A path on a plain value failed.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A path or a schema that came as data does not work.
    #[error(transparent)]
    Dynamic(#[from] DynamicError),
    /// What a topology returned is not of the type that was asked for.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Why a module did not start. Nothing was changed on disk unless the text says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// The numbers of the launch configuration do not work together.
    #[error("launch configuration: {0}")]
    Config(String),
    /// The module's own declarations contradict each other.
    #[error("module `{module}`: {reason}")]
    Module {
        /// The module's name.
        module: &'static str,
        /// What is wrong and what to write instead.
        reason: String,
    },
    /// A module of this name runs already in this cluster.
    #[error("module `{0}` is running already: use `update` to restart it")]
    AlreadyRunning(&'static str),
    /// No module of this name runs in this cluster.
    #[error("module `{0}` is not running: `launch` it first")]
    NotRunning(&'static str),
    /// The data directory cannot be used.
    #[error("data directory {path}: {reason}")]
    Directory {
        /// Where the data should live.
        path: PathBuf,
        /// What the file system or another process answered.
        reason: String,
    },
    /// Another process, or another cluster of this one, has the data of the module.
    #[error("the data of module `{module}` cannot be used: {reason}")]
    InUse {
        /// The module's name.
        module: &'static str,
        /// Who has it, as far as it is known.
        reason: String,
    },
    /// The files of the module cannot be used.
    #[error("the data of module `{module}` cannot be used: {reason}")]
    Data {
        /// The module's name.
        module: &'static str,
        /// What the file system answered.
        reason: String,
    },
    /// The data on disk and the module do not fit together; the data was left untouched.
    #[error("the stored data of module `{module}` does not fit: {reason}")]
    Mismatch {
        /// The module's name.
        module: &'static str,
        /// Both sides of the contradiction and the way out.
        reason: String,
    },
    /// The commit log could not be read back.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The store could not be opened or brought up to date.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored bytes that do not decode.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Why an append was not answered with success.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Clients may not append to this depot (DP-03).
    #[error(
        "depot `*{depot}` is declared `disallow`: only the module's own topologies append to it"
    )]
    Disallowed {
        /// The depot's name.
        depot: &'static str,
    },
    /// The record cannot be encoded; nothing was stored.
    #[error("depot `*{depot}`: the record cannot be stored: {reason}")]
    Encode {
        /// The depot's name.
        depot: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// Clients append faster than the module works, and its queue is full; nothing was stored. Only who does not want to
    /// wait gets this.
    #[error(
        "the queue of depot `*{depot}` is full, since its module is slower than those who append to it: try again later"
    )]
    Full {
        /// The depot's name.
        depot: &'static str,
    },
    /// The key of an append is too long, or empty; nothing was stored.
    #[error(
        "depot `*{depot}`: the key of an append takes 1 to {max} bytes, and this one takes {bytes}"
    )]
    Key {
        /// The depot's name.
        depot: &'static str,
        /// What it takes.
        bytes: usize,
        /// What it may take.
        max: usize,
    },
    /// Another record was appended under this key; nothing was stored (A13).
    #[error(
        "depot `*{depot}`: under this key another record is stored, of task {task} at offset {offset} with hash \
         {stored:032x}; this one has hash {given:032x} and was not stored: give it a key of its own"
    )]
    KeyUsed {
        /// The depot's name.
        depot: &'static str,
        /// Where the record under this key is.
        task: TaskId,
        /// Where the record under this key is.
        offset: Offset,
        /// The hash of the record that is stored, encoded.
        stored: u128,
        /// The hash of the record that was not stored, encoded.
        given: u128,
    },
    /// The record is stored, and a stream topology failed on it: none of its effects were kept, except those
    /// from before it waited for a future or an append (DP-24).
    #[error(
        "the record is stored in depot `*{depot}`, but topology `{topology}` failed on it: {reason}; {fate}"
    )]
    Failed {
        /// The depot's name.
        depot: &'static str,
        /// The topology that failed.
        topology: &'static str,
        /// The error or the panic message.
        reason: Arc<str>,
        /// What becomes of the record.
        fate: Fate,
    },
    /// The record was stored, and trimmed before a topology had processed it: its depot does not wait for its topologies
    /// (`coordinate: false`, DP-64). None of the topology's effects were kept, except those from before it waited for a
    /// future or an append; other topologies may have processed the record.
    #[error(
        "the record was stored in depot `*{depot}`, of task {task} at offset {offset}, but it was trimmed before topology \
         `{topology}` processed it: let the depot keep more, or wait for its topologies (`coordinate: true`), and append \
         it again"
    )]
    Trimmed {
        /// The depot's name.
        depot: &'static str,
        /// Where the record was.
        task: TaskId,
        /// Where the record was.
        offset: Offset,
        /// The topology that did not find it any more.
        topology: &'static str,
    },
    /// The record is stored and done, but what a topology returned for it cannot be put together (DP-28).
    #[error(
        "the record is stored in depot `*{depot}` and done, but what topology `{topology}` returned cannot be put \
         together by its `ack_return`: {reason}"
    )]
    Returned {
        /// The depot's name.
        depot: &'static str,
        /// The topology that returned several values.
        topology: &'static str,
        /// The error or the panic message.
        reason: Arc<str>,
    },
    /// The module stopped before the append was durable: the record may or may not be stored (DP-25).
    #[error("it is unknown whether the record was stored: {reason}")]
    Unknown {
        /// Why the answer was lost.
        reason: Arc<str>,
    },
    /// The record is stored, and the module ended before its topologies had finished it, usually while it waited
    /// for something outside. They go on with it when the module starts again.
    #[error(
        "the record is stored in depot `*{depot}`, but the module stopped before its topologies had \
         finished it: they go on with it at the next start"
    )]
    Unfinished {
        /// The depot's name.
        depot: &'static str,
    },
    /// The disk has no space for more; nothing was stored. Reads go on, and so do appends as soon as there is space
    /// (scenario C1).
    #[error(
        "the disk of module `{module}` is full: nothing was stored; free some space, then append again"
    )]
    DiskFull {
        /// The module's name.
        module: &'static str,
    },
    /// The module cannot make anything durable any more; nothing was stored.
    #[error("module `{module}` is broken and takes no records until it is started again: {reason}")]
    Broken {
        /// The module's name.
        module: &'static str,
        /// What failed, usually the disk.
        reason: Arc<str>,
    },
    /// The handle was made by a version of the module that declared the depot with another type.
    #[error(
        "this handle is of another version of module `{module}`: use the client that `update` gave"
    )]
    Outdated {
        /// The module's name.
        module: &'static str,
    },
    /// The module is not running; nothing was stored.
    #[error(
        "module `{module}` is not running: it was stopped or is being updated; nothing was stored"
    )]
    Stopped {
        /// The module's name.
        module: &'static str,
    },
}

/// What becomes of a record on which a topology failed (DP-83, ST-05, ST-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It is run again after a while.
    Again {
        /// Which attempt that will be, from 2.
        attempt: u32,
        /// How often it is tried, the first time included.
        of: u32,
    },
    /// It was its last attempt: the topology has given it up, and it is a dead letter now.
    DeadLetter,
    /// It was its last attempt, but the topology has as many dead letters as it may have: it is run again and again
    /// until some are replayed or discarded.
    NoRoom,
    /// Its source does not retry: the topology has given it up, and nothing is kept but the record in its depot.
    Dropped,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Again { attempt, of } => {
                write!(f, "it will be run again, as attempt {attempt} of {of}")
            }
            Self::DeadLetter => {
                f.write_str("it is a dead letter now, which can be replayed or discarded")
            }
            Self::NoRoom => f.write_str(
                "it will be run again until there is room for another dead letter: replay or discard some",
            ),
            Self::Dropped => f.write_str("its source says `retry: none`, so it is not run again"),
        }
    }
}

/// Why a read gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The path does not start at a key, so it has no home partition.
    #[error(
        "the path into PState `$${pstate}` does not start at a key, so it has no home: read one \
         partition with `.partition(task)` or all of them with `.all_partitions()`"
    )]
    NoHome {
        /// The PState's name.
        pstate: &'static str,
    },
    /// The path is data, and a function of the module says where its leading key is at home (PS-33).
    #[error(
        "the keys of PState `$${pstate}` are at home where a function of its module says, which a path that is data \
         cannot ask: name the partition with `.partition(task)`, or read `.all_partitions()`"
    )]
    UnknownHome {
        /// The PState's name.
        pstate: &'static str,
    },
    /// The path starts at a key that is at home in another partition.
    #[error(
        "the key at the start of the path into PState `$${pstate}` is at home on task {home}, not in \
         partition {task}: read it without `.partition(..)`"
    )]
    NotAtHome {
        /// The PState's name.
        pstate: &'static str,
        /// Where the key lives.
        home: TaskId,
        /// The partition that was asked.
        task: TaskId,
    },
    /// There is no such partition.
    #[error("there is no task {task}: the module runs with {tasks} tasks")]
    NoSuchTask {
        /// The partition asked for.
        task: TaskId,
        /// How many there are.
        tasks: u32,
    },
    /// The path met the data and failed, for example `select_one` on several values (PA-06).
    #[error(transparent)]
    Path(#[from] PathError),
    /// A path that came as data does not fit, or failed.
    #[error(transparent)]
    Dynamic(#[from] DynamicError),
    /// The offsets asked for do not exist (DP-52).
    #[error("depot `*{depot}` of task {task} holds offsets {start}..{end}, not {from}..{to}")]
    Offsets {
        /// The depot's name.
        depot: &'static str,
        /// The partition.
        task: TaskId,
        /// First offset that exists.
        start: u64,
        /// First offset that does not exist yet.
        end: u64,
        /// First offset asked for.
        from: u64,
        /// End of the range asked for, exclusive.
        to: u64,
    },
    /// Records that were asked for are not kept any more (DP-60).
    #[error(
        "depot `*{depot}` of task {task} was trimmed: its records begin at offset {start}, and {from} was asked for"
    )]
    Trimmed {
        /// The depot's name.
        depot: &'static str,
        /// The partition.
        task: TaskId,
        /// First offset that exists.
        start: u64,
        /// First offset asked for.
        from: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored bytes that do not decode.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The handle was made by a version of the module that declared the state with another type.
    #[error(
        "this handle is of another version of module `{module}`: use the client that `update` gave"
    )]
    Outdated {
        /// The module's name.
        module: &'static str,
    },
    /// The module is not running.
    #[error("module `{module}` is not running: it was stopped or is being updated")]
    Stopped {
        /// The module's name.
        module: &'static str,
    },
}

/// Why a dead letter could not be read, replayed or discarded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LetterError {
    /// The letter is gone: it was replayed or discarded.
    #[error(
        "there is no dead letter of record {offset} of task {task} in depot `*{depot}` any more"
    )]
    NoSuchLetter {
        /// The depot's name.
        depot: String,
        /// The partition of the record.
        task: TaskId,
        /// The offset of the record.
        offset: Offset,
    },
    /// The record was trimmed off its depot, so it cannot be run from there. The letter still has it.
    #[error(
        "record {offset} of task {task} was trimmed off depot `*{depot}`: append what `record()` of the letter gives, \
         and discard the letter"
    )]
    Trimmed {
        /// The depot's name.
        depot: String,
        /// The partition of the record.
        task: TaskId,
        /// The offset of the record.
        offset: Offset,
    },
    /// Somebody replays it.
    #[error(
        "record {offset} of task {task} in depot `*{depot}` is being replayed: wait for its end"
    )]
    RunsAgain {
        /// The depot's name.
        depot: String,
        /// The partition of the record.
        task: TaskId,
        /// The offset of the record.
        offset: Offset,
    },
    /// The record was run again and failed.
    #[error("the record was run again and is a dead letter once more: {reason}")]
    FailedAgain {
        /// The error or the panic message of the last attempt.
        reason: Arc<str>,
    },
    /// The topology cannot run the record.
    #[error("topology `{topology}` does not read depot `*{depot}` any more: discard the letter")]
    NotRead {
        /// The topology's name.
        topology: String,
        /// The depot's name.
        depot: String,
    },
    /// The disk has no space for more; nothing was done (scenario C1).
    #[error(
        "the disk of module `{module}` is full: nothing was done; free some space, then try again"
    )]
    DiskFull {
        /// The module's name.
        module: &'static str,
    },
    /// The module is not running, or stopped before it was done. What was begun goes on at the next start.
    #[error(
        "module `{module}` is not running: a replay that was begun goes on when it starts again"
    )]
    Stopped {
        /// The module's name.
        module: &'static str,
    },
    /// Letters could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Stored bytes that do not decode, or are of another type.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Why an event failed: any error that `?` meets inside dataflow.
///
/// Like other catch-all errors it does not implement [`std::error::Error`] itself, so that every error
/// type converts into it.
pub struct EventError(Box<dyn std::error::Error + Send + Sync>);

impl EventError {
    /// An error that is only a message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into().into())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for EventError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
