use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, String), random;
        stream users {
            pstate $$ages: Map<i64, i64>;
            sources! {
                source(*users) :> (id, name);
                local_transform([keypath(id), termval(name)], $$ages);
            }
        }
    }
}

fn main() {}
