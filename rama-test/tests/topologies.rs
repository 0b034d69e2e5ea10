//! Several sources and several topologies: every source of every topology runs for each record of its
//! depot (OP-01, ST-12, DP-84), an append waits for all of them (DP-20), and a topology sees of the PStates
//! of another one what is committed and nothing else (C-11, C-12, C-36).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{failed, key_at, launch};
use rama_core::{error::AppendError, prelude::*};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sale {
    shop: i64,
    cents: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Refund {
    shop: i64,
    cents: i64,
    fails: bool,
}

fn check(fails: bool) -> Result<(), AppendError> {
    if fails { Err(AppendError::Disallowed { depot: "any error will do" }) } else { Ok(()) }
}

defmodule! {
    Shops {
        depot *sales: Sale, hash_by(shop);
        depot *refunds: Refund, hash_by(|refund| refund.shop);

        stream turnover {
            pstate $$turnover: Map<i64, i64>;
            pstate $$events: Map<i64, u64>;

            sources! {
                source(*sales) :> Sale { shop, cents };
                local_transform([keypath(shop), nil_to_val(0), term(|sum| sum + cents)], $$turnover);
                let sign = "not seen below";
                ack_return(sign);

                // The variables of a source are its own.
                source(*refunds) :> Refund { shop, cents: sum, .. };
                let sign = -1;
                local_transform([keypath(shop), nil_to_val(0), term(|before| before + sign * sum)], $$turnover);

                source(*refunds) :> refund;
                local_transform([keypath(refund.shop), nil_to_val(0), term(|count| count + 1)], $$events);
                check(refund.fails)?;
            }
            sources! {
                source(*sales) :> sale;
                |global();
                |hash(sale.shop);
                local_transform([keypath(sale.shop), nil_to_val(0), term(|count| count + 1)], $$events);
            }
        }

        stream largest {
            pstate $$largest: Map<i64, i64>;

            sources! {
                source(*sales) :> Sale { shop, cents };
                local_select([keypath(shop)], $$largest) :> before;
                filter(before.is_none_or(|before| cents > before));
                local_transform([keypath(shop), termval(cents)], $$largest);
                ack_return("a new record");
            }
        }
    }
}

fn sales() -> Vec<Sale> {
    (0..200).map(|number: i64| Sale { shop: number % 7, cents: number * 37 % 101 }).collect()
}

fn refunds() -> Vec<Refund> {
    let refund = |number: i64| Refund { shop: number % 5, cents: number, fails: false };
    (0..90).map(refund).collect()
}

#[tokio::test]
async fn every_source_of_every_topology_runs_for_each_record_of_its_depot() {
    for tasks in [1, 2, 8] {
        let (_ipc, client) = launch(Shops, tasks).await;
        let mut turnover = BTreeMap::<i64, i64>::new();
        let mut events = BTreeMap::<i64, u64>::new();
        let mut largest = BTreeMap::<i64, i64>::new();
        for Sale { shop, cents } in sales() {
            *turnover.entry(shop).or_default() += cents;
            *events.entry(shop).or_default() += 1;
            let most = largest.entry(shop).or_insert(cents);
            *most = cents.max(*most);
        }
        for Refund { shop, cents, .. } in refunds() {
            *turnover.entry(shop).or_default() -= cents;
            *events.entry(shop).or_default() += 1;
        }
        let (sold, refunded) = tokio::join!(
            client.depot.sales.append_all(sales(), AckLevel::Ack),
            client.depot.refunds.append_all(refunds(), AckLevel::Ack),
        );
        sold.unwrap();
        refunded.unwrap();
        let ShopsPStates { turnover: found, events: counted, largest: most } = &client.pstate;
        let found = found.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), turnover, "{tasks} tasks");
        let counted = counted.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(counted.into_iter().collect::<BTreeMap<_, _>>(), events, "{tasks} tasks");
        let most = most.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(most.into_iter().collect::<BTreeMap<_, _>>(), largest, "{tasks} tasks");
    }
}

#[tokio::test]
async fn a_record_that_fails_in_one_source_of_a_topology_has_no_effect_in_the_others() {
    let (_ipc, client) = launch(Shops, 2).await;
    let refund = |fails| client.depot.refunds.append(Refund { shop: 3, cents: 10, fails });
    refund(false).await.unwrap();
    let (depot, topology, _) = failed(refund(true).await);
    assert_eq!((depot, topology), ("refunds", "turnover"));
    let turnover = client.pstate.turnover.select_one(path![keypath(3)]).await.unwrap();
    let events = client.pstate.events.select_one(path![keypath(3)]).await.unwrap();
    assert_eq!((turnover, events), (Some(-10), Some(1)));
}

#[tokio::test]
async fn an_acknowledgement_waits_for_every_topology_and_brings_what_each_returned() {
    let (_ipc, client) = launch(Shops, 4).await;
    for (cents, record) in [(5, true), (3, false), (8, true)] {
        let acked = client.depot.sales.append(Sale { shop: 1, cents }).await.unwrap();
        let said: Option<String> = acked.get("largest").unwrap();
        assert_eq!(said.is_some(), record, "{cents}");
        assert_eq!(acked.get::<String>("turnover").unwrap().unwrap(), "not seen below");
    }
    let events = client.pstate.events.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(events, Some(3), "also the source that hops twice is done");
}

defmodule! {
    Watching {
        depot *ticks: i64, hash_by(|key| *key);

        // Reads after the writer ran, and searches. What another topology owns may be declared further down.
        stream reader {
            pstate $$late: Map<i64, List<u64>>;
            pstate $$searched: Map<i64, List<u64>>;

            sources! {
                source(*ticks) :> key;
                local_select([keypath(key), nil_to_val(0)], $$counts) :> count;
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(count))], $$late);
                local_select([ALL], $$counts) :> (row, count);
                filter(row == key);
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(count))], $$searched);
            }
        }

        stream writer {
            pstate $$counts: Map<i64, u64>;
            pstate $$own: Map<i64, List<u64>>;

            sources! {
                source(*ticks) :> key;
                local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$counts);
                local_select([keypath(key), nil_to_val(0)], $$counts) :> count;
                local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(count))], $$own);
            }
        }
    }
}

/// What the topologies saw of the count, by record.
async fn seen(client: &WatchingClient, key: i64) -> [Vec<u64>; 3] {
    let WatchingPStates { own, late, searched, .. } = &client.pstate;
    let mut seen = [const { Vec::new() }; 3];
    for (seen, pstate) in seen.iter_mut().zip([own, late, searched]) {
        *seen = pstate.select_one(path![keypath(key), nil_to_val(Vec::new())]).await.unwrap();
    }
    seen
}

#[tokio::test]
async fn the_owner_reads_its_own_writes_and_others_what_is_committed() {
    let (_ipc, client) = launch(Watching, 4).await;
    for _ in 0..20 {
        client.depot.ticks.append(5).await.unwrap();
    }
    let [own, late, searched] = seen(&client, 5).await;
    let before: Vec<u64> = (0..20).collect();
    assert_eq!(own, (1..=20).collect::<Vec<u64>>());
    assert_eq!(late, before, "the write of the same record is not committed yet");
    assert_eq!(searched, before[1..], "nothing is found before the first commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_see_under_load_is_committed_and_never_goes_back() {
    let (_ipc, client) = launch(Watching, 4).await;
    let keys = [0, 1, 2, 3].map(|task| key_at(task, 4));
    let ticks = (0..8_000).map(|number: usize| keys[number % keys.len()]);
    client.depot.ticks.append_all(ticks, AckLevel::Ack).await.unwrap();
    for key in keys {
        let [own, late, searched] = seen(&client, key).await;
        assert_eq!(own, (1..=2_000).collect::<Vec<u64>>());
        assert!(searched.len() < 2_000 && late.ends_with(&searched), "both read the same");
        assert_eq!(late.len(), 2_000);
        assert!(late.is_sorted(), "it never goes back");
        let own = (0..).zip(&late).find(|(record, count)| record < *count);
        assert_eq!(own, None, "a record sees at most what came before it");
    }
}
