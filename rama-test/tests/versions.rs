//! A new version of a module goes on with the data of the old one: declarations may change their order, a
//! topology that is added starts at the end of the depots (DP-80), one that comes back goes on where it
//! stopped. What would lose data is refused, and the data is left as it was (D2).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod accounts;
mod common;

use std::{collections::BTreeMap, ops::Range, path::Path};

use accounts::{
    Deposit, UNLUCKY, changed, first, grown, other, turned, twice, twice_paused, without_depot,
    without_pstate,
};
use common::config;
use rama_core::{client::PState, module::Module, prelude::*};
use rama_test::InProcessCluster;

type Numbers = BTreeMap<i64, u64>;

/// Deposits as they come in, by number.
fn deposits(numbers: Range<i64>) -> impl Iterator<Item = Deposit> {
    let cents = |number: i64| (number * 7 % 101).unsigned_abs();
    numbers.map(move |number| Deposit { account: number % 20, cents: cents(number) })
}

/// What deposits come to, by account.
fn folded(numbers: Range<i64>, fold: fn(u64, u64) -> u64) -> Numbers {
    let mut folded = Numbers::new();
    for Deposit { account, cents } in deposits(numbers) {
        let value = folded.entry(account).or_default();
        *value = fold(*value, cents);
    }
    folded
}

fn sums(numbers: Range<i64>) -> Numbers {
    folded(numbers, |sum, cents| sum + cents)
}

fn counts(numbers: Range<i64>) -> Numbers {
    folded(numbers, |count, _| count + 1)
}

/// As [`counts`], of a topology that fails on some of them.
fn lucky_counts(numbers: Range<i64>) -> Numbers {
    let mut counts = Numbers::new();
    for Deposit { account, .. } in deposits(numbers).filter(|deposit| deposit.cents != UNLUCKY) {
        *counts.entry(account).or_default() += 1;
    }
    counts
}

fn plus(mut numbers: Numbers, more: Numbers) -> Numbers {
    more.into_iter().for_each(|(account, count)| *numbers.entry(account).or_default() += count);
    numbers
}

async fn read(pstate: &PState<Map<i64, u64>>) -> Numbers {
    pstate.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect()
}

#[derive(Clone, Copy, Debug)]
enum End {
    Graceful,
    Crash,
}

/// Ends what runs and starts a version of the module on what it left.
async fn start<M: Module>(
    before: Option<(InProcessCluster, End)>,
    directory: &Path,
    module: M,
) -> Result<(InProcessCluster, M::Client)> {
    if let Some((ipc, End::Graceful)) = &before {
        ipc.shutdown().await?;
    }
    drop(before);
    let ipc = InProcessCluster::create_on_disk(directory).await?;
    let client = ipc.launch(module, config(4, 2)).await?;
    Ok((ipc, client))
}

async fn check_order_may_change(end: End) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (mut ipc, client) = start(None, directory, first::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(0..200), AckLevel::Ack).await.unwrap();
    client.depot.closings.append(-1).await.unwrap();
    for from in [200, 600, 1_000] {
        let (next, client) = start(Some((ipc, end)), directory, turned::Accounts).await.unwrap();
        assert_eq!(read(&client.pstate.balances).await, sums(0..from), "{end:?}");
        assert_eq!(read(&client.pstate.counts).await, counts(0..from), "{end:?}");
        client.depot.deposits.append_all(deposits(from..from + 200), AckLevel::Ack).await.unwrap();
        client.depot.closings.append(from).await.unwrap();

        let (next, client) = start(Some((next, end)), directory, first::Accounts).await.unwrap();
        assert_eq!(read(&client.pstate.balances).await, sums(0..from + 200), "{end:?}");
        let more = deposits(from + 200..from + 400);
        client.depot.deposits.append_all(more, AckLevel::Ack).await.unwrap();
        ipc = next;
    }
    let (_ipc, client) = start(Some((ipc, end)), directory, turned::Accounts).await.unwrap();
    assert_eq!(read(&client.pstate.balances).await, sums(0..1_400), "{end:?}");
    let closed = client.pstate.closed.all_partitions().select(path![ALL]).await.unwrap();
    let closed: BTreeMap<_, _> = closed.into_iter().collect();
    assert_eq!(closed.into_keys().collect::<Vec<_>>(), [-1, 200, 600, 1_000], "{end:?}");
}

#[tokio::test]
async fn declarations_may_change_their_order() {
    check_order_may_change(End::Graceful).await;
    check_order_may_change(End::Crash).await;
}

/// Appends to every partition, which are answered when all topologies have caught up there.
async fn catch_up(client: &grown::AccountsClient, from: i64) {
    // 20 accounts in a row are at home on all four tasks. One of the records may fail.
    let deposits = deposits(from..from + 20);
    client.depot.deposits.append_all(deposits, AckLevel::Ack).await.ok();
}

async fn check_topologies_come_and_go(end: End) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (ipc, client) = start(None, directory, first::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(0..300), AckLevel::Ack).await.unwrap();

    let (ipc, client) = start(Some((ipc, end)), directory, changed::Accounts).await.unwrap();
    // More than a topology that comes back reads at once, and more than a group takes.
    client.depot.deposits.append_all(deposits(300..25_000), AckLevel::Ack).await.unwrap();
    assert_eq!(read(&client.pstate.balances).await, sums(0..25_000), "{end:?}");
    assert_eq!(read(&client.pstate.recent).await, sums(300..25_000), "from the end on (DP-80)");
    assert_eq!(read(&client.pstate.counts).await, counts(0..300), "nobody counts");

    let (ipc, client) = start(Some((ipc, end)), directory, grown::Accounts).await.unwrap();
    catch_up(&client, 25_000).await;
    let counted = |to| plus(counts(0..300), lucky_counts(300..to));
    assert_eq!(read(&client.pstate.counts).await, counted(25_020), "it goes on where it stopped");
    assert_eq!(read(&client.pstate.balances).await, sums(0..25_020), "nothing twice");
    assert_eq!(read(&client.pstate.recent).await, sums(300..25_020));

    let (_ipc, client) = start(Some((ipc, end)), directory, grown::Accounts).await.unwrap();
    catch_up(&client, 25_020).await;
    assert_eq!(read(&client.pstate.counts).await, counted(25_040), "and does so once");
}

/// Also when some of what it missed fails: each record alone, as ever (B9).
#[tokio::test]
async fn a_topology_is_added_removed_and_comes_back() {
    check_topologies_come_and_go(End::Graceful).await;
    check_topologies_come_and_go(End::Crash).await;
}

#[tokio::test]
async fn a_crash_while_a_topology_catches_up_loses_and_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (ipc, client) = start(None, directory, twice::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(0..100), AckLevel::Ack).await.unwrap();
    let (mut ipc, client) =
        start(Some((ipc, End::Graceful)), directory, twice_paused::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(100..40_000), AckLevel::Ack).await.unwrap();
    for _ in 0..5 {
        let (next, client) =
            start(Some((ipc, End::Crash)), directory, twice::Accounts).await.unwrap();
        let counted = async || read(&client.pstate.counts).await.into_values().sum::<u64>();
        let before = counted().await;
        // Until it gets on; without progress the comparison below fails, so looking has an end.
        for _ in 0..1_000_000 {
            if before == 40_000 || counted().await != before {
                break;
            }
            tokio::task::yield_now().await;
        }
        // Some groups are durable, and the rest is to be done.
        ipc = next;
    }
    let (_ipc, client) = start(Some((ipc, End::Crash)), directory, twice::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(40_000..40_020), AckLevel::Ack).await.unwrap();
    assert_eq!(read(&client.pstate.counts).await, counts(0..40_020));
    assert_eq!(
        read(&client.pstate.again).await,
        counts(0..40_020),
        "the second source of the topology"
    );
}

/// Starts a version that does not fit, which is refused with this text, and then the first one again.
async fn check_refused<M: Module>(module: M, said: &str) {
    let directory = tempfile::tempdir().unwrap();
    let (ipc, client) = start(None, directory.path(), first::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(0..200), AckLevel::Ack).await.unwrap();
    ipc.shutdown().await.unwrap();
    let again = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let refused = again.launch(module, config(4, 2)).await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("module `Accounts`") && refused.contains(said), "{refused}");
    let (_ipc, client) = start(None, directory.path(), first::Accounts).await.unwrap();
    assert_eq!(read(&client.pstate.balances).await, sums(0..200), "the data is as it was");
    assert_eq!(read(&client.pstate.counts).await, counts(0..200), "the data is as it was");
}

#[tokio::test]
async fn a_pstate_or_depot_that_holds_data_cannot_be_left_out() {
    check_refused(
        without_pstate::Accounts,
        "PState `$$counts` is stored, but the module declares no such thing",
    )
    .await;
    check_refused(
        without_depot::Accounts,
        "depot `*closings` is stored, but the module declares no such thing",
    )
    .await;
}

#[tokio::test]
async fn a_refused_update_stops_the_module_and_keeps_its_data() {
    let ipc = InProcessCluster::create().await.unwrap();
    let client = ipc.launch(first::Accounts, config(4, 2)).await.unwrap();
    client.depot.deposits.append_all(deposits(0..200), AckLevel::Ack).await.unwrap();
    let refused = ipc.update(without_pstate::Accounts).await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("PState `$$counts`"), "{refused}");
    assert!(client.depot.closings.append(1).await.is_err(), "it is stopped");
    ipc.launch(first::Accounts, config(4, 2)).await.unwrap();
    assert_eq!(read(&client.pstate.counts).await, counts(0..200));
    ipc.update(grown::Accounts).await.unwrap();
    client.depot.closings.append(1).await.unwrap();
}

#[tokio::test]
async fn a_directory_belongs_to_one_module() {
    let directory = tempfile::tempdir().unwrap();
    let (ipc, client) = start(None, directory.path(), first::Accounts).await.unwrap();
    client.depot.deposits.append_all(deposits(0..200), AckLevel::Ack).await.unwrap();
    ipc.shutdown().await.unwrap();
    let [mine, others] = ["Accounts", "Orders"].map(|name| directory.path().join(name));
    std::fs::rename(&mine, &others).unwrap();
    let refused =
        start(None, directory.path(), other::Orders).await.map(drop).unwrap_err().to_string();
    assert!(
        refused.contains("it belongs to module `Accounts`: use another directory"),
        "{refused}"
    );
    std::fs::rename(&others, &mine).unwrap();
    let (_ipc, client) = start(None, directory.path(), first::Accounts).await.unwrap();
    assert_eq!(read(&client.pstate.balances).await, sums(0..200));
}

#[tokio::test]
async fn modules_in_one_cluster_have_their_own_data() {
    let directory = tempfile::tempdir().unwrap();
    let (ipc, accounts) = start(None, directory.path(), first::Accounts).await.unwrap();
    let orders = ipc.launch(other::Orders, config(2, 1)).await.unwrap();
    accounts.depot.deposits.append_all(deposits(0..50), AckLevel::Ack).await.unwrap();
    let end = |task| orders.depot.deposits.partition_info(TaskId(task)).unwrap().end.0;
    assert_eq!((end(0), end(1)), (0, 0), "a depot of the same name in another module");
    ipc.update(other::Orders).await.unwrap();
    orders.depot.deposits.append_all(deposits(0..10), AckLevel::Ack).await.unwrap();
    assert_eq!(read(&accounts.pstate.counts).await, counts(0..50));
}
