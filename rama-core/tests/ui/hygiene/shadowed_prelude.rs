//! Types and functions of the user with the names of the prelude.
#![deny(missing_docs, warnings)]
#![expect(dead_code, reason = "only their names matter here")]

use rama_core::prelude::{Deserialize, Map, Serialize, defmodule};

struct Result;
struct Option;
struct Vec;
struct Some;
struct Ok;
struct Clone;
struct IntoIterator;
struct Send;
struct Future;

/// A user.
#[derive(std::clone::Clone, Debug, Serialize, Deserialize)]
pub struct AddUser {
    id: i64,
    names: std::vec::Vec<String>,
}

defmodule! {
    /// Users.
    pub UsersModule {
        depot *users: AddUser, hash_by(|user| user.id);
        depot *marks: i64, random;
        op twice(n: i64) :> n: i64 {
            emit(n);
            |shuffle();
            emit(n);
        }
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> AddUser { id, names };
                if id > 3 { explode(names) :> name; } else { let name = String::new(); }
                |hash(id);
                local_select([must(id)], $$names) :> old;
                filter(old != name);
                local_transform([keypath(id), termval(name)], $$names);
                loop (n = 0) {
                    emit(n);
                    filter(n < 3);
                    continue_with(n + 1);
                } :> n;
                twice(n) :> n;
                loop (at = n) {
                    |hash(at);
                    emit(at);
                } :> at;
                await_future(std::future::ready(at)) :> at;
                depot_append(*marks, at, ack);
                let 3 = at else { filter(false); };
                ack_return((old, at));
            }
        }
    }
}

fn main() {}
