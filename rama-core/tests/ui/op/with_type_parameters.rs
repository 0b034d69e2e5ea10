use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op double<T>(number: T) :> twice: T {
            emit(number);
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                ack_return(id);
            }
        }
    }
}

fn main() {}
