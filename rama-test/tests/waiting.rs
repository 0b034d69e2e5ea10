//! Flow that waits: futures and appends, written in the language (OP-33, OP-36, DP-40 to DP-43). How the runtime parks
//! trees is tested by hand in `parking` and `topology_appends`.

mod common;

use std::{sync::Arc, time::Duration};

use common::{failed, key_at, launch};
use rama_core::{error::EventError, prelude::*};

const TASKS: u32 = 4;

/// A client of another system: shared, and nothing that could be written down.
#[derive(Debug)]
struct Service(i64);

/// A call to another system, that comes back later than those who wait for nothing.
async fn doubled(number: i64) -> Result<i64, String> {
    tokio::task::yield_now().await;
    if number < 0 { Err(format!("{number} is too small")) } else { Ok(2 * number) }
}

async fn never() -> i64 {
    std::future::pending().await
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Question {
    id: i64,
    number: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Patience {
    id: i64,
    millis: u64,
}

defmodule! {
    Futures {
        depot *questions: Question, hash_by(id);
        depot *patience: Patience, hash_by(id);

        /// Waits wherever it is called, and emits to its caller on the task of the key.
        op twice(number: i64, key: i64) :> result: i64 {
            |hash(key);
            await_future(doubled(number)) :> result;
            emit(result.map_err(EventError::new)?);
        }

        stream answers {
            pstate $$answers: Map<i64, Vec<String>>;

            sources! {
                source(*questions) :> Question { id, number };
                let mut steps = "begun".to_owned();
                steps += " asked";
                if number % 2 == 0 {
                    await_future(doubled(number), timeout: Duration::from_secs(60)) :> result;
                    steps += " even";
                    let value = result.map_err(EventError::new)?;
                } else {
                    steps += " odd";
                    let value = number;
                }
                // Each iteration waits for its own future, where the one before has left off.
                loop (i = 0_i64, sum = value) {
                    if i == 3 {
                        emit(sum);
                    } else {
                        await_future(doubled(i)) :> result;
                        let next = result.map_err(EventError::new)?;
                        continue_with(i + 1, sum + next);
                    }
                } :> sum;
                branch {
                    await_future(async move { format!("beside {id}") }) :> line;
                    local_transform([keypath(id), nil_to_val(Vec::new()), update(|all| all.push(line))], $$answers);
                }
                atomic {
                    explode([1, 2]) :> part;
                    await_future(async move { part }) :> part;
                    local_transform(
                        [keypath(id), nil_to_val(Vec::new()), update(|all| all.push(format!("part {part}")))],
                        $$answers
                    );
                }
                twice(sum, id) :> twofold;
                steps += " done";
                let line = format!("{number}: {value} {sum} {twofold} {steps}");
                local_transform([keypath(id), nil_to_val(Vec::new()), update(|all| all.push(line))], $$answers);
                ack_return(twofold);

                source(*patience) :> Patience { id, millis };
                let service = Arc::new(Service(id));
                await_future(tokio::task::yield_now()) :> ();
                if millis == 0 {
                    ack_return(service.0);
                } else {
                    await_future(never(), timeout: Duration::from_millis(millis)) :> number;
                    local_transform(
                        [keypath(id), nil_to_val(Vec::new()), update(|all| all.push(number.to_string()))],
                        $$answers
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_future_may_stand_in_every_construct() -> Result<()> {
    let (_ipc, client) = launch(Futures, TASKS).await;
    for (task, number) in (0..TASKS).zip([4, 5, 0, 1]) {
        let id = key_at(task, TASKS);
        let acked = client.depot.questions.append(Question { id, number }).await?;
        let value = if number % 2 == 0 { 2 * number } else { number };
        let (sum, kind) = (value + 6, if number % 2 == 0 { "even" } else { "odd" });
        assert_eq!(acked.get("answers")?, Some(2 * sum), "when all is done, not before");
        let mut lines =
            client.pstate.answers.select_one(path![must(id)]).await?.unwrap_or_default();
        let line = format!("{number}: {value} {sum} {} begun asked {kind} done", 2 * sum);
        lines.sort();
        assert_eq!(lines, [line, format!("beside {id}"), "part 1".to_owned(), "part 2".to_owned()]);
    }
    Ok(())
}

#[tokio::test]
async fn an_error_behind_a_future_fails_the_record_and_so_does_a_timeout() -> Result<()> {
    let (_ipc, client) = launch(Futures, TASKS).await;
    let id = key_at(1, TASKS);
    let (depot, topology, reason) =
        failed(client.depot.questions.append(Question { id, number: -2 }).await);
    assert_eq!((depot, topology), ("questions", "answers"));
    assert!(reason.contains("-2 is too small"), "{reason}");
    let (.., reason) = failed(client.depot.patience.append(Patience { id, millis: 1 }).await);
    assert!(reason.contains("took longer than 1ms"), "{reason}");
    assert!(reason.contains("await_future"), "it names the statement: {reason}");
    assert_eq!(client.pstate.answers.select_one(path![must(id)]).await?, None);
    client.depot.questions.append(Question { id, number: 3 }).await?;
    Ok(())
}

#[tokio::test]
async fn what_waits_need_not_be_serialisable() -> Result<()> {
    let (_ipc, client) = launch(Futures, TASKS).await;
    let acked = client.depot.patience.append(Patience { id: 7, millis: 0 }).await?;
    assert_eq!(acked.get("answers")?, Some(7_i64));
    Ok(())
}

/// An order of several parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    customer: i64,
    shops: Vec<i64>,
    wait: Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Wait {
    No,
    Durable,
    Done,
    /// Appends without going where the record belongs.
    Astray,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    shop: i64,
    customer: i64,
}

defmodule! {
    Shops {
        depot *orders: Order, hash_by(customer);
        depot *parts: Part, hash_by(shop);

        stream orders {
            pstate $$ordered: Map<i64, i64>;

            sources! {
                source(*orders) :> Order { customer, shops, wait };
                local_transform([keypath(customer), nil_to_val(0), term(|n| n + 1)], $$ordered);
                explode(shops) :> shop;
                let part = Part { shop, customer };
                match wait {
                    Wait::No => {
                        |hash(shop);
                        depot_append(*parts, part);
                    }
                    Wait::Durable => {
                        |hash(shop);
                        depot_append(*parts, part, append_ack);
                        |hash(customer);
                        local_transform([keypath(customer), nil_to_val(0), term(|n| n + 100)], $$ordered);
                    }
                    Wait::Done => {
                        |hash(shop);
                        depot_append(*parts, part, ack);
                        filter(shop >= 0);
                        |hash(customer);
                        local_transform([keypath(customer), nil_to_val(0), term(|n| n + 100)], $$ordered);
                    }
                    Wait::Astray => depot_append(*parts, part),
                }
            }
        }

        stream shops {
            pstate $$sold: Map<i64, Vec<i64>>;

            sources! {
                source(*parts) :> Part { shop, customer };
                if customer == i64::MAX {
                    return Err(EventError::new("nobody orders that"));
                }
                local_transform([keypath(shop), nil_to_val(Vec::new()), update(|sold| sold.push(customer))], $$sold);
            }
        }
    }
}

/// Customers and shops on two tasks.
fn places() -> (i64, Vec<i64>) {
    (key_at(0, TASKS), vec![key_at(1, TASKS), key_at(2, TASKS)])
}

#[tokio::test]
async fn a_topology_goes_on_when_what_it_appended_is_done() -> Result<()> {
    let (_ipc, client) = launch(Shops, TASKS).await;
    let (customer, shops) = places();
    for (turn, wait) in (1..).zip([Wait::Durable, Wait::Done]) {
        let order = Order { customer, shops: shops.clone(), wait };
        client.depot.orders.append(order).await?;
        let ordered = client.pstate.ordered.select_one(path![must(customer)]).await?;
        assert_eq!(ordered, Some(turn * 201), "once for the order, and for each of its parts");
        for shop in &shops {
            let parts =
                client.depot.parts.read_all(common::home(*shop, TASKS), 0..turn as u64).await?;
            assert!(parts.iter().all(|part| *part == Part { shop: *shop, customer }), "{parts:?}");
            let sold = client.pstate.sold.select_one(path![must(*shop)]).await?.unwrap_or_default();
            if wait == Wait::Done {
                assert_eq!(sold, [customer, customer], "done means processed");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_appended_without_waiting_is_processed_once() -> Result<()> {
    let (_ipc, client) = launch(Shops, TASKS).await;
    let (customer, shops) = places();
    for wait in [Wait::No, Wait::No, Wait::Done] {
        client.depot.orders.append(Order { customer, shops: shops.clone(), wait }).await?;
    }
    for shop in shops {
        // The last one waited, and what stands before it in the partition ran before it.
        let sold = client.pstate.sold.select_one(path![must(shop)]).await?;
        assert_eq!(sold, Some(vec![customer; 3]));
    }
    Ok(())
}

#[tokio::test]
async fn who_waits_for_a_record_fails_with_it_and_an_append_away_from_home_fails() -> Result<()> {
    let (_ipc, client) = launch(Shops, TASKS).await;
    let (customer, shops) = places();
    let order = Order { customer: i64::MAX, shops: shops.clone(), wait: Wait::Done };
    let (depot, topology, reason) = failed(client.depot.orders.append(order).await);
    assert_eq!((depot, topology), ("orders", "orders"));
    assert!(reason.contains("nobody orders that") && reason.contains("shops"), "{reason}");
    let order = Order { customer, shops, wait: Wait::Astray };
    let (.., reason) = failed(client.depot.orders.append(order).await);
    assert!(reason.contains("depot `*parts`: the record is at home on task 1"), "{reason}");
    assert!(reason.contains("`|hash(..)`"), "it says what to do: {reason}");
    Ok(())
}
