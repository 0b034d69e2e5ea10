//! `loop` with `continue_with` and `emit`: iterations on one task and over many, several of them from one, emits that
//! go on before the loop does (OP-14), on 1, 2 and 8 tasks, against the same in plain Rust.

mod common;

use common::{home, launch};
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Person {
    id: i64,
    parents: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Walk {
    from: i64,
    steps: u32,
}

defmodule! {
    Loops {
        depot *people: Person, hash_by(id);
        depot *asked: i64, hash_by(|id| *id);
        depot *walks: Walk, hash_by(from);
        depot *numbers: i64, random;

        stream family {
            pstate $$parents: Map<i64, Vec<i64>>;
            pstate $$ancestors: Map<i64, Vec<(i64, u32)>>;
            pstate $$ends: Map<i64, (i64, u32, String)>;
            pstate $$divisors: Map<i64, Vec<i64>>;
            pstate $$order: Map<i64, Vec<String>>;

            sources! {
                source(*people) :> Person { id, parents };
                local_transform([keypath(id), termval(parents)], $$parents);

                // A tree: each iteration has as many others as a person has parents.
                source(*asked) :> id;
                let asked = id;
                loop (at = id, depth = 0) {
                    |hash(at);
                    local_select([keypath(at), nil_to_val(Vec::new())], $$parents) :> parents;
                    explode(parents) :> parent;
                    emit((parent, depth + 1));
                    continue_with(parent, depth + 1);
                } :> (parent, depth);
                |hash(asked);
                local_transform(
                    [keypath(asked), nil_to_val(Vec::new()), update(|all| all.push((parent, depth)))],
                    $$ancestors
                );

                // A walk over the tasks, which hides names of what is needed behind it.
                source(*walks) :> Walk { from, steps };
                let name = format!("walk of {steps}");
                loop (from = from, left = steps, mut name: u32 = 0) {
                    if left == 0 {
                        emit(from, name);
                    } else {
                        |hash(from);
                        name += 1;
                        continue_with(from + 1, left - 1, name);
                    }
                } :> (end, hops);
                |hash(from);
                local_transform([keypath(from), termval((end, hops, name))], $$ends);

                // In place, with a loop inside of the loop.
                source(*numbers) :> number;
                loop (n: i64 = number, mut divisor = 2) {
                    loop () {
                        if n % divisor != 0 && divisor * divisor <= n {
                            divisor += 1;
                            continue_with();
                        } else {
                            emit(divisor);
                        }
                    } :> found;
                    let found = if n % found == 0 { found } else { n };
                    filter(n > 1);
                    emit(found);
                    continue_with(n / found, found);
                } :> divisor;
                |hash(number);
                local_transform(
                    [keypath(number), nil_to_val(Vec::new()), update(|all| all.push(divisor))],
                    $$divisors
                );

                // What is emitted goes on before the loop does.
                source(*numbers) :> number;
                |hash(number);
                loop (i = 0_i64) {
                    filter(i < number % 4);
                    local_transform(
                        [keypath(number), nil_to_val(Vec::new()), update(|seen| seen.push(format!("before {i}")))],
                        $$order
                    );
                    emit(i);
                    local_transform(
                        [keypath(number), nil_to_val(Vec::new()), update(|seen| seen.push(format!("behind {i}")))],
                        $$order
                    );
                    continue_with(i + 1);
                } :> i;
                local_transform(
                    [keypath(number), nil_to_val(Vec::new()), update(|seen| seen.push(format!("emitted {i}")))],
                    $$order
                );
            }
        }
    }
}

/// A family in which some have a parent in common, as in life.
fn parents_of(id: i64) -> Vec<i64> {
    match id {
        0..5 => vec![],
        _ => vec![id / 2, id / 3],
    }
}

fn ancestors_of(id: i64, depth: u32, found: &mut Vec<(i64, u32)>) {
    for parent in parents_of(id) {
        found.push((parent, depth + 1));
        ancestors_of(parent, depth + 1, found);
    }
}

#[tokio::test]
async fn iterations_become_a_tree_over_all_tasks() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, loops) = launch(Loops, tasks).await;
        for id in 0..60 {
            loops.depot.people.append(Person { id, parents: parents_of(id) }).await?;
        }
        for id in [0, 7, 41, 59] {
            loops.depot.asked.append(id).await?;
            let found = loops.pstate.ancestors.select_one(path![keypath(id)]).await?;
            let mut found = found.unwrap_or_default();
            let mut expected = vec![];
            ancestors_of(id, 0, &mut expected);
            // Behind a partitioner there is no order between branches.
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "ancestors of {id} on {tasks} tasks");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_iteration_may_be_on_another_task_than_the_one_before() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, loops) = launch(Loops, tasks).await;
        for (from, steps) in [(3, 0), (4, 1), (5, 1000)] {
            loops.depot.walks.append(Walk { from, steps }).await?;
            let end = loops.pstate.ends.select_one(path![keypath(from)]).await?;
            assert_eq!(end, Some((from + i64::from(steps), steps, format!("walk of {steps}"))));
        }
        assert!(tasks == 1 || (5..1005).any(|at| home(at, tasks) != home(5, tasks)));
    }
    Ok(())
}

#[tokio::test]
async fn loops_stand_in_loops() -> Result<()> {
    let (_ipc, loops) = launch(Loops, 2).await;
    for number in [2_i64, 12, 97, 360, 1001, 65_536] {
        loops.depot.numbers.append(number).await?;
        let divisors = loops.pstate.divisors.select_one(path![keypath(number)]).await?.unwrap();
        assert_eq!(divisors.iter().product::<i64>(), number);
        assert!(divisors.is_sorted());
        assert!(divisors.iter().all(|one| (2..*one).all(|smaller| one % smaller != 0)));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_emitted_goes_on_before_the_loop_does() -> Result<()> {
    let (_ipc, loops) = launch(Loops, 2).await;
    loops.depot.numbers.append(2).await?;
    let order = loops.pstate.order.select_one(path![keypath(2)]).await?.unwrap();
    assert_eq!(order, ["before 0", "emitted 0", "behind 0", "before 1", "emitted 1", "behind 1"]);
    Ok(())
}

#[test]
fn loops_run_outside_of_modules() {
    let mut lines = vec![];
    dataflow! {
        loop (n = 27_u64, steps = 0) {
            if n == 1 {
                emit(steps);
            } else {
                continue_with(if n % 2 == 0 { n / 2 } else { 3 * n + 1 }, steps + 1);
            }
        } :> steps;
        lines.push(steps);
        loop (depth = 0, path = String::new()) {
            emit(path.clone());
            filter(depth < 2);
            continue_with(depth + 1, format!("{path}l"));
            continue_with(depth + 1, format!("{path}r"));
        } :> path;
        lines.push(path.len() * 1000 + path.matches('r').count());
    }
    // Depth first, and in their order: "", l, ll, lr, r, rl, rr.
    assert_eq!(lines, [111, 0, 1000, 2000, 2001, 1001, 2001, 2002]);
}

#[test]
fn a_long_loop_needs_no_stack() {
    let mut last = 0;
    dataflow! {
        loop (n = 0_u64) {
            if n < 3_000_000 { continue_with(n + 1); } else { emit(n); }
        } :> n;
        last = n;
    }
    assert_eq!(last, 3_000_000);
}
