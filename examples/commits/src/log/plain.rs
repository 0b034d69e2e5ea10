//! The text of `git log --numstat` as people pipe it, in git's default layout (`--pretty=fuller`
//! and `--date=iso` and the like included).
//!
//! The layout tells its parts apart by their first column: headers, counts and `commit` start
//! there, the message is indented, so a message that quotes a log is not mistaken for one.

use std::collections::VecDeque;

use super::pieces::Piece;
use super::stream::{Form, Log};
use super::{Draft, Entry, Reason, UnreadableLine, date, hash, lossy, numstat, stat};

/// Header lines that are read over: they add nothing to the figures.
const IGNORED_HEADERS: [&[u8]; 7] = [
    b"Merge:",
    b"Commit:",
    b"CommitDate:",
    b"Reflog:",
    b"Reflog message:",
    b"gpg:",
    b"Primary key fingerprint:",
];

/// The entries of a history in git's own text form.
pub type PlainLog<R> = Log<R, Plain>;

/// The commit being read.
#[derive(Debug, Default)]
pub struct Plain {
    draft: Option<Draft>,
    place: Place,
    has_author: bool,
    has_date: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before the first commit.
    #[default]
    Outside,
    /// After damage: everything up to the next commit is passed over.
    Skipping,
    /// Author, date and the like.
    Header,
    /// Before or in the first paragraph of the message.
    Subject,
    /// After it: more message, notes, counts.
    Body,
}

impl Form for Plain {
    const END: u8 = b'\n';

    fn take(&mut self, line: Piece<'_>, ready: &mut VecDeque<Entry>) {
        let text = readable_part(line);
        if text.contains(&0) {
            return self.joined(line, text, ready);
        }
        if let Some(name) = text.strip_prefix(b"commit ") {
            return self.begin(line, name, ready);
        }
        if !matches!(self.place, Place::Header | Place::Skipping) && is_header(text) {
            // What follows belongs to a commit we do not know; the one before it is complete.
            self.finish(ready);
            return self.leave_out(line, Reason::Headless, ready);
        }
        let outcome = match self.place {
            Place::Skipping => Ok(()),
            Place::Outside if text.is_empty() => Ok(()),
            Place::Outside if stat::is_stat(text) => Err(Reason::Stat),
            Place::Outside => Err(Reason::Unknown),
            Place::Header => self.header(text, line.cut),
            Place::Subject | Place::Body => self.body(text, line.cut),
        };
        match outcome {
            Ok(()) => {}
            Err(Reason::Unknown) => ready.push_back(report(line, Reason::Unknown, None)),
            Err(reason) => self.leave_out(line, reason, ready),
        }
    }

    fn finish(&mut self, ready: &mut VecDeque<Entry>) {
        let Some(draft) = self.draft.take() else { return };
        if self.has_author && self.has_date {
            return ready.push_back(Entry::Commit(draft.commit));
        }
        let (line, hash) = (draft.line, draft.commit.hash);
        let header = format!("commit {hash}");
        let report = UnreadableLine::new(line, Reason::Header, header.as_bytes(), Some(hash));
        ready.push_back(Entry::Unreadable(report));
    }
}

impl Plain {
    fn begin(&mut self, line: Piece<'_>, name: &[u8], ready: &mut VecDeque<Entry>) {
        self.finish(ready);
        *self = Self { place: Place::Header, ..Self::default() };
        // Decorations and parents may follow the name.
        let end = name.iter().position(|&byte| byte == b' ').unwrap_or(name.len());
        match hash(&name[..end]) {
            Ok(hash) => self.draft = Some(Draft { line: line.number, ..Draft::new(hash) }),
            Err(reason) => self.leave_out(line, reason, ready),
        }
    }

    /// A line with NUL bytes: with `-z` the last of them stands where a commit ends, and the next one
    /// starts behind it. Starting it here counts each commit that is left out.
    fn joined(&mut self, line: Piece<'_>, text: &[u8], ready: &mut VecDeque<Entry>) {
        self.leave_out(line, Reason::Nul, ready);
        let behind = text.rsplit(|&byte| byte == 0).next().unwrap_or_default();
        if let Some(name) = behind.strip_prefix(b"commit ") {
            self.begin(line, name, ready);
        }
    }

    fn header(&mut self, text: &[u8], cut: bool) -> Result<(), Reason> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        if text.is_empty() {
            self.place = Place::Subject;
            return Ok(());
        }
        if cut {
            return Err(Reason::Long);
        }
        if let Some(author) = text.strip_prefix(b"Author:") {
            let (name, email) = author_parts(&lossy(author))?;
            draft.commit.name_author(name, email);
            self.has_author = true;
            return Ok(());
        }
        let written = text.strip_prefix(b"Date:").or_else(|| text.strip_prefix(b"AuthorDate:"));
        if let Some(written) = written {
            draft.commit.time = date::seconds(&lossy(written))?;
            self.has_date = true;
            return Ok(());
        }
        match IGNORED_HEADERS.iter().any(|known| text.starts_with(known)) {
            true => Ok(()),
            false => Err(Reason::Unknown),
        }
    }

    fn body(&mut self, text: &[u8], cut: bool) -> Result<(), Reason> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        // With `--numstat --stat` git writes the counts first, and these lines say nothing new.
        if draft.commit.files.is_empty() && stat::is_stat(text) {
            return Err(Reason::Stat);
        }
        let blank = text.iter().all(u8::is_ascii_whitespace);
        if blank || text.starts_with(b" ") {
            // A message line may be endless: its subject is bounded and the rest is not kept.
            if self.place == Place::Subject && !blank {
                draft.commit.extend_subject(&lossy(text));
            } else if !draft.commit.subject.is_empty() {
                self.place = Place::Body;
            }
            return Ok(());
        }
        self.place = Place::Body;
        if text.starts_with(b"Notes:") || text.starts_with(b"Notes (") {
            return Ok(());
        }
        if !looks_like_counts(text) {
            return Err(Reason::Unknown);
        }
        if cut {
            return Err(Reason::Long);
        }
        let counts = numstat::counts(text)?;
        draft.add(counts.of(&numstat::path(counts.rest)?))
    }

    fn leave_out(&mut self, line: Piece<'_>, reason: Reason, ready: &mut VecDeque<Entry>) {
        self.place = Place::Skipping;
        let left_out = self.draft.take().map(|draft| draft.commit.hash);
        ready.push_back(report(line, reason, left_out));
    }
}

fn report(line: Piece<'_>, reason: Reason, left_out: Option<String>) -> Entry {
    Entry::Unreadable(UnreadableLine::new(line.number, reason, line.bytes, left_out))
}

/// The line without what a detour over Windows adds: a mark at the start of the file, a carriage
/// return at the end. Git quotes a carriage return in a path, so none is lost.
fn readable_part(line: Piece<'_>) -> &[u8] {
    let marked = if line.number == 1 { line.bytes.strip_prefix(b"\xef\xbb\xbf") } else { None };
    let text = marked.unwrap_or(line.bytes);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// True for a line that can only stand in a commit's header.
fn is_header(text: &[u8]) -> bool {
    [b"Author:".as_slice(), b"AuthorDate:", b"Date:", b"Merge:"]
        .iter()
        .any(|header| text.starts_with(header))
}

/// True for a line that is meant as counts, even if damaged: its commit is then not known whole.
fn looks_like_counts(text: &[u8]) -> bool {
    let starts_with_number = text.first().is_some_and(u8::is_ascii_digit);
    starts_with_number || text.starts_with(b"- ") || text.contains(&b'\t')
}

/// Splits `Name <address>`; either may be empty.
fn author_parts(written: &str) -> Result<(String, String), Reason> {
    let inside = written.trim().strip_suffix('>').ok_or(Reason::Author)?;
    let (name, email) = inside.rsplit_once('<').ok_or(Reason::Author)?;
    Ok((name.trim().to_owned(), email.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::LINE_MAX_BYTES;
    use super::*;
    use crate::event::Commit;

    type Reports = Vec<(u64, Reason, Option<String>)>;

    fn read(input: &[u8]) -> (Vec<Commit>, Reports) {
        let (mut commits, mut reports) = (Vec::new(), Vec::new());
        for entry in PlainLog::new(input) {
            match entry.unwrap() {
                Entry::Commit(commit) => commits.push(commit),
                Entry::Unreadable(report) => {
                    reports.push((report.line, report.reason, report.left_out));
                }
            }
        }
        (commits, reports)
    }

    fn hashes(commits: &[Commit]) -> Vec<&str> {
        commits.iter().map(|commit| commit.hash.as_str()).collect()
    }

    const TWO: &str = "commit aaaa\nAuthor: A <a@x>\nDate:   1 +0000\n\n    one\n    line\n    \n    1\t2\tnot-a-file\n\n3\t4\tf\n\ncommit bbbb (HEAD -> main)\nMerge: aaaa cccc\nAuthor: B <b@x>\nDate:   2 +0000\n\n    two\n";

    #[test]
    fn messages_are_not_mistaken_for_counts() {
        let (commits, reports) = read(TWO.as_bytes());
        assert_eq!(reports, Vec::new());
        assert_eq!(hashes(&commits), ["aaaa", "bbbb"]);
        assert_eq!(commits[0].subject, "one line");
        assert_eq!((commits[0].added(), commits[0].removed(), commits[0].files.len()), (3, 4, 1));
        assert_eq!((commits[1].author.as_str(), commits[1].files.len()), ("B", 0));
    }

    #[test]
    fn windows_line_ends_and_a_mark_change_nothing() {
        let windows = format!("\u{feff}{}", TWO.replace('\n', "\r\n"));
        assert_eq!(read(windows.as_bytes()), read(TWO.as_bytes()));
    }

    #[test]
    fn a_stray_line_is_reported_and_its_commit_kept() {
        let text = TWO.replace("3\t4\tf\n", "warning: renames skipped\n3\t4\tf\n");
        let (commits, reports) = read(text.as_bytes());
        assert_eq!(reports, vec![(10, Reason::Unknown, None)]);
        assert_eq!(commits, read(TWO.as_bytes()).0);
    }

    #[test]
    fn damaged_counts_leave_their_commit_out() {
        for (damaged, reason) in [
            ("3\tx\tf", Reason::Numstat),
            ("3 4 f", Reason::Numstat),
            ("3\t4", Reason::Numstat),
            ("3\t4\t\"f", Reason::Quote),
            ("3\t99999999999\tf", Reason::Count),
        ] {
            let text = TWO.replace("3\t4\tf\n", &format!("{damaged}\n5\t6\tg\n"));
            let (commits, reports) = read(text.as_bytes());
            assert_eq!(reports, vec![(10, reason, Some("aaaa".into()))], "{damaged}");
            assert_eq!(hashes(&commits), ["bbbb"], "{damaged}");
        }
    }

    #[test]
    fn damaged_headers_leave_their_commit_out() {
        for (sound, damaged, line, reason) in [
            ("Author: A <a@x>", "Author: A a@x", 2, Reason::Author),
            ("1 +0000", "some day", 3, Reason::Date),
            ("1 +0000", "Thu Jan 1 00:00:01 1970", 3, Reason::Zone),
            ("Author: A <a@x>\n", "", 1, Reason::Header),
            ("Date:   1 +0000\n", "", 1, Reason::Header),
        ] {
            let (commits, reports) = read(TWO.replace(sound, damaged).as_bytes());
            assert_eq!(reports, vec![(line, reason, Some("aaaa".into()))], "{damaged}");
            assert_eq!(hashes(&commits), ["bbbb"], "{damaged}");
        }
    }

    #[test]
    fn a_damaged_commit_line_does_not_join_two_commits() {
        let (commits, reports) = read(TWO.replace("commit bbbb", "commit b?bb").as_bytes());
        assert_eq!(reports, vec![(12, Reason::Hash, None)]);
        assert_eq!(hashes(&commits), ["aaaa"]);
    }

    #[test]
    fn headers_without_a_commit_line_do_not_join_two_commits() {
        let (commits, reports) = read(TWO.replace("commit bbbb", "kommit bbbb").as_bytes());
        assert_eq!(reports, vec![(12, Reason::Unknown, None), (13, Reason::Headless, None)]);
        assert_eq!(commits, read(TWO.as_bytes()).0[..1]);
        let (commits, reports) = read(TWO.replace("commit aaaa\n", "").as_bytes());
        assert_eq!(reports, vec![(1, Reason::Headless, None)]);
        assert_eq!(hashes(&commits), ["bbbb"]);
    }

    #[test]
    fn an_input_that_ends_in_a_header_is_reported() {
        let (commits, reports) = read(b"commit aaaa\nAuthor: A <a@x>\n");
        assert_eq!(commits, Vec::new());
        assert_eq!(reports, vec![(1, Reason::Header, Some("aaaa".into()))]);
    }

    #[test]
    fn text_that_is_no_log_is_reported_line_by_line() {
        let (commits, reports) = read(b"hello\n\nworld\n");
        assert_eq!(commits, Vec::new());
        assert_eq!(reports, vec![(1, Reason::Unknown, None), (3, Reason::Unknown, None)]);
        assert_eq!(read(b""), (Vec::new(), Vec::new()));
    }

    #[test]
    fn endless_lines_do_no_harm_in_a_message_and_are_reported_elsewhere() {
        let long = "x".repeat(2 * LINE_MAX_BYTES);
        let (commits, reports) = read(TWO.replace("line", &long).as_bytes());
        assert_eq!((commits.len(), reports), (2, Vec::new()));
        let (commits, reports) = read(TWO.replace("4\tf", &format!("4\t{long}")).as_bytes());
        assert_eq!(hashes(&commits), ["bbbb"]);
        assert_eq!(reports, vec![(10, Reason::Long, Some("aaaa".into()))]);
    }

    #[test]
    fn a_nul_byte_leaves_its_commit_out_and_no_commit_vanishes() {
        let (commits, reports) = read(TWO.replace("4\tf\n", "4\tf\0\n").as_bytes());
        assert_eq!(reports, vec![(10, Reason::Nul, Some("aaaa".into()))]);
        assert_eq!(hashes(&commits), ["bbbb"]);
        let joined = TWO.replace("4\tf\n\n", "4\tf\0\0") + "\n5\t6\tg\0";
        let (commits, reports) = read(joined.as_bytes());
        let expected = [(10, "aaaa"), (17, "bbbb")];
        assert_eq!(reports, expected.map(|(line, name)| (line, Reason::Nul, Some(name.into()))));
        assert_eq!(commits, Vec::new());
    }

    #[test]
    fn stat_instead_of_counts_leaves_the_commit_out_and_beside_them_changes_nothing() {
        let stat = " src/f  | 7 +++----\n 1 file changed, 3 insertions(+), 4 deletions(-)\n";
        let (commits, reports) = read(TWO.replace("3\t4\tf\n", stat).as_bytes());
        assert_eq!(reports, vec![(10, Reason::Stat, Some("aaaa".into()))]);
        assert_eq!(hashes(&commits), ["bbbb"]);
        let both = TWO.replace("3\t4\tf\n", &format!("3\t4\tf\n{stat}"));
        assert_eq!(read(both.as_bytes()), read(TWO.as_bytes()));
        assert_eq!(read(stat.as_bytes()).1[0], (1, Reason::Stat, None));
    }

    #[test]
    fn notes_are_read_over() {
        let text = TWO.replace("3\t4\tf\n", "Notes:\n    9\t9\tnoted\n\n3\t4\tf\n");
        assert_eq!(read(text.as_bytes()), read(TWO.as_bytes()));
    }

    #[test]
    fn names_with_angle_brackets_and_without_a_name_are_split_at_the_address() {
        assert_eq!(author_parts(" A <B> <a@x>"), Ok(("A <B>".into(), "a@x".into())));
        assert_eq!(author_parts("  <a@x>"), Ok((String::new(), "a@x".into())));
        assert_eq!(author_parts(" A <>"), Ok(("A".into(), String::new())));
    }
}
