//! The log against restarts, torn tails, damage, faults and power loss.

use super::format::{self, GROUP_HEADER_BYTES, HEADER_BYTES, Header};
use super::{CommitLog, LogError, LogOptions, Recovery, SegmentedLog, UnloggedLog};
use crate::disk::{Disk, FileDisk, MemoryDisk, Open};
use crate::disk::{Fault, Random, SimDisk};
use crate::id::Epoch;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Small segments, so that a few groups fill several of them.
const SMALL: LogOptions = LogOptions { segment_bytes: 1024, growth_bytes: 256 };

type Groups = Vec<(u64, Vec<u8>)>;

fn try_open(
    disk: &Arc<dyn Disk>,
    options: LogOptions,
    after: u64,
) -> Result<(SegmentedLog, Recovery, Groups), LogError> {
    let mut groups = Groups::new();
    let (log, recovery) =
        SegmentedLog::open(Arc::clone(disk), options, Epoch(after), &mut |epoch,
                                                                          payload: &[u8]|
         -> Result<
            (),
            LogError,
        > {
            groups.push((epoch.0, payload.to_vec()));
            Ok(())
        })?;
    assert_eq!(recovery.groups, groups.len() as u64);
    Ok((log, recovery, groups))
}

fn open(disk: &Arc<dyn Disk>, after: u64) -> (SegmentedLog, Recovery, Groups) {
    try_open(disk, SMALL, after).unwrap()
}

/// A payload that tells its epoch. The length varies; no byte is zero, so every loss shows.
fn payload(epoch: u64) -> Vec<u8> {
    let length = epoch * 37 % 300;
    (0..length).map(|index| u8::try_from((epoch * 7 + index) % 255 + 1).unwrap()).collect()
}

fn append(log: &mut SegmentedLog, epochs: std::ops::RangeInclusive<u64>) {
    append_to(log, epochs);
}

fn append_to(log: &mut impl CommitLog, epochs: std::ops::RangeInclusive<u64>) {
    for epoch in epochs {
        log.append(Epoch(epoch), &payload(epoch)).unwrap();
    }
}

fn groups(epochs: std::ops::RangeInclusive<u64>) -> Groups {
    epochs.map(|epoch| (epoch, payload(epoch))).collect()
}

fn memory() -> Arc<dyn Disk> {
    Arc::new(MemoryDisk::new())
}

fn on_both_disks(check: impl Fn(&Arc<dyn Disk>)) {
    check(&memory());
    let directory = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(FileDisk::create(directory.path()).unwrap());
    check(&disk);
}

fn read_file(disk: &dyn Disk, name: &str) -> Vec<u8> {
    let file = disk.open(name, Open::Existing).unwrap();
    let mut content = vec![0; usize::try_from(file.len().unwrap()).unwrap()];
    file.read_exact_at(&mut content, 0).unwrap();
    content
}

fn write_file(disk: &dyn Disk, name: &str, content: &[u8]) {
    let how = if disk.exists(name).unwrap() { Open::Existing } else { Open::New };
    let file = disk.open(name, how).unwrap();
    file.set_len(0).unwrap();
    file.write_all_at(content, 0).unwrap();
}

fn read_all(disk: &dyn Disk) -> BTreeMap<String, Vec<u8>> {
    disk.list().unwrap().into_iter().map(|name| (name.clone(), read_file(disk, &name))).collect()
}

fn restored(files: &BTreeMap<String, Vec<u8>>) -> Arc<dyn Disk> {
    let disk = memory();
    for (name, content) in files {
        write_file(&*disk, name, content);
    }
    disk
}

/// A refusal that names file and byte, and that leaves every file as it was.
fn check_refused(files: &BTreeMap<String, Vec<u8>>, after: u64) -> LogError {
    let disk = restored(files);
    let error = try_open(&disk, SMALL, after).unwrap_err();
    assert_eq!(read_all(&*disk), *files, "a refusal must change nothing");
    error
}

fn segment(number: u64) -> String {
    format!("commit-{number:016x}.log")
}

#[test]
fn groups_come_back_in_order_after_a_restart() {
    on_both_disks(|disk| {
        let (mut log, recovery, none) = open(disk, 0);
        assert_eq!((none, recovery.last, recovery.torn_bytes), (vec![], Epoch(0), 0));
        append(&mut log, 1..=20);
        drop(log);
        let (mut log, recovery, replayed) = open(disk, 0);
        assert_eq!(replayed, groups(1..=20));
        assert_eq!((recovery.last, log.last(), recovery.torn_bytes), (Epoch(20), Epoch(20), 0));
        append(&mut log, 21..=40);
        drop(log);
        assert_eq!(open(disk, 0).2, groups(1..=40));
        assert_eq!(open(disk, 17).2, groups(18..=40));
        assert_eq!(open(disk, 40).2, []);
    });
}

#[test]
fn released_segments_are_used_again_and_never_look_valid() {
    on_both_disks(|disk| {
        let (mut log, _, _) = open(disk, 0);
        for round in 0..20_u64 {
            let first = round * 30 + 1;
            append(&mut log, first..=first + 29);
            log.release(Epoch(first + 20)).unwrap();
            drop(log);
            let replayed;
            (log, _, replayed) = open(disk, first + 20);
            assert_eq!(replayed, groups(first + 21..=first + 29));
        }
        let names = disk.list().unwrap();
        let spares = names.iter().filter(|name| name.starts_with("spare-")).count();
        assert_eq!(spares, 2, "{names:?}");
        assert!(names.len() < 10, "{names:?}");
    });
}

#[test]
fn live_bytes_follow_appends_and_releases() {
    let disk = memory();
    let (mut log, _, _) = try_open(&disk, LogOptions::default(), 0).unwrap();
    assert_eq!(log.live_bytes(), 0);
    let big = vec![7; 100_000];
    for epoch in 1..=30 {
        log.append(Epoch(epoch), &big).unwrap();
    }
    let group = (big.len() + GROUP_HEADER_BYTES) as u64;
    assert_eq!(log.live_bytes(), 30 * group);
    log.release(Epoch(20)).unwrap();
    let live = log.live_bytes();
    assert!((10 * group..=10 * group + 256 * 1024 + group).contains(&live), "{live}");
    drop(log);
    let (mut log, _, _) = try_open(&disk, LogOptions::default(), 20).unwrap();
    assert_eq!(log.live_bytes(), 10 * group, "a restart counts what it replays");
    log.release(Epoch(30)).unwrap();
    assert_eq!(log.live_bytes(), 0);
}

#[test]
fn a_group_larger_than_a_segment_has_a_file_of_its_own() {
    on_both_disks(|disk| {
        let (mut log, _, _) = open(disk, 0);
        let large = vec![5; 5000];
        append(&mut log, 1..=1);
        log.append(Epoch(2), &large).unwrap();
        append(&mut log, 3..=3);
        let content = read_file(&**disk, &segment(2));
        assert_eq!(content.len(), HEADER_BYTES + GROUP_HEADER_BYTES + 5000 + format::END.len());
        drop(log);
        let (mut log, _, replayed) = open(disk, 0);
        assert_eq!(replayed, [(1, payload(1)), (2, large), (3, payload(3))]);
        log.release(Epoch(3)).unwrap();
        let sizes = disk.list().unwrap().into_iter().map(|name| read_file(&**disk, &name).len());
        assert!(sizes.max().unwrap() <= 1024, "a file that is too long is not kept as a spare");
    });
}

#[test]
fn too_large_a_group_is_refused_and_the_log_goes_on() {
    let (mut log, _, _) = open(&memory(), 0);
    let error = log.append(Epoch(1), &vec![0; (1 << 30) + 1]).unwrap_err();
    assert!(matches!(error, LogError::TooLarge { .. }), "{error}");
    append(&mut log, 1..=2);
}

#[test]
fn a_torn_tail_is_cut_wherever_it_is_torn() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=3);
    drop(log);
    let files = read_all(&*disk);
    let whole = &files[&segment(1)];
    let start = HEADER_BYTES + 2 * GROUP_HEADER_BYTES + payload(1).len() + payload(2).len();
    let end = start + GROUP_HEADER_BYTES + payload(3).len();
    for cut in start..end {
        let mut zeroed = whole.clone();
        zeroed[cut..].fill(0);
        let mut headless = whole.clone();
        headless[start..=cut].fill(0);
        let mut flipped = whole.clone();
        flipped[cut] ^= 0x10;
        for content in [zeroed, headless, flipped, whole[..cut].to_vec()] {
            let mut files = files.clone();
            files.insert(segment(1), content);
            let disk = restored(&files);
            let (mut log, recovery, replayed) = open(&disk, 0);
            assert_eq!(replayed, groups(1..=2), "torn at {cut}");
            assert_eq!((recovery.last, recovery.position), (Epoch(2), start as u64));
            drop(log);
            let again;
            (log, again, _) = open(&disk, 0);
            assert_eq!(again.torn_bytes, 0, "what was cut stays cut");
            append(&mut log, 3..=6);
            drop(log);
            assert_eq!(open(&disk, 0).2, groups(1..=6));
        }
    }
}

#[test]
fn the_cut_is_reported_with_its_place_and_size() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=2);
    drop(log);
    let start = HEADER_BYTES + GROUP_HEADER_BYTES + payload(1).len();
    let mut content = read_file(&*disk, &segment(1));
    content.truncate(start + 30);
    write_file(&*disk, &segment(1), &content);
    let (_, recovery, _) = open(&disk, 0);
    assert_eq!(recovery.file, segment(1));
    assert_eq!((recovery.position, recovery.torn_bytes), (start as u64, 30));
    let content = read_file(&*disk, &segment(1));
    assert!(content[start..].iter().all(|&byte| byte == 0));
}

#[test]
fn damage_before_valid_groups_refuses_and_changes_nothing() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=12);
    drop(log);
    let files = read_all(&*disk);
    assert!(files.len() > 2, "{:?}", files.keys());
    let last = files.keys().next_back().unwrap();
    let mut refusals = 0;
    for (name, content) in &files {
        let number = u64::from_str_radix(&name[7..23], 16).unwrap();
        let mut position = HEADER_BYTES;
        while let Some(group) = format::decode_group(number, content, position) {
            let end = position + group.length();
            let is_last = name == last && format::decode_group(number, content, end).is_none();
            for byte in position..end {
                if is_last {
                    break;
                }
                let mut files = files.clone();
                files.get_mut(name).unwrap()[byte] ^= 1 << (byte % 8);
                let error = check_refused(&files, 0);
                let expected = (name.clone(), position as u64);
                assert!(
                    matches!(&error, LogError::Damaged { file, position, .. }
                        if (file.clone(), *position) == expected),
                    "{error}"
                );
                refusals += 1;
            }
            position = end;
        }
    }
    assert!(refusals > 1000, "{refusals}");
}

#[test]
fn a_lost_sector_before_valid_groups_is_damage_and_not_the_end() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=3);
    drop(log);
    let mut files = read_all(&*disk);
    let second = HEADER_BYTES + GROUP_HEADER_BYTES + payload(1).len();
    let length = GROUP_HEADER_BYTES + payload(2).len();
    files.get_mut(&segment(1)).unwrap()[second..second + length].fill(0);
    let error = check_refused(&files, 0);
    assert!(error.to_string().contains(&format!("damaged at byte {second}")), "{error}");
}

#[test]
fn damaged_headers_and_strange_files_refuse() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=12);
    drop(log);
    let files = read_all(&*disk);
    for byte in 0..HEADER_BYTES {
        let mut files = files.clone();
        files.get_mut(&segment(2)).unwrap()[byte] ^= 0x40;
        let error = check_refused(&files, 0);
        assert!(matches!(error, LogError::Damaged { position: 0, .. }), "{error}");
    }
    for content in [&b""[..], b"short", b"another program's file, long enough to have a header"] {
        let mut files = files.clone();
        files.insert(segment(files.len() as u64), content.to_vec());
        let error = check_refused(&files, 0);
        assert!(matches!(error, LogError::Damaged { .. }), "{error}");
    }
    let mut misplaced = files.clone();
    misplaced.insert(segment(2), files[&segment(1)].clone());
    assert!(check_refused(&misplaced, 0).to_string().contains("segment 1"));
}

#[test]
fn missing_segments_and_missing_groups_refuse() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=20);
    drop(log);
    let files = read_all(&*disk);
    let mut without_second = files.clone();
    without_second.remove(&segment(2));
    let error = check_refused(&without_second, 0);
    assert!(error.to_string().contains(&segment(2)), "{error}");
    let mut without_first = files.clone();
    without_first.remove(&segment(1));
    let error = check_refused(&without_first, 0);
    assert!(matches!(error, LogError::Missing { first: Epoch(1), .. }), "{error}");
}

#[test]
fn a_later_format_refuses() {
    let mut content = Vec::new();
    Header { segment: 1, first: Epoch(1) }.encode(&mut content);
    content[8] = 7;
    let checksum = crc32c::crc32c(&content[..28]);
    content[28..].copy_from_slice(&checksum.to_le_bytes());
    let error = check_refused(&BTreeMap::from([(segment(1), content)]), 0);
    assert!(error.to_string().contains("log format 7"), "{error}");
}

#[test]
fn a_checkpoint_ahead_of_the_log_begins_a_new_segment() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=5);
    drop(log);
    let (mut log, recovery, replayed) = open(&disk, 9);
    assert_eq!((replayed, recovery.last), (vec![], Epoch(9)));
    append(&mut log, 10..=12);
    drop(log);
    assert_eq!(open(&disk, 9).2, groups(10..=12));
    assert!(matches!(try_open(&disk, SMALL, 3), Err(LogError::Missing { .. })));
}

#[test]
fn files_of_others_are_left_alone_and_unfinished_ones_removed() {
    let disk = memory();
    let others = ["commit-1.log", "commit-000000000000000A.log", "rows.redb", "rows.redb.tmp"];
    for name in others {
        write_file(&*disk, name, b"mine");
    }
    write_file(&*disk, "commit-0000000000000001.log.tmp", b"half a header");
    append(&mut open(&disk, 0).0, 1..=3);
    assert_eq!(open(&disk, 0).2, groups(1..=3));
    let mut expected: Vec<String> = others.map(str::to_owned).into();
    expected.push(segment(1));
    expected.sort();
    assert_eq!(disk.list().unwrap(), expected);
    assert!(others.iter().all(|name| read_file(&*disk, name) == b"mine"));
}

#[test]
fn an_error_of_the_replay_ends_the_opening() {
    #[derive(Debug)]
    struct Stop;
    impl From<LogError> for Stop {
        fn from(error: LogError) -> Self {
            panic!("unexpected: {error}")
        }
    }
    let disk = memory();
    append(&mut open(&disk, 0).0, 1..=3);
    let stop = &mut |epoch, _: &[u8]| if epoch == Epoch(2) { Err(Stop) } else { Ok(()) };
    assert!(SegmentedLog::open(disk, SMALL, Epoch(0), stop).is_err());
}

#[test]
#[should_panic(expected = "without gaps")]
fn a_gap_between_groups_is_our_own_bug() {
    let _ = open(&memory(), 0).0.append(Epoch(2), b"");
}

#[test]
fn after_a_failed_operation_nothing_is_accepted() {
    let run = |disk: &SimDisk| -> Result<(), LogError> {
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let (mut log, _, _) = try_open(&disk, SMALL, 0)?;
        for epoch in 1..=20 {
            let result = if epoch == 15 { log.release(Epoch(10)) } else { Ok(()) };
            let Err(first) = result.and_then(|()| log.append(Epoch(epoch), &payload(epoch))) else {
                continue;
            };
            for later in epoch..epoch + 3 {
                let error = log.append(Epoch(later), b"").unwrap_err();
                assert_eq!(error.to_string(), first.to_string());
                assert!(log.release(Epoch(1)).is_err());
            }
            return Err(first);
        }
        Ok(())
    };
    let disk = SimDisk::new(0);
    run(&disk).unwrap();
    for nth in 1..=disk.operations() {
        let disk = SimDisk::new(nth);
        disk.fail_at(nth, Fault::Once);
        let error = run(&disk).unwrap_err();
        assert!(matches!(error, LogError::Io { .. }), "{error}");
    }
}

#[test]
fn power_loss_at_every_operation_loses_nothing_that_was_durable() {
    let full = SimDisk::new(0);
    append_and_release(&full, &mut 0, &mut 0).unwrap();
    for nth in 1..=full.operations() {
        for seed in 0..4 {
            let disk = SimDisk::new(seed);
            let (mut acked, mut released) = (0, 0);
            disk.fail_at(nth, Fault::PowerLoss);
            append_and_release(&disk, &mut acked, &mut released).unwrap_err();
            let mut disk = disk.crash();
            for round in 0..3 {
                // Recovery is interrupted, too (scenario A11).
                disk.fail_at(1 + round * 2, Fault::PowerLoss);
                let dynamic: Arc<dyn Disk> = Arc::new(disk.clone());
                let _ = try_open(&dynamic, SMALL, released);
                disk = disk.crash();
            }
            let disk: Arc<dyn Disk> = Arc::new(disk);
            let (mut log, recovery, replayed) = open(&disk, released);
            let last = recovery.last.0;
            assert!(last == acked || last == acked + 1, "{acked} acked, {last} found");
            assert_eq!(replayed, groups(released + 1..=last));
            append(&mut log, last + 1..=last + 10);
            drop(log);
            assert_eq!(open(&disk, released).2, groups(released + 1..=last + 10));
        }
    }
}

/// Work that grows, rolls, releases, and uses spares; counts what is known to be durable.
fn append_and_release(disk: &SimDisk, acked: &mut u64, released: &mut u64) -> Result<(), LogError> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    let (mut log, _, _) = try_open(&disk, SMALL, 0)?;
    for epoch in 1..=40 {
        log.append(Epoch(epoch), &payload(epoch))?;
        *acked = epoch;
        if epoch % 12 == 0 {
            // A checkpoint is durable before its groups are released.
            *released = epoch - 3;
            log.release(Epoch(*released))?;
        }
    }
    Ok(())
}

/// Groups that are written, and synced now and then; counts what is known to be durable, and what was written.
fn write_and_sync(disk: &SimDisk, synced: &mut u64, written: &mut u64) -> Result<(), LogError> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    let (mut log, _, _) = try_open(&disk, SMALL, 0)?;
    for epoch in 1..=40 {
        *written = epoch;
        log.write(Epoch(epoch), &payload(epoch))?;
        if epoch % 7 == 0 {
            log.sync()?;
            assert_eq!(log.synced(), Epoch(epoch));
        }
        *synced = log.synced().0;
    }
    Ok(())
}

#[test]
fn power_loss_takes_the_last_groups_that_were_not_synced_and_no_others() {
    let full = SimDisk::new(0);
    write_and_sync(&full, &mut 0, &mut 0).unwrap();
    let (mut lost, mut kept) = (0, 0);
    for nth in 1..=full.operations() {
        for seed in 0..8 {
            let disk = SimDisk::new(seed);
            let (mut synced, mut written) = (0, 0);
            disk.fail_at(nth, Fault::PowerLoss);
            write_and_sync(&disk, &mut synced, &mut written).unwrap_err();
            let mut disk = disk.crash();
            for round in 0..3 {
                disk.fail_at(1 + round, Fault::PowerLoss);
                let dynamic: Arc<dyn Disk> = Arc::new(disk.clone());
                let _ = try_open(&dynamic, SMALL, 0);
                disk = disk.crash();
            }
            let disk: Arc<dyn Disk> = Arc::new(disk);
            let (mut log, recovery, replayed) = open(&disk, 0);
            let last = recovery.last.0;
            assert!((synced..=written).contains(&last), "{synced} synced, {last} found");
            assert_eq!(replayed, groups(1..=last));
            lost += u64::from(last + 1 < written);
            kept += u64::from(last > synced);
            append(&mut log, last + 1..=last + 10);
            drop(log);
            assert_eq!(open(&disk, 0).2, groups(1..=last + 10));
        }
    }
    assert!(lost > 100 && kept > 100, "both fates must have occurred: {lost}, {kept}");
}

#[test]
fn a_group_that_was_synced_is_missed_although_later_ones_were_not() {
    let disk = memory();
    let (mut log, _, _) = try_open(&disk, LogOptions::default(), 0).unwrap();
    append(&mut log, 1..=2);
    for epoch in 3..=5 {
        log.write(Epoch(epoch), &payload(epoch)).unwrap();
    }
    drop(log);
    let files = read_all(&*disk);
    let start = |epoch: u64| {
        let before: usize = (1..epoch).map(|one| GROUP_HEADER_BYTES + payload(one).len()).sum();
        HEADER_BYTES + before
    };
    let damaged = |epoch| {
        let mut files = files.clone();
        files.get_mut(&segment(1)).unwrap()[start(epoch)] ^= 1;
        files
    };
    for epoch in 1..=2 {
        let error = check_refused(&damaged(epoch), 0);
        assert!(
            matches!(&error, LogError::Damaged { position, .. } if *position == start(epoch) as u64)
        );
    }
    for epoch in 3..=5 {
        let (_, recovery, replayed) = open(&restored(&damaged(epoch)), 0);
        assert_eq!(replayed, groups(1..=epoch - 1), "the power may have taken it");
        let end = (start(5) + GROUP_HEADER_BYTES + payload(5).len()) as u64;
        assert_eq!(recovery.torn_bytes, end - start(epoch) as u64, "and all behind it");
    }
}

#[test]
fn a_full_disk_refuses_a_group_and_takes_it_when_there_is_space() {
    for free in 0..3000 {
        let disk = SimDisk::new(0);
        let shared: Arc<dyn Disk> = Arc::new(disk.clone());
        let (mut log, _, _) = open(&shared, 0);
        append(&mut log, 1..=2);
        disk.leave_room(Some(free));
        let mut refused = 0;
        for epoch in 3..=14 {
            while let Err(error) = log.append(Epoch(epoch), &payload(epoch)) {
                assert!(matches!(error, LogError::Full { .. }), "{error}");
                assert!(error.to_string().contains("disk is full"), "{error}");
                refused += 1;
                disk.leave_room(Some(free + refused * 100));
            }
        }
        assert!(refused > 0 || free > 1000);
        drop(log);
        assert_eq!(open(&shared, 0).2, groups(1..=14));
    }
}

#[test]
fn a_limit_of_what_may_be_written_is_a_full_disk() {
    use std::io::ErrorKind;
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
        assert!(crate::disk::is_full(&kind.into()), "{kind}");
    }
    // EFBIG, as the system says it.
    assert!(crate::disk::is_full(&std::io::Error::from_raw_os_error(27)));
    assert!(!crate::disk::is_full(&ErrorKind::Other.into()));
}

#[test]
fn without_a_log_groups_are_only_counted() {
    let mut log = UnloggedLog::new(Epoch(7));
    append_to(&mut log, 8..=9);
    log.release(Epoch(9)).unwrap();
    assert_eq!((log.synced(), log.live_bytes()), (Epoch(9), 0));
}

#[test]
fn random_damage_is_refused_or_cut_and_never_invents_groups() {
    let disk = memory();
    let (mut log, _, _) = open(&disk, 0);
    append(&mut log, 1..=12);
    drop(log);
    let files = read_all(&*disk);
    let names: Vec<&String> = files.keys().collect();
    let mut random = Random::new(7);
    let mut opened = 0;
    for _ in 0..2000 {
        let mut files = files.clone();
        let index = usize::try_from(random.below(names.len() as u64)).unwrap();
        let content = files.get_mut(names[index]).unwrap();
        for _ in 0..=random.below(3) {
            let from = usize::try_from(random.below(content.len() as u64)).unwrap();
            let length = usize::try_from(random.below(64)).unwrap();
            for byte in content.iter_mut().skip(from).take(length) {
                *byte = u8::try_from(random.below(256)).unwrap();
            }
        }
        if let Ok((_, _, replayed)) = try_open(&restored(&files), SMALL, 0) {
            assert_eq!(replayed, groups(1..=replayed.len() as u64));
            opened += 1;
        }
    }
    assert!(opened > 0, "damage behind the last group is no damage");
}

#[test]
fn the_format_is_frozen() {
    let disk = memory();
    open(&disk, 0).0.append(Epoch(1), b"abc").unwrap();
    let content = read_file(&*disk, &segment(1));
    let mut expected = b"ramalog\n".to_vec();
    expected.extend([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend(FROZEN_HEADER_CHECKSUM);
    expected.extend([0xE1, 0xA7, 0xB5, 0xC0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend([0; 8]);
    expected.extend(FROZEN_GROUP_CHECKSUMS);
    expected.extend(b"abc");
    assert_eq!(content[..expected.len()], expected);
    assert!(content[expected.len()..].iter().all(|&byte| byte == 0));
}

/// Written by the second version of the format.
const FROZEN_HEADER_CHECKSUM: [u8; 4] = [18, 219, 59, 3];
const FROZEN_GROUP_CHECKSUMS: [u8; 8] = [3, 90, 229, 105, 120, 135, 39, 112];
