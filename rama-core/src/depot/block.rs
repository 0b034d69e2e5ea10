//! Blocks: how the store keeps many records of a depot partition in one row.

use super::RecordBatch;
use crate::{
    codec::{CodecError, bytes::Reader},
    id::{Offset, TaskId},
};

/// Key of a stored block of records: its task, then the offset *after* its last record, so that the
/// block that holds an offset is the first one found from there.
pub(crate) fn block_key(task: TaskId, end: Offset) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&task.0.to_be_bytes());
    key[4..].copy_from_slice(&end.0.to_be_bytes());
    key
}

/// Writes batches as one block of the store, with a checksum: the store itself does not verify what
/// it serves (RELIABILITY finding 1).
pub(crate) fn write_block<'a>(batches: impl Iterator<Item = &'a RecordBatch>) -> Vec<u8> {
    let mut block = Vec::new();
    for batch in batches {
        batch.write(&mut block);
    }
    let sum = crc32c::crc32c(&block);
    block.extend_from_slice(&sum.to_le_bytes());
    block
}

/// Reads what [`write_block`] wrote.
pub(crate) fn read_block(block: &[u8]) -> Result<Vec<RecordBatch>, CodecError> {
    let (content, sum) = block.split_last_chunk::<4>().ok_or(CodecError::Checksum)?;
    if crc32c::crc32c(content) != u32::from_le_bytes(*sum) {
        return Err(CodecError::Checksum);
    }
    let mut reader = Reader::new(content);
    let mut batches = Vec::new();
    while !reader.is_empty() {
        batches.push(RecordBatch::read(&mut reader)?);
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn every_flipped_bit_of_a_block_is_noticed() {
        let mut batch = RecordBatch::new(Offset(3), Timestamp(1));
        batch.push(b"record");
        let block = write_block([&batch].into_iter());
        assert_eq!(read_block(&block).unwrap()[0].end(), Offset(4));
        for bit in 0..block.len() * 8 {
            let mut damaged = block.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read_block(&damaged).unwrap_err(), CodecError::Checksum, "bit {bit}");
        }
    }

    #[test]
    fn the_block_that_holds_an_offset_is_the_first_one_after_its_key() {
        let wanted = block_key(TaskId(1), Offset(10).next());
        assert!(block_key(TaskId(1), Offset(10)) < wanted, "ends before offset 10");
        assert!(block_key(TaskId(1), Offset(11)) >= wanted, "holds offset 10 as its last");
        assert!(block_key(TaskId(2), Offset(1)) > wanted, "another task");
    }
}
