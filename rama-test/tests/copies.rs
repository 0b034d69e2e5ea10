//! A `mut` variable belongs to one way through the flow: each emit and each statement beside the flow has its own copy,
//! and an iteration passes its own on to those it continues with, whether the flow stays on its task or not (DF-L03).
//! And other programs in which variables have to travel in odd places.

mod common;

use common::launch;
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    name: String,
}

defmodule! {
    Copies {
        depot *events: Event, hash_by(id);

        op note(key: i64, line: String) {
            |hash(key);
            local_transform([keypath(key), nil_to_val(Vec::new()), update(|lines| lines.push(line))], $$lines);
        }

        op sign(number: i64) :> text: String {
            let size = number.abs();
            if number > 0 {
                anchor 'above;
            } else {
                anchor 'below;
            }
            from 'above, 'below {
                emit(format!("{number} of {size}"));
            }
        }

        stream copies {
            pstate $$lines: Map<i64, Vec<String>>;

            sources! {
                source(*events) :> Event { id, .. };
                let mut sum = 0;
                explode([1, 2]) :> x;
                sum += x;
                branch {
                    sum += 100;
                    note(id, format!("beside {sum}"));
                }
                note(id, format!("explode {sum}"));

                source(*events) :> Event { id, .. };
                let mut sum = 0;
                loop (i = 0) {
                    if i % 2 == 0 { explode([i]) :> x; } else { let x = 0; }
                    sum += x;
                    if i < 3 { continue_with(i + 1); } else { emit(sum); }
                } :> at_end;
                note(id, format!("here {at_end} and {sum}"));

                source(*events) :> Event { id, .. };
                let mut sum = 0;
                loop (i = 0) {
                    |hash(i);
                    if i % 2 == 0 { explode([i]) :> x; } else { let x = 0; }
                    sum += x;
                    if i < 3 { continue_with(i + 1); } else { emit(sum); }
                } :> at_end;
                note(id, format!("away {at_end} and {sum}"));

                // What several anchors have in common emits, and goes on with the loop.
                source(*events) :> Event { id, name };
                loop (i = id) {
                    let odd = i % 2 == 1;
                    if odd { anchor 'odd; } else { anchor 'even; }
                    from 'odd, 'even {
                        filter(i > 0);
                        emit(odd);
                        continue_with(i - 1);
                    }
                } :> odd;
                note(id, format!("{name} {odd}"));

                source(*events) :> Event { id, name };
                sign(id) :> text;
                note(id, format!("{name} {text}"));

                source(*events) :> Event { id, name };
                match id {
                    1 => loop (i = 0) { emit(i); } :> i,
                    _ => filter(false),
                }
                note(id, format!("{name} {i}"));
            }
        }
    }
}

#[tokio::test]
async fn every_way_through_the_flow_has_its_own_variables() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, copies) = launch(Copies, tasks).await;
        for id in [1, 2] {
            let name = format!("n{id}");
            copies.depot.events.append(Event { id, name }).await?;
        }
        let lines = async |id: i64| {
            let lines = copies.pstate.lines.select_one(path![keypath(id)]).await?;
            let mut lines = lines.unwrap_or_default();
            lines.sort();
            Ok::<_, Error>(lines)
        };
        let both =
            ["away 2 and 2", "beside 101", "beside 102", "explode 1", "explode 2", "here 2 and 2"];
        assert_eq!(lines(1).await?, [&both[..], &["n1 0", "n1 1 of 1", "n1 true"]].concat());
        assert_eq!(lines(2).await?, [&both[..], &["n2 2 of 2", "n2 false", "n2 true"]].concat());
    }
    Ok(())
}
