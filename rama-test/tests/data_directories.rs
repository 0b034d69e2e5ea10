//! Data directories that are checked, copied and put back, stopped and running (RELIABILITY A7, C7, C9, C20).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod sums;

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rama_core::{
    cluster::Cluster,
    codec::encode_value,
    data::{DataError, Report, backup, restore, verify},
    disk::FileDisk,
    id::Offset,
    prelude::*,
    store::{Batch, Store, StoreError},
};
use rama_test::LaunchConfig;
use sums::{Client, SumModule, stored};

const TASKS: u32 = 2;

async fn launch(data: &Path) -> (Cluster, Client) {
    let cluster = Cluster::on_disk(data);
    let config = LaunchConfig::new().tasks(TASKS);
    let module = cluster.launch(SumModule, config).await.unwrap();
    (cluster, module)
}

/// How many records there are; the state is what follows from them.
async fn count(module: &Client) -> u64 {
    stored(module).await.len() as u64
}

async fn stored_in(data: &Path) -> u64 {
    let (cluster, module) = launch(data).await;
    let stored = count(&module).await;
    cluster.shutdown().await.unwrap();
    stored
}

/// A directory whose module was stopped, or killed with most of its records in the log only.
async fn written(data: &Path, stopped: bool) {
    let (cluster, module) = launch(data).await;
    module.depot.numbers.append_all(0..500, AckLevel::Ack).await.unwrap();
    cluster.update(SumModule).await.unwrap();
    for number in 500..600 {
        module.depot.numbers.append(number).await.unwrap();
    }
    if stopped {
        cluster.shutdown().await.unwrap();
    } else {
        cluster.kill().await;
    }
}

fn contents(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for entry in fs::read_dir(data.join("SumModule")).unwrap() {
        let path = entry.unwrap().path();
        contents.insert(path.clone(), fs::read(path).unwrap());
    }
    contents
}

/// The log's file in which the module goes on.
fn log_file(data: &Path) -> PathBuf {
    let is_log =
        |path: &&PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("commit-");
    contents(data).keys().rfind(is_log).unwrap().clone()
}

fn flip(path: &Path, byte: usize) {
    let mut content = fs::read(path).unwrap();
    content[byte] ^= 4;
    fs::write(path, content).unwrap();
}

fn find(content: &[u8], wanted: &[u8]) -> usize {
    content.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

#[tokio::test]
async fn what_was_written_is_whole_and_is_not_changed_by_looking() {
    for stopped in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path(), stopped).await;
        // As another process left it.
        fs::write(directory.path().join("SumModule/LOCK"), "1\n").unwrap();
        let times = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
        let before = contents(directory.path());
        let changed: Vec<_> = before.keys().map(times).collect();
        let report = verify(directory.path()).unwrap();
        assert!(report.is_whole(), "{report}");
        let module = &report.modules[0];
        assert_eq!(module.module, "SumModule");
        assert_eq!(module.records, if stopped { 600 } else { 500 }, "{report}");
        assert!(stopped || module.groups >= 100, "{report}");
        assert!(contents(directory.path()) == before, "{report}");
        assert_eq!(before.keys().map(times).collect::<Vec<_>>(), changed);
        assert_eq!(stored_in(directory.path()).await, 600);
    }
}

#[tokio::test]
async fn damage_is_named_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), false).await;
    let log = log_file(directory.path());
    let whole = fs::read(&log).unwrap();
    flip(&log, 200);
    let report = verify(directory.path()).unwrap();
    assert!(!report.is_whole());
    let damage = &report.modules[0].damage[0];
    assert!(log.ends_with(&damage.file) && damage.place.starts_with("byte "), "{report}");
    fs::write(&log, &whole).unwrap();
    assert!(verify(directory.path()).unwrap().is_whole());

    let store = directory.path().join("SumModule/store.redb");
    let content = fs::read(&store).unwrap();
    // The row that says where a partition ends; older versions of its page may lie before it.
    let key = b"numbers/1";
    let mut named = false;
    let mut from = 0;
    while from + key.len() < content.len()
        && content[from..].windows(9).any(|key| key == b"numbers/1")
    {
        let at = from + find(&content[from..], key);
        fs::write(&store, &content).unwrap();
        flip(&store, at + 8);
        let report = verify(directory.path()).unwrap();
        named |= report.to_string().contains("table ends, key 6e756d626572732f");
        from = at + 1;
    }
    assert!(named, "the damaged row was named");
}

#[tokio::test]
async fn a_check_that_finds_damage_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), true).await;
    let whole = verify(directory.path()).unwrap().to_string();
    assert!(whole.ends_with(": whole"), "{whole}");
    fs::remove_file(directory.path().join("SumModule/store.redb")).unwrap();
    let damaged = verify(directory.path()).unwrap().to_string();
    assert!(damaged.lines().last().unwrap().contains("with `restore`"), "{damaged}");
    let missing = verify(directory.path().join("none")).unwrap_err().to_string();
    assert!(missing.contains("none has no data: name the directory"), "{missing}");
}

/// The keys of the stored blocks of a task, each of which ends with the offset behind its last record.
fn blocks(store: &Store, task: u32) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let from = task.to_be_bytes();
    let snapshot = store.snapshot().unwrap();
    let scanned = snapshot.scan("depot:numbers", &from, None, &mut |key, _| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    keys.retain(|key| key.starts_with(&from));
    keys
}

/// Changes the store of a stopped module, and tells what a check says of it then.
fn changed(
    data: &Path,
    change: impl Fn(&Store, &mut Batch<'_>) -> Result<(), StoreError>,
) -> Report {
    let disk = Arc::new(FileDisk::create(data.join("SumModule")).unwrap());
    let store = Store::open(disk, "store.redb").unwrap();
    let mut batch = store.batch().unwrap();
    change(&store, &mut batch).unwrap();
    batch.commit().unwrap();
    store.close().unwrap();
    verify(data).unwrap()
}

#[tokio::test]
async fn records_that_are_missing_at_the_front_are_damage_unless_they_were_trimmed() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), true).await;
    let whole = fs::read(directory.path().join("SumModule/store.redb")).unwrap();
    let report = changed(directory.path(), |store, batch| {
        let first = &blocks(store, 0)[0];
        batch.table("depot:numbers", |table| table.delete(first))
    });
    assert!(report.to_string().contains("key numbers/0: the records begin with"), "{report}");
    // Two blocks at least: one of each checkpoint.
    let report = changed(directory.path(), |store, batch| {
        let next = blocks(store, 0)[0].clone();
        let before = u64::from_be_bytes(next[4..].try_into().unwrap()) - 1;
        let mut start = Vec::new();
        encode_value(&Offset(before), &mut start).unwrap();
        batch.table("starts", |table| table.put(b"numbers/0", &start))
    });
    assert!(report.is_whole(), "the block with the first record stays: {report}");
    fs::write(directory.path().join("SumModule/store.redb"), &whole).unwrap();
    let report = changed(directory.path(), |store, batch| {
        let all = blocks(store, 1);
        batch.table("depot:numbers", |table| all.iter().try_for_each(|key| table.delete(key)))
    });
    assert!(report.to_string().contains("key numbers/1: the records from 0 to "), "{report}");
    let refused = backup(directory.path(), directory.path().join("copy")).unwrap_err();
    assert!(matches!(refused, DataError::Damaged(_)), "{refused}");
    fs::write(directory.path().join("SumModule/store.redb"), &whole).unwrap();
    let report = changed(directory.path(), |_, batch| {
        batch.table("ends", |table| table.delete(b"numbers/1"))
    });
    assert!(report.to_string().contains("key numbers/1: there are records up to"), "{report}");
}

#[tokio::test]
async fn a_topology_that_is_ahead_of_its_depot_is_damage_and_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), true).await;
    let (cluster, module) = launch(directory.path()).await;
    let end = module.depot.numbers.partition_info(TaskId(1)).unwrap().end.0;
    cluster.shutdown().await.unwrap();
    let report = changed(directory.path(), |store, batch| {
        let snapshot = store.snapshot().unwrap();
        let mut keys = Vec::new();
        let scanned = snapshot.scan("progress", b"", None, &mut |key, _| {
            keys.push(key.to_vec());
            ControlFlow::Continue(())
        });
        scanned.unwrap();
        let key = keys.iter().find(|key| key.ends_with(b"/numbers/1")).unwrap();
        let mut ahead = Vec::new();
        encode_value(&Offset(end + 3), &mut ahead).unwrap();
        batch.table("progress", |table| table.put(key, &ahead))
    });
    let damage: Vec<_> = report.modules[0].damage.iter().map(ToString::to_string).collect();
    assert_eq!(damage.len(), 1, "{report}");
    let numbers = format!("up to {}, and those that are there end with {end}:", end + 3);
    assert!(damage[0].contains(&numbers) && damage[0].contains("table progress"), "{report}");
    let cluster = Cluster::on_disk(directory.path());
    let refused = cluster.launch(SumModule, LaunchConfig::new().tasks(TASKS)).await.err().unwrap();
    let refused = refused.to_string();
    let numbers =
        format!("ends at offset {end}, and a topology has processed it up to {}", end + 3);
    assert!(refused.contains(&numbers), "{refused}");
}

#[tokio::test]
async fn a_backup_is_put_back_as_it_was() {
    for stopped in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let [data, copy, again] = ["data", "copy", "again"].map(|name| directory.path().join(name));
        written(&data, stopped).await;
        assert!(backup(&data, &copy).unwrap().is_whole());
        assert!(restore(&copy, &again).unwrap().is_whole());
        for directory in [&data, &copy, &again] {
            assert_eq!(stored_in(directory).await, 600);
        }
    }
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_half_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let [data, copy] = ["data", "copy"].map(|name| directory.path().join(name));
    let missing = backup(&data, &copy).unwrap_err();
    assert!(matches!(missing, DataError::NoData { .. }), "{missing}");
    written(&data, true).await;
    let (cluster, module) = launch(&data).await;
    let in_use = backup(&data, &copy).unwrap_err();
    let me = std::process::id();
    assert!(in_use.to_string().contains(&format!("in use by process {me}")), "{in_use}");
    let in_use = verify(&data).unwrap_err();
    assert!(matches!(in_use, DataError::InUse { .. }), "{in_use}");
    assert_eq!(count(&module).await, 600);
    cluster.shutdown().await.unwrap();
    fs::create_dir(&copy).unwrap();
    fs::write(copy.join("mine"), b"!").unwrap();
    for refused in [backup(&data, &copy), restore(&data, &copy)] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, DataError::NotEmpty { .. }), "{refused}");
    }
    assert_eq!(fs::read(copy.join("mine")).unwrap(), b"!");
    fs::remove_dir_all(&copy).unwrap();
    let store = data.join("SumModule/store.redb");
    let content = fs::read(&store).unwrap();
    flip(&store, find(&content, b"numbers/0") + 8);
    fs::write(data.join("SumModule/store.redb"), &content[..content.len() / 2]).unwrap();
    let damaged = backup(&data, &copy).unwrap_err();
    assert!(matches!(damaged, DataError::Damaged(_)), "{damaged}");
    assert!(damaged.to_string().contains("store.redb"), "{damaged}");
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_module_is_copied_as_of_one_commit_point_while_appends_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let [data, copies] = ["data", "copies"].map(|name| directory.path().join(name));
    let (cluster, module) = launch(&data).await;
    let done = Arc::new(AtomicBool::new(false));
    let client = {
        let (numbers, done) = (module.depot.numbers.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                numbers.append_all(number..number + 100, AckLevel::Ack).await.unwrap();
                number += 100;
            }
        })
    };
    let mut sizes = Vec::new();
    for round in 0..3 {
        let before = checked_end(&module);
        let copy = copies.join(round.to_string());
        assert!(cluster.backup("SumModule", &copy).await.unwrap().is_whole());
        sizes.push((before, copy));
    }
    let twice = cluster.backup("SumModule", copies.join("0")).await.unwrap_err();
    assert!(matches!(twice, DataError::NotEmpty { .. }), "{twice}");
    let other = cluster.backup("OtherModule", copies.join("0")).await.unwrap_err();
    assert!(matches!(other, DataError::NotRunning { .. }), "{other}");
    done.store(true, Ordering::Relaxed);
    client.await.unwrap();
    cluster.shutdown().await.unwrap();
    for (before, copy) in sizes {
        assert_eq!(fs::read_dir(&copy).unwrap().count(), 1);
        let restored = copy.with_extension("restored");
        restore(&copy, &restored).unwrap();
        let stored = stored_in(&restored).await;
        assert!(stored >= before, "{stored} of {before}");
        assert_eq!(stored_in(&copy).await, stored);
    }
}

/// How many records are durable.
fn checked_end(module: &Client) -> u64 {
    let end = |task| module.depot.numbers.partition_info(TaskId(task)).unwrap().end.0;
    (0..TASKS).map(end).sum()
}
