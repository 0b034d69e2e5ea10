use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let three = await_future(async { 3 })?;
                ack_return(three);
            }
        }
    }
}

fn main() {}
