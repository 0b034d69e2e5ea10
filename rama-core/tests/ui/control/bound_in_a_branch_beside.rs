use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                branch {
                    let size = id + 1;
                    ack_return(size);
                }
                ack_return(size);
            }
        }
    }
}

fn main() {}
