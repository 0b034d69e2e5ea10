use rama_core::prelude::*;

fn double(number: i64) -> i64 {
    number * 2
}

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        use op double;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                double(id) :> twice;
                ack_return(twice);
            }
        }
    }
}

fn main() {}
