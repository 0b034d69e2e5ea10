//! Corners where constructs meet: what a pattern hides behind branches of which one goes on, anchors behind which
//! nothing comes, errors at the end of segments, variables that several blocks take.

mod common;

use common::{failed, launch};
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    name: String,
    value: Option<i64>,
}

async fn shouted(name: String, number: i64) -> String {
    format!("{}{number}", name.to_uppercase())
}

defmodule! {
    Corners {
        depot *patterns: Event, hash_by(id);
        depot *anchors: Event, hash_by(id);
        depot *errors: Event, hash_by(id);
        depot *loops: Event, hash_by(id);
        depot *waits: Event, hash_by(id);

        op note(key: i64, line: String) {
            |hash(key);
            local_transform([keypath(key), nil_to_val(Vec::new()), update(|lines| lines.push(line))], $$lines);
        }

        op later() :> never: i64 {
            panic!("nobody calls it");
        }

        stream corners {
            pstate $$lines: Map<i64, Vec<String>>;

            sources! {
                source(*patterns) :> Event { id, name, value };
                // Only one of the arms goes on, and its pattern hides what the rest means.
                let k = 100;
                match value {
                    Some(k) => { note(id, format!("found {k}")); }
                    None => { filter(false); }
                }
                note(id, format!("{k} {name}"));
                let Some(k) = value else {
                    note(id, "nothing".to_owned());
                    filter(false);
                };
                let mut texts = vec!["{later}".to_owned()];
                texts.push(k.to_string());
                let later = texts.concat();
                note(id, later);

                source(*anchors) :> Event { id, name, .. };
                // Nothing comes behind the branches, but to the anchors in them.
                if id > 1 { anchor 'big; filter(false); } else { anchor 'small; filter(false); }
                from 'big, 'small { note(id, format!("met {name}")); }

                source(*errors) :> Event { id, name, value };
                filter(id > 0);
                let Some(value) = value else {
                    await_future(shouted(name, id)) :> name;
                    return Err(EventError::new(name));
                };
                |hash(value);
                local_select([must(value)], $$lines) :> _;
                return Err(EventError::new("it was there"));

                source(*loops) :> Event { id, name, .. };
                let x = name;
                loop (i = 0) {
                    if i == 0 { anchor 'plain; } else { let x = format!("{x}{i}"); anchor 'longer; }
                    from 'plain, 'longer { emit(x); }
                    filter(i < 1);
                    continue_with(i + 1);
                } :> result;
                loop (x = 1) {
                    loop (x = x + 1) { anchor 'inner; emit(x); } :> _;
                    anchor 'outer;
                    from 'inner, 'outer { emit(x); }
                } :> inner;
                note(id, format!("{result} {x} {inner}"));

                source(*waits) :> Event { id, name, .. };
                explode(0..3) :> number;
                await_future(async move { shouted(name, number).await }) :> loud;
                note(id, format!("{loud} {name}"));
                if number > 7 { later() :> _; }
            }
        }
    }
}

fn event(id: i64, value: Option<i64>) -> Event {
    Event { id, name: "ada".to_owned(), value }
}

#[tokio::test]
async fn corners_mean_what_they_say() -> Result<()> {
    for tasks in [1, 4] {
        let (_ipc, client) = launch(Corners, tasks).await;
        let lines = async |id: i64| {
            let mut lines =
                client.pstate.lines.select_one(path![must(id)]).await?.unwrap_or_default();
            lines.sort();
            Ok::<_, Error>(lines)
        };
        client.depot.patterns.append(event(1, Some(7))).await?;
        client.depot.patterns.append(event(2, None)).await?;
        assert_eq!(lines(1).await?, ["100 ada", "found 7", "{later}7"]);
        assert!(lines(2).await?.is_empty(), "the match ended it");
        client.depot.anchors.append(event(3, None)).await?;
        client.depot.anchors.append(event(-3, None)).await?;
        assert_eq!(lines(3).await?, ["met ada"]);
        assert_eq!(lines(-3).await?, ["met ada"]);
        let (.., reason) = failed(client.depot.errors.append(event(4, None)).await);
        assert!(reason.contains("ADA4"), "{reason}");
        client.depot.errors.append(event(0, None)).await?;
        client.depot.loops.append(event(5, None)).await?;
        let found = lines(5).await?;
        assert_eq!(found, ["ada ada 1", "ada ada 2", "ada1 ada 1", "ada1 ada 2"]);
        client.depot.waits.append(event(6, None)).await?;
        assert_eq!(lines(6).await?, ["ADA0 ada", "ADA1 ada", "ADA2 ada"]);
    }
    Ok(())
}
