//! Starts that must be refused, in one line that says why, and change nothing; and those that must not be (RELIABILITY C6
//! to C8, C11 to C13, B19).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use faults::{
    bank::Bank,
    disk::Plan,
    driver::{Line, Process},
    scenario::Scenario,
};
use rama_core::{
    cluster::Durability,
    codec::{decode_value, encode_value},
    disk::FileDisk,
    store::Store,
};

const NEVER: Duration = Duration::from_secs(60);
const BANK: &str = env!("CARGO_BIN_EXE_bank");

/// The error line of a start that fails.
fn refused(data: &Path) -> String {
    let mut command = Command::new(BANK);
    let output = command.arg("live").arg("--data").arg(data).stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error: ") && text.lines().count() == 1, "{text}");
    text
}

fn running(data: &Path) -> Process {
    let process = Process::start(BANK, data, &["live", "--clients", "0"]).unwrap();
    while process.lines.recv_timeout(NEVER).unwrap() != Line::Ready {}
    process
}

fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| !path.ends_with("LOCK") && !path.ends_with("RESERVE"));
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A directory with some transfers in its store, and some in its log.
fn written(data: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bank = Bank::start(data, &Plan::default(), Durability::Sync).await.unwrap();
        for id in 0..10 {
            bank.append(id).await.unwrap();
        }
        bank.cluster.shutdown().await.unwrap();
        Scenario::Appends.prepare(data).await;
    });
}

#[test]
fn a_second_process_is_refused_with_the_number_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let mut first = running(directory.path());
    let error = refused(directory.path());
    assert!(error.contains(&format!("in use by process {}", first.id())), "{error}");
    first.kill().unwrap();
    let mut second = running(directory.path());
    assert!(directory.path().join("BankModule/LOCK").exists(), "a lock dies with its process");
    second.kill().unwrap();
}

#[test]
fn paths_that_cannot_be_used_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, b"mine").unwrap();
    for path in [file.clone(), file.join("below"), PathBuf::from("/proc/no/such")] {
        let error = refused(&path);
        assert!(error.contains(path.to_str().unwrap().trim_end_matches("/such")), "{error}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let data = directory.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("BankModule"), b"mine too").unwrap();
    let error = refused(&data);
    assert!(error.contains("BankModule"), "{error}");
    assert_eq!(fs::read(data.join("BankModule")).unwrap(), b"mine too");
}

#[test]
fn logs_of_other_formats_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path());
    let module = directory.path().join("BankModule");
    let is_log =
        |path: &&PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("commit-");
    let log = contents(&module).keys().rfind(is_log).unwrap().clone();
    for format in [1, 99] {
        let mut content = fs::read(&log).unwrap();
        content[8] = format;
        let checksum = crc32c::crc32c(&content[..28]);
        content[28..32].copy_from_slice(&checksum.to_le_bytes());
        fs::write(&log, content).unwrap();
        let before = contents(&module);
        let error = refused(directory.path());
        assert!(error.contains(&format!("log format {format}")), "{error}");
        assert!(contents(&module) == before, "format {format}");
    }
}

#[test]
fn stores_of_other_formats_are_refused_and_left_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path());
    let module = directory.path().join("BankModule");
    for format in [1, 99] {
        {
            let disk = Arc::new(FileDisk::create(&module).unwrap());
            let store = Store::open(disk, "store.redb").unwrap();
            let meta = store.snapshot().unwrap().get("meta", b"module", |meta| {
                decode_value::<BTreeMap<String, serde_json::Value>>(meta).unwrap()
            });
            let mut meta = meta.unwrap().unwrap();
            meta.insert("format".to_owned(), format.into());
            let mut encoded = Vec::new();
            encode_value(&meta, &mut encoded).unwrap();
            let mut batch = store.batch().unwrap();
            batch.table("meta", |table| table.put(b"module", &encoded)).unwrap();
            batch.commit().unwrap();
            store.close().unwrap();
        }
        let before = contents(&module);
        let error = refused(directory.path());
        assert!(error.contains(&format!("has format {format}")), "{error}");
        assert!(contents(&module) == before, "format {format}");
    }
}

#[test]
fn files_of_somebody_else_are_refused_and_left_alone() {
    for content in [&b""[..], b"x", b"another program's file", &[0xA5; 10_000]] {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path());
        let module = directory.path().join("BankModule");
        fs::write(module.join("store.redb"), content).unwrap();
        let before = contents(&module);
        let error = refused(directory.path());
        assert!(error.contains("store.redb"), "{error}");
        assert!(contents(&module) == before);
    }
}

#[test]
fn a_process_whose_input_ends_stops_gracefully_and_leaves_nothing_to_redo() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(BANK);
    command.arg("live").arg("--data").arg(directory.path()).stdin(Stdio::null());
    assert!(command.output().unwrap().status.success());
    let report = rama_core::data::verify(directory.path()).unwrap();
    let module = &report.modules[0];
    assert!(report.is_whole() && module.torn_bytes == 0, "{report}");
}
