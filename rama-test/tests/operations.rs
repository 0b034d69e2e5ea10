//! `op` and `defop!`: dataflow with a name, which emits as often as it likes, on the task where it wants to, to several
//! streams, calls itself, and is shared between modules (OP-25, OP-26, OP-05, OP-15, DF-L01).

mod common;

use common::{failed, home, launch};
use rama_core::prelude::*;

defop! {
    /// The number on the task that is its home, if it is even; and half of it.
    pub halves(number: i64) :> whole: i64, half: (i64, u32) {
        |hash(number);
        filter(number % 2 == 0);
        emit(whole: number);
        current_task_id() :> task;
        emit(half: (number / 2, task.0));
    }
}

mod shared {
    use rama_core::prelude::*;

    defop! {
        /// All numbers from here down to one.
        pub countdown(from: u32) :> number: u32 {
            filter(from > 0);
            emit(from);
            countdown(from - 1) :> number;
            emit(number);
        }
    }

    defop! {
        use op countdown;

        /// The sums of the first numbers.
        pub sums(up_to: u32) :> sum: u32 {
            countdown(up_to) :> n;
            emit((1..=n).sum());
        }
    }
}

defmodule! {
    Operations {
        use op halves;
        use op shared::sums as triangles;

        depot *numbers: i64, hash_by(|number| *number);
        depot *deep: u32, random;

        /// The ways to make a sum of ones and twos.
        op ways(sum: i64, so_far: Vec<i64>) :> way: Vec<i64> {
            if sum == 0 {
                emit(so_far);
            } else {
                explode([1, 2]) :> next;
                filter(next <= sum);
                let mut longer = so_far.clone();
                longer.push(next);
                ways(sum - next, longer) :> way;
                emit(way);
            }
        }

        op parity(number: i64) :> even: i64, odd: (i64, &'static str) {
            if number % 2 == 0 { emit(even: number); } else { emit(odd: (number, "odd")); }
        }

        /// Visits the homes of numbers, and comes back to the caller there.
        op visit(from: i64, mut left: u32) :> at: (i64, u32) {
            |hash(from);
            current_task_id() :> task;
            emit((from, task.0));
            filter(left > 0);
            left -= 1;
            visit(from + 1, left) :> at;
            emit(at);
        }

        op note(key: i64, line: String) {
            |hash(key);
            local_transform([keypath(key), nil_to_val(Vec::new()), update(|lines| lines.push(line))], $$notes);
        }

        op endless(n: u32) :> never: u32 {
            endless(n + 1) :> n;
            emit(n);
        }

        stream all {
            pstate $$notes: Map<i64, Vec<String>>;
            pstate $$visits: Map<i64, Vec<(i64, u32, u32)>>;
            pstate $$sums: Map<i64, u64>;

            sources! {
                source(*numbers) :> number;
                ways(number % 7, Vec::new()) :> way;
                note(number, format!("{way:?}"));

                source(*numbers) :> number;
                match parity(number) {
                    even(n) => let text = format!("even {n}"),
                    odd((n, word)) if n > 10 => let text = format!("big {word} {n}"),
                    odd((n, word)) => let text = format!("{word} {n}"),
                }
                note(number, text);

                source(*numbers) :> number;
                visit(number, 3) :> (at, task);
                current_task_id() :> here;
                |hash(number);
                local_transform(
                    [keypath(number), nil_to_val(Vec::new()), update(|all| all.push((at, task, here.0)))],
                    $$visits
                );

                source(*numbers) :> number;
                match halves(number) {
                    whole(n) => let text = format!("whole {n}"),
                    half((n, task)) => {
                        let text = format!("half {n} of {task}");
                    }
                }
                note(number, text);

                source(*numbers) :> number;
                triangles(4) :> sum;
                local_transform([keypath(number), nil_to_val(0), term(|all| all + u64::from(sum))], $$sums);

                source(*deep) :> from;
                endless(from) :> never;
                ack_return(never);
            }
        }
    }
}

fn ways(sum: i64) -> Vec<Vec<i64>> {
    if sum == 0 {
        return vec![vec![]];
    }
    let first = |next: i64| {
        let rests = if next <= sum { ways(sum - next) } else { vec![] };
        rests.into_iter().map(move |rest| [vec![next], rest].concat())
    };
    first(1).chain(first(2)).collect()
}

#[tokio::test]
async fn operations_emit_as_often_as_they_like_wherever_they_are() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, module) = launch(Operations, tasks).await;
        for number in [0_i64, 5, 6, 13] {
            module.depot.numbers.append(number).await?;
            let notes = module.pstate.notes.select_one(path![keypath(number)]).await?.unwrap();
            let mut expected: Vec<String> =
                ways(number % 7).iter().map(|way| format!("{way:?}")).collect();
            expected.push(match number {
                0 | 6 => format!("even {number}"),
                13 => "big odd 13".to_owned(),
                _ => format!("odd {number}"),
            });
            if number % 2 == 0 {
                let task = home(number, tasks);
                expected.push(format!("whole {number}"));
                expected.push(format!("half {} of {task}", number / 2));
            }
            assert_eq!(sorted(notes), sorted(expected));

            let visits = module.pstate.visits.select_one(path![keypath(number)]).await?.unwrap();
            let expected: Vec<_> =
                (number..number + 4).map(|at| (at, home(at, tasks).0, home(at, tasks).0)).collect();
            assert_eq!(sorted(visits), expected, "the caller goes on where the operation is");
            // Triangular numbers of 4, 3, 2 and 1.
            let sum = module.pstate.sums.select_one(path![keypath(number)]).await?;
            assert_eq!(sum, Some(10 + 6 + 3 + 1));
        }
    }
    Ok(())
}

#[tokio::test]
async fn recursion_without_end_is_an_error() {
    let (_ipc, module) = launch(Operations, 1).await;
    let (_, _, reason) = failed(module.depot.deep.append(1).await);
    assert!(reason.contains("endless"), "{reason}");
    module.depot.numbers.append(1).await.unwrap();
}

fn sorted<T: Ord>(list: Vec<T>) -> Vec<T> {
    let mut list = list;
    list.sort();
    list
}
