use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;

        stream users {
            sources! {
                source(*users, ack_return: |sum: i64| sum) :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
