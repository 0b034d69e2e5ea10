use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                await_future(async { 3 }, timeout: 3) :> three;
                ack_return(id + three);
            }
        }
    }
}

fn main() {}
