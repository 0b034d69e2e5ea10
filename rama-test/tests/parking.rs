//! Topologies wait for futures (OP-36): the record is parked and others go on; it is acknowledged when it is done;
//! what fails, fails alone; and a crash, a stop or a repeated attempt runs again what must be run again, and nothing
//! else.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;
mod failing_disk;
mod outside;

use std::{
    collections::BTreeSet,
    future::Future,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use common::{config, failed, home, key_at, scrambled};
use failing_disk::Failing;
use outside::{Outside, Question, futures_left, is_unfinished, start, until};
use rama_core::{
    __private::at,
    client::{Depot, Link, PState},
    clock::{Clock, ManualClock},
    cluster::Cluster,
    depot::{AckReturns, Partitioning},
    error::{AppendError, EventError},
    flow::{Cx, DepotRef, Outcome},
    id::TaskId,
    module::{Module, ModuleBuilder, key_hash},
    partition::KeyHash,
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::{
    runtime::{self, Runtime},
    sync::mpsc::UnboundedReceiver,
    task::JoinHandle,
};

/// What is done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Does {
    Count,
    Ask,
    /// Asks, and asks again with the answer.
    AskTwice,
    /// Asks so many questions at once.
    AskEach(u64),
    /// Asks, and asks so many questions at once with the answer.
    AskThenEach(u64),
    /// Asks something that has its answer at once, again and again.
    AskForEver,
    /// Asks, goes to another key's home and asks there.
    AskThere(i64),
    AskThenFail,
    AskThenPanic,
    /// Asks, and fails when it is run again.
    AskOnce,
    /// Both topologies ask.
    AskBoth,
    /// Goes on while the brake is off.
    Brake,
    Fail,
    /// Fails when it is run again.
    FailAgain,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Job {
    key: i64,
    id: u64,
    does: Does,
}

fn job(key: i64, id: u64, does: Does) -> Job {
    Job { key, id, does }
}

/// Question, answer, and the task that got it.
type Answer = (u64, i64, u32);

/// So long that no test waits for it.
const HOUR: Option<Duration> = Some(Duration::from_secs(3_600));

/// What the questions of the second topology begin at.
const AUDIT: u64 = 1_000_000;

/// Does jobs, and asks the test.
#[derive(Clone)]
struct Office {
    outside: Outside,
    time: Option<Duration>,
    /// Whether there is the second topology.
    audits: bool,
}

impl Office {
    fn new(outside: &Outside) -> Self {
        Self { outside: outside.clone(), time: HOUR, audits: true }
    }

    fn audit(&self, module: &mut ModuleBuilder, jobs: DepotRef<Job>) {
        let mut audit = module.stream("audit");
        let flow = audit.flow();
        let answered = flow.returns("after await_future(audit)");
        let Self { outside, time, .. } = self.clone();
        flow.source(jobs, "source(*jobs)", move |cx, Job { id, does, .. }| match does {
            Does::AskBoth => cx.await_future(outside.ask(id + AUDIT), time, answered, ()),
            _ => Ok(()),
        });
        flow.define_returns(answered, |cx, answer: i64, ()| cx.ack_return(&answer));
    }
}

#[derive(Clone)]
struct OfficeClient {
    jobs: Depot<Job>,
    begun: PState<Map<i64, u64>>,
    answers: PState<Map<i64, List<Answer>>>,
}

impl OfficeClient {
    async fn begun(&self, key: i64) -> u64 {
        self.begun.select_one(path![keypath(key), nil_to_val(0)]).await.unwrap()
    }

    async fn answers(&self, key: i64) -> Vec<Answer> {
        self.answers.select_one(path![keypath(key), nil_to_val(Vec::new())]).await.unwrap()
    }

    /// Appends a job that nobody else waits for.
    fn start(&self, job: Job) -> JoinHandle<Result<AckReturns, AppendError>> {
        let jobs = self.jobs.clone();
        tokio::spawn(async move { jobs.append(job).await })
    }

    /// The answers of all keys.
    async fn all_answers(&self) -> Vec<Answer> {
        let all = self.answers.all_partitions().select(path![MAP_VALS, ALL]).await;
        all.unwrap()
    }

    async fn queue(&self, job: Job) {
        self.jobs.append_with(job, AckLevel::None).await.unwrap();
    }
}

impl Module for Office {
    type Client = OfficeClient;

    fn name(&self) -> &'static str {
        "Office"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let by_key = Partitioning::hash_by(|job: &Job| key_hash(&job.key));
        let jobs = module.depot("jobs", by_key);
        let mut work = module.stream("work");
        let begun = work.pstate::<Map<i64, u64>>("begun");
        let answers = work.pstate::<Map<i64, List<Answer>>>("answers");
        let flow = work.flow();
        let answered = flow.returns("after await_future(ask)");
        let there = flow.port("after |hash(there)");
        let Self { outside, time, .. } = self.clone();
        let ask = move |cx: &mut Cx<'_>, key: i64, id: u64, does: Does| -> Outcome {
            cx.await_future(outside.ask(id), time, answered, (key, id, does))
        };
        let (asks, asks_there, asks_again, outside) =
            (ask.clone(), ask.clone(), ask, self.outside.clone());
        flow.source(jobs, "source(*jobs)", move |cx, Job { key, id, does }| {
            let count = begun.path().keypath(key).nil_to_val(0).term(|count| count + 1);
            cx.local_transform(at(file!(), line!()), count)?;
            cx.ack_return(&"begun")?;
            match does {
                Does::Count => Ok(()),
                Does::Fail => Err(EventError::new("it fails at once")),
                Does::FailAgain | Does::AskOnce => {
                    outside.ran(id);
                    match (outside.runs(id), does) {
                        (1, Does::AskOnce) => asks(cx, key, id, does),
                        (1, _) => Ok(()),
                        _ => Err(EventError::new("again")),
                    }
                }
                Does::Brake => {
                    outside.meet_brake();
                    Ok(())
                }
                Does::AskEach(count) => {
                    (0..count).try_for_each(|number| asks(cx, key, id + number, Does::Ask))
                }
                Does::AskForEver => cx.await_future(async { 0 }, time, answered, (key, id, does)),
                _ => asks(cx, key, id, does),
            }
        });
        let outside = self.outside.clone();
        flow.define_returns(answered, move |cx, answer: i64, (key, id, does)| {
            outside.ran(id);
            if does == Does::AskForEver {
                return cx.await_future(async { 0 }, time, answered, (key, id, does));
            }
            let answer = (id, answer, cx.task().0);
            let push = answers.path().keypath(key).nil_to_val(Vec::new());
            cx.local_transform(at(file!(), line!()), push.update(|list| list.push(answer)))?;
            cx.ack_return(&"answered")?;
            match does {
                Does::AskTwice => asks_again(cx, key, id + 1, Does::Ask),
                Does::AskThenEach(count) => {
                    (1..=count).try_for_each(|number| asks_again(cx, key, id + number, Does::Ask))
                }
                Does::AskThere(to) => {
                    let route = cx.hash(&to);
                    cx.hop(route, there, (to, id + 1));
                    Ok(())
                }
                Does::AskThenFail => Err(EventError::new("the answer is wrong")),
                Does::AskThenPanic => panic!("the answer is terrible"),
                _ => Ok(()),
            }
        });
        flow.segment(there, move |cx, (key, id)| asks_there(cx, key, id, Does::Ask));

        if self.audits {
            self.audit(module, jobs);
        }
    }

    fn client(link: &Link) -> OfficeClient {
        OfficeClient {
            jobs: link.depot("jobs"),
            begun: link.pstate("begun"),
            answers: link.pstate("answers"),
        }
    }
}

/// What a test has in its hands.
struct Test {
    ipc: InProcessCluster,
    client: OfficeClient,
    outside: Outside,
    asked: UnboundedReceiver<Question>,
    disk: Failing,
    tasks: u32,
}

impl Test {
    async fn new(tasks: u32) -> Self {
        let (outside, asked) = Outside::new();
        let disk = Failing::default();
        let office = Office::new(&outside);
        let (ipc, client) = start(&disk, office, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }

    /// The next question, whose number the test knows.
    async fn question(&mut self, id: u64) -> Question {
        let question = self.asked.recv().await.unwrap();
        assert_eq!(question.id, id);
        question
    }

    async fn answer(&mut self, id: u64, answer: i64) {
        self.question(id).await.answer.send(answer).unwrap();
    }

    /// Loses what is not on the disk, and starts again.
    async fn crash(self) -> Self {
        let Self { ipc, outside, asked, disk, tasks, .. } = self;
        disk.writes_vanish.store(true, Ordering::Relaxed);
        drop(ipc);
        disk.writes_vanish.store(false, Ordering::Relaxed);
        let office = Office::new(&outside);
        let (ipc, client) = start(&disk, office, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }
}

#[tokio::test]
async fn an_answer_arrives_with_the_frame_on_the_task_where_it_was_asked_for() {
    for tasks in [1, 4] {
        let mut test = Test::new(tasks).await;
        for key in 0..8_i64 {
            let id = 100 + key.unsigned_abs();
            let done = test.client.start(job(key, id, Does::Ask));
            test.answer(id, key * 7).await;
            let returned: Option<String> = done.await.unwrap().unwrap().get("work").unwrap();
            assert_eq!(returned.as_deref(), Some("answered"));
            assert_eq!(test.client.answers(key).await, [(id, key * 7, home(key, tasks).0)]);
        }
        assert_eq!(test.outside.waiting().0, 0);
    }
}

#[tokio::test]
async fn others_go_on_while_a_record_is_parked_and_it_is_acknowledged_when_it_is_done() {
    let mut test = Test::new(2).await;
    let client = test.client.clone();
    let (key, other) = (key_at(0, 2), key_at(1, 2));
    let done = client.start(job(key, 1, Does::Ask));
    let question = test.question(1).await;
    for number in 0..50 {
        client.jobs.append(job([key, other][number % 2], 0, Does::Count)).await.unwrap();
    }
    assert!(!done.is_finished(), "it waits for its answer");
    assert_eq!((client.begun(key).await, client.begun(other).await), (26, 25));
    assert_eq!(client.answers(key).await, [], "what it did before is there, and nothing else");
    question.answer.send(5).unwrap();
    let acked = done.await.unwrap().unwrap();
    assert_eq!(client.answers(key).await, [(1, 5, 0)], "visible when it is acknowledged");
    assert_eq!(acked.place().unwrap().0, TaskId(0));
    assert_eq!(client.begun(key).await, 26, "nothing is repeated");
}

#[tokio::test]
async fn who_waits_for_durability_only_does_not_wait_for_the_answer() {
    let mut test = Test::new(1).await;
    let jobs = &test.client.jobs;
    let acked = jobs.append_with(job(1, 1, Does::Ask), AckLevel::AppendAck).await.unwrap();
    assert!(acked.place().is_some());
    test.answer(1, 2).await;
    until("the answer is there", async || test.client.answers(1).await == [(1, 2, 0)]).await;
}

#[tokio::test]
async fn a_tree_parks_again_elsewhere_and_on_several_branches_at_once() {
    let mut test = Test::new(4).await;
    let client = test.client.clone();
    let (key, other) = (key_at(1, 4), key_at(3, 4));
    let done = client.start(job(key, 1, Does::AskTwice));
    test.answer(1, 10).await;
    test.answer(2, 20).await;
    done.await.unwrap().unwrap();
    assert_eq!(client.answers(key).await, [(1, 10, 1), (2, 20, 1)]);

    let done = client.start(job(key, 11, Does::AskThere(other)));
    test.answer(11, 30).await;
    test.answer(12, 40).await;
    done.await.unwrap().unwrap();
    assert_eq!(client.answers(other).await, [(12, 40, 3)]);

    let done = client.start(job(key, 21, Does::AskEach(3)));
    let mut questions = [test.question(21).await, test.question(22).await, test.question(23).await];
    questions.reverse();
    for (number, question) in (0..).zip(questions) {
        client.jobs.append(job(key, 0, Does::Count)).await.unwrap();
        assert!(!done.is_finished(), "{number} of its branches are done");
        question.answer.send(number).unwrap();
    }
    done.await.unwrap().unwrap();
    let answers = client.answers(key).await;
    assert_eq!(answers[3..], [(23, 0, 1), (22, 1, 1), (21, 2, 1)], "as they came");
}

#[tokio::test]
async fn what_fails_while_it_waits_or_behind_it_fails_its_record_only() {
    let mut test = Test::new(2).await;
    let client = test.client.clone();
    let key = key_at(0, 2);
    let good = client.start(job(key, 1, Does::Ask));
    let good_question = test.question(1).await;
    let cases = [
        (
            Does::Ask,
            "the awaited future panicked: nobody answers: RecvError(()) (in `after await_future(ask)`)",
        ),
        (Does::AskThenFail, "the answer is wrong (in `after await_future(ask)`)"),
        (Does::AskThenPanic, "panic: the answer is terrible"),
    ];
    for (number, (does, said)) in (10..).zip(cases) {
        let done = client.start(job(key, number, does));
        let question = test.question(number).await;
        // Behind the group in which it began.
        client.jobs.append(job(key_at(1, 2), 0, Does::Count)).await.unwrap();
        if does == Does::Ask {
            drop(question);
        } else {
            question.answer.send(7).unwrap();
        }
        let (depot, topology, reason) = failed(done.await.unwrap());
        assert_eq!((depot, topology), ("jobs", "work"));
        assert!(reason.contains(said), "{reason}");
    }
    good_question.answer.send(3).unwrap();
    good.await.unwrap().unwrap();
    assert_eq!(client.answers(key).await, [(1, 3, 0)]);
    assert_eq!(client.begun(key).await, 4, "what they did before they waited was committed");
}

#[tokio::test]
async fn a_tree_that_fails_takes_its_other_branches_along() {
    let mut test = Test::new(1).await;
    let done = test.client.start(job(1, 1, Does::AskEach(3)));
    let questions = [test.question(1).await, test.question(2).await, test.question(3).await];
    // Behind the group in which it began.
    test.client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
    let [first, second, third] = questions;
    drop(second);
    failed(done.await.unwrap());
    let given_up = async || first.answer.is_closed() && third.answer.is_closed();
    until("the others are given up", given_up).await;
    futures_left(0).await;
    let test = test.crash().await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    assert_eq!(test.client.begun(1).await, 2, "it is done with, also after a crash");
    assert_eq!(test.client.answers(1).await, []);
}

#[tokio::test]
async fn a_future_has_a_minute_or_what_the_program_says() {
    let second = Duration::from_secs(1);
    for (time, said) in [(None, "60s"), (Some(3 * second), "3s")] {
        let (outside, mut asked) = Outside::new();
        let clock = Arc::new(ManualClock::default());
        let seen: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let ipc = InProcessCluster::create().await.unwrap().with_clock(seen);
        let client =
            ipc.launch(Office { time, ..Office::new(&outside) }, config(1, 1)).await.unwrap();
        let done = client.start(job(1, 1, Does::Ask));
        let mut question = asked.recv().await.unwrap();
        clock.advance(time.unwrap_or(60 * second) - second);
        client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
        assert!(!done.is_finished());
        clock.advance(second);
        let (.., reason) = failed(done.await.unwrap());
        assert!(reason.contains(&format!("took longer than {said}: give it")), "{reason}");
        question.answer.closed().await;
        assert_eq!(client.answers(1).await, []);
    }
}

#[tokio::test]
async fn a_crash_runs_a_parked_record_again_and_nothing_else() {
    for crashes in 1..4 {
        let mut test = Test::new(2).await;
        let (key, other) = (key_at(0, 2), key_at(1, 2));
        let done = test.client.start(job(other, 1, Does::Ask));
        test.answer(1, 1).await;
        done.await.unwrap().unwrap();
        let done = test.client.start(job(key, 2, Does::Ask));
        let mut question = test.question(2).await;
        // One group behind it, on which the append waits.
        test.client.jobs.append(job(other, 0, Does::Count)).await.unwrap();
        for crash in 1..=crashes {
            test = test.crash().await;
            question.answer.closed().await;
            question = test.question(2).await;
            test.client.jobs.append(job(key, 0, Does::Count)).await.unwrap();
            assert_eq!(test.client.begun(key).await, 1 + 2 * crash, "it began again");
        }
        assert!(is_unfinished(&done.await.unwrap()));
        question.answer.send(9).unwrap();
        until("it is done", async || test.client.answers(key).await == [(2, 9, 0)]).await;
        let test = test.crash().await;
        test.client.jobs.append(job(key, 0, Does::Count)).await.unwrap();
        assert_eq!(test.client.begun(key).await, 2 + 2 * crashes, "it is done for ever");
        assert_eq!(test.client.answers(key).await, [(2, 9, 0)]);
        assert_eq!(test.client.begun(other).await, 2);
        assert_eq!(test.client.answers(other).await, [(1, 1, 1)]);
        assert_eq!(test.outside.waiting().0, 0, "nobody asks any more");
    }
}

#[tokio::test]
async fn a_crash_between_the_answer_and_its_commit_runs_the_record_again() {
    let mut test = Test::new(1).await;
    let done = test.client.start(job(1, 1, Does::AskTwice));
    let question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    test.disk.writes_vanish.store(true, Ordering::Relaxed);
    question.answer.send(5).unwrap();
    test.answer(2, 6).await;
    done.await.unwrap().unwrap();
    let mut test = test.crash().await;
    assert_eq!(test.client.answers(1).await, [], "the disk has seen nothing of it");
    test.answer(1, 7).await;
    test.answer(2, 8).await;
    until("it is done", async || test.client.answers(1).await == [(1, 7, 0), (2, 8, 0)]).await;
    assert_eq!(test.client.begun(1).await, 3);
}

#[tokio::test]
async fn a_crash_after_one_of_two_answers_runs_the_record_again_from_its_source() {
    let mut test = Test::new(1).await;
    drop(test.client.start(job(1, 1, Does::AskTwice)));
    test.answer(1, 5).await;
    let mut question = test.question(2).await;
    test.client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
    let mut test = test.crash().await;
    question.answer.closed().await;
    assert_eq!(test.client.answers(1).await, [(1, 5, 0)]);
    test.answer(1, 6).await;
    test.answer(2, 7).await;
    let all = [(1, 5, 0), (1, 6, 0), (2, 7, 0)];
    until("it is done", async || test.client.answers(1).await == all).await;
}

/// The task is busy while an answer arrives and a record that will fail is queued, so that both are in one attempt.
async fn meanwhile(test: &mut Test, answer: impl AsyncFnOnce(&mut Test)) {
    test.outside.set_brake(true);
    test.client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    answer(test).await;
    test.client.queue(job(1, 0, Does::Fail)).await;
    test.outside.set_brake(false);
}

#[tokio::test]
async fn a_repeated_attempt_goes_on_again_with_the_same_answer() {
    let mut test = Test::new(1).await;
    let done = test.client.start(job(1, 1, Does::Ask));
    let question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    meanwhile(&mut test, async |_| {
        question.answer.send(5).unwrap();
        // Until the answer is delivered; what is left is the append.
        futures_left(1).await;
    })
    .await;
    done.await.unwrap().unwrap();
    assert_eq!(test.outside.runs(1), 2, "the attempt was repeated");
    assert_eq!(test.client.answers(1).await, [(1, 5, 0)]);
    assert_eq!(test.client.begun(1).await, 3, "neither the failing record nor anything twice");
    assert_eq!(test.outside.asks(1), 1);
}

#[tokio::test]
async fn a_repeated_attempt_asks_anew_what_was_asked_in_it() {
    let mut test = Test::new(1).await;
    let done = test.client.start(job(1, 1, Does::AskTwice));
    let question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    meanwhile(&mut test, async |test| {
        question.answer.send(5).unwrap();
        futures_left(1).await;
        test.client.queue(job(1, 10, Does::Ask)).await;
    })
    .await;
    // Those of the dropped attempt have nobody who listens, or have never come.
    while !done.is_finished() || test.client.answers(1).await.len() < 3 {
        while let Ok(question) = test.asked.try_recv() {
            question.answer.send(i64::try_from(question.id).unwrap()).ok();
        }
        tokio::task::yield_now().await;
    }
    done.await.unwrap().unwrap();
    assert_eq!([1, 2, 10].map(|id| test.outside.asks(id)), [1, 2, 2]);
    let answers: BTreeSet<_> = test.client.answers(1).await.into_iter().collect();
    assert_eq!(answers, BTreeSet::from([(1, 5, 0), (2, 2, 0), (10, 10, 0)]));
    assert_eq!(test.client.begun(1).await, 4);
}

#[tokio::test]
async fn what_fails_behind_its_answer_is_left_out_of_the_repeated_attempt() {
    let mut test = Test::new(1).await;
    let client = test.client.clone();
    let (good, bad) =
        (client.start(job(1, 1, Does::Ask)), client.start(job(1, 2, Does::AskThenFail)));
    let mut questions = [test.asked.recv().await.unwrap(), test.asked.recv().await.unwrap()];
    questions.sort_by_key(|question| question.id);
    client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    test.outside.set_brake(true);
    client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    for question in questions {
        question.answer.send(4).unwrap();
    }
    futures_left(2).await;
    test.outside.set_brake(false);
    good.await.unwrap().unwrap();
    failed(bad.await.unwrap());
    assert_eq!((test.outside.runs(1), test.outside.runs(2)), (2, 1));
    assert_eq!(client.answers(1).await, [(1, 4, 0)]);
}

#[tokio::test]
async fn what_was_asked_and_answered_in_a_dropped_attempt_has_never_been() {
    let mut test = Test::new(1).await;
    test.outside.set_brake(true);
    test.client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    let done = test.client.start(job(1, 1, Does::Ask));
    // The append is in the queue when its task was polled once.
    tokio::task::yield_now().await;
    test.client.queue(job(1, 0, Does::Brake)).await;
    // Both come out of the queue at once, so the question is asked in the attempt that stands here.
    test.outside.pass_brake();
    test.outside.stands().await;
    test.answer(1, 4).await;
    futures_left(1).await;
    test.client.queue(job(1, 0, Does::Fail)).await;
    test.outside.set_brake(false);
    test.answer(1, 5).await;
    done.await.unwrap().unwrap();
    assert_eq!(test.client.answers(1).await, [(1, 5, 0)]);
    assert_eq!((test.outside.runs(1), test.outside.asks(1)), (2, 2));
}

#[tokio::test]
async fn a_repeated_attempt_runs_again_what_a_crash_left() {
    let mut test = Test::new(1).await;
    for (id, does) in [(1, Does::Ask), (2, Does::AskOnce), (3, Does::Ask)] {
        drop(test.client.start(job(1, id, does)));
        std::mem::forget(test.question(id).await);
    }
    test.client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
    let mut test = test.crash().await;
    // Those that are run again are run at once, one of them fails, and the others are run again once more.
    until("they are done", async || {
        while let Ok(question) = test.asked.try_recv() {
            question.answer.send(7).ok();
        }
        test.client.answers(1).await.len() == 2
    })
    .await;
    assert_eq!(test.client.begun(1).await, 5);
    assert_eq!([1, 3].map(|id| test.outside.asks(id)), [3, 3]);
    let test = test.crash().await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    assert_eq!(test.client.begun(1).await, 6, "all of them are done");
}

#[tokio::test]
async fn an_attempt_may_be_repeated_more_than_once() {
    let mut test = Test::new(1).await;
    let done = test.client.start(job(1, 1, Does::AskTwice));
    let question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    meanwhile(&mut test, async |test| {
        question.answer.send(5).unwrap();
        futures_left(1).await;
        test.client.queue(job(1, 2_000, Does::FailAgain)).await;
        test.client.queue(job(1, 3_000, Does::Count)).await;
    })
    .await;
    while !done.is_finished() {
        while let Ok(question) = test.asked.try_recv() {
            question.answer.send(6).ok();
        }
        tokio::task::yield_now().await;
    }
    done.await.unwrap().unwrap();
    assert_eq!([1, 2_000].map(|id| test.outside.runs(id)), [3, 2]);
    assert_eq!([1, 2].map(|id| test.outside.asks(id)), [1, 3]);
    assert_eq!(test.client.answers(1).await, [(1, 5, 0), (2, 6, 0)]);
    assert_eq!(test.client.begun(1).await, 4);
}

#[tokio::test]
async fn a_record_is_acknowledged_when_the_trees_of_all_topologies_are_done() {
    let mut test = Test::new(1).await;
    let client = test.client.clone();
    for first in [0, 1] {
        let done = client.start(job(1, 1, Does::AskBoth));
        let mut questions = [test.asked.recv().await.unwrap(), test.asked.recv().await.unwrap()];
        questions.sort_by_key(|question| (question.id > AUDIT) != (first == 1));
        let [question, other] = questions;
        client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
        question.answer.send(1).unwrap();
        client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
        assert!(!done.is_finished(), "the other topology waits");
        other.answer.send(1).unwrap();
        let acked = done.await.unwrap().unwrap();
        assert_eq!(acked.get::<i64>("audit").unwrap(), Some(1));
        assert_eq!(acked.get::<String>("work").unwrap().as_deref(), Some("answered"));
    }
    let done = client.start(job(1, 2, Does::AskBoth));
    let mut questions = [test.asked.recv().await.unwrap(), test.asked.recv().await.unwrap()];
    questions.sort_by_key(|question| question.id);
    let [work, audit] = questions;
    client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
    drop(audit);
    until("one has failed", async || test.outside.waiting().0 == 1).await;
    client.jobs.append(job(2, 0, Does::Count)).await.unwrap();
    assert!(!done.is_finished(), "the other topology waits");
    work.answer.send(3).unwrap();
    let (_, topology, _) = failed(done.await.unwrap());
    assert_eq!(topology, "audit");
    assert_eq!(client.answers(1).await.len(), 3, "the other one has its effects");
}

#[tokio::test]
async fn after_a_crash_only_the_topology_that_was_not_done_runs_the_record_again() {
    let mut test = Test::new(1).await;
    drop(test.client.start(job(1, 1, Does::AskBoth)));
    let mut questions = [test.asked.recv().await.unwrap(), test.asked.recv().await.unwrap()];
    questions.sort_by_key(|question| question.id);
    let [work, mut audit] = questions;
    work.answer.send(4).unwrap();
    until("one is done", async || test.client.answers(1).await.len() == 1).await;
    let mut test = test.crash().await;
    audit.answer.closed().await;
    test.answer(1 + AUDIT, 4).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    assert_eq!(test.client.answers(1).await, [(1, 4, 0)]);
    assert_eq!(test.client.begun(1).await, 2);
    assert_eq!(test.outside.asks(1), 1);
}

#[tokio::test]
async fn a_stop_leaves_parked_records_to_the_next_start() {
    let mut test = Test::new(2).await;
    let key = key_at(1, 2);
    let done = test.client.start(job(key, 1, Does::Ask));
    let mut question = test.question(1).await;
    test.client.jobs.append(job(key, 0, Does::Count)).await.unwrap();
    let office = Office::new(&test.outside);
    test.ipc.update(office).await.unwrap();
    let error = done.await.unwrap().unwrap_err();
    assert!(matches!(error, AppendError::Unfinished { depot: "jobs" }), "{error}");
    question.answer.closed().await;
    test.answer(1, 5).await;
    until("it is done", async || test.client.answers(key).await == [(1, 5, 1)]).await;
    assert_eq!(test.client.begun(key).await, 3);
    test.ipc.shutdown().await.unwrap();
    futures_left(0).await;
    let office = Office::new(&test.outside);
    let client = test.ipc.launch(office, config(2, 2)).await.unwrap();
    client.jobs.append(job(key, 0, Does::Count)).await.unwrap();
    assert_eq!(client.begun(key).await, 4, "it is not begun once more");
    assert_eq!(test.outside.asks(1), 2);
}

#[tokio::test]
async fn when_the_module_breaks_nothing_goes_on_and_everybody_is_told() {
    let mut test = Test::new(1).await;
    let parked = test.client.start(job(1, 1, Does::Ask));
    let mut question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    test.disk.syncs_fail.store(true, Ordering::Relaxed);
    let later = test.client.jobs.append(job(1, 2, Does::Ask)).await;
    assert!(matches!(later, Err(AppendError::Unknown { .. })), "{later:?}");
    assert!(is_unfinished(&parked.await.unwrap()), "it is stored, that is known");
    question.answer.closed().await;
    futures_left(0).await;
}

/// One of many questions, of many keys, so that no row grows large.
fn spread(id: u64) -> Job {
    job(i64::try_from(id % 1_000).unwrap(), id, Does::Ask)
}

#[tokio::test]
async fn parked_records_are_bounded_and_the_bound_holds_nobody_up_for_ever() {
    const RECORDS: u64 = 17_500;
    const FUTURES: usize = 16_384;
    let mut test = Test::new(1).await;
    let jobs = test.client.jobs.clone();
    let appends = tokio::spawn(async move {
        for id in 1..=RECORDS {
            jobs.append_with(spread(id), AckLevel::None).await.unwrap();
        }
        jobs.append(job(1, 0, Does::Count)).await
    });
    let mut questions = Vec::new();
    for _ in 0..FUTURES {
        questions.push(test.asked.recv().await.unwrap());
    }
    assert!(!appends.is_finished(), "they wait behind the bound");
    for question in questions {
        question.answer.send(1).unwrap();
    }
    for _ in FUTURES..usize::try_from(RECORDS).unwrap() {
        test.asked.recv().await.unwrap().answer.send(1).unwrap();
    }
    appends.await.unwrap().unwrap();
    until("all are answered", async || test.client.all_answers().await.len() == 17_500).await;
    let most = test.outside.waiting().1;
    assert!((FUTURES..FUTURES + 256).contains(&most), "{most} at once");
}

#[tokio::test]
async fn a_stop_at_the_bound_takes_in_what_is_queued_and_waits_for_nobody() {
    const RECORDS: u64 = 17_500;
    let mut test = Test::new(1).await;
    for id in 1..=RECORDS {
        test.client.queue(spread(id)).await;
    }
    let office = Office::new(&test.outside);
    test.ipc.update(office).await.unwrap();
    let mut left = RECORDS;
    while left > 0 {
        // Those of before the stop have no one who listens.
        let question = test.asked.recv().await.unwrap();
        left -= u64::from(question.answer.send(1).is_ok());
    }
    until("all are answered", async || test.client.all_answers().await.len() == 17_500).await;
    let ids: BTreeSet<_> = test.client.all_answers().await.into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids.len(), 17_500, "each once");
}

/// The largest number of futures that a module may have at once on one task, and what each record here asks for.
const FUTURES_MAX: usize = 16_384;
const EACH: usize = 700;

/// A job with a key of its own, so that no row grows large.
fn apart(number: usize, does: Does) -> Job {
    job(i64::try_from(number).unwrap(), number as u64 * 1_000, does)
}

/// Answers everything until there are so many answers.
async fn answer_all(test: &mut Test, count: usize) {
    while test.client.all_answers().await.len() < count {
        for _ in 0..1_000 {
            while let Ok(question) = test.asked.try_recv() {
                // Those of a life that has ended have no one who listens.
                question.answer.send(1).ok();
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn futures_are_bounded_within_a_batch_and_when_records_are_run_again() {
    const RECORDS: usize = 100;
    let mut test = Test::new(1).await;
    test.outside.set_brake(true);
    test.client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    // All of them come out of the queue at once.
    for number in 0..RECORDS {
        test.client.queue(apart(number, Does::AskEach(EACH as u64))).await;
    }
    test.outside.set_brake(false);
    until("it is full", async || test.outside.waiting().0 >= FUTURES_MAX).await;
    let most = test.outside.waiting().1;
    assert!(most < FUTURES_MAX + EACH, "{most} at once");
    // All are taken in, none is asked anything, and then all are run again.
    test.ipc.update(Office::new(&test.outside)).await.unwrap();
    answer_all(&mut test, RECORDS * EACH).await;
    let most = test.outside.waiting().1;
    assert!(most < FUTURES_MAX + EACH, "{most} at once, when they are run again");
}

#[tokio::test]
async fn futures_that_are_begun_behind_others_are_bounded_too() {
    const RECORDS: usize = 100;
    let mut test = Test::new(1).await;
    for number in 0..RECORDS {
        test.client.queue(apart(number, Does::AskThenEach(EACH as u64))).await;
    }
    let mut questions = Vec::new();
    for _ in 0..RECORDS {
        questions.push(test.asked.recv().await.unwrap());
    }
    test.outside.set_brake(true);
    test.client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    for question in questions {
        question.answer.send(1).unwrap();
    }
    // All of them go on at once.
    futures_left(0).await;
    test.outside.set_brake(false);
    answer_all(&mut test, RECORDS * (EACH + 1)).await;
    let most = test.outside.waiting().1;
    assert!(most < FUTURES_MAX + EACH, "{most} at once");
}

#[tokio::test]
async fn a_stop_leaves_answers_to_the_next_start() {
    const QUEUE_RECORDS_MAX: usize = 8_192;
    let mut test = Test::new(1).await;
    drop(test.client.start(job(1, 1, Does::Ask)));
    let question = test.question(1).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    test.outside.set_brake(true);
    test.client.queue(job(1, 0, Does::Brake)).await;
    test.outside.stands().await;
    for _ in 0..QUEUE_RECORDS_MAX {
        test.client.queue(job(1, 0, Does::Count)).await;
    }
    // There is no room, so it waits, and is refused when the module begins to stop.
    let refused = test.client.start(job(1, 0, Does::Count));
    question.answer.send(5).unwrap();
    // The two appends.
    futures_left(2).await;
    let begins = async {
        let refused = refused.await.unwrap().unwrap_err();
        assert!(matches!(refused, AppendError::Stopped { .. }), "{refused}");
        test.outside.set_brake(false);
    };
    let (updated, ()) = tokio::join!(test.ipc.update(Office::new(&test.outside)), begins);
    updated.unwrap();
    assert_eq!(test.client.answers(1).await, [], "nothing was made of the answer");
    test.answer(1, 6).await;
    until("it is done", async || test.client.answers(1).await == [(1, 6, 0)]).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_trees_that_ask_for_ever() {
    const TREES: u64 = 1_000;
    const STOPS: u64 = 3;
    let test = Test::new(2).await;
    let keys = [key_at(0, 2), key_at(1, 2)];
    // So many that some of them could always go on.
    for id in 0..TREES {
        test.client.queue(job(keys[id as usize % 2], id, Does::AskForEver)).await;
    }
    for _ in 0..STOPS {
        for id in [0, TREES - 1] {
            let runs = test.outside.runs(id);
            until("it asks", async || test.outside.runs(id) > runs + 2).await;
        }
        test.ipc.update(Office::new(&test.outside)).await.unwrap();
    }
    let begun = (STOPS + 1) * TREES / 2;
    until("each start has run them again", async || test.client.begun(keys[1]).await == begun)
        .await;
    test.ipc.shutdown().await.unwrap();
    futures_left(0).await;
}

#[tokio::test]
async fn a_topology_that_comes_back_goes_on_with_what_it_had_parked() {
    let mut test = Test::new(1).await;
    drop(test.client.start(job(1, 1, Does::AskBoth)));
    let mut questions = [test.asked.recv().await.unwrap(), test.asked.recv().await.unwrap()];
    questions.sort_by_key(|question| question.id);
    let [work, _audit] = questions;
    work.answer.send(4).unwrap();
    until("one is done", async || test.client.answers(1).await.len() == 1).await;
    let without = Office { audits: false, ..Office::new(&test.outside) };
    test.ipc.update(without).await.unwrap();
    let done = test.client.start(job(1, 2, Does::AskBoth));
    test.answer(2, 5).await;
    done.await.unwrap().unwrap();
    test.ipc.update(Office::new(&test.outside)).await.unwrap();
    // What it had begun, and what it has missed.
    test.answer(1 + AUDIT, 6).await;
    test.answer(2 + AUDIT, 7).await;
    test.client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
    assert_eq!([1, 1 + AUDIT, 2 + AUDIT].map(|id| test.outside.asks(id)), [1, 2, 1]);
}

/// A runtime with a thread of its own.
fn runtime() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Appends a job to a module whose runtime has ended; tells what the module says of that.
async fn refusal(client: &OfficeClient, job: Job) -> String {
    match client.jobs.append(job).await {
        Err(AppendError::Broken { reason, .. } | AppendError::Unknown { reason }) => {
            reason.to_string()
        }
        other => panic!("the module goes on: {other:?}"),
    }
}

#[test]
fn a_runtime_that_ends_ends_the_module_and_fails_no_record() {
    const SAID: &str = "the runtime that launched the module has ended";
    let (outside, mut asked) = Outside::new();
    let disk = Failing::default();
    let office = Office::new(&outside);
    let (first, second) = (runtime(), runtime());
    let (ipc, client) = first.block_on(start(&disk, office.clone(), config(1, 1)));
    let [parked] = second.block_on(async {
        let parked = client.start(job(1, 1, Does::Ask));
        std::mem::forget(asked.recv().await.unwrap());
        client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
        [parked]
    });
    drop(first);
    second.block_on(async {
        let said = refusal(&client, job(1, 0, Does::Count)).await;
        assert!(said.contains(SAID) && !said.contains("append"), "{said}");
        assert!(is_unfinished(&parked.await.unwrap()));
        assert_eq!(client.begun(1).await, 2, "what was committed can be read");
        ipc.shutdown().await.unwrap_err();
        let client = ipc.launch(office.clone(), config(1, 1)).await.unwrap();
        let question = asked.recv().await.unwrap();
        question.answer.send(5).unwrap();
        until("it is done", async || client.answers(1).await == [(1, 5, 0)]).await;
        ipc.shutdown().await.unwrap();
    });
}

#[test]
fn no_record_fails_on_a_runtime_that_has_ended() {
    let (outside, mut asked) = Outside::new();
    let disk = Failing::default();
    let office = Office::new(&outside);
    let (first, second) = (runtime(), runtime());
    let (ipc, client) = first.block_on(start(&disk, office.clone(), config(1, 1)));
    drop(first);
    second.block_on(async {
        client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
        let asks = client.jobs.append(job(1, 1, Does::Ask)).await;
        let said = refusal(&client, job(1, 0, Does::Count)).await;
        assert!(said.contains("the runtime that launched the module has ended"), "{said}");
        ipc.shutdown().await.unwrap_err();
        let client = ipc.launch(office.clone(), config(1, 1)).await.unwrap();
        let stored = is_unfinished(&asks);
        assert!(stored || matches!(asks, Err(AppendError::Unknown { .. })), "{asks:?}");
        if stored {
            asked.recv().await.unwrap().answer.send(4).unwrap();
            until("it is run again", async || client.answers(1).await == [(1, 4, 0)]).await;
        }
        let done = client.start(job(2, 2, Does::Ask));
        asked.recv().await.unwrap().answer.send(5).unwrap();
        done.await.unwrap().unwrap();
    });
}

#[test]
fn without_a_runtime_the_record_says_what_is_missing() {
    fn wait<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return done;
            }
            std::thread::yield_now();
        }
    }
    let cluster = Cluster::in_memory();
    let (outside, _asked) = Outside::new();
    let office = Office::new(&outside);
    let client = wait(cluster.launch(office, config(1, 1))).unwrap();
    let (.., reason) = failed(wait(client.jobs.append(job(1, 1, Does::Ask))));
    assert!(reason.contains("launch it within a runtime"), "{reason}");
    wait(client.jobs.append(job(1, 0, Does::Count))).unwrap();
}

/// One life of the module: jobs of all kinds, answers, failures, and a power failure in the middle. Tells whose append
/// was acknowledged.
async fn live(mut test: Test, life: u64) -> (Test, Vec<(i64, u64)>) {
    let mut appends = Vec::new();
    for (number, random) in (0..60).zip(scrambled(life)) {
        let (key, id) = (i64::try_from(random % 6).unwrap(), (life * 100 + number) * 10);
        let does = match random % 5 {
            0 => Does::Count,
            1 => Does::Fail,
            2 => Does::AskThenFail,
            _ => Does::Ask,
        };
        appends.push((key, id, does, test.client.start(job(key, id, does))));
    }
    let is_done = |does| {
        let done = appends.iter().filter(|(.., one, append)| *one == does && append.is_finished());
        done.count()
    };
    // In the middle of the work that follows the answers.
    until("some are done", async || {
        while let Ok(question) = test.asked.try_recv() {
            // Some are asked by a life or an attempt that has ended, and some stay without an answer in this life.
            if question.id % 7 == life % 7 {
                std::mem::forget(question);
            } else {
                question.answer.send(i64::try_from(question.id).unwrap()).ok();
            }
        }
        is_done(Does::Ask) > usize::try_from(life % 8).unwrap()
    })
    .await;
    let until_then: Vec<_> = appends
        .iter()
        .filter(|(.., append)| append.is_finished())
        .map(|(key, id, does, _)| (*key, *id, *does))
        .collect();
    let test = test.crash().await;
    let mut acked = Vec::new();
    for (key, id, does, append) in appends {
        let done = append.await.unwrap().is_ok();
        if done && does == Does::Ask && until_then.contains(&(key, id, does)) {
            acked.push((key, id));
        }
    }
    (test, acked)
}

#[tokio::test]
async fn over_crashes_every_finished_record_has_its_answer_once() {
    let mut test = Test::new(4).await;
    let mut acked = Vec::new();
    for life in 0..25 {
        let (next, more) = live(test, life).await;
        test = next;
        acked.extend(more);
    }
    // Everything that is still parked gets its answer now.
    let client = test.client.clone();
    let mut asked = test.asked;
    let answers = tokio::spawn(async move {
        while let Some(question) = asked.recv().await {
            let answer = i64::try_from(question.id).unwrap();
            question.answer.send(answer).ok();
        }
    });
    let mut expected: BTreeSet<(i64, u64)> = BTreeSet::new();
    for task in (0..4).map(TaskId) {
        let end = client.jobs.partition_info(task).unwrap().end.0;
        for job in client.jobs.read(task, 0..end).await.unwrap() {
            if job.does == Does::Ask {
                expected.insert((job.key, job.id));
            }
        }
    }
    let all = async || {
        let mut all = Vec::new();
        for key in 0..6 {
            all.extend(client.answers(key).await.into_iter().map(|(id, answer, task)| {
                assert_eq!(answer, i64::try_from(id).unwrap());
                assert_eq!(TaskId(task), KeyHash::of(&key).task(4));
                (key, id)
            }));
        }
        all
    };
    until("all are answered", async || all().await.len() >= expected.len()).await;
    let found = all().await;
    let once: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(found.len(), once.len(), "an answer counts twice");
    assert_eq!(once, expected);
    assert!(!acked.is_empty(), "nothing is acknowledged");
    let lost: Vec<_> = acked.iter().filter(|one| !once.contains(one)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(expected.len() > acked.len(), "some were finished by a later life");
    answers.abort();
}
