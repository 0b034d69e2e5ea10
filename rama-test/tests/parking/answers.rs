//! Records wait, others go on, and what is done with an answer; what fails fails alone.

use crate::common::{config, failed, home, key_at};
use crate::office::{AUDIT, Does, Office, Test, job};
use crate::outside::{Outside, futures_left, is_unfinished, until};
use rama_core::clock::{Clock, ManualClock};
use rama_core::error::AppendError;
use rama_core::id::TaskId;
use rama_core::prelude::*;
use rama_test::InProcessCluster;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
    let (_, topology, _) = failed(done.await.unwrap());
    assert_eq!(topology, "audit", "the first failure is told at once");
    work.answer.send(3).unwrap();
    let has_its_effects = async || client.answers(1).await.len() == 3;
    until("the other topology is done", has_its_effects).await;
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
