use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;

        stream users {
            sources! {
                source(*users, retry: none, attempts: 3) :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
