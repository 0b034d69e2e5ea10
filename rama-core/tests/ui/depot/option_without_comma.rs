use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random { max_entries: 1_000 excess: 0.5 };
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
