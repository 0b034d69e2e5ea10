//! The program is killed at random moments under load, again and again. After each start the ledger is compared: what was
//! acknowledged is there, nothing is there that was not tried, nothing twice, and the accounts are what follows from the
//! transfers (RELIABILITY A1 to A5, A8, A11, B1, B2).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "what a run did is told with `--nocapture`")]

use std::{collections::BTreeMap, sync::mpsc::RecvTimeoutError, time::Duration};

use faults::{
    KILLS,
    bank::{Bank, TASKS, Transfer},
    disk::Plan,
    driver::{Line, Process},
    ledger::Ledger,
    setting,
};
use rama_core::{cluster::Durability, data::verify, flow::RandomSource};

/// A start that takes longer hangs.
const NEVER: Duration = Duration::from_secs(60);

/// Lives are ended after at most so many lines behind the start: some hundred groups.
const LINES_MAX: u64 = 600;

/// Starts that are interrupted are after at most so many microseconds.
const START_MAX: u64 = 60_000;

#[test]
fn kills_at_random_moments_lose_nothing_and_double_nothing() {
    let (acks, kept, interrupted) =
        kill_again_and_again(Durability::Sync, setting("FAULTS_KILLS", KILLS));
    assert!(
        acks > 0 && kept > 0,
        "{acks} acknowledged, {kept} kept without, {interrupted} starts interrupted"
    );
}

#[test]
fn kills_lose_nothing_of_what_was_only_written() {
    let interval = Durability::Interval(Duration::from_millis(10));
    let (acks, ..) = kill_again_and_again(interval, setting("FAULTS_KILLS", KILLS).div_ceil(4));
    assert!(acks > 0);
}

fn kill_again_and_again(durability: Durability, kills: u64) -> (u64, u64, u64) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let seed = setting("FAULTS_SEED", 1);
    let mut random = RandomSource::seeded(seed);
    let mut ledger = Ledger::new(TASKS);
    let mut interrupted = 0;
    for kill in 0..kills {
        let first = (kill + 1) * 1_000_000;
        let process = start(&data, durability, &ledger, first);
        if random.below(4) == 0 {
            interrupted += u64::from(interrupt(process, random.below(START_MAX), &mut ledger));
            continue;
        }
        live(process, random.below(LINES_MAX), &mut ledger);
    }
    println!(
        "seed {seed}, {durability}: {kills} kills, {} acknowledged and {} kept without, {interrupted} starts interrupted",
        ledger.acks, ledger.kept
    );
    let report = verify(&data).unwrap();
    assert!(report.is_whole(), "{report}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let holds = runtime.block_on(async {
        let bank = Bank::start(&data, &Plan::default(), Durability::Sync).await.unwrap();
        bank.holds().await.unwrap()
    });
    ledger.check_all(&holds);
    (ledger.acks, ledger.kept, interrupted)
}

fn start(data: &std::path::Path, durability: Durability, ledger: &Ledger, first: u64) -> Process {
    let from: Vec<String> = ledger.ends().iter().map(u64::to_string).collect();
    let (from, first, durability) = (from.join(","), first.to_string(), durability.to_string());
    let args = ["live", "--from", &from, "--first", &first, "--durability", &durability];
    Process::start(env!("CARGO_BIN_EXE_bank"), data, &args).unwrap()
}

/// Kills a process while it starts, or soon after. Tells whether it had not begun to append.
fn interrupt(mut process: Process, after: u64, ledger: &mut Ledger) -> bool {
    let mut lines = Vec::new();
    // Nothing is waited for but the moment of the kill, which is meant to be any.
    let until = Duration::from_micros(after);
    while let Ok(line) = process.lines.recv_timeout(until) {
        lines.push(line);
        if lines.len() > 50 {
            break;
        }
    }
    process.kill().unwrap();
    lines.extend(process.lines.iter());
    let ready = lines.contains(&Line::Ready);
    if !ready {
        return true;
    }
    let mut look = Look::default();
    lines.into_iter().for_each(|line| look.take(line, ledger));
    false
}

/// Looks at a process, lets it say so many lines more, and kills it.
fn live(mut process: Process, lines: u64, ledger: &mut Ledger) {
    let mut look = Look::default();
    while !look.done {
        match process.lines.recv_timeout(NEVER) {
            Ok(line) => look.take(line, ledger),
            Err(RecvTimeoutError::Timeout) => panic!("the start hangs"),
            Err(RecvTimeoutError::Disconnected) => {
                panic!("the start failed: {:?}", process.wait().unwrap())
            }
        }
    }
    for _ in 0..lines {
        look.take(process.lines.recv_timeout(NEVER).expect("it goes on"), ledger);
    }
    process.kill().unwrap();
    process.lines.iter().for_each(|line| look.take(line, ledger));
}

/// What a process told of its state.
#[derive(Default)]
struct Look {
    balances: BTreeMap<u64, i64>,
    found: Vec<(u32, u64)>,
    done: bool,
}

impl Look {
    fn take(&mut self, line: Line, ledger: &mut Ledger) {
        match line {
            Line::Found(task, id) => self.found.push((task, id)),
            Line::Seen(id, times) => assert_eq!(times, 1, "transfer {id} has its effects once"),
            Line::Balance(account, cents) => {
                self.balances.insert(account, cents);
            }
            Line::Ready => {
                for (task, id) in &self.found {
                    ledger.finds(*task, &Transfer::of(*id));
                }
                ledger.check(&self.balances);
                self.done = true;
            }
            Line::Try(id) => ledger.tries(id),
            Line::Ack(id, task, offset) => ledger.is_acked(id, task, offset),
            Line::Failed(id, reason) => panic!("transfer {id} failed: {reason}"),
        }
    }
}
