//! `branch`, `atomic`, and what goes on from anchors (OP-16 to OP-19, OP-21).

mod common;

use common::launch;
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    text: String,
}

defmodule! {
    Asides {
        depot *events: Event, hash_by(id);

        stream asides {
            pstate $$log: Map<i64, Vec<String>>;
            pstate $$elsewhere: Map<i64, Vec<String>>;

            sources! {
                source(*events) :> Event { id, text };
                branch {
                    explode(text.split(' ').map(str::to_owned)) :> word;
                    let key = i64::try_from(word.len())?;
                    |hash(key);
                    local_transform([keypath(key), nil_to_val(Vec::new()), update(|all| all.push(word))], $$elsewhere);
                }
                // What happens here, happens before it goes on; and it goes on once.
                atomic {
                    loop (i = 0) {
                        local_transform(
                            [keypath(id), nil_to_val(Vec::new()), update(|log| log.push(format!("step {i}")))],
                            $$log
                        );
                        if i == 2 { |all(); } else { continue_with(i + 1); }
                    }
                }
                anchor 'counted;
                let text = format!("behind {}", text.len());
                local_transform([keypath(id), nil_to_val(Vec::new()), update(|log| log.push(text))], $$log);
                from 'counted {
                    |global();
                    let key = -1;
                    |hash(key);
                    local_transform([keypath(key), nil_to_val(Vec::new()), update(|all| all.push(text))], $$elsewhere);
                }

                source(*events) :> Event { id, text };
                if text.len() > 5 {
                    let size = "long".to_owned();
                    anchor 'long;
                    |shuffle();
                } else {
                    let size = "short".to_owned();
                    anchor 'short;
                    filter(id > 1);
                    anchor 'later;
                }
                from 'long, 'later {
                    let line = format!("{size} {text}");
                    |hash(id);
                    local_transform([keypath(id), nil_to_val(Vec::new()), update(|log| log.push(line))], $$log);
                }
                from 'short {
                    let key = -2;
                    |hash(key);
                    local_transform([keypath(key), nil_to_val(Vec::new()), update(|all| all.push(size))], $$elsewhere);
                }
            }
        }
    }
}

#[tokio::test]
async fn what_stands_beside_the_flow_leaves_it_alone() -> Result<()> {
    for tasks in [1, 2, 8] {
        let (_ipc, asides) = launch(Asides, tasks).await;
        let event = |id, text: &str| Event { id, text: text.to_owned() };
        asides.depot.events.append(event(1, "a bc d")).await?;
        asides.depot.events.append(event(2, "e")).await?;
        asides.depot.events.append(event(1, "f")).await?;

        let log = async |id: i64| asides.pstate.log.select_one(path![keypath(id)]).await;
        let mut first = log(1).await?.unwrap();
        let steps = ["step 0", "step 1", "step 2"];
        // Where the second source writes is not said.
        assert!(taken_out(&mut first, "long a bc d"));
        assert_eq!(first, [&steps[..], &["behind 6"], &steps, &["behind 1"]].concat());
        let mut second = log(2).await?.unwrap();
        assert!(taken_out(&mut second, "short e"));
        assert_eq!(second, [&steps[..], &["behind 1"]].concat());

        let elsewhere = async |key: i64| {
            let mut found: Vec<String> =
                asides.pstate.elsewhere.select_one(path![keypath(key)]).await?.unwrap();
            found.sort();
            Ok::<_, Error>(found)
        };
        assert_eq!(elsewhere(1).await?, ["a", "d", "e", "f"]);
        assert_eq!(elsewhere(2).await?, ["bc"]);
        assert_eq!(
            elsewhere(-1).await?,
            ["a bc d", "e", "f"],
            "an anchor keeps the variables of its place"
        );
        assert_eq!(elsewhere(-2).await?, ["short", "short"]);
    }
    Ok(())
}

fn taken_out(lines: &mut Vec<String>, line: &str) -> bool {
    lines.iter().position(|one| one == line).map(|at| lines.remove(at)).is_some()
}
