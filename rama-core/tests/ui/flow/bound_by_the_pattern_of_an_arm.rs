use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                match id.checked_add(1) {
                    Some(next) => println!("{next}"),
                    None => {
                        let next = 0;
                    }
                }
                ack_return(next);
            }
        }
    }
}

fn main() {}
