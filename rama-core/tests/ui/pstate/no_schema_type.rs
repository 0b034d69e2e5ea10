use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            pstate $$names: Set<i64>;
        }
    }
}

fn main() {}
