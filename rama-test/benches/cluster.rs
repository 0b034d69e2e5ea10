//! What a cluster costs: a launch, one append with the default acknowledgement, many at once, a point read.
//!
//! Look at the ratios within one run: the machine may be busy with something else.
#![expect(clippy::unwrap_used, reason = "a benchmark whose preparation fails has failed")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};
use tokio::runtime::Runtime;

defmodule! {
    /// Counts by key, with a hop.
    CountModule {
        depot *keys: i64, random;

        stream counts {
            pstate $$counts: Map<i64, u64>;

            sources! {
                source(*keys) :> key;
                |hash(key);
                local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$counts);
            }
        }
    }
}

/// Records appended at once.
const MANY: u64 = 10_000;

fn config() -> LaunchConfig {
    LaunchConfig::new().tasks(4).threads(2)
}

fn launch(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("launch");
    group.bench_function("in memory", |bencher| {
        bencher.iter_batched(
            Cluster::in_memory,
            |cluster| {
                runtime.block_on(cluster.launch(CountModule, config())).unwrap();
                cluster
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("on disk", |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir().unwrap(),
            |directory| {
                let cluster = Cluster::on_disk(directory.path());
                runtime.block_on(cluster.launch(CountModule, config())).unwrap();
                (cluster, directory)
            },
            BatchSize::PerIteration,
        );
    });
}

fn appends(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    for (place, cluster) in
        [("in memory", Cluster::in_memory()), ("on disk", Cluster::on_disk(directory.path()))]
    {
        let module = runtime.block_on(cluster.launch(CountModule, config())).unwrap();
        let mut group = criterion.benchmark_group(place);
        group.bench_function("one append with ack", |bencher| {
            bencher.iter(|| runtime.block_on(module.depot.keys.append(7)).unwrap());
        });
        group.bench_function("point read", |bencher| {
            let counts = &module.pstate.counts;
            bencher.iter(|| runtime.block_on(counts.select_one(path![keypath(7)])).unwrap());
        });
        group.throughput(Throughput::Elements(MANY)).sample_size(20);
        group.bench_function("many appends with ack", |bencher| {
            bencher.iter(|| {
                let keys = (0..MANY).map(|key| i64::try_from(key % 1_000).unwrap());
                runtime.block_on(module.depot.keys.append_all(keys, AckLevel::Ack)).unwrap();
            });
        });
        group.finish();
    }
}

criterion_group!(benches, launch, appends);
criterion_main!(benches);
