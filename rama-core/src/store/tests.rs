//! The store on memory and on files: rows, snapshots, restarts, faults, damage.

use super::{BatchTable, Snapshot, Store, StoreError, StoreOptions};
use crate::disk::{Disk, FileDisk, MemoryDisk, Open};
use crate::disk::{Fault, Random, SimDisk};
use std::ops::ControlFlow;
use std::sync::Arc;

const NAME: &str = "rows.redb";

fn memory() -> Arc<dyn Disk> {
    Arc::new(MemoryDisk::new())
}

fn on_both_disks(check: impl Fn(&Arc<dyn Disk>)) {
    check(&memory());
    let directory = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(FileDisk::create(directory.path()).unwrap());
    check(&disk);
}

fn open(disk: &Arc<dyn Disk>) -> Store {
    Store::open(Arc::clone(disk), NAME).unwrap()
}

fn put(store: &Store, table: &str, rows: &[(&[u8], &[u8])]) -> Result<(), StoreError> {
    let mut batch = store.batch()?;
    batch.table(table, |table| rows.iter().try_for_each(|(key, value)| table.put(key, value)))?;
    batch.commit()
}

fn get(snapshot: &Snapshot, table: &str, key: &[u8]) -> Option<Vec<u8>> {
    snapshot.get(table, key, <[u8]>::to_vec).unwrap()
}

/// The keys of a range, as text.
fn scan(snapshot: &Snapshot, table: &str, from: &[u8], to: Option<&[u8]>) -> String {
    let mut keys = String::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        assert_eq!(value, [key, b"!"].concat());
        keys.push_str(str::from_utf8(key).unwrap());
        ControlFlow::Continue(())
    };
    snapshot.scan(table, from, to, visit).unwrap();
    keys
}

fn read_file(disk: &dyn Disk, name: &str) -> Vec<u8> {
    let file = disk.open(name, Open::Existing).unwrap();
    let mut content = vec![0; usize::try_from(file.len().unwrap()).unwrap()];
    file.read_exact_at(&mut content, 0).unwrap();
    content
}

fn disk_with(name: &str, content: &[u8]) -> Arc<dyn Disk> {
    let disk = memory();
    disk.open(name, Open::New).unwrap().write_all_at(content, 0).unwrap();
    disk
}

#[test]
fn rows_come_back_after_a_restart() {
    on_both_disks(|disk| {
        let store = open(disk);
        put(&store, "a", &[(b"k", b"1"), (b"", b"empty key"), (b"e", b"")]).unwrap();
        put(&store, "b", &[(b"k", b"2")]).unwrap();
        put(&store, "a", &[(b"k", b"3")]).unwrap();
        let mut batch = store.batch().unwrap();
        batch
            .table("a", |table| {
                table.delete(b"e")?;
                table.delete(b"never there")
            })
            .unwrap();
        batch.commit().unwrap();
        drop(store);
        let store = open(disk);
        let snapshot = store.snapshot().unwrap();
        assert_eq!(get(&snapshot, "a", b"k").unwrap(), b"3");
        assert_eq!(get(&snapshot, "a", b"").unwrap(), b"empty key");
        assert_eq!(get(&snapshot, "a", b"e"), None);
        assert_eq!(get(&snapshot, "b", b"k").unwrap(), b"2");
        drop(snapshot);
        store.close().unwrap();
        assert_eq!(disk.list().unwrap(), [NAME]);
    });
}

#[test]
fn a_table_that_was_never_written_reads_as_empty() {
    on_both_disks(|disk| {
        let store = open(disk);
        let snapshot = store.snapshot().unwrap();
        assert_eq!(get(&snapshot, "nothing", b"k"), None);
        assert_eq!(scan(&snapshot, "nothing", b"", None), "");
    });
}

#[test]
fn scans_go_from_and_up_to_in_order_until_they_break() {
    on_both_disks(|disk| {
        let store = open(disk);
        put(&store, "t", &[(b"c", b"c!"), (b"a", b"a!"), (b"d", b"d!"), (b"b", b"b!")]).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert_eq!(scan(&snapshot, "t", b"", None), "abcd");
        assert_eq!(scan(&snapshot, "t", b"b", Some(b"d")), "bc");
        assert_eq!(scan(&snapshot, "t", b"bb", None), "cd");
        assert_eq!(scan(&snapshot, "t", b"b", Some(b"b")), "");
        assert_eq!(scan(&snapshot, "t", b"d", Some(b"a")), "", "an inverted range is empty");
        let mut seen = 0;
        let two = &mut |_: &[u8], _: &[u8]| {
            seen += 1;
            if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        snapshot.scan("t", b"", None, two).unwrap();
        assert_eq!(seen, 2);
    });
}

#[test]
fn a_snapshot_stays_as_it_is() {
    on_both_disks(|disk| {
        let store = open(disk);
        put(&store, "t", &[(b"k", b"old")]).unwrap();
        let before = store.snapshot().unwrap();
        for round in 0..50_u8 {
            put(&store, "t", &[(b"k", &[round]), (b"more", b"x")]).unwrap();
            put(&store, "later", &[(&[round], &[0; 5000])]).unwrap();
        }
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(get(&before, "t", b"k").unwrap(), b"old"));
        });
        assert_eq!(get(&before, "t", b"more"), None);
        assert_eq!(get(&before, "later", &[3]), None);
        assert_eq!(get(&store.snapshot().unwrap(), "t", b"k").unwrap(), [49]);
    });
}

#[test]
fn a_batch_that_is_dropped_or_failed_changes_nothing() {
    on_both_disks(|disk| {
        let store = open(disk);
        let mut batch = store.batch().unwrap();
        batch.table("t", |table| table.put(b"k", b"v")).unwrap();
        assert_eq!(get(&store.snapshot().unwrap(), "t", b"k"), None, "not visible before");
        drop(batch);
        let mut batch = store.batch().unwrap();
        batch.table("t", |table| table.put(b"k", b"v")).unwrap();
        let refused = batch.table("t", |table| {
            table.put(b"k", b"v")?;
            Err::<(), _>(StoreError::TooLarge { bytes: 7 })
        });
        assert!(matches!(refused, Err(StoreError::TooLarge { bytes: 7 })));
        assert!(matches!(batch.commit(), Err(StoreError::Abandoned { .. })));
        assert_eq!(get(&store.snapshot().unwrap(), "t", b"k"), None);
        put(&store, "t", &[(b"k", b"works")]).unwrap();
    });
}

#[test]
fn snapshots_end_with_the_store() {
    let disk = memory();
    let store = open(&disk);
    let rows: Vec<[u8; 2]> = (0..2000_u16).map(u16::to_be_bytes).collect();
    let large = [1; 500];
    let rows: Vec<(&[u8], &[u8])> = rows.iter().map(|key| (&key[..], &large[..])).collect();
    put(&store, "t", &rows).unwrap();
    drop(store);
    let store = open(&disk);
    let snapshot = store.snapshot().unwrap();
    drop(store);
    let error = snapshot.get("t", &[3, 3], |_| ()).unwrap_err();
    assert!(matches!(error, StoreError::Closed { .. }), "{error}");
}

#[test]
fn an_interrupted_creation_is_finished_by_the_next_start() {
    let create = |disk: &SimDisk| -> Result<Store, StoreError> {
        let store = Store::open(Arc::new(disk.clone()), NAME)?;
        put(&store, "t", &[(b"k", b"v")])?;
        Ok(store)
    };
    let disk = SimDisk::new(0);
    let store = create(&disk).unwrap();
    let operations = disk.operations();
    drop(store);
    assert!(operations > 10, "{operations}");
    for nth in 1..=operations {
        for seed in 0..8 {
            let fault = if seed < 4 { Fault::PowerLoss } else { Fault::Once };
            let disk = SimDisk::new(seed);
            disk.fail_at(nth, fault);
            let interrupted = create(&disk);
            assert!(interrupted.is_err(), "operation {nth} of {operations} failed unnoticed");
            drop(interrupted);
            let disk: Arc<dyn Disk> = Arc::new(disk.crash());
            let store = open(&disk);
            put(&store, "t", &[(b"again", b"v")]).unwrap();
            assert_eq!(get(&store.snapshot().unwrap(), "t", b"again").unwrap(), b"v");
            drop(store);
            assert_eq!(disk.list().unwrap(), [NAME], "nothing unfinished is left");
        }
    }
}

#[test]
fn a_failed_commit_stops_the_store() {
    let prepare = || {
        let disk = SimDisk::new(5);
        let store = Store::open(Arc::new(disk.clone()), NAME).unwrap();
        put(&store, "t", &[(b"k", b"old")]).unwrap();
        (disk, store)
    };
    let (disk, store) = prepare();
    let before = disk.operations();
    put(&store, "t", &[(b"k", b"new")]).unwrap();
    let operations = disk.operations() - before;
    let mut failures = 0;
    for nth in 1..=operations {
        let (disk, store) = prepare();
        disk.fail_at(nth, Fault::Once);
        let Err(first) = put(&store, "t", &[(b"k", b"new")]) else { continue };
        failures += 1;
        assert!(matches!(first, StoreError::Io { .. }), "{first}");
        let batch = store.batch().unwrap_err();
        let snapshot = store.snapshot().unwrap_err();
        assert_eq!(batch.to_string(), first.to_string());
        assert_eq!(snapshot.to_string(), first.to_string());
        drop(store);
        let store = Store::open(Arc::new(disk.crash()), NAME).unwrap();
        let found = get(&store.snapshot().unwrap(), "t", b"k").unwrap();
        assert!(found == b"old" || found == b"new", "{found:?}");
    }
    assert!(failures > 1, "{failures}");
}

#[test]
fn files_that_are_no_stores_are_refused_and_left_alone() {
    let shot = read_file(&*disk_with_rows(), NAME);
    let contents: [&[u8]; 6] =
        [b"", b"x", b"another program's file", &[0; 100_000], &[0xA5; 100_000], &shot[..1000]];
    for content in contents {
        let disk = disk_with(NAME, content);
        for verify in [false, true] {
            let options = StoreOptions { verify, ..StoreOptions::default() };
            let error = Store::open_with(Arc::clone(&disk), NAME, &options).unwrap_err();
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains(NAME), "{error}");
        }
        assert_eq!(read_file(&*disk, NAME), content, "a refusal must change nothing");
    }
}

/// Five hundred rows under the bytes of their numbers.
fn disk_with_rows() -> Arc<dyn Disk> {
    let disk = memory();
    let store = open(&disk);
    let mut batch = store.batch().unwrap();
    let rows = |table: &mut BatchTable<'_>| {
        (0..500_u64).try_for_each(|number| table.put(&number.to_be_bytes(), &row(number)))
    };
    batch.table("t", rows).unwrap();
    batch.commit().unwrap();
    drop(store);
    disk
}

fn row(number: u64) -> Vec<u8> {
    format!("the row of {number}").into_bytes()
}

#[test]
fn flipped_bits_are_never_served_as_values() {
    let content = read_file(&*disk_with_rows(), NAME);
    let mut random = Random::new(3);
    let mut noticed = 0;
    for _ in 0..500 {
        let mut content = content.clone();
        let byte = usize::try_from(random.below(content.len() as u64)).unwrap();
        content[byte] ^= 1 << random.below(8);
        noticed += u64::from(read_rows(&disk_with(NAME, &content)).is_err());
    }
    assert!(noticed > 100, "{noticed}");
}

#[test]
fn pages_written_to_a_wrong_place_are_never_served_as_values() {
    const PAGE: usize = 4096;
    let content = read_file(&*disk_with_rows(), NAME);
    let pages = content.len() / PAGE;
    let mut noticed = 0;
    for (from, to) in (0..pages).flat_map(|from| (0..pages).map(move |to| (from, to))) {
        // Empty pages are most of the file and teach nothing.
        let page = from * PAGE..(from + 1) * PAGE;
        if from != to && content[page.clone()].iter().any(|&byte| byte != 0) {
            let mut content = content.clone();
            content.copy_within(page, to * PAGE);
            noticed += u64::from(read_rows(&disk_with(NAME, &content)).is_err());
        }
    }
    assert!(noticed > 50, "{noticed}");
}

/// Reads everything in both ways. What is served must be right; what is missing is not noticed.
fn read_rows(disk: &Arc<dyn Disk>) -> Result<(), StoreError> {
    let store = Store::open(Arc::clone(disk), NAME)?;
    let snapshot = store.snapshot()?;
    let mut result = Ok(());
    for number in 0..500_u64 {
        match snapshot.get("t", &number.to_be_bytes(), <[u8]>::to_vec) {
            Ok(found) => assert!(found.is_none_or(|found| found == row(number))),
            Err(error) => result = Err(error),
        }
    }
    let mut next = 0;
    let check = &mut |key: &[u8], value: &[u8]| {
        let number = u64::from_be_bytes(key.try_into().unwrap());
        assert!(number >= next, "rows come in order, each once");
        next = number + 1;
        assert_eq!(value, row(number));
        ControlFlow::Continue(())
    };
    snapshot.scan("t", b"", None, check).and(result)
}

#[test]
fn a_verifying_open_notices_lost_keys() {
    let content = read_file(&*disk_with_rows(), NAME);
    let options = StoreOptions { verify: true, ..StoreOptions::default() };
    let mut random = Random::new(4);
    let mut refused = 0;
    for _ in 0..100 {
        let mut content = content.clone();
        let byte = usize::try_from(random.below(content.len() as u64)).unwrap();
        content[byte] ^= 1 << random.below(8);
        let Ok(store) = Store::open_with(disk_with(NAME, &content), NAME, &options) else {
            refused += 1;
            continue;
        };
        let snapshot = store.snapshot().unwrap();
        let mut rows = 0;
        let count = &mut |_: &[u8], _: &[u8]| {
            rows += 1;
            ControlFlow::Continue(())
        };
        snapshot.scan("t", b"", None, count).unwrap();
        assert_eq!(rows, 500);
    }
    assert!(refused > 10, "{refused}");
}
