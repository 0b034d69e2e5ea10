//! Reads a git history as a stream of commits, in two forms: [`own::OwnLog`] reads what
//! [`crate::git`] asks git for, [`plain::PlainLog`] the text of `git log --numstat`. Both hold one
//! commit in memory at a time.
//!
//! An input that cannot be read is reported with its line and reading goes on. A commit whose own
//! lines are damaged is left out whole, so that a later run on sound input can still add it; a line
//! that merely stands in the way (a warning of git's between the commits) is reported and passed
//! over.

pub mod own;
pub mod pieces;
pub mod plain;
pub mod stream;

mod date;
mod numstat;
mod stat;

use std::fmt;

use crate::event::{Commit, FileChange};
use crate::text;

/// Longest line or field read, in bytes; the rest of it is dropped. Linux bounds a path at 4 KiB;
/// quoted as octal numbers it grows four times, and a rename has two of them.
pub const LINE_MAX_BYTES: usize = 64 * 1024;

/// Largest commit read, in bytes of its file changes in memory: some 600 000 files with paths of
/// usual length, more than the trees of the largest known repositories. It bounds memory against an
/// input that never ends a commit.
pub const COMMIT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// How much of an unreadable line a report quotes, in columns: with number and reason it fits a
/// terminal.
const EXCERPT_COLUMNS: usize = 48;

/// One thing found in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A commit, complete.
    Commit(Commit),
    /// A line that could not be read.
    Unreadable(UnreadableLine),
}

/// A line of the input that could not be read. Displays as one line, free of control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableLine {
    /// The number of the line, from 1; of the NUL-terminated field in the form [`own`] reads.
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// The start of the line, escaped.
    pub excerpt: String,
    /// The commit that is left out because of it, if its name is known.
    pub left_out: Option<String>,
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Not a line of `git log --numstat`.
    #[error("not a line of `git log --numstat`")]
    Unknown,
    /// A line of `--stat` where the counts should be.
    #[error("this is `git log --stat`: pipe `git log --numstat`")]
    Stat,
    /// A line with a NUL byte, which git writes only with `-z`.
    #[error("this is `git log -z`: leave `-z` away")]
    Nul,
    /// A `commit` line without a hexadecimal name.
    #[error("no commit name of 4 to 64 hexadecimal digits")]
    Hash,
    /// Headers of a commit without a `commit` line before them.
    #[error("the headers of a commit whose `commit` line is missing or damaged")]
    Headless,
    /// An `Author:` line not of the form `Name <address>`.
    #[error("the author is not written as `Name <address>`")]
    Author,
    /// A date in no form we know.
    #[error("a date in an unknown form: use `--date=iso` or git's default")]
    Date,
    /// A date that does not say where on earth.
    #[error("a date without a time zone: use `--date=iso` or git's default")]
    Zone,
    /// The commit has no author or no date.
    #[error("the commit has no author or no date")]
    Header,
    /// Not `added<tab>removed<tab>path`.
    #[error("not a line of the form `added<tab>removed<tab>path`")]
    Numstat,
    /// A number of lines beyond any file.
    #[error("a number of lines above 4294967295")]
    Count,
    /// A quoted path that is not quoted as git does it.
    #[error("a path with broken quotes")]
    Quote,
    /// Longer than [`LINE_MAX_BYTES`].
    #[error("longer than {LINE_MAX_BYTES} bytes")]
    Long,
    /// The commit is larger than [`COMMIT_MAX_BYTES`].
    #[error("the commit's file changes take more than {COMMIT_MAX_BYTES} bytes")]
    Large,
}

impl UnreadableLine {
    fn new(line: u64, reason: Reason, bytes: &[u8], left_out: Option<String>) -> Self {
        let start = &bytes[..bytes.len().min(4 * EXCERPT_COLUMNS)];
        let excerpt =
            text::shorten(&text::escape(&String::from_utf8_lossy(start)), EXCERPT_COLUMNS);
        Self { line, reason, excerpt, left_out }
    }
}

impl fmt::Display for UnreadableLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: `{}`", self.line, self.reason, self.excerpt)?;
        if let Some(hash) = &self.left_out {
            write!(f, "; commit {} is left out", &hash[..hash.len().min(12)])?;
        }
        Ok(())
    }
}

/// A commit being read, with the line it starts at and the memory its files take.
#[derive(Debug)]
struct Draft {
    line: u64,
    commit: Commit,
    bytes: usize,
}

impl Draft {
    fn new(hash: String) -> Self {
        let commit = Commit {
            hash,
            author: String::new(),
            email: String::new(),
            time: 0,
            subject: String::new(),
            files: Vec::new(),
        };
        Self { line: 0, commit, bytes: 0 }
    }

    fn add(&mut self, file: FileChange) -> Result<(), Reason> {
        self.bytes += file.path.len() + size_of::<FileChange>();
        if self.bytes > COMMIT_MAX_BYTES {
            return Err(Reason::Large);
        }
        self.commit.files.push(file);
        Ok(())
    }
}

/// A commit's name: 4 digits is the shortest abbreviation git makes, 64 the length of a SHA-256.
fn hash(bytes: &[u8]) -> Result<String, Reason> {
    let digits = std::str::from_utf8(bytes).map_err(|_| Reason::Hash)?;
    let is_hash = (4..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| digits.to_ascii_lowercase()).ok_or(Reason::Hash)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_without_control_characters() {
        let report =
            UnreadableLine::new(7, Reason::Unknown, b"\x1b[31mred\nnext", Some("abcd".into()));
        assert_eq!(
            report.to_string(),
            "line 7: not a line of `git log --numstat`: `\\u{1b}[31mred\\nnext`; commit abcd is left out"
        );
    }

    #[test]
    fn a_report_of_an_endless_line_is_short() {
        let report = UnreadableLine::new(1, Reason::Long, &[b'x'; LINE_MAX_BYTES], None);
        assert!(report.to_string().chars().count() < 100, "{report}");
    }

    #[test]
    fn a_commit_name_is_4_to_64_hexadecimal_digits() {
        assert_eq!(hash(b"ABCD").as_deref(), Ok("abcd"));
        for wrong in [&b""[..], b"abc", b"abcg", &[b'a'; 65], b"ab\xffd"] {
            assert_eq!(hash(wrong), Err(Reason::Hash), "{wrong:?}");
        }
    }

    #[test]
    fn a_commit_that_never_ends_is_stopped_at_its_bound() {
        let mut draft = Draft::new("abcd".into());
        let file = FileChange { path: "x".repeat(1 << 20), added: 0, removed: 0, binary: false };
        let outcome = (0..65).try_for_each(|_| draft.add(file.clone()));
        assert_eq!(outcome, Err(Reason::Large));
        assert_eq!(draft.commit.files.len(), 63);
    }
}
