//! The program from outside: what it prints where, and with which exit status.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod repository;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use commits::figures::{AuthorFigures, FileFigures, Overview};
use repository::{Author, Story};

fn commits(place: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_commits"))
        .current_dir(place)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads no input may have ended before this is written.
    child.stdin.take().unwrap().write_all(input).unwrap_or_default();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn repository(place: &Path) {
    let mut story = Story::default();
    let author = |name| Author(name, 1_709_164_800, "+0000");
    story
        .commit(&author(b"Ada <a@x>"), b"one", &[])
        .write(b"src/a", b"1\n2\n")
        .write(b"src/b", b"b\n");
    story.commit(&author(b"Bob <b@x>"), b"two", &[1]).write(b"src/a", b"1\n");
    story.commit(&author(b"Bob <b@x>"), b"three", &[2]).rename(b"src/b", b"lib/b").delete(b"src/a");
    story.make(place);
}

#[test]
fn the_repository_it_stands_in_is_counted_and_a_second_run_shows_the_same() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    let run = || -> Overview {
        serde_json::from_str(&out(&commits(place.path(), &["--json"], b""))).unwrap()
    };
    let (first, second) = (run(), run());
    assert_eq!((first.totals.tally.commits, first.totals.tally.added), (3, 3));
    assert_eq!((first.totals.tally.removed, first.pairs.len()), (2, 2));
    assert_eq!(first.totals, second.totals);
    assert_eq!((first.authors, first.files), (second.authors, second.files));
    let status = repository::git(place.path(), &["status", "--porcelain", "--untracked-files=all"]);
    // The story was told without writing the files themselves, so they show as deleted.
    assert!(!String::from_utf8(status).unwrap().contains("??"));
}

#[test]
fn an_author_and_a_file_are_answered() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    out(&commits(place.path(), &[], b""));
    let author: AuthorFigures =
        serde_json::from_str(&out(&commits(place.path(), &["author", "Ada", "--json"], b"")))
            .unwrap();
    assert_eq!((author.tally.commits, author.files, author.top_files.len()), (1, 2, 2));
    let file: FileFigures =
        serde_json::from_str(&out(&commits(place.path(), &["--json", "file", "./src/a"], b"")))
            .unwrap();
    assert_eq!((file.tally.commits, file.authors, file.tally.removed), (3, 2, 2));
    assert_eq!(file.changed_with[0].path, "lib/b");
    let text = out(&commits(place.path(), &["file", "src/a"], b""));
    assert!(text.contains("src/b") && text.contains("Bob"), "{text}");
}

#[test]
fn an_unknown_author_fails_and_says_so() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    out(&commits(place.path(), &[], b""));
    let output = commits(place.path(), &["author", "Eve"], b"");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("no commits of the author `Eve`"), "{message}");
}

#[test]
fn unreadable_lines_are_reported_on_standard_error_and_counted() {
    let place = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/nasty.log");
    let input = std::fs::read(sample).unwrap();
    for (arguments, json) in [(&["-", "--json"][..], true), (&["--stdin"][..], false)] {
        let output = commits(place.path(), arguments, &input);
        let messages = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(messages.contains("line 14: a date in an unknown form"), "{messages}");
        assert!(messages.contains("commit 3333333 is left out"), "{messages}");
        assert!(!messages.contains('\u{1b}'), "no terminal, no colour: {messages}");
        let text = out(&output);
        assert!(!text.contains('\u{1b}'), "no terminal, no colour: {text}");
        if json {
            let import = serde_json::from_str::<Overview>(&text).unwrap().import.unwrap();
            assert_eq!((import.read, import.new, import.known), (4, 3, 1));
            assert_eq!((import.unreadable_lines, import.left_out), (6, 3));
        } else {
            assert!(text.contains("\n6 unreadable lines, 3 commits left out\n"), "{text}");
        }
    }
}

fn failure(output: &Output) -> String {
    let message = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{message}");
    message
}

#[test]
fn a_log_without_numstat_is_refused_before_anything_is_counted() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    let data = ["-", "--data", "d", "--json"];
    for options in [&["log"][..], &["log", "--stat"], &["log", "--shortstat"]] {
        let input = repository::git(place.path(), options);
        let message = failure(&commits(place.path(), &data, &input));
        let expected = "commits: this looks like `git log` without `--numstat`: nothing was counted; pipe `git log --numstat`\n";
        assert_eq!(message, expected, "{options:?}");
    }
    let input = repository::git(place.path(), &["log", "--numstat", "--stat"]);
    let overview: Overview =
        serde_json::from_str(&out(&commits(place.path(), &data, &input))).unwrap();
    let import = overview.import.unwrap();
    assert_eq!((import.new, import.known, import.unreadable_lines), (3, 0, 0));
    assert_eq!((overview.totals.tally.added, overview.totals.files), (3, 3));
}

#[test]
fn a_first_batch_without_numstat_is_refused_and_a_later_one_is_not() {
    let place = tempfile::tempdir().unwrap();
    let bare = |from: u32| -> String {
        let commit = |n| format!("commit {n:08x}\nAuthor: A <a@x>\nDate: {n} +0000\n\n    s\n\n");
        (from..from + 1_500).map(commit).collect()
    };
    let late = bare(0) + "commit ffffffff\nAuthor: A <a@x>\nDate: 1 +0000\n\n    s\n\n1\t1\tf\n";
    let message = failure(&commits(place.path(), &["-", "--data", "d"], late.as_bytes()));
    assert!(message.contains("without `--numstat`"), "{message}");
    let early = "commit ffffffff\nAuthor: A <a@x>\nDate: 1 +0000\n\n    s\n\n1\t1\tf\n\n";
    let early = early.to_owned() + &bare(0);
    let text = out(&commits(place.path(), &["-", "--data", "d", "--json"], early.as_bytes()));
    let import = serde_json::from_str::<Overview>(&text).unwrap().import.unwrap();
    assert_eq!((import.new, import.known), (1_501, 0), "the refused input left nothing");
}

#[test]
fn a_repository_whose_commits_change_no_file_is_counted() {
    let place = tempfile::tempdir().unwrap();
    let mut story = Story::default();
    story.commit(&Author(b"Ada <a@x>", 1_709_164_800, "+0000"), b"empty", &[]);
    story.make(place.path());
    let overview: Overview =
        serde_json::from_str(&out(&commits(place.path(), &["--json"], b""))).unwrap();
    assert_eq!((overview.totals.tally.commits, overview.totals.files), (1, 0));
}

#[test]
fn a_log_with_nul_bytes_is_unreadable_and_no_commit_vanishes() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    let mut input = repository::git(place.path(), &["log", "-z", "--numstat"]);
    let message = failure(&commits(place.path(), &["-", "--json"], &input));
    assert_eq!(message.matches("this is `git log -z`: leave `-z` away").count(), 3, "{message}");
    assert_eq!(message.matches(" is left out").count(), 3, "{message}");
    input.extend_from_slice(b"\ncommit aaaa\nAuthor: A <a@x>\nDate: 1 +0000\n\n    s\n\n1\t1\tf\n");
    let text = out(&commits(place.path(), &["-", "--json"], &input));
    let overview = serde_json::from_str::<Overview>(&text).unwrap();
    let import = overview.import.unwrap();
    assert_eq!((import.read, import.left_out, overview.totals.files), (1, 3, 1));
}

#[test]
fn an_input_of_something_else_fails_and_says_what_is_expected() {
    let place = tempfile::tempdir().unwrap();
    let message = failure(&commits(place.path(), &["-"], b"abc1234 one\n\nabc1235 two\n"));
    assert!(message.contains("unreadable: line 3"), "{message}");
    assert!(message.contains("nothing in the input could be read"), "{message}");
    assert!(message.contains("`git log --numstat | commits -`"), "{message}");
    out(&commits(place.path(), &["-"], b""));
}

#[test]
fn a_question_where_nothing_is_kept_fails_and_makes_nothing() {
    let place = tempfile::tempdir().unwrap();
    repository(place.path());
    for question in [["author", "Ada"], ["file", "src/a"]] {
        let output = commits(place.path(), &[&question[..], &["--data", "d"]].concat(), b"");
        assert_eq!(
            failure(&output),
            "commits: nothing is kept in d yet: run `commits` first\n",
            "{question:?}"
        );
        let message = failure(&commits(place.path(), &question, b""));
        assert!(message.contains("commits-data yet: run `commits` first"), "{message}");
    }
    assert!(!place.path().join("d").exists());
    assert!(!place.path().join(".git/commits-data").exists());
}

#[test]
fn a_place_without_a_repository_fails_and_says_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let output = commits(place.path(), &[], b"");
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("--repo PATH") && message.contains("git log --numstat"), "{message}");
}

#[test]
fn mistakes_on_the_command_line_exit_with_2() {
    let place = tempfile::tempdir().unwrap();
    for arguments in [&["athor"][..], &["--top", "0"], &["author"], &["--stdin", "file", "a"]] {
        let output = commits(place.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
