use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                select([must(id)], $$names) :> "ada";
                |hash(id);
                ack_return(id);
            }
        }
    }
}

fn main() {}
