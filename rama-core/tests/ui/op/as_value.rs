use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op double(number: i64) :> twice: i64 {
            emit(number * 2);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let twice = double(id) + 1;
                ack_return(twice);
            }
        }
    }
}

fn main() {}
