use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: AddUser, random;
    }
}

fn main() {}
