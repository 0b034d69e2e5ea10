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
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> AddUser { id, names };
                if id > 3 { explode(names) :> name; } else { let name = String::new(); }
                |hash(id);
                local_select([must(id)], $$names) :> old;
                filter(old != name);
                local_transform([keypath(id), termval(name)], $$names);
                ack_return(old);
            }
        }
    }
}

fn main() {}
