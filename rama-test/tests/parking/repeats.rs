//! An attempt that is repeated goes on with the same answers, and asks anew what it asked.

use crate::common::failed;
use crate::office::{Does, Test, job};
use crate::outside::{futures_left, until};
use std::collections::BTreeSet;

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
