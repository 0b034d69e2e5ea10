use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users;
    }
}

fn main() {}
