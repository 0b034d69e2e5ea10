//! A record that fails leaves nothing behind, not even for records of the same group that ran behind it: who would not have
//! failed without it does not fail (C-31, DP-25, B9).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use rama_core::{client::Depot, prelude::*};
use rama_test::{InProcessCluster, LaunchConfig};
use tokio::task::JoinSet;

/// What is in a purse at first.
const FULL: i64 = 50;

/// What is taken out of it, or put in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Entry {
    purse: i64,
    amount: i64,
}

fn is_enough(left: i64) -> Result<(), EventError> {
    if left < 0 { Err(EventError::new(format!("{left} is left"))) } else { Ok(()) }
}

defmodule! {
    /// Takes first, and looks then.
    Purse {
        depot *entries: Entry, hash_by(purse);
        depot *distant: Entry, global;
        depot *retried: Entry, hash_by(purse);

        stream near {
            pstate $$left: Map<i64, i64>;

            sources! {
                source(*entries, retry: none) :> Entry { purse, amount };
                local_transform([keypath(purse), nil_to_val(FULL), term(|left| left + amount)], $$left);
                local_select([keypath(purse), nil_to_val(FULL)], $$left) :> left;
                is_enough(left)?;
            }
        }

        stream far {
            pstate $$far: Map<i64, i64>;
            pstate $$moves: i64 { global, initial: 0 };

            sources! {
                source(*distant, retry: none) :> Entry { purse, amount };
                local_transform([term(|moves| moves + 1)], $$moves);
                |hash(purse);
                local_transform([keypath(purse), nil_to_val(FULL), term(|left| left + amount)], $$far);
                local_select([keypath(purse), nil_to_val(FULL)], $$far) :> left;
                is_enough(left)?;
            }
        }

        stream later {
            pstate $$later: Map<i64, i64>;

            sources! {
                source(*retried) :> Entry { purse, amount };
                local_transform([keypath(purse), nil_to_val(FULL), term(|left| left + amount)], $$later);
                local_select([keypath(purse), nil_to_val(FULL)], $$later) :> left;
                is_enough(left)?;
            }
        }
    }
}

/// Entries of a few purses, and which of them are in order when each is seen alone, one after the other.
fn entries(seed: i64, purses: i64) -> (Vec<Entry>, Vec<bool>, Vec<i64>) {
    let mut left = vec![FULL; usize::try_from(purses).unwrap()];
    let (mut all, mut good) = (Vec::new(), Vec::new());
    for number in 0..400 {
        let random = (number * 7_919 + seed * 104_729) % 1_009;
        let (purse, amount) = (random % purses, random % 97 - 60);
        let after = left[usize::try_from(purse).unwrap()] + amount;
        all.push(Entry { purse, amount });
        good.push(after >= 0);
        if after >= 0 {
            left[usize::try_from(purse).unwrap()] = after;
        }
    }
    (all, good, left)
}

/// Appends all in order, without waiting in between, and tells which were done.
async fn append(depot: &Depot<Entry>, entries: Vec<Entry>) -> Vec<bool> {
    let mut appends = JoinSet::new();
    let count = entries.len();
    for (number, entry) in entries.into_iter().enumerate() {
        let depot = depot.clone();
        appends.spawn(async move { (number, depot.append(entry).await.is_ok()) });
    }
    let mut done = vec![false; count];
    while let Some(one) = appends.join_next().await {
        let (number, is_done) = one.unwrap();
        done[number] = is_done;
    }
    done
}

async fn launch(tasks: u32, threads: u32) -> (InProcessCluster, PurseClient) {
    let ipc = InProcessCluster::create().await.unwrap();
    let config = LaunchConfig::new().tasks(tasks).threads(threads);
    let purse = ipc.launch(Purse, config).await.unwrap();
    (ipc, purse)
}

#[tokio::test]
async fn who_fails_on_what_a_failing_record_left_does_not_fail() {
    for (seed, (tasks, threads)) in (0..).zip([(1, 1), (4, 1), (4, 2), (1, 1), (1, 1)]) {
        let (_ipc, purse) = launch(tasks, threads).await;
        let (all, good, left) = entries(seed, 5);
        assert!(good.contains(&false) && good.contains(&true));
        assert_eq!(append(&purse.depot.entries, all).await, good, "seed {seed}");
        for (number, left) in (0..).zip(left) {
            let is = purse.pstate.left.select_one(path![keypath(number)]).await.unwrap();
            assert_eq!(is, Some(left), "purse {number}");
        }
    }
}

#[tokio::test]
async fn nor_behind_a_hop() {
    for (seed, (tasks, threads)) in (10..).zip([(1, 1), (4, 1), (4, 2), (2, 2)]) {
        let (_ipc, purse) = launch(tasks, threads).await;
        let (all, good, left) = entries(seed, 5);
        assert_eq!(append(&purse.depot.distant, all).await, good, "seed {seed}");
        for (number, left) in (0..).zip(left) {
            let is = purse.pstate.far.select_one(path![keypath(number)]).await.unwrap();
            assert_eq!(is, Some(left), "purse {number}");
        }
        let moves = purse.pstate.moves.select_one(path![]).await.unwrap();
        let done = good.iter().filter(|good| **good).count();
        assert_eq!(moves, i64::try_from(done).unwrap());
    }
}

#[tokio::test]
async fn a_client_is_not_told_of_a_failure_that_another_record_made() {
    let (ipc, purse) = launch(1, 1).await;
    let take = |amount| Entry { purse: 0, amount };
    let all = [take(-100), take(-10), take(-200), take(-10), take(-41), take(-10)];
    let done = append(&purse.depot.retried, all.to_vec()).await;
    assert_eq!(done, [false, true, false, true, false, true]);
    let left = || purse.pstate.later.select_one(path![keypath(0)]);
    assert_eq!(left().await.unwrap(), Some(20));
    // Those that failed are tried again later, or at the next start, and fail once more.
    ipc.update(Purse).await.unwrap();
    assert_eq!(left().await.unwrap(), Some(20));
}
