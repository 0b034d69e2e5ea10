use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                loop (i = id; i > 0; i -= 1) {
                    emit(i);
                } :> i;
                ack_return(i);
            }
        }
    }
}

fn main() {}
