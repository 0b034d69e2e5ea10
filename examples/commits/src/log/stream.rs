//! The loop both readers share: pieces in, entries out. What a piece means is the work of a
//! [`Form`].

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::Entry;
use super::pieces::{Piece, Pieces};

/// A form of writing a history: it is given one piece of input after the other.
pub trait Form: Default {
    /// The byte that ends a piece.
    const END: u8;

    /// Takes one piece and puts what it completes into `ready`: at most a commit and two reports.
    fn take(&mut self, piece: Piece<'_>, ready: &mut VecDeque<Entry>);

    /// The input has ended: puts the last commit into `ready`.
    fn finish(&mut self, ready: &mut VecDeque<Entry>);
}

/// The entries of a history, read as they are asked for. An error of the input ends it.
#[derive(Debug)]
pub struct Log<R, F> {
    pieces: Pieces<R>,
    form: F,
    ready: VecDeque<Entry>,
    ended: bool,
}

impl<R: BufRead, F: Form> Log<R, F> {
    /// Reads a history from `input`.
    pub fn new(input: R) -> Self {
        Self {
            pieces: Pieces::new(input, F::END),
            form: F::default(),
            ready: VecDeque::new(),
            ended: false,
        }
    }
}

impl<R: BufRead, F: Form> Iterator for Log<R, F> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            match self.pieces.read() {
                Ok(Some(piece)) => self.form.take(piece, &mut self.ready),
                Ok(None) => {
                    self.ended = true;
                    self.form.finish(&mut self.ready);
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
