//! What becomes of several values that a topology returns for one record: the last one, or what its source says (DP-27,
//! DP-28, DP-85).

use rama_core::prelude::*;

use crate::common::launch;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Numbers(Vec<i64>);

fn add_up(before: i64, next: i64) -> i64 {
    before.checked_add(next).expect("the sum is small")
}

defmodule! {
    Returning {
        depot *numbers: Numbers, random;

        stream sums {
            sources! {
                source(*numbers, ack_return: |sum: i64, next: i64| sum + next) :> Numbers(list);
                explode(list) :> number;
                |hash(number);
                ack_return(number);
            }
        }

        stream careful {
            sources! {
                source(*numbers, ack_return: add_up) :> Numbers(list);
                explode(list) :> number;
                await_future(async move { number }) :> number;
                ack_return(number);
            }
        }

        stream last {
            sources! {
                source(*numbers, ack_return: last) :> Numbers(list);
                explode(list) :> number;
                ack_return(number);
            }
        }
    }
}

#[tokio::test]
async fn values_are_put_together_as_the_source_says() {
    for tasks in [1, 4] {
        let (_ipc, client) = launch(Returning, tasks).await;
        for length in [1, 2, 100] {
            let list: Vec<i64> = (1..=length).collect();
            let answer = client.depot.numbers.append(Numbers(list)).await.unwrap();
            let sum = length * (length + 1) / 2;
            assert_eq!(answer.get("sums").unwrap(), Some(sum));
            assert_eq!(answer.get("careful").unwrap(), Some(sum), "over waits, too");
            assert_eq!(answer.get("last").unwrap(), Some(length));
        }
        let nothing = client.depot.numbers.append(Numbers(Vec::new())).await.unwrap();
        assert_eq!(nothing.get::<i64>("sums").unwrap(), None);
    }
}

#[tokio::test]
async fn a_panic_while_they_are_put_together_is_told_and_nothing_else() {
    let (_ipc, client) = launch(Returning, 2).await;
    let numbers = &client.depot.numbers;
    let error = numbers.append(Numbers(vec![i64::MAX, 1])).await.unwrap_err().to_string();
    assert!(error.contains("is stored in depot `*numbers` and done"), "{error}");
    assert!(error.contains("panic:"), "{error}");
    let answer = numbers.append(Numbers(vec![3, 4])).await.unwrap();
    assert_eq!(answer.get("sums").unwrap(), Some(7));
}
