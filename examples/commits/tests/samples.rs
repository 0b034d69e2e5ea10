//! Sample histories in git's text form: what is read from them, what is reported and what it adds
//! up to.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::num::NonZeroUsize;
use std::path::Path;

use commits::baseline::Baseline;
use commits::event::Commit;
use commits::log::own::OwnLog;
use commits::log::plain::PlainLog;
use commits::log::{Entry, Reason, UnreadableLine};

const TEN: NonZeroUsize = NonZeroUsize::new(10).expect("ten is not zero");

fn read(sample: &str) -> (Vec<Commit>, Vec<UnreadableLine>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(sample);
    let input = std::fs::read(path).unwrap();
    let (mut commits, mut reports) = (Vec::new(), Vec::new());
    for entry in PlainLog::new(input.as_slice()) {
        match entry.unwrap() {
            Entry::Commit(commit) => commits.push(commit),
            Entry::Unreadable(report) => reports.push(report),
        }
    }
    (commits, reports)
}

fn changes(commit: &Commit) -> Vec<(&str, u64, u64, bool)> {
    let files = commit.files.iter();
    files.map(|file| (file.path.as_str(), file.added, file.removed, file.binary)).collect()
}

#[test]
fn the_default_form_is_read_completely() {
    let (commits, reports) = read("default.log");
    assert_eq!(reports, Vec::new());
    let heads: Vec<(&str, String, &str)> = commits
        .iter()
        .map(|commit| (commit.author.as_str(), commit.day(), commit.subject.as_str()))
        .collect();
    let expected = [
        ("Grace Hopper", "2024-03-04".to_owned(), "Move the parser to its own folder"),
        ("Ada Lovelace", "2024-02-29".to_owned(), "Merge branch 'numbers'"),
        ("Ada Lovelace", "2024-02-29".to_owned(), "Add an engine and a picture of it"),
        ("Jörg Müller", "2024-02-28".to_owned(), "Zahlen"),
    ];
    assert_eq!(heads, expected);
    assert_eq!(
        changes(&commits[0]),
        [
            ("src/lib.rs", 2, 1, false),
            ("src/parse/mod.rs", 0, 0, false),
            ("docs/guide.md", 1, 1, false)
        ]
    );
    assert_eq!(changes(&commits[1]), []);
    assert_eq!(
        changes(&commits[2]),
        [
            ("src/lib.rs", 40, 0, false),
            ("pictures/engine \"no. 1\".png", 0, 0, true),
            ("doc/guide.md", 7, 2, false)
        ]
    );
    assert_eq!(changes(&commits[3]), [("src/parse.rs", 10, 0, false), ("Zähler.txt", 3, 0, false)]);
}

#[test]
fn fuller_headers_iso_dates_and_notes_are_read() {
    let (commits, reports) = read("fuller-iso.log");
    assert_eq!(reports, Vec::new());
    assert_eq!((commits[0].hash.as_str(), commits[0].day().as_str()), ("aaaaaaa1", "2019-12-31"));
    assert_eq!(commits[0].subject, "A merge shown against its first parent");
    assert_eq!(changes(&commits[0]), [("a", 5, 5, false)]);
    assert_eq!(
        (commits[1].author.as_str(), commits[1].subject.as_str()),
        ("nameless@example.org", "")
    );
    assert_eq!(changes(&commits[1]), [("new name", 1, 0, false), ("plain", 0, 1, false)]);
}

#[test]
fn what_cannot_be_read_is_reported_with_its_line_and_the_rest_is_counted() {
    let (commits, reports) = read("nasty.log");
    let reported: Vec<(u64, Reason, Option<&str>)> = reports
        .iter()
        .map(|report| (report.line, report.reason, report.left_out.as_deref()))
        .collect();
    let expected = [
        (1, Reason::Unknown, None),
        (9, Reason::Unknown, None),
        (14, Reason::Date, Some("2222222")),
        (27, Reason::Numstat, Some("3333333")),
        (30, Reason::Hash, None),
        (64, Reason::Header, Some("6666666")),
    ];
    assert_eq!(reported, expected);
    let hashes: Vec<&str> = commits.iter().map(|commit| commit.hash.as_str()).collect();
    assert_eq!(hashes, ["1111111", "4444444", "5555555", "1111111"]);
    assert_eq!(
        (commits[2].author.as_str(), changes(&commits[2])[0].0),
        ("N\u{fffd}", "\u{fffd}t\u{fffd}")
    );

    let mut baseline = Baseline::default();
    let new: Vec<bool> = commits.iter().map(|commit| baseline.add(commit)).collect();
    assert_eq!(new, [true, true, true, false]);
    let tally = baseline.overview(TEN).totals.tally;
    assert_eq!((tally.commits, tally.added, tally.removed), (3, 15, 15));
}

#[test]
fn a_log_in_any_order_adds_up_to_the_same_figures() {
    let (commits, _) = read("default.log");
    let sum = |commits: &mut dyn Iterator<Item = &Commit>| {
        let mut baseline = Baseline::default();
        commits.for_each(|commit| assert!(baseline.add(commit)));
        (
            baseline.overview(TEN),
            baseline.author("Ada Lovelace", TEN),
            baseline.file("src/lib.rs", TEN),
        )
    };
    assert_eq!(sum(&mut commits.iter()), sum(&mut commits.iter().rev()));
}

/// Bytes that mean something to a reader.
const BYTES: &[u8] = b"\n\n\t\t\0\x01\r commit1a-D:<>=\"\\{}\xff";

/// A small generator of numbers, the same in every run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn damage_anywhere_never_stops_the_reading_nor_costs_other_commits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/default.log");
    let sound = std::fs::read(path).unwrap();
    let (commits, _) = read("default.log");
    let mut state = 1;
    for round in 0..3000 {
        let mut damaged = sound.clone();
        let place = next(&mut state) % damaged.len();
        let byte = BYTES[next(&mut state) % BYTES.len()];
        match round % 3 {
            0 => damaged[place] = byte,
            1 => damaged.insert(place, byte),
            _ => drop(damaged.remove(place)),
        }
        let entries = PlainLog::new(damaged.as_slice()).map(|entry| entry.unwrap());
        let read: Vec<Commit> = entries.filter_map(whole).collect();
        let intact = read.iter().filter(|commit| commits.contains(commit)).count();
        // One byte damages one commit and, at its first line, the end of the one before it.
        assert!(intact >= 2 && read.len() - intact <= 1, "{intact} intact, byte {byte} at {place}");
    }
}

fn whole(entry: Entry) -> Option<Commit> {
    match entry {
        Entry::Commit(commit) => Some(commit),
        Entry::Unreadable(_) => None,
    }
}

#[test]
fn neither_reader_fails_on_any_bytes() {
    let mut state = 7;
    for _ in 0..300 {
        let bytes: Vec<u8> = (0..400).map(|_| BYTES[next(&mut state) % BYTES.len()]).collect();
        let plain = PlainLog::new(bytes.as_slice()).filter(|entry| entry.is_err()).count();
        let own = OwnLog::new(bytes.as_slice()).filter(|entry| entry.is_err()).count();
        assert_eq!((plain, own), (0, 0));
    }
}
