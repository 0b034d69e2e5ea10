use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        dept *users: i64, random;
    }
}

fn main() {}
