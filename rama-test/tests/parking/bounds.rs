//! How many futures a module has at once, and that nobody waits for ever at that bound.

use crate::office::{Does, Job, Office, Test, job};
use crate::outside::{futures_left, until};
use rama_core::prelude::*;
use std::collections::BTreeSet;

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
