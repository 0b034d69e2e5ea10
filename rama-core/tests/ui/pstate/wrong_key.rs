use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, String), random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> (id, name);
                local_select([keypath(name)], $$names) :> found;
                println!("{id} {found:?}");
            }
        }
    }
}

fn main() {}
