use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        pub op twice(n: i64) :> n: i64 {
            emit(n);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                twice(id) :> n;
                ack_return(n);
            }
        }
    }
}

fn main() {}
