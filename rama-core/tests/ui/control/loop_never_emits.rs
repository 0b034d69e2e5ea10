use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                loop (at = id) {
                    filter(at > 0);
                    continue_with(at - 1);
                } :> at;
                ack_return(at);
            }
        }
    }
}

fn main() {}
