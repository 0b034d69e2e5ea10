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
                    anchor 'round;
                    emit(at);
                } :> at;
                ack_return(at);
                from 'round {
                    emit(3);
                }
            }
        }
    }
}

fn main() {}
