use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random { max_entries: "many" };
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
