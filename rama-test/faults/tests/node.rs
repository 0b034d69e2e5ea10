//! A real node: asked to stop once and twice, backups that are killed, directories that it may not use (RELIABILITY B13, C6,
//! C20).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::yield_now,
};

use faults::{bank::Bank, disk::Plan};
use rama_core::{
    cluster::{Cluster, LaunchConfig},
    data::verify,
    prelude::*,
};

const NODE: &str = env!("CARGO_BIN_EXE_node");

/// The module of the node before it had a topology.
mod before {
    use super::*;

    defmodule! {
        pub(super) EndlessModule {
            depot *numbers: u64, global;
        }
    }
}

/// Makes a directory with one record that nobody has processed.
fn written(data: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::on_disk(data);
        let module = cluster.launch(before::EndlessModule, LaunchConfig::new()).await.unwrap();
        module.depot.numbers.append(7).await.unwrap();
        cluster.shutdown().await.unwrap();
    });
}

fn start(args: &[&str], data: &Path) -> Child {
    let mut command = Command::new(NODE);
    command.args(args).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Reads what the node says until it says that.
fn wait_for(lines: &mut impl BufRead, wanted: &str) {
    let mut line = String::new();
    while !line.contains(wanted) {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it never said `{wanted}`");
    }
}

fn signal(node: &Child, name: &str) {
    let kill = format!("kill -{name} {}", node.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[test]
fn the_first_signal_stops_a_node_gracefully() {
    for name in ["INT", "TERM"] {
        let directory = tempfile::tempdir().unwrap();
        let mut node = start(&[], directory.path());
        wait_for(&mut BufReader::new(node.stdout.as_mut().unwrap()), "EndlessModule runs");
        signal(&node, name);
        assert_eq!(node.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn a_second_signal_ends_a_node_that_cannot_stop() {
    for (first, second, code) in [("INT", "INT", 130), ("INT", "TERM", 143), ("TERM", "TERM", 143)]
    {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path());
        let mut node = start(&[], directory.path());
        let mut lines = BufReader::new(node.stdout.take().unwrap());
        wait_for(&mut lines, "begun 7");
        signal(&node, first);
        wait_for(&mut lines, "stopping");
        assert!(node.try_wait().unwrap().is_none(), "it waits for what has begun");
        signal(&node, second);
        assert_eq!(node.wait().unwrap().code(), Some(code));
        let mut told = String::new();
        node.stderr.unwrap().read_to_string(&mut told).unwrap();
        assert!(told.starts_with("error: a second signal ended the process"), "{told}");
        let report = verify(directory.path()).unwrap();
        assert!(report.is_whole(), "{report}");
    }
}

fn backup(data: &Path, to: &Path) -> Output {
    let to = to.to_str().unwrap();
    start(&["backup", "--to", to], data).wait_with_output().unwrap()
}

/// The error of a backup that is refused.
fn refused(data: &Path, to: &Path) -> String {
    let output = backup(data, to);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn a_backup_that_was_killed_is_replaced_by_the_next_one_unless_something_else_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let [data, copy, unfinished] =
        ["data", "copy", "copy.unfinished"].map(|name| directory.path().join(name));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let bank = Bank::start(&data, &Plan::default(), Durability::Sync).await.unwrap();
        bank.append(1).await.unwrap();
        bank.cluster.shutdown().await.unwrap();
    });
    // Whoever copies a pipe waits for its other end: the backup is in the middle when it is killed.
    let pipe = data.join("BankModule/zzz");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut killed = start(&["backup", "--to", copy.to_str().unwrap()], &data);
    while !unfinished.join("BankModule/store.redb").exists() {
        assert!(killed.try_wait().unwrap().is_none(), "it ended by itself");
        yield_now();
    }
    let in_use = refused(&data, &copy);
    assert!(in_use.contains("in use"), "{in_use}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    fs::remove_file(&pipe).unwrap();
    let left = files(&unfinished.join("BankModule"));
    assert!(left.len() > 1 && !copy.exists(), "{left:?}");

    for mine in [unfinished.join("mine"), unfinished.join("BankModule/mine")] {
        fs::write(&mine, b"!").unwrap();
        let error = refused(&data, &copy);
        assert!(error.contains("copy.unfinished is not empty"), "{error}");
        assert_eq!(fs::read(&mine).unwrap(), b"!");
        fs::remove_file(&mine).unwrap();
        assert_eq!(files(&unfinished.join("BankModule")), left, "and nothing else was removed");
    }
    let output = backup(&data, &copy);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && told.contains("an unfinished backup was removed"), "{told}");
    assert!(told.contains("copy.unfinished") && !unfinished.exists(), "{told}");
    assert_eq!(files(&copy), [copy.join("BankModule")]);
    assert!(verify(&copy).unwrap().is_whole());

    let other = directory.path().join("other.unfinished");
    fs::create_dir_all(other.join("BankModule")).unwrap();
    fs::copy(copy.join("BankModule/store.redb"), other.join("BankModule/store.redb")).unwrap();
    let error = refused(&data, &directory.path().join("other"));
    assert!(error.contains("other.unfinished is not empty"), "no backup made it: {error}");
    assert!(other.join("BankModule/store.redb").exists());
}

/// What a node says whose user is bound by permissions, which the superuser is not.
fn bound(args: &[&str]) -> io::Result<Output> {
    let user = Command::new("id").arg("-u").output().unwrap();
    let mut command = if user.stdout.trim_ascii() == b"0" {
        let mut nobody = Command::new("setpriv");
        nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", NODE]);
        nobody
    } else {
        Command::new(NODE)
    };
    command.args(args).stdin(Stdio::null()).output()
}

#[test]
fn a_directory_that_may_not_be_read_or_written_is_named_and_left_as_it_is() {
    if !bound(&["--help"]).is_ok_and(|output| output.status.success()) {
        println!(
            "skipped: the superuser may read and write everything, and `setpriv` makes nobody else"
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    written(&data);
    let module = data.join("EndlessModule");
    let may =
        |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    may(directory.path(), 0o755);
    let before = contents(&module);
    for (files, folder, above, named) in [
        // Nothing may be written: no lock, no log, no store.
        (0o444, 0o555, 0o555, module.as_path()),
        (0o666, 0o000, 0o755, &module),
        (0o666, 0o755, 0o000, &data),
        (0o000, 0o777, 0o777, &module),
    ] {
        for file in before.keys() {
            may(file, files);
        }
        may(&module, folder);
        may(&data, above);
        let output = bound(&["--data", data.to_str().unwrap()]).unwrap();
        may(&data, 0o755);
        may(&module, 0o755);
        for file in before.keys() {
            may(file, 0o644);
        }
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.starts_with("error: ") && told.lines().count() == 1, "{told}");
        assert!(told.contains(named.to_str().unwrap()), "{named:?}: {told}");
        assert!(contents(&module) == before, "nothing was changed: {told}");
    }
    let empty = directory.path().join("empty");
    fs::create_dir(&empty).unwrap();
    may(&empty, 0o555);
    let output = bound(&["--data", empty.to_str().unwrap()]).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(empty.join("EndlessModule").to_str().unwrap()), "{told}");
    assert!(files(&empty).is_empty());
}

fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap());
    files(directory).into_iter().map(read).collect()
}
