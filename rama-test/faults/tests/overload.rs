//! Clients that offer ten times what a module can take (E1): who does not want to wait is refused at once, memory stays
//! within its bound, nothing acknowledged is lost, and behind it everything is as before.
//!
//! A few seconds; `OVERLOAD_SECONDS=300` for the long run. The module runs in a process of its own, to which the kernel
//! gives no more memory than it may take: whatever it cannot have ends it.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "what a run did is told with `--nocapture`")]

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rama_core::{
    clock::{Clock, SystemClock, Timestamp},
    cluster::{Cluster, LaunchConfig, Tuning},
    error::AppendError,
    prelude::*,
};
use tokio::task::JoinSet;

/// Memory of the machine or container.
const MACHINE_BYTES: u64 = 256 * 1024 * 1024;

/// What the process may have in memory at most.
const MEMORY_MAX: u64 = MACHINE_BYTES / 10 * 8;

/// What the system counts as memory of the five threads of the module: their stacks, of which almost nothing is used.
const STACK_BYTES: u64 = 5 * 32 * 1024 * 1024;

/// Tells the process of the test that it is the one that is overloaded.
const CHILD: &str = "OVERLOAD_CHILD";

/// Clients at the same time.
const CLIENTS: u64 = 64;

/// A refusal that takes longer is not at once.
const REFUSED_WITHIN: Duration = Duration::from_millis(100);

/// How long the module is overloaded when nothing is said.
const SECONDS: u64 = 6;

/// Work of each record: some ten microseconds.
const WORK: u64 = 20_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    id: u64,
    note: String,
}

fn work(id: u64) -> u64 {
    (0..WORK).fold(id, |hash, step| (hash ^ step).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

defmodule! {
    OrdersModule {
        depot *orders: Order, hash_by(id);

        stream orders {
            pstate $$seen: Map<u64, Subindexed<Map<u64, u64>>>;

            sources! {
                source(*orders) :> Order { id, .. };
                let bucket = work(id) % 64;
                |hash(bucket);
                local_transform([keypath(bucket, id), termval(id)], $$seen);
            }
        }
    }
}

/// What clients counted.
#[derive(Debug, Default)]
struct Counts {
    next: AtomicU64,
    acked: AtomicU64,
    refused: AtomicU64,
    /// In microseconds.
    slowest_refusal: AtomicU64,
    ends: AtomicBool,
}

/// Appends without waiting for room, again and again.
async fn hurry(module: OrdersModuleClient, counts: Arc<Counts>) {
    while !counts.ends.load(Ordering::Relaxed) {
        let id = counts.next.fetch_add(1, Ordering::Relaxed);
        let order = Order { id, note: "x".repeat(500) };
        let since = SystemClock.now();
        match module.depot.orders.try_append(order, AckLevel::AppendAck).await {
            Ok(_) => counts.acked.fetch_add(1, Ordering::Relaxed),
            Err(AppendError::Full { .. }) => {
                let took = SystemClock.now().since(since).as_micros();
                let took = u64::try_from(took).expect("a short time");
                counts.slowest_refusal.fetch_max(took, Ordering::Relaxed);
                tokio::task::yield_now().await;
                counts.refused.fetch_add(1, Ordering::Relaxed)
            }
            Err(error) => panic!("{error}"),
        };
    }
}

/// Appends without an acknowledgement as fast as there is room: what fills the queues.
async fn flood(module: OrdersModuleClient, counts: Arc<Counts>) {
    while !counts.ends.load(Ordering::Relaxed) {
        let id = counts.next.fetch_add(1, Ordering::Relaxed);
        let order = Order { id, note: "x".repeat(500) };
        match module.depot.orders.try_append(order, AckLevel::None).await {
            Err(AppendError::Full { .. }) => tokio::task::yield_now().await,
            stored => drop(stored.expect("the module takes records")),
        }
    }
}

/// The most memory that this process ever had.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<u64>();
    kilobytes.expect("it is a number") * 1024
}

async fn wait_until(at: Timestamp) {
    let left = at.since(SystemClock.now());
    SystemClock.sleep(left).await;
}

#[test]
fn an_overloaded_module_refuses_at_once_and_loses_nothing() {
    if std::env::var_os(CHILD).is_some() {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        return runtime.worker_threads(2).enable_all().build().unwrap().block_on(overload());
    }
    // In KiB: writable memory of the process that is no file's, used or not.
    let kibibytes = (MACHINE_BYTES + STACK_BYTES) / 1024;
    let limited = format!("ulimit -d {kibibytes} && exec \"$0\" \"$@\"");
    let child = Command::new("sh")
        .args(["-c", &limited])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "an_overloaded_module_refuses_at_once_and_loses_nothing", "--nocapture"])
        .env(CHILD, "")
        .output()
        .unwrap();
    let [said, failed] = [child.stdout, child.stderr].map(|text| String::from_utf8(text).unwrap());
    println!("{said}");
    assert!(child.status.success(), "in {kibibytes} KiB: {}\n{said}{failed}", child.status);
    assert!(said.contains("MiB at most"), "it was overloaded: {said}");
}

async fn overload() {
    let seconds = std::env::var("OVERLOAD_SECONDS").map_or(SECONDS, |text| text.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let cluster = Cluster::on_disk(directory.path());
    // What belongs to so little memory.
    let mebibyte = 1 << 20;
    let tuning =
        Tuning { checkpoint_bytes: 8 * mebibyte, cache_bytes: 16 * mebibyte, ..Tuning::default() };
    let config = LaunchConfig::new().tasks(4).threads(2).tuning(tuning);
    let module = cluster.launch(OrdersModule, config.clone()).await.unwrap();
    let counts = Arc::new(Counts::default());
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (module, counts) = (module.clone(), Arc::clone(&counts));
        if client % 2 == 0 {
            clients.spawn(hurry(module, counts));
        } else {
            clients.spawn(flood(module, counts));
        }
    }
    wait_until(SystemClock.now().after(Duration::from_secs(seconds))).await;
    counts.ends.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    let since = SystemClock.now();
    let id = counts.next.load(Ordering::Relaxed);
    module.depot.orders.append(Order { id, note: String::new() }).await.unwrap();
    let normal_after = SystemClock.now().since(since);
    let memory = peak_memory();
    drop(module);
    // As a crash would: what was acknowledged is in the log.
    drop(cluster);
    let cluster = Cluster::on_disk(directory.path());
    let module = cluster.launch(OrdersModule, config).await.unwrap();
    let (mut stored, offered) = (0, id + 1);
    for task in (0..4).map(TaskId) {
        stored += module.depot.orders.partition_info(task).unwrap().end.0;
    }
    let [acked, refused, slowest] = [&counts.acked, &counts.refused, &counts.slowest_refusal]
        .map(|count| count.load(Ordering::Relaxed));
    println!(
        "{seconds} s: {offered} offered, {stored} stored, {acked} acknowledged, {refused} refused, the slowest after \
         {slowest} µs; {} MiB at most; normal again after {normal_after:?}",
        memory >> 20
    );
    assert!(offered >= 10 * stored, "it was not overloaded");
    assert!(acked < stored, "what was acknowledged is stored");
    assert!(Duration::from_micros(slowest) < REFUSED_WITHIN, "the slowest refusal: {slowest} µs");
    assert!(memory < MEMORY_MAX, "{memory} bytes");
    assert!(normal_after < Duration::from_secs(10), "{normal_after:?}");
    let mut seen = 0;
    for bucket in 0..64_u64 {
        let of_bucket = module.pstate.seen.select(path![keypath(bucket), MAP_KEYS]).await.unwrap();
        seen += of_bucket.len() as u64;
    }
    assert_eq!(seen, stored, "each record has its effect, once");
}
