use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            state $$names: Map<i64, String>;
        }
    }
}

fn main() {}
