//! A stop waits for no future; what has no answer is run again by the next start.

use crate::common::{config, key_at};
use crate::office::{Does, Office, Test, job};
use crate::outside::{futures_left, until};
use rama_core::error::AppendError;

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
