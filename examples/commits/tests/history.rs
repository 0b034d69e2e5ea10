//! Real repositories: the history read through git and the piped text of `git log --numstat` give
//! the commits that were made, exactly.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod repository;

use std::path::Path;

use commits::event::{Commit, FileChange};
use commits::git::{GitError, Repository};
use commits::log::Entry;
use commits::log::plain::PlainLog;
use repository::{Author, Story, git};

const TIME: i64 = 1_709_164_800;

/// A history with every nastiness git's text form can carry.
fn story() -> Story {
    let mut story = Story::default();
    let zoe = |time| Author("Zoë Ünï <zoe@x>".as_bytes(), TIME + time, "-0700");
    let message =
        b"first\nsubject \n\nbody\n1\t2\tnot-a-file\n\ncommit 0123456789\nAuthor: X <x>\n";
    story
        .commit(&zoe(0), message, &[])
        .write(b"a.txt", b"1\n2\n3\n4\n")
        .write(b"dir/with space.txt", b"x");
    story.commit(&Author(b"<only@address>", TIME + 10, "+0530"), b"", &[1]);
    story
        .commit(&Author(b"J\xf6rg <>", TIME + 20, "+0000"), b"caf\xe9 and\x1b[31m more", &[2])
        .rename(b"a.txt", b"dir/deep/b.txt")
        .rename(b"dir/with space.txt", b"dir/tab\there \"quoted\"\\.txt")
        .write(b"binary", b"\x00\x01\x02")
        .write(b"line\nfeed\r", b"1\n2\n")
        .write(b"\xffbytes", b"1\n")
        .write("é".as_bytes(), b"1\n");
    story.commit(&zoe(30), b"side", &[2]).write(b"side {x}/y", b"1\n");
    story.commit(&zoe(40), b"Merge it", &[3, 4]).write(b"side {x}/y", b"1\n");
    story
        .commit(&zoe(50), b"change and delete", &[5])
        .write(b"dir/deep/b.txt", b"1\n2\nthree\n4\n5\n")
        .delete(b"line\nfeed\r")
        .write(b"binary", b"\x00\x01\x03");
    story.commit(&zoe(60), b"up", &[6]).rename(b"dir/deep/b.txt", b"dir/b.txt");
    story
}

/// The commits of [`story`]; their names are git's.
fn expected(place: &Path) -> Vec<Commit> {
    let names = String::from_utf8(git(place, &["rev-list", "--reverse", "HEAD"])).unwrap();
    let mut names = names.lines();
    let mut commit =
        |author: &str, email: &str, time: i64, subject: &str, files: &[(&str, i64, i64)]| {
            let change = |&(path, added, removed): &(&str, i64, i64)| FileChange {
                path: path.into(),
                added: u64::try_from(added).unwrap_or(0),
                removed: u64::try_from(removed).unwrap_or(0),
                binary: added < 0,
            };
            Commit {
                hash: names.next().unwrap().into(),
                author: author.into(),
                email: email.into(),
                time: TIME + time,
                subject: subject.into(),
                files: files.iter().map(change).collect(),
            }
        };
    let zoe = ("Zoë Ünï", "zoe@x");
    let moved = [
        ("binary", -1, -1),
        ("dir/deep/b.txt", 0, 0),
        ("dir/tab\there \"quoted\"\\.txt", 0, 0),
        ("line\nfeed\r", 2, 0),
        ("é", 1, 0),
        ("\u{fffd}bytes", 1, 0),
    ];
    let last = [("binary", -1, -1), ("dir/deep/b.txt", 2, 1), ("line\nfeed\r", 0, 2)];
    vec![
        commit(zoe.0, zoe.1, 0, "first subject", &[("a.txt", 4, 0), ("dir/with space.txt", 1, 0)]),
        commit("only@address", "only@address", 10, "", &[]),
        commit("J\u{fffd}rg", "", 20, "caf\u{fffd} and\u{1b}[31m more", &moved),
        commit(zoe.0, zoe.1, 30, "side", &[("side {x}/y", 1, 0)]),
        commit(zoe.0, zoe.1, 40, "Merge it", &[]),
        commit(zoe.0, zoe.1, 50, "change and delete", &last),
        commit(zoe.0, zoe.1, 60, "up", &[("dir/b.txt", 0, 0)]),
    ]
}

fn commit(entry: Entry) -> Commit {
    match entry {
        Entry::Commit(commit) => commit,
        Entry::Unreadable(report) => panic!("{report}"),
    }
}

fn through_git(place: &Path) -> Vec<Commit> {
    let history = Repository::open(place).unwrap().history().unwrap();
    history.map(|entry| commit(entry.unwrap())).collect()
}

fn through_text(place: &Path, options: &[&str]) -> Vec<Commit> {
    let text = git(place, &[&["log", "--numstat"], options].concat());
    let mut commits: Vec<Commit> =
        PlainLog::new(text.as_slice()).map(|entry| commit(entry.unwrap())).collect();
    commits.reverse();
    commits
}

#[test]
fn a_repository_is_read_exactly_and_oldest_first() {
    let place = tempfile::tempdir().unwrap();
    story().make(place.path());
    let history = Repository::open(place.path()).unwrap().history().unwrap();
    assert_eq!(history.total(), 7);
    assert_eq!(through_git(place.path()), expected(place.path()));
}

#[test]
fn the_text_of_git_log_gives_the_same_commits_in_every_layout() {
    let place = tempfile::tempdir().unwrap();
    story().make(place.path());
    let expected = expected(place.path());
    let layouts: [&[&str]; 8] = [
        &[],
        &["--date=iso"],
        &["--date=iso-strict"],
        &["--date=rfc"],
        &["--date=unix"],
        &["--date=raw"],
        &["--pretty=fuller"],
        &["--decorate", "--parents"],
    ];
    for layout in layouts {
        assert_eq!(through_text(place.path(), layout), expected, "{layout:?}");
    }
}

#[test]
fn settings_of_the_user_change_nothing() {
    let place = tempfile::tempdir().unwrap();
    story().make(place.path());
    for (name, value) in [
        ("color.ui", "always"),
        ("core.quotePath", "false"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("format.pretty", "oneline"),
        ("i18n.logOutputEncoding", "latin1"),
        ("log.abbrevCommit", "true"),
        ("log.date", "relative"),
        ("log.decorate", "full"),
        ("log.diffMerges", "first-parent"),
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
    ] {
        git(place.path(), &["config", name, value]);
    }
    std::fs::create_dir(place.path().join("dir")).unwrap();
    assert_eq!(through_git(&place.path().join("dir")), expected(place.path()));
}

#[test]
fn a_path_that_looks_like_a_rename_is_read_exactly_through_git() {
    let place = tempfile::tempdir().unwrap();
    let mut story = Story::default();
    let author = Author(b"A <a@x>", TIME, "+0000");
    story.commit(&author, b"arrow", &[]).write(b"{x => y}/z", b"1\n").write(b"\x01odd", b"1\n");
    story.make(place.path());
    let commits = through_git(place.path());
    let paths: Vec<&str> = commits[0].files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["\u{1}odd", "{x => y}/z"]);
}

#[test]
fn a_repository_without_commits_has_an_empty_history() {
    let place = tempfile::tempdir().unwrap();
    git(place.path(), &["init", "--quiet", "."]);
    let mut history = Repository::open(place.path()).unwrap().history().unwrap();
    assert_eq!(history.total(), 0);
    assert!(history.next().is_none());
}

#[test]
fn a_reader_that_stops_early_does_not_wait_for_git() {
    let place = tempfile::tempdir().unwrap();
    let mut story = Story::default();
    for index in 0..300_usize {
        let author = Author(b"A <a@x>", TIME, "+0000");
        let parents: &[usize] = if index == 0 { &[] } else { &[index] };
        // More output than a pipe holds.
        story.commit(&author, &[b'm'; 1000], parents).write(b"f", index.to_string().as_bytes());
    }
    story.make(place.path());
    let mut history = Repository::open(place.path()).unwrap().history().unwrap();
    let first = commit(history.next().unwrap().unwrap());
    drop(history);
    assert_eq!(first.files.len(), 1);
    assert_eq!(through_git(place.path()).len(), 300);
}

#[test]
fn a_git_that_fails_in_the_middle_is_quoted_and_no_commit_is_half_counted() {
    let place = tempfile::tempdir().unwrap();
    story().make(place.path());
    let expected = expected(place.path());
    let tree = String::from_utf8(git(place.path(), &["rev-parse", "HEAD~2^{tree}"])).unwrap();
    let (folder, file) = tree.trim().split_at(2);
    std::fs::remove_file(place.path().join(".git/objects").join(folder).join(file)).unwrap();
    let mut read = Vec::new();
    let mut failure = None;
    for entry in Repository::open(place.path()).unwrap().history().unwrap() {
        match entry {
            Ok(entry) => read.push(commit(entry)),
            Err(error) => failure = Some(error),
        }
    }
    assert!(matches!(failure, Some(GitError::Stopped { .. })), "{failure:?}");
    let message = failure.unwrap().to_string();
    assert!(message.contains("fatal:") && message.contains("git fsck"), "{message}");
    assert!(read.len() < expected.len());
    assert_eq!(read, expected[..read.len()]);
}
