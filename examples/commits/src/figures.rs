//! The figures this program answers with, as types that serialise to its `--json` document. The
//! order of every list is fixed here, so that two ways of computing the same figures can be
//! compared as they are.

use std::cmp::Ordering;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::event::{Commit, FileChange};
use crate::log::UnreadableLine;

/// Commits and the lines they changed: what is counted by author, by day and by file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Commits.
    pub commits: u64,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

impl Tally {
    /// What one commit counts.
    pub fn of_commit(commit: &Commit) -> Self {
        Self { commits: 1, added: commit.added(), removed: commit.removed() }
    }

    /// What one change of a file counts.
    pub fn of_change(change: &FileChange) -> Self {
        Self { commits: 1, added: change.added, removed: change.removed }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        self.commits += other.commits;
        self.added += other.added;
        self.removed += other.removed;
    }

    /// Lines changed: added and removed.
    pub fn churn(&self) -> u64 {
        self.added + self.removed
    }
}

impl ImportFigures {
    /// Counts a commit that was read.
    pub fn count_commit(&mut self, new: bool) {
        self.read += 1;
        if new {
            self.new += 1;
        } else {
            self.known += 1;
        }
    }

    /// Counts a line that could not be read, and the commit it costs.
    pub fn count_unreadable(&mut self, report: &UnreadableLine) {
        self.unreadable_lines += 1;
        self.left_out += u64::from(report.left_out.is_some());
    }
}

/// Everything the overview shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Sums over the whole history.
    pub totals: Totals,
    /// What this run read; absent where nothing was imported.
    pub import: Option<ImportFigures>,
    /// The authors with most commits.
    pub authors: Vec<AuthorRow>,
    /// Every day with commits, oldest first.
    pub days: Vec<DayFigures>,
    /// Every month with commits, oldest first.
    pub months: Vec<MonthFigures>,
    /// The files with most lines changed.
    pub files: Vec<FileRow>,
    /// The pairs of files changed together most often.
    pub pairs: Vec<PairFigures>,
}

/// Sums over the whole history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Commits and lines.
    #[serde(flatten)]
    pub tally: Tally,
    /// Different authors.
    pub authors: u64,
    /// Different paths ever changed, also of files that are gone.
    pub files: u64,
    /// Days with commits.
    pub days: u64,
    /// The earliest of them, `YYYY-MM-DD`.
    pub first_day: Option<String>,
    /// The latest of them.
    pub last_day: Option<String>,
    /// Commits that changed more than [`crate::pairs::MAX_FILES`] files and count for no pair.
    pub too_large_for_pairs: u64,
}

/// What one run read. The figures of a run, not of the history: a second run has read the same and
/// added nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFigures {
    /// Commits read.
    pub read: u64,
    /// Those that were new.
    pub new: u64,
    /// Those that were counted before.
    pub known: u64,
    /// Lines that could not be read.
    pub unreadable_lines: u64,
    /// Commits left out because lines of theirs could not be read.
    pub left_out: u64,
}

/// One author in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorRow {
    /// The author's name.
    pub author: String,
    /// Commits and lines: in all files, or in the file the list belongs to.
    #[serde(flatten)]
    pub tally: Tally,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// `YYYY-MM-DD` in UTC.
    pub day: String,
    /// Commits and lines of that day.
    #[serde(flatten)]
    pub tally: Tally,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// `YYYY-MM` in UTC.
    pub month: String,
    /// Commits and lines of that month.
    #[serde(flatten)]
    pub tally: Tally,
}

/// One file in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its path from the root of the repository.
    pub path: String,
    /// Commits that changed it and lines: by everybody, or by the author the list belongs to.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Two files that were changed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairFigures {
    /// The path that sorts first.
    pub a: String,
    /// The path that sorts second.
    pub b: String,
    /// Commits that changed both.
    pub commits: u64,
}

/// One author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorFigures {
    /// The author's name.
    pub author: String,
    /// Commits and lines.
    #[serde(flatten)]
    pub tally: Tally,
    /// The earliest day with a commit, `YYYY-MM-DD`.
    pub first_day: String,
    /// The latest day with a commit.
    pub last_day: String,
    /// Different files changed.
    pub files: u64,
    /// Those with most lines changed by this author.
    pub top_files: Vec<FileRow>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFigures {
    /// Its path from the root of the repository.
    pub path: String,
    /// Commits that changed it and lines.
    #[serde(flatten)]
    pub tally: Tally,
    /// Different authors who changed it.
    pub authors: u64,
    /// Those with most commits to it.
    pub top_authors: Vec<AuthorRow>,
    /// The files changed together with it most often.
    pub changed_with: Vec<ChangedWith>,
}

/// A file changed together with another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedWith {
    /// The other file's path.
    pub path: String,
    /// Commits that changed both.
    pub commits: u64,
}

/// The authors with most commits; those with equally many by name.
pub fn busiest_authors(
    rows: impl IntoIterator<Item = AuthorRow>,
    top: NonZeroUsize,
) -> Vec<AuthorRow> {
    first(rows, top, |a, b| {
        b.tally.commits.cmp(&a.tally.commits).then_with(|| a.author.cmp(&b.author))
    })
}

/// The files with most lines changed; those with equally many by path.
pub fn busiest_files(rows: impl IntoIterator<Item = FileRow>, top: NonZeroUsize) -> Vec<FileRow> {
    first(rows, top, |a, b| b.tally.churn().cmp(&a.tally.churn()).then_with(|| a.path.cmp(&b.path)))
}

/// The pairs changed together most often; those equally often by their paths.
pub fn busiest_pairs(
    rows: impl IntoIterator<Item = PairFigures>,
    top: NonZeroUsize,
) -> Vec<PairFigures> {
    first(rows, top, |a, b| b.commits.cmp(&a.commits).then_with(|| (&a.a, &a.b).cmp(&(&b.a, &b.b))))
}

/// The files changed most often together with one file; those equally often by path.
pub fn closest_files(
    rows: impl IntoIterator<Item = ChangedWith>,
    top: NonZeroUsize,
) -> Vec<ChangedWith> {
    first(rows, top, |a, b| b.commits.cmp(&a.commits).then_with(|| a.path.cmp(&b.path)))
}

/// The months of days that come oldest first.
pub fn months(days: &[DayFigures]) -> Vec<MonthFigures> {
    let mut months: Vec<MonthFigures> = Vec::new();
    for day in days {
        let name = day.day.rsplit_once('-').map_or(day.day.as_str(), |(month, _)| month);
        match months.last_mut() {
            Some(last) if last.month == name => last.tally.add(&day.tally),
            _ => months.push(MonthFigures { month: name.into(), tally: day.tally }),
        }
    }
    months
}

/// The first `top` rows in an order, with memory for twice as many however many there are.
fn first<T>(
    rows: impl IntoIterator<Item = T>,
    top: NonZeroUsize,
    order: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    let mut kept = Vec::new();
    for row in rows {
        kept.push(row);
        if kept.len() >= 2 * top.get() {
            kept.sort_by(&order);
            kept.truncate(top.get());
        }
    }
    kept.sort_by(&order);
    kept.truncate(top.get());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(commits: u64, added: u64, removed: u64) -> Tally {
        Tally { commits, added, removed }
    }

    fn top(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn rows_come_by_count_and_then_by_name() {
        let row = |author: &str, commits| AuthorRow {
            author: author.into(),
            tally: tally(commits, 0, 0),
        };
        let rows = [row("c", 1), row("b", 2), row("a", 1), row("d", 2)];
        let names = |n| -> Vec<String> {
            busiest_authors(rows.clone(), top(n)).into_iter().map(|row| row.author).collect()
        };
        assert_eq!(names(10), ["b", "d", "a", "c"]);
        assert_eq!(names(3), ["b", "d", "a"]);
        assert_eq!(names(1), ["b"]);
    }

    #[test]
    fn the_first_rows_are_those_of_a_whole_sort() {
        let rows = || {
            (0..500_u64).map(|n| ChangedWith { path: format!("{n:03}"), commits: n * 7919 % 31 })
        };
        let mut sorted: Vec<ChangedWith> = rows().collect();
        sorted.sort_by(|a, b| b.commits.cmp(&a.commits).then_with(|| a.path.cmp(&b.path)));
        for n in [1, 2, 7, 250, 499, 500, 501] {
            let expected: Vec<ChangedWith> = sorted.iter().take(n).cloned().collect();
            assert_eq!(closest_files(rows(), top(n)), expected, "{n}");
        }
    }

    #[test]
    fn files_come_by_lines_changed_and_pairs_by_both_paths() {
        let file = |path: &str, added, removed| FileRow {
            path: path.into(),
            tally: tally(9, added, removed),
        };
        let files = busiest_files([file("a", 1, 1), file("b", 0, 3), file("c", 2, 0)], top(3));
        assert_eq!(files.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["b", "a", "c"]);
        let pair = |a: &str, b: &str| PairFigures { a: a.into(), b: b.into(), commits: 1 };
        let pairs = busiest_pairs([pair("b", "c"), pair("a", "z"), pair("a", "c")], top(2));
        assert_eq!(pairs, vec![pair("a", "c"), pair("a", "z")]);
    }

    #[test]
    fn days_add_up_to_months() {
        let day = |day: &str, commits| DayFigures { day: day.into(), tally: tally(commits, 1, 2) };
        let months = months(&[day("2024-01-31", 1), day("2024-02-01", 2), day("2024-02-29", 3)]);
        let month = |month: &str, tally| MonthFigures { month: month.into(), tally };
        assert_eq!(
            months,
            vec![month("2024-01", tally(1, 1, 2)), month("2024-02", tally(5, 2, 4))]
        );
    }
}
