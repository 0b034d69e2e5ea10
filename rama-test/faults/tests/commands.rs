//! The commands of a node on the data of one that is stopped, by their exit codes and what they say (RELIABILITY C20).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use faults::{
    bank::{Bank, Holds},
    disk::Plan,
};
use rama_core::cluster::Durability;
use tokio::runtime::Runtime;

/// Transfers in the directories.
const TRANSFERS: u64 = 60;

/// Makes a directory, if there is none, and tells what it holds. Half of what was appended is in the log only.
fn held(data: &Path, appended: u64) -> Holds {
    Runtime::new().unwrap().block_on(async {
        let plan = Plan::default();
        let start = || Bank::start(data, &plan, Durability::Sync);
        let bank = start().await.unwrap();
        for id in 0..appended / 2 {
            bank.append(id).await.unwrap();
        }
        bank.cluster.shutdown().await.unwrap();
        let bank = start().await.unwrap();
        for id in appended / 2..appended {
            bank.append(id).await.unwrap();
        }
        let holds = bank.holds().await.unwrap();
        bank.cluster.kill().await;
        holds
    })
}

/// What a command ends with, and what it says: on its output when it succeeds, otherwise on its error output, and
/// nothing on the other one.
fn run(args: &[&str], paths: &[(&str, &Path)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_node"));
    command.args(args).stdin(Stdio::null());
    for (option, path) in paths {
        command.arg(option).arg(path);
    }
    let output = command.output().unwrap();
    let [said, failed] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    let (told, other) = if output.status.success() { (said, failed) } else { (failed, said) };
    assert_eq!(other, "", "{told}");
    (output.status.code(), told)
}

fn verify(data: &Path) -> (Option<i32>, String) {
    run(&["verify"], &[("--data", data)])
}

/// The log file that has most in it.
fn log(data: &Path) -> PathBuf {
    let files = fs::read_dir(data.join("BankModule")).unwrap().map(|entry| entry.unwrap().path());
    let used = |path: &PathBuf| fs::read(path).unwrap().iter().filter(|byte| **byte != 0).count();
    let is_log =
        |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("commit-");
    files.filter(is_log).max_by_key(used).unwrap()
}

/// Changes one bit.
fn flip(path: &Path, at: usize) {
    let mut content = fs::read(path).unwrap();
    content[at] ^= 1;
    fs::write(path, content).unwrap();
}

#[test]
fn verify_ends_with_0_for_whole_data_and_with_1_for_none() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    held(&data, TRANSFERS);
    let (code, told) = verify(&data);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("module BankModule: ") && told.ends_with(": whole\n"), "{told}");
    assert!(told.contains(&format!(" {} records, ", TRANSFERS / 2)), "{told}");

    let (code, told) = verify(&directory.path().join("nothing"));
    assert_eq!(code, Some(1), "{told}");
    assert!(told.starts_with("error: ") && told.contains("nothing"), "{told}");
}

#[test]
fn verify_ends_with_1_for_damage_and_names_the_file_and_the_place() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    held(&data, TRANSFERS);
    let log = log(&data);
    let name = log.file_name().unwrap().to_str().unwrap();
    // Within the first group, with others behind it.
    flip(&log, 100);
    let (code, told) = verify(&data);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.starts_with("error: module BankModule: "), "{told}");
    assert!(told.contains(": DAMAGED in 1 places\n") && told.contains("`restore`"), "{told}");
    assert!(told.contains(&format!("\n  {name}, ")), "{told}");
    let (code, told) = backup(&data, &directory.path().join("copy"));
    assert_eq!(code, Some(1), "damage is not copied: {told}");
    assert!(told.contains(name) && !directory.path().join("copy").exists(), "{told}");
    flip(&log, 100);
    assert_eq!(verify(&data).0, Some(0));

    // A value of the store: the only place where this note stands.
    let store = data.join("BankModule/store.redb");
    let content = fs::read(&store).unwrap();
    let note = [b'x'; 20];
    let at = content.windows(note.len()).position(|bytes| bytes == note).unwrap();
    flip(&store, at);
    let (code, told) = verify(&data);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("\n  store.redb, ") && told.contains("transfers"), "the row: {told}");
}

fn backup(data: &Path, to: &Path) -> (Option<i32>, String) {
    run(&["backup"], &[("--data", data), ("--to", to)])
}

fn restore(from: &Path, data: &Path) -> (Option<i32>, String) {
    run(&["restore"], &[("--from", from), ("--data", data)])
}

#[test]
fn what_was_backed_up_and_restored_by_commands_is_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    let [data, copy, back] = ["data", "copy", "back"].map(|name| directory.path().join(name));
    let before = held(&data, TRANSFERS);
    for (code, told) in [backup(&data, &copy), restore(&copy, &back), verify(&back)] {
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("module BankModule: ") && told.contains(": whole"), "{told}");
    }
    // Nothing that is there is overwritten.
    for (code, told) in [backup(&data, &copy), restore(&copy, &back), restore(&copy, &data)] {
        assert_eq!(code, Some(1), "{told}");
        assert!(told.starts_with("error: ") && told.contains("is not empty"), "{told}");
    }
    fs::remove_dir_all(&data).unwrap();
    let after = held(&back, 0);
    assert!(before == after && after.seen.len() as u64 == TRANSFERS, "{before:?} {after:?}");
    assert_eq!(held(&copy, 0), after, "the copy is a directory like any other");
}
