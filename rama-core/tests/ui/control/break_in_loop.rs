use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                loop (at = id) {
                    if at > 3 {
                        break;
                    }
                    emit(at);
                } :> at;
                ack_return(at);
            }
        }
    }
}

fn main() {}
