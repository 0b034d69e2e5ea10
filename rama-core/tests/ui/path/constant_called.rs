use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                local_select([MAP_VALS()], $$names) :> name;
                println!("{id} {name}");
            }
        }
    }
}

fn main() {}
