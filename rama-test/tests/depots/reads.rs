//! Clients read ranges of records, page by page (DP-50 to DP-53).

use rama_core::{error::ReadError, id::Offset, prelude::*};

use crate::shop::{Sale, Shop, Street};

#[tokio::test]
async fn a_large_range_is_read_in_pages_that_say_how_far_they_go() {
    for restarts in [false, true] {
        let street = Street::new();
        let mut open = street.open(Shop::default()).await;
        let sales = (0..100).map(|number| Sale::with_notes(number, 10_000));
        open.client.sales.append_all(sales, AckLevel::AppendAck).await.unwrap();
        if restarts {
            open.close().await;
            open = street.open(Shop::default()).await;
        }
        let depot = &open.client.sales;
        let (mut next, mut pages, mut numbers) = (3, 0, Vec::new());
        while next < 98 {
            let page = depot.read(TaskId(0), next..98).await.unwrap();
            assert_eq!(page.records[0].offset, Offset(next));
            assert_eq!(page.next, page.records.last().unwrap().offset.next());
            let bytes: usize = page.records.iter().map(|record| record.event.notes.len()).sum();
            assert!(bytes <= 256 * 1024, "{bytes}");
            numbers.extend(page.records.iter().map(|record| record.event.number));
            next = page.next.0;
            pages += 1;
        }
        assert_eq!(numbers, (3..98).collect::<Vec<_>>());
        assert_eq!(pages, 4, "of 26 records each");
        let all = depot.read_all(TaskId(0), 3..98).await.unwrap();
        assert!(all.iter().map(|sale| sale.number).eq(3..98));
    }
}

#[tokio::test]
async fn a_record_beyond_the_size_of_a_page_is_a_page() {
    let open = Street::new().open(Shop::default()).await;
    let depot = &open.client.sales;
    let sales = (0..3).map(|number| Sale::with_notes(number, 300_000));
    depot.append_all(sales, AckLevel::AppendAck).await.unwrap();
    let page = depot.read(TaskId(0), 1..3).await.unwrap();
    assert_eq!((page.records.len(), page.next), (1, Offset(2)));
    let none = depot.read(TaskId(0), 2..2).await.unwrap();
    assert_eq!((none.records.len(), none.next), (0, Offset(2)));
    assert!(matches!(depot.read(TaskId(0), 2..4).await, Err(ReadError::Offsets { end: 3, .. })));
}

#[tokio::test]
async fn a_depot_says_what_it_is() {
    let street = Street { tasks: 3, ..Street::new() };
    let open = street.open(Shop::default()).await;
    let info = open.client.sales.info().unwrap();
    assert_eq!((info.module, info.name, info.partitions), ("Shop", "sales", 3));
    open.close().await;
}
