use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                for other in 0..id {
                    local_transform([keypath(other), NONE], $$names);
                }
            }
        }
    }
}

fn main() {}
