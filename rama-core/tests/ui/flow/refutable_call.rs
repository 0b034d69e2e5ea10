use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                i64::checked_add(id, 1) :> Some(number);
                ack_return(number);
            }
        }
    }
}

fn main() {}
