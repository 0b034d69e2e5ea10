//! Options of depots as modules declare them.

use std::time::Duration;

use rama_core::{
    clock::{Clock, ManualClock},
    prelude::*,
};
use rama_test::InProcessCluster;

use crate::common::config;

fn keeps() -> u64 {
    5
}

defmodule! {
    Kiosk {
        depot *papers: u64, random { max_entries: keeps(), excess: 0.0, coordinate: true };
        depot *orders: u64, global { keys: 2, key_age: Duration::from_secs(1) }
        depot *plain: u64, random;

        stream read {
            pstate $$sum: u64;

            sources! {
                source(*papers) :> number;
                local_transform([nil_to_val(0), term(|sum| sum + number)], $$sum);
            }
        }
    }
}

#[tokio::test]
async fn a_module_declares_what_its_depots_keep_and_remember() {
    let clock = std::sync::Arc::new(ManualClock::default());
    let seen: std::sync::Arc<dyn Clock> = std::sync::Arc::clone(&clock) as _;
    let ipc = InProcessCluster::create().await.unwrap().with_clock(seen);
    let client = ipc.launch(Kiosk, config(1, 1)).await.unwrap();
    let KioskDepots { papers, orders, plain } = client.depot;
    papers.append_all(0..20, AckLevel::Ack).await.unwrap();
    plain.append_all(0..20, AckLevel::Ack).await.unwrap();
    for key in ["a", "b", "b", "c", "a"] {
        orders.append_once(key, 7).await.unwrap();
    }
    assert_eq!(orders.partition_info(TaskId(0)).unwrap().end.0, 4, "two keys are remembered");
    clock.advance(Duration::from_secs(1));
    orders.append_once("a", 7).await.unwrap();
    assert_eq!(orders.partition_info(TaskId(0)).unwrap().end.0, 5, "for a second");
    ipc.update(Kiosk).await.unwrap();
    let kept = |info: rama_core::client::PartitionInfo| (info.start.0, info.end.0);
    assert_eq!(kept(papers.partition_info(TaskId(0)).unwrap()), (15, 20));
    assert_eq!(kept(plain.partition_info(TaskId(0)).unwrap()), (0, 20));
    let sum = client.pstate.sum.partition(TaskId(0));
    assert_eq!(sum.select_one(path![nil_to_val(0)]).await.unwrap(), 190);
}
