use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let n = id + 1
                |hash(n);
                println!("{n}");
            }
        }
    }
}

fn main() {}
