use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: std::collections::HashMap<i64, String>;
            sources! {
                source(*users) :> id;
                local_transform([keypath(id), NONE], $$names);
            }
        }
    }
}

fn main() {}
