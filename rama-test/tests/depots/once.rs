//! A record that is appended again under its key is there once, and its append gets the first answer (A1, A3, A12, A13).

use std::{
    collections::BTreeSet,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::atomic::Ordering,
    task::Poll,
    time::Duration,
};

use rama_core::{
    depot::{AckReturns, DepotOptions},
    error::AppendError,
    flow::StartFrom,
    id::Offset,
    prelude::*,
};
use tokio::task::JoinSet;

use crate::{
    common::{failed, keys_at},
    shop::{Client, FAILS, READERS, Sale, Shop, Street, WAITS},
};

const LEVELS: [AckLevel; 3] = [AckLevel::Ack, AckLevel::AppendAck, AckLevel::None];

fn shop() -> Shop {
    Shop::with(DepotOptions::new())
}

async fn once(client: &Client, key: &str, number: i64, level: AckLevel) -> AckReturns {
    client.sales.append_once_with(key, Sale::new(number), level).await.unwrap()
}

fn place(offset: u64) -> Option<(TaskId, Offset)> {
    Some((TaskId(0), Offset(offset)))
}

fn returned(answer: &AckReturns) -> Option<i64> {
    answer.get(READERS[0]).unwrap()
}

#[tokio::test]
async fn a_repeated_append_gets_the_first_answer() {
    let open = Street::new().open(shop()).await;
    open.client.sell([1]).await;
    for (offset, level) in [1, 3, 5].into_iter().zip(LEVELS) {
        let key = format!("{level:?}");
        once(&open.client, &key, 2, level).await;
        for again in LEVELS {
            let answer = once(&open.client, &key, 2, again).await;
            match again {
                AckLevel::None => assert_eq!(answer.place(), None),
                _ => assert_eq!(answer.place(), place(offset), "{level:?}, {again:?}"),
            }
        }
        open.client.sell([3]).await;
    }
    assert_eq!(open.client.numbers().await, [1, 2, 3, 2, 3, 2, 3]);
    assert_eq!(open.client.read(READERS[0]).await, [1, 2, 3, 2, 3, 2, 3]);
    let again = once(&open.client, "Ack", 2, AckLevel::Ack).await;
    assert_eq!(returned(&again), Some(2), "what topologies returned is kept");
    open.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_appends_at_once_are_one_record_with_a_hundred_equal_answers() {
    for (tasks, levels) in [(1, 1), (1, 2), (4, 1), (4, 2)] {
        let random = tasks > 1;
        let street = Street { tasks, ..Street::new() };
        let open = street.open(Shop { random, ..shop() }).await;
        let mut appends = JoinSet::new();
        for number in 0..100 {
            let (client, level) = (open.client.clone(), LEVELS[number % levels]);
            appends.spawn(async move { once(&client, "order 7", 7, level).await });
        }
        let answers = appends.join_all().await;
        let places: BTreeSet<_> = answers.iter().map(AckReturns::place).collect();
        assert_eq!((answers.len(), places.len()), (100, 1));
        if levels == 1 {
            assert!(answers.iter().all(|answer| returned(answer) == Some(7)));
        }
        assert_eq!(open.client.read(READERS[0]).await, [7], "on {tasks} tasks");
        open.close().await;
    }
}

#[tokio::test]
async fn who_waits_for_the_processing_gets_what_topologies_returned_though_others_wait_for_less() {
    let open = Street::new().open(shop()).await;
    let mut returns = 0;
    for number in 0..50 {
        let key = number.to_string();
        let (less, more) = tokio::join!(
            once(&open.client, &key, number, AckLevel::AppendAck),
            once(&open.client, &key, number, AckLevel::Ack),
        );
        assert_eq!(less.place(), more.place());
        returns += usize::from(returned(&more) == Some(number));
    }
    // When the record was done before the second append came, nobody had asked for what was returned.
    assert!(returns > 0, "they come together, as a rule");
    open.close().await;
}

#[tokio::test]
async fn another_record_under_the_key_is_refused_with_both_hashes() {
    let street = Street::new();
    for _ in 0..2 {
        let open = street.open(shop()).await;
        once(&open.client, "order", 1, AckLevel::AppendAck).await;
        let refused = open.client.sales.append_once("order", Sale::new(2)).await.unwrap_err();
        let AppendError::KeyUsed { task, offset, stored, given, .. } = refused else {
            panic!("it should be refused for its key: {refused}")
        };
        assert_eq!((task, offset), (TaskId(0), Offset(0)));
        let said = refused.to_string();
        assert!(stored != given && said.contains(&format!("{stored:032x}")), "{said}");
        assert!(said.contains(&format!("{given:032x}")), "{said}");
        assert_eq!(open.client.numbers().await, [1], "nothing was stored");
        open.close().await;
    }
}

#[tokio::test]
async fn a_key_has_1_to_256_bytes() {
    let open = Street::new().open(shop()).await;
    for (length, fits) in [(0, false), (1, true), (256, true), (257, false)] {
        let key = vec![0xff; length];
        let appended = open.client.sales.append_once(key, Sale::new(0)).await;
        match appended {
            Ok(_) => assert!(fits, "{length}"),
            Err(AppendError::Key { bytes, max: 256, .. }) => assert!(!fits && bytes == length),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(open.client.range(), (0, 2));
}

/// Whether something still waits after it was polled.
async fn waits<T>(mut future: Pin<&mut impl Future<Output = T>>) -> bool {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}

#[tokio::test]
async fn a_repeated_append_waits_while_the_first_one_is_on_its_way() {
    let shop = shop();
    let street = Street::new();
    let open = street.open(shop.clone()).await;
    let client = open.client.clone();
    let mut first = pin!(once(&client, "order", WAITS, AckLevel::Ack));
    assert!(waits(first.as_mut()).await);
    let durable = once(&client, "order", WAITS, AckLevel::AppendAck).await;
    assert_eq!(durable.place(), place(0), "this one does not wait for topologies");
    let mut second = pin!(once(&client, "order", WAITS, AckLevel::Ack));
    assert!(waits(second.as_mut()).await);
    client.sell([5]).await;
    assert!(waits(first.as_mut()).await && waits(second.as_mut()).await, "the record is parked");
    shop.door.send_replace(true);
    for answer in [first.await, second.await] {
        assert_eq!(answer.place(), place(0));
        assert_eq!(answer.get::<String>(READERS[0]).unwrap().as_deref(), Some("late"));
    }
    assert_eq!(client.read(READERS[0]).await, [WAITS, 5]);
    open.close().await;
}

#[tokio::test]
async fn what_was_durable_before_a_crash_is_there_once_and_keeps_its_offset() {
    for closes in [false, true] {
        let street = Street::new();
        let open = street.open(shop()).await;
        open.client.sell([1]).await;
        once(&open.client, "order", 2, AckLevel::AppendAck).await;
        // The first time out of the log, then out of the store.
        if closes {
            open.close().await
        } else {
            open.crash()
        }
        for level in [AckLevel::AppendAck, AckLevel::Ack] {
            let open = street.open(shop()).await;
            assert_eq!(once(&open.client, "order", 2, level).await.place(), place(1));
            assert_eq!(once(&open.client, "order", 2, level).await.place(), place(1));
            assert_eq!(open.client.numbers().await, [1, 2]);
            assert_eq!(open.client.read(READERS[0]).await, [1, 2]);
            open.crash();
        }
    }
}

#[tokio::test]
async fn what_was_not_durable_at_a_crash_is_appended_again() {
    let street = Street::new();
    let open = street.open(shop()).await;
    open.client.sell([1]).await;
    street.disk.writes_vanish.store(true, Ordering::Relaxed);
    once(&open.client, "order", 2, AckLevel::Ack).await;
    open.crash();
    let open = street.open(shop()).await;
    assert_eq!(open.client.numbers().await, [1], "it was lost");
    assert_eq!(once(&open.client, "order", 2, AckLevel::Ack).await.place(), place(1));
    assert_eq!(open.client.numbers().await, [1, 2]);
    open.close().await;
}

#[tokio::test]
async fn after_a_crash_a_repeated_append_waits_for_topologies_that_are_not_done() {
    let first = shop();
    let street = Street::new();
    let open = street.open(first).await;
    once(&open.client, "order", WAITS, AckLevel::AppendAck).await;
    open.crash();
    let second = shop();
    let open = street.open(second.clone()).await;
    let client = open.client.clone();
    let mut again = pin!(once(&client, "order", WAITS, AckLevel::Ack));
    assert!(waits(again.as_mut()).await);
    client.sell([5]).await;
    assert!(waits(again.as_mut()).await, "the record is parked again");
    second.door.send_replace(true);
    assert_eq!(again.await.place(), place(0));
    open.close().await;
}

#[tokio::test]
async fn a_repeated_append_waits_for_a_topology_that_lags() {
    let street = Street::new();
    let open = street.open(Shop::default()).await;
    for number in 0..2_000 {
        open.client.sales.append_with(Sale::new(number), AckLevel::None).await.unwrap();
    }
    once(&open.client, "order", 2_000, AckLevel::Ack).await;
    open.crash();
    // A topology that reads everything from the beginning is not done when the module has started.
    let open = street.open(Shop::starting(StartFrom::Beginning)).await;
    let answer = once(&open.client, "order", 2_000, AckLevel::Ack).await;
    assert_eq!(answer.place(), place(2_000));
    assert_eq!(returned(&answer), Some(2_000), "it has run the record by now");
    assert_eq!(open.client.read(READERS[0]).await.len(), 2_001);
    open.close().await;
}

#[tokio::test]
async fn a_record_on_which_a_topology_failed_is_not_appended_again() {
    let open = Street::new().open(shop()).await;
    for _ in 0..3 {
        let outcome = open.client.sales.append_once("order", Sale::new(FAILS)).await;
        assert_eq!(failed(outcome).1, READERS[0]);
    }
    assert_eq!(open.client.numbers().await, [FAILS]);
    open.close().await;
}

#[tokio::test]
async fn keys_are_forgotten_by_count_and_by_age_also_over_restarts() {
    let mut street = Street::new();
    let options = DepotOptions::new().keys(3).key_age(Duration::from_micros(1_000));
    let shop = || Shop::with(options.clone());
    let open = street.open(shop()).await;
    for number in 0..5 {
        once(&open.client, &format!("order {number}"), number, AckLevel::AppendAck).await;
    }
    open.crash();
    let open = street.open(shop()).await;
    for number in 2..5 {
        once(&open.client, &format!("order {number}"), number, AckLevel::AppendAck).await;
    }
    assert_eq!(open.client.numbers().await, [0, 1, 2, 3, 4], "the last three are known");
    once(&open.client, "order 0", 0, AckLevel::AppendAck).await;
    once(&open.client, "order 2", 2, AckLevel::AppendAck).await;
    assert_eq!(open.client.numbers().await, [0, 1, 2, 3, 4, 0, 2], "the first two were forgotten");
    open.close().await;
    street.set_clock(1_999);
    let open = street.open(shop()).await;
    once(&open.client, "order 4", 4, AckLevel::AppendAck).await;
    assert_eq!(open.client.range(), (0, 7), "it is young enough");
    open.wait_until(2_000);
    once(&open.client, "order 4", 4, AckLevel::AppendAck).await;
    assert_eq!(open.client.range(), (0, 8), "it was forgotten");
    open.close().await;
    let open = street.open(shop()).await;
    once(&open.client, "order 4", 4, AckLevel::AppendAck).await;
    once(&open.client, "order 2", 2, AckLevel::AppendAck).await;
    assert_eq!(open.client.range(), (0, 9), "4 is known, and 2 was forgotten");
    open.close().await;
}

#[tokio::test]
async fn a_key_belongs_to_the_partition_of_its_record() {
    let street = Street { tasks: 2, ..Street::new() };
    let open = street.open(shop()).await;
    let homes = [0, 1].map(|task| keys_at(task, 2).next().unwrap());
    for (task, at) in (0..).map(TaskId).zip(homes) {
        for _ in 0..2 {
            let sale = Sale { at, ..Sale::new(1) };
            let answer = open.client.sales.append_once("order", sale).await.unwrap();
            assert_eq!(answer.place(), Some((task, Offset(0))));
        }
    }
    open.close().await;
}
