use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> _;
                local_transform([keypath("ada"), NONE], $$names);
            }
        }
    }
}

fn main() {}
