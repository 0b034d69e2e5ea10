//! Opening a log: reading it back, telling a torn tail from damage, cutting the tail.
//!
//! Two steps: [`scan`] reads and judges and changes nothing; [`repair`] changes only what the scan
//! found to be safe. So a crash during recovery finds the same files, or better ones (A11).

use super::error::LogError;
use super::format::{
    END, HEADER_BYTES, Header, HeaderError, decode_group, end_of_data, find_group,
};
use super::segment::{self, Active, Files, Sealed, failed, segment_name};
use super::{LogOptions, Replay};
use crate::disk::{Disk, DiskFile, Open};
use crate::id::Epoch;
use crate::planted::Mistake;
use std::collections::VecDeque;
use std::sync::Arc;

/// What opening a log found.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Recovery {
    /// How many groups were replayed.
    pub groups: u64,
    /// How many bytes of an unfinished group were cut off; 0 after a clean stop. In a file that was
    /// used before, bytes of its earlier life that follow are counted, too.
    pub torn_bytes: u64,
    /// The last group of the log; the next one is appended after it.
    pub last: Epoch,
    /// The file in which the log goes on.
    pub file: String,
    /// Where it goes on, in bytes; the cut, when something was torn.
    pub position: u64,
}

/// A log that is ready to be appended to.
pub(super) struct Recovered {
    pub(super) files: Files,
    pub(super) sealed: VecDeque<Sealed>,
    pub(super) active: Active,
    pub(super) recovery: Recovery,
}

/// What [`scan`] found out.
pub(super) struct Scan {
    found: segment::Found,
    /// Segments that no one needs: all their groups are covered by the checkpoint.
    obsolete: Vec<u64>,
    sealed: VecDeque<Sealed>,
    tail: Option<Tail>,
    after: Epoch,
    groups: u64,
}

/// The last segment, in which the log ends.
struct Tail {
    number: u64,
    file: Arc<dyn DiskFile>,
    length: u64,
    /// End of the last valid group.
    position: u64,
    torn_bytes: u64,
    last: Epoch,
}

/// A segment that is being read.
struct Segment {
    number: u64,
    file: Arc<dyn DiskFile>,
    content: Vec<u8>,
}

/// How far the groups of a segment go.
struct Read {
    position: usize,
    next: Epoch,
}

/// Reads the log and replays its groups after `after`. Changes nothing.
pub(super) fn scan<E: From<LogError>>(
    disk: &dyn Disk,
    after: Epoch,
    replay: &mut Replay<'_, E>,
) -> Result<Scan, E> {
    let found = segment::find(disk)?;
    let needed = choose(disk, &found.segments, after)?;
    let obsolete = found.segments[..found.segments.len() - needed.len()].to_vec();
    let mut scan = Scan { found, obsolete, sealed: VecDeque::new(), tail: None, after, groups: 0 };
    let mut replayed = |epoch, payload: &[u8]| {
        if epoch <= after {
            return Ok(());
        }
        scan.groups += 1;
        replay(epoch, payload)
    };
    for (index, &(number, header)) in needed.iter().enumerate() {
        let segment = Segment::open(disk, number)?;
        if index + 1 == needed.len() {
            segment.sync()?;
        }
        let read = segment.replay(header.first, &mut replayed)?;
        match needed.get(index + 1) {
            Some((_, next)) => {
                segment.check_complete(&read, next.first)?;
                let last = Epoch(next.first.0 - 1);
                scan.sealed.push_back(Sealed { number, last });
            }
            None => scan.tail = Some(segment.into_tail(&read)?),
        }
    }
    Ok(scan)
}

/// The segments from the one on that holds the group after `after`.
fn choose(
    disk: &dyn Disk,
    numbers: &[u64],
    after: Epoch,
) -> Result<VecDeque<(u64, Header)>, LogError> {
    let mut needed: VecDeque<(u64, Header)> = VecDeque::new();
    for &number in numbers.iter().rev() {
        let header = read_header(disk, number)?;
        if let Some((following, _)) = needed.front().filter(|(next, _)| *next != number + 1) {
            return Err(LogError::Damaged {
                file: segment_name(*following),
                position: 0,
                found: format!(
                    "the segment before it, {}, is missing",
                    segment_name(following - 1)
                ),
            });
        }
        needed.push_front((number, header));
        if header.first <= after.next() {
            return Ok(needed);
        }
    }
    match needed.front() {
        None => Ok(needed),
        Some((_, oldest)) => {
            Err(LogError::Missing { first: after.next(), last: Epoch(oldest.first.0 - 1) })
        }
    }
}

fn read_header(disk: &dyn Disk, number: u64) -> Result<Header, LogError> {
    let name = segment_name(number);
    let file = disk.open(&name, Open::Existing).map_err(failed("open", &name))?;
    let length = file.len().map_err(failed("measure", &name))?;
    let mut bytes = [0; HEADER_BYTES];
    if length < HEADER_BYTES as u64 {
        let found = format!("the file ends after {length} bytes, inside its header");
        return Err(LogError::Damaged { file: name, position: length, found });
    }
    file.read_exact_at(&mut bytes, 0).map_err(failed("read", &name))?;
    let found = match Header::decode(&bytes) {
        Ok(header) if header.segment == number => return Ok(header),
        Ok(header) => format!("it is the header of segment {}", header.segment),
        Err(HeaderError::Damaged) => "it is not the header of a commit log segment".to_owned(),
        Err(HeaderError::OtherFormat(format)) => {
            return Err(LogError::OtherFormat { file: name, format });
        }
    };
    Err(LogError::Damaged { file: name, position: 0, found })
}

impl Segment {
    fn open(disk: &dyn Disk, number: u64) -> Result<Self, LogError> {
        let name = segment_name(number);
        let file = disk.open(&name, Open::Existing).map_err(failed("open", &name))?;
        let length = file.len().map_err(failed("measure", &name))?;
        let length = usize::try_from(length)
            .map_err(|error| failed("read", &name)(std::io::Error::other(error)))?;
        let mut content = vec![0; length];
        file.read_exact_at(&mut content, 0).map_err(failed("read", &name))?;
        Ok(Self { number, file, content })
    }

    /// What is read of the last segment may be in the memory of the system only: it must not be built upon, in the store
    /// for example, before it is durable.
    fn sync(&self) -> Result<(), LogError> {
        self.file.sync_data().map_err(failed("sync", segment_name(self.number)))
    }

    /// Hands over valid groups as long as one follows the other.
    fn replay<E: From<LogError>>(
        &self,
        first: Epoch,
        replay: &mut Replay<'_, E>,
    ) -> Result<Read, E> {
        let mut read = Read { position: HEADER_BYTES, next: first };
        while let Some(group) = decode_group(self.number, &self.content, read.position) {
            if group.epoch != read.next {
                let found = format!("group {} stands where {} should", group.epoch, read.next);
                return Err(self.damaged(read.position, found).into());
            }
            let end = read.position + group.length();
            if Mistake::TailCutTooFar.is_made()
                && decode_group(self.number, &self.content, end).is_none()
            {
                break;
            }
            replay(group.epoch, group.payload)?;
            read.position = end;
            read.next = group.epoch.next();
        }
        Ok(read)
    }

    /// A segment that is followed by another one holds every group up to that one's first.
    fn check_complete(&self, read: &Read, next: Epoch) -> Result<(), LogError> {
        if read.next == next {
            return Ok(());
        }
        let last = read.next.0 - 1;
        let found = format!("the groups end with {last}, but the next file begins with {next}");
        Err(self.damaged(read.position, found))
    }

    /// Behind the last group of the log there may be what remains of groups that were not durable when the power went.
    /// A whole one among them is damage of the log only if what is missing before it was durable when it was written.
    fn into_tail(self, read: &Read) -> Result<Tail, LogError> {
        let (mut lost, mut from) = (false, read.position);
        while let Some((position, later)) = find_group(self.number, &self.content, from) {
            if later.synced >= read.next {
                let found = format!(
                    "group {} is not readable, but group {} at byte {position} is",
                    read.next, later.epoch
                );
                return Err(self.damaged(read.position, found));
            }
            lost = true;
            from = position + later.length();
        }
        let rest = &self.content[read.position..];
        let clean = !lost && rest.iter().take(END.len()).all(|&byte| byte == 0);
        Ok(Tail {
            number: self.number,
            length: self.content.len() as u64,
            position: read.position as u64,
            torn_bytes: if clean { 0 } else { end_of_data(rest) as u64 },
            last: Epoch(read.next.0 - 1),
            file: self.file,
        })
    }

    fn damaged(&self, position: usize, found: String) -> LogError {
        LogError::Damaged { file: segment_name(self.number), position: position as u64, found }
    }
}

/// Refuses a log of another format by its first bytes. Damage is left to whoever reads the rest.
pub(crate) fn check_formats(disk: &dyn Disk) -> Result<(), LogError> {
    for number in segment::find(disk)?.segments {
        if let Err(error @ LogError::OtherFormat { .. }) = read_header(disk, number) {
            return Err(error);
        }
    }
    Ok(())
}

/// What a look at every file of a log found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// How many groups are valid.
    pub(crate) groups: u64,
    /// As [`Recovery::torn_bytes`].
    pub(crate) torn_bytes: u64,
    /// The last valid group; 0 when there is none.
    pub(crate) last: Epoch,
    /// Everything that would keep the log from being opened.
    pub(crate) damage: Vec<LogError>,
}

/// Reads every group of every segment, also those that a checkpoint covers, and hands those over that are whole. Changes
/// nothing. `after` is as for [`SegmentedLog::open`](super::SegmentedLog::open).
pub(crate) fn check(
    disk: &dyn Disk,
    after: Epoch,
    visit: &mut dyn FnMut(&str, Epoch, &[u8]),
) -> Result<Checked, LogError> {
    let found = segment::find(disk)?;
    let mut checked = Checked::default();
    let mut before: Option<(Segment, Read)> = None;
    for number in found.segments {
        let header = match read_header(disk, number) {
            Ok(header) => header,
            Err(error) => {
                checked.damage.push(error);
                continue;
            }
        };
        match &before {
            Some((segment, read)) => {
                checked.damage.extend(segment.check_complete(read, header.first).err());
            }
            None if header.first > after.next() => {
                let last = Epoch(header.first.0 - 1);
                checked.damage.push(LogError::Missing { first: after.next(), last });
            }
            None => {}
        }
        let segment = Segment::open(disk, number)?;
        let name = segment_name(number);
        let read = segment.replay(header.first, &mut |epoch, payload| {
            checked.groups += 1;
            checked.last = epoch;
            visit(&name, epoch, payload);
            Ok(())
        });
        match read {
            Ok(read) => before = Some((segment, read)),
            Err(error) => checked.damage.push(error),
        }
    }
    if let Some((segment, read)) = before {
        match segment.into_tail(&read) {
            Ok(tail) => checked.torn_bytes = tail.torn_bytes,
            Err(error) => checked.damage.push(error),
        }
    }
    Ok(checked)
}

/// Cuts the torn tail, puts away what is not needed, and makes the log ready for appending.
pub(super) fn repair(
    disk: Arc<dyn Disk>,
    options: &LogOptions,
    scan: Scan,
) -> Result<Recovered, LogError> {
    let Scan { found, mut obsolete, mut sealed, tail, after, groups } = scan;
    let highest = found.segments.iter().chain(&found.spares).max().copied().unwrap_or(0);
    let mut files = Files::new(disk, found.spares, options.segment_bytes);
    files.tidy(&found.unfinished)?;
    files.sync_names()?;
    let torn_bytes = tail.as_ref().map_or(0, |tail| tail.torn_bytes);
    let active = match tail {
        Some(tail) if tail.last >= after => tail.cut()?,
        // The checkpoint is ahead of the log, or there is no log: nothing in it is needed.
        outdated => {
            obsolete.extend(sealed.drain(..).map(|segment| segment.number));
            obsolete.extend(outdated.map(|tail| tail.number));
            files.create(Header { segment: highest + 1, first: after.next() })?
        }
    };
    files.retire(&obsolete)?;
    let recovery = Recovery {
        groups,
        torn_bytes,
        last: Epoch(after.0 + groups),
        file: segment_name(active.number),
        position: active.position,
    };
    Ok(Recovered { files, sealed, active, recovery })
}

impl Tail {
    /// Overwrites half a group with zeros: its header must never again stand before bytes that a later, equally
    /// interrupted attempt leaves behind. What was read may be in memory only, when a process died between a write
    /// and its sync, so all of it is made durable before anybody builds on it.
    fn cut(self) -> Result<Active, LogError> {
        let name = segment_name(self.number);
        if self.torn_bytes > 0 {
            let zeros = vec![0; usize::try_from(self.torn_bytes).unwrap_or(0)];
            self.file.write_all_at(&zeros, self.position).map_err(failed("cut", &name))?;
        }
        self.file.sync_data().map_err(failed("sync", &name))?;
        Ok(Active {
            number: self.number,
            file: self.file,
            position: self.position,
            allocated: self.length,
        })
    }
}
