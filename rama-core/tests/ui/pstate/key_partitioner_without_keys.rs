use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$count: u64 { key_partitioner: |key, tasks| key % tasks };
        }
    }
}

fn main() {}
