//! Dataflow reads and writes the state of its task: a path emits once for each value it finds, which may be
//! exactly one, at most one, or many (PA-03, PA-06, PS-40); it writes and removes at any depth (PS-50,
//! PS-53); and a topology sees what it wrote itself, at once and also within one event (C-11, C-33). All
//! answers are compared with the same questions to a plain Rust map.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{launch, scrambled};
use rama_core::prelude::*;

type Shelf = BTreeMap<i64, BTreeSet<i64>>;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Change {
    Put(i64, i64),
    Replace(i64, i64),
    Double(i64),
    Widen(i64),
    RemoveElement(i64, i64),
    RemoveEntry(i64),
    RemoveShelf,
    Nothing,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Question {
    Entry(i64),
    EntryOrDefault(i64),
    EntryThatMustBe(i64),
    Element(i64, i64),
    ShelfThatMustBe,
    Entries,
    Sizes,
    AllElements,
    ElementsOf(i64),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Visit {
    name: String,
    changes: Vec<Change>,
    questions: Vec<Question>,
}

fn doubled(set: BTreeSet<i64>) -> BTreeSet<i64> {
    set.into_iter().map(|element| element * 2).collect()
}

defmodule! {
    Shelves {
        depot *visits: Visit, hash_by(name);

        stream shelves {
            pstate $$shelves: Map<String, Map<i64, Set<i64>>>;
            pstate $$answers: Map<String, List<String>>;

            sources! {
                source(*visits) :> Visit { name, changes, questions };
                explode(changes.into_iter().map(Some).chain([None])) :> change;
                match change {
                    Some(Change::Put(at, element)) => {
                        local_transform([keypath(name, at), NIL_TO_SET, NONE_ELEM, termval(element)], $$shelves);
                    }
                    Some(Change::Replace(at, element)) => {
                        local_transform([keypath(name, at), termval(BTreeSet::from([element]))], $$shelves);
                    }
                    Some(Change::Double(at)) => {
                        local_transform([must(name, at), term(doubled)], $$shelves);
                    }
                    Some(Change::Widen(element)) => {
                        local_transform([keypath(name), MAP_VALS, NONE_ELEM, termval(element)], $$shelves);
                    }
                    Some(Change::RemoveElement(at, element)) => {
                        local_transform([keypath(name, at), set_elem(element), NONE], $$shelves);
                    }
                    Some(Change::RemoveEntry(at)) => {
                        local_transform([keypath(name, at), NONE], $$shelves);
                    }
                    Some(Change::RemoveShelf) => { local_transform([keypath(name), NONE], $$shelves); }
                    Some(Change::Nothing) | None => {}
                }
                // All changes are made when the questions are asked, in the same event.
                filter(change.is_none());
                explode(questions) :> question;
                match question {
                    Question::Entry(at) => {
                        local_select([keypath(name, at)], $$shelves) :> found;
                        let answer = format!("{found:?}");
                    }
                    Question::EntryOrDefault(at) => {
                        local_select([keypath(name, at), nil_to_val(BTreeSet::from([at]))], $$shelves) :> found;
                        let answer = format!("{found:?}");
                    }
                    Question::EntryThatMustBe(at) => {
                        local_select([must(name, at)], $$shelves) :> found;
                        let answer = format!("{found:?}");
                    }
                    Question::Element(at, element) => {
                        local_select([keypath(name, at), set_elem(element)], $$shelves) :> found;
                        let answer = format!("{found:?}");
                    }
                    Question::ShelfThatMustBe => {
                        local_select([must(name)], $$shelves) :> shelf;
                        let answer = format!("{shelf:?}");
                    }
                    Question::Entries => {
                        local_select([keypath(name), ALL], $$shelves) :> (at, set);
                        let answer = format!("{at} {set:?}");
                    }
                    Question::Sizes => {
                        local_select([keypath(name), MAP_VALS, view(|set| set.len())], $$shelves) :> size;
                        let answer = format!("{size:?}");
                    }
                    Question::AllElements => {
                        local_select([keypath(name), MAP_VALS, ALL], $$shelves) :> element;
                        let answer = format!("{element:?}");
                    }
                    Question::ElementsOf(at) => {
                        local_select([keypath(name, at), ALL], $$shelves) :> element;
                        let answer = format!("{element:?}");
                    }
                }
                let line = format!("{question:?}: {answer}");
                local_transform([keypath(name), nil_to_val(Vec::new()), update(|list| list.push(line))], $$answers);
            }
        }
    }
}

/// The same in plain Rust.
#[derive(Default)]
struct Model {
    shelves: BTreeMap<String, Shelf>,
    answers: BTreeMap<String, Vec<String>>,
}

impl Model {
    fn visit(&mut self, Visit { name, changes, questions }: &Visit) {
        for change in changes {
            self.change(name, *change);
        }
        for question in questions {
            let answers = self.answer(name, *question);
            if !answers.is_empty() {
                let lines = answers.into_iter().map(|answer| format!("{question:?}: {answer}"));
                self.answers.entry(name.clone()).or_default().extend(lines);
            }
        }
    }

    fn change(&mut self, name: &str, change: Change) {
        match change {
            Change::Put(at, element) => {
                self.shelves
                    .entry(name.to_owned())
                    .or_default()
                    .entry(at)
                    .or_default()
                    .insert(element);
            }
            Change::Replace(at, element) => {
                let shelf = self.shelves.entry(name.to_owned()).or_default();
                shelf.insert(at, BTreeSet::from([element]));
            }
            Change::RemoveShelf => drop(self.shelves.remove(name)),
            _ => {
                if let Some(shelf) = self.shelves.get_mut(name) {
                    change_shelf(shelf, change);
                }
            }
        }
    }

    fn answer(&self, name: &str, question: Question) -> Vec<String> {
        let shelf = self.shelves.get(name);
        let entry = |at: i64| shelf.and_then(|shelf| shelf.get(&at));
        let sets = || shelf.into_iter().flat_map(Shelf::values);
        match question {
            Question::Entry(at) => vec![format!("{:?}", entry(at))],
            Question::EntryOrDefault(at) => {
                vec![format!("{:?}", entry(at).cloned().unwrap_or(BTreeSet::from([at])))]
            }
            Question::EntryThatMustBe(at) => {
                entry(at).map(|set| format!("{set:?}")).into_iter().collect()
            }
            Question::Element(at, element) => {
                let found = entry(at).is_some_and(|set| set.contains(&element));
                Vec::from_iter(found.then(|| format!("{element:?}")))
            }
            Question::ShelfThatMustBe => {
                shelf.map(|shelf| format!("{shelf:?}")).into_iter().collect()
            }
            Question::Entries => {
                shelf.into_iter().flatten().map(|(at, set)| format!("{at} {set:?}")).collect()
            }
            Question::Sizes => sets().map(|set| format!("{:?}", set.len())).collect(),
            Question::AllElements => {
                sets().flatten().map(|element| format!("{element:?}")).collect()
            }
            Question::ElementsOf(at) => {
                entry(at).into_iter().flatten().map(|element| format!("{element:?}")).collect()
            }
        }
    }
}

fn change_shelf(shelf: &mut Shelf, change: Change) {
    match change {
        Change::Double(at) => {
            if let Some(set) = shelf.get_mut(&at) {
                *set = doubled(std::mem::take(set));
            }
        }
        Change::Widen(element) => shelf.values_mut().for_each(|set| set.extend([element])),
        Change::RemoveElement(at, element) => {
            if let Some(set) = shelf.get_mut(&at) {
                set.remove(&element);
            }
        }
        Change::RemoveEntry(at) => drop(shelf.remove(&at)),
        _ => {}
    }
}

fn visits() -> Vec<Visit> {
    let mut random = scrambled(3).map(|random| i64::try_from(random % 1_000).unwrap());
    let mut small = move |below: i64| random.next().unwrap() % below;
    (0..300)
        .map(|_| {
            let changes = (0..small(4))
                .map(|_| match small(14) {
                    0 => Change::RemoveShelf,
                    1 => Change::RemoveEntry(small(4)),
                    2 => Change::RemoveElement(small(4), small(6)),
                    3 => Change::Widen(small(6)),
                    4 => Change::Double(small(4)),
                    5 => Change::Replace(small(4), small(6)),
                    6 => Change::Nothing,
                    _ => Change::Put(small(4), small(6)),
                })
                .collect();
            let questions = vec![
                Question::Entry(small(4)),
                Question::EntryOrDefault(small(4)),
                Question::EntryThatMustBe(small(4)),
                Question::Element(small(4), small(6)),
                Question::ShelfThatMustBe,
                Question::Entries,
                Question::Sizes,
                Question::AllElements,
                Question::ElementsOf(small(4)),
            ];
            Visit { name: format!("shelf {}", small(5)), changes, questions }
        })
        .collect()
}

#[tokio::test]
async fn paths_find_and_change_what_plain_rust_would() {
    for tasks in [1, 2, 8] {
        let (_ipc, client) = launch(Shelves, tasks).await;
        let mut model = Model::default();
        visits().iter().for_each(|visit| model.visit(visit));
        client.depot.visits.append_all(visits(), AckLevel::Ack).await.unwrap();
        let answers = client.pstate.answers.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(answers.into_iter().collect::<BTreeMap<_, _>>(), model.answers, "{tasks} tasks");
        let shelves = client.pstate.shelves.all_partitions().select(path![ALL]).await.unwrap();
        assert_eq!(shelves.into_iter().collect::<BTreeMap<_, _>>(), model.shelves, "{tasks} tasks");
    }
}

#[tokio::test]
async fn answers_are_the_same_when_every_change_is_committed_before_the_next_question() {
    let (ipc, client) = launch(Shelves, 2).await;
    let mut model = Model::default();
    for (number, visit) in visits().into_iter().enumerate() {
        model.visit(&visit);
        client.depot.visits.append(visit).await.unwrap();
        // What is removed now is in the store since the last restart, and must not come back with the next.
        if number % 10 == 0 {
            ipc.update(Shelves).await.unwrap();
        }
    }
    let answers = client.pstate.answers.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(answers.into_iter().collect::<BTreeMap<_, _>>(), model.answers);
}
