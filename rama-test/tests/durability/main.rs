//! What each durability promises and what it may lose, when the process is killed and when the power goes; modules that
//! are idle; disks that fail or run full (RELIABILITY A2, A14, C1, C3; findings 2 and 3).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod clocks;
mod disk;
mod full_disks;

#[path = "../failing_disk/mod.rs"]
mod failing_disk;
#[path = "../outside/mod.rs"]
mod outside;
#[path = "../sums/mod.rs"]
mod sums;

use std::{sync::Arc, time::Duration};

use disk::TestDisk;
use rama_core::{
    clock::{ManualClock, Timestamp},
    cluster::{Cluster, Durability, Tuning},
    error::{AppendError, LetterError},
    prelude::*,
};
use rama_test::LaunchConfig;
use sums::{Client, SumModule};

const INTERVAL: Duration = Duration::from_millis(10);

/// After this an idle module has written a checkpoint.
const CHECKPOINT: Duration = Duration::from_secs(10);

struct Machine {
    disk: TestDisk,
    clock: Arc<ManualClock>,
    cluster: Cluster,
    module: Client,
}

impl Machine {
    async fn new(durability: Durability) -> Self {
        Self::on(TestDisk::default(), durability).await
    }

    async fn on(disk: TestDisk, durability: Durability) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1)));
        let cluster = Cluster::on_disks(disk.for_every_module());
        let cluster = cluster.with_clock(Arc::<ManualClock>::clone(&clock));
        let config = LaunchConfig::new().tasks(2).durability(durability);
        let module = cluster.launch(SumModule, config).await.unwrap();
        Self { disk, clock, cluster, module }
    }

    async fn append(&self, numbers: std::ops::Range<u64>) {
        self.module.depot.numbers.append_all(numbers, AckLevel::Ack).await.unwrap();
    }

    /// The process is killed and starts again.
    async fn kill(&self) {
        self.cluster.kill().await;
        self.cluster.restart().await.unwrap();
    }

    async fn lose_power(&self) {
        self.disk.lose_power();
        self.kill().await;
    }

    /// The numbers that are stored; the state is what follows from them.
    async fn stored(&self) -> u64 {
        let stored = sums::stored(&self.module).await;
        let count = stored.len() as u64;
        assert_eq!(stored, (0..count).collect::<Vec<_>>());
        count
    }
}

#[tokio::test]
async fn sync_loses_nothing_when_the_power_goes() {
    let machine = Machine::new(Durability::Sync).await;
    for round in 0..3 {
        machine.append(round * 100..(round + 1) * 100).await;
        machine.lose_power().await;
        assert_eq!(machine.stored().await, (round + 1) * 100);
    }
}

#[tokio::test]
async fn an_append_that_is_only_stored_when_it_is_acknowledged_is_processed_by_the_next_start() {
    let machine = Machine::new(Durability::Sync).await;
    machine.append(0..100).await;
    for number in 100..120 {
        machine.module.depot.numbers.append_with(number, AckLevel::AppendAck).await.unwrap();
    }
    machine.module.depot.numbers.append_with(120, AckLevel::None).await.unwrap();
    machine.lose_power().await;
    let stored = machine.stored().await;
    assert!(
        (120..=121).contains(&stored),
        "only the one that nobody waited for may be lost: {stored}"
    );
}

#[tokio::test]
async fn an_interval_loses_nothing_with_the_process_and_its_last_groups_with_the_power() {
    let machine = Machine::new(Durability::Interval(INTERVAL)).await;
    machine.append(0..100).await;
    machine.kill().await;
    assert_eq!(machine.stored().await, 100, "the system had it");
    let (_, syncs) = machine.disk.uses("commit-");
    machine.append(100..200).await;
    machine.append(200..300).await;
    assert_eq!(machine.disk.uses("commit-").1, syncs, "nothing was synced for it");
    machine.lose_power().await;
    assert_eq!(machine.stored().await, 100, "which is not on the disk yet");
    let (_, syncs) = machine.disk.uses("commit-");
    machine.append(100..200).await;
    machine.clock.advance(INTERVAL);
    machine.disk.synced("commit-", syncs).await;
    machine.lose_power().await;
    assert_eq!(machine.stored().await, 200);
}

#[tokio::test]
async fn a_graceful_stop_makes_everything_durable_whatever_the_setting() {
    for durability in [Durability::Sync, Durability::Interval(INTERVAL), Durability::Memory] {
        let machine = Machine::new(durability).await;
        machine.append(0..100).await;
        machine.cluster.update(SumModule).await.unwrap();
        assert_eq!(machine.stored().await, 100, "{durability}");
        machine.lose_power().await;
        assert_eq!(machine.stored().await, 100, "{durability}");
    }
}

#[tokio::test]
async fn a_checkpoint_does_not_get_ahead_of_the_log() {
    let machine = Machine::new(Durability::Interval(Duration::from_secs(3600))).await;
    machine.append(0..100).await;
    let (_, syncs) = machine.disk.uses("store");
    let (_, log_syncs) = machine.disk.uses("commit-");
    machine.clock.advance(CHECKPOINT);
    machine.disk.synced("store", syncs).await;
    assert!(machine.disk.uses("commit-").1 > log_syncs, "the log was synced before");
    machine.lose_power().await;
    assert_eq!(machine.stored().await, 100);
}

#[tokio::test]
async fn memory_writes_no_log_and_goes_back_to_its_last_checkpoint() {
    let machine = Machine::new(Durability::Memory).await;
    let before = machine.disk.uses("commit-");
    machine.append(0..100).await;
    let (_, syncs) = machine.disk.uses("store");
    machine.clock.advance(CHECKPOINT);
    machine.disk.synced("store", syncs + 1).await;
    machine.append(100..200).await;
    assert_eq!(machine.stored().await, 200);
    assert_eq!(machine.disk.uses("commit-"), before);
    machine.kill().await;
    assert_eq!(machine.stored().await, 100);
    machine.append(100..200).await;
    machine.cluster.shutdown().await.unwrap();
    let machine = Machine::on(machine.disk, Durability::Sync).await;
    assert_eq!(machine.stored().await, 200, "the log goes on behind the checkpoint");
    machine.append(200..300).await;
    machine.lose_power().await;
    assert_eq!(machine.stored().await, 300);
}

#[tokio::test]
async fn an_idle_module_writes_a_checkpoint_when_it_is_due() {
    let machine = Machine::new(Durability::Sync).await;
    machine.append(0..1).await;
    let (_, syncs) = machine.disk.uses("store");
    machine.clock.advance(CHECKPOINT);
    machine.disk.synced("store", syncs).await;
}

#[tokio::test]
async fn after_a_failed_sync_the_next_start_reads_the_disk_anew_and_checks_it() {
    let machine = Machine::new(Durability::Sync).await;
    machine.append(0..100).await;
    machine.disk.fail_syncs(true);
    let lost = machine.module.depot.numbers.append(100).await.unwrap_err();
    assert!(matches!(lost, AppendError::Unknown { .. }), "{lost}");
    let refused = machine.module.depot.numbers.append(101).await.unwrap_err();
    assert!(matches!(refused, AppendError::Broken { .. }), "{refused}");
    let (module, reason) = machine.cluster.failure().await;
    assert!(module == "SumModule" && reason.contains("the disk is gone"), "{module}: {reason}");
    machine.disk.fail_syncs(false);
    assert!(machine.disk.has("suspect.txt"), "the note was written, though not durable");
    assert_eq!(machine.disk.forgotten(), 0);
    machine.kill().await;
    assert_eq!(machine.disk.forgotten(), 1);
    assert!(!machine.disk.has("suspect.txt"), "it is settled");
    assert!(machine.stored().await >= 100);
    machine.kill().await;
    assert_eq!(machine.disk.forgotten(), 1, "a start without a doubt is fast");
}

defmodule! {
    /// Gives up odd numbers.
    EvenModule {
        depot *numbers: u64, global;

        stream sums {
            pstate $$sum: u64;

            sources! {
                source(*numbers, attempts: 1) :> number;
                refuse_odd(number)?;
                local_transform([nil_to_val(0), term(|sum| sum + number)], $$sum);
            }
        }
    }
}

fn refuse_odd(number: u64) -> Result<(), EventError> {
    if number.is_multiple_of(2) { Ok(()) } else { Err(EventError::new("it is odd")) }
}

#[tokio::test]
async fn a_full_disk_refuses_orders_about_letters_until_there_is_space() {
    let (disk, clock) = (TestDisk::default(), Arc::new(ManualClock::new(Timestamp(1))));
    let cluster = Cluster::on_disks(disk.for_every_module());
    let cluster = cluster.with_clock(Arc::<ManualClock>::clone(&clock));
    let module = cluster.launch(EvenModule, LaunchConfig::new().tasks(1)).await.unwrap();
    let (numbers, sums) = (&module.depot.numbers, &module.stream.sums);
    for number in [1, 3, 5] {
        numbers.append(number).await.unwrap_err();
    }
    let letters = sums.dead_letters(None, 10).await.unwrap();
    disk.set_free(0);
    while numbers.append(2).await.is_ok() {}
    for refused in [sums.discard(&letters[0]).await, sums.replay(&letters[1]).await] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, LetterError::DiskFull { module: "EvenModule" }), "{refused}");
    }
    assert_eq!(sums.dead_letters(None, 10).await.unwrap(), letters, "nothing was done");
    disk.set_free(1 << 40);
    loop {
        clock.advance(Duration::from_millis(100));
        match sums.discard(&letters[0]).await {
            Ok(()) => break,
            Err(LetterError::DiskFull { .. }) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(sums.dead_letters(None, 10).await.unwrap(), letters[1..]);
}

defmodule! {
    /// Counts numbers.
    CountModule {
        depot *numbers: u64, hash_by(|number| *number);

        stream counts {
            pstate $$counts: Map<u64, u64>;

            sources! {
                source(*numbers) :> number;
                local_transform([keypath(number), nil_to_val(0), term(|count| count + 1)], $$counts);
            }
        }
    }
}

/// Whether so many appends of a number each, of so many different ones, make a checkpoint due.
async fn is_checkpointed(appends: u64, numbers: u64) -> bool {
    let disk = TestDisk::default();
    let clock = Arc::new(ManualClock::new(Timestamp(1)));
    let cluster = Cluster::on_disks(disk.for_every_module()).with_clock(clock);
    let tuning = Tuning { checkpoint_bytes: 1024 * 1024, ..Tuning::default() };
    let config = LaunchConfig::new().tasks(1).tuning(tuning);
    let module = cluster.launch(CountModule, config).await.unwrap();
    let before = disk.uses("store.redb").1;
    let all = (0..appends).map(|append| append % numbers);
    module.depot.numbers.append_all(all, AckLevel::Ack).await.unwrap();
    // A checkpoint is written in the background.
    for _ in 0..100_000 {
        if disk.uses("store.redb").1 > before {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn many_small_rows_make_a_checkpoint_due_by_the_memory_that_they_take() {
    assert!(is_checkpointed(8_000, 8_000).await, "each is in memory beside its bytes in the log");
    assert!(!is_checkpointed(8_000, 4).await, "a row that changes all the time is there once");
}

#[tokio::test]
async fn a_full_disk_refuses_appends_until_there_is_space_and_loses_nothing() {
    let machine = Machine::new(Durability::Sync).await;
    machine.append(0..1000).await;
    machine.disk.set_free(0);
    let mut stored = 1000;
    let refused = loop {
        match machine.module.depot.numbers.append(stored).await {
            Ok(_) => stored += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, AppendError::DiskFull { module: "SumModule" }), "{refused}");
    assert_eq!(machine.stored().await, stored, "reads go on, and what was taken is finished");
    machine.kill().await;
    assert_eq!(machine.stored().await, stored);
    let refused = machine.module.depot.numbers.append(stored).await.unwrap_err();
    assert!(matches!(refused, AppendError::DiskFull { .. }), "also after a restart: {refused}");
    machine.disk.set_free(1 << 40);
    loop {
        machine.clock.advance(Duration::from_millis(100));
        match machine.module.depot.numbers.append(stored).await {
            Ok(_) => break,
            Err(refused) => {
                assert!(matches!(refused, AppendError::DiskFull { .. }), "{refused}");
                tokio::task::yield_now().await;
            }
        }
    }
    machine.append(stored + 1..stored + 100).await;
    machine.lose_power().await;
    assert_eq!(machine.stored().await, stored + 100);
}

#[tokio::test]
async fn memory_on_a_full_disk_goes_back_to_its_last_checkpoint_and_on_when_there_is_space() {
    let machine = Machine::new(Durability::Memory).await;
    machine.append(0..1000).await;
    // Brings all of it to the store.
    machine.cluster.update(SumModule).await.unwrap();
    machine.disk.set_free(0);
    let before = machine.disk.uses("store");
    machine.append(1000..1500).await;
    assert_eq!(machine.stored().await, 1500, "no space is needed before the next checkpoint");
    let mut stored = 1500;
    let refused = loop {
        machine.clock.advance(CHECKPOINT);
        match machine.module.depot.numbers.append(stored).await {
            Ok(_) => stored += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, AppendError::DiskFull { .. }), "{refused}");
    assert_eq!(machine.stored().await, stored, "reads go on");
    assert_eq!(machine.disk.uses("store"), before, "a checkpoint without space is not begun");
    machine.kill().await;
    assert_eq!(machine.stored().await, 1000, "as of the last checkpoint, with its state");
    machine.disk.set_free(1 << 40);
    let mut next = 1000;
    while next < 1100 {
        machine.clock.advance(Duration::from_millis(100));
        match machine.module.depot.numbers.append(next).await {
            Ok(_) => next += 1,
            Err(refused) => {
                assert!(matches!(refused, AppendError::DiskFull { .. }), "{refused}");
                tokio::task::yield_now().await;
            }
        }
    }
    machine.cluster.update(SumModule).await.unwrap();
    machine.lose_power().await;
    assert_eq!(machine.stored().await, 1100);
}
