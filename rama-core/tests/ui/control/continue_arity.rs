use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                loop (at = id, n = 0) {
                    emit(n);
                    continue_with(at + 1);
                } :> n;
                ack_return(n);
            }
        }
    }
}

fn main() {}
