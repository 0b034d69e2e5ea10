//! A record on which a topology fails, by an error, a panic, or on another task, fails alone: its append
//! says so, none of its writes is kept on any task, and every other record counts exactly once (B9, OP-29,
//! DP-24). The original fails the whole batch and keeps what was written before a hop (ST-03, C-39).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::{collections::BTreeMap, fmt};

use common::{failed, key_at, launch, launch_on};
use rama_core::prelude::*;
use tokio::task::JoinSet;

/// Where a transfer fails, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Fate {
    Good,
    ErrorAtSource,
    PanicAtSource,
    ErrorAtReceiver,
    PanicAtReceiver,
    ErrorInTotal,
    ErrorInAudit,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Transfer {
    from: i64,
    to: Vec<i64>,
    amount: i64,
    fate: Fate,
}

#[derive(Debug)]
struct Refused(Fate);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused by {:?}", self.0)
    }
}

impl std::error::Error for Refused {}

fn refuse(fate: Fate, at: Fate) -> Result<(), Refused> {
    if fate == at { Err(Refused(fate)) } else { Ok(()) }
}

defmodule! {
    Bank {
        depot *transfers: Transfer, hash_by(from);

        stream transfer {
            pstate $$sent: Map<i64, i64>;
            pstate $$received: Map<i64, i64>;
            pstate $$total: i64;

            sources! {
                source(*transfers) :> Transfer { from, to, amount, fate };
                local_transform([keypath(from), nil_to_val(0), term(|sum| sum + amount)], $$sent);
                refuse(fate, Fate::ErrorAtSource)?;
                assert!(fate != Fate::PanicAtSource, "the source trips");

                explode(to) :> receiver;
                |hash(receiver);
                local_transform([keypath(receiver), nil_to_val(0), term(|sum| sum + amount)], $$received);
                if receiver % 2 == 0 {
                    refuse(fate, Fate::ErrorAtReceiver)?;
                    assert!(fate != Fate::PanicAtReceiver, "the receiver trips");
                }

                |global();
                local_transform([nil_to_val(0), term(|sum| sum + amount)], $$total);
                refuse(fate, Fate::ErrorInTotal)?;
                ack_return(amount);
            }
        }

        stream audit {
            pstate $$audited: Map<i64, u64>;

            sources! {
                source(*transfers) :> Transfer { from, fate, .. };
                local_transform([keypath(from), nil_to_val(0), term(|count| count + 1)], $$audited);
                refuse(fate, Fate::ErrorInAudit)?;
            }
        }
    }
}

/// Everything that the PStates of the bank hold, on all tasks.
#[derive(Debug, Default, PartialEq)]
struct Books {
    sent: BTreeMap<i64, i64>,
    received: BTreeMap<i64, i64>,
    total: i64,
    audited: BTreeMap<i64, u64>,
}

impl Books {
    async fn read(client: &BankClient) -> Self {
        let BankPStates { sent, received, total, audited } = &client.pstate;
        Self {
            sent: sent.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            received: received
                .all_partitions()
                .select(path![ALL])
                .await
                .unwrap()
                .into_iter()
                .collect(),
            total: total.partition(TaskId(0)).select_one(path![nil_to_val(0)]).await.unwrap(),
            audited: audited
                .all_partitions()
                .select(path![ALL])
                .await
                .unwrap()
                .into_iter()
                .collect(),
        }
    }

    /// What a topology that fails does not see.
    fn add(&mut self, transfer: &Transfer) {
        let Transfer { from, to, amount, fate } = transfer;
        if matches!(fate, Fate::Good | Fate::ErrorInAudit) {
            *self.sent.entry(*from).or_default() += amount;
            for receiver in to {
                *self.received.entry(*receiver).or_default() += amount;
                self.total += amount;
            }
        }
        if *fate != Fate::ErrorInAudit {
            *self.audited.entry(*from).or_default() += 1;
        }
    }
}

fn transfer(from: i64, to: impl Into<Vec<i64>>, fate: Fate) -> Transfer {
    Transfer { from, to: to.into(), amount: 100 + from, fate }
}

/// One failing transfer between two good ones.
async fn check_fails_alone(fate: Fate, topology: &str, reason: &str) {
    let (ipc, client) = launch(Bank, 4).await;
    let transfers = &client.depot.transfers;
    let from = key_at(2, 4);
    let (before, after) = (transfer(from, [1, 2], Fate::Good), transfer(from, [2, 3], Fate::Good));
    let failing = transfer(from, [1, 2, 3, 5, 8], fate);
    let mut books = Books::default();
    [&before, &failing, &after].into_iter().for_each(|transfer| books.add(transfer));

    transfers.append(before.clone()).await.unwrap();
    let (depot, by, said) = failed(transfers.append(failing.clone()).await);
    assert_eq!((depot, by), ("transfers", topology));
    assert!(said.contains(reason), "{said}");
    transfers.append(after.clone()).await.unwrap();

    assert_eq!(Books::read(&client).await, books, "{fate:?}");
    let records = transfers.read_all(TaskId(2), 0..3).await.unwrap();
    assert_eq!(records, [before, failing, after], "the depot has all of them");
    ipc.update(Bank).await.unwrap();
    assert_eq!(Books::read(&client).await, books, "{fate:?}: it is not run again by a restart");
}

#[tokio::test]
async fn an_error_fails_its_record_only() {
    check_fails_alone(
        Fate::ErrorAtSource,
        "transfer",
        "refused by ErrorAtSource (in `source(*transfers)`)",
    )
    .await;
}

#[tokio::test]
async fn a_panic_fails_its_record_only() {
    check_fails_alone(
        Fate::PanicAtSource,
        "transfer",
        "panic: the source trips (in `source(*transfers)`)",
    )
    .await;
}

#[tokio::test]
async fn a_failure_on_another_task_undoes_the_whole_record() {
    let at = "refused by ErrorAtReceiver (in `after |hash(receiver)`)";
    check_fails_alone(Fate::ErrorAtReceiver, "transfer", at).await;
    check_fails_alone(Fate::PanicAtReceiver, "transfer", "panic: the receiver trips").await;
    check_fails_alone(Fate::ErrorInTotal, "transfer", "refused by ErrorInTotal").await;
}

#[tokio::test]
async fn a_topology_that_fails_does_not_fail_the_other_one_that_reads_the_depot() {
    check_fails_alone(Fate::ErrorInAudit, "audit", "refused by ErrorInAudit").await;
}

#[tokio::test]
async fn who_waits_for_durability_only_is_not_told_of_failures() {
    let (_ipc, client) = launch(Bank, 4).await;
    let failing = transfer(1, [2], Fate::ErrorAtReceiver);
    let acked = client.depot.transfers.append_with(failing, AckLevel::AppendAck).await.unwrap();
    assert!(acked.place().is_some());
    let none = transfer(1, [2], Fate::PanicAtReceiver);
    client.depot.transfers.append_with(none, AckLevel::None).await.unwrap();
    client.depot.transfers.append(transfer(1, [2], Fate::Good)).await.unwrap();
    let books = Books::read(&client).await;
    assert_eq!((books.total, books.audited[&1]), (101, 3));
}

#[tokio::test]
async fn append_all_answers_everything_and_gives_the_first_failure() {
    let (_ipc, client) = launch(Bank, 4).await;
    let fate = |number| match number {
        30 => Fate::ErrorAtReceiver,
        60 => Fate::ErrorAtSource,
        _ => Fate::Good,
    };
    let many = (0..100).map(|number| transfer(7, [number, number + 1], fate(number)));
    let (.., reason) = failed(client.depot.transfers.append_all(many, AckLevel::Ack).await);
    assert!(reason.contains("ErrorAtReceiver"), "the first one: {reason}");
    assert_eq!(Books::read(&client).await.total, 98 * 2 * 107);
}

/// Appends thousands of records at once; one in `one_in` fails, each in another way. Every one has its
/// own answer.
async fn check_many(tasks: u32, threads: u32, one_in: i64) {
    const FATES: [Fate; 4] =
        [Fate::ErrorAtSource, Fate::ErrorAtReceiver, Fate::ErrorInTotal, Fate::ErrorInAudit];
    let (ipc, client) = launch_on(Bank, tasks, threads).await;
    let mut books = Books::default();
    let mut appends = JoinSet::new();
    for number in 0..3_000 {
        let (turn, rest) = (number / one_in, number % one_in);
        let fate = if rest == 3 { FATES[turn as usize % 4] } else { Fate::Good };
        let transfer = transfer(number % 50, [number, number + 17, number + 40], fate);
        books.add(&transfer);
        let transfers = client.depot.transfers.clone();
        appends.spawn(async move { (fate, transfers.append(transfer).await) });
    }
    while let Some(answered) = appends.join_next().await {
        match answered.unwrap() {
            (Fate::Good, answer) => assert!(answer.is_ok(), "{answer:?}"),
            (fate, answer) => {
                let (.., reason) = failed(answer);
                assert!(reason.contains(&format!("{fate:?}")), "{reason}");
            }
        }
    }
    assert_eq!(Books::read(&client).await, books);
    ipc.update(Bank).await.unwrap();
    assert_eq!(Books::read(&client).await, books, "after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_failing_records_among_thousands_leave_no_trace() {
    check_many(4, 1, 37).await;
    check_many(4, 2, 37).await;
    check_many(8, 4, 4).await;
}
