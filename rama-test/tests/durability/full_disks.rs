//! How a module stops on a disk that is full: without a checkpoint when there is no space for one, since the log has
//! everything (RELIABILITY C1).

use std::{
    ops::ControlFlow,
    sync::{Arc, LazyLock},
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock, Timestamp},
    cluster::{Cluster, Durability},
    error::AppendError,
    prelude::*,
    store::Store,
};
use rama_test::LaunchConfig;

use crate::{
    CHECKPOINT, Machine,
    disk::TestDisk,
    outside::{Outside, until},
};

/// The record at which the task of [`Standing`] stands while the brake is on.
const STANDS: u64 = 1_000;

/// Time between two looks for space.
const LOOK: Duration = Duration::from_millis(100);

static BRAKE: LazyLock<Outside> = LazyLock::new(|| Outside::new().0);

fn pass(number: u64) {
    if number == STANDS {
        BRAKE.meet_brake();
    }
}

defmodule! {
    Standing {
        depot *numbers: u64, global;

        stream sums {
            pstate $$sum: u64;

            sources! {
                source(*numbers) :> number;
                pass(number);
                local_transform([nil_to_val(0), term(|sum| sum + number)], $$sum);
            }
        }
    }
}

#[tokio::test]
async fn a_stop_on_a_full_disk_writes_no_checkpoint_and_loses_nothing() {
    for is_due in [false, true] {
        let machine = Machine::new(Durability::Sync).await;
        machine.append(0..1_000).await;
        machine.disk.fill();
        if is_due {
            machine.clock.advance(CHECKPOINT);
            until("it is put off", async || waits_for_space(&machine.clock)).await;
            let refused = machine.module.depot.numbers.append(1_000).await.unwrap_err();
            assert!(matches!(refused, AppendError::DiskFull { .. }), "{refused}");
        }
        machine.cluster.shutdown().await.expect("the log has everything, so it stops well");
        assert!(!machine.disk.has("suspect.txt"), "nothing is wrong with the disk");
        machine.disk.set_free(1 << 40);
        assert_eq!(in_store(&machine.disk), 0, "there was no space for a checkpoint: {is_due}");
        let machine = Machine::on(machine.disk, Durability::Sync).await;
        assert_eq!(machine.stored().await, 1_000);
        machine.append(1_000..1_100).await;
        machine.lose_power().await;
        assert_eq!(machine.stored().await, 1_100);
    }
}

/// Blocks of records that checkpoints have brought into the store.
fn in_store(disk: &TestDisk) -> usize {
    let store = Store::open(disk.for_every_module()("").unwrap(), "store.redb").unwrap();
    let (mut blocks, snapshot) = (0, store.snapshot().unwrap());
    let count = &mut |_: &[u8], _: &[u8]| {
        blocks += 1;
        ControlFlow::Continue(())
    };
    snapshot.scan("depot:numbers", &[], None, count).unwrap();
    blocks
}

/// Whether the committer looks for space again.
fn waits_for_space(clock: &ManualClock) -> bool {
    clock.next_wait().is_some_and(|at| at <= clock.now().after(LOOK))
}

#[tokio::test]
async fn a_checkpoint_that_is_due_while_a_module_stops_on_a_full_disk_is_left_out() {
    let (disk, clock) = (TestDisk::default(), Arc::new(ManualClock::new(Timestamp(1))));
    let cluster = Cluster::on_disks(disk.for_every_module());
    let cluster = cluster.with_clock(Arc::<ManualClock>::clone(&clock));
    let module = cluster.launch(Standing, LaunchConfig::new().tasks(1)).await.unwrap();
    let numbers = &module.depot.numbers;
    numbers.append_all(0..10, AckLevel::Ack).await.unwrap();
    BRAKE.set_brake(true);
    numbers.append_with(STANDS, AckLevel::None).await.unwrap();
    BRAKE.stands().await;
    disk.fill();
    let goes_on = async {
        // The module stops, and waits for the record.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        clock.advance(CHECKPOINT);
        // The note is what is left when it is tried nevertheless.
        let looked = async || disk.has("suspect.txt") || waits_for_space(&clock);
        until("a checkpoint is due", looked).await;
        BRAKE.set_brake(false);
    };
    let (stopped, ()) = tokio::join!(cluster.shutdown(), goes_on);
    stopped.expect("the log has everything, so it stops well");
    disk.set_free(1 << 40);
    assert_eq!(in_store(&disk), 0, "there was no space for a checkpoint");
    cluster.restart().await.unwrap();
    let stored = rama_test::records(numbers).await.unwrap();
    assert_eq!(stored, (0..10).chain([STANDS]).collect::<Vec<_>>());
    let sum = module.pstate.sum.select_one(path![nil_to_val(0)]).await.unwrap();
    assert_eq!(sum, stored.iter().sum::<u64>());
}

#[tokio::test]
async fn a_stop_gives_the_reserve_up_for_its_checkpoint() {
    let machine = Machine::new(Durability::Sync).await;
    machine.append(0..1_000).await;
    machine.disk.set_free(0);
    machine.cluster.shutdown().await.unwrap();
    assert_ne!(in_store(&machine.disk), 0, "the reserve is large enough for it");
    let machine = Machine::on(machine.disk, Durability::Sync).await;
    assert_eq!(machine.stored().await, 1_000, "also on the disk that is full still");
}
