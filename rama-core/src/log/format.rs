//! The bytes of a segment file.
//!
//! ```text
//! header   magic "ramalog\n" | format u32 | segment u64 | first epoch u64 | crc32c u32
//! group    magic u32 | payload length u32 | epoch u64 | synced epoch u64 | crc32c u32 of these | crc32c u32 | payload
//! ...
//! end      32 zero bytes, or less when the file ends
//! ```
//! `synced` is the last group that was durable when this one was written: so it can be told whether groups that are
//! missing before a valid one are damage, or were lost with the power before they were durable.
//!
//! Numbers are little-endian. A group's checksums also cover the segment's number and the group's
//! position: bytes left in a file from its earlier life, written to a wrong place, or put into a
//! payload by a user never look valid. The one of the header is checked first, so that looking for
//! groups among such bytes does not read payloads again and again. Reading is total.

use crate::codec::bytes::{Reader, put_u32, put_u64};
use crate::id::Epoch;
use crate::planted::Mistake;

const FILE_MAGIC: [u8; 8] = *b"ramalog\n";
pub(super) const FORMAT: u32 = 2;
/// Not zero, and not text, so that neither emptiness nor a user's text begins like a group.
const GROUP_MAGIC: u32 = 0xC0_B5_A7_E1;
/// Bytes before the first group.
pub(super) const HEADER_BYTES: usize = 32;
/// Bytes of a group before its payload.
pub(super) const GROUP_HEADER_BYTES: usize = 32;
/// Written after every group and overwritten by the next one: a clean end is recognised even in a
/// file that still holds groups from its earlier life.
pub(super) const END: [u8; GROUP_HEADER_BYTES] = [0; GROUP_HEADER_BYTES];
/// Above any sensible group and far below the 4 GiB that the length field could hold.
pub(super) const PAYLOAD_BYTES_MAX: usize = 1 << 30;

/// What the header of a segment says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// Number of the segment, from 1; never used twice.
    pub(super) segment: u64,
    /// The first group of this segment is this one. The previous segment ends just before it.
    pub(super) first: Epoch,
}

/// Why bytes are not the header of a segment.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum HeaderError {
    /// They are damaged, or of another program.
    Damaged,
    /// They are intact, but of another format.
    OtherFormat(u32),
}

impl Header {
    pub(super) fn encode(self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&FILE_MAGIC);
        put_u32(out, FORMAT);
        put_u64(out, self.segment);
        put_u64(out, self.first.0);
        let checksum = crc32c::crc32c(&out[start..]);
        put_u32(out, checksum);
    }

    /// The first bytes of a segment without groups.
    pub(super) fn with_end(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + END.len());
        self.encode(&mut bytes);
        bytes.extend_from_slice(&END);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        Self::read(bytes).unwrap_or(Err(HeaderError::Damaged))
    }

    /// None when the bytes are too few.
    fn read(bytes: &[u8]) -> Option<Result<Self, HeaderError>> {
        let (content, checksum) = bytes.get(..HEADER_BYTES)?.split_last_chunk()?;
        let mut reader = Reader::new(content);
        let magic = reader.array("a header").ok()?;
        let format = reader.u32().ok()?;
        if magic != FILE_MAGIC || crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
            return Some(Err(HeaderError::Damaged));
        }
        if format != FORMAT {
            return Some(Err(HeaderError::OtherFormat(format)));
        }
        let header = Self { segment: reader.u64().ok()?, first: Epoch(reader.u64().ok()?) };
        let plausible = header.segment > 0 && header.first > Epoch(0);
        Some(if plausible { Ok(header) } else { Err(HeaderError::Damaged) })
    }
}

/// Appends a group that will stand at `position` of a segment, and the end mark after it.
pub(super) fn encode_group(
    segment: u64,
    position: u64,
    (epoch, synced): (Epoch, Epoch),
    payload: &[u8],
    out: &mut Vec<u8>,
) {
    let length = u32::try_from(payload.len()).expect("the caller bounds the payload");
    put_u32(out, GROUP_MAGIC);
    put_u32(out, length);
    put_u64(out, epoch.0);
    put_u64(out, synced.0);
    let checksum = header_checksum((segment, position), length, (epoch, synced));
    put_u32(out, checksum);
    put_u32(out, crc32c::crc32c_append(checksum, payload));
    out.extend_from_slice(payload);
    out.extend_from_slice(&END);
}

/// A group read back.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Group<'a> {
    pub(super) epoch: Epoch,
    /// Every group up to this one was durable when this one was written.
    pub(super) synced: Epoch,
    pub(super) payload: &'a [u8],
}

impl Group<'_> {
    /// Length in the file, without the end mark.
    pub(super) fn length(&self) -> usize {
        GROUP_HEADER_BYTES + self.payload.len()
    }
}

/// The valid group at `position` of a segment's content, if there is one.
pub(super) fn decode_group(segment: u64, content: &[u8], position: usize) -> Option<Group<'_>> {
    let mut reader = Reader::new(content.get(position..)?);
    if reader.u32().ok()? != GROUP_MAGIC {
        return None;
    }
    let length = reader.u32().ok()?;
    let (epoch, synced) = (Epoch(reader.u64().ok()?), Epoch(reader.u64().ok()?));
    let checksum = header_checksum((segment, position as u64), length, (epoch, synced));
    if reader.u32().ok()? != checksum {
        return None;
    }
    let with_payload = reader.u32().ok()?;
    let payload = reader.take(usize::try_from(length).ok()?, "a group").ok()?;
    let valid = with_payload == crc32c::crc32c_append(checksum, payload)
        || Mistake::ChecksumIgnored.is_made();
    valid.then_some(Group { epoch, synced, payload })
}

/// The first valid group at or after `from`, wherever it begins, with its position.
pub(super) fn find_group(segment: u64, content: &[u8], from: usize) -> Option<(usize, Group<'_>)> {
    let first_byte = GROUP_MAGIC.to_le_bytes()[0];
    let mut position = from;
    while let Some(rest) = content.get(position..) {
        position += leading_zeros(rest);
        position += content.get(position..)?.iter().position(|&byte| byte == first_byte)?;
        if let Some(group) = decode_group(segment, content, position) {
            return Some((position, group));
        }
        position += 1;
    }
    None
}

/// How many zero bytes a slice begins with, at least by whole blocks: compared block by block,
/// since preallocated space is mostly zeros and builds without optimisation read bytes slowly.
fn leading_zeros(bytes: &[u8]) -> usize {
    const BLOCK: [u8; 4096] = [0; 4096];
    bytes.chunks_exact(BLOCK.len()).take_while(|block| *block == BLOCK).count() * BLOCK.len()
}

/// Where the zeros begin that `content` ends with.
pub(super) fn end_of_data(content: &[u8]) -> usize {
    const BLOCK: [u8; 4096] = [0; 4096];
    let zeros = content.rchunks_exact(BLOCK.len()).take_while(|block| *block == BLOCK).count()
        * BLOCK.len();
    let rest = &content[..content.len() - zeros];
    rest.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)
}

fn header_checksum(
    (segment, position): (u64, u64),
    length: u32,
    (epoch, synced): (Epoch, Epoch),
) -> u32 {
    let mut place = [0; 36];
    place[..8].copy_from_slice(&segment.to_le_bytes());
    place[8..16].copy_from_slice(&position.to_le_bytes());
    place[16..20].copy_from_slice(&length.to_le_bytes());
    place[20..28].copy_from_slice(&epoch.0.to_le_bytes());
    place[28..].copy_from_slice(&synced.0.to_le_bytes());
    crc32c::crc32c(&place)
}
