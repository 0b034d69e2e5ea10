//! Lines in, lines out.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value as Json;

use crate::lab::Lab;
use crate::request::{Refusal, Request};

/// Bytes of a line: large documents fit, and an endless line does not fill the memory.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// Answers every request of the input, one line each, until it ends. A line that is no request is answered with an
/// error, and the next one counts.
///
/// # Errors
/// Only those of reading and writing.
pub fn run(mut input: impl BufRead, mut out: impl Write, lab: &mut Lab) -> io::Result<()> {
    let mut line = Vec::new();
    while read_line(&mut input, &mut line)? {
        if is_left_out(&line) {
            continue;
        }
        let answer = answer(&line, lab).unwrap_or_else(|refusal| refusal.to_json());
        writeln!(out, "{answer}")?;
        // Whoever types the next line waits for the answer to this one.
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &[u8], lab: &mut Lab) -> Result<Json, Refusal> {
    if line.len() as u64 > LINE_BYTES_MAX {
        return Err(Refusal::Request(format!("a line has at most {LINE_BYTES_MAX} bytes")));
    }
    lab.answer(&Request::parse(line)?)
}

/// Reads one line, of which it keeps one byte more than may be.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let count = input.by_ref().take(LINE_BYTES_MAX + 1).read_until(b'\n', line)?;
    if count as u64 > LINE_BYTES_MAX && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
    }
    Ok(count > 0)
}

fn is_left_out(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    text.is_empty() || text.starts_with(b"#")
}
