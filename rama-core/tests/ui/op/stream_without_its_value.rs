use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op parity(n: i64) :> even: i64, odd: i64 {
            if n % 2 == 0 {
                emit(even: n);
            } else {
                emit(odd: n);
            }
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                match parity(id) {
                    even => ack_return(0),
                    odd => ack_return(1),
                }
            }
        }
    }
}

fn main() {}
