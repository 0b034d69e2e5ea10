//! Ids and random numbers: each call gives another one, and the same one when the record is run again, be it because
//! another topology failed on it, or after a crash (BO-05 to BO-08).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use common::{config, key_at, launch};
use rama_core::{
    __private::{Depot, Link, key_hash},
    clock::{Clock, ManualClock, Timestamp},
    depot::Partitioning,
    error::EventError,
    flow::{Cx, DepotRef, Flow},
    module::{Module, ModuleBuilder, TopologyType},
    prelude::*,
};
use rama_test::InProcessCluster;

const TASKS: u32 = 3;

/// What was drawn where, in the order in which it happened, of all attempts.
type Drawn = Arc<Mutex<Vec<(String, u128)>>>;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Record {
    from: i64,
    number: u64,
    /// Whether the second topology fails, so that everything is run again.
    fails: bool,
}

/// Draws wherever an event begins or is continued.
#[derive(Clone, Default)]
struct Draws {
    drawn: Drawn,
    /// A version of the module that does not read the depot for a while.
    idle: bool,
    /// Whether the first attempt takes time.
    clock: Arc<Restless>,
}

impl Module for Draws {
    type Client = Depot<Record>;

    fn name(&self) -> &'static str {
        "Draws"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let by = |record: &Record| key_hash(&record.from);
        let records = module.depot("records", Partitioning::hash_by(by));
        let mut stream = module.stream("draws");
        if !self.idle {
            self.sources(stream.flow(), records);
        }
        let clock = Arc::clone(&self.clock);
        let mut failing = module.stream("failing");
        failing.flow().source(records, "source(*records)", move |_, Record { fails, .. }| {
            clock.step.store(0, Ordering::Relaxed);
            if fails { Err(EventError::new("on purpose")) } else { Ok(()) }
        });
    }

    fn client(link: &Link) -> Depot<Record> {
        link.depot("records")
    }
}

impl Draws {
    fn sources(&self, flow: &mut Flow, records: DepotRef<Record>) {
        let drawn = Arc::clone(&self.drawn);
        let draw = move |cx: &mut Cx<'_>, place: String| {
            for call in 0..2 {
                let id = cx.random_uuid7();
                let number = cx.current_random_source().next_u64();
                let mut drawn = drawn.lock().unwrap();
                drawn.push((format!("{place}, id {call}"), id));
                drawn.push((format!("{place}, number {call}"), number.into()));
            }
        };
        let deferred = flow.port("deferred");
        let on_all = flow.port("on all");
        let (rounds, go_on) = (flow.port("loop"), flow.port("after yield_if_overtime()"));
        let draws = draw.clone();
        flow.join(deferred, move |cx, place: String| {
            draws(cx, place);
            Ok(())
        });
        let draws = draw.clone();
        flow.segment(on_all, move |cx, place: String| {
            let line = format!("{place} on {}", cx.current_task_id());
            draws(cx, line);
            Ok(())
        });
        flow.join(rounds, move |cx, left: u64| cx.yield_if_overtime(go_on, left));
        let draws = draw.clone();
        flow.segment(go_on, move |cx, left| {
            draws(cx, format!("round {left}"));
            if left > 0 {
                cx.defer(rounds, left - 1);
            }
            cx.defer(deferred, format!("deferred in round {left}"));
            Ok(())
        });
        for source in ["one", "two"] {
            let draws = draw.clone();
            flow.source(records, "source(*records)", move |cx, Record { number, .. }| {
                draws(cx, format!("{number} {source} begins"));
                let everywhere = cx.all();
                cx.hop(everywhere, on_all, format!("{number} {source} all"));
                let everywhere = cx.all();
                cx.hop(everywhere, on_all, format!("{number} {source} all again"));
                cx.again(on_all, format!("{number} {source} later"));
                cx.enter(deferred, format!("{number} {source} entered"))?;
                cx.defer(deferred, format!("{number} {source} deferred"));
                cx.defer(deferred, format!("{number} {source} deferred again"));
                if source == "one" && number == 0 {
                    cx.defer(rounds, 12);
                }
                draws(cx, format!("{number} {source} ends"));
                Ok(())
            });
        }
    }

    async fn launch(&self, ipc: &InProcessCluster) -> Depot<Record> {
        ipc.launch(self.clone(), config(TASKS, 2)).await.unwrap()
    }

    fn take(&self) -> Vec<(String, u128)> {
        std::mem::take(&mut *self.drawn.lock().unwrap())
    }
}

/// A clock that goes on by itself with each look, as far as it is told to.
#[derive(Debug, Default)]
struct Restless {
    now: AtomicU64,
    step: AtomicU64,
}

impl Clock for Restless {
    fn now(&self) -> Timestamp {
        let step = self.step.load(Ordering::Relaxed);
        Timestamp(self.now.fetch_add(step, Ordering::Relaxed))
    }
}

fn record(task: u32, number: u64) -> Record {
    Record { from: key_at(task, TASKS), number, fails: false }
}

/// What was drawn, by place; each place once.
fn by_place(drawn: Vec<(String, u128)>) -> BTreeMap<String, u128> {
    let count = drawn.len();
    let places: BTreeMap<_, _> = drawn.into_iter().collect();
    assert_eq!(places.len(), count, "every place draws once");
    places
}

#[tokio::test]
async fn every_call_in_every_event_of_every_record_draws_another_one() {
    let draws = Draws::default();
    // Everything happens at one time, so that times make no difference.
    let ipc =
        InProcessCluster::create().await.unwrap().with_clock(Arc::new(ManualClock::default()));
    let records = draws.launch(&ipc).await;
    for (number, task) in (0..30).zip((0..TASKS).cycle()) {
        records.append(record(task, number)).await.unwrap();
    }
    let drawn = by_place(draws.take());
    let different: BTreeSet<u128> = drawn.values().copied().collect();
    assert_eq!(different.len(), drawn.len());
    let randoms = different.iter().map(|drawn| drawn & ((1 << 62) - 1)).collect::<BTreeSet<_>>();
    assert_eq!(randoms.len(), drawn.len(), "in their random bits");
}

#[tokio::test]
async fn an_attempt_that_is_repeated_draws_the_same() {
    let draws = Draws::default();
    draws.clock.step.store(1_000, Ordering::Relaxed);
    let clock: Arc<dyn Clock> = Arc::clone(&draws.clock) as _;
    let ipc = InProcessCluster::create().await.unwrap().with_clock(clock);
    let records = draws.launch(&ipc).await;
    records.append(Record { fails: true, ..record(1, 0) }).await.unwrap_err();
    let drawn = draws.take();
    // The second attempt begins where the first source draws again.
    let begins = drawn.iter().rposition(|(place, _)| place == "0 one begins, id 0").unwrap();
    let (first, second) = drawn.split_at(begins);
    let order = |drawn: &[(String, u128)]| -> Vec<String> {
        let places = drawn.iter().map(|(place, _)| place.clone());
        places.filter(|place| place.contains("round") || place.contains("0 one later")).collect()
    };
    assert_ne!(order(first), order(second), "the first attempt took its time and yielded");
    assert_eq!(by_place(first.to_vec()), by_place(second.to_vec()));
}

/// Appends two records. Unless the second one is run `at_once`, it comes to a version of the module that does not
/// read it, and that crashes.
async fn drawn(directory: &Path, at_once: bool) -> BTreeMap<String, u128> {
    let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000_000)));
    let create = async || {
        let ipc = InProcessCluster::create_on_disk(directory).await.unwrap();
        ipc.with_clock(Arc::clone(&clock) as _)
    };
    let ipc = create().await;
    let draws = Draws::default();
    draws.launch(&ipc).await.append(record(0, 1)).await.unwrap();
    clock.advance(Duration::from_millis(5));
    let idle = Draws { idle: true, ..Draws::default() };
    let records = ipc.update(if at_once { draws.clone() } else { idle }).await.unwrap();
    records.append(record(0, 0)).await.unwrap();
    drop(ipc);
    assert_eq!(
        draws.drawn.lock().unwrap().iter().any(|(place, _)| place == "round 0, id 0"),
        at_once
    );
    clock.advance(Duration::from_secs(7));
    let ipc = create().await;
    // New records wait until everything before them has been run.
    draws.launch(&ipc).await.append(record(0, 2)).await.unwrap();
    by_place(draws.take())
}

#[tokio::test]
async fn a_record_that_is_caught_up_after_a_crash_draws_the_same() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let at_once = drawn(one.path(), true).await;
    let later = drawn(other.path(), false).await;
    assert!(at_once.len() > 100, "{at_once:?}");
    assert_eq!(at_once, later);
}

#[tokio::test]
async fn ids_are_ordered_by_the_time_of_their_records() {
    let draws = Draws::default();
    let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_123_456)));
    let seen: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let ipc = InProcessCluster::create().await.unwrap().with_clock(seen);
    let records = draws.launch(&ipc).await;
    let mut before = 0;
    for number in 1..5 {
        records.append(record(2, number)).await.unwrap();
        let millis = 1_700_000_000_123 + u128::from(number - 1);
        let ids = draws.take().into_iter().filter(|(place, _)| place.contains("id"));
        let ids: BTreeSet<u128> = ids.map(|(_, id)| id).collect();
        assert!(ids.iter().all(|id| *id > before && id >> 80 == millis), "{ids:x?}");
        assert!(ids.iter().all(|id| id >> 76 & 0xf == 7 && id >> 62 & 0b11 == 0b10), "{ids:x?}");
        before = *ids.last().unwrap();
        clock.advance(Duration::from_millis(1));
    }
}

/// Tells what dataflow can know about where it runs.
struct Where(Arc<Mutex<Vec<String>>>);

impl Module for Where {
    type Client = Depot<i64>;

    fn name(&self) -> &'static str {
        "Where"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let questions = module.depot("questions", Partitioning::global());
        let told = Arc::clone(&self.0);
        let mut stream = module.stream("answers");
        stream.flow().source(questions, "source(*questions)", move |cx, _: i64| {
            let info = cx.module_instance_info();
            let (name, tasks) = (info.module_name(), info.task_count());
            assert_eq!(cx.current_topology_type(), TopologyType::Stream);
            assert_eq!((cx.current_task_id(), cx.task_count()), (TaskId(0), tasks));
            told.lock().unwrap().push(format!("{name} {tasks} {}", info.thread_count()));
            Ok(())
        });
    }

    fn client(link: &Link) -> Depot<i64> {
        link.depot("questions")
    }
}

#[tokio::test]
async fn dataflow_knows_where_it_runs() {
    let told = Arc::default();
    for tasks in [1, 3] {
        let (_ipc, questions) = launch(Where(Arc::clone(&told)), tasks).await;
        questions.append(1).await.unwrap();
    }
    assert_eq!(*told.lock().unwrap(), ["Where 1 1", "Where 3 2"]);
}
