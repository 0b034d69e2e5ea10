//! `let pattern = value else { …; filter(false); };` goes on with what matches, and ends the other emits after what else
//! it does for them (OP-07).

mod common;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use common::launch;
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Payload {
    One(i64),
    Pair { left: i64, right: Option<i64> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    payload: Payload,
}

defmodule! {
    Matching {
        depot *events: Event, hash_by(id);

        op note(number: i64) {
            let 0..=3 = number else {
                if number > 50 { return Err(EventError::new("it is large")); } else { panic!("it is larger than three"); }
            };
        }

        stream matching {
            pstate $$matched: Map<i64, List<String>>;

            sources! {
                source(*events) :> Event { id, payload };
                let Payload::Pair { left, mut right } = payload else { filter(false); };
                // A lock that the value holds is not held by what follows, nor by what does not match.
                let lock = Arc::new(Mutex::new(Some(left)));
                let Some(left) = lock.lock().expect("nobody panics").take() else { filter(false); };
                let None = lock.lock().expect("nobody panics").as_ref() else {
                    note(lock.lock().expect("nobody panics").unwrap_or_default());
                    return Err(EventError::new("it was taken"));
                };
                let wanted = if left % 2 == 0 { Ok(left) } else { Err(id) };
                let Ok(even): Result<i64, i64> = wanted else {
                    let left = wanted.unwrap_or(left);
                    |hash(left);
                    let line = format!("odd, of {id}");
                    local_transform([keypath(left), nil_to_val(Vec::new()), update(|seen| seen.push(line))], $$matched);
                    filter(false);
                };
                explode([right.take(), Some(-1), None]) :> next;
                let Some(next) = next else { filter(false); };
                let None = right else { return Err(EventError::new("it was taken")); };
                |hash(even);
                let line = format!("even, and {next}");
                local_transform([keypath(even), nil_to_val(Vec::new()), update(|seen| seen.push(line))], $$matched);
            }
        }
    }
}

/// The same in plain Rust.
fn matched(events: &[Event]) -> BTreeMap<i64, Vec<String>> {
    let mut matched: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for Event { id, payload } in events {
        let Payload::Pair { left, right } = payload else { continue };
        let seen = matched.entry(*left).or_default();
        if left % 2 != 0 {
            seen.push(format!("odd, of {id}"));
        } else {
            let each = right.iter().chain(&[-1]);
            seen.extend(each.map(|next| format!("even, and {next}")));
        }
    }
    matched
}

#[tokio::test]
async fn what_does_not_match_ends_its_emit_only() -> Result<()> {
    let events: Vec<_> = (0..40)
        .map(|id| {
            let payload = match id % 4 {
                0 => Payload::One(id),
                _ => Payload::Pair { left: id / 2, right: (id % 3 == 0).then_some(id) },
            };
            Event { id, payload }
        })
        .collect();
    for tasks in [1, 8] {
        let (_ipc, client) = launch(Matching, tasks).await;
        for event in events.clone() {
            client.depot.events.append(event).await?;
        }
        let found = client.pstate.matched.all_partitions().select(path![ALL]).await?;
        assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), matched(&events));
    }
    Ok(())
}
