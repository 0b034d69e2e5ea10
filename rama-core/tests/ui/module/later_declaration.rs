use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        microbatch users {
            sources! {
                source(*users) :> id;
            }
        }
    }
}

fn main() {}
