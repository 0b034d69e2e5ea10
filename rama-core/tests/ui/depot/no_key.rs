use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (f64, i64), hash_by(|user| user.0);
    }
}

fn main() {}
