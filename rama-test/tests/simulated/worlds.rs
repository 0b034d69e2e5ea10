//! The world itself: what tests rely on.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use rama_core::{clock::Clock, id::TaskId, prelude::*};
use rama_test::{Simulation, World, assert_exactly_once, trace_of};

use crate::bank::{BankModule, Transfer};

fn transfer(id: u64) -> Transfer {
    Transfer { id, client: 0, from: id % 7, to: id % 5, amount: 1 + (id % 3) as i64 }
}

async fn some_work(world: World) -> Result<()> {
    let bank = world.launch(BankModule).await?;
    let clients: Vec<_> = (0..3)
        .map(|client| {
            let transfers = bank.depot.transfers.clone();
            world.spawn(async move {
                for id in 0..10 {
                    let appended = transfers.append(transfer(client * 10 + id)).await;
                    appended.expect("nothing is wrong");
                }
            })
        })
        .collect();
    for client in clients {
        client.join().await;
    }
    world.crash_and_restart().await?;
    let balances = bank.pstate.balances.all_partitions().select(path![ALL]).await?;
    assert_exactly_once(&bank.depot.transfers, balances, BankModule::fold).await
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..30 {
        let first = trace_of(seed, some_work);
        assert_eq!(first, trace_of(seed, some_work), "seed {seed} (H4)");
        assert_ne!(first, trace_of(seed + 1_000, some_work), "another seed is another world");
    }
}

/// What does not follow from the seed.
static DRAWN: AtomicU64 = AtomicU64::new(0);

defmodule! {
    LotteryModule {
        depot *tickets: u64, hash_by(|ticket| *ticket);
        stream lottery {
            pstate $$numbers: Map<u64, u64>;
            sources! {
                source(*tickets) :> ticket;
                let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
                local_transform([keypath(ticket), termval(drawn)], $$numbers);
            }
        }
    }
}

#[test]
fn what_is_stored_and_does_not_follow_from_the_seed_gives_another_trace() {
    let draw = async |world: World| {
        let lottery = world.launch(LotteryModule).await?;
        lottery.depot.tickets.append(7).await?;
        Ok(())
    };
    assert_ne!(trace_of(3, draw), trace_of(3, draw));
}

#[test]
fn a_clock_that_is_set_is_seen_by_modules_and_nothing_is_late() {
    Simulation::new().seeds(10).run(async |world: World| {
        let bank = world.launch(BankModule).await?;
        let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
        let mut times = Vec::new();
        for id in 0..4 {
            match id {
                1 => world.set_clock_ahead(day),
                2 => world.set_clock_back(day + hour),
                3 => world.set_clock_ahead(3 * day),
                _ => {}
            }
            let before = world.now();
            bank.depot
                .transfers
                .append(Transfer { from: 1, ..transfer(id) })
                .await
                .expect("it works");
            let took = world.now().since(before);
            assert!(took < Duration::from_secs(1), "append {id} took {took:?}");
        }
        for task in (0..bank.depot.transfers.info()?.partitions).map(TaskId) {
            let records = rama_test::partition_records(&bank.depot.transfers, task).await?;
            times.extend(records.into_iter().map(|record| record.time));
        }
        assert!(times.is_sorted(), "{times:?}");
        let since: Vec<_> = times.iter().map(|time| time.since(times[0])).collect();
        assert!(since[1] >= day && since[2] >= day && since[3] >= 2 * day, "{since:?}");
        Ok(())
    });
}

#[test]
fn what_is_acknowledged_survives_a_crash() {
    Simulation::new().seeds(50).run(some_work);
}

#[test]
fn hours_pass_at_once() {
    Simulation::new().seeds(3).run(async |world: World| {
        let before = world.now();
        let clock = world.clock();
        let other = world.spawn(async move {
            clock.sleep(Duration::from_secs(3_599)).await;
            clock.now()
        });
        world.advance(Duration::from_secs(3_600)).await;
        let passed = other.join().await.since(before);
        assert!((3_599..3_600).contains(&passed.as_secs()), "{passed:?}");
        Ok(())
    });
}

#[test]
#[should_panic(expected = "the test waits for something that does not come")]
fn a_test_that_waits_for_nothing_fails() {
    Simulation::new().seed(1).run(async |_| {
        std::future::pending::<()>().await;
        Ok(())
    });
}

#[test]
#[should_panic(expected = "no record makes that")]
fn state_that_no_record_makes_is_noticed() {
    Simulation::new().seed(1).run(async |world: World| {
        let bank = world.launch(BankModule).await?;
        assert_exactly_once(&bank.depot.transfers, [(1, 1)], BankModule::fold).await
    });
}
