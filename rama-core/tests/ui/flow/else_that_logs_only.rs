use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let Some(next) = id.checked_add(1) else {
                    |hash(id);
                    println!("none");
                };
                ack_return(next);
            }
        }
    }
}

fn main() {}
