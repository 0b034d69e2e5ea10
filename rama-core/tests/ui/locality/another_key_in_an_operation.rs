use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op note(one: i64, other: i64) {
            |hash(one);
            local_transform([keypath(other), NONE], $$names);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                note(id, id + 1);
            }
        }
    }
}

fn main() {}
