use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, String), random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> (id, name);
                let first = name.split(' ').next();
                |hash(id);
                println!("{first:?}");
            }
        }
    }
}

fn main() {}
