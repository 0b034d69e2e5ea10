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
                match parity(id) {
                    even(n) => ack_return(n),
                    od(text) => ack_return(text),
                }
            }
        }
    }
}

fn main() {}
