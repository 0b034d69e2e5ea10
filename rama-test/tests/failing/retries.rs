//! Records that fail are tried again by themselves, after a while that doubles (DP-24, DP-83, ST-05).

use std::time::Duration;

use rama_core::{error::Fate, prelude::*};

use crate::{
    common::{failed, key_at},
    outside::until,
    shop::{Alone, Once, Test, fate, state},
};

#[tokio::test]
async fn a_record_that_fails_is_tried_again_alone_after_a_while() {
    let test = Test::new(Alone, 4).await;
    let (key, records) = (key_at(2, 4), &test.client.depot.records);
    records.append(test.record(key, 1, 0)).await.unwrap();
    assert_eq!(
        fate(records.append(test.record(key, 2, 2)).await),
        Fate::Again { attempt: 2, of: 3 }
    );
    records.append(test.record(key, 4, 0)).await.unwrap();
    assert_eq!(state!(test, key), (vec![1, 4], 5), "its neighbours count once, and it not at all");
    let milliseconds = Duration::from_millis;
    let first = test.wait_of_backoff().await;
    assert!((milliseconds(75)..=milliseconds(100)).contains(&first), "{first:?}");
    test.clock.advance(first);
    until("the second attempt has failed", async || test.attempts(2) == 2).await;
    records.append(test.record(key, 8, 0)).await.unwrap();
    let second = test.wait_of_backoff().await;
    assert!((milliseconds(150)..=milliseconds(200)).contains(&second), "{second:?}");
    test.clock.advance(second);
    until("the third attempt succeeds", async || state!(test, key).1 == 15).await;
    assert_eq!(state!(test, key), (vec![1, 4, 8, 2], 15));
    assert_eq!(test.client.stream.work.dead_letters(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn who_appends_is_told_what_becomes_of_the_record() {
    let test = Test::new(Alone, 1).await;
    let failing = test.record(1, 1, 9);
    let error = test.client.depot.records.append(failing).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("failed on it: attempt 1 fails"), "{text}");
    assert!(text.ends_with("it will be run again, as attempt 2 of 3"), "{text}");
    let once = Test::new(Once, 1).await;
    let error = once.client.depot.records.append(once.record(1, 1, 9)).await.unwrap_err();
    assert!(error.to_string().ends_with("so it is not run again"), "{error}");
}

#[tokio::test]
async fn a_record_is_given_up_after_its_last_attempt() {
    let test = Test::new(Alone, 2).await;
    let records = &test.client.depot.records;
    failed(records.append(test.record(5, 1, 100)).await);
    test.pass_until_attempt(1, 3).await;
    let letters = &test.client.stream.work;
    until("it is a letter", async || letters.dead_letters(None, 10).await.unwrap().len() == 1)
        .await;
    let letter = letters.dead_letters(None, 10).await.unwrap().remove(0);
    assert_eq!((letter.attempts, letter.offset.0), (3, 0));
    assert_eq!((letter.topology.as_str(), letter.depot.as_str()), ("work", "records"));
    assert!(letter.reason.contains("attempt 3 fails"), "{}", letter.reason);
    assert_eq!(letter.record::<crate::shop::Record>().unwrap(), test.record(5, 1, 100));
    assert!(letter.failed > letter.appended);
    test.clock.advance(Duration::from_secs(3_600));
    records.append(test.record(5, 2, 0)).await.unwrap();
    assert_eq!(test.attempts(1), 3, "it is not run any more");
    assert_eq!(state!(test, 5), (vec![2], 2));
}

#[tokio::test]
async fn without_retries_a_record_is_tried_once() {
    let test = Test::new(Once, 2).await;
    let records = &test.client.depot.records;
    assert_eq!(fate(records.append(test.record(5, 1, 1)).await), Fate::Dropped);
    test.clock.advance(Duration::from_secs(3_600));
    records.append(test.record(5, 2, 0)).await.unwrap();
    let test = test.crash().await;
    test.client.depot.records.append(test.record(5, 4, 0)).await.unwrap();
    assert_eq!((state!(test, 5), test.attempts(1)), ((vec![2, 4], 6), 1));
    assert_eq!(test.client.stream.work.dead_letters(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn attempts_are_counted_over_crashes() {
    let mut test = Test::new(Alone, 2).await;
    failed(test.client.depot.records.append(test.record(5, 1, 100)).await);
    test = test.crash().await;
    until("the start runs it again", async || test.attempts(1) == 2).await;
    // Its group, and the one behind it.
    test.client.depot.records.append(test.record(5, 2, 0)).await.unwrap();
    test.client.depot.records.append(test.record(5, 4, 0)).await.unwrap();
    test = test.restart().await;
    let letters = &test.client.stream.work;
    until("it is given up", async || !letters.dead_letters(None, 10).await.unwrap().is_empty())
        .await;
    assert_eq!(letters.dead_letters(None, 10).await.unwrap()[0].attempts, 3);
    assert_eq!((state!(test, 5), test.attempts(1)), ((vec![2, 4], 6), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_that_fail_now_and_then_all_count_once() {
    for tasks in [1, 4, 8] {
        let test = Test::new(Alone, tasks).await;
        let fails = |id: u64| if id.is_multiple_of(17) { 1 } else { 0 };
        let records = (1..=1_000).map(|id| test.record((id % 40) as i64, id, fails(id)));
        let records: Vec<_> = records.collect();
        test.client.depot.records.append_all(records, AckLevel::AppendAck).await.unwrap();
        let sum = 1_000 * 1_001 / 2;
        until("all are done", async || {
            test.pass();
            state!(test, 0).1 == sum
        })
        .await;
        let mut done = Vec::new();
        for key in 0..40 {
            done.extend(state!(test, key).0);
        }
        done.sort_unstable();
        assert!(done.iter().copied().eq(1..=1_000), "each of them once on {tasks} tasks");
    }
}
