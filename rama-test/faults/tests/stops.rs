//! A real node whose clients append all the time: asked to stop, killed while it stops, and with a disk that fails
//! (RELIABILITY B19, B20, C19).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "what a run did is told with `--nocapture`")]

use std::{
    fs,
    os::unix::fs::FileExt,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::RecvTimeoutError,
    time::Duration,
};

use faults::{
    bank::{Bank, Holds, TASKS},
    disk::Plan,
    driver::{Line, Process, no_forks},
    ledger::Ledger,
    setting,
};
use rama_core::{
    clock::{Clock, SystemClock},
    cluster::Durability,
    data::verify,
    flow::RandomSource,
};

/// What takes longer hangs.
const NEVER: Duration = Duration::from_secs(60);

/// A graceful stop takes less, whatever is on its way (B19).
const STOPPED_WITHIN: Duration = Duration::from_secs(10);

/// From a request to stop to the kill of whoever does not wait (B20).
const KILLED_AFTER: Duration = Duration::from_millis(50);

/// Kills in the middle of a stop are after at most so many microseconds.
const SOONER_MAX: u64 = 5_000;

/// How often a node is asked, and then killed, when `FAULTS_STOPS` says nothing.
const STOPS: u64 = 8;

/// Acknowledged transfers before a node is asked to stop, at most: some groups of them.
const ACKS_MAX: u64 = 300;

/// Where the header of a `redb` file has its flags, and the flag of a file that was not closed.
const FLAGS: (u64, u8) = (9, 2);

/// The node in its shell, which can make it ignore that its files grow too large: its writes fail then.
fn start(data: &Path, first: u64) -> Process {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_busy")]);
    command.args(["--tasks", &TASKS.to_string(), "--data"]).arg(data);
    command.env("BUSY_FIRST", first.to_string()).stderr(Stdio::piped());
    Process::spawn(command).unwrap()
}

/// What the clients of a node were told.
fn take(line: &Line, ledger: &mut Ledger) -> bool {
    match line {
        Line::Try(id) => ledger.tries(*id),
        Line::Ack(id, task, offset) => {
            ledger.is_acked(*id, *task, *offset);
            return true;
        }
        Line::Failed(..) => {}
        line => panic!("{line:?}"),
    }
    false
}

/// Waits until so many transfers of a node were acknowledged.
fn work(process: &Process, acks: u64, ledger: &mut Ledger) {
    let mut left = acks;
    while left > 0 {
        let line = process.lines.recv_timeout(NEVER).expect("it goes on");
        assert!(!matches!(line, Line::Failed(..)), "{line:?}");
        left -= u64::from(take(&line, ledger));
    }
}

/// Takes what it says until it has ended.
fn end(process: &mut Process, ledger: &mut Ledger) -> ExitStatus {
    let mut after = 0_u64;
    loop {
        match process.lines.recv_timeout(NEVER) {
            Ok(line) => after += u64::from(take(&line, ledger)),
            Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    println!("{after} acknowledged since it was asked to stop");
    process.wait().unwrap()
}

/// Everything that a bank holds that starts on the directory.
fn holds(data: &Path) -> Holds {
    let _forks = no_forks();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let bank = Bank::start(data, &Plan::default(), Durability::Sync).await.unwrap();
        let holds = bank.holds().await.unwrap();
        bank.cluster.shutdown().await.unwrap();
        holds
    })
}

/// Whether the store was left as a kill leaves it.
fn is_open(data: &Path) -> bool {
    let mut flags = [0];
    let store = fs::File::open(data.join("BankModule/store.redb")).unwrap();
    store.read_exact_at(&mut flags, FLAGS.0).unwrap();
    flags[0] & FLAGS.1 != 0
}

#[test]
fn a_node_that_is_asked_to_stop_under_load_leaves_nothing_to_repair() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let mut random = RandomSource::seeded(setting("FAULTS_SEED", 1));
    let mut ledger = Ledger::new(TASKS);
    for life in 1..=setting("FAULTS_STOPS", STOPS) {
        let mut node = start(data, life * 1_000_000);
        work(&node, 1 + random.below(ACKS_MAX), &mut ledger);
        assert!(is_open(data), "a running node has its store open");
        let since = SystemClock.now();
        node.signal("TERM").unwrap();
        let status = end(&mut node, &mut ledger);
        let took = SystemClock.now().since(since);
        assert_eq!((status.code(), node.errors().unwrap()), (Some(0), String::new()));
        assert!(took < STOPPED_WITHIN, "it took {took:?}");

        assert!(!is_open(data), "the store was closed");
        let report = verify(data).unwrap();
        let module = &report.modules[0];
        assert!(report.is_whole() && module.torn_bytes == 0, "{report}");
        let holds = holds(data);
        let stored: usize = holds.transfers.iter().map(Vec::len).sum();
        assert_eq!(module.records, stored as u64, "a start has nothing to redo");
        ledger.check_all(&holds);
    }
    println!("{} acknowledged, {} kept without", ledger.acks, ledger.kept);
}

#[test]
fn a_node_that_is_killed_while_it_stops_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let mut random = RandomSource::seeded(setting("FAULTS_SEED", 1));
    let mut ledger = Ledger::new(TASKS);
    let mut killed = 0;
    for life in 1..=setting("FAULTS_STOPS", STOPS) {
        let mut node = start(data, life * 1_000_000);
        work(&node, 1 + random.below(ACKS_MAX), &mut ledger);
        // Most stops take less: every other kill is sooner, in the middle of one.
        let sooner = Duration::from_micros(random.below(SOONER_MAX));
        let after = if life % 2 == 0 { KILLED_AFTER } else { sooner };
        node.signal("TERM").unwrap();
        let since = SystemClock.now();
        while let Some(left) = after.checked_sub(SystemClock.now().since(since)) {
            match node.lines.recv_timeout(left) {
                Ok(line) => drop(take(&line, &mut ledger)),
                // It ended by itself.
                Err(_) => break,
            }
        }
        node.kill().unwrap();
        killed += u64::from(!end(&mut node, &mut ledger).success());
        let report = verify(data).unwrap();
        assert!(report.is_whole(), "{report}");
        ledger.check_all(&holds(data));
    }
    println!("{killed} killed: {} acknowledged, {} kept without", ledger.acks, ledger.kept);
    assert!(killed > 0, "each had stopped before it was killed");
}

#[test]
fn a_node_whose_disk_fails_ends_with_74_and_one_line_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let mut ledger = Ledger::new(TASKS);
    let mut node = start(data, 0);
    work(&node, 20, &mut ledger);
    // From now on none of its files may be written behind its first page.
    let limit = ["--pid", &node.id().to_string(), "--fsize=4096"].map(str::to_owned);
    assert!(Command::new("prlimit").args(limit).status().unwrap().success());
    let status = end(&mut node, &mut ledger);
    let told = node.errors().unwrap();
    assert_eq!(status.code(), Some(74), "{told}");
    let cause = "error: module BankModule cannot go on, start again: ";
    assert!(told.starts_with(cause) && told.lines().count() == 1, "{told}");
    assert!(told.contains("File too large"), "what the system said: {told}");
    ledger.check_all(&holds(data));
}
