use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                explode([Some(1), None]) :> Some(number);
                ack_return(number);
            }
        }
    }
}

fn main() {}
