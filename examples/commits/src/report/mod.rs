//! Shows figures: as tables with small bar charts for people, as one JSON document for programs.
//!
//! The text has no colour and no control character whatever names it contains, so it is the same in
//! a terminal, a pipe and a file.

mod sheet;

use serde::Serialize;

use crate::figures::{
    AuthorFigures, AuthorRow, FileFigures, FileRow, ImportFigures, MonthFigures, Overview,
    PairFigures, Tally, Totals,
};
use crate::pairs::MAX_FILES;
use crate::text;
use sheet::{Sheet, number};

/// The width of the output where nothing else is known: the width of every terminal.
pub const WIDTH: usize = 80;

/// Months shown in the chart: two years fit on a screen and show what is usual in which season.
const MONTHS_SHOWN: usize = 24;

/// Names offered for one that is unknown: more are no help.
const NEAR_SHOWN: usize = 3;

/// How the text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    width: usize,
}

impl Page {
    /// A page of this many columns; below 60 the tables would be unreadable and above 100 they grow
    /// no more.
    pub fn new(width: usize) -> Self {
        Self { width: width.clamp(60, 100) }
    }

    /// A page as wide as the environment variable `COLUMNS` says, else [`WIDTH`].
    pub fn from_columns(columns: Option<&str>) -> Self {
        Self::new(columns.and_then(|columns| columns.trim().parse().ok()).unwrap_or(WIDTH))
    }

    /// Everything about a history.
    pub fn overview(&self, figures: &Overview) -> String {
        let mut parts = vec![self.totals(&figures.totals)];
        if figures.totals.tally.commits > 0 {
            parts.push(self.authors("Authors by commits", &figures.authors));
            parts.push(self.months(&figures.months));
            parts.push(self.files("Files by lines changed", &figures.files));
            parts.push(self.pairs(&figures.pairs, figures.totals.too_large_for_pairs));
        }
        parts.extend(figures.import.as_ref().map(import));
        parts.join("\n")
    }

    /// One author.
    pub fn author(&self, figures: &AuthorFigures) -> String {
        let head = self.heading(&figures.author, &figures.tally);
        let span = format!(
            "from {} to {}, {} changed\n",
            figures.first_day,
            figures.last_day,
            amount(figures.files, "file")
        );
        [head, span, "\n".into(), self.files("Files by lines changed", &figures.top_files)].concat()
    }

    /// One file.
    pub fn file(&self, figures: &FileFigures) -> String {
        let head = self.heading(&figures.path, &figures.tally);
        let changed_by = format!("changed by {}\n\n", amount(figures.authors, "author"));
        let authors = self.authors("Authors by commits", &figures.top_authors);
        let mut sheet = Sheet::new("Changed together with", &["file"], &["commits"], "");
        for with in &figures.changed_with {
            sheet.add([&with.path], &[number(with.commits)], with.commits);
        }
        let with = sheet.print_or("Never changed together with another file.", self.width);
        [head, changed_by, authors, "\n".into(), with].concat()
    }

    fn heading(&self, name: &str, tally: &Tally) -> String {
        let name = text::shorten(&shown(name), self.width);
        format!("{name}\n{}\n", sums(tally))
    }

    fn totals(&self, totals: &Totals) -> String {
        let (Some(first), Some(last)) = (&totals.first_day, &totals.last_day) else {
            return "No commits.\n".into();
        };
        format!(
            "{}\n{}, {}\n{} with commits from {first} to {last}\n",
            sums(&totals.tally),
            amount(totals.authors, "author"),
            amount(totals.files, "file"),
            amount(totals.days, "day"),
        )
    }

    fn authors(&self, title: &str, rows: &[AuthorRow]) -> String {
        let mut sheet = Sheet::new(title, &["author"], &["commits", "added", "removed"], "");
        for row in rows {
            sheet.add([&row.author], &cells(&row.tally), row.tally.commits);
        }
        sheet.print_or("No authors.", self.width)
    }

    fn files(&self, title: &str, rows: &[FileRow]) -> String {
        let mut sheet =
            Sheet::new(title, &["file"], &["commits", "added", "removed"], "lines changed");
        for row in rows {
            sheet.add([&row.path], &cells(&row.tally), row.tally.churn());
        }
        sheet.print_or("No files changed.", self.width)
    }

    fn months(&self, months: &[MonthFigures]) -> String {
        let earlier = months.len().saturating_sub(MONTHS_SHOWN);
        let mut sheet =
            Sheet::new("Commits by month", &["month"], &["commits", "added", "removed"], "");
        for month in &months[earlier..] {
            sheet.add([&month.month], &cells(&month.tally), month.tally.commits);
        }
        let mut page = sheet.print_or("No months.", self.width);
        let before: u64 = months[..earlier].iter().map(|month| month.tally.commits).sum();
        if before > 0 {
            page.push_str(&format!("and {} in earlier months\n", amount(before, "commit")));
        }
        page
    }

    fn pairs(&self, pairs: &[PairFigures], too_large: u64) -> String {
        let mut sheet = Sheet::new("Files changed together", &["file", "with"], &["commits"], "");
        for pair in pairs {
            sheet.add([&pair.a, &pair.b], &[number(pair.commits)], pair.commits);
        }
        let mut page = sheet.print_or("No two files were changed together.", self.width);
        if too_large > 0 {
            let commits = amount(too_large, "commit");
            page.push_str(&format!(
                "{commits} too large for pairs (more than {MAX_FILES} files)\n"
            ));
        }
        page
    }
}

/// The figures as one JSON document. Control characters that JSON allows in a text are escaped as
/// well, for whoever looks at it in a terminal.
pub fn json(figures: &impl Serialize) -> Result<String, serde_json::Error> {
    let document = serde_json::to_string_pretty(figures)?;
    let mut safe = String::with_capacity(document.len() + 1);
    for letter in document.chars() {
        // All of these lie in Unicode's first 65536 characters, so four digits suffice.
        if letter != '\n' && text::is_dangerous(letter) {
            safe.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            safe.push(letter);
        }
    }
    safe.push('\n');
    Ok(safe)
}

/// The message for a name that has no figures; of the known `names` it offers those that contain
/// it.
pub fn unknown<'a>(kind: &str, name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let wanted = name.to_lowercase();
    let near: Vec<String> = names
        .into_iter()
        .filter(|known| known.to_lowercase().contains(&wanted))
        .take(NEAR_SHOWN)
        .map(|known| format!("`{}`", text::escape(known)))
        .collect();
    let mut message = format!("no commits of the {kind} `{}`", text::escape(name));
    if !near.is_empty() {
        message.push_str(&format!(": did you mean {}?", near.join(" or ")));
    }
    message
}

fn import(figures: &ImportFigures) -> String {
    let mut line = format!(
        "read {}: {} new, {} known",
        amount(figures.read, "commit"),
        number(figures.new),
        number(figures.known)
    );
    if figures.unreadable_lines > 0 {
        line.push_str(&format!(
            "\n{}, {} left out",
            amount(figures.unreadable_lines, "unreadable line"),
            amount(figures.left_out, "commit")
        ));
    }
    line.push('\n');
    line
}

fn sums(tally: &Tally) -> String {
    format!(
        "{}, {} added, {} removed",
        amount(tally.commits, "commit"),
        amount(tally.added, "line"),
        number(tally.removed)
    )
}

fn cells(tally: &Tally) -> [String; 3] {
    [number(tally.commits), number(tally.added), number(tally.removed)]
}

fn amount(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(count))
}

/// A name as tables show it.
fn shown(name: &str) -> String {
    if name.is_empty() { "(no name)".into() } else { text::escape(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{ChangedWith, DayFigures};

    fn tally(commits: u64, added: u64, removed: u64) -> Tally {
        Tally { commits, added, removed }
    }

    fn overview() -> Overview {
        let day = |n: u64| DayFigures { day: format!("20{n:02}-01-01"), tally: tally(n, n, 0) };
        let days: Vec<DayFigures> = (1..=30).map(day).collect();
        Overview {
            totals: Totals {
                tally: tally(1234, 56_789, 1),
                authors: 1,
                files: 2,
                days: 30,
                first_day: Some("2001-01-01".into()),
                last_day: Some("2030-01-01".into()),
                too_large_for_pairs: 1,
            },
            import: Some(ImportFigures { read: 3, new: 1, known: 2, ..ImportFigures::default() }),
            authors: vec![AuthorRow { author: "Eve\u{1b}[31m\n".into(), tally: tally(5, 6, 7) }],
            months: crate::figures::months(&days),
            days,
            files: vec![FileRow { path: "deep/".repeat(60), tally: tally(5, 1000, 7) }],
            pairs: vec![PairFigures { a: "a".repeat(90), b: "b".into(), commits: 3 }],
        }
    }

    fn is_tame(page: &str, width: usize) -> bool {
        page.lines().all(|line| text::width(line) <= width && line.trim_end() == line)
            && !page.chars().any(|letter| letter != '\n' && text::is_dangerous(letter))
            && page.ends_with('\n')
    }

    #[test]
    fn pages_fit_their_width_and_carry_no_control_characters() {
        for (asked, width) in [("20", 60), ("80", 80), ("300", 100), ("wide", 80)] {
            let page = Page::from_columns(Some(asked));
            assert!(is_tame(&page.overview(&overview()), width), "{}", page.overview(&overview()));
        }
        assert_eq!(Page::from_columns(None).width, WIDTH);
    }

    #[test]
    fn the_overview_names_its_sums_and_bounds() {
        let text = Page::new(WIDTH).overview(&overview());
        for part in [
            "1,234 commits, 56,789 lines added, 1 removed\n",
            "1 author, 2 files\n30 days with commits from 2001-01-01 to 2030-01-01\n",
            "and 21 commits in earlier months\n",
            "1 commit too large for pairs (more than 50 files)\n",
            "read 3 commits: 1 new, 2 known\n",
            "Eve\\u{1b}[31m\\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert!(!text.contains("2006-01 "), "only {MONTHS_SHOWN} months are shown");
    }

    #[test]
    fn nothing_counted_is_said_in_one_line() {
        let figures = Overview {
            totals: Totals::default(),
            import: None,
            authors: Vec::new(),
            days: Vec::new(),
            months: Vec::new(),
            files: Vec::new(),
            pairs: Vec::new(),
        };
        assert_eq!(Page::new(WIDTH).overview(&figures), "No commits.\n");
    }

    #[test]
    fn unreadable_lines_and_what_they_cost_are_told() {
        let figures = ImportFigures { unreadable_lines: 2, ..ImportFigures::default() };
        let text = import(&figures);
        assert!(text.contains("2 unreadable lines, 0 commits left out\n"), "{text}");
    }

    #[test]
    fn an_author_and_a_file_have_pages_of_their_own() {
        let author = AuthorFigures {
            author: "Ada".into(),
            tally: tally(2, 3, 4),
            first_day: "2001-01-01".into(),
            last_day: "2001-02-01".into(),
            files: 1,
            top_files: vec![FileRow { path: "src/main.rs".into(), tally: tally(2, 3, 4) }],
        };
        let page = Page::new(WIDTH).author(&author);
        assert!(is_tame(&page, WIDTH), "{page}");
        assert!(page.starts_with("Ada\n2 commits, 3 lines added, 4 removed\n"), "{page}");
        assert!(page.contains("from 2001-01-01 to 2001-02-01, 1 file changed\n"), "{page}");
        let file = FileFigures {
            path: String::new(),
            tally: tally(2, 3, 4),
            authors: 1,
            top_authors: vec![AuthorRow { author: "Ada".into(), tally: tally(2, 3, 4) }],
            changed_with: vec![ChangedWith { path: "README.md".into(), commits: 2 }],
        };
        let page = Page::new(WIDTH).file(&file);
        assert!(is_tame(&page, WIDTH), "{page}");
        assert!(page.starts_with("(no name)\n"), "{page}");
        assert!(page.contains("README.md"), "{page}");
    }

    #[test]
    fn json_is_one_document_that_reads_back_and_is_safe_to_look_at() {
        let mut figures = overview();
        figures.authors[0].author = "a\u{9b}31m\u{202e}\u{7f}\u{1b}\t\"é".into();
        let document = json(&figures).unwrap();
        assert!(!document.chars().any(|letter| letter != '\n' && text::is_dangerous(letter)));
        assert_eq!(serde_json::from_str::<Overview>(&document).unwrap(), figures);
        assert!(document.contains("\"commits\": 1234"), "{document}");
    }

    #[test]
    fn an_unknown_name_gets_near_ones_offered() {
        let names = ["Ada Lovelace", "Bob", "Adam"];
        assert_eq!(
            unknown("author", "ada", names),
            "no commits of the author `ada`: did you mean `Ada Lovelace` or `Adam`?"
        );
        assert_eq!(unknown("file", "x\n", []), "no commits of the file `x\\n`");
    }
}
