//! Moves that look at a PState, and those that a program decides: `select` goes to the home of its key (PT-10, OP-30),
//! `|hash` and `|path` to where a PState has a key (PT-02, PT-08), `|custom` where a function says (PT-09), `|origin`
//! back (PT-07), and `assume_home` checks what the compiler cannot know.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};

use common::{config, failed, key_at, launch};
use rama_core::{depot::AckReturns, prelude::*};
use rama_test::InProcessCluster;

const TASKS: u32 = 4;

/// What a record asks for, at the home of `from`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Ask {
    from: i64,
    key: i64,
    way: Way,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Way {
    Write,
    Select,
    Computed,
    Literal,
    Digits,
    Global,
    Many,
    Chain,
    Words(String),
    HashIn,
    Path,
    Custom,
    CustomIn,
    TooFar,
    Origin,
    Assume,
}

/// Keys are at home where their last digit says.
fn by_digit(key: &i64, tasks: u32) -> u32 {
    u32::try_from(key % 10).expect("keys are not negative") % tasks
}

static COMPUTED: AtomicU64 = AtomicU64::new(0);

/// Counts how often it is called.
fn computed(key: i64) -> i64 {
    COMPUTED.fetch_add(1, Ordering::Relaxed);
    key
}

defmodule! {
    Moves {
        depot *asks: Ask, hash_by(from);

        stream moves {
            pstate $$names: Map<i64, String>;
            pstate $$words: Map<String, Vec<i64>>;
            pstate $$digits: Map<i64, i64> { key_partitioner: by_digit };
            pstate $$total: Map<i64, i64> { global };
            pstate $$ran: u64 { initial: 0 };

            sources! {
                source(*asks) :> Ask { from, key, way };
                match way {
                    Way::Write => {
                        |hash(key);
                        local_transform([keypath(key), termval(format!("{key} of {from}"))], $$names);
                        |hash($$digits, key);
                        local_transform([keypath(key), termval(from)], $$digits);
                        |global($$total);
                        local_transform([keypath(key), termval(from)], $$total);
                        let text = format!("{key}");
                        |path([keypath(&text)], $$words);
                        local_transform([keypath(text), termval(vec![key, from])], $$words);
                    }
                    Way::Select => {
                        select([keypath(key)], $$names) :> name;
                        ack_return(name);
                    }
                    Way::Computed => {
                        select([keypath(computed(key))], $$names) :> name;
                        ack_return((name, from));
                    }
                    Way::Literal => {
                        select([7], $$names) :> number;
                        select(["7"], $$words) :> word;
                        ack_return((number, word));
                    }
                    Way::Digits => {
                        select([must(key)], $$digits) :> found;
                        local_transform([term(|n| n + 1)], $$ran);
                        ack_return(found);
                    }
                    Way::Global => {
                        select([keypath(key)], $$total) :> one;
                        select([subselect(MAP_KEYS)], $$total) :> all;
                        local_transform([term(|n| n + 1)], $$ran);
                        ack_return((one, all));
                    }
                    Way::Many => {
                        select([must(format!("{key}").as_str()), ALL], $$words) :> found;
                        select([must(found)], $$names) :> name;
                        local_transform([keypath(found), termval(name + "!")], $$names);
                    }
                    Way::Chain => {
                        select([must(key)], $$digits) :> next;
                        select([keypath(next)], $$digits) :> last;
                        ack_return((key, last));
                    }
                    Way::Words(word) => {
                        select([keypath(word.clone()), nil_to_val(vec![])], $$words) :> found;
                        select([keypath(&word), nil_to_val(vec![])], $$words) :> again;
                        filter(again == found);
                        ack_return((word, found));
                    }
                    Way::HashIn => {
                        |hash($$digits, key);
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::Path => {
                        |path([keypath(key + 1), nil_to_val(0)], $$digits);
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::Custom => {
                        |custom(|tasks| tasks - 1);
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::CustomIn => {
                        |custom($$digits, |tasks| key % i64::from(tasks));
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::TooFar => {
                        |custom(|tasks| tasks);
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::Origin => {
                        |all();
                        |origin();
                        local_transform([term(|n| n + 1)], $$ran);
                    }
                    Way::Assume => {
                        assume_home(key); // the assumption
                        local_transform([keypath(key), termval(format!("from {from}"))], $$names);
                    }
                }
            }
        }
    }
}

/// Appends a record at each of the tasks in turn; all but the first come from elsewhere.
async fn ask(client: &MovesClient, key: i64, way: Way) -> AckReturns {
    let from = key_at(u32::try_from(key).unwrap() % TASKS, TASKS);
    client.depot.asks.append(Ask { from, key, way }).await.unwrap()
}

/// A module with names and digits for keys from 0 on; the source of each key is a small one.
async fn filled(keys: i64) -> (InProcessCluster, MovesClient) {
    let (ipc, client) = launch(Moves, TASKS).await;
    for key in 0..keys {
        ask(&client, key, Way::Write).await;
    }
    (ipc, client)
}

/// How often the end of a flow ran on each task.
async fn ran(client: &MovesClient) -> Vec<u64> {
    let mut ran = Vec::new();
    for task in (0..TASKS).map(TaskId) {
        ran.push(client.pstate.ran.partition(task).select_one(path![STAY]).await.unwrap());
    }
    ran
}

fn of(key: i64) -> i64 {
    key_at(u32::try_from(key).unwrap() % TASKS, TASKS)
}

#[tokio::test]
async fn a_select_reads_at_the_home_of_its_key_wherever_it_stands() {
    let (_ipc, client) = filled(30).await;
    for key in 0..30 {
        let acked = ask(&client, key, Way::Select).await;
        let name: Option<Option<String>> = acked.get("moves").unwrap();
        assert_eq!(name, Some(Some(format!("{key} of {}", of(key)))));
    }
    let missing: Option<Option<String>> = ask(&client, 99, Way::Select).await.get("moves").unwrap();
    assert_eq!(missing, Some(None));
}

#[tokio::test]
async fn the_key_of_a_select_is_evaluated_once() {
    let (_ipc, client) = filled(20).await;
    for key in 0..20 {
        let acked = ask(&client, key, Way::Computed).await;
        let name: Option<(Option<String>, i64)> = acked.get("moves").unwrap();
        assert_eq!(name, Some((Some(format!("{key} of {}", of(key))), of(key))));
    }
    assert_eq!(COMPUTED.load(Ordering::Relaxed), 20);
}

#[tokio::test]
async fn a_literal_key_has_the_type_of_the_keys() {
    let (_ipc, client) = filled(10).await;
    let acked = ask(&client, 3, Way::Literal).await;
    let found: Option<(Option<String>, Option<Vec<i64>>)> = acked.get("moves").unwrap();
    assert_eq!(found, Some((Some(format!("7 of {}", of(7))), Some(vec![7, of(7)]))));
}

#[tokio::test]
async fn a_select_follows_the_key_partitioner_of_its_pstate() {
    let (_ipc, client) = filled(40).await;
    for key in 0..40 {
        let acked = ask(&client, key, Way::Digits).await;
        assert_eq!(acked.get::<i64>("moves").unwrap(), Some(of(key)));
    }
    // Of ten digits, three are on each of the tasks 0 and 1, and two on each of the others.
    assert_eq!(ran(&client).await, [12, 12, 8, 8]);
}

#[tokio::test]
async fn a_select_from_a_global_pstate_goes_to_task_zero_with_and_without_a_key() {
    let (_ipc, client) = filled(5).await;
    let acked = ask(&client, 3, Way::Global).await;
    let found: Option<(Option<i64>, Vec<i64>)> = acked.get("moves").unwrap();
    assert_eq!(found, Some((Some(of(3)), vec![0, 1, 2, 3, 4])));
    assert_eq!(ran(&client).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn what_follows_a_select_of_many_runs_for_each_where_it_leads() {
    let (_ipc, client) = filled(12).await;
    ask(&client, 11, Way::Many).await;
    let names = client.pstate.names.all_partitions().select(path![MAP_VALS]).await.unwrap();
    let mut changed: Vec<_> = names.iter().filter(|name| name.ends_with('!')).cloned().collect();
    changed.sort();
    let mut expected = vec![format!("11 of {}!", of(11)), format!("{} of {}!", of(11), of(of(11)))];
    expected.sort();
    assert_eq!(changed, expected);
}

#[tokio::test]
async fn selects_follow_each_other_from_task_to_task() {
    let (_ipc, client) = filled(30).await;
    for key in 0..30 {
        let acked = ask(&client, key, Way::Chain).await;
        let last: Option<(i64, Option<i64>)> = acked.get("moves").unwrap();
        assert_eq!(last, Some((key, Some(of(of(key))))));
    }
}

#[tokio::test]
async fn a_key_that_is_lent_or_cloned_leaves_the_variable_to_what_follows() {
    let (_ipc, client) = filled(3).await;
    for word in ["1", "2", "none"] {
        let acked = ask(&client, 0, Way::Words(word.to_owned())).await;
        let found: Option<(String, Vec<i64>)> = acked.get("moves").unwrap();
        let expected = word.parse().map_or_else(|_| vec![], |key| vec![key, of(key)]);
        assert_eq!(found, Some((word.to_owned(), expected)));
    }
}

#[tokio::test]
async fn partitioners_by_pstate_use_its_key_partitioner() {
    let (_ipc, client) = launch(Moves, TASKS).await;
    ask(&client, 22, Way::HashIn).await;
    assert_eq!(ran(&client).await, [0, 0, 1, 0]);
    ask(&client, 22, Way::Path).await;
    assert_eq!(ran(&client).await, [0, 0, 1, 1], "the key of the path is the next one");
}

#[tokio::test]
async fn custom_asks_a_function_and_origin_goes_back() {
    let (_ipc, client) = launch(Moves, TASKS).await;
    ask(&client, 1, Way::Custom).await;
    assert_eq!(ran(&client).await, [0, 0, 0, 1]);
    ask(&client, 6, Way::CustomIn).await;
    assert_eq!(ran(&client).await, [0, 0, 1, 1]);
    ask(&client, 1, Way::Origin).await;
    assert_eq!(ran(&client).await, [0, 4, 1, 1], "every task sent one back");
    let outcome = client.depot.asks.append(Ask { from: 1, key: 1, way: Way::TooFar }).await;
    let (.., reason) = failed(outcome);
    assert!(reason.contains("there is no such task"), "{reason}");
}

#[tokio::test]
async fn what_is_assumed_to_be_at_home_is_checked_always() {
    let ipc = InProcessCluster::create().await.unwrap();
    let unchecked = config(TASKS, 2).check_locality(false);
    let client = ipc.launch(Moves, unchecked).await.unwrap();
    let (from, key) = (key_at(1, TASKS), key_at(3, TASKS));
    let assume = |from| client.depot.asks.append(Ask { from, key, way: Way::Assume });
    let (.., reason) = failed(assume(from).await);
    let line = include_str!("moves.rs").lines().position(|line| line.contains("// the assumption"));
    let place = format!("({}:{})", file!(), line.unwrap() + 1);
    for part in
        ["assume_home", &format!("key `{key}` is at home on task 3"), "runs on task 1", &place]
    {
        assert!(reason.contains(part), "`{part}` is missing in: {reason}");
    }
    assert_eq!(client.pstate.names.select_one(path![keypath(key)]).await.unwrap(), None);
    assume(key).await.unwrap();
    let name = client.pstate.names.select_one(path![keypath(key)]).await.unwrap();
    assert_eq!(name, Some(format!("from {key}")));
}
