use rama_core::prelude::*;

pub struct Double;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;

        use op Double;

        stream users {
            sources! {
                source(*users) :> id;
                Double(id) :> twice;
                ack_return(twice);
            }
        }
    }
}

fn main() {}
