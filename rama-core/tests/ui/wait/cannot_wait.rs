use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let lock = std::sync::Mutex::new(id);
                await_future(async { 3 }) :> three;
                ack_return(three + *lock.lock()?);
            }
        }
    }
}

fn main() {}
