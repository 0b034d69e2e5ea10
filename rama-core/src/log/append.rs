//! Appending groups to segment files.

use super::error::LogError;
use super::format::{
    END, GROUP_HEADER_BYTES, HEADER_BYTES, Header, PAYLOAD_BYTES_MAX, encode_group,
};
use super::recover::{self, Recovery};
use super::segment::{Active, Files, Sealed};
use super::{CommitLog, LogOptions, Replay};
use crate::disk::Disk;
use crate::disk::is_full;
use crate::id::Epoch;
use crate::planted::Mistake;
use std::collections::VecDeque;
use std::sync::Arc;

/// The first growth of a segment: a small cluster in a test need not write a megabyte.
const FIRST_GROWTH_BYTES: u64 = 64 * 1024;
/// The buffer for groups is given back when it grew beyond this, many times a common group.
const BUFFER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How exactly [`CommitLog::live_bytes`] is known: a few hundred marks for a log of 64 MiB.
const MARK_BYTES: u64 = 256 * 1024;

/// A commit log in files of one directory.
#[derive(Debug)]
pub struct SegmentedLog {
    files: Files,
    options: LogOptions,
    sealed: VecDeque<Sealed>,
    active: Active,
    last: Epoch,
    /// Every group up to this one is durable.
    synced: Epoch,
    live: LiveBytes,
    buffer: Vec<u8>,
    zeros: Vec<u8>,
    /// The first error: after it nothing is known about the files (findings 2 and 3).
    stopped: Option<LogError>,
}

impl SegmentedLog {
    /// Opens the log, or creates it, and hands over every group after `after`, in order.
    ///
    /// `after` is the last group that a checkpoint covers, 0 when there is none. A group that was
    /// being written when the program stopped is cut off; [`Recovery`] says how much that was.
    ///
    /// # Errors
    /// The errors of `replay`, and [`LogError`]s: damage before valid groups refuses, and nothing
    /// is changed then (scenario A7).
    pub fn open<E: From<LogError>>(
        disk: Arc<dyn Disk>,
        options: LogOptions,
        after: Epoch,
        replay: &mut Replay<'_, E>,
    ) -> Result<(Self, Recovery), E> {
        let mut live = LiveBytes::default();
        let found = recover::scan(&*disk, after, &mut |epoch, payload| {
            live.add(epoch, (GROUP_HEADER_BYTES + payload.len()) as u64);
            replay(epoch, payload)
        })?;
        let recovered = recover::repair(disk, &options, found)?;
        let log = Self {
            files: recovered.files,
            options,
            sealed: recovered.sealed,
            active: recovered.active,
            last: recovered.recovery.last,
            synced: recovered.recovery.last,
            live,
            buffer: Vec::new(),
            zeros: Vec::new(),
            stopped: None,
        };
        Ok((log, recovered.recovery))
    }

    /// The last group of the log.
    pub fn last(&self) -> Epoch {
        self.last
    }

    fn write_group(&mut self, epoch: Epoch, payload: &[u8]) -> Result<(), LogError> {
        let needed = (GROUP_HEADER_BYTES + payload.len() + END.len()) as u64;
        if self.active.position > HEADER_BYTES as u64
            && self.active.position + needed > self.options.segment_bytes
        {
            self.roll(epoch)?;
        }
        self.make_room(self.active.position + needed)?;
        let active = &mut self.active;
        self.buffer.clear();
        let numbers = (epoch, self.synced);
        encode_group(active.number, active.position, numbers, payload, &mut self.buffer);
        active.write("write", &self.buffer, active.position)?;
        active.position += needed - END.len() as u64;
        if self.buffer.capacity() > BUFFER_BYTES_MAX {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    /// Makes the segment at least `end` bytes long, by zeros behind its last group. So a full disk is noticed before
    /// anything of the next group is written, and whatever of the zeros was written does no harm.
    fn make_room(&mut self, end: u64) -> Result<(), LogError> {
        let active = &mut self.active;
        if end <= active.allocated {
            return Ok(());
        }
        let longer = grown(&self.options, end, active.allocated);
        self.zeros.resize(usize::try_from(longer - active.allocated).unwrap_or(0), 0);
        active.write("grow", &self.zeros, active.allocated).map_err(full)?;
        active.allocated = longer;
        if self.zeros.capacity() > BUFFER_BYTES_MAX {
            self.zeros = Vec::new();
        }
        Ok(())
    }

    /// Begins the segment whose first group is `first`.
    ///
    /// The one before it is durable then: only the last segment of a log may lack groups after a power loss.
    fn roll(&mut self, first: Epoch) -> Result<(), LogError> {
        self.sync_active()?;
        let header = Header { segment: self.active.number + 1, first };
        let next = self.files.create(header)?;
        let full = std::mem::replace(&mut self.active, next);
        self.sealed.push_back(Sealed { number: full.number, last: self.last });
        Ok(())
    }

    fn sync_active(&mut self) -> Result<(), LogError> {
        if self.synced < self.last {
            if !Mistake::AckBeforeSync.is_made_at(self.last.0) {
                self.active.sync()?;
            }
            self.synced = self.last;
        }
        Ok(())
    }

    fn release_segments(&mut self, through: Epoch) -> Result<(), LogError> {
        let count = self.sealed.partition_point(|segment| segment.last <= through);
        let numbers: Vec<u64> = self.sealed.drain(..count).map(|segment| segment.number).collect();
        self.files.retire(&numbers)
    }

    fn check_running(&self) -> Result<(), LogError> {
        self.stopped.clone().map_or(Ok(()), Err)
    }

    /// Stops the log when an operation failed, unless nothing but space was missing.
    fn settle(&mut self, result: Result<(), LogError>) -> Result<(), LogError> {
        let failure = result.as_ref().err();
        self.stopped = failure.filter(|error| !matches!(error, LogError::Full { .. })).cloned();
        result
    }
}

impl CommitLog for SegmentedLog {
    fn write(&mut self, epoch: Epoch, payload: &[u8]) -> Result<(), LogError> {
        self.check_running()?;
        assert_eq!(epoch, self.last.next(), "groups are numbered without gaps");
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(LogError::TooLarge { bytes: payload.len() });
        }
        let written = self.write_group(epoch, payload);
        self.settle(written)?;
        self.last = epoch;
        self.live.add(epoch, (GROUP_HEADER_BYTES + payload.len()) as u64);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), LogError> {
        self.check_running()?;
        let synced = self.sync_active();
        self.settle(synced)
    }

    fn synced(&self) -> Epoch {
        self.synced
    }

    fn release(&mut self, through: Epoch) -> Result<(), LogError> {
        self.check_running()?;
        assert!(through <= self.last, "a checkpoint covers groups of the log");
        let released = self.release_segments(through);
        self.settle(released)?;
        self.live.release(through);
        Ok(())
    }

    fn live_bytes(&self) -> u64 {
        self.live.bytes()
    }
}

/// A write that found no space changed nothing that counts.
fn full(error: LogError) -> LogError {
    match error {
        LogError::Io { file, source, .. } if is_full(&source) => LogError::Full { file, source },
        error => error,
    }
}

/// The new length of a segment that must be `end` bytes long and is too short: doubled at first,
/// then in steps, but not beyond the segment's size.
fn grown(options: &LogOptions, end: u64, allocated: u64) -> u64 {
    let step = allocated.clamp(FIRST_GROWTH_BYTES, options.growth_bytes.max(FIRST_GROWTH_BYTES));
    (end + step).min(options.segment_bytes).max(end)
}

/// Counts the bytes of groups, with a mark now and then to know what a release frees.
#[derive(Default, Debug)]
struct LiveBytes {
    appended: u64,
    released: u64,
    last: Epoch,
    /// At the end of this group so many bytes had been appended.
    marks: VecDeque<(Epoch, u64)>,
    marked: u64,
}

impl LiveBytes {
    fn add(&mut self, epoch: Epoch, bytes: u64) {
        self.appended += bytes;
        self.last = epoch;
        if self.appended - self.marked >= MARK_BYTES {
            self.marks.push_back((epoch, self.appended));
            self.marked = self.appended;
        }
    }

    fn release(&mut self, through: Epoch) {
        let passed = self.marks.partition_point(|&(epoch, _)| epoch <= through);
        if let Some((_, appended)) = self.marks.drain(..passed).next_back() {
            self.released = appended;
        }
        if through >= self.last {
            self.released = self.appended;
        }
    }

    fn bytes(&self) -> u64 {
        self.appended - self.released
    }
}
