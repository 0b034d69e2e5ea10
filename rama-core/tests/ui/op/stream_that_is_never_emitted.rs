use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op parity(n: i64) :> even: i64, odd: i64 {
            emit(even: n);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                match parity(id) {
                    even(n) => ack_return(n),
                    odd(_) => (),
                }
            }
        }
    }
}

fn main() {}
