//! A tree that takes too long fails, whatever it waits for, and what comes of it later is ignored (ST-07, B13).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::Waker,
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock, Sleep, Timestamp},
    error::Fate,
    id::TaskId,
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::sync::oneshot;

use crate::{
    common::{config, failed, key_at},
    outside::until,
    shop::{Test, attempt_of, fate, new_run},
};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum What {
    Count,
    /// Waits for an answer of the test.
    Wait,
    /// Goes from task to task in its first attempt.
    Wander,
    /// Goes from task to task for ever.
    WanderAlways,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Job {
    run: u64,
    key: i64,
    id: u64,
    what: What,
}

const LIMIT: Duration = Duration::from_secs(5);

/// Who waits for an answer, by test, in the order of the attempts.
static WAITING: Mutex<BTreeMap<u64, Vec<oneshot::Sender<u64>>>> = Mutex::new(BTreeMap::new());

fn answer(run: u64) -> impl Future<Output = u64> + Send {
    let (sender, answered) = oneshot::channel();
    WAITING.lock().unwrap().entry(run).or_default().push(sender);
    async move { answered.await.unwrap() }
}

/// Steps after which batches of work have surely ended meanwhile.
const STEPS_OF_BATCHES: u64 = 1_000;

/// How far records wandered, by test.
static STEPS: Mutex<BTreeMap<u64, u64>> = Mutex::new(BTreeMap::new());

fn steps(run: u64) -> u64 {
    STEPS.lock().unwrap().get(&run).copied().unwrap_or_default()
}

fn wanders(run: u64, what: What, attempt: u32) -> bool {
    *STEPS.lock().unwrap().entry(run).or_default() += 1;
    what == What::WanderAlways || (what == What::Wander && attempt == 1)
}

defmodule! {
    pub(crate) Patient {
        depot *jobs: Job, hash_by(key);

        stream work {
            pstate $$begun: Map<i64, u64>;
            pstate $$done: Map<i64, Vec<u64>>;

            sources! {
                source(*jobs, timeout: LIMIT, attempts: 2) :> Job { run, key, id, what };
                let attempt = attempt_of(run, id);
                local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$begun);
                if what == What::Wait {
                    await_future(answer(run), timeout: Duration::from_secs(3_600)) :> given;
                } else {
                    loop (step = 0) {
                        if wanders(run, what, attempt) {
                            |hash(step);
                            continue_with(step + 1);
                        } else {
                            emit(());
                        }
                    } :> _;
                    let given = id;
                }
                |hash(key);
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(given))], $$done);
            }
        }
    }
}

fn job(test: &Test<Patient>, key: i64, id: u64, what: What) -> Job {
    Job { run: test.run, key, id, what }
}

async fn done(test: &Test<Patient>, key: i64) -> Vec<u64> {
    let done = &test.client.pstate.done;
    done.select_one(path![keypath(key), nil_to_val(Vec::new())]).await.unwrap()
}

fn waiting(run: u64) -> usize {
    WAITING.lock().unwrap().get(&run).map_or(0, Vec::len)
}

fn take_waiting(run: u64) -> oneshot::Sender<u64> {
    WAITING.lock().unwrap().get_mut(&run).unwrap().remove(0)
}

#[tokio::test]
async fn a_tree_that_waits_for_too_long_fails_and_its_late_answer_is_ignored() {
    let test = Test::new(Patient, 2).await;
    let (key, jobs) = (key_at(1, 2), test.client.depot.jobs.clone());
    let waits = job(&test, key, 1, What::Wait);
    let outcome = tokio::spawn(async move { jobs.append(waits).await });
    until("it waits", async || waiting(test.run) == 1).await;
    let late = take_waiting(test.run);
    let count = job(&test, key, 2, What::Count);
    test.client.depot.jobs.append(count).await.unwrap();
    assert!(!outcome.is_finished());
    // A commit that is on its way when time passes puts the limit off.
    until("its time is over", async || {
        test.clock.advance(Duration::from_millis(1));
        outcome.is_finished()
    })
    .await;
    let outcome = outcome.await.unwrap();
    let text = outcome.as_ref().unwrap_err().to_string();
    assert!(text.contains("not done within 5s, with all that it causes"), "{text}");
    assert_eq!(fate(outcome), Fate::Again { attempt: 2, of: 2 });
    assert!(late.is_closed() || late.send(99).is_err(), "nobody listens any more");
    until("it waits again", async || {
        test.clock.advance(Duration::from_millis(1));
        waiting(test.run) == 1
    })
    .await;
    take_waiting(test.run).send(7).unwrap();
    until("it is done", async || done(&test, key).await == [2, 7]).await;
}

#[tokio::test]
async fn a_tree_that_always_takes_too_long_is_given_up() {
    let test = Test::new(Patient, 1).await;
    let record = job(&test, 1, 1, What::Wait);
    test.client.depot.jobs.append_with(record, AckLevel::AppendAck).await.unwrap();
    let letters = &test.client.stream.work;
    until("it is given up", async || {
        test.clock.advance(Duration::from_millis(500));
        !letters.dead_letters(None, 1).await.unwrap().is_empty()
    })
    .await;
    assert_eq!((test.attempts(1), done(&test, 1).await), (2, vec![]));
    let reason = letters.dead_letters(None, 1).await.unwrap().remove(0).reason;
    assert!(reason.contains("not done within 5s"), "{reason}");
}

/// A clock whose time of day somebody sets.
#[derive(Debug)]
struct Set {
    steady: ManualClock,
    days: AtomicU64,
}

const DAY: Duration = Duration::from_hours(24);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        self.steady.now()
    }

    fn wall(&self) -> Timestamp {
        let days = u32::try_from(self.days.load(Ordering::Relaxed)).unwrap();
        Timestamp(0).after(DAY * days)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.steady.sleep(duration)
    }

    fn alarm(&self, at: Timestamp, waker: &Waker) -> Option<Duration> {
        self.steady.alarm(at, waker)
    }
}

#[tokio::test]
async fn a_clock_that_is_set_fails_no_tree_and_keeps_none_waiting() {
    let (steady, days) = (ManualClock::new(Timestamp(1_000)), AtomicU64::new(10));
    let clock = Arc::new(Set { steady, days });
    let ipc = InProcessCluster::create().await.unwrap();
    let ipc = ipc.with_clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let client = ipc.launch(Patient, config(1, 1)).await.unwrap();
    let (run, jobs) = (new_run(), client.depot.jobs.clone());
    let job = |id, what| Job { run, key: 1, id, what };
    let waits = {
        let (jobs, waits) = (jobs.clone(), job(1, What::Wait));
        tokio::spawn(async move { jobs.append(waits).await })
    };
    until("it waits", async || waiting(run) == 1).await;
    clock.days.store(20, Ordering::Relaxed);
    jobs.append(job(2, What::Count)).await.unwrap();
    jobs.append(job(3, What::Count)).await.unwrap();
    let last = jobs.partition_info(TaskId(0)).unwrap().last_time;
    assert_eq!(last, Some(clock.wall()), "records have the time of day");
    assert!(!waits.is_finished(), "nothing has passed");
    clock.days.store(1, Ordering::Relaxed);
    // A commit that is on its way when time passes puts the limit off.
    until("its time is over", async || {
        clock.steady.advance(Duration::from_millis(1));
        waits.is_finished()
    })
    .await;
    assert_eq!(fate(waits.await.unwrap()), Fate::Again { attempt: 2, of: 2 });
    let late = take_waiting(run);
    clock.days.store(0, Ordering::Relaxed);
    until("it waits again", async || {
        clock.steady.advance(Duration::from_millis(1));
        waiting(run) == 1
    })
    .await;
    drop(late);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_that_hops_for_ever_fails_and_the_others_go_on() {
    for tasks in [1, 2, 4] {
        let test = Test::new(Patient, tasks).await;
        let jobs = test.client.depot.jobs.clone();
        let wanders = job(&test, 1, 1, What::Wander);
        let outcome = tokio::spawn(async move { jobs.append(wanders).await });
        let wanders = async || steps(test.run) > STEPS_OF_BATCHES;
        until("it wanders", wanders).await;
        let jobs = test.client.depot.jobs.clone();
        let counts: Vec<_> = (2..50).map(|id| job(&test, id as i64, id, What::Count)).collect();
        let others = tokio::spawn(async move { jobs.append_all(counts, AckLevel::Ack).await });
        test.clock.advance(LIMIT);
        let (.., reason) = failed(outcome.await.unwrap());
        assert!(reason.contains("not done within 5s"), "{reason}");
        others.await.unwrap().unwrap();
        for id in 2..50 {
            assert_eq!(done(&test, id as i64).await, [id], "{tasks} tasks");
        }
        test.pass_until_attempt(1, 2).await;
        until("the second attempt ends", async || done(&test, 1).await == [1]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_stops_although_a_tree_hops_for_ever() {
    let test = Test::new(Patient, 2).await;
    let record = job(&test, 1, 1, What::WanderAlways);
    test.client.depot.jobs.append_with(record, AckLevel::None).await.unwrap();
    until("it wanders", async || test.attempts(1) == 1).await;
    let Test { ipc, clock, .. } = test;
    let stopped = tokio::spawn(async move { ipc.shutdown().await });
    until("it stops", async || {
        clock.advance(Duration::from_secs(1));
        stopped.is_finished()
    })
    .await;
    stopped.await.unwrap().unwrap();
}
