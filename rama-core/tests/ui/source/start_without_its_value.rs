use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;

        stream users {
            sources! {
                source(*users, start_from: records_ago) :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
