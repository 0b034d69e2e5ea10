use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let name = id.to_string();
                await_future(async { name.len() }) :> size;
                ack_return(size);
            }
        }
    }
}

fn main() {}
