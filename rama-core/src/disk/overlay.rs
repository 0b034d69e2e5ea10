//! A disk as it is, for somebody who may write but must change nothing: what is written stays in memory.

use super::{Disk, DiskFile, DiskLock, LockError, Open};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a file are kept in blocks of this length: that of a page, which is what a store writes.
const BLOCK_BYTES: u64 = 4096;

/// The files of another disk. Their names do not change, and removing one only looks as if it was done.
#[derive(Debug)]
pub(crate) struct Overlay {
    below: Arc<dyn Disk>,
}

impl Overlay {
    pub(crate) fn new(below: Arc<dyn Disk>) -> Self {
        Self { below }
    }
}

impl Disk for Overlay {
    fn open(&self, name: &str, how: Open) -> io::Result<Arc<dyn DiskFile>> {
        if how == Open::New {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let below = self.below.open(name, how)?;
        let length = below.len()?;
        let state = Mutex::new(State { length, length_below: length, blocks: BTreeMap::new() });
        Ok(Arc::new(OverlayFile { below, state }))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        self.below.exists(name)
    }

    fn rename(&self, _from: &str, _to: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn remove(&self, _name: &str) -> io::Result<()> {
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.below.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self) -> Result<DiskLock, LockError> {
        self.below.lock()
    }
}

struct OverlayFile {
    below: Arc<dyn DiskFile>,
    state: Mutex<State>,
}

struct State {
    length: u64,
    /// So much of the file below is still seen.
    length_below: u64,
    /// What was written, by the number of the block.
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl std::fmt::Debug for OverlayFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OverlayFile").field("below", &self.below).finish_non_exhaustive()
    }
}

impl OverlayFile {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block of the file below, with zeros behind its end.
    fn block_below(&self, number: u64, length_below: u64) -> io::Result<Vec<u8>> {
        let from = number * BLOCK_BYTES;
        let there = length_below.saturating_sub(from).min(BLOCK_BYTES);
        let mut block = vec![0; to_usize(BLOCK_BYTES)?];
        if there > 0 {
            self.below.read_exact_at(&mut block[..to_usize(there)?], from)?;
        }
        Ok(block)
    }
}

impl DiskFile for OverlayFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().length)
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.state();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > state.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, inside, range) in blocks(offset, out.len())? {
            let below;
            let block = match state.blocks.get(&number) {
                Some(block) => block,
                None => {
                    below = self.block_below(number, state.length_below)?;
                    &below
                }
            };
            let length = range.len();
            out[range].copy_from_slice(&block[inside..inside + length]);
        }
        Ok(())
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.state();
        for (number, inside, range) in blocks(offset, bytes.len())? {
            if !state.blocks.contains_key(&number) {
                let block = self.block_below(number, state.length_below)?;
                state.blocks.insert(number, block);
            }
            if let Some(block) = state.blocks.get_mut(&number) {
                block[inside..inside + range.len()].copy_from_slice(&bytes[range]);
            }
        }
        state.length = state.length.max(offset + bytes.len() as u64);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state();
        // What is cut off must read as zeros when the file grows again.
        state.length_below = state.length_below.min(len);
        state.blocks.retain(|number, _| number * BLOCK_BYTES < len);
        if let Some(block) = state.blocks.get_mut(&(len / BLOCK_BYTES)) {
            block[to_usize(len % BLOCK_BYTES)?..].fill(0);
        }
        state.length = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
}

type Piece = (u64, usize, std::ops::Range<usize>);

/// The blocks that `length` bytes from `offset` on lie in: number, where in the block, and which of the bytes.
fn blocks(offset: u64, length: usize) -> io::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    while done < length {
        let at = offset + done as u64;
        let inside = to_usize(at % BLOCK_BYTES)?;
        let piece = (to_usize(BLOCK_BYTES)? - inside).min(length - done);
        pieces.push((at / BLOCK_BYTES, inside, done..done + piece));
        done += piece;
    }
    Ok(pieces)
}

fn to_usize(number: u64) -> io::Result<usize> {
    usize::try_from(number).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::MemoryDisk;
    use crate::disk::sim::Random;

    #[test]
    fn an_overlay_is_a_file_of_its_own_and_leaves_the_one_below_alone() {
        let below = MemoryDisk::new();
        let content: Vec<u8> = (0..20_000_u32).map(|number| (number % 251) as u8).collect();
        below.open("a", Open::New).unwrap().write_all_at(&content, 0).unwrap();
        let model = MemoryDisk::new().open("a", Open::New).unwrap();
        model.write_all_at(&content, 0).unwrap();
        let overlay = Overlay::new(Arc::new(below.clone())).open("a", Open::Existing).unwrap();
        let mut random = Random::new(1);
        for round in 0..2000_u64 {
            let (at, length) = (random.below(30_000), to_usize(random.below(9_000)).unwrap());
            for file in [&overlay, &model] {
                match round % 20 {
                    0 => file.set_len(at).unwrap(),
                    step if step % 2 == 0 => {
                        file.write_all_at(&vec![(round % 255) as u8; length], at).unwrap();
                    }
                    _ => {}
                }
            }
            assert_eq!(overlay.len().unwrap(), model.len().unwrap());
            let (mut found, mut expected) = (vec![0; length], vec![0; length]);
            let read = overlay.read_exact_at(&mut found, at).is_ok();
            assert_eq!(read, model.read_exact_at(&mut expected, at).is_ok());
            assert_eq!(found, expected, "round {round}");
        }
        let mut found = vec![0; content.len()];
        let file = below.open("a", Open::Existing).unwrap();
        file.read_exact_at(&mut found, 0).unwrap();
        assert_eq!((found, file.len().unwrap()), (content, 20_000));
    }
}
