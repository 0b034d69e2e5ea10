use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            pstate names: Map<i64, String>;
        }
    }
}

fn main() {}
