use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
        }
        stream others {
            sources! {
                source(*users) :> _;
                local_clear($$names);
            }
        }
    }
}

fn main() {}
