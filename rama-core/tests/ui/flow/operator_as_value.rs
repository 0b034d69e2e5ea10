use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let name = local_select([keypath(id)], $$names);
                println!("{name:?}");
            }
        }
    }
}

fn main() {}
