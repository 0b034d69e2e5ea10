use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            depot *users: i64, random;
        }
    }
}

fn main() {}
