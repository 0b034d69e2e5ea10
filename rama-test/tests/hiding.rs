//! A variable that another of its name hides is still there behind the block in which it is hidden, with all that has
//! changed in it: whatever hides it, and whether the flow stays on its task, emits or leaves (DF-L04).

mod common;

use common::launch;
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    name: String,
}

fn same(number: i64) -> i64 {
    number
}

defmodule! {
    Hiding {
        depot *events: Event, hash_by(id);

        op note(key: i64, line: String) {
            |hash(key);
            local_transform([keypath(key), nil_to_val(Vec::new()), update(|lines| lines.push(line))], $$lines);
        }

        op one_more(number: i64) :> number: i64 {
            emit(number + 1);
        }

        op elsewhere(caller: i64) :> number: i64 {
            |hash(caller);
            let caller = caller + 1;
            |hash(caller);
            emit(caller);
        }

        stream hiding {
            pstate $$lines: Map<i64, Vec<String>>;

            sources! {
                // A pattern of one arm, where the others see what it hides, and change it.
                source(*events) :> Event { id, name };
                let mut sum = id;
                match id * 10 {
                    sum if sum < 20 => { |hash(sum); note(id, format!("arm {sum}")); }
                    _ => { sum += 5; |hash(name); sum += 5; }
                }
                note(id, format!("arm, behind {sum}"));

                source(*events) :> Event { id, .. };
                let mut sum = id;
                if let Some(sum) = (id < 2).then_some(30) {
                    explode([sum, 2]) :> sum;
                    note(id, format!("let {sum}"));
                } else {
                    sum += 5;
                }
                note(id, format!("let, behind {sum}"));

                // Branches that change what they hide behind them.
                source(*events) :> Event { id, .. };
                let mut sum = 0;
                if id > 0 {
                    if id == 1 { sum += 1; explode([3, 4]) :> sum; } else { sum += 2; let sum = 5; }
                    note(id, format!("many {sum}"));
                }
                note(id, format!("many, behind {sum}"));

                source(*events) :> Event { id, name };
                let mut sum = 0;
                if id > 0 {
                    if id == 1 { sum += 1; |hash(name); let sum = 3; } else { sum += 2; let sum = 4; }
                    note(id, format!("hop {sum}"));
                    |hash(sum);
                }
                note(id, format!("hop, behind {sum}"));

                source(*events) :> Event { id, .. };
                let mut sum = 0;
                if id > 0 {
                    if id == 1 { sum += 1; let sum = 3; } else { sum += 2; let sum = 4; }
                    explode([sum]) :> _;
                }
                note(id, format!("once, behind {sum}"));

                // Values that change what their names hide.
                source(*events) :> Event { id, .. };
                let mut sum = id;
                let mut count = id;
                if id > 0 {
                    let sum = { sum += 10; sum * 10 };
                    same({ count += 100; count }) :> count;
                    explode([sum]) :> sum;
                    note(id, format!("value {sum} {count}"));
                }
                note(id, format!("value, behind {sum} {count}"));

                // What loops and operations emit, and the variables of loops.
                source(*events) :> Event { id, .. };
                let mut sum = id;
                if id > 0 {
                    loop (i = 0) { sum += 10; if i < 2 { continue_with(i + 1); } else { emit(i); } } :> sum;
                    loop (sum = sum) { if sum < 4 { continue_with(sum + 1); } else { emit(sum); } } :> last;
                    one_more(last) :> sum;
                    note(id, format!("loop {sum}"));
                }
                note(id, format!("loop, behind {sum}"));

                source(*events) :> Event { id, .. };
                let mut sum = id;
                if id > 0 {
                    loop (i = 0) { |hash(i); sum += 10; if i < 2 { continue_with(i + 1); } else { emit(i); } } :> sum;
                    loop (sum = sum) { |hash(sum); if sum < 4 { continue_with(sum + 1); } else { emit(sum); } } :> last;
                    elsewhere(last) :> sum;
                    note(id, format!("away {sum}"));
                }
                note(id, format!("away, behind {sum}"));
            }
        }
    }
}

const FIRST: &[&str] = &[
    "arm 10",
    "arm, behind 1",
    "away 5",
    "away, behind 31",
    "hop 3",
    "hop, behind 1",
    "let 2",
    "let 30",
    "let, behind 1",
    "let, behind 1",
    "loop 5",
    "loop, behind 31",
    "many 3",
    "many 4",
    "many, behind 1",
    "many, behind 1",
    "once, behind 1",
    "value 110 101",
    "value, behind 11 101",
];

const SECOND: &[&str] = &[
    "arm, behind 12",
    "away 5",
    "away, behind 32",
    "hop 4",
    "hop, behind 2",
    "let, behind 7",
    "loop 5",
    "loop, behind 32",
    "many 5",
    "many, behind 2",
    "once, behind 2",
    "value 120 102",
    "value, behind 12 102",
];

#[tokio::test]
async fn what_is_hidden_is_there_again_as_it_was_left() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, hiding) = launch(Hiding, tasks).await;
        for (id, expected) in [(1, FIRST), (2, SECOND)] {
            let name = format!("n{id}");
            hiding.depot.events.append(Event { id, name }).await?;
            let lines = hiding.pstate.lines.select_one(path![keypath(id)]).await?;
            let mut lines = lines.unwrap_or_default();
            lines.sort();
            assert_eq!(lines, expected, "record {id} on {tasks} tasks");
        }
    }
    Ok(())
}

#[test]
fn outside_of_modules_it_is_the_same() {
    let mut lines = Vec::new();
    dataflow! {
        explode([1, 2]) :> id;
        let mut sum = 0;
        if id > 0 {
            if id == 1 { sum += 1; explode([3, 4]) :> sum; } else { sum += 2; let sum = 5; }
            loop (i = 0) { sum.max(i) :> sum; if i < 2 { continue_with(i + 1); } else { emit(sum); } } :> sum;
            lines.push(format!("in {sum}"));
        }
        lines.push(format!("behind {sum}"));
    }
    lines.sort();
    assert_eq!(
        lines,
        ["behind 1", "behind 1", "behind 2", "in 3", "in 4", "in 5"].map(str::to_owned)
    );
}

#[test]
fn raw_identifiers_are_hidden_too() {
    let mut lines = Vec::new();
    dataflow! {
        explode([1, 2]) :> id;
        let mut r#type = format!("n{id}");
        if id > 0 {
            r#type.push('!');
            let r#type = r#type.as_str();
            explode([r#type.len()]) :> r#type;
            lines.push(format!("in {type}"));
        }
        lines.push(r#type);
    }
    assert_eq!(lines, ["in 3", "n1!", "in 3", "n2!"]);
}
