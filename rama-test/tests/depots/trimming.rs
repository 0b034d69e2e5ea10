//! A depot keeps its last records: offsets keep their numbers, topologies that are not done hold trimming back, and a crash
//! leaves the old start or the new one (DP-53, DP-60 to DP-64, A9).

use std::{
    ops::{ControlFlow, Range},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rama_core::{
    cluster::Tuning,
    depot::{AckReturns, DepotOptions},
    disk::Disk,
    error::{AppendError, ReadError},
    flow::{Retry, StartFrom},
    id::{Offset, TaskId},
    prelude::*,
    store::Store,
};

use crate::shop::{Client, FAILS, Open, READERS, Sale, Shop, Street, WAITS};

/// Keeps ten, and has at most twelve.
fn ten() -> DepotOptions {
    DepotOptions::new().max_entries(10)
}

/// Records of which ten fill a block of the store.
async fn sell(client: &Client, numbers: Range<i64>) {
    let sales = numbers.map(|number| Sale::with_notes(number, 3_200));
    client.sales.append_all(sales, AckLevel::Ack).await.unwrap();
}

/// Waits for a checkpoint that trims.
async fn trimmed_to(client: &Client, start: u64) {
    while client.range().0 < start {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_checkpoint_keeps_the_last_records_and_their_offsets() {
    let street = Street::new();
    let open = street.open(Shop::with(ten())).await;
    open.wait_until(5_000);
    sell(&open.client, 0..57).await;
    open.wait_until(6_000);
    sell(&open.client, 57..100).await;
    assert_eq!(open.client.range(), (0, 100), "nothing is trimmed between checkpoints");
    open.close().await;
    for _ in 0..2 {
        let open = street.open(Shop::with(ten())).await;
        assert_eq!(open.client.range(), (90, 100));
        assert_eq!(open.client.numbers().await, (90..100).collect::<Vec<_>>());
        let info = open.client.sales.partition_info(TaskId(0)).unwrap();
        assert_eq!((info.first_time.unwrap().0, info.skipped), (6_000, 0));
        assert_eq!(open.client.offset_at(5_500).await, 90, "what was younger is gone");
        assert_eq!(open.client.offset_at(6_001).await, 100);
        for range in [0..100, 89..90, 89..89] {
            let from = range.start;
            let refused = open.client.sales.read(TaskId(0), range).await.unwrap_err();
            assert!(matches!(refused, ReadError::Trimmed { start: 90, .. }), "{refused}");
            let said = format!("begin at offset 90, and {from} was asked for");
            assert!(refused.to_string().ends_with(&said), "{refused}");
        }
        open.crash();
    }
    let open = street.open(Shop::with(ten())).await;
    let appended = open.client.sales.append(Sale::new(100)).await.unwrap();
    assert_eq!(appended.place(), Some((TaskId(0), Offset(100))));
    assert_eq!(open.client.read(READERS[0]).await, (0..101).collect::<Vec<_>>());
    open.close().await;
}

#[tokio::test]
async fn what_is_trimmed_takes_no_room() {
    let street = Street::new();
    for life in 0..3 {
        let open = street.open(Shop::with(ten())).await;
        for number in 0..95 {
            open.client.sales.append(Sale::with_notes(95 * life + number, 3_300)).await.unwrap();
        }
        open.close().await;
        let disk: Arc<dyn Disk> = Arc::new(street.disk.clone());
        let (mut blocks, store) = (0, Store::open(disk, "store.redb").unwrap());
        let count = &mut |_: &[u8], _: &[u8]| {
            blocks += 1;
            ControlFlow::Continue(())
        };
        store.snapshot().unwrap().scan("depot:sales", &[], None, count).unwrap();
        // Ten records fill a block, and the kept ones begin within one.
        assert_eq!(blocks, 2, "in life {life}");
    }
}

#[tokio::test]
async fn nothing_is_trimmed_before_the_excess_is_there() {
    let street = Street::new();
    for (end, start) in [(10, 0), (12, 0), (13, 3), (15, 3), (16, 6)] {
        let open = street.open(Shop::with(ten())).await;
        let (_, before) = open.client.range();
        open.client.sell(i64::try_from(before).unwrap()..end).await;
        open.close().await;
        let open = street.open(Shop::with(ten())).await;
        assert_eq!(open.client.range(), (start, end.cast_unsigned()));
        assert_eq!(open.client.numbers().await[0], start.cast_signed());
        open.crash();
    }
}

#[tokio::test]
async fn a_running_module_trims_while_it_is_read() {
    let open = Street::new().open(Shop::with(ten())).await;
    sell(&open.client, 0..50).await;
    for round in 1..4_u64 {
        // A checkpoint is due with the next commit.
        open.wait_until(round * 20_000_000);
        let (_, end) = open.client.range();
        sell(&open.client, end.cast_signed()..end.cast_signed() + 50).await;
        trimmed_to(&open.client, end - 10).await;
        let (start, end) = open.client.range();
        let numbers: Vec<_> = (start.cast_signed()..end.cast_signed()).collect();
        assert_eq!(open.client.numbers().await, numbers);
    }
    assert_eq!(open.client.read(READERS[0]).await, (0..200).collect::<Vec<_>>());
    open.close().await;
}

#[tokio::test]
async fn a_crash_leaves_the_old_start_or_the_new_one() {
    let street = Street::new();
    let open = street.open(Shop::with(ten())).await;
    sell(&open.client, 0..100).await;
    open.crash();
    let open = street.open(Shop::with(ten())).await;
    assert_eq!(open.client.range(), (0, 100), "it was not trimmed yet");
    assert_eq!(open.client.numbers().await, (0..100).collect::<Vec<_>>());
    street.disk.syncs_fail.store(true, Ordering::Relaxed);
    open.crash();
    street.disk.syncs_fail.store(false, Ordering::Relaxed);
    let open = street.open(Shop::with(ten())).await;
    let (start, end) = open.client.range();
    assert!([0, 90].contains(&start) && end == 100, "{start}..{end}");
    assert_eq!(open.client.numbers().await, (start.cast_signed()..100).collect::<Vec<_>>());
    sell(&open.client, 100..101).await;
    open.close().await;
    let open = street.open(Shop::with(ten())).await;
    assert_eq!(open.client.range(), (91, 101));
    open.close().await;
}

#[tokio::test]
async fn a_parked_record_holds_trimming_back() {
    let street = Street::new();
    let open = street.open(Shop::with(ten())).await;
    sell(&open.client, 0..25).await;
    let parked = Sale::new(WAITS);
    open.client.sales.append_once_with("parked", parked, AckLevel::AppendAck).await.unwrap();
    sell(&open.client, 26..100).await;
    open.close().await;
    let shop = Shop::with(ten());
    let open = street.open(shop.clone()).await;
    assert_eq!(open.client.range(), (25, 100), "the parked record is the first one");
    shop.door.send_replace(true);
    // By its key somebody can wait for the record.
    open.client.sales.append_once("parked", Sale::new(WAITS)).await.unwrap();
    open.client.sell([100]).await;
    open.client.sell([101, 102]).await;
    open.close().await;
    let open = street.open(Shop::with(ten())).await;
    assert_eq!(open.client.range(), (93, 103));
    open.close().await;
}

#[tokio::test]
async fn without_coordination_a_parked_record_may_go_and_is_counted() {
    let street = Street::new();
    let shop = || Shop::with(ten().coordinate(false));
    let open = street.open(shop()).await;
    open.client.sales.append_with(Sale::new(WAITS), AckLevel::AppendAck).await.unwrap();
    sell(&open.client, 1..100).await;
    open.close().await;
    for skipped in [1, 0] {
        let open = street.open(shop()).await;
        open.client.sell([7]).await;
        let info = open.client.sales.partition_info(TaskId(0)).unwrap();
        assert_eq!((info.start, info.skipped), (Offset(90), skipped), "once");
        open.crash();
    }
}

/// A shop that does not wait for its topology, which holds everything or nothing behind a sale that fails; and sales of
/// which the first were trimmed meanwhile. Gives what those were told who waited for them, in their order, and for the one that fails.
async fn trimmed_while_it_rests(retry: Retry) -> (Open, Vec<Answer>) {
    let tuning = Tuning { checkpoint_bytes: 16 * 1024, ..Tuning::default() };
    let street = Street { tuning, ..Street::new() };
    let open = street.open(Shop { retry, ..Shop::with(ten().coordinate(false)) }).await;
    let append = |number: i64| {
        let sales = open.client.sales.clone();
        let sale = Sale::with_notes(number, 3_200);
        // Told in the end, and not at the first failure.
        async move { sales.append_once(number.to_string(), sale).await }
    };
    let mut waiting = vec![tokio::spawn(append(FAILS))];
    while open.client.range().1 == 0 {
        tokio::task::yield_now().await;
    }
    waiting.extend((1..60).map(|number| tokio::spawn(append(number))));
    trimmed_to(&open.client, 20).await;
    // Now it is tried again.
    open.wait_until(1_000_000);
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }
    (open, answers)
}

type Answer = Result<AckReturns, AppendError>;

fn is_trimmed(answer: &Answer, at: u64) -> bool {
    let Err(refused) = answer else { return false };
    let AppendError::Trimmed { depot: "sales", task: TaskId(0), offset, topology: "first" } =
        refused
    else {
        panic!("{refused}")
    };
    assert_eq!(*offset, Offset(at), "{refused}");
    true
}

#[tokio::test]
async fn who_waits_for_a_record_that_a_topology_skips_is_told_so() {
    let (open, answers) = trimmed_while_it_rests(Retry::AllAfter).await;
    let skipped = open.client.sales.partition_info(TaskId(0)).unwrap().skipped;
    assert!((20..=50).contains(&skipped), "{skipped}");
    for (offset, answer) in (0..).zip(&answers) {
        assert_eq!(is_trimmed(answer, offset), offset < skipped, "{offset}: {answer:?}");
    }
    let done: Vec<_> = (skipped.cast_signed()..60).collect();
    assert_eq!(open.client.read(READERS[0]).await, done);
    open.close().await;
}

#[tokio::test]
async fn who_waits_for_a_record_that_is_trimmed_before_it_is_tried_again_is_told_so() {
    let (open, answers) = trimmed_while_it_rests(Retry::Individual).await;
    assert!(is_trimmed(&answers[0], 0), "{:?}", answers[0]);
    assert!(answers[1..].iter().all(Result::is_ok), "it does not hold the others");
    assert_eq!(open.client.sales.partition_info(TaskId(0)).unwrap().skipped, 1);
    open.close().await;
}

/// Three thousand sales, which a topology that begins with the first one reads over several lives in each of which the
/// depot may be trimmed. Gives what it has read in the end, and how many it has skipped in the
/// last life.
async fn read_over_lives(coordinate: bool, lives: usize) -> (Vec<i64>, u64) {
    let street = Street::new();
    let open = street.open(Shop::default()).await;
    open.client.sell(0..3_000).await;
    open.close().await;
    let options = DepotOptions::new().max_entries(10).coordinate(coordinate);
    let shop = || Shop { options: options.clone(), ..Shop::starting(StartFrom::Offset(0)) };
    for _ in 0..lives {
        // It stops somewhere on the way: what nobody waits for is left to the next start.
        street.open(shop()).await.close().await;
    }
    let open = street.open(shop()).await;
    open.client.sell(3_000..3_005).await;
    let info = open.client.sales.partition_info(TaskId(0)).unwrap();
    let read = open.client.read(READERS[0]).await;
    open.close().await;
    (read, info.skipped)
}

#[tokio::test]
async fn a_topology_that_lags_holds_trimming_back() {
    let (read, skipped) = read_over_lives(true, 4).await;
    assert!(read.into_iter().eq(0..3_005), "it reads everything once, in order");
    assert_eq!(skipped, 0);
}

#[tokio::test]
async fn without_coordination_a_topology_that_lags_skips_what_is_gone() {
    let (read, skipped) = read_over_lives(false, 1).await;
    assert!(read.is_sorted() && read.ends_with(&[3_000, 3_001, 3_002, 3_003, 3_004]));
    assert_eq!(read.len() as u64 + skipped, 3_005, "everything is read or counted");
}

#[tokio::test]
async fn a_topology_that_comes_back_skips_what_was_trimmed_meanwhile() {
    for coordinate in [true, false] {
        let street = Street::new();
        let options = || ten().coordinate(coordinate);
        let open = street.open(Shop::with(options())).await;
        sell(&open.client, 0..5).await;
        open.close().await;
        let away = Shop { options: options(), ..Shop::default() };
        let open = street.open(away).await;
        sell(&open.client, 5..50).await;
        open.close().await;
        let open = street.open(Shop::with(options())).await;
        sell(&open.client, 50..51).await;
        let expected: Vec<_> = (0..5).chain(40..51).collect();
        assert_eq!(open.client.read(READERS[0]).await, expected);
        let info = open.client.sales.partition_info(TaskId(0)).unwrap();
        assert_eq!((info.start, info.skipped), (Offset(40), 35));
        open.close().await;
    }
}

#[tokio::test]
async fn the_beginning_of_a_trimmed_depot_is_the_start_of_what_it_has_to_keep() {
    let street = Street::new();
    let kept = || DepotOptions::new().max_entries(10).excess(9.0);
    let open = street.open(Shop::with(kept())).await;
    sell(&open.client, 0..40).await;
    open.close().await;
    let both = Shop { options: kept(), ..Shop::default() };
    let readers =
        vec![(READERS[0], vec![StartFrom::End]), (READERS[1], vec![StartFrom::Beginning])];
    let open = street.open(Shop { readers, ..both }).await;
    sell(&open.client, 40..41).await;
    assert_eq!(open.client.range(), (0, 41), "40 may be there in excess");
    assert_eq!(open.client.read(READERS[1]).await, (30..41).collect::<Vec<_>>());
    open.close().await;
}

#[tokio::test]
async fn the_key_of_a_trimmed_record_is_remembered() {
    let street = Street::new();
    let options = ten().key_age(Duration::from_hours(1));
    let open = street.open(Shop::with(options.clone())).await;
    open.client.sales.append_once("order", Sale::new(0)).await.unwrap();
    sell(&open.client, 1..100).await;
    open.close().await;
    let open = street.open(Shop::with(options)).await;
    let again = open.client.sales.append_once("order", Sale::new(0)).await.unwrap();
    assert_eq!(again.place(), Some((TaskId(0), Offset(0))));
    assert_eq!(open.client.range(), (90, 100));
    open.close().await;
}

#[tokio::test]
async fn options_that_cannot_be_meant_are_refused_at_the_launch() {
    let refused = Street::new().try_open(Shop::with(ten().excess(-1.0))).await.err().unwrap();
    let refused = refused.to_string();
    assert!(refused.contains("depot `*sales`: `excess: -1`"), "{refused}");
}
