//! The form of history this program asks git for: fields ended by NUL, in which no name or path
//! needs quoting because none can contain a NUL.
//!
//! A commit is one header field, marked by a first byte 0x01 and holding hash, author time, author
//! name, author address and subject, each on a line of its own (git allows no line feed in any of
//! them), followed by its numstat fields. A rename is a numstat field with an empty path, then the
//! old and the new path as fields.

use std::collections::VecDeque;

use super::numstat;
use super::pieces::Piece;
use super::stream::{Form, Log};
use super::{Draft, Entry, Reason, UnreadableLine, hash, lossy};
use crate::event::{Commit, FileChange};

/// The format for `git log -z --numstat` that [`OwnLog`] reads.
pub const FORMAT: &str = "--format=%x01%H%n%at%n%aN%n%aE%n%s";

const HEADER: u8 = 0x01;

/// The entries of a history in this program's own form.
pub type OwnLog<R> = Log<R, Own>;

/// The commit being read.
#[derive(Debug, Default)]
pub struct Own {
    draft: Option<Draft>,
    rename: Rename,
}

/// Which of a rename's two paths comes next; the change still lacks its path.
#[derive(Debug, Default)]
enum Rename {
    #[default]
    None,
    OldPath(FileChange),
    NewPath(FileChange),
}

impl Form for Own {
    const END: u8 = 0;

    fn take(&mut self, field: Piece<'_>, ready: &mut VecDeque<Entry>) {
        let awaits_path = !matches!(self.rename, Rename::None);
        if !awaits_path && field.bytes.first() == Some(&HEADER) {
            self.finish(ready);
            match header(field) {
                Ok(draft) => self.draft = Some(draft),
                Err(reason) => self.leave_out(field, reason, ready),
            }
            return;
        }
        // Before the first header and after damage, everything up to the next header is passed
        // over.
        let Some(draft) = &mut self.draft else { return };
        if let Err(reason) = change(draft, &mut self.rename, field) {
            self.leave_out(field, reason, ready);
        }
    }

    fn finish(&mut self, ready: &mut VecDeque<Entry>) {
        self.rename = Rename::None;
        ready.extend(self.draft.take().map(|draft| Entry::Commit(draft.commit)));
    }
}

impl Own {
    fn leave_out(&mut self, field: Piece<'_>, reason: Reason, ready: &mut VecDeque<Entry>) {
        self.rename = Rename::None;
        let left_out = self.draft.take().map(|draft| draft.commit.hash);
        let report = UnreadableLine::new(field.number, reason, field.bytes, left_out);
        ready.push_back(Entry::Unreadable(report));
    }
}

/// Reads a header field. One that was cut has lost the end of its subject, which is bounded anyway.
fn header(field: Piece<'_>) -> Result<Draft, Reason> {
    let mut lines = field.bytes[1..].splitn(5, |&byte| byte == b'\n');
    let mut line = || lines.next().ok_or(Reason::Header);
    let mut draft = Draft::new(hash(line()?)?);
    let commit: &mut Commit = &mut draft.commit;
    let time = std::str::from_utf8(line()?).map_err(|_| Reason::Date)?;
    commit.time = time.parse().map_err(|_| Reason::Date)?;
    let (name, email) = (lossy(line()?), lossy(line()?));
    commit.name_author(name, email);
    commit.extend_subject(&lossy(line()?));
    Ok(draft)
}

fn change(draft: &mut Draft, rename: &mut Rename, field: Piece<'_>) -> Result<(), Reason> {
    if field.cut {
        return Err(Reason::Long);
    }
    match std::mem::take(rename) {
        Rename::OldPath(change) => {
            *rename = Rename::NewPath(change);
            return Ok(());
        }
        Rename::NewPath(change) => {
            return draft.add(FileChange { path: lossy(field.bytes), ..change });
        }
        Rename::None => {}
    }
    // Git sets a line feed before the first change of a commit.
    let line = field.bytes.strip_prefix(b"\n").unwrap_or(field.bytes);
    if line.is_empty() {
        return Ok(());
    }
    let counts = numstat::counts(line)?;
    let change = counts.of(counts.rest);
    if counts.rest.is_empty() {
        *rename = Rename::OldPath(change);
        return Ok(());
    }
    draft.add(change)
}

#[cfg(test)]
mod tests {
    use super::super::LINE_MAX_BYTES;
    use super::*;

    fn read(input: &[u8]) -> Vec<Entry> {
        OwnLog::new(input).map(|entry| entry.unwrap()).collect()
    }

    fn commits(input: &[u8]) -> Vec<Commit> {
        let only_commit = |entry| match entry {
            Entry::Commit(commit) => commit,
            Entry::Unreadable(report) => panic!("{report}"),
        };
        read(input).into_iter().map(only_commit).collect()
    }

    fn reports(input: &[u8]) -> Vec<(u64, Reason, Option<String>)> {
        let report = |entry| match entry {
            Entry::Unreadable(report) => Some((report.line, report.reason, report.left_out)),
            Entry::Commit(_) => None,
        };
        read(input).into_iter().filter_map(report).collect()
    }

    #[test]
    fn commits_with_changes_renames_and_without_files_are_read() {
        let input = b"\x01aaaa\n5\nA\na@x\none\0\n1\t2\tp\n\"\xff\0-\t-\tbin\0\x01bbbb\n-6\n\nb@x\n\0\x01cccc\n7\nC\xff\nc@x\nt\0\n3\t0\t\0\x01old\0new\tname\0";
        let commits = commits(input);
        assert_eq!(commits.len(), 3);
        assert_eq!(commits[0].files[0].path, "p\n\"\u{fffd}");
        assert_eq!((commits[0].files[0].added, commits[0].files[0].removed), (1, 2));
        assert!(commits[0].files[1].binary);
        assert_eq!((commits[1].author.as_str(), commits[1].time), ("b@x", -6));
        assert_eq!((commits[1].subject.as_str(), commits[1].files.len()), ("", 0));
        assert_eq!(commits[2].author, "C\u{fffd}");
        assert_eq!(
            (commits[2].files[0].path.as_str(), commits[2].files[0].added),
            ("new\tname", 3)
        );
    }

    #[test]
    fn a_damaged_change_leaves_its_commit_out_and_only_it() {
        let input = b"\x01aaaa\n5\nA\na\ns\0\n1\t2\tp\0\x01bbbb\n5\nA\na\ns\0\n1\tx\tp\0more\0\x01cccc\n5\nA\na\ns\0";
        assert_eq!(reports(input), vec![(4, Reason::Numstat, Some("bbbb".into()))]);
        let hashes: Vec<Entry> =
            read(input).into_iter().filter(|entry| matches!(entry, Entry::Commit(_))).collect();
        assert_eq!(hashes.len(), 2);
    }

    #[test]
    fn a_damaged_header_does_not_cost_the_commit_before_it() {
        let input = b"\x01aaaa\n5\nA\na\ns\0\x01bbbb\nsoon\nA\na\ns\0\n1\t1\tf\0";
        assert_eq!(read(input).len(), 2);
        assert_eq!(reports(input), vec![(2, Reason::Date, None)]);
        assert_eq!(reports(b"\x01aaaa\n5\nA\0"), vec![(1, Reason::Header, None)]);
        assert_eq!(reports(b"\x01zzzz\n5\nA\na\ns\0"), vec![(1, Reason::Hash, None)]);
    }

    #[test]
    fn an_endless_subject_is_cut_and_an_endless_path_reported() {
        let mut input = b"\x01aaaa\n5\nA\na\n".to_vec();
        input.resize(3 * LINE_MAX_BYTES, b's');
        input.extend_from_slice(b"\0\n1\t2\tp\0");
        assert_eq!(commits(&input)[0].files.len(), 1);
        let mut input = b"\x01aaaa\n5\nA\na\ns\0\n1\t2\t".to_vec();
        input.resize(3 * LINE_MAX_BYTES, b'p');
        assert_eq!(reports(&input), vec![(2, Reason::Long, Some("aaaa".into()))]);
    }
}
