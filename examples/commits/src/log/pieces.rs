//! An input cut at a separator byte into numbered pieces of bounded length. It does not interpret
//! them.

use std::io::{self, BufRead, ErrorKind};

use super::LINE_MAX_BYTES;

/// Reads the pieces of an input one after the other, with one piece in memory.
#[derive(Debug)]
pub struct Pieces<R> {
    input: R,
    end: u8,
    number: u64,
    buffer: Vec<u8>,
}

/// One piece, without its separator.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes, at most [`LINE_MAX_BYTES`] of them.
    pub bytes: &'a [u8],
    /// It was longer and the rest of it was dropped.
    pub cut: bool,
}

impl<R: BufRead> Pieces<R> {
    /// Cuts `input` after each `end`.
    pub fn new(input: R, end: u8) -> Self {
        Self { input, end, number: 0, buffer: Vec::new() }
    }

    /// The next piece; `None` at the end of the input. The last piece may lack its separator.
    pub fn read(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.buffer.clear();
        let (mut any, mut cut) = (false, false);
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            any = true;
            let end = available.iter().position(|&byte| byte == self.end);
            let content = &available[..end.unwrap_or(available.len())];
            let room = LINE_MAX_BYTES - self.buffer.len();
            cut |= content.len() > room;
            self.buffer.extend_from_slice(&content[..content.len().min(room)]);
            let used = content.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Piece { number: self.number, bytes: &self.buffer, cut }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn all(input: &[u8], capacity: usize) -> Vec<(u64, Vec<u8>, bool)> {
        let mut pieces = Pieces::new(BufReader::with_capacity(capacity, input), b'\n');
        let mut found = Vec::new();
        while let Some(piece) = pieces.read().unwrap() {
            found.push((piece.number, piece.bytes.to_vec(), piece.cut));
        }
        found
    }

    #[test]
    fn pieces_are_the_same_however_the_input_arrives() {
        let expected = vec![
            (1, b"one".to_vec(), false),
            (2, Vec::new(), false),
            (3, b"three".to_vec(), false),
        ];
        for capacity in 1..12 {
            assert_eq!(all(b"one\n\nthree", capacity), expected);
            assert_eq!(all(b"one\n\nthree\n", capacity), expected);
        }
        assert_eq!(all(b"", 4), Vec::new());
    }

    #[test]
    fn a_piece_is_cut_at_the_bound_and_the_next_one_is_whole() {
        let mut input = vec![b'x'; LINE_MAX_BYTES];
        input.push(b'\n');
        assert!(!all(&input, 1000)[0].2, "the bound itself is allowed");
        let mut input = vec![b'x'; 3 * LINE_MAX_BYTES];
        input.extend_from_slice(b"\nnext\n");
        let found = all(&input, 1000);
        assert_eq!((found[0].1.len(), found[0].2), (LINE_MAX_BYTES, true));
        assert_eq!(found[1], (2, b"next".to_vec(), false));
    }
}
