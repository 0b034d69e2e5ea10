//! How many commits per second are counted: by the module in memory and on disk, with the default
//! acknowledgement (durable, processed, visible), beside a plain loop over a `HashMap` and beside hand-written
//! code over raw redb that does the same work with one durable transaction per batch.
//!
//! Look at the ratios within one run: the machine may be busy with something else.
#![expect(clippy::unwrap_used, reason = "a benchmark whose preparation fails has failed")]
#![expect(clippy::disallowed_types, reason = "a HashMap is what is compared with")]

use std::{collections::HashMap, hint::black_box};

use commits::{
    event::{Commit, FileChange},
    figures::Tally,
    module::{AuthorState, CommitsModule},
    pairs::{Together, together},
};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rama_core::{
    cluster::{Cluster, LaunchConfig},
    depot::AckLevel,
};
use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::Runtime;

/// Commits per measured run, and per batch: what `commits` hands over at once.
const COMMITS: u64 = 8_192;
const BATCH: usize = 1_024;

fn history() -> Vec<Commit> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = move |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    (0..COMMITS)
        .map(|number| {
            let author = below(60);
            let first = below(800);
            let change = |file| FileChange {
                path: format!("src/module{}/file{}.rs", (first + file) / 20, first + file),
                added: number % 90,
                removed: number % 40,
                binary: false,
            };
            Commit {
                hash: format!("{number:040x}"),
                author: format!("Author {author}"),
                email: format!("a{author}@example.org"),
                time: 1_500_000_000 + i64::try_from(number).unwrap() * 3_600,
                subject: format!("change {number}"),
                files: (0..1 + below(4)).map(change).collect(),
            }
        })
        .collect()
}

/// Rows of one type: what the module keeps in PStates. Both competitors do the same updates.
trait Slot<V> {
    fn slot(&mut self, table: &'static str, key: &str, update: impl FnOnce(&mut V));
}

fn count<T>(tables: &mut T, commit: &Commit)
where
    T: Seen
        + Slot<Tally>
        + Slot<AuthorState>
        + Slot<HashMap<String, Tally>>
        + Slot<HashMap<String, u64>>,
{
    if tables.seen(&commit.hash) {
        return;
    }
    let (day, tally) = (commit.day(), Tally::of_commit(commit));
    tables.slot("days", &day, |sum: &mut Tally| sum.add(&tally));
    tables.slot("authors", &commit.author, |author: &mut AuthorState| {
        author.tally.add(&tally);
        author.last_day.clone_from(&day);
    });
    for change in &commit.files {
        let tally = Tally::of_change(change);
        tables.slot("files", &change.path, |sum: &mut Tally| sum.add(&tally));
        tables.slot("author_files", &commit.author, |files: &mut HashMap<String, Tally>| {
            files.entry(change.path.clone()).or_default().add(&tally);
        });
        tables.slot("file_authors", &change.path, |authors: &mut HashMap<String, Tally>| {
            authors.entry(commit.author.clone()).or_default().add(&tally);
        });
    }
    if let Together::Pairs(pairs) = together(&commit.files) {
        for pair in pairs {
            for (one, other) in [(&pair.a, &pair.b), (&pair.b, &pair.a)] {
                tables.slot("changed_with", one, |with: &mut HashMap<String, u64>| {
                    *with.entry(other.clone()).or_default() += 1;
                });
            }
        }
    }
}

/// Remembers hashes.
trait Seen {
    /// Whether the hash was there before.
    fn seen(&mut self, hash: &str) -> bool;
}

/// The plain loop.
#[derive(Default)]
struct Maps {
    seen: HashMap<String, bool>,
    tallies: HashMap<(&'static str, String), Tally>,
    authors: HashMap<String, AuthorState>,
    nested: HashMap<(&'static str, String), HashMap<String, Tally>>,
    with: HashMap<String, HashMap<String, u64>>,
}

impl Seen for Maps {
    fn seen(&mut self, hash: &str) -> bool {
        self.seen.insert(hash.to_owned(), true).is_some()
    }
}

impl Slot<Tally> for Maps {
    fn slot(&mut self, table: &'static str, key: &str, update: impl FnOnce(&mut Tally)) {
        update(self.tallies.entry((table, key.to_owned())).or_default());
    }
}

impl Slot<AuthorState> for Maps {
    fn slot(&mut self, _: &'static str, key: &str, update: impl FnOnce(&mut AuthorState)) {
        update(self.authors.entry(key.to_owned()).or_default());
    }
}

impl Slot<HashMap<String, Tally>> for Maps {
    fn slot(
        &mut self,
        table: &'static str,
        key: &str,
        update: impl FnOnce(&mut HashMap<String, Tally>),
    ) {
        update(self.nested.entry((table, key.to_owned())).or_default());
    }
}

impl Slot<HashMap<String, u64>> for Maps {
    fn slot(&mut self, _: &'static str, key: &str, update: impl FnOnce(&mut HashMap<String, u64>)) {
        update(self.with.entry(key.to_owned()).or_default());
    }
}

/// Hand-written code over redb: read, decode, change, encode, write, for every update.
struct Redb<'a>(&'a WriteTransaction);

impl Redb<'_> {
    fn change<V: Serialize + DeserializeOwned + Default>(
        &self,
        table: &'static str,
        key: &str,
        update: impl FnOnce(&mut V),
    ) {
        let definition: TableDefinition<'_, &str, &[u8]> = TableDefinition::new(table);
        let mut table = self.0.open_table(definition).unwrap();
        let mut value: V = (table.get(key).unwrap())
            .map(|bytes| rmp_serde::from_slice(bytes.value()).unwrap())
            .unwrap_or_default();
        update(&mut value);
        table.insert(key, rmp_serde::to_vec_named(&value).unwrap().as_slice()).unwrap();
    }
}

impl Seen for Redb<'_> {
    fn seen(&mut self, hash: &str) -> bool {
        let mut before = false;
        self.change("seen", hash, |seen: &mut bool| before = std::mem::replace(seen, true));
        before
    }
}

impl<V: Serialize + DeserializeOwned + Default> Slot<V> for Redb<'_> {
    fn slot(&mut self, table: &'static str, key: &str, update: impl FnOnce(&mut V)) {
        self.change(table, key, update);
    }
}

fn raw_redb(history: &[Commit]) {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::create(directory.path().join("raw.redb")).unwrap();
    let records: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("commits");
    for (batch, commits) in (0_u64..).zip(history.chunks(BATCH)) {
        let transaction = database.begin_write().unwrap();
        {
            let mut table = transaction.open_table(records).unwrap();
            for (number, commit) in (batch * BATCH as u64..).zip(commits) {
                table.insert(number, rmp_serde::to_vec_named(commit).unwrap().as_slice()).unwrap();
            }
        }
        commits.iter().for_each(|commit| count(&mut Redb(&transaction), commit));
        transaction.commit().unwrap();
    }
}

fn module(runtime: &Runtime, cluster: &Cluster, history: Vec<Commit>) {
    runtime.block_on(async {
        let config = LaunchConfig::new().tasks(4).threads(2);
        let client = cluster.launch(CommitsModule, config).await.unwrap();
        let mut rest = history;
        while !rest.is_empty() {
            let next = rest.split_off(rest.len().min(BATCH));
            client.depot.commits.append_all(rest, AckLevel::Ack).await.unwrap();
            rest = next;
        }
    });
}

fn appends(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let history = history();
    let mut group = criterion.benchmark_group("commits counted");
    group.throughput(Throughput::Elements(COMMITS)).sample_size(10);
    group.bench_function("plain loop over HashMap", |bencher| {
        bencher.iter(|| {
            let mut maps = Maps::default();
            history.iter().for_each(|commit| count(&mut maps, commit));
            black_box(maps.seen.len())
        });
    });
    group.bench_function("module in memory", |bencher| {
        bencher.iter_batched(
            || (Cluster::in_memory(), history.clone()),
            |(cluster, history)| module(&runtime, &cluster, history),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("module on disk", |bencher| {
        bencher.iter_batched(
            || (tempfile::tempdir().unwrap(), history.clone()),
            |(directory, history)| module(&runtime, &Cluster::on_disk(directory.path()), history),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("raw redb on disk", |bencher| bencher.iter(|| raw_redb(&history)));
    group.finish();
}

criterion_group!(benches, appends);
criterion_main!(benches);
