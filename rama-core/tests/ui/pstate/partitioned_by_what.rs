use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String> { partitioned_by: age };
        }
    }
}

fn main() {}
