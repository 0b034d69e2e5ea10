//! A program in dataflow does the same as a plain loop over its events, on any number of tasks: everything
//! after an emitting form runs once per emit (OP-04, OP-07, PA-03), variables shadow as in Rust, and what
//! is needed later travels with every hop (C-25). Branches are in `branches.rs`.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{launch, scrambled};
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Document {
    id: i64,
    text: String,
    tags: Option<Vec<String>>,
}

fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn length_of(word: &str) -> u64 {
    u64::try_from(word.len()).unwrap()
}

type Counts = BTreeMap<u64, u64>;

defmodule! {
    Documents {
        const SHORT: u64 = 3;

        depot *documents: Document, hash_by(id);

        stream words {
            pstate $$words: Map<String, Map<i64, u64>>;
            pstate $$lengths: Map<u64, u64>;
            pstate $$positions: Map<u64, u64>;
            pstate $$cells: Map<u64, u64>;

            sources! {
                source(*documents) :> Document { id, text, .. };
                let text = text.to_lowercase();
                split(&text) :> words;
                explode(words) :> word;
                filter(!word.is_empty());
                |hash(word);
                local_transform([keypath(word, id), nil_to_val(0), term(|count| count + 1)], $$words);

                let length = length_of(&word);
                filter(length > SHORT);
                |hash(length);
                local_transform([keypath(length), nil_to_val(0), term(|count| count + 1)], $$lengths);

                // From task to task in a loop, and again inside of it.
                explode(0..length) :> position;
                |hash(position);
                local_transform([keypath(position), nil_to_val(0), term(|count| count + 1)], $$positions);
                let position = position * 10;
                explode([position, position + length]) :> cell;
                |hash(cell);
                let mut weight = 0;
                for step in 0..cell {
                    weight += step % 3;
                }
                local_transform([keypath(cell), nil_to_val(0), term(|sum| sum + weight)], $$cells);
            }
        }

        stream tags {
            pstate $$tags: Map<String, List<String>>;

            sources! {
                source(*documents) :> Document { tags, id, .. };
                let name = format!("{id}");
                explode(tags.into_iter().flatten().enumerate()) :> (at, tag);
                filter(at % 2 == 0);
                let name = format!("{name}/{at}");
                |hash(tag);
                local_transform([keypath(tag), nil_to_val(Vec::new()), update(|list| list.push(name))], $$tags);
            }
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Expected {
    words: BTreeMap<String, BTreeMap<i64, u64>>,
    lengths: Counts,
    positions: Counts,
    cells: Counts,
    tags: BTreeMap<String, Vec<String>>,
}

impl Expected {
    fn add(&mut self, document: &Document) {
        let Document { id, text, tags } = document;
        for word in text.to_lowercase().split(' ').filter(|word| !word.is_empty()) {
            *self.words.entry(word.to_owned()).or_default().entry(*id).or_default() += 1;
            let length = length_of(word);
            if length > 3 {
                self.add_long(length);
            }
        }
        for (at, tag) in tags.iter().flatten().enumerate().filter(|(at, _)| at % 2 == 0) {
            self.tags.entry(tag.clone()).or_default().push(format!("{id}/{at}"));
        }
    }

    fn add_long(&mut self, length: u64) {
        *self.lengths.entry(length).or_default() += 1;
        for position in 0..length {
            *self.positions.entry(position).or_default() += 1;
            for cell in [position * 10, position * 10 + length] {
                let weight: u64 = (0..cell).map(|step| step % 3).sum();
                *self.cells.entry(cell).or_default() += weight;
            }
        }
    }

    fn sorted(mut self) -> Self {
        // Records that came on different ways have no order among each other (C-32).
        self.tags.values_mut().for_each(|list| list.sort());
        self
    }

    async fn read(client: &DocumentsClient) -> Self {
        let DocumentsPStates { words, lengths, positions, cells, tags } = &client.pstate;
        Self {
            words: words.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            lengths: lengths
                .all_partitions()
                .select(path![ALL])
                .await
                .unwrap()
                .into_iter()
                .collect(),
            positions: positions
                .all_partitions()
                .select(path![ALL])
                .await
                .unwrap()
                .into_iter()
                .collect(),
            cells: cells.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
            tags: tags.all_partitions().select(path![ALL]).await.unwrap().into_iter().collect(),
        }
    }
}

fn documents() -> Vec<Document> {
    let vocabulary = ["a", "", "The", "the", "quick", "BROWN", "fox", "jumps", "über", "dataflow"];
    let pick = |random: u64| vocabulary[usize::try_from(random % 10).unwrap()].to_owned();
    let mut random = scrambled(7);
    (0..60)
        .map(|id| {
            let count = usize::try_from(random.next().unwrap() % 9).unwrap();
            let words: Vec<String> = random.by_ref().take(count).map(pick).collect();
            let tags = (id % 3 != 0).then(|| words.iter().rev().cloned().collect());
            Document { id: id % 13 - 6, text: words.join(" "), tags }
        })
        .collect()
}

#[tokio::test]
async fn explode_filter_and_hops_do_what_nested_loops_do() {
    let documents = documents();
    for tasks in [1, 2, 8] {
        let (_ipc, client) = launch(Documents, tasks).await;
        client.depot.documents.append_all(documents.clone(), AckLevel::Ack).await.unwrap();
        let mut expected = Expected::default();
        documents.iter().for_each(|document| expected.add(document));
        let found = Expected::read(&client).await;
        assert_eq!(found.sorted(), expected.sorted(), "{tasks} tasks");
    }
}

#[tokio::test]
async fn one_record_after_the_other_gives_the_same_as_all_at_once() {
    let (_ipc, client) = launch(Documents, 4).await;
    let mut expected = Expected::default();
    for document in documents().into_iter().take(20) {
        expected.add(&document);
        client.depot.documents.append(document).await.unwrap();
    }
    assert_eq!(Expected::read(&client).await.sorted(), expected.sorted());
}

#[tokio::test]
async fn a_record_that_emits_nothing_is_finished_all_the_same() {
    let (_ipc, client) = launch(Documents, 2).await;
    let empty = Document { id: 1, text: String::new(), tags: None };
    let acked = client.depot.documents.append(empty).await.unwrap();
    assert!(acked.place().is_some());
    assert_eq!(Expected::read(&client).await, Expected::default());
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Many {
    numbers: [u64; 4],
}

defmodule! {
    Frames {
        depot *records: Many, random;

        stream frames {
            pstate $$sums: Map<u64, u64>;

            sources! {
                source(*records) :> Many { numbers: [a, b, c, d] };
                let (e, f, g, h) = (a + 1, b + 1, c + 1, d + 1);
                let (i, j, k, l) = (a * 2, b * 2, c * 2, d * 2);
                let mut sum = 0;
                // More variables than a tuple of Rust can have with its traits: 13 of them.
                |shuffle();
                sum += a + b + c + d + e + f + g + h + i + j + k + l;
                let cx = sum % 5;
                |hash(cx);
                local_transform([keypath(cx), nil_to_val(0), term(|before| before + sum)], $$sums);
                ack_return((sum, a, l));
            }
        }
    }
}

#[tokio::test]
async fn a_frame_may_have_many_variables_and_a_user_may_call_one_of_them_cx() {
    let (_ipc, client) = launch(Frames, 4).await;
    let mut expected = Counts::new();
    for n in 0..20 {
        let numbers = [n, n + 10, n * n, 3];
        let sum: u64 = numbers.iter().map(|number| number + (number + 1) + number * 2).sum();
        *expected.entry(sum % 5).or_default() += sum;
        let acked = client.depot.records.append(Many { numbers }).await.unwrap();
        assert_eq!(acked.get("frames").unwrap(), Some((sum, n, 6_u64)));
    }
    let sums = client.pstate.sums.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(sums.into_iter().collect::<Counts>(), expected);
}
