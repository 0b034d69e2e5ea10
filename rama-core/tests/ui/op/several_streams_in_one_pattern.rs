use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op parity(number: i64) :> even: i64, odd: String {
            if number % 2 == 0 {
                emit(even: number);
            } else {
                emit(odd: number.to_string());
            }
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                parity(id) :> number;
                ack_return(number);
            }
        }
    }
}

fn main() {}
