//! Options of PStates: where they are, who reads them, what they begin with (PS-30 to PS-33, PS-52).

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use common::{failed, home, key_at, launch};
use rama_core::prelude::*;

const TASKS: u32 = 4;

/// Keys are at home where their last digit says, whatever their hash is.
fn by_digit(key: &i64, tasks: u32) -> u32 {
    u32::try_from(key % 10).expect("keys are not negative") % tasks
}

/// The compiler does not follow what a function makes of a key, so that only the check at run time is left.
fn unseen(key: i64) -> i64 {
    key
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Step {
    /// At the home of the key's hash.
    AtHash,
    /// On task 0.
    OnZero,
    /// On the task of the last digit.
    AtDigit,
    Clear,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Visit {
    key: i64,
    step: Step,
}

defmodule! {
    Options {
        depot *visits: Visit, hash_by(key);

        stream visits {
            /// How often each key came, on task 0.
            pstate $$global: Map<i64, u64> { global };
            pstate $$by_digit: Map<i64, u64> { key_partitioner: by_digit }
            pstate $$anywhere: Map<i64, u64> { partitioned_by: any, };
            pstate $$since: Vec<i64> { initial: vec![-1, -2] };
            pstate $$first: i64 { initial: 100, global, private };
            pstate $$secret: Map<i64, u64> { private };

            sources! {
                source(*visits) :> Visit { key, step };
                match step {
                    Step::AtHash => {
                        local_transform([keypath(key), nil_to_val(0), term(|n| n + 1)], $$secret);
                        local_transform([keypath(key), nil_to_val(0), term(|n| n + 1)], $$anywhere);
                        local_transform([update(|list| list.push(key))], $$since);
                        local_select([keypath(key)], $$secret) :> secret;
                        ack_return(secret);
                    }
                    Step::OnZero => {
                        |global();
                        local_transform([keypath(key), nil_to_val(0), term(|n| n + 1)], $$global);
                        local_transform([keypath(key), nil_to_val(0), term(|n| n + 1)], $$anywhere);
                        local_transform([term(|n| n + 1)], $$first);
                        local_select([STAY], $$first) :> first;
                        ack_return(first);
                    }
                    Step::AtDigit => {
                        let task = by_digit(&key, TASKS);
                        |direct(task);
                        local_transform([keypath(key), nil_to_val(0), term(|n| n + 1)], $$by_digit);
                    }
                    Step::Clear => {
                        |all();
                        local_clear($$since);
                        local_clear($$anywhere);
                    }
                }
            }
        }

        stream mistakes {
            pstate $$wrong: Map<i64, u64> { key_partitioner: |key, tasks| 1 + by_digit(key, tasks) };

            sources! {
                source(*visits) :> Visit { key, step };
                filter(matches!(step, Step::AtHash));
                filter(key >= 1_000);
                filter(key < 2_000);
                local_transform([keypath(unseen(key)), termval(1)], $$wrong);
            }
        }

        stream elsewhere {
            pstate $$on_zero: u64 { global, initial: 7 };

            sources! {
                source(*visits) :> Visit { key, step };
                filter(matches!(step, Step::AtHash));
                filter(key >= 2_000);
                |custom(|tasks| home(key, tasks));
                local_transform([termval(1)], $$on_zero);
            }
        }
    }
}

async fn visit(client: &OptionsClient, key: i64, step: Step) {
    client.depot.visits.append(Visit { key, step }).await.unwrap();
}

#[tokio::test]
async fn a_global_pstate_is_on_task_zero_and_is_read_without_a_key() {
    let (_ipc, client) = launch(Options, TASKS).await;
    let keys = [1, 2, 3, 4, 5];
    for key in keys {
        visit(&client, key, Step::OnZero).await;
    }
    let global = &client.pstate.global;
    assert_eq!(global.select(path![MAP_KEYS]).await.unwrap(), keys);
    assert_eq!(global.select_one(path![keypath(3)]).await.unwrap(), Some(1));
    assert_eq!(global.partition(TaskId(0)).select(path![MAP_KEYS]).await.unwrap(), keys);
    for task in 1..TASKS {
        // What another task has of it are its own rows: none. A key asks for task 0.
        let there = global.partition(TaskId(task)).select(path![keypath(3)]).await;
        assert!(there.unwrap_err().to_string().contains("task 0"), "task {task}");
    }
}

#[tokio::test]
async fn a_global_pstate_is_not_written_from_another_task() {
    let (_ipc, client) = launch(Options, TASKS).await;
    let key = (2_000..).find(|key| home(*key, TASKS) == TaskId(2)).unwrap();
    let outcome = client.depot.visits.append(Visit { key, step: Step::AtHash }).await;
    let (_, topology, reason) = failed(outcome);
    assert_eq!(topology, "elsewhere");
    assert!(
        reason.contains(
            "PState `$$on_zero` is global: it is on task 0, but this event runs on task 2"
        ) && reason.contains("add `|global()`"),
        "{reason}"
    );
    assert_eq!(client.pstate.on_zero.select_one(path![STAY]).await.unwrap(), 7);
}

#[tokio::test]
async fn a_private_pstate_is_there_for_its_module_only() {
    let (_ipc, client) = launch(Options, TASKS).await;
    // That clients have no handle of it is a compile-fail case of its own.
    let OptionsPStates { global: _, by_digit: _, anywhere: _, since: _, wrong: _, on_zero: _ } =
        client.pstate.clone();
    for times in 1..4_u64 {
        let acked = client.depot.visits.append(Visit { key: 7, step: Step::AtHash }).await.unwrap();
        assert_eq!(acked.get::<Option<u64>>("visits").unwrap(), Some(Some(times)));
    }
}

#[tokio::test]
async fn an_initial_value_is_there_on_every_partition_and_after_a_clear() {
    let (ipc, client) = launch(Options, TASKS).await;
    let since = client.pstate.since.clone();
    let on = async |task| since.partition(TaskId(task)).select_one(path![STAY]).await.unwrap();
    for task in 0..TASKS {
        assert_eq!(on(task).await, [-1, -2]);
    }
    let key = key_at(2, TASKS);
    visit(&client, key, Step::AtHash).await;
    assert_eq!((on(1).await, on(2).await), (vec![-1, -2], vec![-1, -2, key]));
    ipc.update(Options).await.unwrap();
    assert_eq!(on(2).await, [-1, -2, key]);
    visit(&client, key, Step::Clear).await;
    assert_eq!(on(2).await, [-1, -2]);
    assert_eq!(client.pstate.anywhere.all_partitions().select(path![ALL]).await.unwrap(), []);
    ipc.update(Options).await.unwrap();
    assert_eq!(on(2).await, [-1, -2]);

    let first = client.depot.visits.append(Visit { key, step: Step::OnZero }).await.unwrap();
    assert_eq!(first.get::<i64>("visits").unwrap(), Some(101));
}

#[tokio::test]
async fn a_key_partitioner_says_where_clients_look_and_where_keys_are_at_home() {
    let (_ipc, client) = launch(Options, TASKS).await;
    for key in 0..40 {
        visit(&client, key, Step::AtDigit).await;
    }
    let by_digit_state = &client.pstate.by_digit;
    for key in 0..40 {
        assert_eq!(
            by_digit_state.select_one(path![keypath(key)]).await.unwrap(),
            Some(1),
            "key {key}"
        );
        let task = TaskId(by_digit(&key, TASKS));
        let there = by_digit_state.partition(task).select(path![must(key)]).await.unwrap();
        assert_eq!(there, [1], "key {key}");
    }
    // The partitioner of `$$wrong` goes round: its task 4 is task 0.
    let partition = |key: &i64| (1 + by_digit(key, TASKS)) % TASKS;
    let key = (1_000..2_000).find(|key| home(*key, TASKS) != TaskId(partition(key))).unwrap();
    let outcome = client.depot.visits.append(Visit { key, step: Step::AtHash }).await;
    let (_, topology, reason) = failed(outcome);
    assert_eq!(topology, "mistakes");
    let expected = format!(
        "PState `$$wrong`: key `{key}` is at home on task {}, but this event runs on task {}",
        partition(&key),
        home(key, TASKS).0
    );
    assert!(reason.contains(&expected), "{reason}");
}

#[tokio::test]
async fn a_pstate_that_is_partitioned_by_anything_may_hold_a_key_on_every_task() {
    let (_ipc, client) = launch(Options, TASKS).await;
    let key = key_at(3, TASKS);
    visit(&client, key, Step::AtHash).await;
    visit(&client, key, Step::OnZero).await;
    visit(&client, key, Step::OnZero).await;
    let anywhere = &client.pstate.anywhere;
    let on = async |task| {
        anywhere.partition(TaskId(task)).select_one(path![keypath(key)]).await.unwrap()
    };
    assert_eq!((on(0).await, on(1).await, on(3).await), (Some(2), None, Some(1)));
    let all = anywhere.all_partitions().select(path![must(key)]).await.unwrap();
    assert_eq!(all, [2, 1]);
    let unsaid = anywhere.select_one(path![keypath(key)]).await;
    assert!(unsaid.unwrap_err().to_string().contains("partition"));
}
