//! The event of this program: one commit with the files it changed. Reading it from git is the work
//! of [`crate::log`].

use serde::{Deserialize, Serialize};

use crate::calendar;

/// Subjects are cut to this many characters: twice the length of a long subject line, so that a
/// commit whose whole message is one paragraph does not bloat its event.
pub const SUBJECT_MAX_CHARS: usize = 200;

/// One commit as git reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The commit's name in hexadecimal; the same commit is counted once however often it is
    /// imported.
    pub hash: String,
    /// The author's name (after `.mailmap`); the address where the name is empty.
    pub author: String,
    /// The author's address.
    pub email: String,
    /// The author date in seconds since 1970-01-01 00:00 UTC.
    pub time: i64,
    /// The first paragraph of the message in one line, at most [`SUBJECT_MAX_CHARS`] characters.
    pub subject: String,
    /// The files changed; none for a merge or an empty commit.
    pub files: Vec<FileChange>,
}

/// What one commit did to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path from the root of the repository; the new one if the file was renamed.
    pub path: String,
    /// Lines added, 0 for a binary file.
    pub added: u64,
    /// Lines removed, 0 for a binary file.
    pub removed: u64,
    /// Git counts no lines in this file.
    pub binary: bool,
}

impl Commit {
    /// The day of the author date in UTC, as `YYYY-MM-DD`.
    pub fn day(&self) -> String {
        calendar::day(self.time)
    }

    /// Lines added in all files.
    pub fn added(&self) -> u64 {
        self.files.iter().map(|file| file.added).sum()
    }

    /// Lines removed in all files.
    pub fn removed(&self) -> u64 {
        self.files.iter().map(|file| file.removed).sum()
    }

    /// Fills author and address: a commit without an author's name is counted under the address.
    pub(crate) fn name_author(&mut self, name: String, email: String) {
        self.author = if name.is_empty() { email.clone() } else { name };
        self.email = email;
    }

    /// Adds one line of the first paragraph to the subject and keeps its bound.
    pub(crate) fn extend_subject(&mut self, line: &str) {
        let room = SUBJECT_MAX_CHARS.saturating_sub(self.subject.chars().count());
        let gap = if self.subject.is_empty() { "" } else { " " };
        self.subject.extend(gap.chars().chain(line.trim().chars()).take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit() -> Commit {
        let file = |path: &str, added, removed| FileChange {
            path: path.into(),
            added,
            removed,
            binary: false,
        };
        Commit {
            hash: "ab12".into(),
            author: String::new(),
            email: String::new(),
            time: 1_112_911_993,
            subject: String::new(),
            files: vec![file("a", 3, 1), file("b", 4, 0)],
        }
    }

    #[test]
    fn lines_are_summed_over_the_files_and_the_day_is_utc() {
        let commit = commit();
        assert_eq!((commit.added(), commit.removed()), (7, 1));
        assert_eq!(commit.day(), "2005-04-07");
    }

    #[test]
    fn an_author_without_a_name_is_counted_under_the_address() {
        let mut commit = commit();
        commit.name_author(String::new(), "a@x".into());
        assert_eq!((commit.author.as_str(), commit.email.as_str()), ("a@x", "a@x"));
        commit.name_author("Ada".into(), "a@x".into());
        assert_eq!(commit.author, "Ada");
    }

    #[test]
    fn a_subject_joins_its_lines_and_is_cut_at_its_bound() {
        let mut commit = commit();
        commit.extend_subject("one ");
        commit.extend_subject(" two");
        assert_eq!(commit.subject, "one two");
        commit.extend_subject(&"ö".repeat(500));
        assert_eq!(commit.subject.chars().count(), SUBJECT_MAX_CHARS);
    }

    #[test]
    fn an_event_survives_serialising() {
        let text = serde_json::to_string(&commit()).unwrap();
        assert_eq!(serde_json::from_str::<Commit>(&text).unwrap(), commit());
    }
}
