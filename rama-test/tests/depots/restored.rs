//! Data of which a part is older than the rest, as after a restored backup: topologies behind their depot go on from where
//! they are (C14), and those in front of it are refused (C15).

use std::sync::Arc;

use rama_core::{
    codec::encode_value,
    disk::Disk,
    id::Offset,
    store::{BatchTable, Store, StoreError},
};

use crate::shop::{READERS, Sale, Shop, Street};

/// A street with sales 0 to 9, all of them read.
async fn sold() -> Street {
    let street = Street::new();
    let open = street.open(shop()).await;
    open.client.sell(0..10).await;
    open.close().await;
    street
}

fn shop() -> Shop {
    Shop { readers: vec![(READERS[0], vec![Default::default()])], ..Shop::default() }
}

impl Street {
    /// Changes the store while nobody uses it.
    fn tamper(
        &self,
        table: &str,
        change: impl FnOnce(&mut BatchTable<'_>) -> Result<(), StoreError>,
    ) {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let store = Store::open(disk, "store.redb").unwrap();
        let mut batch = store.batch().unwrap();
        batch.table(table, change).unwrap();
        batch.commit().unwrap();
    }

    fn put(&self, table: &str, key: &str, value: &impl serde::Serialize) {
        let mut encoded = Vec::new();
        encode_value(value, &mut encoded).unwrap();
        self.tamper(table, |rows| rows.put(key.as_bytes(), &encoded));
    }
}

#[tokio::test]
async fn a_topology_that_is_older_than_its_depot_goes_on_from_there() {
    let street = sold().await;
    street.put("progress", "first/sales/0", &Offset(4));
    street.tamper("pstate:first", |rows| rows.delete_range(&[], &[0xff; 16]));
    let open = street.open(shop()).await;
    open.client.sell([10]).await;
    assert_eq!(open.client.read(READERS[0]).await, (4..11).collect::<Vec<_>>());
    open.close().await;
}

#[tokio::test]
async fn a_topology_that_is_newer_than_its_depot_is_refused_with_both_numbers() {
    let street = sold().await;
    street.put("ends", "sales/0", &(Offset(3), 1_000_u64));
    for _ in 0..2 {
        let refused = street.try_open(shop()).await.err().unwrap().to_string();
        assert!(refused.contains("`*sales` of task 0 ends at offset 3"), "{refused}");
        assert!(refused.contains("processed it up to 10"), "{refused}");
    }
    street.put("ends", "sales/0", &(Offset(10), 1_000_u64));
    let open = street.open(shop()).await;
    open.client.sell([10]).await;
    assert_eq!(open.client.read(READERS[0]).await, (0..11).collect::<Vec<_>>(), "untouched");
    open.close().await;
}

#[tokio::test]
async fn a_parked_record_that_the_depot_does_not_have_is_refused() {
    let street = sold().await;
    let key = [b"first/sales/0/".as_slice(), &12_u64.to_be_bytes()].concat();
    let mut offset = Vec::new();
    encode_value(&(Offset(12), 0_u32), &mut offset).unwrap();
    street.tamper("parked", |rows| rows.put(&key, &offset));
    let refused = street.try_open(shop()).await.err().unwrap().to_string();
    assert!(refused.contains("ends at offset 10") && refused.contains("up to 13"), "{refused}");
}

#[tokio::test]
async fn a_record_that_is_missing_in_the_store_is_not_passed_over() {
    let street = Street::new();
    let open = street.open(shop()).await;
    // Ten of them fill a block, when they come one by one.
    for number in 0..30 {
        open.client.sales.append(Sale::with_notes(number, 3_300)).await.unwrap();
    }
    open.close().await;
    let block = [0_u32.to_be_bytes().as_slice(), &20_u64.to_be_bytes()].concat();
    street.tamper("depot:sales", |rows| rows.delete(&block));
    let open = street.open(shop()).await;
    let depot = &open.client.sales;
    let task = rama_core::id::TaskId(0);
    for range in [0..30, 10..30, 15..16] {
        assert!(depot.read_all(task, range.clone()).await.is_err(), "{range:?}");
    }
    assert_eq!(depot.read_all(task, 20..30).await.unwrap().len(), 10);
    assert_eq!(depot.read_all(task, 0..10).await.unwrap().len(), 10);
    open.close().await;
}
