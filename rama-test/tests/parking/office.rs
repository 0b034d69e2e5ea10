//! A module that asks the test and waits for its answers, and what a test of it has in its hands.

use crate::common::config;
use crate::failing_disk::Failing;
use crate::outside::{Outside, Question, start};
use rama_core::__private::at;
use rama_core::client::{Depot, Link, PState};
use rama_core::depot::{AckReturns, Partitioning};
use rama_core::error::{AppendError, EventError};
use rama_core::flow::{Cx, DepotRef, Outcome, Retry, SourceOptions};
use rama_core::module::{Module, ModuleBuilder, key_hash};
use rama_core::prelude::*;
use rama_test::InProcessCluster;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

/// What is done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Does {
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
pub(crate) struct Job {
    pub(crate) key: i64,
    pub(crate) id: u64,
    pub(crate) does: Does,
}

pub(crate) fn job(key: i64, id: u64, does: Does) -> Job {
    Job { key, id, does }
}

/// Question, answer, and the task that got it.
pub(crate) type Answer = (u64, i64, u32);

/// So long that no test waits for it.
pub(crate) const HOUR: Option<Duration> = Some(Duration::from_secs(3_600));

/// What the questions of the second topology begin at.
pub(crate) const AUDIT: u64 = 1_000_000;

/// Does jobs, and asks the test.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) outside: Outside,
    pub(crate) time: Option<Duration>,
    /// Whether there is the second topology.
    pub(crate) audits: bool,
}

impl Office {
    pub(crate) fn new(outside: &Outside) -> Self {
        Self { outside: outside.clone(), time: HOUR, audits: true }
    }

    pub(crate) fn audit(&self, module: &mut ModuleBuilder, jobs: DepotRef<Job>) {
        let mut audit = module.stream("audit");
        let flow = audit.flow();
        let answered = flow.returns("after await_future(audit)");
        let Self { outside, time, .. } = self.clone();
        flow.source_with(
            jobs,
            "source(*jobs)",
            once(),
            move |cx, Job { id, does, .. }| match does {
                Does::AskBoth => cx.await_future(outside.ask(id + AUDIT), time, answered, ()),
                _ => Ok(()),
            },
        );
        flow.define_returns(answered, |cx, answer: i64, ()| cx.ack_return(&answer));
    }
}

/// A record that fails has failed: retries have tests of their own.
fn once() -> SourceOptions {
    SourceOptions::new().retry(Retry::None)
}

#[derive(Clone)]
pub(crate) struct OfficeClient {
    pub(crate) jobs: Depot<Job>,
    pub(crate) begun: PState<Map<i64, u64>>,
    pub(crate) answers: PState<Map<i64, List<Answer>>>,
}

impl OfficeClient {
    pub(crate) async fn begun(&self, key: i64) -> u64 {
        self.begun.select_one(path![keypath(key), nil_to_val(0)]).await.unwrap()
    }

    pub(crate) async fn answers(&self, key: i64) -> Vec<Answer> {
        self.answers.select_one(path![keypath(key), nil_to_val(Vec::new())]).await.unwrap()
    }

    /// Appends a job that nobody else waits for.
    pub(crate) fn start(&self, job: Job) -> JoinHandle<Result<AckReturns, AppendError>> {
        let jobs = self.jobs.clone();
        tokio::spawn(async move { jobs.append(job).await })
    }

    /// The answers of all keys.
    pub(crate) async fn all_answers(&self) -> Vec<Answer> {
        let all = self.answers.all_partitions().select(path![MAP_VALS, ALL]).await;
        all.unwrap()
    }

    pub(crate) async fn queue(&self, job: Job) {
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
        flow.source_with(jobs, "source(*jobs)", once(), move |cx, Job { key, id, does }| {
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
pub(crate) struct Test {
    pub(crate) ipc: InProcessCluster,
    pub(crate) client: OfficeClient,
    pub(crate) outside: Outside,
    pub(crate) asked: UnboundedReceiver<Question>,
    pub(crate) disk: Failing,
    pub(crate) tasks: u32,
}

impl Test {
    pub(crate) async fn new(tasks: u32) -> Self {
        let (outside, asked) = Outside::new();
        let disk = Failing::default();
        let office = Office::new(&outside);
        let (ipc, client) = start(&disk, office, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }

    /// The next question, whose number the test knows.
    pub(crate) async fn question(&mut self, id: u64) -> Question {
        let question = self.asked.recv().await.unwrap();
        assert_eq!(question.id, id);
        question
    }

    pub(crate) async fn answer(&mut self, id: u64, answer: i64) {
        self.question(id).await.answer.send(answer).unwrap();
    }

    /// Loses what is not on the disk, and starts again.
    pub(crate) async fn crash(self) -> Self {
        let Self { ipc, outside, asked, disk, tasks, .. } = self;
        disk.writes_vanish.store(true, Ordering::Relaxed);
        drop(ipc);
        disk.writes_vanish.store(false, Ordering::Relaxed);
        let office = Office::new(&outside);
        let (ipc, client) = start(&disk, office, config(tasks, tasks.min(2))).await;
        Self { ipc, client, outside, asked, disk, tasks }
    }
}
