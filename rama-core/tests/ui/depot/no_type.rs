use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users, random;
    }
}

fn main() {}
