use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot users: i64, random;
    }
}

fn main() {}
