use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        *users: i64, random;
    }
}

fn main() {}
