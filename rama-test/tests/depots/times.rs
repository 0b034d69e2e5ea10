//! When records were appended: times never decrease, and offsets are found by them (DP-32, B16).

use rama_core::{clock::Timestamp, prelude::*};

use crate::shop::{Sale, Shop, Street};

/// How a life of a shop ends.
#[derive(Clone, Copy, Debug)]
enum Ends {
    Closed,
    Crashed,
}

/// The times of all records of the only partition.
async fn times(client: &crate::shop::Client) -> Vec<u64> {
    let (start, end) = client.range();
    let page = client.sales.read(TaskId(0), start..end).await.unwrap();
    page.records.into_iter().map(|record| record.time.0).collect()
}

#[tokio::test]
async fn times_never_decrease_over_restarts_with_a_clock_that_went_back() {
    for ends in [Ends::Closed, Ends::Crashed] {
        let mut street = Street::new();
        for (life, time) in (0..).zip([5_000, 2_000, 0, 6_000, 5_999]) {
            street.set_clock(time);
            let open = street.open(Shop::default()).await;
            open.client.sell([life]).await;
            match ends {
                Ends::Closed => open.close().await,
                Ends::Crashed => open.crash(),
            }
        }
        let open = street.open(Shop::default()).await;
        assert_eq!(times(&open.client).await, [5_000, 5_000, 5_000, 6_000, 6_000], "{ends:?}");
        let info = open.client.sales.partition_info(TaskId(0)).unwrap();
        assert_eq!(info.first_time, Some(Timestamp(5_000)));
        assert_eq!(info.last_time, Some(Timestamp(6_000)));
    }
}

/// Sells one after the other, 10 apart, the first at 2,000, and some of them at the same time.
async fn sell_over_time(street: &Street, sales: std::ops::Range<i64>) {
    let open = street.open(Shop::default()).await;
    for number in sales {
        open.wait_until(2_000 + 10 * u64::try_from(number / 3).unwrap());
        open.client.sales.append(Sale::with_notes(number, 3_000)).await.unwrap();
    }
    open.close().await;
}

async fn times_of_all(client: &crate::shop::Client) -> Vec<u64> {
    let (mut next, end) = client.range();
    let mut times = Vec::new();
    while next < end {
        let page = client.sales.read(TaskId(0), next..end).await.unwrap();
        times.extend(page.records.iter().map(|record| record.time.0));
        next = page.next.0;
    }
    times
}

#[tokio::test]
async fn offsets_are_found_by_time_in_the_store_and_before_a_checkpoint() {
    let mut street = Street::new();
    sell_over_time(&street, 0..150).await;
    street.set_clock(2_000);
    let open = street.open(Shop::default()).await;
    for number in 150..300 {
        open.wait_until(2_000 + 10 * u64::try_from(number / 3).unwrap());
        open.client.sales.append(Sale::with_notes(number, 3_000)).await.unwrap();
    }
    let times = times_of_all(&open.client).await;
    assert_eq!((times.len(), times[0], times[299]), (300, 2_000, 2_990));
    for time in (1_990..=3_010).step_by(5) {
        let expected = times.partition_point(|one| *one < time) as u64;
        assert_eq!(open.client.offset_at(time).await, expected, "at {time}");
    }
    open.close().await;
}

#[tokio::test]
async fn an_empty_partition_has_no_times() {
    let open = Street::new().open(Shop::default()).await;
    let info = open.client.sales.partition_info(TaskId(0)).unwrap();
    assert_eq!((info.first_time, info.last_time), (None, None));
    assert_eq!(open.client.offset_at(0).await, 0);
    open.client.sales.append_with(Sale::new(0), AckLevel::AppendAck).await.unwrap();
    assert_eq!(open.client.offset_at(1_000).await, 0);
    assert_eq!(open.client.offset_at(1_001).await, 1, "nothing is that young");
}
