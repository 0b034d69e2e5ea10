use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$count: u64;
            sources! {
                source(*users) :> _;
                local_transform([term(|count| count + 1)], $$count);
            }
        }
    }
}

fn main() {}
