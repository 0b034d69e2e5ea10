use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;

        stream users {
            sources! {
                source(*users, attempts: "three") :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
