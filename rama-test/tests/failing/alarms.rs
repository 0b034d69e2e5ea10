//! Time limits that are earlier than what the lanes wait for: they are acted upon when their time has come, and not with the
//! next thing that happens (ST-07).

use std::{future::pending, time::Duration};

use rama_core::{client::Depot, error::Fate, prelude::*};
use rama_test::{Simulation, World};

use crate::shop::fate;

/// What the lanes wait for when nothing else is there.
const LONG: Duration = Duration::from_secs(3_600);

/// Shorter than what counts as a stall of the disk, and longer.
const SHORT: Duration = Duration::from_millis(100);
const MIDDLE: Duration = Duration::from_secs(5);

/// Time that passes by the steps of everybody, and no more.
const SLACK: Duration = Duration::from_millis(20);

defmodule! {
    pub(crate) Limits {
        depot *long: i64, hash_by(|key| *key);
        depot *middle: i64, hash_by(|key| *key);
        depot *short: i64, hash_by(|key| *key);
        depot *noise: i64, hash_by(|key| *key);

        stream work {
            pstate $$heard: u64;

            sources! {
                source(*long, retry: none, timeout: LONG) :> _;
                await_future(pending::<()>(), timeout: 2 * LONG) :> ();

                source(*middle, retry: none, timeout: MIDDLE) :> _;
                await_future(pending::<()>(), timeout: 2 * LONG) :> ();

                source(*short, retry: none, timeout: SHORT) :> _;
                await_future(pending::<()>(), timeout: 2 * LONG) :> ();

                source(*noise) :> _;
                local_transform([nil_to_val(0), term(|count| count + 1)], $$heard);
            }
        }
    }
}

/// How long a record takes that is never done, while so many others keep the committer busy at its beginning.
async fn time_of(
    world: &World,
    client: &LimitsClient,
    (depot, key): (&Depot<i64>, i64),
    others: i64,
) -> Duration {
    let noise: Vec<_> = (0..others)
        .map(|by| {
            let noise = client.depot.noise.clone();
            world.spawn(async move { noise.append(key + by).await.expect("nothing is wrong") })
        })
        .collect();
    let before = world.now();
    assert_eq!(fate(depot.append(key).await), Fate::Dropped);
    let took = world.now().since(before);
    for one in noise {
        one.join().await;
    }
    took
}

#[test]
fn a_time_limit_is_kept_that_is_earlier_than_what_the_lanes_wait_for() {
    Simulation::new().seeds(40).run(async |world: World| {
        let client = world.launch(Limits).await?;
        for key in 0..8 {
            client.depot.long.append_with(key, AckLevel::AppendAck).await?;
        }
        world.run_until_idle().await;
        for key in 0..9 {
            for (depot, limit) in [(&client.depot.middle, MIDDLE), (&client.depot.short, SHORT)] {
                let took = time_of(&world, &client, (depot, key), key % 3).await;
                assert!(
                    (limit..limit + SLACK).contains(&took),
                    "its source says {limit:?}, and it took {took:?}"
                );
            }
        }
        Ok(())
    });
}
