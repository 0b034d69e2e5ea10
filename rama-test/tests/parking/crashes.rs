//! After a crash a record that was not done is run again, and no other.

use crate::common::{key_at, scrambled};
use crate::office::{AUDIT, Does, Office, Test, job};
use crate::outside::{is_unfinished, until};
use rama_core::id::TaskId;
use rama_core::partition::KeyHash;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

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
        for job in client.jobs.read_all(task, 0..end).await.unwrap() {
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
