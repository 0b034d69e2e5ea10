use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$count: u64 { initial: "seven" };
        }
    }
}

fn main() {}
