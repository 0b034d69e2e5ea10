//! State, depots, offsets and progress survive restarts: an update, a shutdown, and a crash, on which
//! everything acknowledged is there, each record counts exactly once, and no record counts in part
//! (C-50, TE-03, B1, B2). A data directory has one owner at a time (C7) and one module (D3).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{config, home, keys_at, scrambled};
use rama_core::{
    clock::{Clock, ManualClock},
    id::Offset,
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::{sync::mpsc, task::JoinSet};

const TASKS: u32 = 4;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Transfer {
    from: i64,
    to: i64,
    number: u64,
    fails: bool,
}

fn check(fails: bool) -> Result<(), std::fmt::Error> {
    if fails { Err(std::fmt::Error) } else { Ok(()) }
}

defmodule! {
    Ledger {
        depot *transfers: Transfer, hash_by(from);

        stream transfer {
            pstate $$sent: Map<i64, u64>;
            pstate $$received: Map<i64, Map<i64, List<u64>>>;
            pstate $$total: u64;

            sources! {
                source(*transfers) :> Transfer { from, to, number, fails };
                local_transform([keypath(from), nil_to_val(0), term(|count| count + 1)], $$sent);
                |hash(to);
                local_transform(
                    [keypath(to, from), nil_to_val(Vec::new()), update(|list| list.push(number))],
                    $$received
                );
                |global();
                local_transform([nil_to_val(0), term(|count| count + 1)], $$total);
                check(fails)?;
            }
        }
    }
}

type Received = BTreeMap<i64, BTreeMap<i64, Vec<u64>>>;

/// Everything the module keeps.
#[derive(Clone, Debug, Default, PartialEq)]
struct Books {
    sent: BTreeMap<i64, u64>,
    received: Received,
    total: u64,
}

impl Books {
    async fn read(client: &LedgerClient) -> Self {
        let LedgerPStates { sent, received, total } = &client.pstate;
        Self {
            sent: sent.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            received: received
                .all_partitions()
                .select(path![ALL])
                .await
                .unwrap()
                .into_iter()
                .collect(),
            total: total.partition(TaskId(0)).select_one(path![nil_to_val(0)]).await.unwrap(),
        }
    }

    fn add(&mut self, Transfer { from, to, number, fails }: &Transfer) {
        if !fails {
            *self.sent.entry(*from).or_default() += 1;
            self.received.entry(*to).or_default().entry(*from).or_default().push(*number);
            self.total += 1;
        }
    }

    /// What the books must be by what the depot holds.
    async fn of_depot(client: &LedgerClient) -> Self {
        let mut books = Self::default();
        records(client).await.iter().flatten().for_each(|transfer| books.add(transfer));
        books
    }
}

/// All records, by partition.
async fn records(client: &LedgerClient) -> Vec<Vec<Transfer>> {
    let mut records = Vec::new();
    for task in (0..TASKS).map(TaskId) {
        let end = client.depot.transfers.partition_info(task).unwrap().end.0;
        records.push(client.depot.transfers.read_all(task, 0..end).await.unwrap());
    }
    records
}

fn transfers(round: u64) -> impl Iterator<Item = Transfer> {
    scrambled(round).zip(0..).take(300).map(move |(random, number)| {
        let key = |random: u64| i64::try_from(random % 25).unwrap();
        let number = round * 1_000 + number;
        Transfer { from: key(random), to: key(random >> 8), number, fails: random % 31 == 0 }
    })
}

#[derive(Clone, Copy, Debug)]
enum Restart {
    Update,
    Shutdown,
    Crash,
}

/// Ends the module one way or the other and starts it again on what it left.
async fn restart(
    how: Restart,
    ipc: InProcessCluster,
    directory: &Path,
) -> (InProcessCluster, LedgerClient) {
    let ipc = match how {
        Restart::Update => {
            let client = ipc.update(Ledger).await.unwrap();
            return (ipc, client);
        }
        Restart::Shutdown => {
            ipc.shutdown().await.unwrap();
            ipc
        }
        Restart::Crash => {
            drop(ipc);
            InProcessCluster::create_on_disk(directory).await.unwrap()
        }
    };
    let client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    (ipc, client)
}

#[tokio::test]
async fn everything_acknowledged_is_there_after_restarts_of_every_kind() {
    let directory = tempfile::tempdir().unwrap();
    let mut ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let mut client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    let mut books = Books::default();
    let mut depot = vec![Vec::new(); 4];
    let kinds =
        [Restart::Crash, Restart::Update, Restart::Crash, Restart::Crash, Restart::Shutdown];
    for (round, how) in (0..).zip(kinds) {
        for transfer in transfers(round) {
            books.add(&transfer);
            depot[home(transfer.from, TASKS).0 as usize].push(transfer);
        }
        let all = client.depot.transfers.append_all(transfers(round), AckLevel::Ack).await;
        assert!(all.is_err(), "some of them fail");
        (ipc, client) = restart(how, ipc, directory.path()).await;
        assert_eq!(Books::read(&client).await, books, "after {how:?}");
        assert_eq!(records(&client).await, depot, "after {how:?}");
    }
    let acked = client.depot.transfers.append(transfers(9).next().unwrap()).await;
    let (task, offset) = acked.unwrap().place().unwrap();
    assert_eq!(offset, Offset(depot[task.0 as usize].len() as u64), "offsets go on");
}

#[tokio::test]
async fn in_memory_everything_survives_updates_and_shutdowns() {
    let directory = Path::new("not used in memory");
    let mut ipc = InProcessCluster::create().await.unwrap();
    let mut client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    for (round, how) in (0..).zip([Restart::Update, Restart::Shutdown, Restart::Update]) {
        client.depot.transfers.append_all(transfers(round), AckLevel::Ack).await.unwrap_err();
        let (books, depot) = (Books::read(&client).await, records(&client).await);
        assert_eq!(books, Books::of_depot(&client).await);
        (ipc, client) = restart(how, ipc, directory).await;
        assert_eq!(Books::read(&client).await, books, "after {how:?}");
        assert_eq!(records(&client).await, depot, "after {how:?}");
    }
}

#[tokio::test]
async fn a_graceful_stop_finishes_what_nobody_waits_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let mut client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    let mut books = Books::default();
    for (round, how) in (0..).zip([Restart::Update, Restart::Shutdown]) {
        for transfer in transfers(round) {
            books.add(&transfer);
            client.depot.transfers.append_with(transfer, AckLevel::None).await.unwrap();
        }
        (ipc, client) = restart(how, ipc, directory.path()).await;
        assert_eq!(Books::read(&client).await, books, "{how:?}");
    }
    drop(ipc);
}

/// One life of the module: writers on every task, and a crash in the middle of their work. Tells how many
/// records of each writer were acknowledged.
async fn live_and_crash(
    directory: &Path,
    clock: &Arc<ManualClock>,
    life: u64,
) -> BTreeMap<i64, u64> {
    let ipc = InProcessCluster::create_on_disk(directory).await.unwrap();
    let seen: Arc<dyn Clock> = Arc::clone(clock) as _;
    let ipc = ipc.with_clock(seen);
    let client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    assert_eq!(Books::read(&client).await, Books::of_depot(&client).await, "life {life}");
    let acked = Arc::new(Mutex::new(BTreeMap::new()));
    let (progress, mut counted) = mpsc::channel(1);
    let mut writers = JoinSet::new();
    for task in 0..TASKS {
        let from = keys_at(task, TASKS).nth(usize::try_from(life).unwrap()).unwrap();
        let (transfers, acked) = (client.depot.transfers.clone(), Arc::clone(&acked));
        let (progress, clock) = (progress.clone(), Arc::clone(clock));
        writers.spawn(async move {
            for (random, number) in scrambled(life).zip(0..) {
                let to = i64::try_from(random % 25).unwrap();
                let transfer = Transfer { from, to, number, fails: false };
                if transfers.append(transfer).await.is_err() {
                    return;
                }
                acked.lock().unwrap().insert(from, number + 1);
                // Every ten seconds a checkpoint is due, so some of them are under way at the crash.
                clock.advance(Duration::from_secs(1));
                progress.send(()).await.ok();
            }
        });
    }
    for _ in 0..(30 + 7 * life) {
        counted.recv().await.unwrap();
    }
    counted.close();
    drop(ipc);
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    Arc::into_inner(acked).unwrap().into_inner().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_crashes_under_load_each_record_counts_once_and_none_in_part() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::default());
    let mut acked = BTreeMap::new();
    for life in 0..12 {
        acked.extend(live_and_crash(directory.path(), &clock, life).await);
    }
    let ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    assert_eq!(Books::read(&client).await, Books::of_depot(&client).await);
    for (from, acked) in acked {
        let depot = records(&client).await.concat();
        let numbers: Vec<_> =
            depot.iter().filter(|one| one.from == from).map(|one| one.number).collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "in order, none twice");
        let stored = numbers.len() as u64;
        // Each writer has one append under way when the crash comes.
        assert!((acked..=acked + 1).contains(&stored), "{acked} acked, {stored} stored");
    }
}

#[tokio::test]
async fn handles_of_a_crashed_cluster_do_not_hold_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let old = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    old.depot.transfers.append(transfers(0).nth(1).unwrap()).await.unwrap();
    let (_ipc, client) = restart(Restart::Crash, ipc, directory.path()).await;
    assert!(old.depot.transfers.append(transfers(0).nth(2).unwrap()).await.is_err());
    client.depot.transfers.append(transfers(0).nth(2).unwrap()).await.unwrap();
    assert_eq!(Books::read(&client).await.total, 2);
}

#[tokio::test]
async fn a_second_cluster_on_the_directory_is_refused_and_the_first_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let first = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let client = first.launch(Ledger, config(TASKS, 2)).await.unwrap();
    let second = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let refused = second.launch(Ledger, config(TASKS, 2)).await.unwrap_err().to_string();
    let process = format!("{}", std::process::id());
    assert!(refused.contains("in use") && refused.contains(&process), "{refused}");
    client.depot.transfers.append(transfers(0).nth(1).unwrap()).await.unwrap();
    first.shutdown().await.unwrap();
    let client = second.launch(Ledger, config(TASKS, 2)).await.unwrap();
    assert_eq!(Books::read(&client).await.total, 1);
}

#[tokio::test]
async fn another_number_of_tasks_is_refused_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let ipc = InProcessCluster::create_on_disk(directory.path()).await.unwrap();
    let client = ipc.launch(Ledger, config(TASKS, 2)).await.unwrap();
    client.depot.transfers.append(transfers(0).nth(1).unwrap()).await.unwrap();
    ipc.shutdown().await.unwrap();
    for tasks in [1, 8] {
        let refused = ipc.launch(Ledger, config(tasks, 1)).await.unwrap_err().to_string();
        let said = format!("it has 4 tasks and the launch asks for {tasks}");
        assert!(refused.contains("`Ledger`") && refused.contains(&said), "{refused}");
    }
    for threads in [1, 4] {
        let client = ipc.launch(Ledger, config(TASKS, threads)).await.unwrap();
        assert_eq!(Books::read(&client).await.total, 1, "threads may change");
        ipc.shutdown().await.unwrap();
    }
}
