use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op again(number: i64) {
            depot_append(*users, number + 1, ack);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                again(id);
            }
        }
    }
}

fn main() {}
