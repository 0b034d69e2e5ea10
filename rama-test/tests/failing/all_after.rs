//! Records behind one that failed wait for it, and are run in their order (DP-83, ST-05, C-30 to C-32).

use rama_core::{error::Fate, prelude::*};
use tokio::task::JoinSet;

use crate::{
    common::{failed, key_at},
    outside::until,
    shop::{InLine, Test, fate, state},
};

#[tokio::test]
async fn what_is_behind_a_record_that_fails_waits_for_it() {
    let test = Test::new(InLine, 2).await;
    let (key, other) = (key_at(0, 2), key_at(1, 2));
    let records = &test.client.depot.records;
    records.append(test.record(key, 1, 0)).await.unwrap();
    let outcome = records.append(test.record(key, 2, 2)).await;
    assert_eq!(fate(outcome), Fate::Again { attempt: 2, of: 4 });
    let behind = {
        let (records, record) = (records.clone(), test.record(key, 4, 0));
        tokio::spawn(async move { records.append(record).await })
    };
    records.append(test.record(other, 100, 0)).await.unwrap();
    assert_eq!((state!(test, other).0, state!(test, key).0), (vec![100], vec![1]));
    assert!(!behind.is_finished(), "its client waits as long");
    test.pass_until_attempt(2, 3).await;
    behind.await.unwrap().unwrap();
    assert_eq!(state!(test, key), (vec![1, 2, 4], 107));
    let begun = test.begun();
    let last = |id| begun.iter().rposition(|one| *one == id).unwrap();
    assert!(last(2) < last(4), "{begun:?}");
}

#[tokio::test]
async fn what_waited_goes_on_when_the_record_is_given_up() {
    let test = Test::new(InLine, 1).await;
    let records = &test.client.depot.records;
    failed(records.append(test.record(1, 1, 100)).await);
    let behind = {
        let (records, all) = (records.clone(), (2..=20).map(|id| test.record(1, id, 0)));
        let all: Vec<_> = all.collect();
        tokio::spawn(async move { records.append_all(all, AckLevel::Ack).await })
    };
    test.pass_until_attempt(1, 4).await;
    behind.await.unwrap().unwrap();
    assert_eq!(state!(test, 1).0, (2..=20).collect::<Vec<_>>());
    let letters = test.client.stream.work.dead_letters(None, 10).await.unwrap();
    assert_eq!((letters.len(), letters[0].attempts), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_a_partition_take_effect_in_their_order_whatever_fails() {
    for tasks in [1, 4] {
        let test = Test::new(InLine, tasks).await;
        let mut clients = JoinSet::new();
        for key in 0..8_u64 {
            let fails = |id: u64| if id % 100 == 7 * key { 1 + (id / 100) as u32 % 2 } else { 0 };
            let records = (0..300)
                .map(|id| test.record(key.cast_signed(), key * 1_000 + id, fails(id)))
                .collect::<Vec<_>>();
            let depot = test.client.depot.records.clone();
            clients.spawn(async move { depot.append_all(records, AckLevel::AppendAck).await });
        }
        while let Some(appended) = clients.join_next().await {
            appended.unwrap().unwrap();
        }
        let all: u64 = (0..8).map(|key| key * 1_000 * 300 + 299 * 300 / 2).sum();
        until("all are done", async || {
            test.pass();
            state!(test, 0).1 == all
        })
        .await;
        for key in 0..8 {
            let (done, first) = (state!(test, key).0, key.cast_unsigned() * 1_000);
            assert!(done.iter().copied().eq(first..first + 300), "{tasks}: {key}: {done:?}");
        }
    }
}

#[tokio::test]
async fn after_a_crash_the_topology_begins_with_the_record_that_failed() {
    let mut test = Test::new(InLine, 1).await;
    failed(test.client.depot.records.append(test.record(1, 1, 2)).await);
    for id in [2, 4] {
        let record = test.record(1, id, 0);
        test.client.depot.records.append_with(record, AckLevel::AppendAck).await.unwrap();
    }
    test = test.crash().await;
    until("it begins again", async || test.attempts(1) == 2).await;
    test.client.depot.records.append_with(test.record(1, 8, 0), AckLevel::AppendAck).await.unwrap();
    test = test.restart().await;
    until("all are done", async || state!(test, 1).0 == [1, 2, 4, 8]).await;
    assert_eq!(test.attempts(1), 3);
    let test = test.restart().await;
    test.client.depot.records.append(test.record(1, 16, 0)).await.unwrap();
    assert_eq!(state!(test, 1), (vec![1, 2, 4, 8, 16], 31), "and only once");
}
