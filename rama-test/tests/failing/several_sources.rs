//! A topology reads one depot several times: sources with an id go on by themselves, each with its own progress and its
//! own retries (DP-84).

use rama_core::{error::LetterError, prelude::*};

use crate::{
    outside::until,
    shop::{Record, Test, attempt_of, refuse},
};

mod first {
    use super::*;

    defmodule! {
        pub(crate) Twice {
            depot *records: Record, hash_by(key);

            stream work {
                pstate $$counts: Map<i64, u64>;
                pstate $$done: Map<i64, Vec<u64>>;

                sources! {
                    source(*records) :> Record { key, .. };
                    local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$counts);

                    source(*records, id: "slow", retry: all_after, attempts: 3) :> Record { run, key, id, fails };
                    let attempt = attempt_of(run, id);
                    local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
                    refuse(fails, attempt)?;
                    ack_return(attempt);
                }
            }
        }
    }
}

/// The same module, written in another order.
mod second {
    use super::*;

    defmodule! {
        pub(crate) Twice {
            depot *others: i64, random;
            depot *records: Record, hash_by(key);

            stream before {
                sources! {
                    source(*others, id: "slow") :> number;
                    ack_return(number);
                }
            }

            stream work {
                pstate $$counts: Map<i64, u64>;
                pstate $$done: Map<i64, Vec<u64>>;

                sources! {
                    source(*records, id: "slow") :> Record { run, key, id, .. };
                    attempt_of(run, id) :> _;
                    local_transform([keypath(key), nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);

                    source(*records) :> Record { key, .. };
                    local_transform([keypath(key), nil_to_val(0), term(|count| count + 1)], $$counts);
                }
            }
        }
    }
}

macro_rules! state {
    ($client:expr) => {{
        let counts = $client.pstate.counts.select_one(path![keypath(1), nil_to_val(0)]).await;
        let done = $client.pstate.done.select_one(path![keypath(1), nil_to_val(Vec::new())]).await;
        (counts.unwrap(), done.unwrap())
    }};
}

#[tokio::test]
async fn a_source_with_an_id_goes_on_by_itself() {
    let test = Test::new(first::Twice, 2).await;
    for (id, fails) in [(1, 0), (2, 2), (4, 0)] {
        let record = test.record(1, id, fails);
        test.client.depot.records.append_with(record, AckLevel::AppendAck).await.unwrap();
    }
    until("one goes on, and one waits", async || state!(test.client) == (3, vec![1])).await;
    let client = test.ipc.update(second::Twice).await.unwrap();
    until("it goes on where it was", async || state!(client) == (3, vec![1, 2, 4])).await;
    client.depot.others.append(7).await.unwrap();
    client.depot.records.append(test.record(1, 8, 0)).await.unwrap();
    assert_eq!(state!(client), (4, vec![1, 2, 4, 8]), "each record once in each");
}

#[tokio::test]
async fn dead_letters_of_all_sources_are_those_of_the_topology() {
    let test = Test::new(first::Twice, 1).await;
    for id in 1..=3 {
        let record = test.record(1, id, 1_000);
        test.client.depot.records.append_with(record, AckLevel::AppendAck).await.unwrap();
    }
    let work = &test.client.stream.work;
    until("all are given up", async || {
        test.pass();
        work.dead_letters(None, 10).await.unwrap().len() == 3
    })
    .await;
    assert_eq!(state!(test.client), (3, vec![]));
    let letter = work.dead_letters(None, 1).await.unwrap().remove(0);
    assert_eq!(letter.topology, "work#slow");
    let (replays, replayed) = (work.clone(), letter.clone());
    let replay = tokio::spawn(async move { replays.replay(&replayed).await });
    until("it has failed again", async || {
        test.pass();
        replay.is_finished()
    })
    .await;
    assert!(matches!(replay.await.unwrap(), Err(LetterError::FailedAgain { .. })));
    work.discard(&letter).await.unwrap();
    assert_eq!(state!(test.client), (3, vec![]), "only the source that gave it up ran it");
    assert_eq!(work.dead_letters(None, 10).await.unwrap().len(), 2);
}
