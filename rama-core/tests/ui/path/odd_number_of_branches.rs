use rama_core::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    pub age: u64,
}

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$users: Map<i64, User>;
            sources! {
                source(*users) :> id;
                local_select([must(id), cond_path(STAY)], $$users) :> found;
                ack_return(found);
            }
        }
    }
}

fn main() {}
