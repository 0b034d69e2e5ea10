//! Data directories that are checked, copied and put back, stopped and running (RELIABILITY A7, C7, C9, C20).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rama_core::{
    cluster::Cluster,
    data::{DataError, backup, restore, verify},
    id::TaskId,
    prelude::*,
};
use rama_test::LaunchConfig;

const TASKS: u32 = 2;

defmodule! {
    /// Adds numbers, with a hop.
    SumModule {
        depot *numbers: u64, random;

        stream sums {
            pstate $$sums: Map<u64, u64>;

            sources! {
                source(*numbers) :> number;
                |hash(number % 4);
                local_transform([keypath(number % 4), nil_to_val(0), term(|sum| sum + number)], $$sums);
            }
        }
    }
}

type Client = <SumModule as Module>::Client;

async fn launch(data: &Path) -> (Cluster, Client) {
    let cluster = Cluster::on_disk(data);
    let config = LaunchConfig::new().tasks(TASKS);
    let module = cluster.launch(SumModule, config).await.unwrap();
    (cluster, module)
}

/// How many records there are; the state is what follows from them.
async fn checked(module: &Client) -> u64 {
    let stored = rama_test::records(&module.depot.numbers).await.unwrap();
    for key in 0..4 {
        let sum: u64 = stored.iter().filter(|number| *number % 4 == key).sum();
        let found = module.pstate.sums.select_one(path![keypath(key)]).await.unwrap();
        assert_eq!(found.unwrap_or(0), sum, "of {key}");
    }
    stored.len() as u64
}

async fn stored_in(data: &Path) -> u64 {
    let (cluster, module) = launch(data).await;
    let count = checked(&module).await;
    cluster.shutdown().await.unwrap();
    count
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
        let before = contents(directory.path());
        let report = verify(directory.path()).unwrap();
        assert!(report.is_whole(), "{report}");
        let module = &report.modules[0];
        assert_eq!(module.module, "SumModule");
        assert_eq!(module.records, if stopped { 600 } else { 500 }, "{report}");
        assert!(stopped || module.groups >= 100, "{report}");
        assert!(contents(directory.path()) == before, "{report}");
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
    assert!(matches!(missing, DataError::Io { .. }), "{missing}");
    written(&data, true).await;
    let (cluster, module) = launch(&data).await;
    let in_use = backup(&data, &copy).unwrap_err();
    let me = std::process::id();
    assert!(in_use.to_string().contains(&format!("in use by process {me}")), "{in_use}");
    let in_use = verify(&data).unwrap_err();
    assert!(matches!(in_use, DataError::InUse { .. }), "{in_use}");
    assert_eq!(checked(&module).await, 600);
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
