use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String> { key_partitioner: |key, tasks| key % i64::from(tasks) };
        }
    }
}

fn main() {}
