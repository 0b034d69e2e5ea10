use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, String), hash_by(id);
    }
}

fn main() {}
