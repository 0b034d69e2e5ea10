//! Where a topology begins that has never read a depot, and that it goes on where it was afterwards (DP-80 to DP-82).

use std::time::Duration;

use rama_core::{clock::Timestamp, flow::StartFrom};

use crate::shop::{READERS, Sale, Shop, Street};

/// A street with sales 0 to 9, at the times 2,000, 2,100 … 2,900, which nobody has read; it is 3,000 now.
async fn sold() -> Street {
    let mut street = Street::new();
    street.set_clock(2_000);
    let open = street.open(Shop::default()).await;
    for number in 0..10 {
        open.wait_until(2_000 + 100 * u64::try_from(number).unwrap());
        open.client.sell([number]).await;
    }
    open.close().await;
    street.set_clock(3_000);
    street
}

/// What a topology that begins there has read when the sales 10 and 11 are acknowledged.
async fn reads(street: &Street, from: StartFrom) -> Vec<i64> {
    let open = street.open(Shop::starting(from)).await;
    open.client.sell([10, 11]).await;
    let read = open.client.read(READERS[0]).await;
    open.crash();
    read
}

#[tokio::test]
async fn a_topology_begins_where_it_says() {
    let micros = |micros| StartFrom::Ago(Duration::from_micros(micros));
    let cases = [
        (StartFrom::End, 10),
        (StartFrom::Beginning, 0),
        (StartFrom::RecordsAgo(3), 7),
        (StartFrom::RecordsAgo(0), 10),
        (StartFrom::RecordsAgo(500), 0),
        (micros(300), 7),
        (micros(301), 7),
        (micros(299), 8),
        (micros(0), 10),
        (micros(u64::MAX), 0),
        (StartFrom::Since(Timestamp(2_500)), 5),
        (StartFrom::Since(Timestamp(2_501)), 6),
        (StartFrom::Since(Timestamp(0)), 0),
        (StartFrom::Since(Timestamp(9_999)), 10),
        (StartFrom::Offset(4), 4),
        (StartFrom::Offset(400), 10),
    ];
    for (from, first) in cases {
        let expected: Vec<i64> = (first..12).collect();
        assert_eq!(reads(&sold().await, from).await, expected, "{from:?}");
    }
}

#[tokio::test]
async fn where_it_begins_is_found_once() {
    let mut street = sold().await;
    let ago = StartFrom::Ago(Duration::from_micros(300));
    assert_eq!(reads(&street, ago).await, [7, 8, 9, 10, 11]);
    for (now, from) in [(9_000, ago), (9_000, StartFrom::Beginning), (9_000, StartFrom::End)] {
        street.set_clock(now);
        let open = street.open(Shop::starting(from)).await;
        assert_eq!(open.client.read(READERS[0]).await, [7, 8, 9, 10, 11], "{from:?}");
        open.crash();
    }
}

#[tokio::test]
async fn a_crash_before_the_first_commit_begins_at_the_same_records() {
    let street = sold().await;
    for _ in 0..3 {
        // Nothing reaches the disk in these lives.
        let shop = Shop::starting(StartFrom::RecordsAgo(4));
        let open = street.open(shop).await;
        street.disk.writes_vanish.store(true, std::sync::atomic::Ordering::Relaxed);
        open.client.sell([77]).await;
        open.crash();
    }
    assert_eq!(reads(&street, StartFrom::RecordsAgo(4)).await, [6, 7, 8, 9, 10, 11]);
}

#[tokio::test]
async fn where_it_begins_on_an_idle_task_is_durable_with_the_first_commit_of_another() {
    let mut street = Street { tasks: 2, ..Street::new() };
    street.set_clock(2_000);
    let other = crate::common::key_at(1, 2);
    let here = crate::common::key_at(0, 2);
    let sale = |at, number| Sale { at, ..Sale::new(number) };
    let open = street.open(Shop::default()).await;
    open.client.sales.append(sale(other, 1)).await.unwrap();
    open.close().await;
    // The topology begins behind the sale on the other task, and has its first commit here.
    street.set_clock(3_000);
    let ago = StartFrom::Ago(Duration::from_micros(500));
    let open = street.open(Shop::starting(ago)).await;
    open.client.sales.append(sale(here, 2)).await.unwrap();
    open.crash();
    // As if it began at the beginning now: it does not begin any more.
    let open = street.open(Shop::starting(StartFrom::Beginning)).await;
    open.client.sales.append(sale(other, 3)).await.unwrap();
    assert_eq!(open.client.read(READERS[0]).await, [2, 3]);
    open.close().await;
}

#[tokio::test]
async fn a_topology_that_joins_later_begins_for_itself() {
    let street = sold().await;
    assert_eq!(reads(&street, StartFrom::End).await, [10, 11]);
    let shop = |second| Shop {
        readers: vec![(READERS[0], vec![StartFrom::Beginning]), (READERS[1], vec![second, second])],
        ..Shop::default()
    };
    let open = street.open(shop(StartFrom::RecordsAgo(3))).await;
    open.client.sell([12]).await;
    assert_eq!(open.client.read(READERS[0]).await, [10, 11, 12]);
    assert_eq!(open.client.read(READERS[1]).await, [9, 9, 10, 10, 11, 11, 12, 12]);
    open.close().await;
}

#[tokio::test]
async fn sources_of_one_topology_that_begin_elsewhere_are_refused() {
    let readers = vec![(READERS[0], vec![StartFrom::End, StartFrom::Beginning])];
    let refused = Street::new().try_open(Shop { readers, ..Shop::default() }).await.err().unwrap();
    let refused = refused.to_string();
    assert!(refused.contains("depot `*sales` go on together"), "{refused}");
}
