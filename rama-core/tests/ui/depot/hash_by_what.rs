use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, hash_by(3 + 4);
    }
}

fn main() {}
