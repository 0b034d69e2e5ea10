//! `if`, `if let` and `match` in dataflow do what they do in Rust, whether their branches stay on the task,
//! emit several times or not at all, or leave for other tasks: what follows runs once for each emit of the
//! branch that was taken, wherever that is (OP-03, OP-08, OP-11, OP-12, DF-L04). Every program is compared
//! with the same program in plain Rust, on several numbers of tasks.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{launch, scrambled};
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Payload {
    Nothing,
    One(i64),
    Many(Vec<i64>),
    Pair { left: i64, right: Option<i64> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: i64,
    payload: Payload,
}

type Seen = BTreeMap<i64, Vec<String>>;

fn events() -> Vec<Event> {
    let mut random = scrambled(11).map(|random| i64::try_from(random % 20).unwrap());
    (0..120)
        .map(|id| {
            let [a, b, c] = [(); 3].map(|()| random.next().unwrap());
            let payload = match a % 4 {
                0 => Payload::Nothing,
                1 => Payload::One(b),
                2 => Payload::Many(random.by_ref().take(usize::try_from(b % 5).unwrap()).collect()),
                _ => Payload::Pair { left: b, right: (c % 3 != 0).then_some(c) },
            };
            Event { id: id % 30, payload }
        })
        .collect()
}

defmodule! {
    Branches {
        depot *events: Event, hash_by(id);

        // Branches that complete exactly once: plain Rust.
        stream values {
            pstate $$values: Map<i64, List<String>>;

            sources! {
                source(*events) :> Event { id, payload };
                let size = 1;
                if let Payload::Many(list) = &payload {
                    let name = "many";
                    let size = list.len();
                } else if id % 2 == 0 {
                    let name = "even";
                    let size = size + 1;
                } else {
                    let name = "odd";
                    let size = size + 2;
                }
                match payload {
                    Payload::One(n) if n > 10 => { let what = format!("big {n}"); }
                    Payload::One(n) | Payload::Pair { left: n, .. } => { let what = n.to_string(); }
                    _ => { let what = String::new(); }
                }
                // Without `else` the outer variable keeps its meaning after it.
                if size > 2 {
                    let name = "hidden";
                    let what = format!("{name} {what}");
                    local_transform(
                        [keypath(id), nil_to_val(Vec::new()), update(|seen| seen.push(what))],
                        $$values
                    );
                }
                let line = format!("{name} {size} {what}");
                local_transform([keypath(id), nil_to_val(Vec::new()), update(|seen| seen.push(line))], $$values);
            }
        }

        // Branches that emit any number of times, on this task.
        stream emits {
            pstate $$emits: Map<i64, List<String>>;

            sources! {
                source(*events) :> Event { id, payload };
                match payload {
                    Payload::Nothing => {
                        filter(false);
                    }
                    Payload::One(n) => { filter(n % 2 == 0); let n = n; }
                    Payload::Many(list) => {
                        explode(list) :> one;
                        if one > 9 {
                            explode([one, -one]) :> n;
                        } else {
                            let n = one;
                        }
                    }
                    Payload::Pair { left, right } => {
                        explode(right.into_iter().chain([left])) :> n;
                    }
                }
                let line = format!("{n}");
                local_transform([keypath(id), nil_to_val(Vec::new()), update(|seen| seen.push(line))], $$emits);
            }
        }

        // Branches that leave for other tasks, and some that do not; nested, and joined after it.
        stream hops {
            pstate $$steps: Map<i64, u64>;
            pstate $$ends: Map<i64, List<String>>;

            sources! {
                source(*events) :> Event { id, payload };
                let start = String::from("start");
                match payload {
                    Payload::Nothing => {
                        let n = id;
                        let path = start;
                    }
                    Payload::One(n) if n < 5 => {
                        |hash(n);
                        local_transform([keypath(n), nil_to_val(0), term(|count| count + 1)], $$steps);
                        let path = format!("{start} one");
                        let n = n;
                    }
                    Payload::One(n) => {
                        filter(n != 7);
                        let (n, path) = (n, start);
                    }
                    Payload::Many(list) => {
                        explode(list) :> n;
                        |hash(n);
                        if n % 3 == 0 {
                            |global();
                            let path = format!("{start} global");
                        } else if let Some(half) = (n % 2 == 0).then_some(n / 2) {
                            |hash(half);
                            local_transform([keypath(half), nil_to_val(0), term(|count| count + 1)], $$steps);
                            let path = format!("{start} half");
                            filter(half != 4);
                        } else {
                            let path = start + " neither";
                        }
                    }
                    Payload::Pair { left, right } => {
                        if let Some(n) = right {
                            |hash(left);
                            local_transform([keypath(left), nil_to_val(0), term(|count| count + 1)], $$steps);
                            let (n, path) = (n, format!("{start} pair {left}"));
                        } else {
                            |shuffle();
                            let (n, path) = (left, start);
                        }
                    }
                }
                // Whatever way it came, it goes on here.
                let line = format!("{path} from {id}");
                |hash(n);
                local_transform([keypath(n), nil_to_val(Vec::new()), update(|seen| seen.push(line))], $$ends);
            }
        }
    }
}

/// The same three programs in plain Rust.
#[derive(Debug, Default, PartialEq)]
struct Model {
    values: Seen,
    emits: Seen,
    steps: BTreeMap<i64, u64>,
    ends: Seen,
}

impl Model {
    fn add(&mut self, event: &Event) {
        self.add_values(event);
        self.add_emits(event);
        self.add_hops(event);
    }

    fn add_values(&mut self, Event { id, payload }: &Event) {
        let (name, size) = match payload {
            Payload::Many(list) => ("many", list.len()),
            _ if id % 2 == 0 => ("even", 2),
            _ => ("odd", 3),
        };
        let what = match payload {
            Payload::One(n) if *n > 10 => format!("big {n}"),
            Payload::One(n) | Payload::Pair { left: n, .. } => n.to_string(),
            Payload::Nothing | Payload::Many(_) => String::new(),
        };
        let seen = self.values.entry(*id).or_default();
        if size > 2 {
            seen.push(format!("hidden {what}"));
        }
        seen.push(format!("{name} {size} {what}"));
    }

    fn add_emits(&mut self, Event { id, payload }: &Event) {
        let emits: Vec<i64> = match payload {
            Payload::Nothing => Vec::new(),
            Payload::One(n) => Vec::from_iter((n % 2 == 0).then_some(*n)),
            Payload::Many(list) => {
                list.iter().flat_map(|n| if *n > 9 { vec![*n, -n] } else { vec![*n] }).collect()
            }
            Payload::Pair { left, right } => right.iter().chain([left]).copied().collect(),
        };
        for n in emits {
            self.emits.entry(*id).or_default().push(n.to_string());
        }
    }

    fn add_hops(&mut self, Event { id, payload }: &Event) {
        match payload {
            Payload::Nothing => self.end(*id, "start", *id),
            Payload::One(n) if *n < 5 => {
                self.step(*n);
                self.end(*n, "start one", *id);
            }
            Payload::One(7) => {}
            Payload::One(n) => self.end(*n, "start", *id),
            Payload::Many(list) => {
                for n in list {
                    if n % 3 == 0 {
                        self.end(*n, "start global", *id);
                    } else if n % 2 == 0 {
                        self.step(n / 2);
                        if n / 2 != 4 {
                            self.end(*n, "start half", *id);
                        }
                    } else {
                        self.end(*n, "start neither", *id);
                    }
                }
            }
            Payload::Pair { left, right: Some(n) } => {
                self.step(*left);
                self.end(*n, &format!("start pair {left}"), *id);
            }
            Payload::Pair { left, right: None } => self.end(*left, "start", *id),
        }
    }

    fn step(&mut self, key: i64) {
        *self.steps.entry(key).or_default() += 1;
    }

    fn end(&mut self, key: i64, path: &str, id: i64) {
        self.ends.entry(key).or_default().push(format!("{path} from {id}"));
    }

    async fn read(client: &BranchesClient) -> Self {
        let BranchesPStates { values, emits, steps, ends } = &client.pstate;
        Self {
            values: values.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            emits: emits.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            steps: steps.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            ends: ends.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
        }
    }

    /// What came over different tasks has no order (C-32); what stayed on one has the order of the events.
    fn with_sorted_ends(mut self) -> Self {
        self.ends.values_mut().for_each(|seen| seen.sort());
        self
    }
}

async fn check_branches(tasks: u32) {
    let mut model = Model::default();
    events().iter().for_each(|event| model.add(event));
    let (_ipc, client) = launch(Branches, tasks).await;
    client.depot.events.append_all(events(), AckLevel::Ack).await.unwrap();
    assert_eq!(
        Model::read(&client).await.with_sorted_ends(),
        model.with_sorted_ends(),
        "{tasks} tasks"
    );
}

#[tokio::test]
async fn branches_do_what_they_do_in_rust_on_one_task() {
    check_branches(1).await;
}

#[tokio::test]
async fn branches_do_what_they_do_in_rust_on_two_tasks() {
    check_branches(2).await;
}

#[tokio::test]
async fn branches_do_what_they_do_in_rust_on_eight_tasks() {
    check_branches(8).await;
}

#[tokio::test]
async fn the_acknowledgement_waits_for_every_branch() {
    let (_ipc, client) = launch(Branches, 4).await;
    let mut model = Model::default();
    for event in events() {
        model.add(&event);
        client.depot.events.append(event).await.unwrap();
        let steps = client.pstate.steps.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(steps.into_iter().collect::<BTreeMap<_, _>>(), model.steps);
    }
    assert_eq!(Model::read(&client).await.with_sorted_ends(), model.with_sorted_ends());
}
