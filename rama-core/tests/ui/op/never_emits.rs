use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op twice(n: i64) :> number: i64 {
            println!("{n}");
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                twice(id) :> number;
                ack_return(number);
            }
        }
    }
}

fn main() {}
