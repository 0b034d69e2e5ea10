use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let done = local_transform([keypath(id), NONE], $$names);
                println!("{done:?}");
            }
        }
    }
}

fn main() {}
