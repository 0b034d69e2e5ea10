use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            sources {}
        }
    }
}

fn main() {}
