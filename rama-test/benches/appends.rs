//! Acknowledged appends per second, and how long one takes, by the number of clients; beside redb with one row per append, redb
//! with groups of rows, and a plain file with the same groups and one sync for each. What a consistent cut costs.
//!
//! Look at the ratios within one run: the time of a sync differs from machine to machine and from hour to hour.
#![expect(clippy::unwrap_used, reason = "a benchmark whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "percentiles are told beside what criterion tells")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use rama_core::{
    cluster::{Cluster, Durability, LaunchConfig},
    prelude::*,
};
use redb::{Database, TableDefinition};
use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
};

/// Clients that append at once, each one record after the other.
const CLIENTS: [usize; 4] = [1, 8, 64, 512];

/// A record has so many bytes.
const RECORD_BYTES: usize = 100;

/// Records that a group of the comparisons takes at most, like a commit group.
const GROUP_RECORDS: usize = 4_096;

const ROWS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");

defmodule! {
    /// Only stores records: what the others do, too.
    StoreModule {
        depot *records: Vec<u8>, random;
    }
}

defmodule! {
    /// Counts by key, with a hop.
    CountModule {
        depot *keys: u64, random;

        stream counts {
            pstate $$counts: Map<u64, u64>;

            sources! {
                source(*keys) :> key;
                |hash(key);
                local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$counts);
            }
        }
    }
}

fn config(durability: Durability) -> LaunchConfig {
    LaunchConfig::new().tasks(4).threads(2).durability(durability)
}

fn record(number: u64) -> Vec<u8> {
    let mut record = number.to_le_bytes().to_vec();
    record.resize(RECORD_BYTES, 7);
    record
}

/// What appends one record and ends when it is durable.
trait Append: Clone + Send + Sync + 'static {
    fn append(&self, number: u64) -> impl Future<Output = ()> + Send;
}

#[derive(Clone)]
struct Store(<StoreModule as Module>::Client);

impl Append for Store {
    async fn append(&self, number: u64) {
        let records = &self.0.depot.records;
        records.append_with(record(number), AckLevel::AppendAck).await.unwrap();
    }
}

#[derive(Clone)]
struct Count(<CountModule as Module>::Client);

impl Append for Count {
    async fn append(&self, number: u64) {
        self.0.depot.keys.append(number % 1_000).await.unwrap();
    }
}

/// One transaction per record, in the client's own thread.
#[derive(Clone)]
struct Row(Arc<Database>);

impl Append for Row {
    async fn append(&self, number: u64) {
        let database = Arc::clone(&self.0);
        let put = move || put_all(&database, &[(number, record(number))]);
        tokio::task::spawn_blocking(put).await.unwrap();
    }
}

fn put_all(database: &Database, records: &[(u64, Vec<u8>)]) {
    let transaction = database.begin_write().unwrap();
    {
        let mut rows = transaction.open_table(ROWS).unwrap();
        for (number, record) in records {
            rows.insert(number, record.as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
}

/// One thread that writes whatever waits as one group.
#[derive(Clone)]
struct Grouped(mpsc::UnboundedSender<(u64, oneshot::Sender<()>)>);

impl Grouped {
    fn new(mut write: impl FnMut(&[(u64, Vec<u8>)]) + Send + 'static) -> Self {
        let (sender, mut waiting) = mpsc::unbounded_channel::<(u64, oneshot::Sender<()>)>();
        std::thread::spawn(move || {
            while let Some(first) = waiting.blocking_recv() {
                let mut group = vec![first];
                while group.len() < GROUP_RECORDS
                    && let Ok(next) = waiting.try_recv()
                {
                    group.push(next);
                }
                let records: Vec<_> =
                    group.iter().map(|(number, _)| (*number, record(*number))).collect();
                write(&records);
                group.into_iter().for_each(|(_, done)| done.send(()).unwrap());
            }
        });
        Self(sender)
    }
}

impl Append for Grouped {
    async fn append(&self, number: u64) {
        let (done, wait) = oneshot::channel();
        self.0.send((number, done)).unwrap();
        wait.await.unwrap();
    }
}

fn file(directory: &Path) -> Grouped {
    let mut file = File::create(directory.join("file")).unwrap();
    Grouped::new(move |records| {
        let bytes: Vec<u8> = records.iter().flat_map(|(_, record)| record.clone()).collect();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
    })
}

/// Lets so many clients append so many records in total; how long each append took is added to `times`.
async fn run<A: Append>(to: &A, clients: usize, count: u64, times: &Arc<Mutex<Vec<Duration>>>) {
    let share = count.div_ceil(clients as u64);
    let mut running = Vec::new();
    for client in 0..clients as u64 {
        let (to, times) = (to.clone(), Arc::clone(times));
        running.push(tokio::spawn(async move {
            let mut own = Vec::new();
            for number in client * share..(client + 1) * share {
                let begun = Instant::now();
                to.append(number).await;
                own.push(begun.elapsed());
            }
            times.lock().unwrap().extend(own);
        }));
    }
    for client in running {
        client.await.unwrap();
    }
}

fn measure<A: Append>(criterion: &mut Criterion, runtime: &Runtime, name: &str, to: &A) {
    for clients in CLIENTS {
        let times = Arc::new(Mutex::new(Vec::new()));
        // One iteration is one append of every client.
        let mut group = criterion.benchmark_group(format!("{clients} clients"));
        group.throughput(criterion::Throughput::Elements(clients as u64));
        group.sample_size(10).measurement_time(Duration::from_secs(2));
        group.warm_up_time(Duration::from_millis(500));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let begun = Instant::now();
                runtime.block_on(run(to, clients, iterations * clients as u64, &times));
                begun.elapsed()
            });
        });
        group.finish();
        let mut times = times.lock().unwrap();
        times.sort_unstable();
        let at =
            |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        println!("{clients} clients, {name}: p50 {:?}, p99 {:?}", at(50), at(99));
    }
}

fn appends(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let interval = Durability::Interval(Duration::from_millis(10));
    for (name, durability) in [("sync", Durability::Sync), ("interval of 10 ms", interval)] {
        let cluster = Cluster::on_disk(directory.path().join(name));
        let store = runtime.block_on(cluster.launch(StoreModule, config(durability))).unwrap();
        measure(criterion, &runtime, &format!("records, {name}"), &Store(store));
        let count = runtime.block_on(cluster.launch(CountModule, config(durability))).unwrap();
        measure(criterion, &runtime, &format!("counts with a hop, {name}"), &Count(count));
        runtime.block_on(cluster.shutdown()).unwrap();
    }
    let database = |name: &str| Arc::new(Database::create(directory.path().join(name)).unwrap());
    measure(criterion, &runtime, "redb, a row each", &Row(database("rows.redb")));
    let grouped = database("groups.redb");
    let grouped = Grouped::new(move |records| put_all(&grouped, records));
    measure(criterion, &runtime, "redb, in groups", &grouped);
    measure(criterion, &runtime, "a plain file, in groups", &file(directory.path()));
}

/// A group with a single record, without a disk: what a cut, its commit and its publication cost.
fn cut(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("one group in memory");
    for tasks in [1, 4, 64] {
        let cluster = Cluster::in_memory();
        let config = LaunchConfig::new().tasks(tasks).threads(1).durability(Durability::Memory);
        let store = runtime.block_on(cluster.launch(StoreModule, config)).unwrap();
        group.bench_function(format!("{tasks} tasks"), |bencher| {
            bencher.iter(|| runtime.block_on(store.depot.records.append(record(7))).unwrap());
        });
        runtime.block_on(cluster.shutdown()).unwrap();
    }
    group.finish();
}

criterion_group!(benches, appends, cut);
criterion_main!(benches);
