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
    id::Offset,
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

/// Partitions of the module.
const TASKS: u32 = 4;

/// Clients at the same time.
const CLIENTS: u64 = 64;

/// A refusal that takes longer is not at once.
const REFUSED_WITHIN: Duration = Duration::from_millis(100);

/// Appends of a client that waits for room. What is queued takes seconds, so there are not many more acknowledged ones than
/// are waiting.
const WAITING: usize = 128;

/// Fewer acknowledged records would tell little.
const ACKED_MIN: usize = 1_000;

/// How long the module is overloaded when nothing is said.
const SECONDS: u64 = 6;

/// It is overloaded until so many records were offered, however busy the machine is: the queues alone take some thirty
/// thousand, and that is to be less than a tenth.
const OFFERED_MIN: u64 = 600_000;

/// Work of each record: some ten microseconds, and much more without optimizations.
const WORK: u64 = 40_000;

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
    refused: AtomicU64,
    /// In microseconds.
    slowest_refusal: AtomicU64,
    ends: AtomicBool,
}

/// A record that was acknowledged: its task, its offset and its number. So small, because a long run has a million of them
/// in the memory that is measured.
type Acked = (u32, u32, u32);

fn acked(place: Option<(TaskId, Offset)>, id: u64) -> Acked {
    let (task, offset) = place.expect("an acknowledged record has its place");
    let small = |number: u64| u32::try_from(number).expect("less than four billion");
    (task.0, small(offset.0), small(id))
}

/// Appends without waiting for room, again and again. Tells what was acknowledged.
async fn hurry(module: OrdersModuleClient, counts: Arc<Counts>) -> Vec<Acked> {
    let mut all = Vec::new();
    while !counts.ends.load(Ordering::Relaxed) {
        let id = counts.next.fetch_add(1, Ordering::Relaxed);
        let order = Order { id, note: "x".repeat(500) };
        let since = SystemClock.now();
        match module.depot.orders.try_append(order, AckLevel::AppendAck).await {
            Ok(returned) => all.push(acked(returned.place(), id)),
            Err(AppendError::Full { .. }) => {
                let took = SystemClock.now().since(since).as_micros();
                let took = u64::try_from(took).expect("a short time");
                counts.slowest_refusal.fetch_max(took, Ordering::Relaxed);
                tokio::task::yield_now().await;
                counts.refused.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => panic!("{error}"),
        }
    }
    all
}

/// Keeps some appends on their way that wait for room: those are acknowledged while the others hurry. Tells what was.
async fn queue(module: OrdersModuleClient, counts: Arc<Counts>) -> Vec<Acked> {
    let (mut all, mut waiting) = (Vec::new(), JoinSet::new());
    loop {
        while waiting.len() < WAITING && !counts.ends.load(Ordering::Relaxed) {
            let id = counts.next.fetch_add(1, Ordering::Relaxed);
            let order = Order { id, note: "x".repeat(500) };
            let module = module.clone();
            waiting.spawn(async move {
                let returned = module.depot.orders.append_with(order, AckLevel::AppendAck).await;
                acked(returned.expect("the module takes records").place(), id)
            });
        }
        let Some(one) = waiting.join_next().await else { return all };
        all.push(one.expect("it was acknowledged"));
    }
}

/// Appends without an acknowledgement as fast as there is room: what fills the queues.
async fn flood(module: OrdersModuleClient, counts: Arc<Counts>) -> Vec<Acked> {
    while !counts.ends.load(Ordering::Relaxed) {
        let id = counts.next.fetch_add(1, Ordering::Relaxed);
        let order = Order { id, note: "x".repeat(500) };
        match module.depot.orders.try_append(order, AckLevel::None).await {
            Err(AppendError::Full { .. }) => tokio::task::yield_now().await,
            stored => drop(stored.expect("the module takes records")),
        }
    }
    Vec::new()
}

/// Reads all depots: each acknowledged record stands at its offset, none is there twice, and none that was not offered. Tells
/// how many there are.
async fn check(module: &OrdersModuleClient, acked: &[Acked], offered: u64) -> u64 {
    let mut known = vec![false; usize::try_from(offered).unwrap()];
    let mut acked = acked.iter().peekable();
    let mut stored = 0;
    for task in (0..TASKS).map(TaskId) {
        let end = module.depot.orders.partition_info(task).unwrap().end.0;
        let mut next = 0;
        while next < end {
            let page = module.depot.orders.read(task, next..end).await.unwrap();
            for record in page.records {
                let (at, id) = (record.offset.0, record.event.id);
                let known = &mut known[usize::try_from(id).unwrap()];
                assert!(!std::mem::replace(known, true), "record {id} is there twice");
                while let Some(acked) =
                    acked.next_if(|(of, offset, _)| (*of, u64::from(*offset)) == (task.0, at))
                {
                    assert_eq!(u64::from(acked.2), id, "acknowledged at {at} of task {task}");
                }
                stored += 1;
            }
            assert!(page.next.0 > next, "a page has something");
            next = page.next.0;
        }
    }
    assert_eq!(acked.next(), None, "what was acknowledged is stored");
    stored
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
    let config = LaunchConfig::new().tasks(TASKS).threads(2).tuning(tuning);
    let module = cluster.launch(OrdersModule, config.clone()).await.unwrap();
    let counts = Arc::new(Counts::default());
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (module, counts) = (module.clone(), Arc::clone(&counts));
        match client % 4 {
            0 => clients.spawn(hurry(module, counts)),
            1 => clients.spawn(queue(module, counts)),
            _ => clients.spawn(flood(module, counts)),
        };
    }
    wait_until(SystemClock.now().after(Duration::from_secs(seconds))).await;
    while counts.next.load(Ordering::Relaxed) < OFFERED_MIN {
        wait_until(SystemClock.now().after(Duration::from_millis(100))).await;
    }
    counts.ends.store(true, Ordering::Relaxed);
    let mut all_acked = Vec::new();
    while let Some(client) = clients.join_next().await {
        all_acked.extend(client.unwrap());
    }
    let since = SystemClock.now();
    let id = counts.next.load(Ordering::Relaxed);
    let last = module.depot.orders.append(Order { id, note: String::new() }).await.unwrap();
    let normal_after = SystemClock.now().since(since);
    let memory = peak_memory();
    let offered = id + 1;
    all_acked.push(acked(last.place(), id));
    all_acked.sort_unstable();
    let stored_before = check(&module, &all_acked, offered).await;
    drop(module);
    // As a crash would: what was acknowledged is in the log.
    drop(cluster);
    let cluster = Cluster::on_disk(directory.path());
    let module = cluster.launch(OrdersModule, config).await.unwrap();
    let stored = check(&module, &all_acked, offered).await;
    assert!(stored >= stored_before, "{stored_before} were stored, and now {stored}");
    let [refused, slowest] =
        [&counts.refused, &counts.slowest_refusal].map(|count| count.load(Ordering::Relaxed));
    let acked = all_acked.len();
    println!(
        "{seconds} s: {offered} offered, {stored} stored, {acked} acknowledged, {refused} refused, the slowest after \
         {slowest} µs; {} MiB at most; normal again after {normal_after:?}",
        memory >> 20
    );
    assert!(offered >= 10 * stored, "it was not overloaded");
    assert!(acked > ACKED_MIN, "{acked} were acknowledged");
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
