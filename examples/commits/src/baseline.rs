//! The same figures by a plain loop over plain maps, in memory and for one run: the independent
//! model that tests compare the module with, and the yardstick of the benchmark. It keeps nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use crate::event::Commit;
use crate::figures::{
    AuthorFigures, AuthorRow, ChangedWith, DayFigures, FileFigures, FileRow, Overview, PairFigures,
    Tally, Totals, busiest_authors, busiest_files, busiest_pairs, closest_files, months,
};
use crate::pairs::{FilePair, Together, together};

/// All figures of the commits added so far.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    seen: BTreeSet<String>,
    total: Tally,
    too_large: u64,
    authors: BTreeMap<String, Author>,
    days: BTreeMap<String, Tally>,
    files: BTreeMap<String, File>,
    pairs: BTreeMap<FilePair, u64>,
}

#[derive(Clone, Debug)]
struct Author {
    tally: Tally,
    first_day: String,
    last_day: String,
    files: BTreeMap<String, Tally>,
}

#[derive(Clone, Debug, Default)]
struct File {
    tally: Tally,
    authors: BTreeMap<String, Tally>,
}

impl Baseline {
    /// Counts a commit; false if it was counted before.
    pub fn add(&mut self, commit: &Commit) -> bool {
        if !self.seen.insert(commit.hash.clone()) {
            return false;
        }
        let tally = Tally::of_commit(commit);
        self.total.add(&tally);
        self.days.entry(commit.day()).or_default().add(&tally);
        self.add_to_author(commit, &tally);
        for change in &commit.files {
            let file = self.files.entry(change.path.clone()).or_default();
            file.tally.add(&Tally::of_change(change));
            file.authors.entry(commit.author.clone()).or_default().add(&Tally::of_change(change));
        }
        match together(&commit.files) {
            Together::TooLarge => self.too_large += 1,
            Together::Pairs(pairs) => {
                pairs.into_iter().for_each(|pair| *self.pairs.entry(pair).or_default() += 1);
            }
        }
        true
    }

    /// The overview, with at most `top` rows in its lists of authors, files and pairs. Without
    /// import figures.
    pub fn overview(&self, top: NonZeroUsize) -> Overview {
        let authors = self.authors.iter();
        let files = self.files.iter();
        let pairs = self.pairs.iter();
        let days: Vec<DayFigures> = self
            .days
            .iter()
            .map(|(day, tally)| DayFigures { day: day.clone(), tally: *tally })
            .collect();
        Overview {
            totals: self.totals(),
            import: None,
            authors: busiest_authors(
                authors.map(|(name, author)| author_row(name, &author.tally)),
                top,
            ),
            months: months(&days),
            days,
            files: busiest_files(files.map(|(path, file)| file_row(path, &file.tally)), top),
            pairs: busiest_pairs(pairs.map(|(pair, commits)| pair_row(pair, *commits)), top),
        }
    }

    /// One author, with at most `top` files; `None` for a name without commits.
    pub fn author(&self, name: &str, top: NonZeroUsize) -> Option<AuthorFigures> {
        let author = self.authors.get(name)?;
        let files = author.files.iter().map(|(path, tally)| file_row(path, tally));
        Some(AuthorFigures {
            author: name.to_owned(),
            tally: author.tally,
            first_day: author.first_day.clone(),
            last_day: author.last_day.clone(),
            files: count(author.files.len()),
            top_files: busiest_files(files, top),
        })
    }

    /// One file, with at most `top` authors and files changed with it; `None` for a path never
    /// changed.
    pub fn file(&self, path: &str, top: NonZeroUsize) -> Option<FileFigures> {
        let file = self.files.get(path)?;
        let authors = file.authors.iter().map(|(name, tally)| author_row(name, tally));
        let with = self.pairs.iter().filter_map(|(pair, &commits)| {
            Some(ChangedWith { path: pair.other(path)?.to_owned(), commits })
        });
        Some(FileFigures {
            path: path.to_owned(),
            tally: file.tally,
            authors: count(file.authors.len()),
            top_authors: busiest_authors(authors, top),
            changed_with: closest_files(with, top),
        })
    }

    /// The names of all authors.
    pub fn author_names(&self) -> impl Iterator<Item = &str> {
        self.authors.keys().map(String::as_str)
    }

    /// The paths of all files.
    pub fn file_paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    fn add_to_author(&mut self, commit: &Commit, tally: &Tally) {
        let day = commit.day();
        let author = self.authors.entry(commit.author.clone()).or_insert_with(|| Author {
            tally: Tally::default(),
            first_day: day.clone(),
            last_day: day.clone(),
            files: BTreeMap::new(),
        });
        author.tally.add(tally);
        if day < author.first_day {
            author.first_day.clone_from(&day);
        }
        if day > author.last_day {
            author.last_day = day;
        }
        for change in &commit.files {
            author.files.entry(change.path.clone()).or_default().add(&Tally::of_change(change));
        }
    }

    fn totals(&self) -> Totals {
        Totals {
            tally: self.total,
            authors: count(self.authors.len()),
            files: count(self.files.len()),
            days: count(self.days.len()),
            first_day: self.days.keys().next().cloned(),
            last_day: self.days.keys().next_back().cloned(),
            too_large_for_pairs: self.too_large,
        }
    }
}

fn author_row(name: &str, tally: &Tally) -> AuthorRow {
    AuthorRow { author: name.to_owned(), tally: *tally }
}

fn file_row(path: &str, tally: &Tally) -> FileRow {
    FileRow { path: path.to_owned(), tally: *tally }
}

fn pair_row(pair: &FilePair, commits: u64) -> PairFigures {
    PairFigures { a: pair.a.clone(), b: pair.b.clone(), commits }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("no collection in memory has more than 2^64 members")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::FileChange;

    const TEN: NonZeroUsize = NonZeroUsize::new(10).expect("ten is not zero");

    fn commit(hash: &str, author: &str, time: i64, files: &[(&str, u64, u64)]) -> Commit {
        let change = |&(path, added, removed): &(&str, u64, u64)| FileChange {
            path: path.into(),
            added,
            removed,
            binary: false,
        };
        Commit {
            hash: hash.into(),
            author: author.into(),
            email: "a@x".into(),
            time,
            subject: "s".into(),
            files: files.iter().map(change).collect(),
        }
    }

    fn baseline() -> Baseline {
        let mut baseline = Baseline::default();
        let day = 86_400;
        assert!(baseline.add(&commit("1", "Ada", 2 * day, &[("a", 10, 0), ("b", 5, 0)])));
        assert!(baseline.add(&commit("2", "Bob", 0, &[("b", 1, 4), ("a", 1, 1), ("c", 7, 0)])));
        assert!(baseline.add(&commit("3", "Ada", 2 * day + 5, &[])));
        assert!(baseline.add(&commit("4", "Ada", 40 * day, &[("a", 0, 9)])));
        baseline
    }

    #[test]
    fn a_commit_counts_once() {
        let mut baseline = baseline();
        let before = baseline.overview(TEN);
        assert!(!baseline.add(&commit("2", "Bob", 0, &[("b", 1, 4)])));
        assert_eq!(baseline.overview(TEN), before);
    }

    #[test]
    fn the_overview_sums_everything() {
        let overview = baseline().overview(TEN);
        let expected = Totals {
            tally: Tally { commits: 4, added: 24, removed: 14 },
            authors: 2,
            files: 3,
            days: 3,
            first_day: Some("1970-01-01".into()),
            last_day: Some("1970-02-10".into()),
            too_large_for_pairs: 0,
        };
        assert_eq!(overview.totals, expected);
        assert_eq!(overview.authors[0].author, "Ada");
        assert_eq!(overview.days.len(), 3);
        assert_eq!(overview.months.len(), 2);
        assert_eq!(overview.months[0].tally.commits, 3);
        let files: Vec<&str> = overview.files.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(files, ["a", "b", "c"]);
        assert_eq!(overview.pairs[0], PairFigures { a: "a".into(), b: "b".into(), commits: 2 });
        assert_eq!(overview.pairs.len(), 3);
    }

    #[test]
    fn an_author_and_a_file_are_looked_up_by_name() {
        let baseline = baseline();
        let ada = baseline.author("Ada", TEN).unwrap();
        assert_eq!(ada.tally, Tally { commits: 3, added: 15, removed: 9 });
        assert_eq!((ada.first_day.as_str(), ada.last_day.as_str()), ("1970-01-03", "1970-02-10"));
        assert_eq!((ada.files, ada.top_files[0].path.as_str()), (2, "a"));
        let file = baseline.file("b", TEN).unwrap();
        assert_eq!(file.tally, Tally { commits: 2, added: 6, removed: 4 });
        assert_eq!(file.authors, 2);
        let with: Vec<(&str, u64)> =
            file.changed_with.iter().map(|row| (row.path.as_str(), row.commits)).collect();
        assert_eq!(with, [("a", 2), ("c", 1)]);
        assert_eq!(baseline.author("Eve", TEN), None);
        assert_eq!(baseline.file("z", TEN), None);
    }

    #[test]
    fn a_commit_too_large_for_pairs_counts_everywhere_else() {
        let mut baseline = Baseline::default();
        let names: Vec<String> = (0..51).map(|n| format!("f{n:02}")).collect();
        let files: Vec<(&str, u64, u64)> = names.iter().map(|name| (name.as_str(), 1, 0)).collect();
        baseline.add(&commit("1", "Ada", 0, &files));
        let overview = baseline.overview(TEN);
        assert_eq!((overview.totals.too_large_for_pairs, overview.pairs.len()), (1, 0));
        assert_eq!((overview.totals.files, overview.totals.tally.added), (51, 51));
    }

    #[test]
    fn nothing_counted_is_an_overview_of_zeros() {
        let overview = Baseline::default().overview(TEN);
        assert_eq!(overview.totals, Totals::default());
        assert!(overview.days.is_empty() && overview.months.is_empty());
    }
}
