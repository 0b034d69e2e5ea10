//! Topologies append to depots of their module (OP-33, DP-40 to DP-42): on their own task, in the same commit group
//! as their other effects, so exactly once, in order, and processed at once; and they wait for as much of it as they
//! say.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;
mod failing_disk;
mod outside;

use std::{collections::BTreeSet, sync::atomic::Ordering};

use common::{config, failed, home, key_at, scrambled};
use failing_disk::Failing;
use outside::{Outside, Question, is_unfinished, start, until};
use rama_core::{
    __private::at,
    client::{Depot, Link, PState},
    depot::{AckReturns, Partitioning},
    error::{AppendError, EventError},
    flow::{Cx, DepotRef, Outcome, PStateRef, Retry, SourceOptions},
    module::{Module, ModuleBuilder, key_hash},
    prelude::*,
};
use rama_test::InProcessCluster;
use serde::Serializer;
use tokio::{sync::mpsc::UnboundedReceiver, task::JoinHandle};

/// What is done with an item.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Does {
    Nothing,
    Ask,
    Fail,
    /// Appends it to the next depot, where this is done with it.
    Pass(Then),
    PassAcked(Level, Then),
    PassThenFail,
    PassMany(u64),
    PassManyAcked(u64, Then),
    /// Appends it to the next depot, and does so again whenever that is durable.
    PassForEver,
    /// Asks so many questions at once.
    AskEach(u64),
    ToStranger(i64),
    ToGlobal,
    ToClosed,
    ToFragile(i64),
    /// Appends it to the same depot, and goes on so often.
    Again(u64),
    AgainAcked(u64),
    Forever,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Then {
    Nothing,
    Ask,
    Fail,
    Pass,
    AskEach(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Level {
    Ack,
    AppendAck,
    None,
}

impl From<Level> for AckLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Ack => Self::Ack,
            Level::AppendAck => Self::AppendAck,
            Level::None => Self::None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    key: i64,
    id: u64,
    does: Does,
}

impl Item {
    fn then(self, then: Then) -> Self {
        let does = match then {
            Then::Nothing => Does::Nothing,
            Then::Ask => Does::Ask,
            Then::Fail => Does::Fail,
            Then::Pass => Does::Pass(Then::Nothing),
            Then::AskEach(count) => Does::AskEach(count),
        };
        Self { does, ..self }
    }
}

fn item(key: i64, id: u64, does: Does) -> Item {
    Item { key, id, does }
}

#[derive(Clone, Debug, Deserialize)]
struct Fragile(i64);

impl Serialize for Fragile {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        assert!(self.0 != 13, "thirteen");
        serializer.serialize_newtype_struct("Fragile", &self.0)
    }
}

type Seen = Map<i64, List<u64>>;

/// Three depots in a row, and some others.
#[derive(Clone)]
struct Chain {
    outside: Outside,
}

#[derive(Clone)]
struct ChainClient {
    a: Depot<Item>,
    b: Depot<Item>,
    c: Depot<Item>,
    closed: Depot<Item>,
    seen_a: PState<Seen>,
    seen_b: PState<Seen>,
    seen_c: PState<Seen>,
    went_on: PState<Seen>,
}

fn push(cx: &mut Cx<'_>, pstate: PStateRef<Seen>, key: i64, id: u64) -> Outcome {
    let list = pstate.path().keypath(key).nil_to_val(Vec::new());
    cx.local_transform(at(file!(), line!()), list.update(|list| list.push(id)))
}

fn by_key() -> Partitioning<Item> {
    Partitioning::hash_by(|item: &Item| key_hash(&item.key))
}

/// What the first topology appends to.
#[derive(Clone, Copy)]
struct Depots {
    a: DepotRef<Item>,
    b: DepotRef<Item>,
    c: DepotRef<Item>,
    global: DepotRef<Item>,
    closed: DepotRef<Item>,
    fragile: DepotRef<Fragile>,
}

impl Chain {
    fn first(&self, module: &mut ModuleBuilder, depots: Depots) {
        let Depots { a, b, global, closed, fragile, .. } = depots;
        let mut first = module.stream("first");
        let seen = first.pstate::<Seen>("seen_a");
        let went_on = first.pstate::<Seen>("went_on");
        let flow = first.flow();
        let appended = flow.returns("after depot_append(*b)");
        let outside = self.outside.clone();
        let once = SourceOptions::new().retry(Retry::None);
        flow.source_with(a, "source(*a)", once, move |cx, item: Item| {
            let Item { key, id, does } = item;
            push(cx, seen, key, id)?;
            match does {
                Does::Nothing | Does::Ask | Does::AskEach(_) => Ok(()),
                Does::Fail => Err(EventError::new("it fails at once")),
                Does::Pass(then) => cx.depot_append(b, &item.then(then)),
                Does::PassAcked(level, then) => {
                    let (item, level) = (item.then(then), level.into());
                    cx.depot_append_acked(b, &item, level, appended, (key, id, does))
                }
                Does::PassThenFail => {
                    cx.depot_append(b, &item.then(Then::Pass))?;
                    Err(EventError::new("it fails behind its append"))
                }
                Does::PassMany(count) => (0..count).try_for_each(|number| {
                    cx.depot_append(b, &Item { id: id + number, ..item }.then(Then::Pass))
                }),
                Does::PassManyAcked(count, then) => (0..count).try_for_each(|number| {
                    let next = Item { id: id + number, ..item }.then(then);
                    let frame = (key, next.id, does);
                    cx.depot_append_acked(b, &next, AckLevel::Ack, appended, frame)
                }),
                Does::PassForEver => {
                    let next = item.then(Then::Nothing);
                    cx.depot_append_acked(b, &next, AckLevel::AppendAck, appended, (key, id, does))
                }
                Does::ToStranger(key) => cx.depot_append(b, &Item { key, ..item }),
                Does::ToGlobal => cx.depot_append(global, &item),
                Does::ToClosed => cx.depot_append(closed, &item.then(Then::Nothing)),
                Does::ToFragile(number) => cx.depot_append(fragile, &Fragile(number)),
                Does::Again(0) | Does::AgainAcked(0) => Ok(()),
                Does::Again(left) => {
                    cx.depot_append(a, &Item { id: id + 1, does: Does::Again(left - 1), ..item })
                }
                Does::AgainAcked(left) => {
                    let next = Item { id: id + 1, does: Does::AgainAcked(left - 1), ..item };
                    cx.depot_append_acked(a, &next, AckLevel::Ack, appended, (key, id, does))
                }
                Does::Forever => {
                    outside.ran(0);
                    cx.depot_append(a, &item)
                }
            }
        });
        let outside = self.outside.clone();
        flow.define_returns(appended, move |cx, (), (key, id, does)| {
            outside.ran(id);
            push(cx, went_on, key, id)?;
            if does != Does::PassForEver {
                return Ok(());
            }
            let next = item(key, id, Does::Nothing);
            cx.depot_append_acked(b, &next, AckLevel::AppendAck, appended, (key, id, does))
        });
    }

    fn second(&self, module: &mut ModuleBuilder, depots: Depots) {
        let Depots { b, c, .. } = depots;
        let mut second = module.stream("second");
        let seen = second.pstate::<Seen>("seen_b");
        let flow = second.flow();
        let answered = flow.returns("after await_future(ask)");
        let outside = self.outside.clone();
        let once = SourceOptions::new().retry(Retry::None);
        flow.source_with(b, "source(*b)", once, move |cx, item: Item| {
            let Item { key, id, does } = item;
            push(cx, seen, key, id)?;
            match does {
                Does::Ask => cx.await_future(outside.ask(id), None, answered, ()),
                Does::AskEach(count) => (0..count)
                    .try_for_each(|_| cx.await_future(outside.ask(id), None, answered, ())),
                Does::Fail => Err(EventError::new("the second one fails")),
                Does::Pass(then) => cx.depot_append(c, &item.then(then)),
                _ => Ok(()),
            }
        });
        flow.define_returns(answered, |_, _: i64, ()| Ok(()));
    }
}

impl Module for Chain {
    type Client = ChainClient;

    fn name(&self) -> &'static str {
        "Chain"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let depots = Depots {
            a: module.depot("a", by_key()),
            b: module.depot("b", by_key()),
            c: module.depot("c", Partitioning::random()),
            global: module.depot("global", Partitioning::global()),
            closed: module.depot("closed", Partitioning::disallow()),
            fragile: module.depot("fragile", Partitioning::random()),
        };
        self.first(module, depots);
        self.second(module, depots);
        let mut third = module.stream("third");
        let seen = third.pstate::<Seen>("seen_c");
        third.flow().source(depots.c, "source(*c)", move |cx, item: Item| {
            push(cx, seen, item.key, item.id)
        });
    }

    fn client(link: &Link) -> ChainClient {
        ChainClient {
            a: link.depot("a"),
            b: link.depot("b"),
            c: link.depot("c"),
            closed: link.depot("closed"),
            seen_a: link.pstate("seen_a"),
            seen_b: link.pstate("seen_b"),
            seen_c: link.pstate("seen_c"),
            went_on: link.pstate("went_on"),
        }
    }
}

async fn ids(pstate: &PState<Seen>, key: i64) -> Vec<u64> {
    pstate.select_one(path![keypath(key), nil_to_val(Vec::new())]).await.unwrap()
}

/// How many ids there are of all keys.
async fn count(pstate: &PState<Seen>) -> usize {
    pstate.all_partitions().select(path![MAP_VALS, ALL]).await.unwrap().len()
}

/// The records of one partition.
async fn records(depot: &Depot<Item>, task: TaskId) -> Vec<Item> {
    let end = depot.partition_info(task).unwrap().end.0;
    depot.read_all(task, 0..end).await.unwrap()
}

struct Test {
    ipc: InProcessCluster,
    client: ChainClient,
    outside: Outside,
    asked: UnboundedReceiver<Question>,
    disk: Failing,
    tasks: u32,
}

impl Test {
    async fn new(tasks: u32) -> Self {
        let (outside, asked) = Outside::new();
        let disk = Failing::default();
        let chain = Chain { outside: outside.clone() };
        let (ipc, client) = start(&disk, chain, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }

    fn start(&self, item: Item) -> JoinHandle<Result<AckReturns, AppendError>> {
        let a = self.client.a.clone();
        tokio::spawn(async move { a.append(item).await })
    }

    async fn question(&mut self, id: u64) -> Question {
        let question = self.asked.recv().await.unwrap();
        assert_eq!(question.id, id);
        question
    }

    /// Loses what is not on the disk, and starts again.
    async fn crash(self) -> Self {
        let Self { ipc, outside, asked, disk, tasks, .. } = self;
        disk.writes_vanish.store(true, Ordering::Relaxed);
        drop(ipc);
        disk.writes_vanish.store(false, Ordering::Relaxed);
        let chain = Chain { outside: outside.clone() };
        let (ipc, client) = start(&disk, chain, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }
}

#[tokio::test]
async fn an_appended_record_is_durable_with_the_one_that_appends_it_and_processed_at_once() {
    for tasks in [1, 4] {
        let test = Test::new(tasks).await;
        for key in 0..8 {
            let passed = item(key, 10, Does::Pass(Then::Pass));
            let before = records(&test.client.b, home(key, tasks)).await.len();
            test.client.a.append(passed).await.unwrap();
            let b = records(&test.client.b, home(key, tasks)).await;
            assert_eq!(b[before..], [passed.then(Then::Pass)], "there with the acknowledgement");
            // Nothing else happens in the module, and nobody waits for it.
            until("it gets to c", async || ids(&test.client.seen_c, key).await == [10]).await;
            assert_eq!(ids(&test.client.seen_b, key).await, [10]);
        }
    }
}

#[tokio::test]
async fn appended_records_keep_the_order_in_which_they_were_appended() {
    let test = Test::new(2).await;
    let keys = [key_at(0, 2), key_at(1, 2)];
    let many = |number: u64| item(keys[number as usize % 2], number * 1_000, Does::PassMany(300));
    test.client.a.append_all((0..20).map(many), AckLevel::Ack).await.unwrap();
    for (number, key) in (0..).zip(keys) {
        let all = async || ids(&test.client.seen_c, key).await;
        until("all get to c", async || all().await.len() == 3_000).await;
        let expected = (0..20).skip(number).step_by(2);
        let expected: Vec<u64> = expected
            .flat_map(|one| (0..300).map(move |number| one as u64 * 1_000 + number))
            .collect();
        assert_eq!(all().await, expected);
        assert_eq!(ids(&test.client.seen_b, key).await, expected);
    }
}

#[tokio::test]
async fn a_dropped_attempt_leaves_no_appended_record() {
    let test = Test::new(2).await;
    let (mut appends, mut expected) = (Vec::new(), [BTreeSet::new(), BTreeSet::new()]);
    for (id, random) in (0..2_000).zip(scrambled(3)) {
        let key = i64::try_from(random % 10).unwrap();
        let does = if random % 9 == 0 { Does::PassThenFail } else { Does::Pass(Then::Pass) };
        if does != Does::PassThenFail {
            expected[home(key, 2).0 as usize].insert(id);
        }
        let a = test.client.a.clone();
        appends.push(tokio::spawn(async move { a.append(item(key, id, does)).await.is_ok() }));
    }
    let mut good = 0;
    for append in appends {
        good += usize::from(append.await.unwrap());
    }
    assert_eq!(good, expected[0].len() + expected[1].len());
    until("all get to c", async || count(&test.client.seen_c).await >= good).await;
    for (task, expected) in (0..).map(TaskId).zip(expected) {
        for depot in [&test.client.b, &test.client.c] {
            let ids: Vec<u64> = records(depot, task).await.iter().map(|item| item.id).collect();
            assert_eq!(ids.len(), expected.len(), "each once");
            assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
    assert_eq!(count(&test.client.seen_c).await, good);
}

#[tokio::test]
async fn over_crashes_every_link_of_the_chain_has_each_record_once() {
    let mut test = Test::new(4).await;
    let mut acked = BTreeSet::new();
    for life in 0..30_u64 {
        let mut appends = Vec::new();
        for (number, random) in (0..80).zip(scrambled(life)) {
            let (key, id) = (i64::try_from(random % 20).unwrap(), life * 1_000 + number);
            let does = if random % 11 == 0 { Does::PassThenFail } else { Does::Pass(Then::Pass) };
            appends.push((id, test.start(item(key, id, does))));
        }
        let enough = usize::try_from(life % 20 * 4).unwrap();
        let done = || appends.iter().filter(|(_, append)| append.is_finished()).count();
        until("some are done", async || done() >= enough).await;
        let before: BTreeSet<_> =
            appends.iter().filter(|(_, append)| append.is_finished()).map(|(id, _)| *id).collect();
        test = test.crash().await;
        for (id, append) in appends {
            if append.await.unwrap().is_ok() && before.contains(&id) {
                acked.insert(id);
            }
        }
    }
    let client = &test.client;
    let mut expected = BTreeSet::new();
    for task in (0..4).map(TaskId) {
        let passed = records(&client.a, task).await.into_iter();
        expected.extend(passed.filter(|item| item.does != Does::PassThenFail).map(|item| item.id));
    }
    until("all get to c", async || count(&client.seen_c).await >= expected.len()).await;
    for pstate in [&client.seen_a, &client.seen_b, &client.seen_c] {
        let ids = pstate.all_partitions().select(path![MAP_VALS, ALL]).await.unwrap();
        assert_eq!(ids.len(), expected.len(), "each once");
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), expected);
    }
    for task in (0..4).map(TaskId) {
        let [a, b, c] = [&client.a, &client.b, &client.c].map(|depot| records(depot, task));
        let passed = |item: &Item| (item.does != Does::PassThenFail).then_some(item.id);
        let a: Vec<_> = a.await.iter().filter_map(passed).collect();
        assert_eq!(b.await.iter().map(|item| item.id).collect::<Vec<_>>(), a, "in order");
        assert_eq!(c.await.iter().map(|item| item.id).collect::<Vec<_>>(), a, "in order");
    }
    assert!(!acked.is_empty() && acked.is_subset(&expected), "nothing acknowledged is lost");
}

#[tokio::test]
async fn with_append_ack_the_tree_goes_on_when_the_record_is_durable() {
    let mut test = Test::new(2).await;
    let done = test.start(item(1, 5, Does::PassAcked(Level::AppendAck, Then::Ask)));
    // The second topology waits for its answer all the time.
    let mut question = test.question(5).await;
    done.await.unwrap().unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await, [5]);
    assert!(!question.answer.is_closed());
    let mut test = test.crash().await;
    question.answer.closed().await;
    assert_eq!(records(&test.client.b, home(1, 2)).await.len(), 1);
    test.question(5).await.answer.send(0).unwrap();
    test.client.a.append(item(1, 6, Does::Nothing)).await.unwrap();
    assert_eq!(ids(&test.client.seen_a, 1).await, [5, 6], "it was done before the crash");
}

#[tokio::test]
async fn with_ack_the_tree_goes_on_when_every_topology_is_done_with_the_record() {
    let mut test = Test::new(2).await;
    let done = test.start(item(1, 5, Does::PassAcked(Level::Ack, Then::Ask)));
    let question = test.question(5).await;
    for id in 100..130 {
        test.client.a.append(item(1, id, Does::Nothing)).await.unwrap();
        test.client.b.append(item(1, id, Does::Nothing)).await.unwrap();
    }
    assert!(!done.is_finished() && test.outside.runs(5) == 0, "a tree of the record waits");
    question.answer.send(0).unwrap();
    done.await.unwrap().unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await, [5]);
    test.client.a.append(item(1, 6, Does::PassAcked(Level::Ack, Then::Pass))).await.unwrap();
    assert_eq!(ids(&test.client.seen_b, 1).await.last(), Some(&6), "visible when it goes on");
    until("it gets to c", async || ids(&test.client.seen_c, 1).await == [6]).await;
}

#[tokio::test]
async fn without_a_level_the_tree_goes_on_at_once() {
    let mut test = Test::new(1).await;
    test.client.a.append(item(1, 5, Does::PassAcked(Level::None, Then::Ask))).await.unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await, [5]);
    drop(test.question(5).await);
}

#[tokio::test]
async fn a_tree_fails_when_the_record_it_waits_for_fails() {
    let test = Test::new(2).await;
    let failing = item(1, 5, Does::PassAcked(Level::Ack, Then::Fail));
    let (depot, topology, reason) = failed(test.client.a.append(failing).await);
    assert_eq!((depot, topology), ("a", "first"));
    let said = "stored in depot `*b`, but topology `second` failed on it: the second one fails (in \
                `source(*b)`); its source says `retry: none`, so it is not run again (in `after \
                depot_append(*b)`)";
    assert!(reason.contains(said), "{reason}");
    let passing = item(1, 6, Does::PassAcked(Level::AppendAck, Then::Fail));
    test.client.a.append(passing).await.unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await, [6], "it does not look whether it fails");
    assert_eq!(ids(&test.client.seen_a, 1).await, [5, 6], "before its append it was committed");
}

#[tokio::test]
async fn a_tree_that_waits_for_an_append_is_run_again_after_a_crash() {
    let mut test = Test::new(1).await;
    let done = test.start(item(1, 5, Does::PassAcked(Level::Ack, Then::Ask)));
    let mut question = test.question(5).await;
    test.client.a.append(item(1, 6, Does::Nothing)).await.unwrap();
    let mut test = test.crash().await;
    assert!(is_unfinished(&done.await.unwrap()));
    question.answer.closed().await;
    // The record of before the crash, and the one that the tree appends when it is run again.
    for _ in 0..2 {
        test.question(5).await.answer.send(0).unwrap();
    }
    until("it goes on", async || ids(&test.client.went_on, 1).await == [5]).await;
    assert_eq!(records(&test.client.b, TaskId(0)).await.len(), 2);
    assert_eq!(ids(&test.client.seen_a, 1).await, [5, 6, 5]);
}

#[tokio::test]
async fn records_have_to_be_at_home_where_they_are_appended() {
    let test = Test::new(4).await;
    let (here, there) = (key_at(2, 4), key_at(1, 4));
    let (.., reason) = failed(test.client.a.append(item(here, 1, Does::ToStranger(there))).await);
    assert!(
        reason.contains(
            "depot `*b`: the record is at home on task 1, but this event runs on task 2: add \
             `|hash(..)` with its key before it"
        ),
        "{reason}"
    );
    let (.., reason) = failed(test.client.a.append(item(here, 1, Does::ToGlobal)).await);
    assert!(
        reason.contains(
            "depot `*global`: the record is at home on task 0, but this event runs on task 2: add \
             `|global()` before it"
        ),
        "{reason}"
    );
    test.client.a.append(item(key_at(0, 4), 1, Does::ToGlobal)).await.unwrap();
    test.client.a.append(item(here, 1, Does::ToClosed)).await.unwrap();
    assert_eq!(records(&test.client.closed, TaskId(2)).await.len(), 1, "topologies may");
    let refused = test.client.closed.append(item(here, 1, Does::Nothing)).await;
    assert!(matches!(refused, Err(AppendError::Disallowed { .. })));
}

#[tokio::test]
async fn a_record_that_does_not_encode_fails_the_one_that_appends_it() {
    let test = Test::new(1).await;
    let (.., reason) = failed(test.client.a.append(item(1, 1, Does::ToFragile(13))).await);
    assert!(reason.contains("depot `*fragile`: the record cannot be stored"), "{reason}");
    assert!(reason.contains("panicked"), "{reason}");
    test.client.a.append(item(1, 2, Does::ToFragile(1))).await.unwrap();
    assert_eq!(test.client.b.partition_info(TaskId(0)).unwrap().end.0, 0);
}

#[tokio::test]
async fn a_topology_appends_to_its_own_depot_among_clients() {
    const LENGTH: u64 = 40;
    let test = Test::new(2).await;
    let keys = [key_at(0, 2), key_at(1, 2)];
    let mut clients = Vec::new();
    for client in 0..4_u64 {
        let a = test.client.a.clone();
        clients.push(tokio::spawn(async move {
            for number in 0..50 {
                let id = (client * 50 + number) * 1_000;
                let does = match number % 5 {
                    0 => Does::Again(LENGTH),
                    3 => Does::Fail,
                    _ => Does::Nothing,
                };
                let done = a.append(item(keys[client as usize % 2], id, does)).await;
                assert_eq!(done.is_err(), does == Does::Fail);
            }
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    let all = usize::try_from(4 * 40 + 4 * 10 * LENGTH).unwrap();
    until("all are run", async || count(&test.client.seen_a).await == all).await;
    for (task, key) in (0..).map(TaskId).zip(keys) {
        let good = |item: &&Item| item.does != Does::Fail;
        let stored: Vec<_> =
            records(&test.client.a, task).await.iter().filter(good).map(|item| item.id).collect();
        assert_eq!(ids(&test.client.seen_a, key).await, stored, "in the order of the depot");
        assert_eq!(stored.iter().collect::<BTreeSet<_>>().len(), stored.len(), "each once");
    }
}

#[tokio::test]
async fn clients_are_served_while_a_topology_feeds_itself_and_a_stop_ends_it() {
    let test = Test::new(1).await;
    test.client.a.append(item(1, 0, Does::Forever)).await.unwrap();
    for id in 1..100 {
        test.client.a.append(item(2, id, Does::Nothing)).await.unwrap();
        assert_eq!(ids(&test.client.seen_a, 2).await.last(), Some(&id));
    }
    assert!(test.outside.runs(0) > 2);
    test.client.a.append_with(item(2, 100, Does::Nothing), AckLevel::None).await.unwrap();
    test.ipc.update(Chain { outside: test.outside.clone() }).await.unwrap();
    assert_eq!(ids(&test.client.seen_a, 2).await.last(), Some(&100), "it was queued");
    let runs = test.outside.runs(0);
    until("it goes on after the stop", async || test.outside.runs(0) > runs).await;
    test.ipc.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_topology_may_wait_for_its_own_depot() {
    let test = Test::new(1).await;
    test.client.a.append(item(1, 0, Does::AgainAcked(30))).await.unwrap();
    let expected: Vec<u64> = (0..30).rev().collect();
    assert_eq!(ids(&test.client.went_on, 1).await, expected, "the last one goes on first");
    assert_eq!(ids(&test.client.seen_a, 1).await, (0..31).collect::<Vec<_>>());
}

#[tokio::test]
async fn new_records_wait_behind_very_many_appends_and_nobody_for_ever() {
    const APPENDS: u64 = 70_000;
    let test = Test::new(1).await;
    let many = test.start(item(1, 0, Does::PassManyAcked(APPENDS, Then::Nothing)));
    until("they wait", async || test.client.b.partition_info(TaskId(0)).unwrap().end.0 > 0).await;
    let other = test.start(item(2, 1, Does::Nothing));
    other.await.unwrap().unwrap();
    many.await.unwrap().unwrap();
    let expected: Vec<u64> = (0..APPENDS).collect();
    assert_eq!(ids(&test.client.went_on, 1).await, expected);
    assert_eq!(ids(&test.client.seen_b, 1).await, expected);
}

#[tokio::test]
async fn stored_records_wait_for_the_futures_of_others() {
    const RECORDS: u64 = 400;
    const EACH: u64 = 700;
    let mut test = Test::new(1).await;
    let many = test.start(item(1, 0, Does::PassManyAcked(RECORDS, Then::AskEach(EACH))));
    until("it is full", async || test.outside.waiting().0 >= 16_384).await;
    for _ in 0..RECORDS * EACH {
        test.asked.recv().await.unwrap().answer.send(0).unwrap();
    }
    many.await.unwrap().unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await.len() as u64, RECORDS, "none has failed");
    let most = test.outside.waiting().1;
    assert!((16_384..16_384 + EACH as usize).contains(&most), "{most} at once");
}

#[tokio::test]
async fn a_stop_finishes_the_waits_for_appends_so_that_nothing_is_appended_twice() {
    const RECORDS: u64 = 150;
    let test = Test::new(2).await;
    let keys = [key_at(0, 2), key_at(1, 2)];
    let mut expected = [Vec::new(), Vec::new()];
    for (number, random) in (0..RECORDS).zip(scrambled(5)) {
        let at = number as usize % 2;
        let level = if number % 3 == 0 { Level::Ack } else { Level::AppendAck };
        let passed = item(keys[at], number, Does::PassAcked(level, Then::Nothing));
        expected[at].push(number);
        test.client.a.append_with(passed, AckLevel::None).await.unwrap();
        // The stop comes somewhere between the record, its append, its answer, and what follows.
        for _ in 0..random % 200 {
            tokio::task::yield_now().await;
        }
        test.ipc.update(Chain { outside: test.outside.clone() }).await.unwrap();
        assert_eq!(ids(&test.client.went_on, keys[at]).await, expected[at], "it has gone on");
        let appended = records(&test.client.b, TaskId(at as u32)).await;
        assert_eq!(appended.len(), expected[at].len(), "it was appended once");
    }
}

#[tokio::test]
async fn a_stop_finishes_chains_of_appends_and_leaves_out_what_waits_for_a_future() {
    let mut test = Test::new(1).await;
    test.client.a.append_with(item(1, 0, Does::AgainAcked(30)), AckLevel::None).await.unwrap();
    let asking = item(2, 100, Does::PassAcked(Level::Ack, Then::Ask));
    test.client.a.append_with(asking, AckLevel::None).await.unwrap();
    test.ipc.update(Chain { outside: test.outside.clone() }).await.unwrap();
    assert_eq!(ids(&test.client.went_on, 1).await, (0..30).rev().collect::<Vec<_>>());
    assert_eq!(ids(&test.client.seen_a, 1).await, (0..31).collect::<Vec<_>>(), "each once");
    assert!(ids(&test.client.went_on, 2).await.is_empty());
    // The record of before the stop asks, and so does the one that is appended anew.
    until("it goes on", async || {
        while let Ok(question) = test.asked.try_recv() {
            // Nobody listens to what was asked before the stop.
            question.answer.send(0).ok();
        }
        ids(&test.client.went_on, 2).await == [100]
    })
    .await;
    assert_eq!(records(&test.client.b, TaskId(0)).await.len(), 2);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_trees_that_append_for_ever() {
    let test = Test::new(2).await;
    let keys = [key_at(0, 2), key_at(1, 2)];
    for (id, does) in [(1_000_000, Does::PassForEver), (0, Does::AgainAcked(u64::MAX))] {
        test.client.a.append_with(item(keys[0], id, does), AckLevel::None).await.unwrap();
        let passes = async || test.client.a.partition_info(TaskId(0)).unwrap().end.0 > 20;
        until("it goes on", async || test.outside.runs(id) > 20 || passes().await).await;
    }
    for id in 0..2 {
        let queued = item(keys[1], id, Does::Nothing);
        test.client.a.append_with(queued, AckLevel::None).await.unwrap();
        test.ipc.update(Chain { outside: test.outside.clone() }).await.unwrap();
        let expected: Vec<u64> = (0..=id).collect();
        assert_eq!(ids(&test.client.seen_a, keys[1]).await, expected, "it was queued");
    }
    test.ipc.shutdown().await.unwrap();
}
