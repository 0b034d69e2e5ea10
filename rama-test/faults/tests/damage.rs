//! Damaged files: flipped bits, garbage, truncation, pages at wrong places, in directories that were closed and that were
//! killed. A start is refused, or a read fails, or the value is right; nothing hangs, and nothing panics but `redb`, whose
//! panics are caught (RELIABILITY A6, A7, C9 to C11).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "what a run did is told with `--nocapture`")]

use std::{
    backtrace::Backtrace,
    collections::BTreeMap,
    fs,
    panic::{self, PanicHookInfo},
    path::Path,
    sync::{Mutex, Once},
    time::Duration,
};

use faults::{
    DAMAGED,
    bank::{ACCOUNTS, Bank, Holds, TASKS, Transfer},
    disk::Plan,
    scenario::copy,
    setting,
};
use rama_core::{Result, cluster::Durability, data::verify, flow::RandomSource};
use tokio::{runtime::Runtime, time::timeout};

/// What takes longer hangs.
const NEVER: Duration = Duration::from_secs(20);

/// Transfers in the directories.
const TRANSFERS: u64 = 120;

/// Panics since the tests began, by their place, and whether they are the store's own. They count also when somebody
/// catches them.
static PANICS: Mutex<BTreeMap<(bool, String), u64>> = Mutex::new(BTreeMap::new());

/// From now on panics are counted.
fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let of_store = is_of_store(info);
            let place = info.location().map_or_else(String::new, ToString::to_string);
            *PANICS.lock().unwrap().entry((of_store, place)).or_default() += 1;
            if !of_store {
                before(info);
            }
        }));
    });
}

/// Whether `redb` panicked: at a place in its files, or in the standard library when it called that.
fn is_of_store(info: &PanicHookInfo<'_>) -> bool {
    let file = info.location().map_or("", |location| location.file());
    if !file.starts_with("/rustc/") {
        return file.contains("/redb-");
    }
    let calls = Backtrace::force_capture().to_string();
    let callers = calls.lines().filter_map(|line| {
        let is_of = |name| line.contains(&format!("{name}::"));
        (is_of("redb") || is_of("rama_core")).then(|| is_of("redb"))
    });
    // The innermost of the two called what panicked.
    callers.take(1).any(|of_store| of_store)
}

/// None but the store's own panicked so far.
fn assert_no_panics(what: &str) {
    let panics = PANICS.lock().unwrap().clone();
    let ours: Vec<_> = panics.iter().filter(|((of_store, _), _)| !of_store).collect();
    assert!(ours.is_empty(), "{what}: {ours:?}");
}

/// What a directory should hold: its transfers by task.
type Transfers = Vec<Vec<u64>>;

/// Makes a directory whose bank was stopped, or killed with half of its transfers in the log only.
async fn written(data: &Path, stopped: bool) -> Transfers {
    let bank = Bank::start(data, &Plan::default(), Durability::Sync).await.unwrap();
    for id in 0..TRANSFERS / 2 {
        bank.append(id).await.unwrap();
    }
    bank.cluster.shutdown().await.unwrap();
    let bank = Bank::start(data, &Plan::default(), Durability::Sync).await.unwrap();
    for id in TRANSFERS / 2..TRANSFERS {
        bank.append(id).await.unwrap();
    }
    let holds = bank.holds().await.unwrap();
    if stopped {
        bank.cluster.shutdown().await.unwrap();
    } else {
        bank.cluster.kill().await;
    }
    holds.transfers
}

/// An index into something of this length.
fn index(random: &mut RandomSource, length: usize) -> usize {
    usize::try_from(random.below(length as u64)).expect("below a length")
}

/// Changes a file of the directory, and tells what it did.
fn damage(data: &Path, random: &mut RandomSource) -> String {
    let mut files: Vec<_> =
        fs::read_dir(data.join("BankModule")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let path = &files[index(random, files.len())];
    let mut content = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    if content.is_empty() {
        fs::write(path, b"something").unwrap();
        return format!("{name}: something in an empty file");
    }
    let at = index(random, content.len());
    let what = match random.below(10) {
        0..4 => {
            // Most of a file is empty: where something is, damage matters.
            let used: Vec<_> = (0..content.len()).filter(|at| content[*at] != 0).collect();
            let at = if used.is_empty() { at } else { used[index(random, used.len())] };
            let bit = random.below(8);
            content[at] ^= 1 << bit;
            format!("bit {bit} of byte {at} flipped")
        }
        4..6 => {
            let end = content.len().min(at + 1 + index(random, 5_000));
            content[at..end].fill_with(|| u8::try_from(random.below(256)).unwrap());
            format!("garbage in {at}..{end}")
        }
        6 => {
            let end = content.len().min(at + 1 + index(random, 9_000));
            content[at..end].fill(0);
            format!("zeros in {at}..{end}")
        }
        7 => {
            content.truncate(at);
            format!("cut at {at}")
        }
        8 => {
            content.clear();
            "nothing left".to_owned()
        }
        _ => {
            let pages = content.len() / 4096;
            if pages < 2 {
                content.truncate(at);
                return damage_written(path, &content, name, "cut");
            }
            let (from, to) = (index(random, pages) * 4096, index(random, pages) * 4096);
            content.copy_within(from..from + 4096, to);
            format!("the page at {from} also at {to}")
        }
    };
    damage_written(path, &content, name, &what)
}

fn damage_written(path: &Path, content: &[u8], name: &str, what: &str) -> String {
    fs::write(path, content).unwrap();
    format!("{name}: {what}")
}

/// What became of a damaged directory.
#[derive(Default, Debug)]
struct Fates {
    refused: u64,
    failed_reads: u64,
    right: u64,
    /// The last groups are missing: damage that reaches to the end of the log cannot be told from a group that was never
    /// finished.
    shorter: u64,
}

/// Opens a damaged directory and reads everything that it serves.
async fn look(data: &Path, transfers: &Transfers, missing_max: usize, fates: &mut Fates) {
    let plan = Plan::default();
    let started = timeout(NEVER, Bank::start(data, &plan, Durability::Sync)).await;
    let Ok(bank) = started.expect("the start hangs") else {
        fates.refused += 1;
        return;
    };
    match timeout(NEVER, read(&bank, transfers)).await.expect("a read hangs") {
        Ok(missing) => {
            assert!(missing <= missing_max, "{missing} transfers are missing");
            fates.right += u64::from(missing == 0);
            fates.shorter += u64::from(missing > 0);
        }
        Err(_) => fates.failed_reads += 1,
    }
    // It may say that it could not stop, for damage that it found.
    let _stopped: Result<()> =
        timeout(NEVER, bank.cluster.shutdown()).await.expect("the stop hangs");
}

/// Compares whatever can be read; an error once everything was tried. Tells how many transfers are missing.
async fn read(bank: &Bank, transfers: &Transfers) -> Result<usize> {
    let mut outcome = Ok(());
    let mut present = Transfers::new();
    for task in 0..TASKS {
        let all = &transfers[task as usize];
        match bank.transfers(task, 0).await {
            Ok(found) => {
                assert!(found.iter().all(|transfer| *transfer == Transfer::of(transfer.id)));
                let found: Vec<u64> = found.iter().map(|transfer| transfer.id).collect();
                assert_eq!(found, all[..found.len().min(all.len())]);
                present.push(found);
            }
            Err(error) => {
                outcome = Err(error);
                present.push(all.clone());
            }
        }
    }
    let count = |transfers: &Transfers| transfers.iter().map(Vec::len).sum::<usize>();
    let missing = count(transfers) - count(&present);
    let expected = Holds::of(present);
    for account in 0..ACCOUNTS {
        let found =
            bank.client.pstate.balances.select_one(rama_core::path![keypath(account)]).await;
        match found {
            Ok(found) => assert_eq!(found, expected.balances.get(&account).copied()),
            Err(error) => outcome = Err(error.into()),
        }
    }
    for id in 0..TRANSFERS {
        match bank.seen(id).await {
            Ok(times) => assert_eq!(times, expected.seen.get(&id).copied().unwrap_or(0), "of {id}"),
            Err(error) => outcome = Err(error),
        }
    }
    match bank.balances().await {
        Ok(found) => assert_eq!(found, expected.balances),
        Err(error) => outcome = Err(error),
    }
    outcome.map(|()| missing)
}

fn damage_again_and_again(stopped: bool) {
    count_panics();
    let runtime = Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let whole = directory.path().join("whole");
    let transfers = runtime.block_on(written(&whole, stopped));
    let mut random = RandomSource::seeded(setting("FAULTS_SEED", 1));
    let mut fates = Fates::default();
    for round in 0..setting("FAULTS_DAMAGED", DAMAGED).div_ceil(2) {
        let data = directory.path().join("damaged");
        copy(&whole, &data).unwrap();
        let what = damage(&data, &mut random);
        println!("{round}: {what}");
        let report = verify(&data).unwrap();
        let before = (fates.right, fates.shorter);
        let missing_max = match (what.starts_with("commit-"), what.ends_with("flipped")) {
            (true, true) => 1,
            (true, false) => usize::MAX,
            (false, _) => 0,
        };
        runtime.block_on(look(&data, &transfers, missing_max, &mut fates));
        let is_right = (fates.right, fates.shorter) != before;
        assert!(is_right || !report.is_whole(), "`verify` found nothing, and it is not right");
        assert_no_panics(&what);
        fs::remove_dir_all(&data).unwrap();
    }
    println!("{fates:?}");
    for ((_, place), times) in &*PANICS.lock().unwrap() {
        println!("caught {times} times: {place}");
    }
    assert!(fates.refused > 20 && fates.right > 20, "{fates:?}");
}

#[test]
fn damage_of_a_closed_directory_is_never_served() {
    damage_again_and_again(true);
}

#[test]
fn damage_of_a_killed_directory_is_never_served() {
    damage_again_and_again(false);
}
