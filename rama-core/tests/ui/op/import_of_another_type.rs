use rama_core::prelude::*;

defop! {
    pub halve(number: i64) :> half: i64 {
        emit(number / 2);
    }
}

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        use op halve;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                halve("two") :> half;
                ack_return(half);
            }
        }
    }
}

fn main() {}
