use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            tick minute: 60;
        }
    }
}

fn main() {}
