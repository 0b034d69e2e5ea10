//! Random crashes under a depot that is trimmed all the time, with clients that repeat what they are not sure of: every record
//! counts once, and the depot has all records from its start to its end (A9, A12, B16).

use std::{collections::BTreeMap, time::Duration};

use rama_core::prelude::*;
use rama_test::{Simulation, World};

/// Records that a partition keeps.
const KEEPS: u64 = 4;

defmodule! {
    Till {
        depot *coins: (u64, u64), hash_by(|coin| coin.0) { max_entries: KEEPS, excess: 0.5 }

        stream count {
            pstate $$seen: Map<u64, List<u64>>;

            sources! {
                source(*coins) :> (client, number);
                local_transform(
                    [keypath(client), nil_to_val(Vec::new()), update(|seen| seen.push(number))],
                    $$seen
                );
            }
        }
    }
}

/// A client that does not go on before its record is acknowledged. Tells how many were; the module may be gone when it ends.
async fn client(till: TillClient, world: World, client: u64, first: u64) -> u64 {
    let coins = &till.depot.coins;
    for number in first..first + 12 {
        let key = format!("{client}/{number}");
        if coins.append_once(key, (client, number)).await.is_err() {
            return number;
        }
        world.advance(Duration::from_secs(1)).await;
    }
    first + 12
}

/// Everything that the module has is there and fits together. The next number of each client.
async fn check(till: &TillClient) -> Result<BTreeMap<u64, u64>> {
    let mut total = 0;
    for task in 0..till.depot.coins.info()?.partitions {
        let info = till.depot.coins.partition_info(TaskId(task))?;
        let (start, end) = (info.start.0, info.end.0);
        let records = till.depot.coins.read(TaskId(task), start..end).await?.records;
        assert_eq!(records.len() as u64, end - start, "no record is missing");
        assert!(end - start >= KEEPS.min(end), "it keeps what it has to");
        assert!(records.is_sorted_by_key(|record| record.time), "times never decrease");
        for record in &records {
            let first = records.partition_point(|one| one.time < record.time);
            let found = till.depot.coins.offset_at(TaskId(task), record.time).await?;
            assert_eq!(found, records[first].offset);
        }
        assert_eq!(info.skipped, 0, "topologies hold trimming back");
        total += end;
    }
    let seen = till.pstate.seen.all_partitions().select(path![ALL]).await?;
    let mut next = BTreeMap::new();
    for (client, numbers) in seen {
        let expected: Vec<_> = (0..numbers.len() as u64).collect();
        assert_eq!(numbers, expected, "client {client}: each once, in order");
        next.insert(client, numbers.len() as u64);
    }
    assert_eq!(next.values().sum::<u64>(), total, "every record was processed once");
    Ok(next)
}

async fn trims_and_crashes(world: World) -> Result<()> {
    let till = world.launch(Till).await?;
    let mut random = world.random("till");
    let mut next: BTreeMap<u64, u64> = BTreeMap::new();
    for _ in 0..4 {
        let trouble = random.below(4);
        match trouble {
            0 => world.lose_power_within(150),
            1 => world.die_within(150),
            _ => {}
        }
        let clients: Vec<_> = (0..3)
            .map(|id| {
                let first = next.get(&id).copied().unwrap_or_default();
                (id, world.spawn(client(till.clone(), world.clone(), id, first)))
            })
            .collect();
        for (id, client) in clients {
            next.insert(id, client.join().await);
        }
        world.heal();
        match trouble {
            0 => world.crash().await,
            1 => world.kill().await,
            _ => world.shutdown().await?,
        }
        world.restart().await?;
        world.run_until_idle().await;
        for (client, counted) in check(&till).await? {
            let acked = next[&client];
            // A record without an answer may be there. The client repeats it.
            assert!((acked..=acked + 1).contains(&counted), "client {client}: {acked}, {counted}");
        }
    }
    // A stop writes a checkpoint, when something is to be written.
    client(till.clone(), world.clone(), 0, next[&0]).await;
    world.shutdown().await?;
    world.restart().await?;
    for task in 0..till.depot.coins.info()?.partitions {
        let info = till.depot.coins.partition_info(TaskId(task))?;
        assert!(info.end.0 - info.start.0 <= KEEPS + KEEPS / 2, "it is trimmed: {info:?}");
    }
    Ok(())
}

#[test]
fn over_crashes_every_record_counts_once_and_the_last_ones_are_kept() {
    Simulation::new().seeds(60).run(trims_and_crashes);
}
