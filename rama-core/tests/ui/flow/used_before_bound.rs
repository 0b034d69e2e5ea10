use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let double = total * 2;
                let total = id + 1;
                println!("{double} {total}");
            }
        }
    }
}

fn main() {}
