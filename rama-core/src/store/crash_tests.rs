//! Log and store together under power loss: what was acknowledged is there, nothing is invented.
//!
//! A small machine stands in for the layers above: it appends groups that set one row each, now and
//! then brings the store up to date and releases the log, and loses power at a random operation,
//! sometimes while it recovers. A `BTreeMap` is the model.

use super::{Store, StoreError};
use crate::disk::Disk;
use crate::disk::{Fault, Random, SimDisk};
use crate::id::Epoch;
use crate::log::{CommitLog, LogError, LogOptions, SegmentedLog};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use thiserror::Error;

const SMALL: LogOptions = LogOptions { segment_bytes: 4096, growth_bytes: 1024 };
/// Two hundred seeds of six lives each are 1,200 crashes, in two to four seconds of a debug build.
const SEEDS: u64 = 200;
const LIVES: u64 = 6;

#[derive(Debug, Error)]
enum Failed {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Rows = BTreeMap<u64, u64>;

/// What a client may rely on.
#[derive(Default)]
struct Ledger {
    /// Row and value of group 1, 2, ...
    attempted: Vec<(u64, u64)>,
    acked: usize,
    /// How often a group without an answer was there after the crash, and how often not.
    unacked_kept: u64,
    unacked_lost: u64,
}

struct Machine {
    log: SegmentedLog,
    store: Store,
    /// Changes since the last checkpoint.
    fresh: Rows,
    last: Epoch,
}

impl Machine {
    fn start(disk: &SimDisk) -> Result<Self, Failed> {
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let store = Store::open(Arc::clone(&disk), "rows.redb")?;
        let covered = read_covered(&store)?;
        let mut fresh = Rows::new();
        let (log, recovery) =
            SegmentedLog::open(disk, SMALL, covered, &mut |_, payload: &[u8]| {
                let (row, value) = decode(payload);
                fresh.insert(row, value);
                Ok::<(), Failed>(())
            })?;
        Ok(Self { log, store, fresh, last: recovery.last })
    }

    fn append(&mut self, row: u64, value: u64) -> Result<(), Failed> {
        let mut payload = [row.to_le_bytes(), value.to_le_bytes()].concat();
        payload.resize(16 + usize::try_from(value % 700).unwrap(), 0xEE);
        self.log.append(self.last.next(), &payload)?;
        self.last = self.last.next();
        self.fresh.insert(row, value);
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), Failed> {
        let mut batch = self.store.batch()?;
        batch.table("rows", |table| {
            for (row, value) in &self.fresh {
                table.put(&row.to_be_bytes(), &value.to_be_bytes())?;
            }
            Ok(())
        })?;
        batch.table("meta", |table| table.put(b"covered", &self.last.0.to_be_bytes()))?;
        batch.commit()?;
        self.fresh.clear();
        Ok(self.log.release(self.last)?)
    }

    fn rows(&self) -> Result<Rows, Failed> {
        let mut rows = Rows::new();
        let collect = &mut |key: &[u8], value: &[u8]| {
            rows.insert(number(key), number(value));
            ControlFlow::Continue(())
        };
        self.store.snapshot()?.scan("rows", b"", None, collect)?;
        rows.extend(&self.fresh);
        Ok(rows)
    }
}

fn read_covered(store: &Store) -> Result<Epoch, Failed> {
    Ok(Epoch(store.snapshot()?.get("meta", b"covered", number)?.unwrap_or(0)))
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().unwrap())
}

fn decode(payload: &[u8]) -> (u64, u64) {
    let number = |range: Range<usize>| u64::from_le_bytes(payload[range].try_into().unwrap());
    assert!(payload[16..].iter().all(|&byte| byte == 0xEE), "half a group was replayed");
    (number(0..8), number(8..16))
}

/// One life: start, check against the ledger, work until the power goes.
fn live(disk: &SimDisk, ledger: &mut Ledger, random: &mut Random) -> Result<(), Failed> {
    let mut machine = Machine::start(disk)?;
    let last = usize::try_from(machine.last.0).unwrap();
    assert!(last >= ledger.acked, "{} acked, {last} found", ledger.acked);
    assert!(last <= ledger.attempted.len(), "{last} found, {} tried", ledger.attempted.len());
    ledger.unacked_kept += u64::from(last > ledger.acked);
    ledger.unacked_lost += u64::from(last < ledger.attempted.len());
    ledger.attempted.truncate(last);
    // What was read once must not vanish later, although its writer got no answer.
    ledger.acked = last;
    assert_eq!(machine.rows()?, ledger.attempted.iter().copied().collect());
    loop {
        let (row, value) = (random.below(50), random.below(1 << 30));
        ledger.attempted.push((row, value));
        machine.append(row, value)?;
        ledger.acked += 1;
        if random.below(8) == 0 {
            machine.checkpoint()?;
        }
    }
}

#[test]
fn acknowledged_groups_survive_any_crash_and_none_is_invented() {
    let (mut acked, mut kept, mut lost) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut disk = SimDisk::new(seed);
        let mut random = Random::new(seed + 1_000_000);
        let mut ledger = Ledger::default();
        for _ in 0..LIVES {
            // Every fourth life ends during the recovery.
            let operations = if random.below(4) == 0 { 12 } else { 300 };
            disk.fail_at(1 + random.below(operations), Fault::PowerLoss);
            let end = live(&disk, &mut ledger, &mut random);
            assert!(end.is_err(), "the power must go away");
            disk = disk.crash();
        }
        let machine = Machine::start(&disk).unwrap();
        let last = usize::try_from(machine.last.0).unwrap();
        assert!((ledger.acked..=ledger.attempted.len()).contains(&last), "seed {seed}");
        ledger.attempted.truncate(last);
        assert_eq!(machine.rows().unwrap(), ledger.attempted.into_iter().collect(), "seed {seed}");
        acked += ledger.acked;
        kept += ledger.unacked_kept;
        lost += ledger.unacked_lost;
    }
    assert!(acked > 10_000, "the machine must have worked: {acked}");
    assert!(kept > 50 && lost > 50, "both fates must have occurred: {kept}, {lost}");
}

#[test]
fn one_seed_has_one_fate() {
    let fate = |seed| {
        let disk = SimDisk::new(seed);
        let mut ledger = Ledger::default();
        disk.fail_at(100, Fault::PowerLoss);
        let mut random = Random::new(seed);
        let reason = live(&disk, &mut ledger, &mut random).unwrap_err().to_string();
        let rows = Machine::start(&disk.crash()).unwrap().rows().unwrap();
        (ledger.acked, ledger.attempted, reason, rows)
    };
    assert_eq!(fate(1), fate(1));
    assert_ne!(fate(1), fate(2));
}
