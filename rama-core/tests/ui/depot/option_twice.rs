use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random { keys: 3, key_age: std::time::Duration::MAX, keys: 4 };
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
