use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                if id > 3 {
                    let k = 3;
                } else {
                    let k = "a";
                }
                ack_return(k);
            }
        }
    }
}

fn main() {}
