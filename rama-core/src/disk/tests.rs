//! One suite for every disk: what the layers above rely on.

use super::SimDisk;
use super::{Disk, FileDisk, LockError, MemoryDisk, Open};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;

/// Runs a check on every kind of disk, each empty.
fn on_every_disk(check: impl Fn(&dyn Disk)) {
    let directory = tempfile::tempdir().unwrap();
    check(&FileDisk::create(directory.path()).unwrap());
    check(&MemoryDisk::new());
    check(&SimDisk::new(1));
}

#[test]
fn files_hold_what_is_written() {
    on_every_disk(|disk| {
        let file = disk.open("a.log", Open::New).unwrap();
        assert_eq!(file.len().unwrap(), 0);
        file.write_all_at(b"world", 6).unwrap();
        file.write_all_at(b"hello", 0).unwrap();
        file.sync_data().unwrap();
        let mut read = [9; 11];
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(&read, b"hello\0world", "a gap reads as zeros");
        let again = disk.open("a.log", Open::Existing).unwrap();
        again.read_exact_at(&mut read[..5], 6).unwrap();
        assert_eq!(&read[..5], b"world", "two handles see the same file");
    });
}

#[test]
fn reading_past_the_end_fails() {
    on_every_disk(|disk| {
        let file = disk.open("a", Open::New).unwrap();
        file.write_all_at(b"abc", 0).unwrap();
        let read = |offset, length| file.read_exact_at(&mut vec![0; length], offset);
        assert_eq!(read(1, 3).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(read(9, 1).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        read(0, 3).unwrap();
        read(3, 0).unwrap();
    });
}

#[test]
fn files_are_cut_and_extended_by_zeros() {
    on_every_disk(|disk| {
        let file = disk.open("a", Open::New).unwrap();
        file.write_all_at(b"abcdef", 0).unwrap();
        file.set_len(2).unwrap();
        file.set_len(4).unwrap();
        let mut read = [9; 4];
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!((&read, file.len().unwrap()), (b"ab\0\0", 4));
        file.write_all_at(b"", 100).unwrap();
        assert_eq!(file.len().unwrap(), 4, "writing nothing changes nothing");
    });
}

#[test]
fn opening_is_explicit_about_existence() {
    on_every_disk(|disk| {
        assert_eq!(disk.open("a", Open::Existing).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!disk.exists("a").unwrap());
        disk.open("a", Open::New).unwrap();
        assert!(disk.exists("a").unwrap());
        assert_eq!(disk.open("a", Open::New).unwrap_err().kind(), ErrorKind::AlreadyExists);
    });
}

#[test]
fn names_are_listed_sorted_renamed_and_removed() {
    on_every_disk(|disk| {
        for name in ["b", "a", "c"] {
            disk.open(name, Open::New).unwrap().write_all_at(name.as_bytes(), 0).unwrap();
        }
        disk.rename("c", "a").unwrap();
        disk.sync_dir().unwrap();
        assert_eq!(disk.list().unwrap(), ["a", "b"]);
        let mut read = [0];
        let file = disk.open("a", Open::Existing).unwrap();
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(&read, b"c", "a rename replaces");
        disk.remove("a").unwrap();
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(disk.list().unwrap(), ["b"]);
        assert_eq!(disk.remove("a").unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(disk.rename("a", "b").unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn names_stay_inside_the_directory() {
    on_every_disk(|disk| {
        for name in
            ["", ".", "..", "../a", "a/b", "/a", "a\0", "a\n", "ä", "LOCK", "RESERVE", ".hidden"]
        {
            let kind = |result: std::io::Result<()>| result.unwrap_err().kind();
            assert_eq!(kind(disk.open(name, Open::New).map(drop)), ErrorKind::InvalidInput);
            assert_eq!(kind(disk.remove(name)), ErrorKind::InvalidInput);
            assert_eq!(kind(disk.exists(name).map(drop)), ErrorKind::InvalidInput);
            assert_eq!(kind(disk.rename(name, "a")), ErrorKind::InvalidInput);
            assert_eq!(kind(disk.rename("a", name)), ErrorKind::InvalidInput);
        }
        assert_eq!(disk.list().unwrap(), [""; 0]);
    });
}

#[test]
fn a_directory_has_one_owner_at_a_time() {
    on_every_disk(|disk| {
        let lock = disk.lock().unwrap();
        let error = disk.lock().unwrap_err();
        let me = std::process::id();
        assert!(matches!(error, LockError::InUse { process } if process == Some(me)));
        assert!(error.to_string().contains(&format!("in use by process {me}")), "{error}");
        assert_eq!(disk.list().unwrap(), [""; 0], "the lock is not a data file");
        drop(lock);
        drop(disk.lock().unwrap());
    });
}

#[test]
fn two_handles_onto_memory_are_one_disk() {
    let disk = MemoryDisk::new();
    disk.open("a", Open::New).unwrap().write_all_at(b"x", 0).unwrap();
    let restarted = disk.clone();
    let lock = disk.lock().unwrap();
    assert!(matches!(restarted.lock(), Err(LockError::InUse { .. })));
    drop(lock);
    assert_eq!(restarted.open("a", Open::Existing).unwrap().len().unwrap(), 1);
}

#[test]
fn new_directories_are_for_their_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("a/b");
    FileDisk::create(&path).unwrap();
    for created in [parent.path().join("a"), path.clone()] {
        assert_eq!(created.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
    FileDisk::create(&path).unwrap();
}

#[test]
fn a_path_that_is_no_directory_is_named_in_the_error() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("file");
    std::fs::write(&path, b"mine").unwrap();
    let error = FileDisk::create(&path).unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert!(FileDisk::create(path.join("below")).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"mine", "nothing is overwritten");
}

#[test]
fn a_stale_or_strange_lock_file_does_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("LOCK"), b"\xFFnot a number").unwrap();
    let disk = FileDisk::create(directory.path()).unwrap();
    drop(disk.lock().unwrap());
    let text = std::fs::read_to_string(directory.path().join("LOCK")).unwrap();
    assert_eq!(text.trim(), std::process::id().to_string());
}

#[test]
fn space_is_set_aside_and_given_back() {
    on_every_disk(|disk| {
        disk.reserve(0).unwrap();
        disk.reserve(1 << 20).unwrap();
        disk.reserve(1 << 20).unwrap();
        assert_eq!(disk.list().unwrap(), [""; 0], "the reserve is not a data file");
        disk.reserve(0).unwrap();
        disk.forget_cached().unwrap();
    });
    let directory = tempfile::tempdir().unwrap();
    let disk = FileDisk::create(directory.path()).unwrap();
    let free = disk.free_bytes().unwrap().unwrap();
    disk.reserve(1 << 20).unwrap();
    assert_eq!(directory.path().join("RESERVE").metadata().unwrap().len(), 1 << 20);
    let refused = disk.reserve(free.saturating_mul(2)).unwrap_err();
    assert!(
        matches!(refused.kind(), ErrorKind::StorageFull | ErrorKind::FileTooLarge),
        "{refused}"
    );
    disk.open("a", Open::New).unwrap().write_all_at(b"abc", 0).unwrap();
    disk.forget_cached().unwrap();
}

#[test]
fn a_full_disk_takes_what_fits_of_a_write() {
    let disk = SimDisk::new(1);
    let file = disk.open("a", Open::New).unwrap();
    file.write_all_at(b"abcdef", 0).unwrap();
    disk.leave_room(Some(2));
    let refused = file.write_all_at(b"ABCDEFGH", 3).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StorageFull);
    let mut read = [0; 8];
    file.read_exact_at(&mut read, 0).unwrap();
    assert_eq!((&read, file.len().unwrap()), (b"abcABCDE", 8));
    file.write_all_at(b"in place", 0).unwrap();
    for refused in [file.write_all_at(b"x", 9), file.set_len(9)] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::StorageFull);
    }
    assert_eq!((file.len().unwrap(), disk.free_bytes().unwrap()), (8, Some(0)));
    disk.leave_room(None);
    file.write_all_at(b"x", 9).unwrap();
}
