//! Dead letters are listed, replayed and discarded by clients, and survive restarts (ST-14).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use rama_core::{
    client::{DeadLetter, Replayed},
    error::{Fate, LetterError},
    prelude::*,
};

use crate::{
    outside::until,
    shop::{Alone, InLine, Record, Test, fate, state},
};

/// A module with a letter of each of these records, which fail so often. Given up one after the other: those that fail
/// together are run once more, alone.
async fn with_letters(tasks: u32, ids: std::ops::Range<u64>, fails: u32) -> Test<Alone> {
    let test = Test::new(Alone, tasks).await;
    for (id, count) in ids.zip(1..) {
        let record = test.record(1, id, fails);
        test.client.depot.records.append_with(record, AckLevel::AppendAck).await.unwrap();
        until("it is given up", async || {
            test.pass();
            letters(&test).await.len() == count
        })
        .await;
    }
    test
}

async fn letters(test: &Test<Alone>) -> Vec<DeadLetter> {
    test.client.stream.work.dead_letters(None, 1_000).await.unwrap()
}

fn ids(letters: &[DeadLetter]) -> Vec<u64> {
    letters.iter().map(|letter| letter.record::<Record>().unwrap().id).collect()
}

#[tokio::test]
async fn letters_are_listed_in_pages_and_survive_restarts() {
    let mut test = with_letters(2, 0..25, 1_000_000).await;
    for life in 0..3 {
        let all = letters(&test).await;
        assert_eq!(ids(&all), (0..25).collect::<Vec<_>>(), "life {life}");
        let (mut paged, work) = (Vec::new(), &test.client.stream.work);
        loop {
            let page = work.dead_letters(paged.last(), 7).await.unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 7);
            paged.extend(page);
        }
        assert_eq!(paged, all);
        let shown = format!("{:?}", all[0]);
        assert!(shown.contains("record: ") && shown.contains(" bytes }"), "{shown}");
        assert!(shown.contains("attempt 3 fails"), "with the reason: {shown}");
        test = if life == 0 { test.crash().await } else { test.restart().await };
    }
}

#[tokio::test]
async fn a_letter_that_is_replayed_takes_effect_once_and_is_gone() {
    // Attempts of neighbours count for the test too, so the replay is what succeeds at last.
    let test = with_letters(2, 7..8, 3).await;
    let letter = letters(&test).await.remove(0);
    let work = &test.client.stream.work;
    work.replay(&letter).await.unwrap();
    assert_eq!((state!(test, 1), letters(&test).await), ((vec![7], 7), vec![]));
    let again = work.replay(&letter).await;
    assert!(matches!(again, Err(LetterError::NoSuchLetter { .. })), "{again:?}");
    let test = test.crash().await;
    assert_eq!((state!(test, 1), letters(&test).await), ((vec![7], 7), vec![]));
}

#[tokio::test]
async fn a_replay_that_fails_leaves_the_letter() {
    let test = with_letters(1, 7..8, 1_000).await;
    let before = letters(&test).await.remove(0);
    let replay = {
        let (work, letter) = (test.client.stream.work.clone(), before.clone());
        tokio::spawn(async move { work.replay(&letter).await })
    };
    test.pass_until_attempt(7, 6).await;
    let error = replay.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("attempt 6 fails"), "{error}");
    let after = letters(&test).await;
    assert_eq!((after.len(), after[0].attempts), (1, 3), "it had three attempts once more");
    assert!(after[0].failed > before.failed);
    assert_eq!(state!(test, 1), (vec![], 0));
}

#[tokio::test]
async fn a_crash_during_a_replay_neither_loses_the_letter_nor_doubles_it() {
    let test = with_letters(1, 7..8, 4).await;
    let letter = letters(&test).await.remove(0);
    let replay = {
        let work = test.client.stream.work.clone();
        tokio::spawn(async move { work.replay(&letter).await })
    };
    // The first attempt of the replay fails, and it rests.
    until("it is replayed", async || test.attempts(7) == 4).await;
    test.client.depot.records.append(test.record(1, 1, 0)).await.unwrap();
    let test = test.crash().await;
    assert!(matches!(replay.await.unwrap(), Err(LetterError::Stopped { .. })));
    until("the next start goes on", async || state!(test, 1).0 == [1, 7]).await;
    test.client.depot.records.append(test.record(1, 2, 0)).await.unwrap();
    assert_eq!((letters(&test).await, test.attempts(7)), (vec![], 5));
}

#[tokio::test]
async fn a_letter_that_is_discarded_is_gone_for_ever() {
    let test = with_letters(1, 1..4, 1_000).await;
    let all = letters(&test).await;
    let work = &test.client.stream.work;
    work.discard(&all[1]).await.unwrap();
    assert!(matches!(work.discard(&all[1]).await, Err(LetterError::NoSuchLetter { .. })));
    assert_eq!(ids(&letters(&test).await), [1, 3]);
    let test = test.crash().await;
    assert_eq!(ids(&letters(&test).await), [1, 3]);
    assert_eq!(test.attempts(2), 3, "nobody has run it");
}

#[tokio::test]
async fn all_letters_are_replayed_at_once() {
    let test = with_letters(4, 1..31, 3).await;
    let work = &test.client.stream.work;
    assert_eq!(work.replay_all().await.unwrap(), Replayed { done: 30, failed: 0 });
    assert_eq!((state!(test, 1).1, letters(&test).await), (30 * 31 / 2, vec![]));
    assert_eq!(work.replay_all().await.unwrap(), Replayed::default());
}

#[tokio::test]
async fn a_replay_out_of_line_does_not_hold_the_others() {
    let test = Test::new(InLine, 1).await;
    let records = &test.client.depot.records;
    records.append_with(test.record(1, 1, 5), AckLevel::AppendAck).await.unwrap();
    test.pass_until_attempt(1, 4).await;
    records.append(test.record(1, 2, 0)).await.unwrap();
    let work = test.client.stream.work.clone();
    let letter = work.dead_letters(None, 1).await.unwrap().remove(0);
    let replay = tokio::spawn(async move { work.replay(&letter).await });
    until("it is replayed", async || test.attempts(1) == 5).await;
    records.append(test.record(1, 4, 0)).await.unwrap();
    assert_eq!(state!(test, 1).0, [2, 4], "it rests, and they go on");
    test.pass_until_attempt(1, 6).await;
    replay.await.unwrap().unwrap();
    assert_eq!(state!(test, 1).0, [2, 4, 1]);
}

#[tokio::test]
async fn who_repeats_a_record_that_was_given_up_is_told_so_until_it_is_replayed() {
    let mut test = Test::new(Alone, 2).await;
    let record = test.record(1, 7, 3);
    let records = &test.client.depot.records;
    records.append_once_with("key", record.clone(), AckLevel::AppendAck).await.unwrap();
    until("it is given up", async || {
        test.pass();
        letters(&test).await.len() == 1
    })
    .await;
    for life in 0..2 {
        let repeated = test.client.depot.records.append_once("key", record.clone()).await;
        assert_eq!(fate(repeated), Fate::DeadLetter, "life {life}: stored, and not processed");
        test = test.crash().await;
    }
    let letter = letters(&test).await.remove(0);
    test.client.stream.work.replay(&letter).await.unwrap();
    let repeated = test.client.depot.records.append_once("key", record).await.unwrap();
    assert_eq!(repeated.place(), Some((letter.task, letter.offset)), "it is processed now");
}
