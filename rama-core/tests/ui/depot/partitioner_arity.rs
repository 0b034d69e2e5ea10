use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random(3);
    }
}

fn main() {}
