//! Every form of an element of a path in a module, and from its client (PA-01 to PA-10). What comes out is
//! compared with plain Rust, and with the same path on plain values.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use std::collections::BTreeMap;

use common::{launch, scrambled};
use rama_core::{path::select, prelude::*};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    name: String,
    age: u64,
    r#type: char,
    place: (i64, (i64, String)),
    tags: BTreeMap<String, Vec<u64>>,
}

fn ada() -> Account {
    Account {
        name: "ada".to_owned(),
        age: 36,
        r#type: 'p',
        place: (-1, (7, "London".to_owned())),
        tags: BTreeMap::from([("db".to_owned(), vec![1, 5, 3]), ("io".to_owned(), vec![])]),
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Form {
    Open,
    Field,
    Number,
    Literal,
    Grow,
    Several,
    Either,
    Collected,
    Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    id: i64,
    tag: String,
    n: u64,
    form: Form,
}

const FORMS: [Form; 8] = [
    Form::Field,
    Form::Number,
    Form::Literal,
    Form::Grow,
    Form::Several,
    Form::Either,
    Form::Collected,
    Form::Range,
];

defmodule! {
    Forms {
        depot *orders: Order, hash_by(id);

        stream forms {
            pstate $$accounts: Map<i64, Account>;
            pstate $$answers: Map<i64, List<String>>;

            sources! {
                source(*orders) :> Order { id, tag, n, form };
                match form {
                    Form::Open => {
                        local_transform([keypath(id), termval(ada())], $$accounts);
                    }
                    Form::Field => {
                        local_transform([must(id), .age, term(|age| age + n)], $$accounts);
                    }
                    Form::Number => {
                        local_transform([must(id), .place.1, .1, update(|city| city.push_str(&tag))], $$accounts);
                    }
                    Form::Literal => {
                        local_transform([must(id), .tags, "db", NIL_TO_LIST, AFTER_ELEM, termval(n)], $$accounts);
                    }
                    Form::Grow => {
                        local_transform([must(id), [.tags, keypath(tag), NIL_TO_LIST], [AFTER_ELEM, termval(n)]], $$accounts);
                    }
                    Form::Several => {
                        local_transform(
                            [must(id), multi_path([.age, term(|age| age + 1)], [.tags, must(tag), NONE], [.name, termval(tag)])],
                            $$accounts
                        );
                    }
                    Form::Either => {
                        local_transform(
                            [
                                must(id), .tags,
                                if_path(must(tag), [must(tag), ALL, |found| *found < n, NONE], [keypath(tag), termval(vec![n])])
                            ],
                            $$accounts
                        );
                    }
                    Form::Collected => {
                        local_transform(
                            [must(id), .tags, KEYED_VALS, KEYED_VALS, term(|tag, at, old| old + n + (at + tag.len()) as u64)],
                            $$accounts
                        );
                    }
                    Form::Range => {
                        local_transform([must(id), .tags, sorted_map_range_from(tag, max_amt: 1), NONE], $$accounts);
                    }
                }
                explode(0..6) :> question;
                match question {
                    0 => {
                        local_select([must(id), .name], $$accounts) :> name;
                        let answer = format!("{name:?}");
                    }
                    1 => {
                        local_select([keypath(id), if_path(PRESENT, view(|_| tag.clone()), view(|_| String::new()))], $$accounts) :> which;
                        let answer = format!("{which:?}");
                    }
                    2 => {
                        local_select(
                            [must(id), .tags, selected(must(tag), |list| list.len() > 1), MAP_VALS, ALL, |found| *found > n],
                            $$accounts
                        ) :> found;
                        let answer = format!("{found:?}");
                    }
                    3 => {
                        local_select([must(id), collect(.tags, MAP_KEYS), .age], $$accounts) :> (tags, age);
                        let answer = format!("{tags:?} {age}");
                    }
                    4 => {
                        local_select([must(id), multi_path([.age], [.place.1.0, view(|n: &i64| n.unsigned_abs())])], $$accounts) :> number;
                        let answer = format!("{number:?}");
                    }
                    _ => {
                        local_select([must(id), .tags, sorted_map_range_from(tag, 1), ALL], $$accounts) :> (found, list);
                        let answer = format!("{found} {list:?}");
                    }
                }
                let line = format!("{tag} {form:?} {question}: {answer}");
                local_transform([keypath(id), NIL_TO_LIST, AFTER_ELEM, termval(line)], $$answers);
            }
        }
    }
}

/// The same in plain Rust.
#[derive(Default)]
struct Model {
    accounts: BTreeMap<i64, Account>,
    answers: BTreeMap<i64, Vec<String>>,
}

impl Model {
    fn order(&mut self, order: &Order) {
        let Order { id, tag, form, .. } = order;
        if let Form::Open = form {
            self.accounts.insert(*id, ada());
        } else if let Some(account) = self.accounts.get_mut(id) {
            change(account, order);
        }
        for question in 0..6 {
            let answers = answer(self.accounts.get(id), order, question);
            let lines =
                answers.into_iter().map(|answer| format!("{tag} {form:?} {question}: {answer}"));
            let lines: Vec<_> = lines.collect();
            if !lines.is_empty() {
                self.answers.entry(*id).or_default().extend(lines);
            }
        }
    }
}

fn change(account: &mut Account, Order { tag, n, form, .. }: &Order) {
    match form {
        Form::Open => {}
        Form::Field => account.age += n,
        Form::Number => account.place.1.1.push_str(tag),
        Form::Literal => account.tags.entry("db".to_owned()).or_default().push(*n),
        Form::Grow => account.tags.entry(tag.clone()).or_default().push(*n),
        Form::Several => {
            account.age += 1;
            account.tags.remove(tag);
            account.name.clone_from(tag);
        }
        Form::Either => match account.tags.get_mut(tag) {
            Some(list) => list.retain(|found| found >= n),
            None => drop(account.tags.insert(tag.clone(), vec![*n])),
        },
        Form::Collected => {
            for (tag, list) in &mut account.tags {
                for (at, old) in list.iter_mut().enumerate() {
                    *old += n + (at + tag.len()) as u64;
                }
            }
        }
        Form::Range => {
            if let Some(first) = account.tags.range(tag.clone()..).next() {
                let first = first.0.clone();
                account.tags.remove(&first);
            }
        }
    }
}

fn answer(account: Option<&Account>, order: &Order, question: u8) -> Vec<String> {
    let Order { tag, n, .. } = order;
    if question == 1 {
        return vec![format!("{:?}", account.map_or_else(String::new, |_| tag.clone()))];
    }
    let Some(account) = account else { return Vec::new() };
    match question {
        0 => vec![format!("{:?}", account.name)],
        2 => {
            let selected = account.tags.get(tag).is_some_and(|list| list.len() > 1);
            let found = account.tags.values().flatten().filter(|found| selected && *found > n);
            found.map(|found| format!("{found:?}")).collect()
        }
        3 => vec![format!("{:?} {}", account.tags.keys().collect::<Vec<_>>(), account.age)],
        4 => vec![format!("{:?}", account.age), format!("{:?}", account.place.1.0.unsigned_abs())],
        _ => {
            let first = account.tags.range(tag.clone()..).next();
            first.map(|(found, list)| format!("{found} {list:?}")).into_iter().collect()
        }
    }
}

fn orders() -> Vec<Order> {
    let tags = ["db", "io", "os", "ui"];
    let mut random = scrambled(5).map(|random| usize::try_from(random % 1_000).unwrap());
    let mut small = move |below: usize| random.next().unwrap() % below;
    (0..400)
        .map(|_| {
            let id = i64::try_from(small(3)).unwrap();
            let form = if small(20) == 0 { Form::Open } else { FORMS[small(FORMS.len())] };
            Order { id, tag: tags[small(tags.len())].to_owned(), n: small(9) as u64, form }
        })
        .collect()
}

#[tokio::test]
async fn a_module_finds_and_changes_by_every_form_what_plain_rust_would() {
    let (_ipc, client) = launch(Forms, 2).await;
    let mut model = Model::default();
    orders().iter().for_each(|order| model.order(order));
    client.depot.orders.append_all(orders(), AckLevel::Ack).await.unwrap();
    let accounts = client.pstate.accounts.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(accounts.into_iter().collect::<BTreeMap<_, _>>(), model.accounts);
    let answers = client.pstate.answers.all_partitions().select(path![ALL]).await.unwrap();
    assert_eq!(answers.into_iter().collect::<BTreeMap<_, _>>(), model.answers);
}

/// Asks a client and the same data in memory.
macro_rules! both {
    ($accounts:expr, $model:expr, $($path:tt)*) => {
        assert_eq!(
            $accounts.select(path![$($path)*]).await.unwrap(),
            select(&$model, path![$($path)*]).unwrap()
        )
    };
}

#[tokio::test]
async fn a_client_finds_by_every_form_what_is_found_in_memory() {
    let (_ipc, client) = launch(Forms, 4).await;
    let mut model = Model::default();
    orders().iter().for_each(|order| model.order(order));
    client.depot.orders.append_all(orders(), AckLevel::Ack).await.unwrap();
    let (accounts, model) = (&client.pstate.accounts, &model.accounts);
    let tag = "io".to_owned();
    for id in 0..4_i64 {
        both!(accounts, *model, must(id), .name);
        both!(accounts, *model, must(id), .r#type);
        both!(accounts, *model, must(id), .place.1.1);
        both!(accounts, *model, must(id), .tags, "db");
        both!(accounts, *model, must(id), |account| account.age > 40, .age);
        both!(accounts, *model, must(id), [.tags, [MAP_VALS]], ALL, |n| *n > 3);
        both!(accounts, *model, must(id), .tags, selected(must(&tag), ALL), KEYED_VALS, ALL);
        both!(accounts, *model, must(id), .tags, sorted_map_range_from(&tag, 2), MAP_KEYS);
        both!(accounts, *model, must(id), .tags, sorted_map_range_to("os", max_amt: 1, inclusive: true), MAP_KEYS);
        both!(accounts, *model, must(id), multi_path([.age], [.tags, MAP_VALS, SIZE]));
        both!(accounts, *model, must(id), if_path([.tags, must("db")], .name, [.place.1.1]));
        both!(accounts, *model, must(id), cond_path([.age, pred_lt(37)], [.name], [.tags, "ui", PRESENT], [.place.1.1]));
        both!(accounts, *model, must(id), collect(.tags, MAP_KEYS), .age, is_collected(|tags| tags.len() > 1));
    }
    both!(accounts, *model, 1, PRESENT, .name);
}
