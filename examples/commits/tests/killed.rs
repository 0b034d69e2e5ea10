//! `kill -9` in the middle of an import, twenty times in a row at random moments: the totals are exact at the
//! end (RELIABILITY A1 to A5, B1, B2 on one worker).
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    fmt::Write,
    fs::File,
    num::NonZeroUsize,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use clap::Parser;
use commits::{
    baseline::Baseline,
    cli::Cli,
    figures::Overview,
    kept::Kept,
    log::{Entry, plain::PlainLog},
    place::DataPlace,
};
use rama_core::id::TaskId;

/// As often as the claim says.
const KILLS: usize = 20;

/// Enough that an import takes a few hundred milliseconds: several commit groups, hundreds of writes.
const COMMITS: u64 = 6_000;

/// A small generator with a fixed seed: the history is the same in every run, the moments of the kills
/// need not be.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// A made-up history in the form of `git log --numstat --date=unix`.
fn history() -> String {
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    let mut text = String::new();
    for commit in 0..COMMITS {
        let (author, hour) = (random.below(40), commit * 5);
        let time = 1_500_000_000 + hour * 3_600;
        writeln!(text, "commit {commit:040x}\nAuthor: Author {author} <a{author}@x>").unwrap();
        writeln!(text, "Date:   {time}\n\n    change {commit}\n").unwrap();
        let first = random.below(300);
        for file in 0..random.below(5) {
            let (added, removed) = (random.below(90), random.below(40));
            writeln!(text, "{added}\t{removed}\tsrc/file{}.rs", first + file * 3).unwrap();
        }
        text.push('\n');
    }
    text
}

fn expected(history: &str) -> Overview {
    let mut baseline = Baseline::default();
    for entry in PlainLog::new(history.as_bytes()) {
        let Entry::Commit(commit) = entry.unwrap() else { panic!("every line is readable") };
        assert!(baseline.add(&commit), "every commit is there once");
    }
    baseline.overview(NonZeroUsize::new(1_000).unwrap())
}

fn import(log: &Path, data: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_commits"))
        .args(["-", "--json", "--top", "1000", "--data"])
        .arg(data)
        .stdin(File::open(log).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn finished(child: Child) -> Overview {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Lets the import run for a while and kills it; gives it back if it ended before.
fn kill_after(mut child: Child, moment: Duration) -> Option<Child> {
    // The moment is what this test is about, so here time passes for once.
    let (_sender, nothing) = mpsc::channel::<()>();
    nothing.recv_timeout(moment).unwrap_err();
    if child.try_wait().unwrap().is_some() {
        return Some(child);
    }
    // SIGKILL: the process cannot prepare for it.
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

fn same_figures(mut found: Overview, expected: &Overview) {
    found.import = None;
    assert_eq!(found.totals, expected.totals);
    assert_eq!(&found, expected);
}

#[test]
fn an_import_that_is_killed_twenty_times_ends_with_exact_totals() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("history.log");
    let history = history();
    std::fs::write(&log, &history).unwrap();
    let expected = expected(&history);

    let mut moments = Xorshift(std::process::id().into());
    let (mut kills, mut rounds) = (0, 0);
    while kills < KILLS {
        let data = place.path().join(format!("data-{rounds}"));
        rounds += 1;
        assert!(rounds <= 10 * KILLS, "imports end before they can be killed");
        loop {
            let moment = Duration::from_micros(moments.below(60_000));
            match kill_after(import(&log, &data), moment) {
                None if kills + 1 < KILLS => kills += 1,
                None => {
                    kills += 1;
                    same_figures(finished(import(&log, &data)), &expected);
                    break;
                }
                Some(child) => {
                    same_figures(finished(child), &expected);
                    break;
                }
            }
        }
        each_commit_is_stored_once(&data);
    }
}

fn each_commit_is_stored_once(data: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (_, options) = Cli::parse_from(["commits"]).job().unwrap();
        let kept = Kept::open(&DataPlace::Kept(data.to_owned()), &options).await.unwrap();
        let mut stored = 0;
        for task in 0..u32::from(options.tasks) {
            stored += kept.client().depot.commits.partition_info(TaskId(task)).unwrap().end.0;
        }
        assert_eq!(stored, COMMITS);
        kept.close().await.unwrap();
    });
}
